/**
 * Productions: each adds a few nodes to a sketch, of what the pool has or of new inputs, and answers what it made;
 * undefined where nothing fits.
 */
import {
  constant,
  constantValue,
  divideExactly,
  isConstant,
  multiply,
  product,
  type Dimension,
} from "../../compiler/dimension/dimension.ts";
import type { Value } from "../../compiler/graph/types.ts";
import type { ElementType } from "../../compiler/loops/types.ts";
import { sameShape, type Shape, type Sketch } from "./sketch.ts";

export type Production = (sketch: Sketch) => Value | undefined;

export const extents: readonly number[] = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 17];

function anExtent({ random }: Sketch): Dimension {
  return constant(random.pick(extents));
}

// ── elementwise

const roots = new Set(["sqrt", "log"]);

export const unary: Production = (sketch) => {
  const { random, smooth } = sketch;
  const x = sketch.find(({ dtype }) => dtype !== "bool" || !smooth);
  if (x === undefined) return undefined;
  const { dtype } = sketch.type(x);
  if (dtype === "bool") return sketch.one("not", [x]);
  if (dtype === "i32") return sketch.one(random.pick(["neg", "abs", "sign"]), [x]);
  const op = random.pick([
    "neg",
    "abs",
    "sign",
    "sqrt",
    "exp",
    "expm1",
    "log",
    "log1p",
    "sin",
    "cos",
    "tanh",
    "erf",
    "erfc",
    ...(smooth ? [] : ["floor"]),
  ]);
  const careful = smooth || random.chance(0.6);
  if (careful && roots.has(op)) return sketch.one(op, [sketch.positive(x)]);
  if (careful && op === "log1p") return sketch.one(op, [sketch.one("abs", [x])]);
  if (careful && (op === "exp" || op === "expm1") && random.chance(0.7)) return sketch.one(op, [sketch.tamed(x)]);
  return sketch.one(op, [x]);
};

const floatBinaries = [
  [4, "add"],
  [3, "sub"],
  [4, "mul"],
  [2, "div"],
  [1, "mod"],
  [1, "pow"],
  [1, "maximum"],
  [1, "minimum"],
] as const;

export const binary: Production = (sketch) => {
  const { random, smooth } = sketch;
  const a = sketch.find(({ dtype }) => dtype === "f32" || !smooth);
  if (a === undefined) return undefined;
  const { dtype } = sketch.type(a);
  const b = sketch.partner(a);
  if (dtype === "bool") return sketch.one(random.pick(["and", "or"]), [a, b]);
  if (dtype === "i32") return sketch.one(random.pick(["add", "sub", "mul", "mod", "maximum", "minimum"]), [a, b]);
  const op = random.weighted(floatBinaries);
  const careful = smooth || random.chance(0.6);
  if (careful && (op === "div" || op === "mod")) return sketch.one(op, [a, sketch.positive(b)]);
  // A negative base has whole powers.
  if (op === "pow" && !smooth && random.chance(0.4)) return sketch.one(op, [a, sketch.one("floor", [b])]);
  if (careful && op === "pow") return sketch.one(op, [sketch.positive(a), sketch.tamed(b)]);
  return random.chance(0.5) ? sketch.one(op, [a, b]) : sketch.one(op, [b, a]);
};

const comparisons = ["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"];

export const comparison: Production = (sketch) => {
  const a = sketch.find(({ dtype }) => dtype !== "bool" || sketch.random.chance(0.2));
  if (a === undefined) return undefined;
  const ops = sketch.type(a).dtype === "bool" ? comparisons.slice(0, 2) : comparisons;
  return sketch.one(sketch.random.pick(ops), [a, sketch.partner(a)]);
};

export const choice: Production = (sketch) => {
  const a = sketch.find(({ dtype }) => dtype === "f32" || !sketch.smooth);
  if (a === undefined) return undefined;
  const shape = sketch.shape(a);
  const known = sketch.find(({ dtype, shape: own }) => dtype === "bool" && sameShape(own, shape));
  const condition = known ?? sketch.one(sketch.random.pick(["less", "greaterEqual"]), numbersFor(sketch, a));
  return sketch.one(
    "select",
    sketch.random.chance(0.5) ? [condition, a, sketch.partner(a)] : [condition, sketch.partner(a), a],
  );
};

/** Two operands of a comparison of the shape of `of`. */
function numbersFor(sketch: Sketch, of: Value): readonly [Value, Value] {
  const { dtype, shape } = sketch.type(of);
  if (dtype !== "bool") return [of, sketch.partner(of)];
  const own = sketch.smallPartner("i32", shape);
  return [own, sketch.partner(own)];
}

