/** What `nnc bench` tells of its times, with made-up ones: tables, comparisons, pictures and the page. */
import { describe, expect, test } from "vitest";
import { drawTimes } from "../../cli/bench/chart.ts";
import { usualBatches } from "../../cli/bench/cases.ts";
import type { Case } from "../../cli/bench/cases.ts";
import { compare, failuresOf, isSameNetwork } from "../../cli/bench/compare.ts";
import { readDocument } from "../../cli/bench/document.ts";
import { formatChange, formatTime, marginOf, medianOf } from "../../cli/bench/figures.ts";
import { measure, rotated } from "../../cli/bench/measure.ts";
import { reportPage } from "../../cli/bench/page.ts";
import { drawFlame } from "../../cli/bench/profile/flame.ts";

import { byLayer, byLine } from "../../cli/bench/profile/summary.ts";
import { textOf } from "../../cli/bench/text.ts";
import { parseCounts, parseSeconds } from "../../cli/flags.ts";
import { plain } from "../../cli/output/style.ts";
import { paper } from "../../cli/plot/xml.ts";
import { build, documentOf, profile, resultOf } from "./bench-fixture.ts";

const look = { paint: plain, width: Infinity };
const texts = new Map([
  ["digits.nn", "model Digits =\n  image |> dense(10) |> relu\ntrain Digits {\n  loss: cross_entropy\n}\n"],
]);

describe("figures", () => {
  test.each([
    [[3, 1, 2], 2, 0.5],
    [[4, 1, 2, 3], 2.5, 0.6],
    [[5], 5, NaN],
  ])("%j has the median %d and the margin %d", (rounds, median, margin) => {
    expect([medianOf(rounds), marginOf(rounds)]).toEqual([median, margin]);
  });

  test.each([
    [1.4e-5, "14.0 µs"],
    [0.00351, "3.51 ms"],
    [1.2, "1.20 s"],
    [NaN, "–"],
  ])("%d s is told as %s", (seconds, told) => {
    expect(formatTime(seconds)).toBe(told);
  });

  test("a change has its sign", () => {
    expect([0.1234, -0.04, 0].map(formatChange)).toEqual(["+12.3 %", "−4.0 %", "+0.0 %"]);
  });

  test.each([
    [32, [32, 8, 1]],
    [128, [128, 16, 1]],
    [2, [2, 1]],
    [1, [1]],
  ])("up to %d rows, %j are measured", (bound, batches) => {
    expect(usualBatches(bound)).toEqual(batches);
  });

  test("numbers of rows are taken once, the largest first, and seconds above 0", () => {
    expect(parseCounts("1, 32,8,1")).toEqual([32, 8, 1]);
    expect(parseSeconds("0.5")).toBe(0.5);
    expect(() => parseCounts("1,,2")).toThrow("whole numbers from 1 with commas between");
    expect(() => parseSeconds("0")).toThrow("a number of seconds above 0");
  });
});

test("systems take turns at each case, and another one begins in each round", () => {
  const of = (system: string, rows: number) => ({ system, case: "inference" as const, rows });
  const cases = [of("a", 8), of("a", 1), of("b", 8), of("b", 1), of("c", 8)];
  const orders = [0, 1, 2].map((round) =>
    rotated(cases, round)
      .map(({ system, rows }) => `${system}${rows}`)
      .join(" "),
  );
  expect(orders).toEqual(["a8 b8 c8 a1 b1", "b8 c8 a8 b1 a1", "c8 a8 b8 a1 b1"]);
});

