/** Short sources that stand for very many operations: refused soon, with the place that most of them come from. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { elaborated, show } from "./helpers.ts";

/** Lines `f(0)`, `f(1)`, … */
function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join("\n");
}

/** Processor seconds that refusing may take, on a machine that is busy. */
const patience = 20;

const doubled = `block b0(x: [N, 2]) -> [N, 2] = x + 1
${lines(30, (at) => `block b${at + 1}(x: [N, 2]) -> [N, 2] = b${at}(x) + b${at}(x * 2)`)}
model M(x: [N, 2]) -> [N, 2] = b30(x)`;

const grown = (first: string, next: (at: number) => string, last: string, count = 30): string =>
  `model M(x: [N, 2]) -> [N, 2] {\n${first}\n${lines(count, next)}\nreturn ${last}\n}`;

describe("a program that grows beyond the budget is refused", () => {
  test.each([
    ["a hundred thousand layers", "model M(x: [N, 8]) -> [N, 8] = x |> repeat(100000, dense(8))", "NN0603"],
    ["repeat in repeat", "model M(x: [N, 8]) -> [N, 8] = x |> repeat(1000, repeat(1000, relu))", "NN0603"],
    [
      "repeats that nothing uses",
      grown("let f = repeat(300, repeat(300, repeat(300, relu)))", () => "", "x", 0),
      "NN0603",
    ],
    ["blocks that call another twice", doubled, "NN0603"],
    [
      "the same in a train",
      `${doubled.replace("b30(x)", "b30(dense(x, 2))")}\ntrain M { data: given  loss: mse  optimizer: adam(lr: 0.1) }`,
      "NN0603",
    ],
    [
      "layers that double",
      grown("let f0 = relu |> relu", (at) => `let f${at + 1} = f${at} |> f${at}`, "x |> f30"),
      "NN0603",
    ],
    [
      "lists that double",
      grown("let l0 = [1, 2]", (at) => `let l${at + 1} = [l${at}, l${at}]`, "x * length(l30)"),
      "NN0603",
    ],
    [
      "empty lists that double",
      grown("let l0 = []", (at) => `let l${at + 1} = [l${at}, l${at}]`, "x |> dense(l30)"),
      "NN0603",
    ],
    [
      "conditions that double",
      grown("let c0 = T > 1 and T > 2", (at) => `let c${at + 1} = c${at} and c${at}`, "x").replaceAll(
        "[N, 2]",
        "[T, 2]",
      ),
      "NN0603",
    ],
    [
      "gradients of gradients",
      grown("let a0 = sin(x) * tanh(x)", (at) => `let a${at + 1} = grad(sum(a${at}), wrt: x)`, "a30"),
      "NN0603",
    ],
    [
      "products of sums of sizes",
      grown("let s0 = A + B + C + D + E + F + G", (at) => `let s${at + 1} = s${at} * s0`, "x * s30").replace(
        "(x: [N, 2])",
        "(x: [N, 2], y: [A, B, C, D, E, F, G])",
      ),
      "NN0315",
    ],
    [
      "sizes inside one another",
      grown("let s0 = A", (at) => `let s${at + 1} = maximum(s${at} + B, s${at} + C + ${at})`, "x * s30").replace(
        "(x: [N, 2])",
        "(x: [N, 2], y: [A, B, C])",
      ),
      "NN0315",
    ],
  ])(
    "%s",
    (_, source, code) => {
      expect(source.length).toBeLessThan(10_240);
      const before = process.cpuUsage();
      const { diagnostics } = compile({ name: "main.nn", source }, { target: "wasm" });
      const { user, system } = process.cpuUsage(before);
      const errors = diagnostics.filter(({ severity }) => severity === "error");
      expect([...new Set(errors.map((one) => one.code))]).toEqual([code]);
      expect((user + system) / 1e6).toBeLessThan(patience);
    },
    120_000,
  );

  test("and one that a limit of its own user ends, wherever that is", () => {
    const source = `const size = 2 + 2
model M(x: [N, F]) -> [N, 3] = x |> dense(size) |> relu |> dense(3)
data d = csv("d.csv", target: "y", standardize: true, holdout: 25%)
train M { data: d  loss: mse  optimizer: sgd(lr: 0.05)  batch: 16  epochs: 2 }`;
    const whole = compile({ name: "main.nn", source }, { dims: { F: 4 } });
    expect(whole.ok).toBe(true);
    for (let operations = 1; operations <= 120; operations++) {
      const { diagnostics } = compile({ name: "main.nn", source }, { dims: { F: 4 }, operations });
      expect(diagnostics.map(({ code }) => code)).toEqual(["NN0603"]);
    }
  });

  test("fractions stay short", () => {
    const source = `const k = 3 ** 1290 / 2 ** 2040${" * 3 / 3".repeat(1200)}\nmodel M(x: [N]) -> [N] = k * x`;
    expect(elaborated(source).diagnostics).toEqual([]);
    expect(elaborated(source.replace("3 / 3", "3 / 7 * 3 ** 900")).diagnostics.map(({ code }) => code)).toEqual([
      "NN0322",
    ]);
  });
});