/** Truth values combined. */
export const logic: Production = (sketch) => {
  const a = sketch.find(({ dtype }) => dtype === "bool") ?? comparison(sketch);
  if (a === undefined) return undefined;
  const op = sketch.random.pick(["and", "or", "not"]);
  return sketch.one(op, op === "not" ? [a] : [a, sketch.partner(a)]);
};

/** where(x <= 0, 0, x), as `relu` is written. */
export const rectified: Production = (sketch) => {
  const x = sketch.float();
  if (x === undefined) return undefined;
  const zero = sketch.like(0, x);
  return sketch.one("select", [sketch.one("lessEqual", [x, zero]), zero, x]);
};

export const conversion: Production = (sketch) => {
  const dtypes: readonly ElementType[] = ["f32", "i32", "bool"];
  const x = sketch.find(({ dtype }) => !sketch.smooth || dtype !== "f32");
  return x && sketch.one("cast", [x], { dtype: sketch.smooth ? "f32" : sketch.random.pick(dtypes) });
};

export const held: Production = (sketch) => {
  const x = sketch.float();
  return x && sketch.one("stop_gradient", [x]);
};

// ── reductions

/** Ascending axes: the first, the last, all, one in the middle, or any. */
function someAxes({ random }: Sketch, rank: number): readonly number[] {
  const all = Array.from({ length: rank }, (_, axis) => axis);
  const kind = random.weighted([
    [3, "first"],
    [4, "last"],
    [2, "all"],
    [1, "middle"],
    [2, "any"],
    [0.2, "none"],
  ] as const);
  if (kind === "none" || rank === 0) return [];
  if (kind === "first") return all.slice(0, random.between(1, Math.max(1, rank - 1)));
  if (kind === "last") return all.slice(-random.between(1, Math.min(2, rank)));
  if (kind === "middle") return [Math.floor(rank / 2)];
  const some = random.some(all, 0.5);
  return kind === "all" || some.length === 0 ? all : some;
}

export const reduction: Production = (sketch) => {
  const { random, smooth } = sketch;
  const op = random.weighted([
    [6, "sum"],
    [2, "max"],
    [2, "min"],
    [1, "prod"],
    [smooth ? 0 : 2, "argmax"],
  ] as const);
  const x = sketch.find(({ dtype, shape }) => {
    return (
      (dtype === "f32" || (dtype === "i32" && !smooth)) &&
      shape.length > 0 &&
      (op !== "prod" || sketch.elements(shape) <= 400)
    );
  });
  if (x === undefined) return undefined;
  const axes = someAxes(sketch, sketch.shape(x).length);
  const operand = op === "prod" && smooth ? sketch.tamed(x) : x;
  return sketch.one(op, [operand], { axes });
};

/** A reduction whose result is at once computed with, alone or against what was reduced. */
export const epilogue: Production = (sketch) => {
  const reduced = reduction(sketch);
  if (reduced === undefined || sketch.type(reduced).dtype !== "f32") return reduced;
  const kind = sketch.random.pick(["scale", "bias", "rectify", "function"]);
  if (kind === "scale") return sketch.one("mul", [reduced, sketch.like(0.25, reduced)]);
  if (kind === "bias") return sketch.one("add", [reduced, sketch.partner(reduced)]);
  if (kind === "function") return sketch.one("tanh", [reduced]);
  return sketch.one("maximum", [reduced, sketch.like(0, reduced)]);
};

// ── index movement

export const reshape: Production = (sketch) => {
  const x = sketch.find(({ shape }) => shape.length <= 4);
  const shape = x && reshaped(sketch, sketch.shape(x));
  return shape && x && sketch.one("reshape", [x], { shape });
};

function reshaped(sketch: Sketch, shape: Shape): Shape | undefined {
  const { random } = sketch;
  const at = random.below(Math.max(1, shape.length));
  switch (random.pick(["flatten", "insert", "squeeze", "merge", "split", "regroup"])) {
    case "flatten":
      return [product(shape)];
    case "insert":
      return shape.length < 4 ? shape.toSpliced(random.below(shape.length + 1), 0, constant(1)) : undefined;
    case "squeeze":
      return shape.filter((size) => !isConstant(size, 1));
    case "merge":
      return shape.length < 2 || at === 0 ? undefined : shape.toSpliced(at - 1, 2, multiply(shape[at - 1], shape[at]));
    case "split":
      return splitAt(sketch, shape, at);
    default:
      return regrouped(sketch, shape);
  }
}

