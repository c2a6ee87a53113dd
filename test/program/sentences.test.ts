/** Everything that the internal verifiers can say, each drawn out by the smallest wrong graph, compute, kernel, plan or program. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { constant, subtract, symbol } from "../../compiler/dimension/dimension.ts";
import { Graph } from "../../compiler/graph/graph.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { scan } from "../../compiler/graph/region.ts";
import type { Attributes, GraphNode, Region } from "../../compiler/graph/types.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { plan } from "../../compiler/plan/plan.ts";
import type { Plan } from "../../compiler/plan/plan.ts";
import { verifyPlan } from "../../compiler/plan/verify.ts";
import type { Kernel, Stage } from "../../compiler/kernel/types.ts";
import { verifyKernel, verifyUpdates } from "../../compiler/kernel/verify.ts";
import { addIndex, axisIndex, constantIndex, dataIndex, quotient, scaleIndex } from "../../compiler/loops/index.ts";
import { pow, randomWords } from "../../compiler/loops/functions.ts";
import {
  binary,
  call as callOf,
  cast,
  compare,
  f32,
  i32,
  indexScalar,
  load,
  local,
  unary,
} from "../../compiler/loops/scalar.ts";
import type { Axis, Compute, Scalar } from "../../compiler/loops/types.ts";
import { verifyCompute } from "../../compiler/loops/verify.ts";
import type {
  Entry,
  Expression,
  Program,
  ProgramBuffer,
  ScheduledKernel,
  Slice,
  Statement,
} from "../../compiler/program/types.ts";
import { boundsOf } from "../../compiler/program/integer.ts";
import { callsOf } from "../../compiler/program/steps.ts";
import { share } from "../../compiler/program/share.ts";
import type { SharedEntry } from "../../compiler/program/share.ts";
import { verifySharing } from "../../compiler/program/verify-sharing.ts";
import { verifyScheduledKernel } from "../../compiler/program/verify-kernel.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import * as kernels from "../kernel/kernels.ts";
import { axis, from, reduce, shifted, store, storeTo } from "../kernel/kernels.ts";
import { eager } from "../random/start.ts";
import * as write from "../targets/programs.ts";
import * as loops from "./loops.ts";
import { program } from "./programs.ts";

type Case = readonly [sentence: string, problems: () => readonly string[]];

// ── graphs

const scalarType = { dtype: "f32", shape: [] } as const;
const given: Attributes = { name: "x", role: "input", dtype: "f32", shape: [] };

function node(id: number, op: string, inputs: readonly number[], attributes: Attributes = {}): GraphNode {
  const values = inputs.map((one) => ({ node: one, output: 0 }));
  return { id, op, attributes, inputs: values, outputs: [scalarType], span: undefined, path: "" };
}

const output = { name: "y", role: "result", value: { node: 0, output: 0 } } as const;
const graph =
  (...nodes: readonly GraphNode[]) =>
  () =>
    verifyGraph(new Graph([node(0, "input", [], given), ...nodes], []));

/** y[t] = h = h + x[t], for five steps, with the node that some change makes of it. */
const scanned =
  (change: (node: GraphNode, region: Region) => GraphNode, result = 1) =>
  (): readonly string[] => {
    const builder = new GraphBuilder();
    const [stack, first] = [[constant(5)], []].map((shape, at) =>
      builder.one("input", [], { name: `x${at}`, role: "input", dtype: "f32", shape }),
    );
    const [one, sum] = ["one", "sum"].map((name) => builder.one("given", [], { name, dtype: "f32", shape: [] }));
    const next = builder.one("add", [sum, one]);
    const { last } = scan(builder, {
      length: constant(5),
      reversed: false,
      recompute: false,
      sliced: [{ value: stack, given: one }],
      carried: [{ value: first, given: sum, next }],
      emits: [next],
    });
    const { nodes } = builder.finish([]);
    const changed = nodes.map((own) => (own.region === undefined ? own : change(own, own.region)));
    const value = result === 1 ? last[0] : next;
    return verifyGraph(new Graph(changed, [{ name: "y", role: "result", value }]));
  };

