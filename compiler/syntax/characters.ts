/**
 * Characters that a source may not hold: invisible ones anywhere, and outside strings and comments those that the language
 * gives no meaning. A run of the same trouble is one diagnostic.
 */
import type { ILexingError } from "chevrotain";
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { controlCharacter, unexpectedCharacter } from "../diagnostics/codes/syntax.ts";
import type { Source } from "./source.ts";

/** C0 and C1 controls but tab and line ends, marks of direction (CVE-2021-42574), byte order marks, lone surrogates. */
const invisible =
  "[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]" +
  "|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]";

/** Those that nothing else stands for; `slips.ts` has the others. */
const helps: ReadonlyMap<string, string> = new Map([
  ["'", "strings stand between double quotes"],
  ["“", "strings stand between straight double quotes"],
  ["”", "strings stand between straight double quotes"],
  ["`", "strings stand between double quotes"],
  ["?", "one of two values is `where(condition, a, b)`; a size that is left open has a name, as `N`"],
  ["≤", "write `<=`"],
  ["≥", "write `>=`"],
  ["≠", "write `!=`"],
  ["⇒", "write `->`"],
  ["÷", "write `/`"],
  ["²", "write `** 2`"],
  ["…", "write `..`"],
]);

/** `U+200B`, with the character before it where it can be seen. */
export function characterName(character: string): string {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  if (/^[!-~]$/.test(character)) return `\`${character}\``;
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character) ? `\`${character}\` (${code})` : `the character ${code}`;
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

/** Every run of equal invisible characters, with the offset of its first byte in the UTF-8 file. */
export function controlCharacters(source: Source): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  let counted = 0;
  let byte = 0;
  for (const match of source.text.matchAll(new RegExp(`(${invisible})\\1*`, "g"))) {
    const [run, character = ""] = match;
    if (match.index === 0 && run === "\ufeff") continue;
    byte += utf8Length(source.text.slice(counted, match.index));
    counted = match.index;
    const code = `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    const place = label({ file: source.name, from: match.index, to: match.index + run.length }, "");
    found.push(diagnose(controlCharacter, { character: code, byte }, [place], "take it out"));
  }
  return found;
}

function separate(text: string): readonly string[] {
  return Array.from(text).filter((character, index, all) => character !== all[index - 1]);
}

/** What the lexer could not read, less what `controlCharacters` reports. */
export function unexpectedCharacters(source: Source, errors: readonly ILexingError[]): readonly Diagnostic[] {
  const control = new RegExp(`^(?:${invisible})+$`);
  return errors.flatMap(({ offset, length }) => {
    const run = source.text.slice(offset, offset + length);
    const [character] = separate(run).filter((one) => !control.test(one));
    if (character === undefined) return [];
    const from = offset + run.indexOf(character);
    const span = { file: source.name, from, to: offset + length };
    return [
      diagnose(unexpectedCharacter, { character: characterName(character) }, [label(span, "")], helps.get(character)),
    ];
  });
}
