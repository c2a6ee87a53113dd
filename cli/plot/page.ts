/**
 * The shell of a page that stands alone: it fetches nothing, and its policy allows its own style and script by their hashes and nothing else. Light
 * or dark as the reader's system is.
 */
import { createHash } from "node:crypto";
import type { Markup } from "./html.ts";
import { words } from "./xml.ts";
import type { Colours } from "./xml.ts";

const pageColours = `
:root {
  --ground: #f6f7f9; --card: #ffffff; --ink: #1b1f24; --soft: #5a6572; --line: #d5dae1; --accent: #0b63b0; --on-accent: #ffffff; --track: #e6eaef; --bad: #a3260f;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171b; --card: #1d2127; --ink: #e8ebef; --soft: #a2adba; --line: #363d47; --accent: #6db3f2; --on-accent: #0d1116; --track: #2b313a; --bad: #ff9b85; }
}
`;

/** What every page begins its style sheet with: the colours, by which a page is light or dark. */
export const schemeText = `${pageColours}
:root { color-scheme: light dark; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
`;

/** Each three times as bright or dark as its ground at least. */
const plotColours = `
:root {
  --shade: #56b4e9;
  --curve-0: #0072b2; --curve-1: #c35400; --curve-2: #00835f; --curve-3: #b3558a; --curve-4: #2787c4; --curve-5: #96700a; --curve-6: #7a5195; --curve-7: #4d4d4d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --shade: #1b66a3;
    --curve-0: #56b4e9; --curve-1: #ff9248; --curve-2: #2fc79a; --curve-3: #e79ac6; --curve-4: #a5d8f7; --curve-5: #e3b341; --curve-6: #bfa3dd; --curve-7: #b8b8b8;
  }
}
`;

/** Pictures in a page. */
export const plotScheme = `${plotColours}
.plot { display: block; width: 100%; max-width: 30rem; height: auto; }
`;

/** All that `themed` needs in a picture that stands alone, light or dark as the reader's system is. */
export const pictureScheme = `${pageColours}${plotColours}`;

/** Those of `plotScheme`. */
export const themed: Colours = {
  strong: "var(--ink)",
  soft: "var(--soft)",
  grid: "var(--line)",
  shade: "var(--shade)",
  curves: Array.from({ length: 8 }, (_, at) => `var(--curve-${at})`),
};

export interface Page {
  readonly title: string;
  /** In a comment at the top: what the page is, and that nnc wrote it, by which the command knows it again. */
  readonly about: string;
  readonly style: string;
  /** What stands in the body. */
  readonly body: Markup;
  /** A module, last in the body. */
  readonly script?: string;
  /** What the policy allows beside style and script: sources of images, WebAssembly. */
  readonly allowed?: { readonly images?: boolean; readonly wasm?: boolean };
}

export function wholePage({ title, about, style, body, script, allowed = {} }: Page): string {
  const policy = [
    "default-src 'none'",
    ...(script === undefined
      ? []
      : [`script-src ${hashOf(script)}${allowed.wasm === true ? " 'wasm-unsafe-eval'" : ""}`]),
    `style-src ${hashOf(style)}`,
    ...(allowed.images === true ? ["img-src data:"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<!-- ${about} -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${words(title)}</title>
<style>${style}</style>
</head>
<body>
${body}${script === undefined ? "" : `<script type="module">${script}</script>\n`}</body>
</html>
`;
}

/** The element's text is what is hashed, to the byte. */
function hashOf(content: string): string {
  return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
}
