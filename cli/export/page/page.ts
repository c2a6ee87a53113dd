/**
 * The page of an exported model: one file that fetches nothing and runs from a disk. Names and texts of the program stand in it as texts alone.
 */
import { literal } from "../../../targets/typescript/code.ts";
import { wholePage } from "../../plot/page.ts";
import { words } from "../../plot/xml.ts";
import type { FrameParts } from "../frame.ts";
import { answerText, rowsPageText } from "./answer-text.ts";
import { controlsText, makeText } from "./controls-text.ts";
import { pictureText } from "./picture-text.ts";
import { styleText } from "./style-text.ts";
import type { FieldView } from "./view.ts";
import { writerText } from "./writer-text.ts";

/** The script of a model of rows, behind the module's own text. `hasExamples`: its examples are rows of the data. */
export function rowsScript(views: readonly FieldView[], hasExamples: boolean): string {
  const parts = [makeText, controlsText, pictureText, answerText, rowsPageText];
  return scriptText(parts, `startRows(${literal(views)}, ${hasExamples});`);
}

/** The script of a model of text. */
export const writerScript = (): string => scriptText([makeText, writerText], "startWriter();");

/** In a block, so that no name meets one of the module. What it needs first is what the reader is told is missing. */
function scriptText(parts: readonly string[], start: string): string {
  return `{
${parts.join("\n")}
const worst = (): number => {
  open();
  return selftest();
};
try {
  const found = worst();
  ${start}
  place("starting").hidden = true;
  place("app").hidden = false;
  place("tested").textContent = found <= tolerance ? "The examples that are stored in this page come out as they did when it was exported." : \`The examples that are stored in this page come out otherwise than when it was exported: the largest difference is \${found}.\`;
} catch (error) {
  place("starting").className = "problem";
  place("starting").textContent = \`This page cannot run here: \${error instanceof Error ? error.message : String(error)}.\`;
}
}
`;
}

export interface PageParts {
  readonly title: string;
  readonly doc: FrameParts["doc"];
  /** JavaScript, the module's and the page's. */
  readonly script: string;
  /** What stands above the answer. */
  readonly answer: string;
}

export function pageText({ title, doc, script, answer }: PageParts): string {
  const paragraphs = doc.split("\n").filter((line) => line.trim() !== "");
  return wholePage({
    title,
    about:
      "A model that runs in this page alone, exported by nnc. It fetches nothing; its WebAssembly needs 'wasm-unsafe-eval', which the policy below grants.",
    style: styleText,
    script,
    allowed: { wasm: true },
    body: `<main>
<h1>${words(title)}</h1>
${paragraphs.map((line) => `<p class="doc">${words(line)}</p>\n`).join("")}<p class="note" id="starting">This page runs the model with JavaScript and WebAssembly, which this browser has not started.</p>
<div class="app" id="app" hidden>
<form id="form" autocomplete="off" novalidate></form>
<section class="answer" aria-labelledby="answer-title"><h2 id="answer-title">${words(answer)}</h2><div id="answer" aria-live="polite"></div></section>
</div>
<p class="brief" id="brief" aria-hidden="true"></p>
<footer><p id="tested"></p></footer>
</main>
`,
  });
}