function splitAt({ random }: Sketch, shape: Shape, at: number): Shape | undefined {
  if (shape.length === 0 || shape.length > 3) return undefined;
  const divisors = [2, 3, 4, 5, 7].flatMap((divisor) => {
    const quotient = divideExactly(shape[at], constant(divisor));
    return quotient === undefined ? [] : [[constant(divisor), quotient]];
  });
  if (divisors.length === 0) return undefined;
  const parts = random.pick(divisors);
  return shape.toSpliced(at, 1, ...(random.chance(0.5) ? parts : [parts[1], parts[0]]));
}

/** Another shape of as many elements that cuts across the axes. */
function regrouped({ random }: Sketch, shape: Shape): Shape | undefined {
  const all = product(shape);
  const sizes = shape.length === 0 ? [] : random.shuffle(shape);
  const parts = [...sizes, constant(2), constant(3)].map((size) => [size, divideExactly(all, size)] as const);
  const [size, rest] = random.pick(parts);
  return rest && (random.chance(0.5) ? [size, rest] : [rest, size]);
}

export const transpose: Production = (sketch) => {
  const x = sketch.find(({ shape }) => shape.length > 1);
  if (x === undefined) return undefined;
  const permutation = sketch.random.shuffle([...sketch.shape(x).keys()]);
  return sketch.one("transpose", [x], { permutation });
};

export const reverse: Production = (sketch) => {
  const x = sketch.find(({ shape }) => shape.length > 0);
  return x && sketch.one("reverse", [x], { axes: sketch.random.some([...sketch.shape(x).keys()], 0.6) });
};

export const broadcast: Production = (sketch) => {
  const x = sketch.find(({ shape }) => shape.length < 4);
  if (x === undefined) return undefined;
  const own = sketch.shape(x);
  const at = sketch.random.below(own.length + 1);
  const other = sketch.find(({ shape }) => shape.length > 0);
  const size =
    other !== undefined && sketch.random.chance(0.6) ? sketch.random.pick(sketch.shape(other)) : anExtent(sketch);
  const grown = own.map((extent) => (isConstant(extent, 1) && sketch.random.chance(0.5) ? size : extent));
  const shape = grown.toSpliced(at, 0, size);
  const axes = own.map((_, d) => (d < at ? d : d + 1));
  return sketch.fits(shape) ? sketch.one("broadcast", [x], { shape, axes }) : undefined;
};

export const slice: Production = (sketch) => {
  const x = sketch.find(({ shape }) => shape.some((size) => !isConstant(size, 1)));
  if (x === undefined) return undefined;
  const cuts = sketch.shape(x).map((size) => cutOf(sketch, size));
  return sketch.one("slice", [x], {
    start: cuts.map(({ start }) => start),
    size: cuts.map(({ size }) => size),
    step: cuts.map(({ step }) => step),
  });
};

function cutOf(
  { random }: Sketch,
  size: Dimension,
): { readonly start: Dimension; readonly size: Dimension; readonly step: number } {
  const known = constantValue(size);
  if (known === undefined || random.chance(0.3)) return { start: constant(0), size, step: 1 };
  const start = random.below(known);
  const step = random.weighted([
    [4, 1],
    [2, 2],
    [1, 3],
  ]);
  const most = Math.floor((known - start - 1) / step) + 1;
  return { start: constant(start), size: constant(random.chance(0.6) ? most : random.between(1, most)), step };
}

export const pad: Production = (sketch) => {
  const { random, smooth } = sketch;
  const x = sketch.find(({ shape, dtype }) => shape.length > 0 && (dtype !== "bool" || random.chance(0.3)));
  if (x === undefined) return undefined;
  const { dtype, shape } = sketch.type(x);
  const width = (): Dimension =>
    constant(
      random.weighted([
        [3, 0],
        [3, 1],
        [2, 2],
        [1, 4],
      ]),
    );
  const [low, high] = [shape.map(width), shape.map(width)];
  const value =
    dtype !== "f32"
      ? random.below(2)
      : smooth
        ? random.pick([0, 0, 0.5])
        : random.pick([0, 0, 0, -0, -1.5, Infinity, -Infinity]);
  const made = sketch.one("pad", [x], { low, high, value });
  return sketch.fits(sketch.shape(made)) ? made : undefined;
};

