/** The prelude and the built-ins against PyTorch, through the interpreter. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { Elaboration } from "../../compiler/elaborate/types.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { Value } from "../../compiler/graph/types.ts";
import { gradients } from "../../compiler/passes/differentiate.ts";
import { elaborated, show } from "../elaborate/helpers.ts";

interface Tensor {
  readonly dtype: "f32" | "i32";
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Tensors = Readonly<Record<string, Tensor>>;

interface Case {
  readonly name: string;
  readonly source: string;
  readonly inputs: Tensors;
  readonly dims?: Readonly<Record<string, number>>;
  readonly parameters?: Tensors;
  readonly output: Tensor;
  readonly weights?: Tensor;
  readonly gradients?: Tensors;
  readonly training?: boolean;
  readonly state?: Tensors;
  readonly stateAfter?: Tensors;
  readonly stepInEpoch?: number;
}

interface OptimizerCase extends Pick<Case, "name" | "source" | "inputs"> {
  readonly parameters: Tensors;
  readonly after: Readonly<Record<string, readonly (readonly number[])[]>>;
}

interface Training extends Pick<Case, "name" | "source" | "inputs"> {
  readonly parameters: Tensors;
  readonly losses: readonly number[];
  readonly after: Tensors;
}

interface ScheduleCase extends Pick<Case, "name" | "source"> {
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly rates: readonly number[];
}

interface MetricCase extends Pick<Case, "name" | "source"> {
  readonly batches: readonly Tensors[];
  readonly parameters?: Tensors;
  readonly value: Tensor;
}

function read<Item>(file: string): readonly Item[] {
  // The files are written by fixtures/make.py in the shape that its README describes.
  return JSON.parse(readFileSync(new URL(`../fixtures/${file}.json`, import.meta.url), "utf8")) as readonly Item[];
}

function build(source: string, dims: Readonly<Record<string, number>> = {}): Elaboration {
  const { elaboration, diagnostics } = elaborated(source, { bounds: new Map(Object.entries(dims)) });
  if (elaboration === undefined) throw new Error(show(diagnostics, source).join("\n"));
  return elaboration;
}

function graphOf({ entries }: Elaboration, entry: string): Graph {
  const found = entries.find(({ name }) => name === entry);
  if (found === undefined) throw new Error(`there is no entry ${entry}`);
  return found.graph;
}

type Values = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>;

function run(
  graph: Graph,
  tensors: ReadonlyMap<string, Pick<Tensor, "shape" | "data">>,
  dims: Readonly<Record<string, number>> = {},
): Values {
  const inputs = new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]),
  );
  return evaluateGraph(graph, { inputs, dims: new Map(Object.entries(dims)), precision: "f64" });
}

/** The largest difference, relative to max(1, |value|); infinite where the lengths differ. */
function deviation(found: ArrayLike<number> | undefined, expected: readonly number[]): number {
  if (found?.length !== expected.length) return Infinity;
  const parts = expected.map((value, index) =>
    Object.is(found[index], value) ? 0 : Math.abs(found[index] - value) / Math.max(1, Math.abs(value)),
  );
  return parts.reduce((worst, part) => (part <= worst ? worst : part), 0);
}

/** The entry's graph with the gradients of sum(weights · output) as further outputs. */
function withGradients(graph: Graph, wanted: readonly string[]): Graph {
  const builder = new GraphBuilder();
  for (const node of graph.nodes) builder.again(node, node.inputs);
  const [{ value: output }] = graph.outputs;
  const { shape } = builder.typeOf(output);
  const weights = builder.one("input", [], { name: "weights", role: "input", dtype: "f32", shape });
  const product = builder.one("mul", [weights, output]);
  const total = shape.length === 0 ? product : builder.one("sum", [product], { axes: shape.map((_, axis) => axis) });
  const values = wanted.map((name): Value => {
    const node = graph.inputs.find(({ attributes }) => attributes.name === name || attributes.name === `M.${name}`);
    if (node === undefined) throw new Error(`no input ${name}`);
    return { node: node.id, output: 0 };
  });
  const found = gradients(builder, total, values);
  if ("kind" in found) throw new Error("no gradient");
  const results = wanted.map((name, index) => ({
    name: `gradient ${name}`,
    role: "result" as const,
    value: found[index] ?? total,
  }));
  return builder.finish([graph.outputs[0], ...results]);
}