/** The region with another node for the one of this op. */
const within = (op: string, change: Partial<GraphNode>) =>
  scanned((node, region) => ({
    ...node,
    region: new Graph(
      region.nodes.map((own) => (own.op === op ? { ...own, ...change } : own)),
      region.outputs,
    ),
  }));

const wide = { dtype: "f32", shape: [constant(2)] } as const;

const graphs: readonly Case[] = [
  ["%5 = scan has no region", scanned(({ region: _region, ...own }) => own)],
  [
    "%5 = scan has 1 inputs for 2 that its region is given, 1 slices, 1 carries and 2 outputs",
    scanned((own) => ({ ...own, inputs: own.inputs.slice(1) })),
  ],
  [
    "what %5 = scan reads is f32[4], f32[], but says f32[5], f32[]",
    scanned((own) => ({ ...own, attributes: { ...own.attributes, length: constant(4) } })),
  ],
  [
    "%5 = scan is f32[5], f32[], but says f32[], f32[]",
    scanned((own) => ({ ...own, outputs: [own.outputs[1], own.outputs[1]] })),
  ],
  ["in %5, %2 = add is f32[], but says f32[2]", within("add", { outputs: [wide] })],
  ["what %5 = scan carries is f32[], but says f32[2]", within("add", { outputs: [wide] })],
  ["in %5, %2 reads what is outside", within("add", { op: "input", inputs: [], attributes: given })],
  ["result y = %4 depends on what only a region is given", scanned((own) => own, 0)],
  ["%5 = exp has a region", scanned((own) => ({ ...own, op: "exp" }))],

  ["%1 = less is bool[], but says f32[]", graph(node(1, "less", [0, 0]))],
  ["%1 = sum: sum: axis 0 does not exist; [] has no axes", graph(node(1, "sum", [0], { axes: [0] }))],
  ["two inputs are input x", graph(node(1, "input", [], given))],
  ["two outputs are result y", () => verifyGraph(new Graph([node(0, "input", [], given)], [output, output]))],
];

// ── computes

const N = symbol("N");
const x = load("x", "f32", [axisIndex("i")]);
const map =
  (value: Scalar, axes: readonly Axis[] = [axis("i", 8)]) =>
  (): readonly string[] =>
    verifyCompute({ kind: "map", axes, dtype: "f32", value });
const scatter: Compute = {
  kind: "scatter",
  axes: [axis("i", 8)],
  from: [axis("j", "N")],
  dtype: "f32",
  at: [axisIndex("j")],
  value: f32(1),
};
const unrolled: Compute = {
  kind: "unrolled",
  axes: [axis("o", 8)],
  points: [axis("i", 4)],
  dtype: "f32",
  lets: [{ name: "t", value: x }],
  elements: [
    { at: [scaleIndex(axisIndex("i"), 2)], value: local("t", "f32") },
    { at: [addIndex(scaleIndex(axisIndex("i"), 2), constantIndex(1))], value: f32(1) },
  ],
};
const choice: Scalar = { kind: "select", dtype: "f32", condition: i32(1), whenTrue: x, otherwise: x };