test("benny measures what answers at once and what answers later, and says nothing itself", async () => {
  const caseOf = (name: string, isAsync: boolean): Case => {
    const run = (): unknown => (isAsync ? Promise.resolve() : undefined);
    return {
      name,
      target: "wasm",
      threads: 1,
      case: "inference",
      rows: 1,
      isAsync,
      run,
      reset: () => resets.push(name),
    };
  };
  const [resets, told]: [string[], string[]] = [[], []];
  const found = await measure("made up", [caseOf("at once", false), caseOf("later", true)], {
    rounds: 2,
    seconds: 0.02,
    progress: (round, name) => told.push(`${round} ${name}`),
    between: async () => Promise.resolve(),
  });
  expect([...found].map(([name, rounds]) => [name, rounds.map((seconds) => seconds > 0)])).toEqual([
    ["at once", [true, true]],
    ["later", [true, true]],
  ]);
  expect(resets).toEqual(["at once", "later", "at once", "later"]);
  expect(told).toEqual(["0 at once", "0 later", "0 ", "1 later", "1 at once", "1 "]);
});

describe("tables", () => {
  test("of times and builds", () => {
    expect(textOf(documentOf(), undefined, look)).toMatchInlineSnapshot(`
      "Times: medians of 3 rounds
      case           rows  target      threads    median      ±  rows/s
      ─────────────  ────  ──────────  ───────  ────────  ─────  ──────
      training step    32  typescript        1  21.00 ms  4.8 %  1.52 k
      training step    32  wasm              1   3.50 ms  2.9 %  9.14 k
      training step    32  wasm              2   1.90 ms  5.3 %  16.8 k
      inference         1  wasm              1    4.0 µs  3.7 %   250 k

      Builds
      target    compile  artifact     gzip  peak memory
      ──────  ─────────  ────────  ───────  ───────────
      wasm    200.00 ms   57.9 kB  15.2 kB       122 kB
      "
    `);
  });

  test("of a profile, by layer and by line", () => {
    const document = documentOf({ results: [], builds: [], profiles: [profile] });
    const text = textOf(document, undefined, look);
    expect(text.slice(text.indexOf("Profile"))).toMatchInlineSnapshot(`
      "Profile of wasm: training step, 32 rows
      5 calls of kernels, 30.0 µs in all, medians of 400 runs; run without a clock it takes 31.0 µs. The clock costs 0.1 µs a call, which is taken off. 1 kernel of several layers: the time is shared out by how much of the work is whose.

      By layer
      layer                    time   share  backward  FLOP/s    bytes  of limit
      ────────────────────  ───────  ──────  ────────  ──────  ───────  ────────
      Digits.dense          25.0 µs  83.3 %    5.0 µs  34.0 G  8.00 kB    74.0 %
      Digits.relu            3.0 µs  10.0 %    3.0 µs  10.0 G  2.40 kB    50.0 %
      Digits.cross_entropy   2.0 µs   6.7 %    2.0 µs  10.0 G  1.60 kB    50.0 %

      By line
      line            time   share  backward  FLOP/s    bytes  of limit
      ───────────  ───────  ──────  ────────  ──────  ───────  ────────
      digits.nn:2  28.0 µs  93.3 %    8.0 µs  31.4 G  10.4 kB    71.4 %
      digits.nn:4   2.0 µs   6.7 %    2.0 µs  10.0 G  1.60 kB    50.0 %
      "
    `);
  });

  test("shares of a kernel go to its layers and lines, and are all of its time", () => {
    const total = (list: readonly { readonly seconds: number }[]) =>
      list.reduce((sum, { seconds }) => sum + seconds, 0);
    expect(total(byLayer(profile))).toBeCloseTo(30e-6, 12);
    expect(byLine(profile).map(({ line, seconds }) => [line?.line, Number((seconds * 1e6).toFixed(3))])).toEqual([
      [2, 28],
      [4, 2],
    ]);
  });
});

