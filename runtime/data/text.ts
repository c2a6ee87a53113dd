/**
 * Text as windows of character ids, with the next characters for a target. Windows overlap in memory and are copied
 * only into a batch.
 */
import { textTooShort, tooManyClasses, unsuitableSetting } from "../../compiler/diagnostics/codes/data.ts";
import { missingField } from "../../compiler/diagnostics/codes/fields.ts";
import { failure, listed } from "../save/fail.ts";
import { sharedCharacter } from "../save/fitted.ts";
import type { Fitted } from "../save/fitted.ts";
import { decodeText } from "./decode.ts";
import type { Dataset, DataTensor, Field } from "./dataset.ts";
import type { DataSource } from "./source.ts";
import { holdoutRows } from "./split.ts";

export interface TextSettings {
  readonly window: number;
  /** Characters between the starts of two windows; by default the window. */
  readonly stride?: number;
  readonly vocabulary: number;
}

/**
 * A text file. The single input gets windows of T = `window` characters, `target` the T characters that begin one
 * later. The hold-out is the tail, and no character that it predicts is one that training predicts. Throws NN0803,
 * NN0804, NN0820, NN0829, NN0831, NN0832.
 */
export function textSource(
  file: string,
  content: Uint8Array | string,
  settings: TextSettings,
  fields: readonly Field[],
): DataSource {
  const { window, vocabulary, stride = window } = settings;
  for (const [setting, value] of Object.entries({ window, vocabulary, stride })) requirePositive(setting, value);
  const characters = codePoints(typeof content === "string" ? content : decodeText(file, content));
  const cut = (from: number, to: number, words: readonly string[], part: string): Dataset => {
    const count = to - from;
    if (count < window + 1) throw failure(textTooShort, { file, characters: count, needed: window + 1, part });
    return windows(encodeText(characters.subarray(from, to), words), window, stride, fields);
  };
  const whole = (words: readonly string[], part: string): Dataset => cut(0, characters.length, words, part);
  return {
    apply: (fitted) => whole(fitted.vocabulary ?? [], "it"),
    prepare: ({ holdout, fitted: earlier }) => {
      const rows = Math.floor((characters.length - 1 - window) / stride) + 1;
      const held = holdout === undefined || rows < 1 ? 0 : holdoutRows(rows, holdout);
      const border = held === 0 ? characters.length - 1 : (rows - held) * stride;
      const words = earlier?.vocabulary ?? vocabularyOf(characters.subarray(0, border + 1), vocabulary);
      requireIds(file, words, fields);
      const fitted: Fitted = { inputs: [], classes: [], columns: [], vocabulary: words };
      const train = cut(0, border + 1, words, "training");
      return {
        train,
        holdout: held === 0 ? null : cut(border, characters.length, words, "the hold-out"),
        fitted,
        warnings: [],
      };
    },
  };
}

/**
 * The characters behind `size` ids, the most frequent first and, of equally frequent ones, the one with the smaller
 * code point. Where there are more characters than ids, the last id is shared by all that are left, and `\uFFFD` stands
 * for them.
 */
export function vocabularyOf(characters: Uint32Array, size: number): readonly string[] {
  const counts = new Map<number, number>();
  for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1);
  const sorted = [...counts].sort(([a, left], [b, right]) => right - left || a - b);
  const ordered = sorted.map(([character]) => String.fromCodePoint(character));
  return ordered.length <= size ? ordered : [...ordered.slice(0, size - 1), sharedCharacter];
}

/** The Unicode code points of a text; half of a pair counts as one. */
export function codePoints(text: string): Uint32Array {
  const points = new Uint32Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; length++) {
    const point = text.codePointAt(at) ?? 0;
    points[length] = point;
    at += point > 0xffff ? 2 : 1;
  }
  return points.subarray(0, length);
}

/** Ids of characters; what the vocabulary lacks gets its last id, shared or not. */
export function encodeText(characters: Uint32Array, vocabulary: readonly string[]): Int32Array {
  const known = new Map(vocabulary.map((character, id) => [character.codePointAt(0), id]));
  const ids = new Int32Array(characters.length);
  for (let at = 0; at < ids.length; at++) ids[at] = known.get(characters[at]) ?? vocabulary.length - 1;
  return ids;
}

/** The characters behind ids; `\uFFFD` for an id beyond the vocabulary. */
export function decodeIds(ids: Iterable<number>, vocabulary: readonly string[]): string {
  return Array.from(ids, (id) => vocabulary[id] ?? sharedCharacter).join("");
}

function windows(ids: Int32Array, window: number, stride: number, fields: readonly Field[]): Dataset {
  const rows = Math.floor((ids.length - 1 - window) / stride) + 1;
  const tensors = fields.map((field): readonly [string, DataTensor] => {
    if (field.role === "extra")
      throw failure(missingField, {
        field: field.name,
        given: listed(fields.filter((one) => one !== field).map(({ name }) => name)),
      });
    const data = field.role === "target" ? ids.subarray(1) : ids;
    return [field.name, { dtype: "i32", shape: [window], rowStride: stride, data }];
  });
  return { rows, tensors: new Map(tensors) };
}

/** Throws NN0820 where the network tells fewer ids apart than the text has characters with one. */
function requireIds(source: string, words: readonly string[], fields: readonly Field[]): void {
  for (const { name, classes } of fields)
    if (classes !== undefined && words.length > classes)
      throw failure(
        tooManyClasses,
        { source, field: name, found: words.length, classes },
        `\`vocabulary: ${classes}\` gives ids to fewer characters; else the network needs ${words.length}, in its \`embedding\` and in its last layer`,
      );
}

function requirePositive(setting: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw failure(unsuitableSetting, { setting, expected: "a positive whole number", found: String(value) });
}
