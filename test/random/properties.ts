/**
 * What must hold of every random program, before any target is asked: passes and fusion keep the bits, float32 stays near
 * float64, gradients are slopes. Each property answers with what is wrong, in words, or undefined.
 */
import { kernelsOf } from "../../compiler/kernel/steps.ts";
import { UniqueNames } from "../../compiler/program/unique-names.ts";
import { evaluate } from "../../compiler/dimension/dimension.ts";
import type { GraphBuilder } from "../../compiler/graph/builder.ts";
import { Graph, graphOf } from "../../compiler/graph/graph.ts";
import { given } from "../../compiler/graph/region.ts";
import type { TensorType, Value } from "../../compiler/graph/types.ts";
import { fuse } from "../../compiler/fuse/index.ts";
import { lower } from "../../compiler/lower/lower.ts";
import { verifyKernel } from "../../compiler/kernel/verify.ts";
import type { Interpreted } from "../../compiler/loops/interpret.ts";
import { passes, runPasses } from "../../compiler/passes/index.ts";
import { copy, rebuild } from "../../compiler/passes/pass.ts";
import { evaluateFused } from "../kernel/evaluate.ts";
import { firstDifference, magnitude } from "./compare.ts";
import { inputsOf, nameOf, type Dims, type RandomProgram, type Tensors } from "./program.ts";
import { hashOf, Random } from "./random.ts";
import { evaluateAt, withoutIdleSums } from "./reference.ts";

/** A run of a program: where, on what, and what the float32 interpreter makes of it. */
export interface Expectation {
  readonly dims: Dims;
  readonly inputs: Tensors;
  readonly outputs: Tensors;
}

export type Property = (program: RandomProgram, expected: readonly Expectation[]) => string | undefined;

export function at(dims: Dims): string {
  return dims.size === 0 ? "" : ` at ${[...dims].map(([name, size]) => `${name} = ${size}`).join(", ")}`;
}

/** The float32 interpreter's outputs of a program at each of its sizes. */
export function expectations(program: RandomProgram): readonly Expectation[] {
  const graph = withoutIdleSums(program.graph);
  return program.sizes.map((dims) => {
    const inputs = inputsOf(program, dims);
    return { dims, inputs, outputs: evaluateAt(program, graph, inputs, dims, "f32") };
  });
}

/** Passes, all together and each that breaks something by name, keep the bits. */
export const passesKeepBits: Property = (program, expected) => {
  const after = runPasses(program.graph, { verify: true });
  for (const { dims, inputs, outputs } of expected) {
    const different = firstDifference(evaluateAt(program, after, inputs, dims, "f32"), outputs);
    if (different !== undefined) return `${firstWrongPass(program, inputs, dims, outputs)}${at(dims)}: ${different}`;
  }
  return undefined;
};

function firstWrongPass(program: RandomProgram, inputs: Tensors, dims: Dims, outputs: Tensors): string {
  let graph = program.graph;
  for (const pass of passes) {
    graph = pass.run(graph);
    if (firstDifference(evaluateAt(program, graph, inputs, dims, "f32"), outputs) !== undefined) return pass.name;
  }
  return "the passes together";
}

/** Kernels, run stage by stage, give what the graph gives, and every update its variable. */
export const fusionKeepsBits: Property = (program, expected) => {
  const { bounds } = program;
  const lowered = lower(runPasses(program.graph, { verify: true }), bounds);
  const entry = fuse(lowered, bounds, new UniqueNames(), { verify: true, nests: true });
  const [broken] = kernelsOf(entry.steps).flatMap(verifyKernel);
  if (broken !== undefined) return broken;
  for (const { dims, inputs, outputs } of expected) {
    const different = firstDifference(evaluateFused(entry, inputs, dims, "f32"), outputs);
    if (different !== undefined) return `fusion${at(dims)}: ${different}`;
  }
  return undefined;
};

// ── float32 against float64

/** How far beyond the spread of noisy float64 runs a float32 result may lie. */
const slack = 32;

/** The graph in which every f32 value is multiplied by an input `noise.<node>`, which is 1 but for the last bits. */
function withNoise(graph: Graph): Graph {
  const noisy = (
    inner: Graph,
    prefix: string,
    noiseOf: (name: string, type: TensorType, builder: GraphBuilder) => Value,
  ): Graph =>
    rebuild(inner, (node, inputs, builder) => {
      const name = `${prefix}${node.id}`;
      const wanted: { readonly name: string; readonly type: TensorType }[] = [];
      const region =
        node.region &&
        noisy(graphOf(node.region), `${name}.`, (own, type, body) => {
          wanted.push({ name: own, type });
          return given(body, own, type);
        });
      const more = wanted.map((one) => noiseOf(one.name, one.type, builder));
      const values = builder.again(region === undefined ? node : { ...node, region }, [...inputs, ...more]);
      if (["constant", "broadcast", "given"].includes(node.op)) return values;
      return values.map((value, output) => {
        const type = builder.typeOf(value);
        return type.dtype === "f32" ? builder.one("mul", [value, noiseOf(`${name}.${output}`, type, builder)]) : value;
      });
    });
  return noisy(graph, "noise.", (name, { dtype, shape }, builder) =>
    builder.one("input", [], { name, role: "input", dtype, shape }),
  );
}