export const concat: Production = (sketch) => {
  const { random } = sketch;
  const x = sketch.find(({ shape, dtype }) => shape.length > 0 && dtype !== "bool");
  if (x === undefined) return undefined;
  const { dtype, shape } = sketch.type(x);
  const axis = random.below(shape.length);
  const fits = (other: Shape): boolean =>
    sameShape(other.toSpliced(axis, 1), shape.toSpliced(axis, 1)) && other.length === shape.length;
  const other = sketch.find((type, value) => type.dtype === dtype && fits(type.shape) && value !== x);
  const fresh = shape.with(axis, constant(random.between(1, 3)));
  const second =
    other !== undefined && random.chance(0.6)
      ? other
      : dtype === "f32"
        ? sketch.weights(fresh)
        : sketch.input(dtype, fresh);
  const parts = random.shuffle(random.chance(0.3) ? [x, second, x] : [x, second]);
  const made = sketch.one("concat", parts, { axis });
  return sketch.fits(sketch.shape(made)) ? made : undefined;
};

/** Two or three movements in a row. */
export const movementChain: Production = (sketch) => {
  const first = sketch.random.pick([transpose, slice, pad, reverse])(sketch);
  if (first === undefined) return undefined;
  sketch.add(first);
  return sketch.random.pick([reshape, transpose, slice, reverse, concat])(sketch) ?? first;
};

/** All rows against one of them: x − x[k]. */
export const againstOne: Production = (sketch) => {
  const { random } = sketch;
  const x = sketch.float((shape) => shape.some((size) => (constantValue(size) ?? 0) > 1));
  if (x === undefined) return undefined;
  const shape = sketch.shape(x);
  const axis = random.pick([...shape.keys()].filter((d) => (constantValue(shape[d]) ?? 0) > 1));
  const at = random.chance(0.6) ? 0 : random.below(constantValue(shape[axis]) ?? 1);
  const none = shape.map(() => constant(0));
  const size = shape.with(axis, constant(1));
  const row = sketch.one("slice", [x], { start: none.with(axis, constant(at)), size, step: shape.map(() => 1) });
  const rows = sketch.one("broadcast", [row], { shape, axes: [...shape.keys()] });
  return sketch.one(random.pick(["sub", "add", "mul"]), [x, rows]);
};

// ── contractions

type Axis = "batch" | "sum" | "left";

/** A contraction of a pool value with another or with weights, in any order of axes. */
export const contraction: Production = (sketch) => {
  const { random } = sketch;
  const a = sketch.float((shape) => shape.length > 0 && shape.length <= 3);
  if (a === undefined) return undefined;
  const left = sketch
    .shape(a)
    .map((size, label) => ({ label, size, kind: kindOf(sketch, sketch.shape(a).length, label) }));
  const free = Array.from(
    {
      length: random.weighted([
        [2, 0],
        [6, 1],
        [1, 2],
      ]),
    },
    (_, at) => {
      return { label: left.length + at, size: constant(random.pick([1, 2, 3, 3, 4, 5, 7, 8, 12, 13, 17])) };
    },
  );
  const shared = left.filter(({ kind }) => kind !== "left");
  const right = random.chance(0.5) ? [...shared, ...free] : random.shuffle([...shared, ...free]);
  const kept = [...left.filter(({ kind }) => kind === "batch"), ...left.filter(({ kind }) => kind === "left"), ...free];
  const output = random.chance(0.75) ? kept : random.shuffle(kept);
  const work = sketch.elements([...left, ...free].map(({ size }) => size));
  if (work > sketch.limit * 8 || !sketch.fits(output.map(({ size }) => size)) || output.length > 4) return undefined;
  const shape = right.map(({ size }) => size);
  const other = sketch.float((own) => sameShape(own, shape));
  const b = other !== undefined && random.chance(0.7) ? other : sketch.weights(shape);
  const labels = (axes: readonly { readonly label: number }[]): readonly number[] => axes.map(({ label }) => label);
  return sketch.one("contract", [a, b], { left: labels(left), right: labels(right), output: labels(output) });
};

function kindOf({ random }: Sketch, rank: number, label: number): Axis {
  if (rank === 1)
    return random.weighted([
      [4, "sum"],
      [1, "left"],
      [1, "batch"],
    ] as const);
  if (label === rank - 1)
    return random.weighted([
      [5, "sum"],
      [1, "left"],
      [1, "batch"],
    ] as const);
  return random.weighted([
    [rank === 3 && label === 0 ? 4 : 1, "batch"],
    [2, "sum"],
    [5, "left"],
  ] as const);
}

