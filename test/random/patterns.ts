/** What networks are made of: rows, columns, layers and losses, written as the prelude writes them. */
import { constant, constantValue } from "../../compiler/dimension/dimension.ts";
import type { Value } from "../../compiler/graph/types.ts";
import type { Production } from "./productions.ts";
import type { Shape, Sketch } from "./sketch.ts";

/** A reduction's result repeated along the axis that it lost. */
function back(sketch: Sketch, value: Value, of: Value, axis: number): Value {
  const shape = sketch.shape(of);
  return sketch.one("broadcast", [value], { shape, axes: [...shape.keys()].filter((one) => one !== axis) });
}

/** The sum along an axis, divided by the axis' size. */
function mean(sketch: Sketch, x: Value, axis: number): Value {
  const total = sketch.one("sum", [x], { axes: [axis] });
  const size = sketch.one("dimension", [], { dimension: sketch.shape(x)[axis] });
  const count = sketch.one("cast", [size], { dtype: "f32" });
  const shape = sketch.shape(total);
  return sketch.one("div", [total, shape.length === 0 ? count : sketch.one("broadcast", [count], { shape, axes: [] })]);
}

function matrix(sketch: Sketch, least = 2): Value | undefined {
  return sketch.float((shape) => shape.length >= least && shape.length < 4);
}

export const softmax: Production = (sketch) => {
  const x = matrix(sketch, 1);
  return x && softmaxOf(sketch, x, sketch.shape(x).length - 1);
};

function shifted(sketch: Sketch, x: Value, axis: number): Value {
  const top = sketch.one("stop_gradient", [sketch.one("max", [x], { axes: [axis] })]);
  return sketch.one("sub", [x, back(sketch, top, x, axis)]);
}

function softmaxOf(sketch: Sketch, x: Value, axis: number): Value {
  const e = sketch.one("exp", [shifted(sketch, x, axis)]);
  return sketch.one("div", [e, back(sketch, sketch.one("sum", [e], { axes: [axis] }), e, axis)]);
}

export const normalisation: Production = (sketch) => {
  const x = matrix(sketch);
  if (x === undefined) return undefined;
  const axis = sketch.random.chance(0.5) ? 0 : sketch.shape(x).length - 1;
  const centred = sketch.one("sub", [x, back(sketch, mean(sketch, x, axis), x, axis)]);
  const variance = mean(sketch, sketch.one("mul", [centred, centred]), axis);
  const deviation = sketch.one("sqrt", [sketch.one("add", [variance, sketch.like(1e-3, variance)])]);
  const normal = sketch.one("div", [centred, back(sketch, deviation, x, axis)]);
  return sketch.random.chance(0.5) ? normal : sketch.one("mul", [normal, sketch.smallPartner("f32", sketch.shape(x))]);
};

/** The first two moments of each column, by sums that do not need each other. */
export const moments: Production = (sketch) => {
  const x = matrix(sketch);
  if (x === undefined) return undefined;
  const axes = [...sketch.shape(x).keys()].slice(0, -1);
  const first = sketch.one("sum", [x], { axes });
  const second = sketch.one("sum", [sketch.one("mul", [x, x])], { axes });
  const largest = sketch.random.chance(0.3) ? sketch.add(sketch.one("max", [x], { axes })) : first;
  return sketch.one("sub", [sketch.one("add", [second, largest]), sketch.one("mul", [first, first])]);
};

const activations: readonly (readonly string[])[] = [["tanh"], ["erf"], ["neg", "exp"], []];

/** x·w + b and an activation. */
export const dense: Production = (sketch) => {
  const { random } = sketch;
  const x = sketch.float((shape) => shape.length === 2 && constantValue(shape[1]) !== undefined);
  if (x === undefined) return undefined;
  const [rows, inputs] = sketch.shape(x);
  const units = constant(random.pick([1, 2, 3, 4, 5, 8, 9, 12, 13, 17]));
  if (!sketch.fits([rows, units]) || sketch.elements([rows, inputs, units]) > sketch.limit * 8) return undefined;
  const w = sketch.add(sketch.input("f32", [inputs, units], "parameter"));
  const product = sketch.one("contract", [x, w], { left: [0, 1], right: [1, 2], output: [0, 2] });
  const b = sketch.add(sketch.input("f32", [units], "parameter"));
  const biased = sketch.one("add", [product, sketch.one("broadcast", [b], { shape: [rows, units], axes: [1] })]);
  const activated = random.pick(activations).reduce((value, op) => sketch.one(op, [value]), biased);
  if (random.chance(0.4)) {
    const zero = sketch.like(0, activated);
    return sketch.one("select", [sketch.one("lessEqual", [activated, zero]), zero, activated]);
  }
  return activated;
};