describe("a comparison", () => {
  const before = documentOf();
  const rounds = (...times: readonly number[]) => documentOf({ results: [resultOf(times)] });

  test.each([
    ["every round slower", [0.0037, 0.0038, 0.0039], "worse"],
    ["every round faster", [0.003, 0.0031, 0.0032], "better"],
    ["rounds between", [0.0035, 0.0038, 0.0039], "same"],
    ["too few rounds", [0.005, 0.005], "same"],
  ])("%s: %j", (_title, times, verdict) => {
    const { changes } = compare(before, rounds(...times), "old.json");
    expect(changes[0]).toMatchObject({ target: "wasm", threads: 1, figure: "training step", rows: 32, verdict });
  });

  test("sizes have no noise", () => {
    const after = documentOf({ builds: [{ ...build, artifactBytes: 57_901, peakBytes: 121_999 }] });
    const { changes } = compare(before, after, "old.json");
    const sizes = changes.filter(({ unit }) => unit === "bytes");
    expect(sizes.map(({ figure, verdict }) => [figure, verdict])).toEqual([
      ["artifact", "worse"],
      ["memory", "better"],
    ]);
  });

  test("fails for what is worse by more than the limit, and for nothing else", () => {
    const after = documentOf({
      results: [
        resultOf([0.0041, 0.004, 0.0042]),
        resultOf([0.0235, 0.0235, 0.024], { target: "typescript" }),
        resultOf([0.001, 0.0011, 0.0012], { threads: 2 }),
      ],
    });
    const comparison = compare(before, after, "old.json");
    expect(failuresOf(comparison, 0.1).map(({ target, threads }) => [target, threads])).toEqual([
      ["wasm", 1],
      ["typescript", 1],
    ]);
    expect(failuresOf(comparison, 0.16).map(({ target }) => target)).toEqual(["wasm"]);
    expect(failuresOf(comparison, 0.5)).toEqual([]);
  });

  test("says what only one run has, and what else may be the reason", () => {
    const after = documentOf({
      machine: { cpu: "Slow 1", cores: 1, node: "22.1.0", flopsPerSecond: 40e9 },
      results: [resultOf([0.0035, 0.0034, 0.0036]), resultOf([1, 1, 1], { rows: 8 })],
    });
    expect(compare(before, after, "old.json").notes).toEqual([
      "the earlier run was on Fast 9000, this one is on Slow 1",
      "the earlier run was on Node.js 20.20.2, this one is on Node.js 22.1.0",
      "the peak loop is 17 % slower than in the earlier run: the machine differs, or something else ran",
      "typescript: training step, 32 rows is in old.json alone",
      "wasm, 2 threads: training step, 32 rows is in old.json alone",
      "wasm: inference, 1 row is in old.json alone",
      "wasm: training step, 8 rows is not in old.json",
    ]);
  });

  test("from nothing to something is a change without a share", () => {
    const none = documentOf({ builds: [{ ...build, peakBytes: 0 }] });
    expect(compare(none, none, "old.json").changes.at(-1)).toMatchObject({ change: 0, verdict: "same" });
    const [change] = failuresOf(compare(none, documentOf(), "old.json"), 0.1);
    expect([change?.figure, formatChange(change?.change ?? 0)]).toEqual(["memory", "from 0"]);
  });

  test("shows controls and marks of direction in the names of an earlier run, and obeys none", () => {
    const old = documentOf({
      machine: { cpu: "\u202eFast\u001b[2J", cores: 2, node: "20", flopsPerSecond: 48e9 },
      results: [{ ...resultOf([1, 1, 1]), case: "\u202e\u0007" }],
    });
    const text = textOf(documentOf(), compare(old, documentOf(), "old\u202e.json"), look);
    for (const sign of ["\u202e", "\u001b", "\u0007"]) expect(text).not.toContain(sign);
    expect(text).toContain("note: the earlier run was on \\u{202E}Fast␛[2J, this one is on Fast 9000\n");
    expect(text).toContain("note: wasm: \\u{202E}␇, 32 rows is in old\\u{202E}.json alone\n");
  });

  test("is a table with words", () => {
    const after = documentOf({
      results: [resultOf([0.0041, 0.004, 0.0042])],
      builds: [{ ...build, artifactBytes: 50_000 }],
    });
    const text = textOf(after, compare(before, after, "old.json"), look);
    expect(text.slice(text.indexOf("Beside"), text.indexOf("note:"))).toMatchInlineSnapshot(`
      "Beside old.json
      figure                           before        now   change
      ────────────────────────────  ─────────  ─────────  ───────  ────────────────
      wasm: training step, 32 rows    3.50 ms    4.10 ms  +17.1 %  SLOWER
      wasm: compile                 200.00 ms  200.00 ms   +0.0 %  within the noise
      wasm: artifact                  57.9 kB    50.0 kB  −13.6 %  smaller
      wasm: memory                     122 kB     122 kB   +0.0 %  the same

      "
    `);
  });

  test("is of one network", () => {
    const { network } = before;
    const networks = [
      { ...network, model: "Classify" },
      { ...network, train: null },
      { ...network, file: "moved.nn" },
    ];
    expect(networks.map((one) => isSameNetwork(before, documentOf({ network: one })))).toEqual([false, false, true]);
  });
});

