/** The edits that mend a diagnostic, where its help says exactly one piece of text for another. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Edit } from "./types.ts";

/** Helps whose quoted text stands in the place of what the first label marks. */
const replacements: readonly RegExp[] = [
  /^did you mean `([^`]+)`\?$/,
  /^without quotes: `([^`]+)`$/,
  /^the key is `([^`]+)`$/,
];

/** Nothing but the words or signs that the first label marks is replaced, so that an edit is always a small one. */
export function editsOf({ help, labels: [first] }: Diagnostic, texts: ReadonlyMap<string, string>): readonly Edit[] {
  if (help === undefined || first === undefined) return [];
  const text = replacements.map((pattern) => pattern.exec(help)?.[1]).find((found) => found !== undefined);
  const { file, from, to } = first;
  const marked = texts.get(file)?.slice(from, to) ?? "";
  return text === undefined || marked === "" || /[\r\n]/.test(marked) ? [] : [{ span: { file, from, to }, text }];
}
