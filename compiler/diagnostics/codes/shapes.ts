/** NN03xx: what can be wrong with shapes, element types and values where a block is instantiated. */
import { define } from "../diagnostic.ts";
import { listOf } from "../lists.ts";

export const shapesDiffer = define<{ readonly operation: string; readonly left: string; readonly right: string }>({
  code: "NN0301",
  severity: "error",
  message: ({ operation, left, right }) => `${operation} needs shapes that fit together, found ${left} and ${right}`,
  explanation:
    "Two tensors meet axis by axis from the right: each pair must have the same size, or one of them size 1. " +
    "Symbolic sizes are the same only where they are written the same.",
  example: {
    bad: "model M(x: [N, 3], y: [N, 4]) -> [N, 3] = x + y",
    good: "model M(x: [N, 3], y: [N, 3]) -> [N, 3] = x + y",
  },
});

export const innerMismatch = define<{
  readonly left: string;
  readonly right: string;
  readonly a: string;
  readonly b: string;
}>({
  code: "NN0302",
  severity: "error",
  message: ({ left, right, a, b }) =>
    `\`@\` needs the last size of the left side to equal the last but one of the right, found ${a} and ${b} in ${left} @ ${right}`,
  explanation: "A matrix product sums over the last axis of its left side and the last but one of its right side.",
  example: {
    bad: "model M(x: [N, 3], y: [4, 2]) -> [N, 2] = x @ y",
    good: "model M(x: [N, 3], y: [3, 2]) -> [N, 2] = x @ y",
  },
});

export const argumentShape = define<{
  readonly callee: string;
  readonly input: string;
  readonly expected: string;
  readonly found: string;
}>({
  code: "NN0303",
  severity: "error",
  message: ({ callee, input, expected, found }) => `\`${callee}\` expects \`${input}\`: ${expected}, found ${found}`,
  explanation:
    "An argument must have the element type, the number of dimensions and the fixed sizes that the signature writes.",
  example: {
    bad: "block f(x: [N, 3]) -> [N, 3] = x\nmodel M(x: [N, 4]) -> [N, 3] = f(x)",
    good: "block f(x: [N, 3]) -> [N, 3] = x\nmodel M(x: [N, 3]) -> [N, 3] = f(x)",
  },
});

/** The callee's `N` and the network's N are two. */
function openSizes(names: readonly string[]): string {
  if (names.length === 0) return "";
  const what = names.length === 1 ? "is an open size" : "are open sizes";
  return `, where ${listOf(names, 8, " and ")} ${what} of the network's inputs`;
}

export const dimensionConflict = define<{
  readonly callee: string;
  readonly name: string;
  readonly first: string;
  readonly second: string;
  readonly input: string;
  /** The names in both, which are none of the callee's. */
  readonly open: readonly string[];
}>({
  code: "NN0304",
  severity: "error",
  message: ({ callee, name, first, second, input, open }) =>
    `in \`${callee}\`, \`${name}\` is ${first} but \`${input}\` makes it ${second}${openSizes(open)}`,
  explanation:
    "A dimension's name is bound by the first argument that shows it, and must mean the same size in all others.",
  example: {
    bad: "block f(x: [N, C], y: [N, C]) -> [N, C] = x + y\nmodel M(x: [N, 3], y: [N, 4]) -> [N, 3] = f(x, y)",
    good: "block f(x: [N, C], y: [N, C]) -> [N, C] = x + y\nmodel M(x: [N, 3], y: [N, 3]) -> [N, 3] = f(x, y)",
  },
});

export const resultShape = define<{ readonly callee: string; readonly expected: string; readonly found: string }>({
  code: "NN0305",
  severity: "error",
  message: ({ callee, expected, found }) => `\`${callee}\` promises ${expected}, but its body gives ${found}`,
  explanation: "What a body returns must have the shape and element type that the signature writes after `->`.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 4] = x",
    good: "model M(x: [N, 3]) -> [N, 3] = x",
  },
});