const computes: readonly Case[] = [
  ["expected distinct axes, found i twice", map(x, [axis("i", 8), axis("i", 8)])],
  ["expected a result of i32, found f32", map(indexScalar(axisIndex("i")))],
  [
    "expected f32 or i32 for what is combined, found bool: equal(f32:x[(1)i|0], f32:x[(1)i|0])",
    () => verifyCompute({ ...scatter, dtype: "bool", value: compare("equal", x, x) }),
  ],
  [
    "expected f32 for what is combined, found i32: i32:1",
    () =>
      verifyCompute({
        kind: "reduce",
        axes: [],
        over: [axis("i", 8)],
        dtype: "i32",
        combine: "greatest",
        value: i32(1),
        order: { lanes: 1 },
      }),
  ],
  [
    "expected 1 indices to scatter at, found 2",
    () => verifyCompute({ ...scatter, at: [axisIndex("j"), axisIndex("j")] }),
  ],
  [
    "expected 8 elements to be made, found 4",
    () => verifyCompute({ ...unrolled, elements: unrolled.elements.slice(1) }),
  ],
  [
    "expected 2 indices of an element, found 1",
    () => verifyCompute({ ...unrolled, axes: [axis("o", 8), axis("p", 1)] }).slice(0, 1),
  ],
  [
    "expected a new local, found t again",
    () => verifyCompute({ ...unrolled, lets: [...unrolled.lets, ...unrolled.lets] }),
  ],
  ["expected local t to be defined before, found no definition", () => verifyCompute({ ...unrolled, lets: [] })],
  ["expected i32 for an element, found f32: f32:1", () => verifyCompute({ ...unrolled, dtype: "i32" }).slice(1)],
  ["expected axis k to be bound, found no loop over it", map(from("x", "k"))],
  ["expected axis i to be bound, found no loop over it", () => verifyCompute({ ...scatter, at: [axisIndex("i")] })],
  [
    "expected a positive divisor, found -2",
    map(
      from("x", {
        terms: [{ atom: { kind: "quotient", value: axisIndex("i"), divisor: constant(-2) }, coefficient: constant(1) }],
        constant: constant(0),
      }),
    ),
  ],
  ["expected axis k to be bound, found no loop over it", map(from("x", quotient(axisIndex("k"), N)))],
  ["expected i32 for a data index, found f32: f32:1", map(from("x", dataIndex(f32(1), N)))],
  ["expected x as f32 of rank 1 everywhere, found f32 of rank 2", map(binary("add", x, from("x", "i", "i")))],
  [
    "expected x as f32 of rank 1 everywhere, found i32 of rank 1",
    map(binary("add", x, cast("f32", load("x", "i32", [axisIndex("i")])))),
  ],
  ["expected a float32 constant, found 0.1", map({ kind: "constant", dtype: "f32", value: 0.1 })],
  ["expected local s to be defined before, found no definition", map(local("s", "f32"))],
  ["expected bool for not, found f32: f32:1", map(unary("not", f32(1)))],
  ["expected f32 for bits, found i32: i32:1", map(cast("f32", unary("bits", i32(1))))],
  ["expected f32 for div, found i32: i32:1", map(cast("f32", binary("div", i32(1), i32(1))))],
  ["expected f32 for the right of add, found i32: i32:1", map(binary("add", x, i32(1)))],
  ["expected f32 for the right of less, found i32: i32:1", map(cast("f32", compare("less", x, i32(1))))],
  [
    "expected f32 or i32 for less, found bool: equal(f32:x[(1)i|0], f32:x[(1)i|0])",
    map(cast("f32", compare("less", compare("equal", x, x), f32(1)))),
  ],
  ["expected bool for a condition, found i32: i32:1", map(choice)],
  [
    "expected f32 for a select's side, found i32: i32:1",
    map({ ...choice, condition: compare("less", x, x), whenTrue: i32(1) }),
  ],
  ["expected 2 arguments of pow, found 1", map(callOf(pow, [x]))],
  [
    "expected i32 for an argument of threefry0, found f32: f32:1",
    map(cast("f32", callOf(randomWords[0], [f32(1), i32(1), i32(1), i32(1)]))),
  ],
];

// ── kernels

const over = [axis("r", 4)];
const sum = (name: string, value: Scalar = from("z", "i", "r")): Stage =>
  reduce(over, { lanes: 1 }, [name, "sum", value]);
const kernel =
  (stages: readonly Stage[], rest: Partial<Kernel> = {}) =>
  (): readonly string[] =>
    verifyKernel({ name: "k", grid: [axis("i", 3)], rows: [], stages, origins: [], ...rest });
const sweep = (value: Scalar, lets: readonly { readonly name: string; readonly value: Scalar }[] = []): Stage => ({
  kind: "sweep",
  over,
  lets,
  stores: [storeTo("y", ["i", "r"], value)],
});
const row = [{ name: "e", dtype: "f32", shape: [constant(4)] }] as const;
const update =
  (...stages: readonly Stage[]) =>
  (): readonly string[] =>
    verifyUpdates({ name: "k", grid: [axis("i", 3)], rows: [], stages, origins: [] }, new Map([["new", "old"]]));
