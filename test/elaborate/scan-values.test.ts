/** What scans compute, by the interpreter: against loops written here, and whatever `checkpoint` cuts them into. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { TensorData } from "../../compiler/loops/interpret.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { load } from "../../runtime/load/index.ts";
import { elaborated, show } from "./helpers.ts";

const rows = 2;
const steps = 7;

/** x[n, t, c] = sin of its place. */
const x = {
  shape: [rows, steps, 3],
  data: Float64Array.from({ length: rows * steps * 3 }, (_, at) => Math.sin(at + 1)),
};

/** The results of `M(x: [N, T, 3])`, which stands last in the source. */
function results(source: string): readonly (readonly number[])[] {
  const { elaboration, diagnostics } = elaborated(source, { dims: new Map([["T", steps]]) });
  expect(show(diagnostics, source)).toEqual([]);
  const graph = elaboration?.entries.find(({ name }) => name === "predict.M")?.graph;
  if (graph === undefined) throw new Error("there is no model M");
  const seed: TensorData = { shape: [], data: Float64Array.of(5) };
  const inputs = new Map([
    ["M.x", x],
    ["seed", seed],
  ]);
  const environment = { inputs, dims: new Map([["N", rows]]), precision: "f64" as const };
  const found = [...evaluateGraph(graph, environment).values()].map(({ data }) => Array.from(data));
  const optimized = evaluateGraph(runPasses(graph, { verify: true }), environment);
  expectClose(
    [...optimized.values()].map(({ data }) => Array.from(data)),
    found,
  );
  return found;
}

function expectClose(found: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): void {
  expect(found.map((one) => one.length)).toEqual(wanted.map((one) => one.length));
  const apart = found.flatMap((one, at) => one.map((value, place) => Math.abs(value - wanted[at][place])));
  expect(Math.max(...apart)).toBeLessThan(1e-9);
}

const at = (n: number, t: number, c: number): number => x.data[(n * steps + t) * 3 + c];
const places = (count: number): readonly number[] => Array.from({ length: count }, (_, place) => place);

/** Σ over what lies up to each place, from the front or the end. */
function sums(reversed: boolean): readonly number[] {
  return places(rows).flatMap((n) =>
    places(steps).flatMap((t) =>
      places(3).map((c) =>
        places(steps)
          .filter((s) => (reversed ? s >= t : s <= t))
          .reduce((sum, s) => sum + at(n, s, c), 0),
      ),
    ),
  );
}

const running = (scan: string): string => `model M(x: [N, T, 3]) -> ([N, T, 3], [N, 3]) {
  return scan r in x along ${scan} with h = zeros([N, 3]) {
    next h = h + r
    emit h
  }
}`;

describe("a running sum", () => {
  const ends = (reversed: boolean, t: number): readonly number[] =>
    places(rows).flatMap((n) => places(3).map((c) => sums(reversed)[(n * steps + t) * 3 + c]));

  test("emits lie at the places of what they come of, and the carry is that of the last step", () => {
    expectClose(results(running("T")), [sums(false), ends(false, steps - 1)]);
    expectClose(results(running("axis 1 reversed")), [sums(true), ends(true, 0)]);
  });

  test("is cumsum, also of the open", () => {
    const open = "model M(x: [N, T, 3]) -> [T, N, 3] = cumsum(transpose(x, [1, 0, 2]), axis: 1)";
    const down = places(steps).flatMap((t) =>
      places(rows).flatMap((n) => places(3).map((c) => places(n + 1).reduce((sum, m) => sum + at(m, t, c), 0))),
    );
    expectClose(results(open), [down]);
    expectClose(results("model M(x: [N, T, 3]) -> [N, T, 3] = cumsum(x, axis: 1)"), [sums(false)]);
  });
});