export const unboundDimension = define<{ readonly name: string }>({
  code: "NN0306",
  severity: "error",
  message: ({ name }) => `no argument says what the dimension \`${name}\` is`,
  explanation:
    "A dimension's name gets its size from an argument whose shape shows it by itself, or in a sum or product with what is known, as in `2 * K + 1`. " +
    "Write `_` in a result for a size that is inferred.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, K] = x",
    good: "model M(x: [N, 3]) -> [N, _] = x",
  },
});

export const wrongElements = define<{ readonly operation: string; readonly expected: string; readonly found: string }>({
  code: "NN0307",
  severity: "error",
  message: ({ operation, expected, found }) => `${operation} expects ${expected}, found ${found}`,
  explanation:
    "There is no implicit conversion between element types: write `f32(x)`, `i32(x)` or `bool(x)`. Whole numbers have `+ - * %` and comparisons, no `/`.",
  example: {
    bad: "model M(x: [N, 3], i: i32[N, 3]) -> [N, 3] = x + i",
    good: "model M(x: [N, 3], i: i32[N, 3]) -> [N, 3] = x + f32(i)",
  },
});

export const wrongKind = define<{ readonly expected: string; readonly found: string }>({
  code: "NN0308",
  severity: "error",
  message: ({ expected, found }) => `expected ${expected}, found ${found}`,
  explanation:
    "An expression's place says what kind of value it takes: a tensor, a number known at compile time, a layer, a string, a list.",
  example: {
    bad: 'model M(x: [N, 3]) -> [N, 3] = x |> reshape("flat")',
    good: "model M(x: [N, 3]) -> [N, 3] = x |> reshape([N, 3])",
  },
});

export const axisNotFound = define<{ readonly name: string; readonly shape: string }>({
  code: "NN0309",
  severity: "error",
  message: ({ name, shape }) => `no axis of ${shape} is labelled \`${name}\``,
  explanation:
    "`over: C` means the axis that is labelled C, not one that happens to have that size. Labels come from signatures and follow the operations; " +
    "where none is left, `axis:` gives the position.",
  example: {
    bad: "model M(x: [N, 3]) -> [N] = sum(x, over: C)",
    good: "model M(x: [N, 3]) -> [N] = sum(x, axis: -1)",
  },
});

export const axisAmbiguous = define<{ readonly name: string; readonly shape: string }>({
  code: "NN0310",
  severity: "error",
  message: ({ name, shape }) => `more than one axis of ${shape} is labelled \`${name}\``,
  explanation: "Where two axes have the same label, `axis:` gives the position of the one that is meant.",
  example: {
    bad: "model M(x: [V, V]) -> [V] = sum(x, over: V)",
    good: "model M(x: [V, V]) -> [V] = sum(x, axis: -1)",
  },
});

export const axisOutOfRange = define<{ readonly axis: string; readonly shape: string }>({
  code: "NN0311",
  severity: "error",
  message: ({ axis, shape }) => `${shape} has no axis ${axis}`,
  explanation: "Axes count from 0, or from the end with −1. Each may be named once.",
  example: {
    bad: "model M(x: [N, 3]) -> [N] = sum(x, axis: 2)",
    good: "model M(x: [N, 3]) -> [N] = sum(x, axis: 1)",
  },
});

export const reshapeCount = define<{
  readonly from: string;
  readonly to: string;
  readonly elements: string;
  readonly wanted: string;
}>({
  code: "NN0312",
  severity: "error",
  message: ({ from, to, elements, wanted }) =>
    `reshape cannot make ${to} of ${from}: expected ${elements} elements, found ${wanted}`,
  explanation: "Reshaping keeps the elements and their order, so both shapes must hold equally many.",
  example: {
    bad: "model M(x: [N, 6]) -> [N, 4] = reshape(x, [N, 4])",
    good: "model M(x: [N, 6]) -> [N, 2, 3] = reshape(x, [N, 2, 3])",
  },
});

export const reshapeInferred = define<{ readonly problem: string }>({
  code: "NN0313",
  severity: "error",
  message: ({ problem }) => `the -1 of this shape cannot be found: ${problem}`,
  explanation: "One entry of a value shape may be -1. It stands for what remains, which must be a whole number.",
  example: {
    bad: "model M(x: [N, 6]) -> [N, _, _] = reshape(x, [N, -1, -1])",
    good: "model M(x: [N, 6]) -> [N, _, _] = reshape(x, [N, -1, 2])",
  },
});

