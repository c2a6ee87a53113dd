/** The labels of a target: what becomes which class, and which columns are refused. Cells and ids stand side by side. */
import { describe, expect, it } from "vitest";
import type { Field } from "../../runtime/data/dataset.ts";
import { csvSource } from "../../runtime/data/source.ts";
import type { Prepared } from "../../runtime/data/source.ts";
import { errorOf, ids, input } from "./support.ts";

const binary: Field = { name: "target", role: "target", dtype: "f32", shape: [] };
const probability: Field = { ...binary, probability: true };
const mapping = { fields: new Map([["target", ["y"]]]) };

function fields(target: Field): readonly Field[] {
  return [input("x", 1), target];
}

function table(cells: readonly string[]): string {
  return `a,y\n${cells.map((cell) => `1,${cell}\n`).join("")}`;
}

function prepare(cells: readonly string[], target: Field): Prepared {
  return csvSource("t.csv", table(cells), mapping, fields(target)).prepare({ seed: 1 });
}

describe("labels become classes", () => {
  it.each<[string, Field, string[], number[], string[] | undefined]>([
    ["ids", ids(3), ["2", "0", "1"], [2, 0, 1], undefined],
    ["ids, some of them missing", ids(3), ["2", "0", "2"], [2, 0, 2], undefined],
    ["words", ids(3), ["b", "a", "b"], [1, 0, 1], ["a", "b"]],
    ["numbers from 1", ids(3), ["3", "1", "2"], [2, 0, 1], ["1", "2", "3"]],
    ["numbers by size", ids(3), ["10", "9", "-1"], [2, 1, 0], ["-1", "9", "10"]],
    ["numbers with gaps", ids(3), ["1000", "7", "30"], [2, 0, 1], ["7", "30", "1000"]],
    ["two numbers around 0", ids(2), ["1", "-1"], [1, 0], ["-1", "1"]],
    ["two words for 0 and 1", binary, ["yes", "no", "yes"], [1, 0, 1], ["no", "yes"]],
    ["two quoted words", binary, ['"fe,male"', "male"], [0, 1], ["fe,male", "male"]],
    ["truth values", binary, ["true", "false"], [1, 0], ["false", "true"]],
    ["truth values, one of which occurs", binary, ["true", "true"], [1, 1], ["false", "true"]],
    ["truth values as Python writes them", ids(2), ["True", "True"], [1, 1], ["False", "True"]],
    ["truth values, each written in its own way", binary, ["True", "false"], [1, 0], ["false", "True"]],
    ["truth values in capitals", ids(2), ["FALSE", "FALSE"], [0, 0], ["FALSE", "TRUE"]],
    ["numbers for a number", binary, ["1", "0.5", "2"], [1, 0.5, 2], undefined],
    ["numbers for a probability", probability, ["1", "0.5", "0"], [1, 0.5, 0], undefined],
    ["two words for a probability", probability, ["yes", "no"], [1, 0], ["no", "yes"]],
  ])("%s", (_, target, cells, values, names) => {
    const { train, fitted } = prepare(cells, target);
    expect([...(train.tensors.get("target")?.data ?? [])]).toEqual(values);
    expect(fitted.classes).toEqual(names === undefined ? [] : [{ name: "target", values: names }]);
  });

  it.each<[Field, string[], string[], number[]]>([[binary, ["yes", "no"], ["no", "no"], [0, 0]]])(
    "and stay those of training in another file",
    (target, trained, cells, values) => {
      const { fitted } = prepare(trained, target);
      const other = csvSource("u.csv", table(cells), mapping, fields(target)).apply(fitted);
      expect([...(other.tensors.get("target")?.data ?? [])]).toEqual(values);
    },
  );
});

describe("labels that begin at 0 and leave numbers out are a warning", () => {
  const warnings = (cells: readonly string[], target: Field) =>
    prepare(cells, target).warnings.map(({ code, message }) => `${code} ${message}`);

  it("that says what they mean", () => {
    expect(warnings(["0", "3", "1"], ids(3))).toEqual([
      'NN0871 the labels of `target` in t.csv are 0, 1, 3, which leave numbers out: they are taken for names, "3" of class 2',
    ]);
    expect(warnings(["0", "7", "4"], ids(3))).toEqual([
      'NN0871 the labels of `target` in t.csv are 0, 4, 7, which leave numbers out: they are taken for names, "4" of class 1, "7" of class 2',
    ]);
  });

  it.each<[string, Field, string[]]>([
    ["ids", ids(3), ["0", "1", "2"]],
    ["ids, one of which is missing", ids(3), ["0", "2"]],
    ["numbers from 1", ids(3), ["1", "2", "3"]],
    ["numbers around 0", ids(3), ["-1", "0", "1"]],
    ["words", ids(2), ["a", "b"]],
  ])("%s are none", (_, target, cells) => {
    expect(warnings(cells, target)).toEqual([]);
  });
});