describe("movements of movements compile in time", () => {
  const links = (count: number, link: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => link(at)).join("\n");
  const reordered = "model M(x: [N, 8]) -> [N, 8] {\n  let a0 = 2 * x";
  test.each([
    [
      "a gather of a gather",
      `model M(x: [N, 2], i: i32[N]) -> [N, 2] = dense(x, 2)${" |> take(i)".repeat(100)}\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 2 }`,
    ],
    [
      "a gather by what was gathered",
      `${reordered}\n${links(40, (at) => `  let a${at + 1} = take(a${at}, argmax(a${at}, axis: 1))`)}\n  return a40\n}`,
    ],
    [
      "a transpose read as another shape",
      `${reordered}\n${links(40, (at) => `  let a${at + 1} = reshape(a${at}.T, [N, 8])`)}\n  return a40\n}`,
    ],
  ])(
    "%s",
    (_, source) => {
      for (const target of ["wasm", "typescript"] as const) {
        const before = process.cpuUsage();
        const { diagnostics } = compile({ name: "main.nn", source }, { target, bounds: { N: 4 } });
        const { user, system } = process.cpuUsage(before);
        expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
        expect((user + system) / 1e6).toBeLessThan(patience);
      }
    },
    120_000,
  );
});

describe("the place that used the budget up is named", () => {
  const told = (source: string) => show(elaborated(source).diagnostics, source);
  const message =
    "error NN0603: expected a program of at most 220000 operations once every call is written out, found more; `operations: 440000`, or `--operations 440000`, allows twice as many";

  test("the expression that most of it comes from", () => {
    expect(told("model M(x: [N, 8]) -> [N, 8] = x |> relu |> repeat(1000, repeat(1000, relu))")).toEqual([
      message,
      "  «repeat(1000, repeat(1000, relu))» most of them come from here",
    ]);
  });

  test("the call, with those around it", () => {
    const [first, place, ...calls] = told(doubled);
    expect(first).toBe(message);
    expect(place).toMatch(/^ {2}«b\d+\(x.*\)» most of them come from here$/);
    expect(calls.at(-1)).toMatch(/^ {2}«b\d+\(x\)» in `b\d+`, called here$/);
  });

  test("the train where no expression alone is large", () => {
    const source = `model M(x: [N, 8]) -> [N, 8] = x |> repeat(3500, dense(8))
train M { data: given  loss: mse  optimizer: adam(lr: 0.1) }`;
    expect(told(source)).toEqual([message, "  «M» written out from here"]);
  }, 120_000);
});

const trainedBy = (optimizer: string): string => `\ntrain M { data: given  loss: mse  optimizer: ${optimizer} }`;

describe("honest programs are within the budget", () => {
  test.each([
    [
      "a thousand trained layers",
      `model M(x: [N, 8]) -> [N, 8] = x |> repeat(1000, dense(8))${trainedBy("sgd(lr: 0.1)")}`,
    ],
    [
      "five hundred layers that adam trains",
      `model M(x: [N, 8]) -> [N, 8] = x |> repeat(500, dense(8))${trainedBy("adam(lr: 0.1)")}`,
    ],
    ["two thousand layers", "model M(x: [N, 8]) -> [N, 8] = x |> repeat(2000, dense(8))"],
    [
      "a transformer of 42 trained blocks",
      `model M(x: [N, 16, 8]) -> [N, 16, 8] = x |> transformer(42, 2)${trainedBy("adam(lr: 0.1)")}`,
    ],
  ])(
    "%s",
    (_, source) => {
      expect(elaborated(source).diagnostics).toEqual([]);
    },
    120_000,
  );
});

describe("the budget is what the caller says", () => {
  const source = `model M(x: [N, 8]) -> [N, 8] = x |> repeat(1200, dense(8))${trainedBy("adam(lr: 0.1)")}`;
  const codes = (operations?: number): readonly string[] =>
    elaborated(source, operations === undefined ? {} : { operations }).diagnostics.map(({ code }) => code);

  test("more", () => {
    expect([codes(), codes(1_000_000)]).toEqual([["NN0603"], []]);
  }, 120_000);

  test("kernels of layers that differ count, too", () => {
    const layers = Array.from({ length: 150 }, (_, at) => `dense(${at + 1})`).join(" |> ");
    const different = `model M(x: [N, 8]) -> [N, 150] = x |> ${layers}`;
    const { diagnostics, ok } = compile({ name: "main.nn", source: different }, { operations: 60_000 });
    expect(ok).toBe(false);
    expect(show(diagnostics, different)).toEqual([
      "error NN0603: expected a program of at most 60000 operations once every call is written out, found more; `operations: 120000`, or `--operations 120000`, allows twice as many",
      "  «M» written out from here; kernels up to that of `M.dense_103.b`, 207 of which differ, count as 51886",
    ]);
    expect(compile({ name: "main.nn", source: different }, { operations: 200_000 }).ok).toBe(true);
  }, 120_000);

  test("no more, nor less, than what the program takes", () => {
    const small = "model M(x: [N, 8]) -> [N, 8] = x |> dense(8)";
    const { elaboration } = elaborated(small);
    const operations = elaboration?.operations ?? 0;
    expect(elaborated(small, { operations }).diagnostics).toEqual([]);
    const below = show(elaborated(small, { operations: operations - 1 }).diagnostics, small);
    expect(below[0]).toContain(`error NN0603: expected a program of at most ${operations - 1} operations`);
  });
});