export const concatMismatch = define<{ readonly operation: string; readonly first: string; readonly other: string }>({
  code: "NN0316",
  severity: "error",
  message: ({ operation, first, other }) =>
    `${operation} needs tensors that differ only along its axis, found ${first} and ${other}`,
  explanation:
    "All tensors that are put together have the same element type, the same number of axes and the same sizes, but for the axis along which they are joined.",
  example: {
    bad: "model M(x: [N, 3], y: [M, 4]) -> [N, 7] = concat([x, y], axis: 1)",
    good: "model M(x: [N, 3], y: [N, 4]) -> [N, 7] = concat([x, y], axis: 1)",
  },
});

export const einsumText = define<{ readonly text: string; readonly problem: string }>({
  code: "NN0317",
  severity: "error",
  message: ({ text, problem }) => `einsum ${JSON.stringify(text)}: ${problem}`,
  explanation:
    'The text names every axis of every tensor by a letter, as in "nhqd,nhkd->nhqk". What is left of the arrow has one word for each tensor; ' +
    "a letter stands once in the result and occurs in a tensor; twice in the word of a tensor it is the diagonal. `...` stands for the axes that no " +
    "letter names; they broadcast.",
  example: {
    bad: 'model M(x: [N, 3], y: [N, 3]) -> [N] = einsum("nd,nd", x, y)',
    good: 'model M(x: [N, 3], y: [N, 3]) -> [N] = einsum("nd,nd->n", x, y)',
  },
});

export const sliceOutOfRange = define<{ readonly found: string; readonly place: string }>({
  code: "NN0318",
  severity: "error",
  message: ({ found, place }) => `${found} lies outside ${place}`,
  explanation:
    "A slice `from : to` needs 0 ≤ from < to ≤ size; negative bounds count from the end. One element is 0 ≤ i < size.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 2] = x[:, 2:4]",
    good: "model M(x: [N, 3]) -> [N, 2] = x[:, 1:3]",
  },
});

export const notCompileTime = define<{ readonly what: string; readonly found: string }>({
  code: "NN0319",
  severity: "error",
  message: ({ what, found }) => `${what} must be known at compile time, found ${found}`,
  explanation:
    "Settings, shapes, the condition of an `if` and the length of a `repeat` are decided before anything runs. Where a tensor decides, use `where`.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 3] {\n  if sum(x) > 0 { return x }\n  return -x\n}",
    good: "model M(x: [N, 3]) -> [N, 3] = where(sum(x) > 0, x, -x)",
  },
});

export const requirementFailed = define<{
  readonly callee: string;
  readonly message: string;
  /** The names of the condition with their values. */
  readonly found: string | undefined;
}>({
  code: "NN0320",
  severity: "error",
  message: ({ callee, message, found }) => `\`${callee}\`: ${message}${found === undefined ? "" : `, found ${found}`}`,
  explanation:
    "A declaration says with `require` what its shapes and settings must fulfil. The names of its condition stand behind, with the values that they have here.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 3] = x |> dropout(1.5)",
    good: "model M(x: [N, 3]) -> [N, 3] = x |> dropout(0.5)",
  },
});

export const sharedDiffers = define<{ readonly name: string; readonly first: string; readonly second: string }>({
  code: "NN0323",
  severity: "error",
  message: ({ name, first, second }) =>
    `the parameter \`${name}\` is shared, but would be ${first} here and ${second} there`,
  explanation:
    "A layer that is bound to a name, or a model that is called twice, has one set of parameters, so its inputs must give them the same shapes.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 4] {\n  let f = dense(4)\n  return x |> f |> f\n}",
    good: "model M(x: [N, 4]) -> [N, 4] {\n  let f = dense(4)\n  return x |> f |> f\n}",
  },
});