const added: Stage = {
  kind: "scatter",
  tensor: "y",
  dtype: "f32",
  zero: [axis("q", 5)],
  zeroIndices: [axisIndex("q")],
  over,
  lets: [],
  at: [axisIndex("r")],
  value: i32(1),
};

const fused: readonly Case[] = [
  ["expected distinct axes, found i twice", kernel([], { grid: [axis("i", 3), axis("i", 3)] })],
  ["expected distinct axes, found r twice", kernel([sum("a")], { grid: [axis("r", 3)] })],
  ["expected a new local, found a again", kernel([sum("a"), sum("a")])],
  ["expected a new local, found a again", kernel([sum("a"), sweep(local("a", "f32"), [{ name: "a", value: f32(1) }])])],
  ["expected local a as f32, found i32", kernel([sum("a"), store("y", ["i"], local("a", "i32"), "i32")])],
  ["expected local a to be defined before, found no definition", kernel([store("y", ["i"], local("a", "f32"))])],
  [
    "expected a as i32, found f32",
    kernel([
      {
        kind: "reduce",
        over,
        order: { lanes: 1 },
        lets: [],
        results: [{ name: "a", dtype: "f32", combine: "argmax", value: x }],
      },
    ]),
  ],
  [
    "expected f32 or i32 for what a combines, found bool: equal(f32:x[(1)i|0], f32:x[(1)i|0])",
    kernel([
      {
        kind: "reduce",
        over,
        order: { lanes: 1 },
        lets: [],
        results: [{ name: "a", dtype: "bool", combine: "max", value: compare("equal", x, x) }],
      },
    ]),
  ],
  [
    "expected f32 for what a combines, found i32: i32:1",
    kernel([
      {
        kind: "reduce",
        over,
        order: { lanes: 1 },
        lets: [],
        results: [{ name: "a", dtype: "i32", combine: "greatest", value: i32(1) }],
      },
    ]),
  ],
  ["expected i32 for the store to y, found f32: f32:1", kernel([store("y", ["i"], f32(1), "i32")])],
  [
    "expected the place written in y to move with axis i, found it fixed",
    kernel([store("y", [constantIndex(0)], f32(1))]),
  ],
  ["expected the place written in y to move with axis i, found it fixed", kernel([added])],
  ["expected f32 for the sum scattered into y, found i32: i32:1", kernel([added])],
  [
    "expected y as f32 of rank 1 everywhere, found f32 of rank 2",
    kernel([{ ...added, zeroIndices: [axisIndex("i"), axisIndex("q")] }]),
  ],
  ["expected one stage to write y, found another", kernel([store("y", ["i"], f32(1)), store("y", ["i"], f32(2))])],
  [
    "expected row e to be filled before it is loaded, found no store to it",
    kernel([sum("a", from("e", "r"))], { rows: row }),
  ],
  [
    "expected y to be loaded before it is stored, found a load after it",
    kernel([store("y", ["i"], f32(1)), store("z", ["i"], from("y", "i"))]),
  ],
  [
    "expected y to be loaded only where it is overwritten, found a load elsewhere",
    kernel([store("y", ["i"], from("y", shifted("i", 1)))]),
  ],
  [
    "expected y to be loaded only at the grid point that stored it, found a load elsewhere",
    kernel([sweep(f32(1)), sum("a", from("y", "r", "i"))]),
  ],
  [
    "expected old to be loaded before new overwrites it, found a load after it",
    update(store("new", ["i"], f32(1)), sum("a"), store("z", ["i"], from("old", "i"))),
  ],
  [
    "expected old to be loaded only where new overwrites it, found a load elsewhere",
    update(store("new", ["i"], from("old", shifted("i", 1)))),
  ],
];

// ── plans

