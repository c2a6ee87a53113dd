/** Text: vocabularies, windows, and a hold-out that predicts nothing that training predicts. */
import { describe, expect, it } from "vitest";
import { batches } from "../../runtime/data/batches.ts";
import type { Dataset, Field } from "../../runtime/data/dataset.ts";
import { codePoints, decodeIds, encodeText, textSource, vocabularyOf } from "../../runtime/data/text.ts";
import { bytes, errorOf } from "./support.ts";

function fields(window: number): readonly Field[] {
  const field = { dtype: "i32", shape: [window] } as const;
  return [
    { ...field, name: "text", role: "input" },
    { ...field, name: "target", role: "target" },
  ];
}

/** Each row as `input>target`, decoded. */
function rowsOf(dataset: Dataset | null, vocabulary: readonly string[] | null): string[] {
  const words = vocabulary ?? [];
  if (dataset === null) return [];
  const decode = (tensor: Iterable<number> | undefined): string => decodeIds(tensor ?? [], words);
  const rows: string[] = [];
  for (const { tensors } of batches(dataset, 1).epoch())
    rows.push(`${decode(tensors.get("text"))}>${decode(tensors.get("target"))}`);
  return rows;
}

describe("a vocabulary", () => {
  it.each<[string, number, string[]]>([
    ["abcab", 5, ["a", "b", "c"]],
    ["cba", 3, ["a", "b", "c"]],
    ["aabbcd", 3, ["a", "b", "\uFFFD"]],
    ["aabbcd", 1, ["\uFFFD"]],
    ["é😀😀", 2, ["😀", "é"]],
  ])("of %s with %i ids", (text, size, expected) => {
    expect(vocabularyOf(codePoints(text), size)).toEqual(expected);
  });

  it("gives what it lacks the last id", () => {
    expect([...encodeText(codePoints("a😀x"), ["a", "b", "\uFFFD"])]).toEqual([0, 2, 2]);
    expect(decodeIds([0, 2, 9], ["a", "b", "c"])).toBe("ac\uFFFD");
  });
});

describe("a text", () => {
  it.each<[number, number, string]>([
    [
      4,
      3,
      "NN0820 t.txt holds 4 classes for `text`, expected at most 3, the number that the network tells apart (`vocabulary: 3` gives ids to fewer characters; else the network needs 4, in its `embedding` and in its last layer)",
    ],
    [9, 5, "no error"],
    [3, 3, "no error"],
  ])("with a vocabulary of %i, four characters and %i ids of the network", (vocabulary, classes, message) => {
    const bounded = fields(3).map((field) => ({ ...field, classes }));
    expect(
      errorOf(() => textSource("t.txt", "abcdabcd", { window: 3, vocabulary }, bounded).prepare({ seed: 1 })),
    ).toBe(message);
  });

  it("becomes windows, each with the next characters for its target", () => {
    const { train, holdout, fitted } = textSource("t.txt", "abcdefgh", { window: 3, vocabulary: 9 }, fields(3)).prepare(
      { seed: 1 },
    );
    expect(rowsOf(train, fitted.vocabulary)).toEqual(["abc>bcd", "def>efg"]);
    expect(holdout).toBe(null);
  });

  it("is cut with overlaps where there is a stride", () => {
    const { train, fitted } = textSource("t.txt", "abcdef", { window: 3, stride: 1, vocabulary: 9 }, fields(3)).prepare(
      { seed: 1 },
    );
    expect(rowsOf(train, fitted.vocabulary)).toEqual(["abc>bcd", "bcd>cde", "cde>def"]);
  });

  it.each([
    [2, ["ab>bc", "cd>de", "ef>fg"], ["gh>hi", "ij>jk"]],
    [1, ["ab>bc", "bc>cd", "cd>de", "de>ef", "ef>fg", "fg>gh"], ["hi>ij", "ij>jk"]],
  ])("holds its tail out, with a stride of %i", (stride, training, held) => {
    const settings = { window: 2, stride, vocabulary: 99 };
    const { train, holdout, fitted } = textSource("t.txt", "abcdefghijk", settings, fields(2)).prepare({
      seed: 1,
      holdout: { kind: "count", value: 2 },
    });
    expect(rowsOf(train, fitted.vocabulary)).toEqual(training);
    expect(holdout?.rows).toBe(held.length);
    const whole = textSource("t.txt", "abcdefghijk", settings, fields(2)).prepare({ seed: 1 });
    expect(rowsOf(whole.train, whole.fitted.vocabulary).slice(-held.length)).toEqual(held);
  });

  it("takes its vocabulary from the training part", () => {
    const { fitted } = textSource("t.txt", "aaaabbbbzzzz", { window: 2, vocabulary: 9 }, fields(2)).prepare({
      seed: 1,
      holdout: { kind: "fraction", value: 0.3 },
    });
    expect(fitted.vocabulary).toEqual(["a", "b"]);
  });

  it("is read again with the vocabulary that was fitted", () => {
    const fitted = { inputs: [], classes: [], columns: [], vocabulary: ["x", "y", "\uFFFD"] };
    expect(
      rowsOf(textSource("u.txt", "yxz", { window: 2, vocabulary: 9 }, fields(2)).apply(fitted), fitted.vocabulary),
    ).toEqual(["yx>x\uFFFD"]);
  });

  const prepare = (content: string | Uint8Array, settings: object = {}, holdout?: number): string =>
    errorOf(() =>
      textSource("t.txt", content, { window: 3, vocabulary: 9, ...settings }, fields(3)).prepare(
        holdout === undefined ? { seed: 1 } : { seed: 1, holdout: { kind: "count", value: holdout } },
      ),
    );
  it.each<[string, string, string]>([
    ["too short", prepare("abc"), "NN0829 t.txt has 3 characters, expected at least 4 for one window of training"],
    ["empty", prepare(""), "NN0829 t.txt has 0 characters, expected at least 4 for one window of training"],
    [
      "too short to train beside a hold-out",
      prepare("abcdef", { stride: 1 }, 2),
      "NN0829 t.txt has 2 characters, expected at least 4 for one window of training",
    ],
    [
      "held out whole",
      prepare("abcdef", {}, 1),
      "NN0823 holding out 1 of 1 row leaves no row for training; expected at least one",
    ],
    ["not UTF-8", prepare(bytes(0x61, 0xff)), "NN0803 t.txt is not UTF-8 text: expected UTF-8, found 0xff at byte 1"],
    [
      "without ids",
      prepare("abcd", { vocabulary: 0 }),
      "NN0832 `vocabulary` of the data: expected a positive whole number, found 0",
    ],
    [
      "with half a stride",
      prepare("abcd", { stride: 0.5 }),
      "NN0832 `stride` of the data: expected a positive whole number, found 0.5",
    ],
  ])("%s is refused", (_, found, expected) => {
    expect(found).toBe(expected);
  });
});