export const notDifferentiable = define<{ readonly problem: string }>({
  code: "NN0324",
  severity: "error",
  message: ({ problem }) => `there is no gradient: ${problem}`,
  explanation:
    "grad(y, wrt: x) needs a scalar y of floats that depends on x through differentiable operations. It is an error, not a zero, where it does not.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 3] = grad(x, wrt: x)",
    good: "model M(x: [N, 3]) -> [N, 3] = grad(sum(x * x), wrt: x)",
  },
});

export const noResult = define<{ readonly callee: string }>({
  code: "NN0325",
  severity: "error",
  message: ({ callee }) => `\`${callee}\` ends without a \`return\``,
  explanation: "Every way through a body that gives a result must come to a `return`.",
  example: {
    bad: "block f(x: [N]) -> [N] {\n  if training { return x }\n}\nmodel M(x: [N]) -> [N] = f(x)",
    good: "block f(x: [N]) -> [N] {\n  if training { return x }\n  return -x\n}\nmodel M(x: [N]) -> [N] = f(x)",
  },
});

export const outsideTraining = define<{ readonly name: string }>({
  code: "NN0326",
  severity: "error",
  message: ({ name }) => `\`${name}\` has a value only while training, found a use outside`,
  explanation: "`step`, `epoch` and `step_in_epoch` count the training; put what uses them under `if training { … }`.",
  example: {
    bad: "model M(x: [N]) -> [N] = x / step",
    good: "model M(x: [N]) -> [N] {\n  if training { return x / step }\n  return x\n}",
  },
});

export const updateShape = define<{ readonly name: string; readonly expected: string; readonly found: string }>({
  code: "NN0328",
  severity: "error",
  message: ({ name, expected, found }) => `the new value of \`${name}\` must be ${expected}, found ${found}`,
  explanation: "`<-` gives a state a new value of the shape and element type that it was declared with.",
  example: {
    bad: "block f(x: [N, C]) -> [N, C] {\n  state s: [C] = zeros\n  s <- x\n  return x + s\n}\nmodel M(x: [N, 3]) -> [N, 3] = f(x)",
    good: "block f(x: [N, C]) -> [N, C] {\n  state s: [C] = zeros\n  s <- mean(x, over: N)\n  return x + s\n}\nmodel M(x: [N, 3]) -> [N, 3] = f(x)",
  },
});

export const overAndAxis = define<{ readonly callee: string }>({
  code: "NN0333",
  severity: "error",
  message: ({ callee }) => `\`${callee}\` takes \`over\` or \`axis\`, found both`,
  explanation:
    "`over: C` names axes by their labels, `axis: -1` by their positions. One of them says which axes are reduced; with neither, all are.",
  example: {
    bad: "model M(x: [N, 3]) -> [N] = sum(x, over: N, axis: 1)",
    good: "model M(x: [N, 3]) -> [N] = sum(x, axis: 1)",
  },
});

export const axisRepeated = define<{ readonly axis: string; readonly shape: string }>({
  code: "NN0334",
  severity: "error",
  message: ({ axis, shape }) => `expected each axis of ${shape} once, found \`${axis}\` for one that is already named`,
  explanation: "An axis is reduced, moved or reversed once; -1 and the last position are the same axis.",
  example: {
    bad: "model M(x: [N, 3]) -> [3] = sum(x, over: [N, N])",
    good: "model M(x: [N, 3]) -> [3] = sum(x, over: [N])",
  },
});

export const labelOnTwoAxes = define<{
  readonly operation: string;
  readonly left: string;
  readonly right: string;
  readonly result: string;
  readonly name: string;
}>({
  code: "NN0335",
  severity: "warning",
  message: ({ operation, left, right, result, name }) =>
    `${operation} of ${left} and ${right} gives ${result}, with \`${name}\` on two axes: each meets each`,
  explanation:
    "Shapes meet from the right, so [N, 1] beside [N] is repeated along both axes, and [N, N] has the difference of every row from every other. " +
    "A target of shape [N] beside an output of shape [N, 1] trains towards a mean this way, without an error anywhere else. " +
    "Where that is meant, `newaxis` says so, and there is no warning.",
  example: {
    bad: "model M(x: [N, 1], y: [N]) -> [N, N] = x - y",
    good: "model M(x: [N, 1], y: [N]) -> [N] = x[:, 0] - y",
  },
});