function sound(): Plan {
  const value = { role: "value", type: { dtype: "f32", shape: [constant(64)] } } as const;
  const call = (...tensors: readonly string[]) => {
    const parameters = tensors.map((name, at) => write.parameter(name, at === 0 ? "write" : "read"));
    return {
      kernel: write.kernelOf(tensors.join(""), parameters, [{ kind: "comment", text: tensors.join("") }]),
      tensors,
      inPlace: [],
    };
  };
  const calls = [call("a"), call("b", "a"), call("c", "b", "a")];
  const entry = { name: "run", inputs: [], results: ["c"], dims: [], calls, loops: [] };
  return plan({
    tensors: new Map(["a", "b", "c"].map((name) => [name, value])),
    segments: [],
    entries: [entry],
    bounds: new Map(),
  });
}

function moved(name: string, change: Partial<ProgramBuffer>): Plan {
  const made = sound();
  return { ...made, buffers: made.buffers.map((buffer) => (buffer.name === name ? { ...buffer, ...change } : buffer)) };
}

function inOneBlock(): Plan {
  const made = sound();
  const block = { ...made.blocks[0], tensors: new Map(made.buffers.map(({ name }) => [name, 0])) };
  return { ...made, blocks: made.blocks.map(() => block) };
}

const offsetOf = (name: string): number => sound().buffers.find((buffer) => buffer.name === name)?.offset ?? NaN;

const plans: readonly Case[] = [
  [
    "b and a share bytes while both keep their content",
    () => verifyPlan(moved("b", { offset: offsetOf("a") })).map(inOrder),
  ],
  [
    `expected ${sound().buffers[1].name} at ${sound().buffers[0].offset}, found it at ${sound().buffers[1].offset}`,
    () => verifyPlan(inOneBlock()),
  ],
  ["expected b to end within the 256 bytes of its block, found 512", () => verifyPlan(moved("b", { bytes: 512 }))],
];

function inOrder(sentence: string): string {
  return sentence.replace("a and b", "b and a");
}

// ── programs

const changed = (change: Partial<Program>) => (): readonly string[] => verifyProgram({ ...program(), ...change });
const buffer = (name: string, change: Partial<ProgramBuffer>) => (): readonly string[] =>
  verifyProgram({
    ...program(),
    buffers: program().buffers.map((one) => (one.name === name ? { ...one, ...change } : one)),
  });
const entry = (change: Partial<Entry>) => (): readonly string[] =>
  verifyProgram({ ...program(), entries: [{ ...program().entries[0], ...change }] });
const steps = callsOf(program().entries[0].steps).map(({ call }) => call);
const again = <Item>(items: readonly Item[]): readonly Item[] => [...items, ...items.slice(0, 1)];
/** A run of two lasting buffers, `scale` and `b`, and what is wrong with it. */
const withRun =
  (bytes: number, offset = 0) =>
  (): readonly string[] => {
    const run: ProgramBuffer = {
      name: "run",
      role: "segment",
      dtype: "f32",
      shape: [constant(bytes / 4)],
      offset,
      bytes,
    };
    return verifyProgram({ ...program(), buffers: [...program().buffers, run] });
  };

const programs: readonly Case[] = [
  ["two buffers are scale", changed({ buffers: again(program().buffers) })],
  ["two kernels are elementwise", changed({ kernels: again(program().kernels) })],
  ["two entries are predict", changed({ entries: again(program().entries) })],
  [`two functions are ${program().functions[0].name}`, changed({ functions: again(program().functions) })],
  ["b: expected an offset that 64 divides, found 20", buffer("b", { offset: 20 })],
  ["b: expected an offset that 64 divides, found -64", buffer("b", { offset: -64 })],
  ["x: expected to end within 448 bytes, found 64128", buffer("x", { offset: 64000 })],
  ["total: expected 32 bytes, found 4", buffer("total", { bytes: 4 })],
  ["total: expected NaN bytes, found 32", buffer("total", { shape: [symbol("M")] })],
  ["scale and b share bytes", buffer("b", { offset: 0 })],
  ["b and run share bytes", withRun(64, 72)],
  ["predict: x and a share bytes while both are needed", buffer("a", { offset: 128 })],
  ["predict: expected a dimension of the program, found M", entry({ dims: ["N", "M"] })],
  ["predict: expected a buffer, found missing", entry({ inputs: ["missing"] })],
  ["predict: expected a buffer, found gone", entry({ results: ["gone"] })],
  ["predict: step 0: expected one of 2 kernels, found 9", entry({ steps: [{ ...steps[0], kernel: 9 }] })],
  ["predict: step 0: expected 4 buffers for elementwise, found 1", entry({ steps: [{ ...steps[0], buffers: [0] }] })],
  ["predict: step 0: expected f32 for elementwise's x, found i32", buffer("x", { dtype: "i32" })],
  [
    "predict: step 0: expected f32 for elementwise's x, found no buffer",
    entry({ steps: [{ ...steps[0], buffers: [99, 1, 2, 3] }] }),
  ],
  ["predict: step 0: expected dimension N for elementwise among the entry's", entry({ dims: [] })],
  ["predict: step 0: expected a to be written before, found no step that does", entry({ steps: [...steps].reverse() })],
];

