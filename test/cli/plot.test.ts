/** Axes, the plot in the terminal, and pictures that stand alone. */
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { axisOf, positionOn, tickText, tightAxis } from "../../cli/plot/axis.ts";
import type { CurvePanel, Point } from "../../cli/plot/panel.ts";
import { drawSvg } from "../../cli/plot/svg.ts";
import { drawTerminal } from "../../cli/plot/terminal.ts";
import { History } from "../../cli/train/history.ts";
import { panelsOf } from "../../cli/train/picture.ts";
import type { DoneEvent, EpochEvent, Norms, Probes, Scores } from "../../runtime/train/index.ts";

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
    [[5, 5], ["5"]],
    [
      [0, 0],
      ["0.0", "0.2"],
    ],
    [[0.05000000074505806, 0.05000000074505806], ["0.05"]],
    [[Math.fround(Math.LN2), Math.LN2], ["0.693147"]],
    [[-1e7, -1e7 - 1], ["-1e7"]],
    [[2e-6, 2e-6], ["2e-6"]],
    [
      [0.493147, 0.49315],
      ["0.493147", "0.493148", "0.493149", "0.493150"],
    ],
    [
      [0.002, 0.002000005],
      ["0.002000000", "0.002000001", "0.002000002", "0.002000003", "0.002000004", "0.002000005"],
    ],
    [
      [0.4931471, 0.493148],
      ["0.4931470", "0.4931472", "0.4931474", "0.4931476", "0.4931478", "0.4931480"],
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

function attributeOf(element: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`, "u").exec(element)?.[1] ?? "none";
}

describe("in the terminal", () => {
  test("a curve with its axes", () => {
    const drawn = drawTerminal(
      panelOf([
        [1, 4],
        [2, 2],
        [3, 1],
        [4, 0.5],
      ]),
      { width: 40, height: 5, colour: false },
    );
    expect(drawn).toMatchInlineSnapshot(`
      "   loss
      4 ┤⠑⠢⢄⡀
      3 ┤   ⠈⠑⠢⢄⡀
      2 ┤       ⠈⠑⠢⠤⢄⣀⣀
      1 ┤              ⠉⠉⠉⠒⠒⠢⠤⠤⢄⣀⣀⡀
      0 ┤                         ⠈⠉⠉⠉⠒⠒
        └───────────────────────────────
         1         2         3         4 epoch
         ── training
      "
    `);
  });

  test("marks the best epoch, where no curve is in the way", () => {
    const points = [4, 2, 1, 2, 3].map((loss, at): Point => [at + 1, loss]);
    const size = { width: 40, height: 5, colour: false };
    expect(drawTerminal({ ...panelOf(points), mark: { x: 3, label: "best: 3" } }, size)).toMatchInlineSnapshot(`
      "   loss  ┊ best: 3
      4 ┤⠑⢄⡀            ┊
      3 ┤  ⠈⠢⡀          ┊             ⣀⠤
        │    ⠈⠢⢄        ┊         ⣀⠤⠒⠉
      2 ┤       ⠑⠢⢄⣀    ┊    ⣀⡠⠔⠒⠉
      1 ┤           ⠉⠑⠢⠤⣀⡠⠔⠒⠉
        └───────────────────────────────
         1       2      3       4      5 epoch
         ── training
      "
    `);
  });

  test("is never wider than it may be, whatever its names are", () => {
    const long = "a_metric_with_a_name_that_is_longer_than_many_a_terminal_is_wide";
    const curves = Array.from({ length: 12 }, (_, at) => ({
      name: at % 3 === 0 ? long : `run ${at}`,
      colour: at,
      secondary: at % 2 === 1,
      points: [[1, 1e-7 * at] as const, [1000, 12345.678 - at] as const],
    }));
    for (const colour of [false, true]) {
      for (let width = 20; width <= 200; width += 1) {
        const panel = { ...panelOf([], long), curves, mark: { x: 2, label: "best: 2" } };
        const drawn = drawTerminal(panel, { width, height: 6, colour });
        const lines = stripVTControlCharacters(drawn).split("\n");
        expect(lines.filter((line) => Array.from(line).length > width)).toEqual([]);
        // Each of the twelve has its place, cut where it must be.
        expect(lines.join("\n").match(/── |┄┄ /g)).toHaveLength(12);
      }
    }
  });

  test("names that do not fit are cut, and a legend goes on in the next line", () => {
    const curves = ["training", "hold-out of the year", "a name that is far too long for the line"].map((name, at) => ({
      name,
      colour: at,
      secondary: at === 0,
      points: [[1, 1] as const, [2, 2] as const],
    }));
    const size = { width: 32, height: 3, colour: false };
    expect(drawTerminal({ ...panelOf([], "the loss of all that there is to lose"), curves }, size))
      .toMatchInlineSnapshot(`
      "     the loss of all that there…
      2.0 ┤                  ⢀⣀⡠⠤⠤⠒⠒⠊⠉
      1.5 ┤        ⢀⣀⣀⠤⠤⠔⠒⠒⠉⠉⠁
      1.0 ┤⣀⡠⠤⠤⠒⠒⠊⠉⠁
          └───────────────────────────
           1                         2
           ┄┄ training
           ── hold-out of the year
           ── a name that …or the line
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
    expect(svg).toContain("&#60;/script&#62;]]&#62;␀");
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

  test("no two of thirty curves look alike, in the picture and in its legend", () => {
    const curves = [false, true].flatMap((secondary) =>
      Array.from({ length: 30 }, (_, colour) => ({
        name: `run ${colour}`,
        colour,
        secondary,
        points: [[1, 1] as const, [2, 2] as const],
      })),
    );
    const drawn = drawSvg("runs", [{ ...panelOf([], "loss"), curves }]);
    const looks = (element: string): readonly string[] =>
      [...drawn.matchAll(new RegExp(`<${element} [^>]*stroke-width="(?:2|1.3)"[^>]*>`, "gu"))].map(([found]) =>
        ["stroke", "stroke-width", "stroke-dasharray"].map((name) => attributeOf(found, name)).join(" "),
      );
    for (const element of ["path", "line"]) {
      expect(looks(element)).toHaveLength(60);
      expect(new Set(looks(element)).size).toBe(60);
    }
    expect(looks("line")).toEqual(looks("path"));
  });

  test("every element that is opened is closed, and nothing comes from elsewhere", () => {
    const matrix = {
      kind: "matrix",
      title: "confusion",
      rowLabel: "target",
      columnLabel: "predicted",
      rowNames: ["a", "b"],
      columnNames: ["a", "b"],
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

describe("a matrix", () => {
  const drawn = (height: number, width: number, classes: readonly string[]) => {
    const history = new History("a");
    const value = { shape: [height, width], data: Float32Array.from({ length: height * width }, (_, at) => at) };
    history.add({ ...ended, train: { loss: 1, table: value } });
    return drawSvg("run", panelsOf([history], classes));
  };
  const wordsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, word]) => word);
  const between = (words: readonly (string | undefined)[]) => words.slice(words.indexOf("table"));

  test("of a row and a column a class has their names", () => {
    expect(between(wordsOf(drawn(2, 2, ["left", "right of all"])))).toEqual([
      "table",
      "1",
      "2",
      "3",
      "left",
      "right of all",
      "left",
      "right of all",
      "predicted",
      "target",
    ]);
  });

  test("of other rows and columns has numbers", () => {
    expect(between(wordsOf(drawn(1, 3, ["left", "right"])))).toEqual([
      "table",
      "1",
      "2",
      "0",
      "0",
      "1",
      "2",
      "column",
      "row",
    ]);
  });

  test.each([2, 10, 20, 30, 100, 300])(
    "of %d classes names as many as there is room for, from the first on",
    (count) => {
      const svg = drawn(
        count,
        count,
        Array.from({ length: count }, (_, at) => `kind ${at}`),
      );
      const rows = [...svg.matchAll(/<text x="-6" y="([\d.]+)"[^>]*>kind (\d+)</g)];
      const columns = [...svg.matchAll(/<text transform="translate\(([\d.]+) [^>]*>kind (\d+)</g)];
      const across = columns.length > 0 ? columns : [...svg.matchAll(/<text x="([\d.]+)"[^>]*>kind (\d+)</g)];
      for (const names of [rows, across]) {
        const [places, classes] = [names.map(([, place]) => Number(place)), names.map(([, , one]) => Number(one))];
        expect(classes[0]).toBe(0);
        const gaps = places.slice(1).map((place, at) => place - (places[at] ?? 0));
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(11.99);
        // A panel has room for eight at least.
        expect(names.length).toBeGreaterThanOrEqual(Math.min(count, 8));
      }
    },
  );

  test("of many classes stays within its panel", () => {
    const svg = drawn(200, 300, []);
    const ends = [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)];
    expect(ends).toHaveLength(200 * 300);
    expect(Math.max(...ends.map(([, x, , width]) => Number(x) + Number(width)))).toBeLessThan(380);
    expect(Math.max(...ends.map(([, , y, , height]) => Number(y) + Number(height)))).toBeLessThan(230);
  });
});

const ended: DoneEvent = {
  event: "done",
  holdout: null,
  train: { loss: 1 },
  steps: 1,
  epochs: 1,
  bestEpoch: null,
  early: false,
  seconds: 1,
  diagnostics: [],
};

describe("a train with several steps", () => {
  function runOf(label: string, train: readonly Scores[], holdout: readonly (Scores | null)[]): History {
    const history = new History(label);
    for (const [at, scores] of train.entries())
      history.add({
        event: "epoch",
        epoch: at + 1,
        step: at + 1,
        train: scores,
        holdout: holdout[at] ?? null,
        best: true,
        seconds: 1,
        diagnostics: [],
      });
    return history;
  }
  const shown = (runs: readonly History[]) =>
    panelsOf(runs, []).map((panel) => ({
      title: panel.title,
      lines: panel.kind === "curves" ? panel.curves.map(({ name, points }) => [name, ...points.map(([, y]) => y)]) : [],
    }));
  const train = [{ loss: 1, critic: 1, generator: 5 }];
  const held = [{ loss: 2, critic: 2, generator: 6, clean: 0.5 }];

  test("has a curve for the loss of each, and a panel for each metric", () => {
    expect(shown([runOf("a", train, held)])).toEqual([
      {
        title: "losses",
        lines: [
          ["critic, training", 1],
          ["critic, hold-out", 2],
          ["generator, training", 5],
          ["generator, hold-out", 6],
        ],
      },
      { title: "clean on the hold-out", lines: [["a", 0.5]] },
    ]);
    expect(shown([runOf("a", train, [])])).toEqual([
      {
        title: "losses",
        lines: [
          ["critic", 1],
          ["generator", 5],
        ],
      },
    ]);
  });

  test("has them beside the runs with one loss", () => {
    expect(shown([runOf("a", train, held), runOf("b", [{ loss: 3 }], [{ loss: 4, clean: 1 }])])).toEqual([
      {
        title: "loss on the hold-out",
        lines: [
          ["a: critic", 2],
          ["a: generator", 6],
          ["b", 4],
        ],
      },
      {
        title: "training loss",
        lines: [
          ["a: critic", 1],
          ["a: generator", 5],
          ["b", 3],
        ],
      },
      {
        title: "clean on the hold-out",
        lines: [
          ["a", 0.5],
          ["b", 1],
        ],
      },
    ]);
  });
});

/** The epoch behind so many, of one step each. */
function epochAfter(done: number, told: Pick<EpochEvent, "probes" | "norms">): EpochEvent {
  return {
    event: "epoch",
    epoch: done + 1,
    step: done + 1,
    train: { loss: 1 },
    holdout: null,
    best: true,
    ...told,
    seconds: 1,
    diagnostics: [],
  };
}

describe("what was probed", () => {
  /** Epochs from 1 on. */
  function runOf(label: string, told: readonly (Probes | undefined)[]): History {
    const history = new History(label);
    for (const [at, probes] of told.entries()) history.add(epochAfter(at, probes === undefined ? {} : { probes }));
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

test("norms of gradients have a panel with mean, largest and, dashed, the bound of each step", () => {
  const history = new History("a");
  const told: readonly Norms[] = [
    { critic: { mean: 1, largest: 3, limit: 2 }, forger: { mean: 5, largest: 6 } },
    { critic: { mean: 2, largest: 4, limit: 2 } },
  ];
  for (const [at, norms] of told.entries()) history.add(epochAfter(at, { norms }));
  const panel = panelsOf([history], []).find(({ title }) => title === "gradient norm");
  const curves = panel?.kind === "curves" ? panel.curves : [];
  expect(curves.map(({ name, secondary, points }) => [name, secondary, ...points.map(([, y]) => y)])).toEqual([
    ["critic, mean", false, 1, 2],
    ["critic, largest", false, 3, 4],
    ["critic, clip_norm", true, 2, 2],
    ["forger, mean", false, 5, NaN],
    ["forger, largest", false, 6, NaN],
  ]);
  expect(new Set(curves.filter(({ secondary }) => !secondary).map(({ colour }) => colour)).size).toBe(4);
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
