/**
 * A page as one file that fetches nothing and runs from a disk, under a policy that allows its own script and style by their hashes and nothing else.
 * Titles are texts; `body` is markup, whose author escapes what comes from a program.
 */
import { createHash } from "node:crypto";
import { escape } from "../plot/xml.ts";

export interface PageDocument {
  readonly title: string;
  /** A comment, by which nnc knows its own files again. */
  readonly remark: string;
  readonly style: string;
  readonly body: string;
  readonly script?: string;
  /** Whether the script runs WebAssembly. */
  readonly wasm?: boolean;
}

export function documentText({ title, remark, style, body, script, wasm = false }: PageDocument): string {
  const scripts = script === undefined ? [] : [`script-src ${hashOf(script)}${wasm ? " 'wasm-unsafe-eval'" : ""}`];
  const policy = [
    "default-src 'none'",
    ...scripts,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<!-- ${remark} -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
${script === undefined ? "" : `<script type="module">${script}</script>\n`}</body>
</html>
`;
}

/** The element's text is what is hashed, to the byte. */
function hashOf(content: string): string {
  return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
}