// ── loops and slices

/** The loops of forward and turns with something else about a slice of them. */
const sliced =
  (name: string, change: Partial<ProgramBuffer>, part: Partial<Slice> = {}) =>
  (): readonly string[] =>
    verifyProgram({
      ...loops.program,
      entries: loops.program.entries.slice(0, 3),
      buffers: loops.program.buffers.map((one) =>
        one.name === name && one.slice !== undefined ? { ...one, slice: { ...one.slice, ...part }, ...change } : one,
      ),
    });
const ran =
  (...own: readonly loops.NamedStep[]) =>
  (): readonly string[] =>
    verifyProgram(loops.programOf({ run: { results: [], steps: own } }));
const T = symbol("T");
const M = symbol("M");

const looped: readonly Case[] = [
  ["h now: expected a part of a buffer, found none", sliced("h now", { slice: undefined })],
  ["h now: expected one of 26 buffers, found 99", sliced("h now", {}, { of: 99 })],
  ["h now: expected a part of a buffer, found one of itself", sliced("h now", {}, { of: 10 })],
  ["h now: expected the role slice, found temporary", sliced("h now", { role: "temporary" })],
  ["h now: expected f32 as h has, found i32", sliced("h now", { dtype: "i32" })],
  ["h now: expected 640 bytes at 576 as h has, found 4 bytes at 576", sliced("h now", { bytes: 4 })],
  ["c now: expected a whole number of slots that take turns, found 1.5", sliced("c now", {}, { modulo: 1.5 })],
  ["h now: expected a dimension of the program, found M", sliced("h now", {}, { plus: M })],
  ["run: two loops are t", ran(loops.repeat("t", T, loops.repeat("t", T)))],
  ["run: expected dimension M for the loop t among the entry's", ran(loops.repeat("t", M))],
  [
    "run: expected the loop t to run 0 times or more, found T - 2",
    ran(loops.repeat("t", subtract(T, constant(2)), ["start", "y"])),
  ],
  ["run: step 0: expected h now within the loop t, found it outside", ran(["start", "h now"])],
  [
    "run: step 1.0: expected x inner within the loop o, found it outside",
    ran(["start", "y"], loops.repeat("i", T, ["copy", "x inner", "y"])),
  ],
  [
    "forward: step 1.0: expected dimension T for h now among the entry's",
    () => {
      const [forward] = loops.program.entries;
      const extent = constant(1);
      const once = forward.steps.map((one) => (one.kind === "loop" ? { ...one, extent } : one));
      const entry = { ...forward, dims: ["N"], steps: once };
      const buffers = loops.program.buffers.map((one) =>
        one.name === "h now" && one.slice !== undefined ? { ...one, slice: { ...one.slice, plus: T } } : one,
      );
      return verifyProgram({ ...loops.program, buffers, entries: [entry] });
    },
  ],
  ["forward: step 1.0: expected h now at slot 0 or later, found it at -1", sliced("h now", {}, { plus: constant(-1) })],
  [
    "forward: step 1.0: expected h next to end within the 4*N*T + 4*N elements of h, found 4*N*T + 8*N",
    sliced("h next", {}, { plus: constant(2) }),
  ],
  [
    "forward: step 1.0: expected h now and h next apart, found them where they may meet",
    sliced("h next", {}, { stride: constant(4) }),
  ],
];

