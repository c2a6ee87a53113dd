/** Axes, the plot in the terminal, and pictures that stand alone. */
import { describe, expect, test } from "vitest";
import { axisOf, positionOn, tickText, tightAxis } from "../../cli/plot/axis.ts";
import type { CurvePanel, Point } from "../../cli/plot/panel.ts";
import { drawSvg } from "../../cli/plot/svg.ts";
import { drawTerminal } from "../../cli/plot/terminal.ts";
import { History } from "../../cli/train/history.ts";
import { panelsOf } from "../../cli/train/picture.ts";
import type { Probes } from "../../runtime/train/index.ts";

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

describe("what was probed", () => {
  /** Epochs from 1 on. */
  function runOf(label: string, told: readonly (Probes | undefined)[]): History {
    const history = new History(label);
    for (const [at, probes] of told.entries())
      history.add({
        event: "epoch",
        epoch: at + 1,
        step: at + 1,
        train: { loss: 1 },
        holdout: null,
        best: true,
        ...(probes === undefined ? {} : { probes }),
        seconds: 1,
        diagnostics: [],
      });
    return history;
  }
  const values = (mean: number) => ({ mean, spread: 10 * mean, gradientNorm: 100 * mean });
  const shown = (runs: readonly History[]) =>
    panelsOf(runs, []).map((panel) => ({
      title: panel.title,
      lines: panel.kind === "curves" ? panel.curves.map(({ name, points }) => [name, ...points.map(([, y]) => y)]) : [],
    }));

  test("has a panel for each statistic with a line for each probe, broken where an epoch tells nothing", () => {
    expect(shown([runOf("a", [undefined, { "M.f": values(1), M: values(2) }, { "M.f": values(3) }])])).toEqual([
      { title: "loss", lines: [["training", 1, 1, 1]] },
      {
        title: "mean of probes",
        lines: [
          ["M.f", NaN, 1, 3],
          ["M", NaN, 2, NaN],
        ],
      },
      {
        title: "standard deviation of probes",
        lines: [
          ["M.f", NaN, 10, 30],
          ["M", NaN, 20, NaN],
        ],
      },
      {
        title: "gradient norm of probes",
        lines: [
          ["M.f", NaN, 100, 300],
          ["M", NaN, 200, NaN],
        ],
      },
    ]);
  });

  test("of several runs has lines with the runs' names, each in a colour of its own", () => {
    const runs = [runOf("a", [{ M: values(1) }]), runOf("b", [{ M: values(2) }])];
    const [, mean] = panelsOf(runs, []);
    expect(mean).toMatchObject({
      curves: [
        { name: "a: M", colour: 0, points: [[1, 1]] },
        { name: "b: M", colour: 1, points: [[1, 2]] },
      ],
    });
  });

  test("and is not there leaves the picture as it was", () => {
    expect(shown([runOf("a", [undefined])]).map(({ title }) => title)).toEqual(["loss"]);
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
