/** Settings wherever they stand: given twice, given in vain, and the keys of a train at the limit of their ranges and beyond. */
import { describe, expect, test } from "vitest";
import { elaborated, show } from "./helpers.ts";

const model = "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)";

function trained(entries: string, own = model): string {
  const needed = [
    ["data", "data: given"],
    ["loss", "loss: cross_entropy"],
    ["optimizer", "optimizer: sgd(lr: 1)"],
  ].flatMap(([key, text]) => (entries.includes(`${key}:`) ? [] : [text]));
  return `${own}\ntrain M { ${needed.join("  ")}  ${entries} }`;
}

function told(source: string): readonly string[] {
  return show(elaborated(source).diagnostics, source);
}

describe("given twice is one error everywhere", () => {
  test.each([
    ["optimizer", "lr", trained("optimizer: sgd(lr: 1, lr: 2)"), "sgd", "lr: 2", "lr: 1"],
    [
      "optimizer",
      "beta",
      trained("optimizer: momentum(lr: 1, beta: 0.1, beta: 0.2)"),
      "momentum",
      "beta: 0.2",
      "beta: 0.1",
    ],
    [
      "optimizer by place",
      "beta",
      trained("optimizer: momentum(0.1, lr: 1, beta: 0.2)"),
      "momentum",
      "beta: 0.2",
      "0.1",
    ],
    [
      "schedule",
      "decay",
      trained("schedule: inverse_time(decay: 1, decay: 2)"),
      "inverse_time",
      "decay: 2",
      "decay: 1",
    ],
    ["regularizer", "all", trained("regularize: l2(1, all: true, all: false)"), "l2", "all: false", "all: true"],
    ["regularizer", "rate", trained("regularize: l2(1, rate: 2)"), "l2", "rate: 2", "1"],
    [
      "loss",
      "smoothing",
      trained("loss: cross_entropy(smoothing: 0.1, smoothing: 0.2)"),
      "cross_entropy",
      "smoothing: 0.2",
      "smoothing: 0.1",
    ],
    ["metric", "k", trained("metrics: [top_k(k: 1, k: 2)]"), "top_k", "k: 2", "k: 1"],
    ["data", "scale", trained('data: csv("a.csv", scale: 1, scale: 2)'), "csv", "scale: 2", "scale: 1"],
    ["data by place", "path", trained('data: csv("a.csv", "b.csv")'), "csv", '"b.csv"', '"a.csv"'],
    [
      "initializer",
      "std",
      `model M(x: [N, 3]) -> [N, 2] {\n  param w: [3, 2] = normal(std: 1, std: 2)\n  return x @ w\n}`,
      "normal",
      "std: 2",
      "std: 1",
    ],
    [
      "initializer that a name holds",
      "std",
      "model M(x: [N, 3]) -> [N, 3] {\n  let start = normal(std: 1)\n  return x + start([3], std: 2)\n}",
      "normal",
      "std: 2",
      "std: 1",
    ],
    ["block", "units", "model M(x: [N, 3]) -> [N, 2] = x |> dense(2, units: 3)", "dense", "units: 3", "2"],
    ["built-in", "over", "model M(x: [N, 3]) -> [] = sum(x, keep: true, keep: false)", "sum", "false", "true"],
    ["built-in by place", "a", "model M(x: [N, 3]) -> [N, 3] = maximum(1, 2, a: x)", "maximum", "x", "1"],
  ])("%s: `%s`", (_, name, source, callee, again, first) => {
    const shown = told(source);
    expect(shown[0]).toBe(`error NN0405: \`${name === "over" ? "keep" : name}\` of \`${callee}\` is given twice`);
    expect(shown.slice(1, 3)).toEqual([`  «${again}» again here`, `  «${first}» first here`]);
  });
});

test("an optimizer's weight and gradient are nobody else's to give", () => {
  expect(told(trained("optimizer: sgd(lr: 1, g: 2)"))[0]).toBe("error NN0405: `g` of `sgd` is given twice");
  expect(told(trained("optimizer: momentum(ones([3]), lr: 1)"))[0]).toBe(
    "error NN0404: `momentum` takes at most 2 tensors, found 3",
  );
});

test("an initializer that a name holds keeps its settings where it gets a shape", () => {
  const source = (start: string): string =>
    `model M(x: [N, 3]) -> [N, 3] {\n  let start = ${start}\n  return x + start([3])\n}`;
  const graph = (start: string) =>
    JSON.stringify(
      elaborated(source(start)).elaboration?.entries.map((one) =>
        one.graph.nodes.map((node) => [node.op, node.attributes]),
      ),
    );
  expect(graph("constant(7)")).toContain('"value":7');
});