// ── scheduled kernels

const f32One = write.literal(1);
const i32One = write.literal(1, "i32");
const four = write.variable("x4", "f32", 4);
const scheduled =
  (body: readonly Statement[], rest: Partial<ScheduledKernel> = {}) =>
  (): readonly string[] =>
    verifyScheduledKernel(
      write.kernelOf("k", [write.parameter("x", "read"), write.parameter("y", "write")], body, rest),
      new Map(program().functions.map((one) => [one.name, one])),
    );
const stored = (value: Expression, address = write.at({})): Statement => write.store("y", address, value);
const ofType = (value: Expression, lanes: 1 | 4): Expression => ({
  ...value,
  type: { dtype: value.type.dtype, lanes },
});
const call = (name: string, ...given: readonly Expression[]): Expression => ({
  kind: "call",
  function: name,
  arguments: given,
  type: write.typeOf("f32"),
});
const lane: Expression = { kind: "lane", value: four, lane: 0, type: write.typeOf("f32") };
const shuffled = (lanes: Extract<Expression, { kind: "shuffle" }>["lanes"]): Expression => ({
  kind: "shuffle",
  left: four,
  right: four,
  lanes,
  type: write.typeOf("f32", 4),
});
const known = write.define("x4", write.load("x", write.at({}), "f32", 4));
const forever: Statement = {
  ...write.loop("i", 4, []),
  kind: "for",
  variable: "i",
  from: write.at({}),
  to: write.at({}, 4),
  role: "serial",
  body: [],
  step: 0,
};

const schedules: readonly Case[] = [
  ["k: two buffers are y", scheduled([], { arrays: [{ name: "y", dtype: "f32", elements: 1 }] })],
  ["k: expected a step above 0, found 0", scheduled([forever])],
  ["k: expected a new name, found t again", scheduled([write.define("t", f32One), write.loop("t", 4, [])])],
  ["k: expected a variable to assign, found t", scheduled([write.define("t", f32One), write.assign("t", f32One)])],
  ["k: expected a variable to assign, found u", scheduled([write.assign("u", f32One)])],
  ["k: expected a buffer to write, found x", scheduled([write.store("x", write.at({}), f32One)])],
  ["k: expected f32x1, found i32x1: 1", scheduled([stored(i32One)])],
  ["k: expected f32x1, found i32x1: 1", scheduled([stored(write.cast("f32", write.unary("bits", i32One, "i32")))])],
  ["k: expected i32x1, found f32x1: 1", scheduled([stored(write.unary("unbits", f32One, "f32"))])],
  ["k: expected boolx1, found f32x1: 1", scheduled([{ kind: "if", condition: f32One, whenTrue: [], otherwise: [] }])],
  ["k: expected a name defined before, found u", scheduled([stored(write.variable("u"))])],
  [
    "k: expected t as f32x1, found i32x1",
    scheduled([write.define("t", f32One), stored(write.cast("f32", write.variable("t", "i32")))]),
  ],
  ["k: expected a known buffer, found a load of f32 from z", scheduled([stored(write.load("z", write.at({})))])],
  [
    "k: expected f32, found a load of i32 from x",
    scheduled([stored(write.cast("f32", write.load("x", write.at({}), "i32")))]),
  ],
  ["k: expected four lanes of a splat, found one", scheduled([stored(ofType(write.splat(f32One), 1))])],
  ["k: expected four lanes of a shuffle, found one", scheduled([known, stored(ofType(shuffled([0, 4, 1, 5]), 1))])],
  ["k: expected lanes from 0 to 7, found 0 1 2 8", scheduled([known, stored(shuffled([0, 1, 2, 8]))])],
  ["k: expected one lane, found four", scheduled([known, stored(ofType(lane, 4))])],
  ["k: expected a function of the program, found gelu", scheduled([stored(call("gelu", f32One))])],
  ["k: expected tanh of 1 to f32, found it of 2 to f32", scheduled([stored(call("tanh", f32One, f32One))])],
  ["k: expected an i32 defined before, found i in i", scheduled([stored(f32One, write.at({ i: 1 }))])],
  [
    "k: expected a dimension of the kernel, found N in N*i",
    scheduled([write.loop("i", 4, [stored(f32One, write.at({ i: N }))])]),
  ],
  ["k: expected a local for data, found constant", scheduled([stored(f32One, dataIndex(i32(1), constant(4)))])],
];