test("a step's number counts along a range, several inputs go side by side", () => {
  const source = `model M(x: [N, T, 3]) -> ([N, T, 3], i32[]) {
  return scan (r in x, t in range(T)) along T with last = i32(0) {
    next last = t
    emit r * f32(t)
  }
}`;
  const scaled = places(rows).flatMap((n) => places(steps).flatMap((t) => places(3).map((c) => t * at(n, t, c))));
  expectClose(results(source), [scaled, [steps - 1]]);
});

test("a gradient in a body is that of the step", () => {
  const source = `model M(x: [N, T, 3]) -> [N, T, 3] = scan r in x along T {
  emit grad(sum(r ** 3), wrt: r)
}`;
  expectClose(results(source), [[...x.data].map((value) => 3 * value * value)]);
});

describe("draws", () => {
  const distinct = (source: string): readonly number[] => {
    const [drawn] = results(source);
    expect(new Set(drawn).size).toBe(drawn.length);
    return drawn;
  };

  test("differ from step to step, in scans in scans as well, and are the same from either end", () => {
    const of = (scan: string) => `model M(x: [N, T, 3]) -> [..] = scan ${scan}`;
    const forwards = distinct(of("r in x along T { emit r * 0 + random_uniform([N, 3]) }"));
    expect(distinct(of("r in x along T reversed { emit r * 0 + random_uniform([N, 3]) }"))).toEqual(forwards);
    distinct(of("r in x along T { emit scan q in r along axis 1 { emit q * 0 + random_uniform([N]) } }"));
  });
});

describe("checkpoint changes nothing", () => {
  /** A scan with draws, whole numbers, a scan in it and emits of two ranks; then the gradient of what it gives by x. */
  const source = (clause: string, inner = "") => `block cells(x: [N, T, C]) -> ([N, T, C], [T], [N, C], i32[]) {
  return scan ${clause} with h = zeros([N, C]), count = i32(1) {
    let noise = random_uniform([N, C])
    let inner = scan q in r along axis 1 with g = h[:, 0]${inner} { next g = tanh(g * q + 1) }
    next h = 0.5 * h * h + r * noise + inner[:, newaxis] / f32(count)
    next count = count + 1
    emit tanh(h)
    emit sum(h * r)
  }
}
model M(x: [N, T, 3]) -> ([N, T, 3], [T], [N, 3], i32[], [N, T, 3]) {
  let (a, b, h, count) = cells(x)
  let total = sum(a * a) + sum(b * b * b) + sum(h)
  return (a, b, h, count, grad(total, wrt: x))
}`;

  test.each(["r in x along T", "r in x along T reversed"])("%s", (clause) => {
    const plain = results(source(clause));
    for (const every of [1, 2, 3, 4, 6, 7, 20])
      expectClose(results(source(`${clause} checkpoint ${every}`, " checkpoint 2")), plain);
  });
});

test("an optimizer's scan moves every parameter by its own values", async () => {
  const moved = async (body: string) => {
    const source = `optimizer own(w, g) {\n  state m = zeros\n  ${body}\n}
model M(x: [N, 3]) -> [N, 3] = x |> dense(3) |> tanh |> dense(3)
train M { data: given  loss: mse  optimizer: own(lr: 0.1)  batch: 4 }`;
    const result = compile({ name: "main.nn", source }, { target: "wasm", verify: true });
    if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
    const net = await load(result.artifact, { seed: 3 });
    const [input, target] = [1, 2].map((by) => Float32Array.from({ length: 12 }, (_, place) => Math.sin(by * place)));
    for (let step = 0; step < 3; step += 1) await net.step({ x: input, target });
    return [...net.parameters.keys()].map((name) => Array.from(net.parameters.get(name)?.data ?? []));
  };
  const halved = "let n = scan t in range(3) with v = m { next v = v * 0.5 }\n  m <- n + g\n  w <- w - lr * m";
  expect(await moved(halved)).toEqual(await moved("m <- m * 0.125 + g\n  w <- w - lr * m"));
});