function noiseFor(graph: Graph, inputs: Tensors, dims: Dims, amount: number, random: Random): Tensors {
  const all = new Map(inputs);
  for (const node of graph.inputs) {
    const name = nameOf(node);
    if (!name.startsWith("noise.")) continue;
    const shape = node.outputs[0].shape.map((size) => evaluate(size, dims) ?? 0);
    const data = new Float64Array(shape.reduce((count, size) => count * size, 1));
    data.forEach((_, i) => (data[i] = 1 + (random.next() * 2 - 1) * amount));
    all.set(name, { shape, data });
  }
  return all;
}

export interface Precision {
  readonly problem: string | undefined;
  /** How many outputs were compared, and how many were too sensitive to say. */
  readonly compared: number;
  readonly skipped: number;
}

/** Holds float32 to float64 within what rounding can explain: the spread of float64 runs with noise in every value. */
export function precisionOf(program: RandomProgram): Precision {
  const [dims] = program.sizes;
  const inputs = inputsOf(program, dims);
  const exact = evaluateAt(program, program.graph, inputs, dims, "f64");
  const found = evaluateAt(program, program.graph, inputs, dims, "f32");
  const floats = [...exact].filter(([name]) => isFloat(program.graph, name));
  let outside = floats;
  for (const [runs, amount] of [
    [2, 2 ** -21],
    [12, 2 ** -20],
    [24, 2 ** -17],
  ]) {
    const spread = spreadOf(program, inputs, dims, exact, runs, amount);
    outside = outside.filter(([name, tensor]) => isOutside(found.get(name), tensor, spread.get(name) ?? 0));
    if (outside.length === 0) break;
  }
  const [first] = outside.length > 0 && outflows(program, inputs, dims) ? [] : outside;
  const problem =
    first === undefined
      ? undefined
      : `float32 is far from float64: ${first[0]} is ${printFew(found.get(first[0]))}, not ${printFew(first[1])}`;
  const usable = floats.filter(([, { data }]) => data.every(Number.isFinite)).length;
  return { problem, compared: usable, skipped: floats.length - usable };
}

/** Whether any value on the way leaves float32's range: too large, or so small that it becomes 0. */
function outflows(program: RandomProgram, inputs: Tensors, dims: Dims): boolean {
  const { graph } = program;
  const watched = graph.nodes.filter(({ op, outputs: [type] }) => op !== "pad" && type?.dtype === "f32");
  const outputs = watched.map(({ id }) => ({
    name: String(id),
    role: "result" as const,
    value: { node: id, output: 0 },
  }));
  const values = evaluateAt(program, new Graph(graph.nodes, outputs), inputs, dims, "f64");
  return [...values.values()].some(({ data }) =>
    data.some((value) => value !== 0 && !(Math.abs(value) > 1e-37 && Math.abs(value) < 1e30)),
  );
}

function printFew(tensor: Interpreted | undefined): string {
  return `[${[...(tensor?.data ?? [])].slice(0, 4).join(", ")}…]`;
}

function isFloat(graph: Graph, output: string): boolean {
  const found = graph.outputs.find(({ name }) => name === output);
  return found !== undefined && graph.typeOf(found.value).dtype === "f32";
}

/** By output, the largest distance between noisy and exact runs; infinite where one is not finite. */
function spreadOf(
  program: RandomProgram,
  inputs: Tensors,
  dims: Dims,
  exact: Tensors,
  runs: number,
  amount: number,
): ReadonlyMap<string, number> {
  const noisy = withNoise(program.graph);
  const random = new Random(hashOf(`${program.name} noise ${amount}`));
  const spread = new Map<string, number>();
  for (let run = 0; run < runs; run += 1) {
    const found = evaluateAt(program, noisy, noiseFor(noisy, inputs, dims, amount, random), dims, "f64");
    for (const [name, { data }] of exact) {
      const other = found.get(name)?.data ?? [];
      let most = spread.get(name) ?? 0;
      data.forEach((value, i) => (most = Math.max(most, distance(other[i], value))));
      spread.set(name, most);
    }
  }
  return spread;
}

function distance(left: number, right: number): number {
  if (Object.is(left, right) || left === right) return 0;
  const apart = Math.abs(left - right);
  return Number.isNaN(apart) ? Infinity : apart;
}