describe("an earlier run", () => {
  test("is read as it was written", () => {
    expect(readDocument(JSON.stringify({ ok: true, ...documentOf() }))).toEqual({ ok: true, ...documentOf() });
  });

  const changed = (change: object): string => JSON.stringify({ ...documentOf(), ...change });
  test.each([
    ["{", "expected what `nnc bench --json` prints, found no JSON"],
    ["[]", 'expected what `nnc bench --json` prints, found JSON without `"format":"nnc-bench"`'],
    ["null", 'expected what `nnc bench --json` prints, found JSON without `"format":"nnc-bench"`'],
    [changed({ version: 2 }), "expected version 1 of the form, found 2"],
    [changed({ network: undefined }), "expected an object as `network`, found something else: the file is damaged"],
    [changed({ version: "\u202e" }), 'expected version 1 of the form, found "\\u{202E}"'],
    [changed({ version: undefined }), "expected version 1 of the form, found none"],
    [
      changed({ network: { ...documentOf().network, train: undefined } }),
      "expected a figure of the run as `network.train`, found something else: the file is damaged",
    ],
    [
      changed({ machine: { ...documentOf().machine, flopsPerSecond: 0 } }),
      "expected a figure of the run as `machine.flopsPerSecond`, found something else: the file is damaged",
    ],
    [
      changed({}).replace("48000000000", "1e999"),
      "expected a figure of the run as `machine.flopsPerSecond`, found something else: the file is damaged",
    ],
    [
      changed({ results: [] }),
      "expected a list of one or more as `results`, found something else: the file is damaged",
    ],
    [changed({ builds: [] }), "expected a list of one or more as `builds`, found something else: the file is damaged"],
    [
      changed({ results: [resultOf([0, 0, 0])] }),
      "expected a figure of the run as `results[0].seconds`, found something else: the file is damaged",
    ],
    [
      changed({ results: {} }),
      "expected a list of one or more as `results`, found something else: the file is damaged",
    ],
    [
      changed({ results: [{ ...resultOf([1]), rounds: [1, "2"] }] }),
      "expected a figure of the run as `results[0].rounds`, found something else: the file is damaged",
    ],
    [
      changed({ builds: [{ ...build, peakBytes: -1 }] }),
      "expected a figure of the run as `builds[0].peakBytes`, found something else: the file is damaged",
    ],
  ])("%j is refused", (text, problem) => {
    expect(readDocument(text)).toEqual({ problem });
  });
});

