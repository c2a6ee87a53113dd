/** Axes, the plot in the terminal, and pictures that stand alone. */
import { describe, expect, test } from "vitest";
import { axisOf, positionOn, tickText, tightAxis } from "../../cli/plot/axis.ts";
import type { CurvePanel, Point } from "../../cli/plot/panel.ts";
import { drawSvg } from "../../cli/plot/svg.ts";
import { drawTerminal } from "../../cli/plot/terminal.ts";

function panelOf(points: readonly Point[], title = "loss"): CurvePanel {
  return {
    kind: "curves",
    title,
    xLabel: "epoch",
    legend: true,
    curves: [{ name: "training", colour: 0, secondary: false, points }],
  };
}

describe("axes", () => {
  test.each([
    [
      [0.1, 2.3],
      ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"],
    ],
    [
      [0.93, 0.97],
      ["0.93", "0.94", "0.95", "0.96", "0.97"],
    ],
    [
      [5, 5],
      ["5", "6"],
    ],
    [
      [-3, 8],
      ["-5", "0", "5", "10"],
    ],
    [
      [0.01, 1.5],
      ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2"],
    ],
    [
      [1e-4, 8],
      ["1e-4", "0.001", "0.01", "0.1", "1", "10"],
    ],
  ])("values from %j", (values, expected) => {
    const axis = axisOf(values, 5, true);
    expect(axis.ticks.map((tick) => tickText(axis, tick))).toEqual(expected);
    for (const value of values) {
      expect(positionOn(axis, value)).toBeGreaterThanOrEqual(-1e-9);
      expect(positionOn(axis, value)).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  test("x begins and ends at the data", () => {
    expect(tightAxis([1, 20], 7)).toEqual({ scale: "linear", from: 1, to: 20, ticks: [5, 10, 15, 20] });
  });
});

describe("in the terminal", () => {
  test("a curve with its axes", () => {
    const drawn = drawTerminal(
      panelOf([
        [1, 4],
        [2, 2],
        [3, 1],
        [4, 0.5],
      ]),
      { width: 30, height: 5, colour: false },
    );
    expect(drawn).toMatchInlineSnapshot(`
      "   loss
      4 ┤⠑⠢⢄
      3 ┤   ⠉⠒⠤⡀
      2 ┤      ⠈⠑⠢⠤⣀⣀
      1 ┤            ⠉⠉⠒⠒⠤⠤⢄⣀⣀⡀
      0 ┤                     ⠈⠉⠉⠑⠒
        └──────────────────────────
         1       2        3       4 epoch
         ── training
      "
    `);
  });

  test("nothing finite, nothing drawn", () => {
    expect(
      drawTerminal(
        panelOf([
          [1, NaN],
          [2, Infinity],
        ]),
        { width: 30, height: 5, colour: false },
      ),
    ).toBe("");
  });

  test("no escape sequences without colours", () => {
    expect(drawTerminal(panelOf([[1, 1]]), { width: 30, height: 5, colour: false })).not.toContain("\u001b");
  });
});

describe("as a picture", () => {
  test("text from a program is escaped", () => {
    const svg = drawSvg('a<b>&"', [
      panelOf(
        [
          [1, 1],
          [2, 2],
        ],
        "</script>]]>\u0000",
      ),
    ]);
    expect(svg).toContain("a&#60;b&#62;&#38;&#34;");
    expect(svg).toContain("&#60;/script&#62;]]&#62;\ufffd");
    expect(svg).not.toContain("</script>");
  });

  test("a curve is broken where a value is not finite, and a lone point is a dot", () => {
    const svg = drawSvg("run", [
      panelOf([
        [1, 1],
        [2, 2],
        [3, NaN],
        [4, 1],
      ]),
    ]);
    expect(svg.match(/<path d="([^"]*)"/)?.[1]).toMatch(/^M[\d. ]+L[\d. ]+$/);
    expect(svg.match(/<circle/g)).toHaveLength(1);
  });

  test("every element that is opened is closed, and nothing comes from elsewhere", () => {
    const matrix = {
      kind: "matrix",
      title: "confusion",
      rowLabel: "target",
      columnLabel: "predicted",
      names: ["a", "b"],
      rows: [
        [3, 1],
        [0, 4],
      ],
    } as const;
    const svg = drawSvg("run", [
      panelOf([
        [1, 1],
        [2, 2],
      ]),
      matrix,
    ]);
    expect(unbalanced(svg)).toEqual([]);
    expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|href|url\(/);
  });
});

/** Names of elements without an end. */
function unbalanced(svg: string): readonly string[] {
  const open: string[] = [];
  for (const [, end, name = "", alone] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (end === "/") {
      if (open.pop() !== name) return [`</${name}>`];
    } else if (alone !== "/") open.push(name);
  }
  return open;
}