/** Values beyond float32's range are not compared. */
function isOutside(found: Interpreted | undefined, exact: Interpreted, spread: number): boolean {
  const largest = magnitude(exact);
  if (largest > 1e30 || exact.data.some((value) => !Number.isFinite(value))) return false;
  const allowed = slack * spread + 1e-6 * largest + 1e-30;
  return [...exact.data].some((value, i) => distance(found?.data[i] ?? NaN, value) > allowed);
}

// ── gradients

export interface Slope {
  readonly problem: string | undefined;
  /** False where the loss bends or breaks off too near to tell its slope. */
  readonly checked: boolean;
}

const unknown: Slope = { problem: undefined, checked: false };

/** Holds gradients to the slope of the loss along a random direction in all inputs at once, in float64. */
export function slopeOf(program: RandomProgram): Slope {
  const { smooth, graph } = program;
  if (smooth === undefined || smooth.wrt.length === 0) return unknown;
  const dims = program.sizes[program.sizes.length - 1];
  const inputs = inputsOf(program, dims);
  const outputs = evaluateAt(program, graph, inputs, dims, "f64");
  const random = new Random(hashOf(`${program.name} direction`));
  const direction = new Map(
    smooth.wrt.map((name) => [name, Float64Array.from(inputs.get(name)?.data ?? [], () => random.next() * 2 - 1)]),
  );
  const predicted = [...direction].reduce(
    (sum, [name, along]) => sum + dot(along, outputs.get(`grad.${name}`)?.data ?? []),
    0,
  );
  const lossAt = lossAlong(program, smooth.loss, inputs, dims, direction);
  return judge(predicted, lossAt);
}

function dot(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return Array.from(left).reduce((sum, value, i) => sum + (value === 0 ? 0 : value * right[i]), 0);
}

/** The loss at a distance along the direction; what is behind stop_gradient stays as it is at 0. */
function lossAlong(
  program: RandomProgram,
  loss: string,
  inputs: Tensors,
  dims: Dims,
  direction: ReadonlyMap<string, Float64Array>,
): (by: number) => number {
  const { held, still } = holdStill(program, inputs, dims);
  const only = still.outputs.filter(({ name }) => name === loss);
  const graph = deadNodesDropped(still, only);
  return (by) => {
    const moved = new Map([...inputs, ...held]);
    for (const [name, along] of direction) {
      const { shape, data } = inputs.get(name) ?? { shape: [], data: new Float64Array(0) };
      moved.set(name, { shape, data: Float64Array.from(data, (value, i) => value + by * along[i]) });
    }
    return evaluateAt(program, graph, moved, dims, "f64").get(loss)?.data[0] ?? Number.NaN;
  };
}

function deadNodesDropped(graph: Graph, outputs: Graph["outputs"]): Graph {
  const used = new Set(outputs.map(({ value }) => value.node));
  for (const node of [...graph.nodes].reverse())
    if (used.has(node.id)) for (const input of node.inputs) used.add(input.node);
  return rebuild(new Graph(graph.nodes, outputs), copy, (node) => used.has(node.id));
}

/** The graph with inputs `held.<node>` for what stop_gradient holds, and their values. */
function holdStill(
  program: RandomProgram,
  inputs: Tensors,
  dims: Dims,
): { readonly held: Tensors; readonly still: Graph } {
  const watched = rebuild(program.graph, copy);
  const stops = watched.nodes.filter(({ op }) => op === "stop_gradient");
  const outputs = stops.map(({ id }) => ({
    name: `held.${id}`,
    role: "result" as const,
    value: { node: id, output: 0 },
  }));
  const held = evaluateAt(program, deadNodesDropped(watched, outputs), inputs, dims, "f64");
  const still = rebuild(watched, (node, values, builder) => {
    if (node.op !== "stop_gradient") return copy(node, values, builder);
    const [{ dtype, shape }] = node.outputs;
    return builder.emit("input", [], { name: `held.${node.id}`, role: "input", dtype, shape });
  });
  return { held, still };
}

/** Central differences at two steps, and one-sided ones, must agree with each other before they judge. */
function judge(predicted: number, lossAt: (by: number) => number): Slope {
  const h = 2 ** -17;
  const [left, half, here, halfRight, right] = [-h, -h / 2, 0, h / 2, h].map(lossAt);
  const [wide, narrow] = [(right - left) / (2 * h), (halfRight - half) / h];
  const scale = Math.max(1, Math.abs(narrow), Math.abs(predicted));
  const error = Math.abs(wide - narrow) + (Math.abs(here) * 2 ** -48) / h;
  const bend = Math.abs((right - here) / h - (here - left) / h);
  if (!(error < 1e-4 * scale) || !(bend < 0.02 * scale) || !Number.isFinite(scale)) return unknown;
  // At a kink the slope is anything between those at its sides: one of thousands of elements may lie within h of one.
  if (Math.abs(predicted - narrow) <= 4 * error + bend + 1e-6 * scale) return { problem: undefined, checked: true };
  return { problem: `the gradient says ${predicted}, the slope is ${narrow} ± ${error}`, checked: true };
}
