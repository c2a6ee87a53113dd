/** The edits that mend a diagnostic, where its help says exactly one piece of text for another. */
import { missingSetting } from "../diagnostics/codes/settings.ts";
import { unexpectedCharacter } from "../diagnostics/codes/syntax.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Edit } from "./types.ts";

/** Helps whose quoted text stands in the place of what the first label marks. */
const replacements: readonly RegExp[] = [
  /^did you mean `([^`]+)`\?$/,
  /^without quotes: `([^`]+)`$/,
  /^the key is `([^`]+)`$/,
  /^the (?:loss|metric|optimizer|schedule|initializer|regularizer|activation|layer) is `(\w+)`/,
  /^write `([a-z]+(?: [a-z]+)*)`$/,
];

/** Of some codes alone: signs and strings of other languages, and an optimizer without its learning rate. */
const ofCodes: ReadonlyMap<string, readonly RegExp[]> = new Map([
  [
    unexpectedCharacter.code,
    [/^write `([^`\w]+)`/, /^strings stand between double quotes: ("[^"…]*")$/, /^a comment begins with `(\/\/)`$/],
  ],
  [missingSetting.code, [/^write `(\w+\(lr: [\d.]+\))`$/]],
]);

/** Nothing but the words or signs that the first label marks is replaced, so that an edit is always a small one. */
export function editsOf(
  { code, help, labels: [first] }: Diagnostic,
  texts: ReadonlyMap<string, string>,
): readonly Edit[] {
  if (help === undefined || first === undefined) return [];
  const patterns = [...replacements, ...(ofCodes.get(code) ?? [])];
  const text = patterns.map((pattern) => pattern.exec(help)?.[1]).find((found) => found !== undefined);
  const { file, from, to } = first;
  const source = texts.get(file) ?? "";
  const marked = source.slice(from, to);
  if (text === undefined || marked === "" || /[\r\n]/.test(marked)) return [];
  return [{ span: { file, from, to }, text: apart(source.slice(0, from), text, source.slice(to)) }];
}

/** A word that comes in the place of a sign stays apart from the words beside it. */
function apart(before: string, text: string, after: string): string {
  const [left, right] = [/\w$/.test(before) && /^\w/.test(text), /\w$/.test(text) && /^\w/.test(after)];
  return `${left ? " " : ""}${text}${right ? " " : ""}`;
}
