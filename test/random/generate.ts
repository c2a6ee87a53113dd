/**
 * Random programs from a seed. `mixed` ones use every op on every number, ties and NaN included; `smooth` ones are
 * differentiated and their parameters moved, so that whole training steps appear; `long` ones have axes whose sums are
 * cut into chunks.
 */
import { constant, symbol, symbolsOf, type Dimension } from "../../compiler/dimension/dimension.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { GraphOutput, InputRole, Value } from "../../compiler/graph/types.ts";
import { gradients } from "../../compiler/passes/differentiate.ts";
import { copy, rebuild } from "../../compiler/passes/pass.ts";
import * as pattern from "./patterns.ts";
import type { Production } from "./productions.ts";
import * as make from "./productions.ts";
import * as places from "./places.ts";
import { nameOf, roleOf, type Dims, type RandomProgram, type Smooth } from "./program.ts";
import { Random } from "./random.ts";
import { sameShape, Sketch, type Shape } from "./sketch.ts";
import { scanned } from "./scans.ts";
import * as windows from "./windows.ts";

type Flavour = "mixed" | "smooth" | "long";

/** Open dimensions by name with their bounds: the same in all programs, so that many make one artifact. */
const opens: Dims = new Map([
  ["A", 5],
  ["B", 9],
  ["N", 17],
]);
const longOpen = ["L", 4500] as const;

/** Every dimension that a random program may leave open, with its bound. */
export const allBounds: Dims = new Map([...opens, longOpen]);

type Weighted = readonly (readonly [number, Production])[];

const smoothProductions: Weighted = [
  [6, make.unary],
  [7, make.binary],
  [1, make.choice],
  [2, make.rectified],
  [1, places.masked],
  [1, places.weighted],
  [1, make.held],
  [3, make.reduction],
  [3, make.epilogue],
  [2, make.reshape],
  [2, make.transpose],
  [1, make.reverse],
  [2, make.broadcast],
  [2, make.slice],
  [2, make.pad],
  [2, make.concat],
  [3, make.movementChain],
  [2, make.againstOne],
  [5, make.contraction],
  [1, make.gram],
  [2, make.take],
  [1, make.pick],
  [2, make.scatter],
  [1, make.randomDraw],
  [1, make.source],
  [1, make.literal],
  [2, pattern.softmax],
  [2, pattern.normalisation],
  [2, pattern.moments],
  [4, pattern.dense],
  [1, pattern.crossEntropy],
  [1, pattern.attention],
  [1, pattern.convolution],
  [3, windows.conv],
  [3, windows.window],
  [2, windows.winograd],
  [1.6, windows.cumsum],
  [2, pattern.fan],
  [1, pattern.runningMoments],
  [1, pattern.rowState],
  [0.5, make.conversion],
  [4, scanned],
];

const mixedProductions: Weighted = [
  ...smoothProductions,
  [2, places.masked],
  [1, places.weighted],
  [3, make.comparison],
  [2, make.logic],
  [1, make.randomDraw],
  [2, make.choice],
  [3, make.conversion],
  [3, make.unary],
  [3, make.binary],
];

const longProductions: Weighted = [
  [3, make.unary],
  [4, make.binary],
  [5, make.reduction],
  [4, make.epilogue],
  [1, make.rectified],
  [2, make.contraction],
  [7, windows.longProduct],
  [5, windows.longConv],
  [2, places.masked],
  [1, places.weighted],
  [1, make.reverse],
  [1, make.slice],
  [1, make.pad],
  [1, pattern.softmax],
  [1, pattern.normalisation],
  [1, make.take],
  [1, make.scatter],
];

const table: Readonly<Record<Flavour, Weighted>> = {
  smooth: smoothProductions,
  mixed: mixedProductions,
  long: longProductions,
};