function named({ inputs, parameters, state }: Pick<Case, "inputs" | "parameters" | "state">): Map<string, Tensor> {
  const given = Object.entries(inputs).map(([name, tensor]) => [`M.${name}`, tensor] as const);
  return new Map([...given, ...Object.entries(parameters ?? {}), ...Object.entries(state ?? {})]);
}

describe.each(["operations", "layers", "recurrent", "losses", "pictures"])("%s", (file) => {
  test.each(read<Case>(file).filter(({ training }) => training !== true))("$name", (one) => {
    const graph = graphOf(build(one.source, one.dims), "predict.M");
    // PyTorch's gradient of floor is zero; ours is an error, since nobody means that.
    const hasGradient = one.weights !== undefined && one.name !== "floor(x)";
    const wanted = hasGradient ? Object.keys(one.gradients ?? {}) : [];
    const tensors = named(one);
    if (one.weights !== undefined) tensors.set("weights", one.weights);
    const found = run(hasGradient ? withGradients(graph, wanted) : graph, tensors, one.dims);
    expect(deviation(found.get("predict.M.output")?.data, one.output.data)).toBeLessThan(1e-6);
    expect(
      wanted.filter(
        (name) => !(deviation(found.get(`gradient ${name}`)?.data, one.gradients?.[name].data ?? []) < 1e-6),
      ),
    ).toEqual([]);
  });
});

describe("layers in training", () => {
  const tail =
    "loss weighed(output: [..], target: [..]) -> [] = sum(output * target)\ntrain M { data: given  loss: weighed  optimizer: sgd(lr: 1) }";
  test.each(read<Case>("layers").filter(({ training }) => training === true))("$name", (one) => {
    const graph = graphOf(build(`${one.source}\n${tail}`), "train_step");
    const weights = one.weights ?? one.output;
    const tensors = named(one);
    tensors.set("train.target", weights);
    for (const counter of ["step", "epoch", "step_in_epoch", "steps_per_epoch", "epochs", "seed"]) {
      const value = counter === "step_in_epoch" ? (one.stepInEpoch ?? 1) - 1 : counter === "steps_per_epoch" ? 10 : 0;
      tensors.set(counter, { dtype: "i32", shape: [], data: [value] });
    }
    const found = run(graph, tensors);
    const loss = one.output.data.reduce((sum, value, index) => sum + value * weights.data[index], 0);
    const moved = Object.entries(one.parameters ?? {}).map(
      ([name, { data }]) =>
        [name, data.map((value, index) => value - (one.gradients?.[name].data[index] ?? Number.NaN))] as const,
    );
    const states = Object.entries(one.stateAfter ?? {}).map(([name, { data }]) => [name, data] as const);
    const expected = [["train_step.loss", [loss]] as const, ...moved, ...states];
    // A state that no step writes stays as it was.
    expect(
      expected.filter(([name, data]) => !(deviation(found.get(name)?.data ?? one.state?.[name].data, data) < 1e-6)),
    ).toEqual([]);
  });
});

/** Runs `init` and then steps, carrying what the program holds from one to the next. */
function steps(
  source: string,
  set: ReadonlyMap<string, Pick<Tensor, "shape" | "data">>,
  rows: readonly (readonly number[])[],
): readonly Values[] {
  const elaboration = build(source);
  const [init, train] = [graphOf(elaboration, "init"), graphOf(elaboration, "train_step")];
  const seed = { shape: [], data: [1] };
  let held = new Map<string, Pick<Tensor, "shape" | "data">>(
    [...run(init, new Map([["seed", seed]]))].map(([name, { shape, data }]) => [
      name,
      { shape, data: Array.from(data) },
    ]),
  );
  held = new Map([...held, ["seed", seed], ...set]);
  return rows.map((row) => {
    const inputs = new Map([
      ...held,
      ["M.g", { shape: [1, row.length], data: row }],
      ["train.target", { shape: [1], data: [0] }],
    ]);
    const found = run(train, inputs, { N: 1 });
    for (const [name, { shape, data }] of found) held.set(name, { shape, data: Array.from(data) });
    return found;
  });
}