/** The mean over all rows of −log softmax at the target. */
export const crossEntropy: Production = (sketch) => {
  const logits = sketch.float((shape) => shape.length === 2);
  if (logits === undefined) return undefined;
  const low = shifted(sketch, logits, 1);
  const total = sketch.one("log", [sketch.one("sum", [sketch.one("exp", [low])], { axes: [1] })]);
  const logarithms = sketch.one("sub", [low, back(sketch, total, logits, 1)]);
  const target = sketch.input("i32", sketch.shape(logits).slice(0, 1), "input", "ids");
  return sketch.one("neg", [mean(sketch, sketch.one("pick", [logarithms, target]), 0)]);
};

/** softmax(q·kᵀ)·v over the rows of one value. */
export const attention: Production = (sketch) => {
  const fits = ([rows, columns]: Shape): boolean =>
    sketch.fits([rows, rows]) && sketch.elements([rows, rows, columns]) < sketch.limit * 8;
  const x = sketch.float((shape) => shape.length === 2 && fits(shape));
  if (x === undefined) return undefined;
  const scores = sketch.one("contract", [x, x], { left: [0, 1], right: [2, 1], output: [0, 2] });
  const weights = softmaxOf(sketch, sketch.one("mul", [scores, sketch.like(0.5, scores)]), 1);
  return sketch.one("contract", [weights, x], { left: [0, 1], right: [1, 2], output: [0, 2] });
};

/** A convolution along the middle axis as its taps: shifted slices of the padded value, each times its weights. */
export const convolution: Production = (sketch) => {
  const x = sketch.float(
    (shape) => shape.length === 3 && (constantValue(shape[1]) ?? 0) > 1 && constantValue(shape[2]) !== undefined,
  );
  if (x === undefined) return undefined;
  const shape = sketch.shape(x);
  const none = shape.map(() => constant(0));
  const padded = sketch.one("pad", [x], { low: none.with(1, constant(1)), high: none.with(1, constant(1)), value: 0 });
  if (!sketch.fits(sketch.shape(padded))) return undefined;
  const units = constant(sketch.random.pick([1, 3, 4, 5]));
  const taps = [0, 1, 2].map((at) => {
    const cut = sketch.one("slice", [padded], { start: none.with(1, constant(at)), size: shape, step: [1, 1, 1] });
    const w = sketch.input("f32", [shape[2], units], "parameter");
    return sketch.one("contract", [cut, w], { left: [0, 1, 2], right: [2, 3], output: [0, 1, 3] });
  });
  return taps.reduce((sum, tap) => sketch.one("add", [sum, tap]));
};

/** A value and many uses of it: sums of functions of one tensor. */
export const fan: Production = (sketch) => {
  const x = sketch.float();
  if (x === undefined) return undefined;
  const shared = sketch.random.chance(0.5) ? sketch.one("mul", [x, sketch.partner(x)]) : sketch.one("tanh", [x]);
  const uses = ["neg", "abs", "tanh", "sin", "cos", "erf"]
    .slice(0, sketch.random.between(2, 6))
    .map((op) => sketch.one(op, [shared]));
  for (const use of uses.slice(1)) if (sketch.random.chance(0.3)) sketch.add(use);
  return uses.reduce((sum, use) => sketch.one("add", [sum, use]));
};

/** Running moments: a state blended with the mean of rows or columns, its old value read again behind a second reduction. */
export const runningMoments: Production = (sketch) => {
  const { random } = sketch;
  const x = sketch.float(
    (shape) => shape.length === 2 && shape.some((size) => constantValue(size) !== undefined) && sketch.fits(shape),
  );
  if (x === undefined) return undefined;
  const shape = sketch.shape(x);
  const axis = random.pick([0, 1].filter((one) => constantValue(shape[1 - one]) !== undefined));
  const old = sketch.input("f32", [shape[1 - axis]], "state");
  const first = mean(sketch, x, axis);
  const blended = sketch.one("add", [sketch.one("mul", [old, sketch.like(0.875, old)]), first]);
  sketch.update(old, random.chance(0.7) ? blended : first);
  const centred = sketch.one("sub", [x, back(sketch, first, x, axis)]);
  const inside = random.chance(0.3) ? sketch.one("mul", [centred, back(sketch, old, x, axis)]) : centred;
  const second = mean(sketch, sketch.one("mul", [inside, centred]), axis);
  const late = random.chance(0.8) ? sketch.one("add", [second, sketch.one("abs", [old])]) : second;
  return random.chance(0.3) ? late : sketch.one("mul", [centred, back(sketch, late, x, axis)]);
};

/** A state of whole rows, overwritten with what a reduction makes of them and read by what is stored later. */
export const rowState: Production = (sketch) => {
  const { random } = sketch;
  const x = sketch.float((shape) => shape.length === 2 && shape.every((size) => constantValue(size) !== undefined));
  if (x === undefined) return undefined;
  const old = sketch.input("f32", sketch.shape(x), "state");
  const normal = sketch.one("mul", [shifted(sketch, x, 1), random.chance(0.5) ? old : sketch.partner(x)]);
  sketch.update(old, normal);
  if (random.chance(0.5)) sketch.add(sketch.one("sub", [normal, old]));
  const total = back(sketch, sketch.one("sum", [normal], { axes: [1] }), x, 1);
  return sketch.one("mul", [sketch.one("tanh", [total]), old]);
};