/** The program of a seed. */
export function generate(seed: number, name: string): RandomProgram {
  const random = new Random(seed);
  const flavour = random.weighted([
    [47, "mixed"],
    [47, "smooth"],
    [6, "long"],
  ] as const);
  const bounds = openDimensions(flavour, random);
  const smooth = flavour === "smooth" || (flavour === "long" && random.chance(0.3));
  const sketch = new Sketch({ name, random, bounds, limit: flavour === "long" ? 9200 : 1200, smooth });
  begin(sketch, flavour);
  const steps = flavour === "long" ? random.between(3, 7) : random.between(4, 12);
  const early = random.chance(0.3) ? [earlyUpdate(sketch)] : [];
  for (let step = 0; step < steps; step += 1) grow(sketch, table[flavour]);
  for (const old of early) readLate(sketch, old);
  const results = resultsOf(sketch);
  const trained = smooth ? train(sketch, results) : undefined;
  const { updates } = sketch;
  const outputs = [...results, ...updates, ...(trained?.outputs ?? moves(sketch, updates))];
  // The bodies of scans stand among the nodes, where nobody reads them.
  const graph = withoutBodies(sketch.builder.finish(outputs));
  return { name, graph, bounds, sizes: sizesFor(bounds, random), profiles: sketch.profiles, smooth: trained?.smooth };
}

/** The graph without nodes that no output depends on; variables stay, read or not. */
function withoutBodies(graph: Graph): Graph {
  const used = new Set(graph.outputs.map(({ value }) => value.node));
  for (const { id, inputs } of graph.nodes.toReversed())
    if (used.has(id)) for (const { node } of inputs) used.add(node);
  return rebuild(graph, copy, ({ id, op }) => op === "input" || used.has(id));
}

function openDimensions(flavour: Flavour, random: Random): Dims {
  if (flavour === "long") return new Map(random.chance(0.6) ? [longOpen] : []);
  const count = random.weighted([
    [3, 0],
    [6, 1],
    [1.5, 2],
  ]);
  return new Map(random.shuffle([...opens]).slice(0, count));
}

/** One, the bound, and one between; two open dimensions also run against each other. */
function sizesFor(bounds: Dims, random: Random): readonly Dims[] {
  const at = (choose: (bound: number, position: number) => number): Dims =>
    new Map([...bounds].map(([name, bound], position) => [name, choose(bound, position)]));
  if (bounds.size === 0) return [new Map()];
  const long = bounds.has(longOpen[0]);
  const between = at((bound) =>
    long ? random.pick([3, 17, 2047, 2048, 2049, 4096, 4099]) : random.between(2, bound - 1),
  );
  const all = [at((bound) => bound), at((bound, position) => (position === 0 ? 1 : bound)), between];
  return bounds.size > 1 ? [...all, at((bound, position) => (position === 0 ? bound : 1))] : all;
}

function begin(sketch: Sketch, flavour: Flavour): void {
  const { random } = sketch;
  for (let count = random.between(1, 3); count > 0; count -= 1) {
    sketch.add(sketch.input("f32", startShape(sketch, flavour)));
  }
  if (!sketch.smooth && random.chance(0.5)) sketch.add(sketch.input("i32", startShape(sketch, flavour)));
  if (!sketch.smooth && random.chance(0.3)) sketch.add(sketch.input("bool", startShape(sketch, flavour)));
  if (random.chance(0.3)) sketch.add(variable(sketch, "state"));
  if (random.chance(0.3)) sketch.add(variable(sketch, "parameter"));
}

function variable(sketch: Sketch, role: InputRole): Value {
  const rank = sketch.random.below(3);
  return sketch.input(
    "f32",
    Array.from({ length: rank }, () => constant(sketch.random.pick(make.extents))),
    role,
  );
}

function startShape(sketch: Sketch, flavour: Flavour): Shape {
  const { random, bounds } = sketch;
  const open = [...bounds.keys()].map(symbol);
  if (flavour === "long") {
    const size = open.length > 0 ? open[0] : constant(random.pick([4097, 4099, 4352]));
    return random.weighted<Shape>([
      [3, [size]],
      [3, [size, constant(2)]],
      [2, [constant(2), size]],
      [1, [constant(1), size, constant(1)]],
    ]);
  }
  const rank = random.weighted([
    [1, 0],
    [2, 1],
    [6, 2],
    [3, 3],
    [1, 4],
  ]);
  let shape: readonly Dimension[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    const size =
      open.length > 0 && random.chance(axis === 0 ? 0.7 : 0.2)
        ? random.pick(open)
        : constant(random.pick(make.extents));
    if (sketch.elements([...shape, size]) <= sketch.limit / 3) shape = [...shape, size];
  }
  return shape;
}