describe("optimizers", () => {
  test.each(read<OptimizerCase>("optimizers"))("$name", (one) => {
    const { data } = one.inputs.g;
    const rows = Array.from({ length: 10 }, (_, step) => data.slice(step * 6, step * 6 + 6));
    const found = steps(one.source, new Map(Object.entries(one.parameters)), rows);
    const worst = Object.entries(one.after).flatMap(([name, values]) =>
      found.map((held, step) => deviation(held.get(name)?.data, values[step])),
    );
    expect(Math.max(...worst)).toBeLessThan(1e-5);
  });
});

describe("schedules", () => {
  test.each(read<ScheduleCase>("schedules"))("$name", ({ source, stepsPerEpoch, rates }) => {
    const set = new Map([["steps_per_epoch", { shape: [], data: [stepsPerEpoch] }]]);
    const found = steps(
      source,
      set,
      rates.map(() => [1]),
    );
    expect(
      Math.max(...found.map((held, step) => deviation(held.get("train_step.lr")?.data, [rates[step]]))),
    ).toBeLessThan(1e-5);
  });
});

describe("trainings", () => {
  const counters = ["step", "epoch", "step_in_epoch", "epochs", "seed"].map((name) => [name, 0] as const);
  const counts = [...counters, ["steps_per_epoch", 1000] as const];

  test.each(read<Training>("trainings"))("$name", ({ source, inputs, parameters, losses, after }) => {
    const graph = graphOf(build(source), "train_step");
    const held = new Map<string, Pick<Tensor, "shape" | "data">>([
      ...counts.map(([name, value]) => [name, { shape: [], data: [value] }] as const),
      ...Object.entries(parameters),
      ["Net.x", inputs["x"]],
      ["train.target", inputs["target"]],
    ]);
    const found = losses.map(() => {
      const step = run(graph, held, { N: inputs["x"].shape[0] });
      for (const [name, { shape, data }] of step) held.set(name, { shape, data: Array.from(data) });
      return step.get("train_step.loss")?.data[0] ?? Number.NaN;
    });
    expect(deviation(found, losses)).toBeLessThan(1e-6);
    const apart = Object.entries(after).map(([name, { data }]) => deviation(held.get(name)?.data, data));
    expect(Math.max(...apart)).toBeLessThan(1e-6);
  });
});

/** The two inputs of a metric, by the names that its entry has for them. */
function metricInputs(inputs: Tensors, output: string, target: string): readonly (readonly [string, Tensor])[] {
  return Object.entries(inputs).map(([name, tensor]) => [name === "target" ? target : output, tensor]);
}

describe("metrics", () => {
  test.each(read<MetricCase>("metrics"))("$name", (one) => {
    const elaboration = build(one.source);
    const [start, evaluate] = [graphOf(elaboration, "evaluate_start"), graphOf(elaboration, "evaluate")];
    const held = new Map<string, Pick<Tensor, "shape" | "data">>(Object.entries(one.parameters ?? {}));
    const keep = (found: Values): void => {
      for (const [name, { shape, data }] of found) held.set(name, { shape, data: Array.from(data) });
    };
    keep(run(start, held));
    for (const inputs of one.batches) {
      const given = new Map(metricInputs(inputs, "M.output", "train.target"));
      const [first] = given.values();
      keep(run(evaluate, new Map([...held, ...given]), { N: first.shape[0] }));
    }
    const name =
      [...held.keys()].find((candidate) => candidate.startsWith("evaluate.") && candidate !== "evaluate.loss") ?? "";
    expect(deviation(held.get(name)?.data, one.value.data)).toBeLessThan(1e-6);
  });
});

describe("metrics over the whole set", () => {
  test.each(read<MetricCase>("whole"))("$name", ({ source, batches: [inputs], value }) => {
    const elaboration = build(source);
    const [{ entry }] = elaboration.host.train?.evaluation.whole ?? [];
    const given = new Map(metricInputs(inputs, `${entry}.output`, `${entry}.target`));
    const found = run(graphOf(elaboration, entry), given, { rows: inputs["target"].shape[0] });
    expect(deviation(found.get(`${entry}.value`)?.data, value.data)).toBeLessThan(1e-6);
  });
});
