/** What each built-in and each ambient name means, for the reference; exhaustive by type, so that none goes without. */
import type { BuiltinName } from "./builtins.ts";

export interface BuiltinDoc {
  readonly family: string;
  /** What it gives, in a sentence or two. */
  readonly text: string;
}

/** The headings of the reference, in its order. */
export const builtinFamilies = [
  "Element by element",
  "Reductions",
  "Shape",
  "Whole numbers and places",
  "Products and windows",
  "Draws",
  "Derivatives",
  "Known at compile time",
] as const;

const [elementwise, reductions, shape, indices, products, draws, derivatives, compileTime] = builtinFamilies;

function doc(family: (typeof builtinFamilies)[number], text: string): BuiltinDoc {
  return { family, text };
}

const largest = "Of equal ones it is the first.";
const axes =
  "Over the axes named by `over: C`, `over: [H, W]` or `over: ..`, or by position, `axis: -1` or `axis: [1, 2]`; without either over all.";

export const builtinDocs: Readonly<Record<BuiltinName, BuiltinDoc>> = {
  exp: doc(elementwise, "e to the power of x."),
  expm1: doc(elementwise, "exp(x) - 1, with all digits near 0."),
  log: doc(elementwise, "The natural logarithm."),
  log1p: doc(elementwise, "log(1 + x), with all digits near 0."),
  sign: doc(elementwise, "-1, 0 or 1; its gradient is 0."),
  sin: doc(elementwise, "The sine."),
  cos: doc(elementwise, "The cosine."),
  tanh: doc(elementwise, "The hyperbolic tangent."),
  erf: doc(elementwise, "The error function."),
  erfc: doc(elementwise, "1 - erf(x), with all digits where that is small."),
  sqrt: doc(elementwise, "The square root."),
  abs: doc(elementwise, "The absolute value; its gradient at 0 is 0."),
  floor: doc(elementwise, "The next whole number below, or x itself; it has no gradient."),
  f32: doc(elementwise, "The same numbers as floats; of a bool 0 and 1."),
  i32: doc(elementwise, "The same numbers as whole ones: rounded towards 0, kept within 32 bits, 0 of a NaN."),
  bool: doc(elementwise, "False where x is 0, else true."),
  maximum: doc(
    elementwise,
    "The larger of a and b; of a tie each side gets half the gradient. Also of numbers and dimensions at compile time.",
  ),
  minimum: doc(
    elementwise,
    "The smaller of a and b; of a tie each side gets half the gradient. Also of numbers and dimensions at compile time.",
  ),
  where: doc(
    elementwise,
    "a where c is true, else b. Where c is known at compile time it is the chosen side, and the other does not exist.",
  ),
  sum: doc(reductions, `The sum. ${axes} \`keep: true\` keeps those axes with size 1.`),
  mean: doc(reductions, "The mean; axes as for `sum`."),
  max: doc(reductions, `The largest; axes as for \`sum\`. ${largest} A NaN wins.`),
  min: doc(reductions, `The smallest; axes as for \`sum\`. ${largest} A NaN wins.`),
  prod: doc(reductions, "The product, of f32 or i32; axes as for `sum`."),
  argmax: doc(reductions, `The place of the largest along one axis, as i32. ${largest}`),
  argmin: doc(reductions, `The place of the smallest along one axis, as i32. ${largest}`),
  cumsum: doc(reductions, "For each place along the axis the sum up to it."),
  reshape: doc(
    shape,
    "The same elements in another shape; one entry may be -1, which is what remains, and `..` stands for the axes that it stands for in the signature.",
  ),
  transpose: doc(shape, "Axes in another order, `transpose(x, [1, 0, 2])`; `x.T` swaps the last two."),
  broadcast: doc(shape, "x repeated to this shape, by NumPy's rule."),
  concat: doc(shape, "Tensors one behind the other along an axis that is there: `concat([a, b], axis: -1)`."),
  stack: doc(shape, "Tensors of one shape along a new axis: `stack([a, b], axis: 0)`."),
  pad: doc(shape, "A margin around x, `[[before, after], …]`, for each axis; filled with `value`, by default 0."),
  reverse: doc(shape, "From the end to the start, along an axis or a list of them."),
  take: doc(
    indices,
    "Rows of a table by their numbers: the shape of `ids`, then that of a row. Numbers beyond its ends are moved to them.",
  ),
  pick: doc(indices, "One element of each row along the last axis: `ids` has the shape of x without it."),
  one_hot: doc(indices, "For each id a row of n floats that are 0 but for a 1 at the id."),
  eye: doc(indices, "The n × n matrix with ones on its diagonal, as f32."),
  range: doc(indices, "0, 1, … n - 1 as i32."),
  tensor: doc(
    indices,
    "A tensor of the numbers in a list, nested as deep as it has axes: `tensor([[1, 2], [3, 4]])`. A list serves without it where a tensor is wanted.",
  ),
  einsum: doc(
    products,
    'Products summed over letters, `einsum("nij,njk->nik", a, b)`: letters that the result lacks are summed over, a letter twice in one word is the diagonal, `...` stands for the axes that no letter names.',
  ),
  conv: doc(
    products,
    "A convolution, channels last, over any number of axes between the first and the last; `w` is `[size …, channels / groups, filters]`. Lists for each of these axes: `stride: [1, 1]`, `padding: [[0, 0], [0, 0]]` (negative cuts off), `dilation`, `input_dilation`; `groups: 1`.",
  ),
  window_max: doc(
    products,
    "The largest of each window, over the axes between the first and the last; `stride` and `padding` as for `conv`. Padding is never taken.",
  ),
  window_sum: doc(products, "The sum of each window; as `window_max`."),
  random_normal: doc(
    draws,
    "A tensor of this shape, drawn from the normal distribution with mean 0 and deviation 1, anew in each step; the seed decides.",
  ),
  random_uniform: doc(draws, "A tensor of this shape, drawn evenly from [0, 1), anew in each step; the seed decides."),
  grad: doc(
    derivatives,
    "The derivative of the scalar y by x, an input, a parameter or a `let`: a tensor as any other, which can be differentiated again.",
  ),
  stop_gradient: doc(derivatives, "x, through which no gradient flows."),
  rank: doc(compileTime, "The number of axes."),
  is_integer: doc(compileTime, "Whether x has whole numbers (i32) as its elements."),
  is_string: doc(compileTime, "Whether a setting is a string."),
  is_list: doc(compileTime, "Whether a setting is a list."),
  length: doc(compileTime, "How many items a list has."),
};

/** Names that stand for a value where they stand, with the places that have them. */
export const ambientDocs: Readonly<Record<string, string>> = {
  training: "Whether this is a training step; known at compile time, so that only one branch of `if training` exists.",
  step: "Which step of the training this is, from 1, as f32: in `if training`, in optimisers and schedules.",
  epoch: "Which epoch this is, from 1, as f32: where `step` is.",
  step_in_epoch: "Which step of its epoch this is, from 1, as f32: in `if training`.",
  steps_per_epoch: "How many steps an epoch has, as f32: in schedules.",
  epochs: "How many epochs there are in all, as f32: in schedules.",
  shape: "The shape of the parameter that an initializer fills.",
  fan_in: "In an initializer: the product of all dimensions of the parameter but the last; 1 for a rank of 1 or 0.",
  fan_out: "In an initializer: the product of all dimensions but the last but one.",
  lr: "In an optimizer: the learning rate of this step.",
  lr0: "In a schedule: the learning rate that the optimizer is given.",
};