/** A state whose new value is known long before the old one was read for the last time. */
function earlyUpdate(sketch: Sketch): Value {
  const old = variable(sketch, "state");
  const kept = sketch.one("mul", [old, sketch.like(0.9, old)]);
  sketch.update(old, sketch.one("add", [kept, sketch.weights(sketch.shape(old))]));
  return old;
}

/** The old value times the sum of a late one. */
function readLate(sketch: Sketch, old: Value): void {
  const late = sketch.float();
  if (late === undefined) return;
  const total = sketch.one("sum", [late], { axes: [...sketch.shape(late).keys()] });
  const spread = sketch.spread(total, sketch.shape(old));
  if (spread !== undefined) sketch.add(sketch.one("mul", [old, spread]));
}

/** One production; what it made goes into the pool where it is not too large. */
function grow(sketch: Sketch, productions: Weighted): void {
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const made = sketch.random.weighted(productions)(sketch);
    if (made === undefined || !sketch.fits(sketch.shape(made)) || sketch.shape(made).length > 4) continue;
    sketch.add(made);
    return;
  }
}

const mostResults = 6;

/** What nobody uses, and now and then a value in the middle, an input, or one value twice. */
function resultsOf(sketch: Sketch): readonly GraphOutput[] {
  const { builder, random, pool, name } = sketch;
  const used = new Set(builder.nodes.flatMap(({ inputs }) => inputs.map(({ node }) => node)));
  const made = pool.filter(({ node }) => builder.node(node).op !== "input");
  const ends = made.filter(({ node }) => !used.has(node)).slice(-mostResults);
  const more = [...random.some(made, 0.06), ...random.some(pool, 0.02), ...random.some(ends, 0.03)];
  const values = [...ends, ...more].slice(0, mostResults + 2);
  return values.map((value, at) => ({ name: `${name}.y${at}`, role: "result", value }));
}

type Variable = Exclude<InputRole, "input">;

interface Stored {
  readonly name: string;
  readonly role: Variable;
  readonly value: Value;
}

function variablesOf({ builder }: Sketch): readonly Stored[] {
  return builder.nodes.flatMap((node): readonly Stored[] => {
    if (node.op !== "input") return [];
    const role = roleOf(node);
    return role === "input" ? [] : [{ name: nameOf(node), role, value: { node: node.id, output: 0 } }];
  });
}

/** New values of variables, from whatever has their type: other variables, sums with themselves, counters advanced. */
function moves(sketch: Sketch, before: readonly GraphOutput[]): readonly GraphOutput[] {
  const { random, builder } = sketch;
  const outputs: GraphOutput[] = [];
  for (const { name, role, value } of variablesOf(sketch)) {
    if (!random.chance(0.7) || before.some((update) => update.name === name)) continue;
    const { dtype, shape } = sketch.type(value);
    if (dtype === "i32") {
      outputs.push({ name, role, value: builder.one("add", [value, sketch.like(1, value)]) });
      continue;
    }
    const other = sketch.find((type, found) => type.dtype === dtype && sameShape(type.shape, shape) && found !== value);
    const target = other ?? sketch.like(0.5, value);
    const mixed = sketch.one("add", [sketch.one("mul", [value, sketch.like(0.9, value)]), target]);
    const turned =
      shape.length > 1 && sameShape(shape, [...shape].reverse())
        ? [sketch.one("transpose", [value], { permutation: [...shape.keys()].reverse() })]
        : [];
    outputs.push({
      name,
      role,
      value: random.pick([
        mixed,
        mixed,
        target,
        sketch.one("add", [sketch.one("reverse", [value], { axes: [...shape.keys()].slice(0, 1) }), target]),
        ...turned,
      ]),
    });
  }
  return outputs;
}

interface Trained {
  readonly outputs: readonly GraphOutput[];
  readonly smooth: Smooth;
}