describe("a regularizer that covers nothing", () => {
  const flat = "model M(x: [N, 3]) -> [N, 3] {\n  param w: [3] = ones\n  return w * x\n}";
  test("is a warning that says what would", () => {
    expect(told(trained("loss: mse  regularize: l2(1e-3)", flat))).toEqual([
      "warning NN0516: `l2` regularizes nothing: expected a parameter of at least two dimensions that `main` moves, found none",
      "  «l2(1e-3)» this",
      "  help: `all: true` covers every one",
    ]);
  });
  test.each(["regularize: l2(1e-3, all: true)", "regularize: []"])("%s is fine", (key) => {
    expect(told(trained(`loss: mse  ${key}`, flat))).toEqual([]);
  });
});

const whole = "a whole number of at least";
const most = 2147483647;

/** A key, what it takes at its limits, and beyond them what it says was expected. */
const keys: readonly (readonly [string, readonly string[], readonly (readonly [string, string])[]])[] = [
  ...["epochs", "batch", "stop_early"].map((key): (typeof keys)[number] => [
    key,
    ["1", "2147483647"],
    [
      ["0", `${whole} 1`],
      ["-1", `${whole} 1`],
      ["2147483648", `${whole} 1 and at most ${most}`],
      ["1.5", `${whole} 1`],
    ],
  ]),
  [
    "seed",
    ["0", "2147483647"],
    [
      ["-1", `${whole} 0`],
      ["2147483648", `${whole} 0 and at most ${most}`],
      ["0.5", `${whole} 0`],
    ],
  ],
  [
    "average",
    ["0", "0.999", "0.9999999"],
    [
      ["-0.001", "a number of at least 0 and below 1"],
      ["1", "a number of at least 0 and below 1"],
      ["0.99999999", "a number of at least 0 and below 1 as f32 holds it, which is 1"],
    ],
  ],
  [
    "clip_norm",
    ["1e-45", "3.4028234e38"],
    [
      ["0", "a number above 0"],
      ["-1", "a number above 0"],
      ["1e-46", "a number above 0 as f32 holds it, which is 0"],
      ["3.5e38", "a number above 0 and at most 3.4028234663852886e+38"],
    ],
  ],
  [
    "lr",
    ["0", "1e-45", "3.4028234e38"],
    [
      ["-1", "a number of at least 0"],
      ["-1e-46", "a number of at least 0"],
      ["1e-46", "a number of at least 0 as f32 holds it, which is 0"],
      ["3.5e38", "a number of at least 0 and at most 3.4028234663852886e+38"],
    ],
  ],
];

function keyed(key: string, value: string): string {
  // One epoch could not stop early.
  if (key === "stop_early") return trained(`epochs: 2  ${key}: ${value}`);
  return trained(key === "lr" ? `optimizer: sgd(lr: ${value})` : `${key}: ${value}`);
}

describe("a learning rate of 0 is a warning, unless a schedule may make something of it", () => {
  const still = ["warning NN0522: nothing can move in the train `M`"];
  const own = `${model}\nschedule warm() = lr0 + 0.1\nschedule late() = where(epoch > 3, 0.1, lr0)`;
  test.each<[entries: string, said: readonly string[], source?: string]>([
    ["", still],
    ["schedule: constant", still],
    ["schedule: inverse_time(decay: 0.1)", still],
    ["schedule: exponential(rate: 0.9)", still],
    ["schedule: inverse_sqrt(k: 2)", still],
    ["schedule: staircase(every: 3)", still],
    ["schedule: cosine", still],
    ["schedule: cosine(floor: 0.1)", []],
    ["schedule: warmup(3)", still],
    ["schedule: warmup(3, then: cosine)", still],
    ["schedule: warmup(3, then: cosine(floor: 0.1))", []],
    ["schedule: warm", [], own],
    ["schedule: late", [], own],
    ["schedule: warmup(3, then: warm)", [], own],
  ])("%s", (entries, said, source = model) => {
    const lines = told(trained(`optimizer: adamw(lr: 0)  ${entries}`, source));
    expect(lines.filter((line) => line.includes(": "))).toEqual(said);
    expect(told(trained(`optimizer: adamw(lr: 1e-9)  ${entries}`, source))).toEqual([]);
  });
});

describe.each(keys)("the key `%s` of a train", (key, taken, refused) => {
  test.each(taken)("takes %s", (value) => {
    // More rows than addresses are another matter than the key's range.
    expect(told(keyed(key, value)).filter((line) => line.startsWith("error") && !line.includes("NN0315"))).toEqual([]);
  });
  test.each(refused)("refuses %s", (value, expected) => {
    const [first] = told(keyed(key, value));
    expect(first.slice(0, first.indexOf(", found"))).toBe(`error NN0505: \`${key}\` must be ${expected}`);
    expect(first).toMatch(/, found the number [-\d.e/+]+$/);
  });
  test.each(['"x"', "true", "[1]", "relu"])("refuses %s", (value) => {
    expect(told(keyed(key, value))[0]).toMatch(
      /^error NN0505: `\w+` must be a (whole )?number .*, found (the string|true|the list|a layer)/,
    );
  });
});