describe("pictures and the page", () => {
  test("a dot for each system, in a panel for each case", () => {
    const svg = drawTimes(documentOf());
    expect([...svg.matchAll(/<circle/g)].length).toBe(4);
    expect([...svg.matchAll(/font-weight="600"[^>]*>([^<]*)</g)].map(([, title]) => title)).toEqual([
      "digits.nn: Digits, Fast 9000",
      "training step, 32 rows",
      "inference, 1 row",
    ]);
    expect(svg).toContain("<title>wasm, 2 threads: 1.90 ms, from 1.80 ms to 2.00 ms</title>");
  });

  test("a flame as wide as its time: the whole, layers, what is in them, kernels", () => {
    const svg = drawFlame(profile, "training step", paper);
    const boxes = [...svg.matchAll(/<rect x="([\d.]+)" y="(\d+)" width="([\d.]+)"[^>]*>\n<title>([^:]*):/g)];
    expect(boxes.map(([, x, y, width, name]) => `${y}: ${x} + ${width} ${name}`)).toMatchInlineSnapshot(`
      [
        "0: 0 + 999 training step",
        "24: 0 + 832.33 Digits.dense",
        "24: 833.33 + 99 Digits.relu",
        "24: 933.33 + 65.67 Digits.cross_entropy",
        "48: 0 + 665.67 dense ()",
        "48: 666.67 + 165.67 dense_relu_cross_entropy_backward (), 4 calls",
        "48: 833.33 + 99 dense_relu_cross_entropy_backward (), 4 calls",
        "48: 933.33 + 65.67 log_softmax",
        "72: 933.33 + 65.67 dense_relu_cross_entropy_backward (), 4 calls",
      ]
    `);
  });

  test("the page has the source with its times in the margin", () => {
    const page = reportPage(documentOf({ profiles: [profile] }), undefined, texts);
    const lines = [
      ...page.matchAll(
        /<tr><td class="right[^"]*">([^<]*)<\/td><td[^>]*>([^<]*)<\/td>.*?<td class="right">(\d+)<\/td><td><code>(.*?)<\/code>/gs,
      ),
    ];
    expect(lines.map(([, time, share, line, code]) => [time, share, line, code].join(" | "))).toEqual([
      " |  | 1 | model Digits =",
      "28.0 µs | 93.3 % | 2 |   image |&#62; dense(10) |&#62; relu",
      " |  | 3 | train Digits {",
      "2.0 µs | 6.7 % | 4 |   loss: cross_entropy",
      " |  | 5 | }",
    ]);
  });

  const evil = `</script><script>alert(1)</script></style>"'&<!--]]>\u0000\u202e\u2066`;
  test.each([
    ["the page", () => evilPage()],
    ["the picture of times", () => drawTimes(evilDocument())],
    ["a flame", () => drawFlame(evilProfile(), evil, paper)],
  ])("in %s no name of the user's leaves its place", (_title, draw) => {
    const text = draw();
    expect(text.match(/<script/g)).toBeNull();
    expect(text.match(/<\/style>/g)?.length ?? 0).toBe(text.startsWith("<!doctype") ? 1 : 0);
    expect(text.match(/<!--/g)?.length ?? 0).toBe(text.startsWith("<!doctype") ? 1 : 0);
    // Nor turns or hides what stands beside it.
    for (const sign of ["\u0000", "\u202e", "\u2066"]) expect(text).not.toContain(sign);
    expect(text).toContain("\\u{202E}\\u{2066}");
    // Every element that is opened is one of ours.
    const ours =
      "a body circle code desc details div footer g h1 h2 h3 head html li line main meta p rect style summary svg table tbody td text th thead title tr ul".split(
        " ",
      );
    const tags = [...text.matchAll(/<([a-z][\w]*)/g)].map(([, tag]) => tag);
    expect([...new Set(tags)].filter((tag) => !ours.includes(tag ?? ""))).toEqual([]);
  });

  function evilProfile() {
    const parts = profile.calls.flatMap((call) => call.parts);
    const own = parts.map((part) => ({ ...part, layer: evil, path: `${evil}.${evil}`, line: { file: evil, line: 1 } }));
    return { ...profile, calls: profile.calls.map((call) => ({ ...call, kernel: evil, parts: own.slice(0, 1) })) };
  }

  function evilDocument() {
    return documentOf({
      network: { file: evil, model: evil, train: evil, parameters: 1 },
      machine: { cpu: evil, cores: 1, node: evil, flopsPerSecond: 1 },
      skipped: [{ target: "wgsl", reason: evil }],
      profiles: [evilProfile()],
    });
  }

  function evilPage(): string {
    const document = evilDocument();
    return reportPage(document, compare(document, document, evil), new Map([[evil, evil]]));
  }
});
