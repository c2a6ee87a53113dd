/** Figures that are no single number, as the text output shows them. */
import { expect, test } from "vitest";
import { plain } from "../../cli/output/style.ts";
import { figuresOf } from "../../cli/train/figures.ts";
import type { Scores } from "../../runtime/train/index.ts";

const classes = ["cat", "dog", "a bird of the air"];

function shown(scores: Scores, { width = 80, names = classes, positive = "" } = {}): string {
  const place = { classes: names, ...(positive === "" ? {} : { positive }), elsewhere: "in run/log.jsonl" };
  return figuresOf("hold-out", scores, place, { paint: plain, width });
}

function tensor(shape: readonly number[], at = (index: number): number => index) {
  return {
    shape,
    data: Float32Array.from({ length: shape.reduce((all, size) => all * size, 1) }, (_, index) => at(index)),
  };
}

test("a number alone needs no more than its table", () => {
  expect(shown({ loss: 1, accuracy: 0.5 })).toBe("");
});

test("vectors of one length share a table with a row a class", () => {
  const scores = {
    loss: 1,
    precision: tensor([3], (at) => at / 2),
    f1: 0.5,
    recall: tensor([3], () => NaN),
    pair: tensor([2]),
  };
  expect(shown(scores)).toMatchInlineSnapshot(`
    "
    hold-out
      class              precision  recall
      ─────────────────  ─────────  ──────
      cat                        0     NaN
      dog                      0.5     NaN
      a bird of the air          1     NaN

    hold-out
         pair
      ─  ────
      0     0
      1     1
    "
  `);
});

test.each([
  [["no", "yes"], "yes"],
  [[], "1"],
])("what a single logit is measured by stands for its class, of %j for %s", (names, positive) => {
  const lines = shown({ loss: 1, recall: tensor([1], () => 0.5) }, { names, positive }).split("\n");
  expect(lines.map((line) => line.trim())).toEqual([
    "",
    "hold-out",
    "class  recall",
    "─────  ──────",
    `${positive.padEnd(5)}     0.5`,
    "",
  ]);
  expect(shown({ loss: 1, pair: tensor([2]) }, { names: ["no", "yes"], positive })).toContain("no");
  // Nothing says what the one number of other networks is of.
  expect(shown({ loss: 1, recall: tensor([1]) }, { names })).toContain("\n  0       0\n");
});

test("a matrix has names where it has a row and a column a class", () => {
  expect(shown({ loss: 1, confusion: tensor([3, 3]), of_others: tensor([1, 2]) })).toMatchInlineSnapshot(`
    "
    hold-out: confusion, target down, predicted across
                         cat  dog  a bird of the air
      ─────────────────  ───  ───  ─────────────────
      cat                  0    1                  2
      dog                  3    4                  5
      a bird of the air    6    7                  8

    hold-out: of_others, row down, column across
         0  1
      ─  ─  ─
      0  0  1
    "
  `);
  expect(shown({ confusion: tensor([2, 2]) }, { names: [] })).toMatchInlineSnapshot(`
    "
    hold-out: confusion, target down, predicted across
         0  1
      ─  ─  ─
      0  0  1
      1  2  3
    "
  `);
});

test("what has another shape, or no room, is said to be elsewhere", () => {
  const scores = { cube: tensor([2, 2, 2]), confusion: tensor([3, 3]), many: tensor([41]), large: tensor([41, 41]) };
  expect(shown(scores, { width: 20 })).toBe(
    [
      "",
      "many [41]: in run/log.jsonl",
      "",
      "cube [2, 2, 2]: in run/log.jsonl",
      "",
      "confusion [3, 3]: in run/log.jsonl",
      "",
      "large [41, 41]: in run/log.jsonl",
      "",
    ].join("\n"),
  );
});

test("no line of a table is wider than the terminal", () => {
  const scores = { confusion: tensor([12, 12], (at) => 1000 * at), each: tensor([12]), other: tensor([12]) };
  for (let width = 20; width <= 200; width += 1) {
    const wide = shown(scores, { width })
      .split("\n")
      .filter((line) => line.length > width && !line.endsWith("in run/log.jsonl"));
    expect(wide).toEqual([]);
  }
});
