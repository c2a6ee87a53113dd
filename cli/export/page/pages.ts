/** The pages of models, of rows and of text: the module's own text and what asks and answers in a page, in one script. */
import type { Manifest } from "../../../compiler/program/artifact.ts";
import { withoutTypes } from "../javascript.ts";
import { modelText } from "../template.ts";
import type { ModuleParts } from "../module-parts.ts";
import { textModelText } from "../text-template.ts";
import type { TextParts } from "../text-template.ts";
import { pageText, rowsScript, writerScript } from "./page.ts";
import { viewsOf } from "./view.ts";

export function rowsPage(parts: ModuleParts, manifest: Manifest): string {
  return pageText({
    title: parts.outside.model.name,
    doc: parts.doc,
    script: withoutTypes(rowsPageScript(parts, manifest)),
    answer: "What the model says",
  });
}

/** As TypeScript. */
function rowsPageScript(parts: ModuleParts, manifest: Manifest): string {
  return `${modelText(parts)}\n${rowsScript(viewsOf(parts, manifest), parts.data !== undefined)}`;
}

export function writerPage(parts: TextParts): string {
  return pageText({
    title: parts.model,
    doc: parts.doc,
    script: withoutTypes(`${textModelText(parts)}\n${writerScript()}`),
    answer: "What the model writes",
  });
}