/** All products of the rows of one value: a[n, k]·a[m, k]. */
export const gram: Production = (sketch) => {
  const a = sketch.float(
    (shape) =>
      shape.length === 2 &&
      sketch.elements([shape[0], ...shape]) <= sketch.limit * 8 &&
      sketch.fits([shape[0], shape[0]]),
  );
  return a && sketch.one("contract", [a, a], { left: [0, 1], right: [2, 1], output: [0, 2] });
};

// ── gather, scatter, sources

/** Integers of this shape: computed ones, or ids that are given. */
function idsOf(sketch: Sketch, shape: Shape): Value {
  const known = sketch.find((type) => type.dtype === "i32" && sameShape(type.shape, shape));
  return known !== undefined && sketch.random.chance(0.5)
    ? known
    : sketch.add(sketch.input("i32", shape, "input", "ids"));
}

export const take: Production = (sketch) => {
  const { random } = sketch;
  const known = sketch.find(
    ({ shape, dtype }) => shape.length > 0 && shape.length < 4 && (dtype === "f32" || !sketch.smooth),
  );
  const table =
    known !== undefined && random.chance(0.6)
      ? known
      : sketch.weights([anExtent(sketch), constant(random.pick([1, 3, 4, 8]))]);
  const other = sketch.find(({ shape }) => shape.length > 0);
  const lead = other === undefined || random.chance(0.3) ? anExtent(sketch) : sketch.shape(other)[0];
  const shape = random.weighted([
    [1, []],
    [6, [lead]],
    [1, [lead, constant(2)]],
  ]);
  if (!sketch.fits([...shape, ...sketch.shape(table).slice(1)])) return undefined;
  return sketch.one("take", [table, idsOf(sketch, shape)]);
};

export const pick: Production = (sketch) => {
  const x = sketch.find(({ shape, dtype }) => shape.length > 0 && (dtype === "f32" || !sketch.smooth));
  return x && sketch.one("pick", [x, idsOf(sketch, sketch.shape(x).slice(0, -1))]);
};

export const scatter: Production = (sketch) => {
  const { random } = sketch;
  const updates = sketch.float((shape) => shape.length > 0);
  if (updates === undefined) return undefined;
  const shape = sketch.shape(updates);
  const count = constant(random.pick([1, 2, 3, 5, 8]));
  const rank = random.weighted([
    [5, 1],
    [1, 0],
    [1, Math.min(2, shape.length)],
  ]);
  if (!sketch.fits([count, ...shape.slice(rank)])) return undefined;
  return sketch.one("scatter_rows", [updates, idsOf(sketch, shape.slice(0, rank))], { count });
};

export const randomDraw: Production = (sketch) => {
  const { random } = sketch;
  const other = sketch.find(({ shape }) => sketch.fits(shape));
  const shape = other === undefined ? [anExtent(sketch)] : sketch.shape(other);
  const seed = sketch.find(({ dtype, shape: own }) => dtype === "i32" && own.length === 0);
  const given =
    seed !== undefined && random.chance(0.5) ? seed : sketch.add(sketch.input("i32", [], "counter", "wide"));
  const counter = random.chance(0.5)
    ? sketch.builder.constant(random.below(3), "i32")
    : sketch.add(sketch.input("i32", [], "counter", "ids"));
  const attributes = { shape, word: random.below(2), stream: (random.next() * 2 ** 32) | 0 };
  return sketch.one(
    sketch.smooth || random.chance(0.6) ? "random_uniform" : "random_bits",
    [given, counter],
    attributes,
  );
};

export const source: Production = (sketch) => {
  const { random } = sketch;
  const other = sketch.find(({ shape }) => shape.length > 0);
  if (other === undefined) return undefined;
  const shape = sketch.shape(other);
  const axis = random.below(shape.length);
  const dtype = sketch.smooth ? "f32" : random.pick(["f32", "i32"]);
  const counted = random.chance(0.6)
    ? sketch.one("iota", [], { shape, axis })
    : sketch.one("dimension", [], { dimension: shape[axis] });
  return dtype === "f32" ? sketch.one("cast", [counted], { dtype }) : counted;
};

/** A number of the program's own. */
export const literal: Production = (sketch) => {
  const other = sketch.find(({ dtype }) => dtype !== "bool");
  if (other === undefined) return undefined;
  const { dtype, shape } = sketch.type(other);
  return sketch.fill(sketch.number(dtype), shape, dtype);
};