/** Adds a loss, a random weighted sum of the results, its gradients, and an optimiser; undefined where there is none to take. */
function train(sketch: Sketch, results: readonly GraphOutput[]): Trained | undefined {
  const { builder, name, random } = sketch;
  const floats = results.map(({ value }) => value).filter((value) => sketch.type(value).dtype === "f32");
  if (floats.length === 0) return undefined;
  const inputs = builder.nodes.filter(({ op, outputs: [type] }) => op === "input" && type?.dtype === "f32");
  const wrt = random
    .shuffle(inputs)
    .slice(0, 4)
    .map((node) => ({ name: nameOf(node), role: roleOf(node), value: { node: node.id, output: 0 } }));
  const first = floats.map((value) => weighted(sketch, value)).reduce((sum, term) => builder.one("add", [sum, term]));
  const loss = random.chance(0.07)
    ? (squaredGradient(
        sketch,
        first,
        wrt.map(({ value }) => value),
      ) ?? first)
    : first;
  const found = gradients(
    builder,
    loss,
    wrt.map(({ value }) => value),
  );
  if ("kind" in found) return undefined;
  const reached = wrt.flatMap((one, at) => {
    const g = found[at];
    return g === undefined ? [] : [{ ...one, g }];
  });
  const moved = reached.flatMap(({ name: own, role, value, g }): readonly Moving[] =>
    role === "parameter" ? [{ name: own, value, g }] : [],
  );
  const shown = reached.map(({ name: own, g }): GraphOutput => ({ name: `grad.${own}`, role: "result", value: g }));
  const outputs: readonly GraphOutput[] = [
    { name: `${name}.loss`, role: "result", value: loss },
    ...shown,
    ...optimise(sketch, moved),
  ];
  return { outputs, smooth: { loss: `${name}.loss`, wrt: reached.map((one) => one.name) } };
}

/** The sum of the value times random weights. */
function weighted(sketch: Sketch, value: Value): Value {
  const shape = sketch.shape(value);
  const closed = shape.every((size) => symbolsOf(size).size === 0);
  const weights = closed && sketch.random.chance(0.3) ? sketch.like(0.5, value) : sketch.input("f32", shape);
  return sketch.one("sum", [sketch.one("mul", [value, weights])], { axes: [...shape.keys()] });
}

/** Σ g² over the gradients of a value: what a gradient penalty differentiates again. */
function squaredGradient(sketch: Sketch, of: Value, wrt: readonly Value[]): Value | undefined {
  if (sketch.builder.nodes.length > 90) return undefined;
  const found = gradients(sketch.builder, of, wrt);
  if ("kind" in found) return undefined;
  const squares = found.flatMap((g) =>
    g === undefined ? [] : [sketch.one("sum", [sketch.one("mul", [g, g])], { axes: [...sketch.shape(g).keys()] })],
  );
  return squares.length === 0 ? undefined : squares.reduce((sum, square) => sketch.one("add", [sum, square]));
}

interface Moving {
  readonly name: string;
  readonly value: Value;
  readonly g: Value;
}

/** One optimiser for all parameters: plain steps, momentum, or both moments. */
function optimise(sketch: Sketch, moving: readonly Moving[]): readonly GraphOutput[] {
  const kind = sketch.random.pick(["sgd", "momentum", "adam"]);
  const scaled = (value: Value, by: number): Value => sketch.one("mul", [value, sketch.like(by, value)]);
  const blend = (old: Value, by: number, value: Value): Value =>
    sketch.one("add", [scaled(old, by), scaled(value, 1 - by)]);
  return moving.flatMap(({ name, value, g }): readonly GraphOutput[] => {
    const state = (): { readonly name: string; readonly value: Value } => {
      const made = sketch.input("f32", sketch.shape(value), "optimizer");
      return { name: nameOf(sketch.builder.node(made.node)), value: made };
    };
    const step = (direction: Value): GraphOutput => ({
      name,
      role: "parameter",
      value: sketch.one("sub", [value, scaled(direction, 0.125)]),
    });
    if (kind === "sgd") return [step(g)];
    const v = state();
    const first = blend(v.value, 0.9, g);
    if (kind === "momentum") return [step(first), { name: v.name, role: "optimizer", value: first }];
    const s = state();
    const second = blend(s.value, 0.99, sketch.one("mul", [g, g]));
    const root = sketch.one("add", [sketch.one("sqrt", [sketch.one("abs", [second])]), sketch.like(0.001, second)]);
    return [
      step(sketch.one("div", [first, root])),
      { name: v.name, role: "optimizer", value: first },
      { name: s.name, role: "optimizer", value: second },
    ];
  });
}