// ── sharing

const cut = program();
const shared = share(cut, boundsOf(cut), eager);

/** The plan for threads with other phases. */
const sharing = (change: (phases: SharedEntry["phases"]) => SharedEntry["phases"]) => (): readonly string[] =>
  verifySharing(cut, {
    ...shared,
    entries: shared.entries.map((one) => one && { ...one, phases: change(one.phases) }),
  });

const shares: readonly Case[] = [
  ["predict: expected step 1 to run once, found it 0 times", sharing((phases) => phases.slice(0, 1))],
  [
    "predict: expected step 0 no later than step 1, found it in a later phase",
    sharing((phases) => [...phases].reverse()),
  ],
  [
    "predict: expected step 0 apart from step 1, found them side by side",
    sharing((phases) => [{ kind: "works", works: phases.flatMap((one) => (one.kind === "works" ? one.works : [])) }]),
  ],
  ["predict: expected part 1 of step 1, found another", sharing((phases) => [...phases, ...phases.slice(-1)])],
];

const verifiers: readonly (readonly [string, readonly string[], readonly Case[]])[] = [
  ["graphs", ["graph/verify.ts"], graphs],
  [
    "computes and kernels together",
    ["loops/verify.ts", "loops/verify-scalar.ts", "kernel/verify.ts"],
    [...computes, ...fused],
  ],
  ["plans", ["plan/verify.ts"], plans],
  ["programs", ["program/verify.ts", "program/verify-memory.ts"], programs],
  ["loops and slices", ["program/verify-loops.ts"], looped],
  ["scheduled kernels", ["program/verify-kernel.ts"], schedules],
  ["sharing", ["program/verify-sharing.ts"], shares],
];

/** The sentences in a verifier's text, as patterns: what is put in may be anything. */
function sentencesIn(file: string): readonly string[] {
  const text = readFileSync(new URL(`../../compiler/${file}`, import.meta.url), "utf8");
  const literals = [...text.matchAll(/`([^`]*)`|"(expected [^"]*)"/g)].map(([, template, plain]) => template ?? plain);
  return literals.filter((literal) => /expected |two | share bytes|but says/.test(literal));
}

function patternOf(sentence: string): RegExp {
  const parts = sentence
    .split(/\$\{[^}]*(?:\{[^}]*\}[^}]*)*\}/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`(?:^|: )${parts.join(".+")}$`);
}

describe.each(verifiers)("the verifier of %s", (_, files, cases) => {
  test.each(cases)("says: %s", (sentence, problems) => {
    expect(problems()).toContain(sentence);
  });

  test("has a case for every sentence", () => {
    const said = cases.map(([sentence]) => sentence);
    const missing = files.flatMap(sentencesIn).filter((one) => !said.some((sentence) => patternOf(one).test(sentence)));
    expect(missing).toEqual([]);
  });
});

test("the verifiers find nothing in what is sound", () => {
  expect([
    ...verifyProgram(program()),
    ...verifyProgram(loops.program),
    ...verifyPlan(sound()),
    ...withRun(128)(),
    ...sharing((phases) => phases)(),
  ]).toEqual([]);
  expect(shared.entries[0]?.phases.length).toBe(2);
  expect(verifyKernel(kernels.softmax(3, 4).kernel)).toEqual([]);
  const bits = write.unary("bits", f32One, "i32");
  expect(scheduled([stored(write.unary("unbits", bits, "f32")), stored(write.unary("neg", f32One))])()).toEqual([]);
});
