/** What lessons are made with: what a README quotes, when a figure holds, and fields as runs and lines. */
import { describe, expect, test } from "vitest";
import { contourOf, fieldOf, runsOf } from "../../examples/lessons/lib/field.ts";
import { bounded, exact, figure, isHeld, percent } from "../../examples/lessons/lib/lesson.ts";
import { differences } from "../../examples/lessons/lib/main.ts";
import { filled, quoted } from "../../examples/lessons/lib/readme.ts";
import type { Mark } from "../../examples/lessons/lib/panel.ts";
import { pictureOf } from "../../examples/lessons/lib/picture.ts";
import type { Facts } from "../../examples/lessons/lib/readme.ts";
import { tableOf } from "../../examples/lessons/lib/table.ts";

const facts: Facts = { figures: { loss: figure(-0.127, 2) }, texts: { table: "| a |" }, first: {} };
const read = (name: string): string => `// ${name}\n`;

describe("a README", () => {
  test.each([
    ["a figure in its line", "It is <!-- =loss -->9<!-- / -->.", "It is <!-- =loss -->−0.13<!-- / -->."],
    ["a text in its line", "A <!-- =table --><!-- / -->", "A <!-- =table -->| a |<!-- / -->"],
    ["a text on lines of its own", "<!-- =table -->\nold\n<!-- / -->", "<!-- =table -->\n| a |\n<!-- / -->"],
    ["a file", "<!-- =file:a.nn --><!-- / -->", "<!-- =file:a.nn -->\n```nn\n// a.nn\n```\n<!-- / -->"],
    ["nothing", "It is 9.", "It is 9."],
  ])("quotes %s", (_, before, after) => {
    expect(filled(before, facts, read)).toBe(after);
    expect(filled(after, facts, read)).toBe(after);
  });

  test("does not quote what was not found, nor begins a line with a figure", () => {
    expect(() => filled("It is <!-- =other -->9<!-- / -->.", facts, read)).toThrow('quotes "other"');
    expect(() => filled("It is\n<!-- =loss -->9<!-- / -->.", facts, read)).toThrow("first of its line");
    expect([...quoted("<!-- =loss -->9<!-- / --> <!-- =table --><!-- / -->")]).toEqual(["loss", "table"]);
  });
});

test.each([
  [figure(2, 1), 2.09, true],
  [figure(2, 1), 2.2, false],
  [figure(100, 1), 101.9, true],
  [exact(3), 3, true],
  [exact(3), 4, false],
  [percent(0.9), 0.915, true],
  [percent(0.9), 0.95, false],
  [bounded(2, 1, 1, 8), 7.9, true],
  [bounded(2, 1, 1, 8), 0.9, false],
  [exact(3), Number.NaN, false],
])("%j holds for %d: %s", (committed, value, holds) => {
  expect(isHeld(committed, value)).toBe(holds);
});

test("what a new run has otherwise is told, figure by figure", () => {
  const found: Facts = { figures: { loss: figure(0.5, 2), more: exact(1) }, texts: { table: "| b |" }, first: {} };
  expect(differences(facts, facts)).toEqual([]);
  expect(differences(facts, found)).toEqual([
    '"loss" is 0.5, committed -0.127 within 0.01',
    'the figure "more" was new',
    'the text "table" is another one:\n| b |',
  ]);
});

test("equal neighbours in a row are one run", () => {
  expect([...runsOf([[1, 1, 2], [2]])]).toEqual([
    [1, [{ row: 0, from: 0, to: 2 }]],
    [
      2,
      [
        { row: 0, from: 2, to: 3 },
        { row: 1, from: 0, to: 1 },
      ],
    ],
  ]);
});

test("the line of a value is where the field has it", () => {
  const field = fieldOf([-1, 1], [0, 4], 5, 9, (x, y) => 2 * x + y);
  const pieces = contourOf(field, 1);
  expect(pieces.length).toBeGreaterThan(0);
  for (const [x, y] of pieces.flat()) expect(2 * x + y).toBeCloseTo(1, 9);
  expect(contourOf(field, 10)).toEqual([]);
});

test("a table has a line for each row, and numbers stand at the right", () => {
  expect(tableOf(["rate", "loss"], [["small", 0.5]])).toBe("| rate | loss |\n| --- | ---: |\n| small | 0.5 |");
});

describe("a chart", () => {
  const drawn = (...marks: readonly Mark[]): string => {
    const ends = { from: 0, to: 1 };
    return pictureOf("t", [
      { kind: "chart", title: "t", x: { label: "x", ...ends }, y: { label: "y", ...ends }, marks },
    ]);
  };

  test("shows a ring in the legend as it shows it in the plot, hollow", () => {
    const svg = drawn({ kind: "dots", points: [[0.5, 0.5]], colour: 7, ring: true, name: "lowest" });
    expect(svg).toMatch(/<circle [^>]*fill="none" stroke="var\(--curve-7\)"[^>]*>\s*<text[^>]*>lowest</);
  });

  test("draws a dot on the edge whole, and none beyond it; a line ends at the edge", () => {
    const beyond: Mark = { kind: "dots", points: [[2, 0.5]], colour: 0 };
    const dots = drawn({ kind: "dots", points: [[1, 0.5]], colour: 0 }, beyond);
    expect([...dots.matchAll(/M[\d.]+ [\d.]+h0/g)]).toHaveLength(1);
    const clips = (svg: string): number => svg.split("<svg").length - 2;
    expect(clips(dots)).toBe(0);
    expect(
      clips(
        drawn({
          kind: "line",
          points: [
            [0, 0],
            [2, 2],
          ],
          colour: 0,
        }),
      ),
    ).toBe(1);
  });

  test("leaves no gap between rows of cells: where one ends the next begins, to the last digit", () => {
    const field = {
      x: [0, 1],
      y: [0, 1],
      rows: [[0], [1], [0], [1], [0]].map(([one = 0]) => [one, one, one]),
    } as const;
    const svg = drawn({ kind: "regions", field });
    const edges = [...svg.matchAll(/M[-\d.]+ ([-\d.]+)H[-\d.]+V([-\d.]+)H/g)].map(([, top, bottom]) => [top, bottom]);
    expect(edges).toHaveLength(5);
    const tops = edges.map(([top]) => top);
    expect(edges.filter(([, bottom]) => !tops.includes(bottom))).toHaveLength(1);
  });
});