describe("words that are fewer than the outputs are a warning", () => {
  it.each<[string, Field, string[], string[]]>([
    [
      "of two words for three",
      ids(3),
      ["b", "a"],
      [
        "NN0892 t.csv holds 2 classes for `target` in its training rows, expected 3, the number that the network tells apart: 1 output stands for none",
      ],
    ],
    [
      "of one word for three",
      ids(3),
      ["b"],
      [
        "NN0892 t.csv holds 1 class for `target` in its training rows, expected 3, the number that the network tells apart: 2 outputs stand for none",
      ],
    ],
    ["but not as many words", ids(2), ["b", "a"], []],
    ["nor ids, which are what they say", ids(3), ["0", "1"], []],
    ["nor truth values, one of which occurs", ids(2), ["true", "true"], []],
    ["nor words for 0 and 1", binary, ["no", "yes"], []],
  ])("%s", (_, target, cells, expected) => {
    expect(prepare(cells, target).warnings.map(({ code, message }) => `${code} ${message}`)).toEqual(expected);
  });
});

describe("labels are refused", () => {
  it.each<[string, Field, string[], string]>([
    [
      "labels from 1 for a probability",
      probability,
      ["1", "2"],
      "NN0851 t.csv:3:3: expected 0 or 1, or what lies between, for `target`, found 2",
    ],
    [
      "a sign for a probability",
      probability,
      ["-1", "1"],
      "NN0851 t.csv:2:3: expected 0 or 1, or what lies between, for `target`, found -1",
    ],
    // As many labels as classes may be names; else they are ids.
    [
      "fewer numbers than classes",
      ids(2),
      ["-1"],
      "NN0819 t.csv:2:3: expected an id from 0 to 1 for `target`, found -1",
    ],
    [
      "more numbers than classes",
      ids(2),
      ["1", "2", "3"],
      "NN0819 t.csv:3:3: expected an id from 0 to 1 for `target`, found 2",
    ],
    [
      "a word among ids",
      ids(3),
      ["0", "1abc", "1"],
      'NN0817 t.csv:3:3: expected a whole number in column "y", found "1abc"',
    ],
    [
      "a number among words",
      ids(3),
      ["b", "7"],
      'NN0818 t.csv:3:3: expected the name of a class in column "y", as in its first row, found "7"',
    ],
    [
      "three words for 0 and 1",
      binary,
      ["a", "b", "c"],
      'NN0815 t.csv:2:3: expected a number in column "y", found "a" (two words would stand for 0 and 1, and these rows hold 3: "a", "b", "c")',
    ],
    [
      "one word for 0 and 1",
      binary,
      ["yes", "yes"],
      'NN0815 t.csv:2:3: expected a number in column "y", found "yes" (two words would stand for 0 and 1, and these rows hold only "yes")',
    ],
    ["a number beside words", binary, ["yes", "0"], 'NN0815 t.csv:2:3: expected a number in column "y", found "yes"'],
    ["a word beside numbers", binary, ["0", "yes"], 'NN0815 t.csv:3:3: expected a number in column "y", found "yes"'],
    [
      "a missing word",
      ids(2),
      ["yes", ""],
      'NN0818 t.csv:3:3: expected the name of a class in column "y", as in its first row, found an empty cell',
    ],
  ])("%s", (_, target, cells, expected) => {
    expect(errorOf(() => prepare(cells, target))).toBe(expected);
  });

  it.each<[Field, string[], string[], string]>([
    [
      ids(2),
      ["a", "b"],
      ["0"],
      'NN0834 u.csv:2:3: expected one of the classes "a", "b" for `target`, found the number 0',
    ],
    [
      binary,
      ["no", "yes"],
      ["1"],
      'NN0834 u.csv:2:3: expected one of the classes "no", "yes" for `target`, found the number 1',
    ],
    [probability, ["0", "1"], ["2"], "NN0851 u.csv:2:3: expected 0 or 1, or what lies between, for `target`, found 2"],
    [
      ids(3),
      ["1", "2", "3"],
      ["0"],
      'NN0821 u.csv:2:3: the class "0" of `target` does not occur in the training rows, which have "1", "2", "3"',
    ],
  ])("in another file", (target, trained, cells, expected) => {
    const { fitted } = prepare(trained, target);
    expect(errorOf(() => csvSource("u.csv", table(cells), mapping, fields(target)).apply(fitted))).toBe(expected);
  });

  it("of words and numbers where an input takes ids", () => {
    const colour: Field = { name: "colour", role: "input", dtype: "i32", shape: [] };
    const read = (text: string) => () => csvSource("t.csv", text, { fields: new Map() }, [colour]).prepare({ seed: 1 });
    expect(errorOf(read("colour\n1\nred\n"))).toBe(
      'NN0817 t.csv:3:1: expected a whole number in column "colour", found "red"',
    );
    expect(errorOf(read("colour\nred\n1\n"))).toBe(
      'NN0818 t.csv:3:1: expected the name of a class in column "colour", as in its first row, found "1"',
    );
  });
});
