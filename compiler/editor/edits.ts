/** The edits that mend a diagnostic, where its help says exactly one piece of text for another. */
import { resultShape } from "../diagnostics/codes/shapes.ts";
import { missingSetting } from "../diagnostics/codes/settings.ts";
import { unexpectedCharacter } from "../diagnostics/codes/syntax.ts";
import type { Diagnostic, Span } from "../diagnostics/diagnostic.ts";
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

/** A stage that makes what a body gives the shape that was promised. */
const stageBehind = /^`(\|> [^`]+)` behind it gives /;

/**
 * Nothing but the words or signs that the first label marks is replaced, so that an edit is always a small one; a name that is wrong in
 * several places is replaced in all of them.
 */
export function editsOf({ code, help, labels }: Diagnostic, texts: ReadonlyMap<string, string>): readonly Edit[] {
  const [first] = labels;
  if (help === undefined || first === undefined) return [];
  const patterns = [...replacements, ...(ofCodes.get(code) ?? [])];
  const found = patterns.map((pattern) => pattern.exec(help)?.[1]).find((one) => one !== undefined);
  const markedBy = ({ file, from, to }: Span): string => texts.get(file)?.slice(from, to) ?? "";
  const behind = code === resultShape.code ? stageBehind.exec(help)?.[1] : undefined;
  if (behind !== undefined) return [{ span: { file: first.file, from: first.to, to: first.to }, text: ` ${behind}` }];
  const marked = markedBy(first);
  // What stands in quotes behind the name of a setting keeps it.
  const text = found === undefined ? undefined : `${/^\w+\s*:\s*(?=")/.exec(marked)?.[0] ?? ""}${found}`;
  if (text === undefined || marked === "" || /[\r\n]/.test(marked)) return [];
  const again = /^\w+$/.test(marked) ? labels.slice(1).filter((one) => markedBy(one) === marked) : [];
  return [first, ...again].map(({ file, from, to }) => {
    const source = texts.get(file) ?? "";
    return { span: { file, from, to }, text: apart(source.slice(0, from), text, source.slice(to)) };
  });
}

/** A word that comes in the place of a sign stays apart from the words beside it. */
function apart(before: string, text: string, after: string): string {
  const [left, right] = [/\w$/.test(before) && /^\w/.test(text), /\w$/.test(text) && /^\w/.test(after)];
  return `${left ? " " : ""}${text}${right ? " " : ""}`;
}
