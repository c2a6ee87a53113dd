/** How each primitive is written in PyTorch: one rule for each, none of which knows the others. */
import { InternalError } from "../../../compiler/diagnostics/diagnostic.ts";
import {
  add,
  constant,
  isConstant,
  multiply,
  subtract,
  type Dimension,
} from "../../../compiler/dimension/dimension.ts";
import { dimensionOf, dimensionsOf, numberOf, numbersOf, stringOf } from "../../../compiler/graph/attributes.ts";
import { sameShape } from "../../../compiler/ops/emit.ts";
import type { OpName } from "../../../compiler/ops/index.ts";
import { dtypeCode, type Call } from "./call.ts";
import type { HelperName } from "./helpers.ts";
import { level, numberCode, numberText, tensorText, tuple, type Text } from "./python.ts";

export type Rule = (call: Call) => Text;

/** Elementwise results have the whole shape where an operand has. */
function anyWhole(call: Call): boolean {
  return call.output.shape.length === 0 || call.operands.some(({ text }) => text.whole);
}

function allNumbers({ operands }: Pick<Call, "operands">): boolean {
  return operands.every(({ text }) => text.number);
}

/** One of Python's operators, which need a tensor on one of their sides. */
function operator(sign: string, binds: number): Rule {
  return (call) => {
    const left = allNumbers(call) ? call.tensor(0, binds) : call.loose(0, binds);
    return tensorText(`${left} ${sign} ${call.loose(1, binds + 1)}`, binds, anyWhole(call));
  };
}

/** A comparison, whose sides bind more tightly than any of their kind. */
function comparison(sign: string): Rule {
  return operator(sign, level.compare);
}

/** A function of PyTorch that takes tensors alone. */
function callOf(name: string): Rule {
  return (call) => {
    const given = call.operands.map((_, at) => call.tensor(at, 0));
    return tensorText(`${name}(${given.join(", ")})`, level.call, anyWhole(call));
  };
}

function unary(sign: string): Rule {
  return (call) => tensorText(`${sign}${call.tensor(0, level.unary)}`, level.unary, anyWhole(call));
}

/** `-1` for the last of them, which is how one writes it. */
export function axisCode(axis: number, rank: number): string {
  return axis === rank - 1 ? "-1" : String(axis);
}

export function axesCode(axes: readonly number[], rank: number): string {
  return axes.length === 1 ? axisCode(axes[0], rank) : tuple(axes);
}

/** A reduction by a method that takes several axes. */
function reduction(write: (x: string, axes: string, call: Call) => string): Rule {
  return (call) => {
    const axes = numbersOf(call.attributes, "axes");
    const rank = call.operands[0].type.shape.length;
    if (axes.length === 0) return tensorText(call.whole(0));
    return tensorText(write(call.whole(0), axes.length === rank && rank > 1 ? "" : axesCode(axes, rank), call));
  };
}

/** One that PyTorch has for a single axis: the reduced ones become the last. */
function alongOne(write: (x: string) => string): Rule {
  return (call) => {
    const axes = numbersOf(call.attributes, "axes");
    if (axes.length === 0) return tensorText(call.whole(0));
    return tensorText(write(reducedLast(call, axes)));
  };
}

function reducedLast(call: Call, axes: readonly number[]): string {
  const rank = call.operands[0].type.shape.length;
  const kept = call.operands[0].type.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const order = [...kept, ...axes];
  const moved = order.every((from, to) => from === to)
    ? call.whole(0)
    : `${call.whole(0)}.permute(${order.join(", ")})`;
  return axes.length === 1 || rank === 0 ? moved : `${moved}.flatten(${kept.length})`;
}

/** One axis of a slice, without what need not be said. */
function sliceCode(start: Dimension, size: Dimension, step: number, extent: Dimension, call: Call): string {
  const isAll = sameShape([subtract(extent, start)], [size]) && step === 1;
  const begin = isConstant(start, 0) ? "" : call.size(start);
  const end = isAll
    ? ""
    : call.size(add(start, add(multiply(subtract(size, constant(1)), constant(step)), constant(1))));
  return `${begin}:${end}${step === 1 ? "" : `:${step}`}`;
}

/** With a size-1 axis in the place of each that a broadcast adds. */
function broadcast(call: Call): Text {
  const [{ text, type }] = call.operands;
  const axes = numbersOf(call.attributes, "axes");
  const { shape } = call.output;
  if (sameShape(type.shape, shape)) return text;
  const isTrailing = axes.every((axis, at) => axis === shape.length - axes.length + at);
  if (type.shape.length === 0 || isTrailing) return { ...text, whole: false };
  const places = shape.map((_, axis) => (axes.includes(axis) ? ":" : "None")).slice(Math.min(...axes));
  const added = places.indexOf("None");
  const index = places.slice(added).every((one) => one === "None")
    ? ["...", ...places.slice(added)].join(", ")
    : places.join(", ");
  return tensorText(`${call.whole(0)}[${index}]`, level.call, false);
}

function reshape(call: Call): Text {
  const { shape } = call.output;
  const from = call.operands[0].type.shape;
  if (from.length === 1 && shape.length === 2) {
    if (isConstant(shape[0], 1)) return tensorText(`${call.whole(0)}[None, :]`);
    if (isConstant(shape[1], 1)) return tensorText(`${call.whole(0)}[:, None]`);
  }
  return tensorText(`${call.whole(0)}.reshape(${call.shape(shape)})`);
}

function transpose(call: Call): Text {
  const permutation = numbersOf(call.attributes, "permutation");
  const isFlip = permutation.length === 2 && permutation[0] === 1;
  return tensorText(isFlip ? `${call.whole(0)}.T` : `${call.whole(0)}.permute(${permutation.join(", ")})`);
}

function slice(call: Call): Text {
  const [start, size] = [dimensionsOf(call.attributes, "start"), dimensionsOf(call.attributes, "size")];
  const step = numbersOf(call.attributes, "step");
  const { shape } = call.operands[0].type;
  const parts = shape.map((extent, axis) => sliceCode(start[axis], size[axis], step[axis], extent, call));
  const told = parts.findLastIndex((part) => part !== ":") + 1;
  const first = parts.findIndex((part) => part !== ":");
  if (told === 0) return tensorText(call.whole(0));
  const isLast = told === parts.length && first === told - 1 && first > 1;
  return tensorText(`${call.whole(0)}[${isLast ? `..., ${parts[first]}` : parts.slice(0, told).join(", ")}]`);
}

function pad(call: Call): Text {
  const [low, high] = [dimensionsOf(call.attributes, "low"), dimensionsOf(call.attributes, "high")];
  const first = low.findIndex((one, axis) => !isConstant(one, 0) || !isConstant(high[axis], 0));
  if (first < 0) return tensorText(call.whole(0));
  const widths = low.flatMap((one, axis) => [[call.size(one), call.size(high[axis])]]).slice(first);
  const { dtype } = call.output;
  const value = numberCode(numberOf(call.attributes, "value"), dtype);
  return tensorText(`F.pad(${call.whole(0, 0)}, ${tuple(widths.toReversed().flat())}, value=${value})`);
}

function concat(call: Call): Text {
  const rank = call.output.shape.length;
  const parts = call.operands.map((_, at) => call.whole(at, 0));
  return tensorText(`torch.cat([${parts.join(", ")}], ${axisCode(numberOf(call.attributes, "axis"), rank)})`);
}

/** As `x @ w` where that is what it is. */
function contract(call: Call): Text {
  const [left, right, output] = ["left", "right", "output"].map((name) => numbersOf(call.attributes, name));
  const summed = left.filter((label) => !output.includes(label));
  const isProduct =
    summed.length === 1 &&
    right.length === 2 &&
    left.at(-1) === summed[0] &&
    right[0] === summed[0] &&
    output.length === left.length &&
    output.every((label, at) => label === (at === output.length - 1 ? right[1] : left[at]));
  if (isProduct)
    return tensorText(`${call.whole(0, level.multiply)} @ ${call.whole(1, level.multiply + 1)}`, level.multiply);
  const letters = (labels: readonly number[]): string => labels.map((label) => letterOf(label)).join("");
  const form = `${letters(left)},${letters(right)}->${letters(output)}`;
  return tensorText(`torch.einsum("${form}", ${call.whole(0, 0)}, ${call.whole(1, 0)})`);
}

function letterOf(label: number): string {
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const letter = letters[label];
  if (letter === undefined) throw new InternalError("export", `a product of ${label + 1} axes`);
  return letter;
}

const convHelpers = {
  output: "convolution",
  input: "convolution_input",
  kernel: "convolution_kernel",
} as const satisfies Record<string, HelperName>;

function conv(call: Call): Text {
  const { attributes } = call;
  const missing = stringOf(attributes, "missing") as keyof typeof convHelpers; // The op has these three.
  const numbers = (name: string): string => tuple(numbersOf(attributes, name));
  const isPlain = (name: string): boolean => numbersOf(attributes, name).every((one) => one === 1);
  const options = [
    ...["stride", "dilation", "input_dilation"].flatMap((name) => (isPlain(name) ? [] : [`${name}=${numbers(name)}`])),
    ...(isConstant(dimensionOf(attributes, "groups"), 1)
      ? []
      : [`groups=${call.size(dimensionOf(attributes, "groups"))}`]),
  ];
  const given = [
    call.whole(0, 0),
    call.whole(1, 0),
    `low=${call.sizes(dimensionsOf(attributes, "low"))}`,
    `size=${call.sizes(dimensionsOf(attributes, "size"))}`,
    ...options,
  ];
  return tensorText(`${call.around.use(convHelpers[missing])}(${given.join(", ")})`);
}

/** Windows by a helper that takes them as [N, O…, C, taps]. */
function windowed(helper: HelperName): Rule {
  return (call) => {
    const { attributes } = call;
    const given = [
      ...call.operands.map((_, at) => call.whole(at, 0)),
      call.sizes(dimensionsOf(attributes, "window")),
      tuple(numbersOf(attributes, "stride")),
      `low=${call.sizes(dimensionsOf(attributes, "low"))}`,
      `size=${call.sizes(dimensionsOf(attributes, "size"))}`,
    ];
    return tensorText(`${call.around.use(helper)}(${given.join(", ")})`);
  };
}

/** Ids that stay within a table of so many rows. */
function idsCode(call: Call, at: number, count: Dimension): string {
  const most = subtract(count, constant(1));
  return `${call.whole(at)}.clamp(0, ${call.size(most)}).long()`;
}

function take(call: Call): Text {
  const [table] = call.operands;
  return tensorText(`${call.whole(0)}[${idsCode(call, 1, table.type.shape[0])}]`);
}

function pick(call: Call): Text {
  const { shape } = call.operands[0].type;
  const ids = idsCode(call, 1, shape[shape.length - 1]);
  return tensorText(`${call.whole(0)}.gather(-1, ${ids}[..., None]).squeeze(-1)`);
}

function scatterRows(call: Call): Text {
  const count = dimensionOf(call.attributes, "count");
  const row = call.output.shape.slice(1);
  const rank = call.operands[1].type.shape.length;
  const updates = rank === 1 ? call.whole(0, 0) : `${call.whole(0)}.reshape(-1, ${call.shape(row)})`;
  const ids = `${idsCode(call, 1, count)}${rank === 1 ? "" : ".reshape(-1)"}`;
  return tensorText(`${call.whole(0)}.new_zeros(${call.shape(call.output.shape)}).index_add(0, ${ids}, ${updates})`);
}

function iota(call: Call): Text {
  const axis = numberOf(call.attributes, "axis");
  const { shape } = call.output;
  const range = `torch.arange(${call.size(shape[axis])}, dtype=torch.int32, device=${call.around.device()})`;
  const behind = shape.length - 1 - axis;
  const isAlone = shape.length === 1;
  if (behind === 0) return tensorText(range, level.call, isAlone);
  return tensorText(
    `${range}[${[":", ...Array.from({ length: behind }, () => "None")].join(", ")}]`,
    level.call,
    false,
  );
}

function draw(helper: HelperName): Rule {
  return (call) => {
    const { attributes, around, output } = call;
    const axis = output.shape.findIndex(({ key }) => key === around.rows);
    const given = [
      call.loose(0, 0),
      call.loose(1, 0),
      numberOf(attributes, "stream"),
      numberOf(attributes, "word"),
      call.sizes(output.shape),
      ...(axis < 0 ? [] : [`rows=self.rows, axis=${axis}`]),
      ...(attributes["repeated"] === true ? [`before=${call.loose(2, 0)}`] : []),
      `device=${around.device()}`,
    ];
    return tensorText(`${around.use(helper)}(${given.join(", ")})`);
  };
}

function cast(call: Call): Text {
  const [{ text, type }] = call.operands;
  const { dtype } = call.output;
  if (type.dtype === dtype) return text;
  if (text.number && dtype === "f32" && type.dtype === "i32") return text;
  if (type.dtype === "f32" && dtype === "i32")
    return tensorText(`${call.around.use("truncated")}(${call.tensor(0, 0)})`, level.call, text.whole);
  const converted = { f32: ".float()", i32: ".int()", bool: ".bool()" }[dtype];
  return tensorText(`${call.tensor(0)}${converted}`, level.call, text.whole);
}

function select(call: Call): Text {
  const condition = call.tensor(0, 0);
  const { dtype } = call.output;
  // PyTorch takes whole numbers as of 64 bits.
  const first = allNumbers({ operands: call.operands.slice(1) }) || dtype !== "f32" ? call.placed(1) : call.loose(1, 0);
  const second = dtype === "f32" ? call.loose(2, 0) : call.placed(2);
  return tensorText(`torch.where(${condition}, ${first}, ${second})`, level.call, anyWhole(call));
}

/** Of what is made by passes that this export does not run. */
function madeByPasses(name: string): Rule {
  return () => {
    throw new InternalError("export", `${name} stands in a graph before its passes`);
  };
}

/** By the primitive's name, and leaving one out does not compile; `input`, `given` and `scan` are what a function is made of. */
export const rules: Readonly<Record<string, Rule>> = {
  constant: ({ attributes, output }) => numberText(numberCode(numberOf(attributes, "value"), output.dtype)),
  dimension: ({ attributes, around }) => around.size(dimensionOf(attributes, "dimension")),
  iota,
  neg: unary("-"),
  abs: callOf("torch.abs"),
  floor: callOf("torch.floor"),
  sqrt: callOf("torch.sqrt"),
  not: unary("~"),
  exp: callOf("torch.exp"),
  expm1: callOf("torch.expm1"),
  log: callOf("torch.log"),
  log1p: callOf("torch.log1p"),
  sign: callOf("torch.sign"),
  sin: callOf("torch.sin"),
  cos: callOf("torch.cos"),
  tanh: callOf("torch.tanh"),
  erf: callOf("torch.erf"),
  erfc: callOf("torch.erfc"),
  add: operator("+", level.add),
  sub: operator("-", level.add),
  mul: operator("*", level.multiply),
  div: operator("/", level.multiply),
  mod: operator("%", level.multiply),
  pow: callOf("torch.pow"),
  maximum: callOf("torch.maximum"),
  minimum: callOf("torch.minimum"),
  and: operator("&", level.and),
  or: operator("|", level.or),
  equal: comparison("=="),
  notEqual: comparison("!="),
  less: comparison("<"),
  lessEqual: comparison("<="),
  greater: comparison(">"),
  greaterEqual: comparison(">="),
  select,
  cast,
  sum: reduction((x, axes, { output }) => `${x}.sum(${withDtype(axes, output.dtype)})`),
  max: alongOne((x) => `${x}.max(-1).values`),
  min: alongOne((x) => `${x}.min(-1).values`),
  prod: alongOne((x) => `${x}.prod(-1)`),
  argmax: (call) => {
    const axes = numbersOf(call.attributes, "axes");
    if (axes.length > 0) return tensorText(`${reducedLast(call, axes)}.argmax(-1).int()`);
    return tensorText(`torch.zeros_like(${call.whole(0, 0)}, dtype=torch.int32)`);
  },
  reshape,
  transpose,
  reverse: (call) => tensorText(`${call.whole(0)}.flip(${tuple(numbersOf(call.attributes, "axes"))})`),
  broadcast,
  slice,
  pad,
  concat,
  contract,
  conv,
  tiles: madeByPasses("tiles"),
  untile: madeByPasses("untile"),
  window_max: windowed("window_max"),
  window_argmax: windowed("window_argmax"),
  window_take: windowed("window_take"),
  window_put: windowed("window_put"),
  window_sum: windowed("window_sum"),
  window_spread: windowed("window_spread"),
  take,
  scatter_rows: scatterRows,
  pick,
  random_bits: draw("random_bits"),
  random_uniform: draw("random_uniform"),
  stop_gradient: (call) => {
    const [{ text }] = call.operands;
    return text.number ? text : tensorText(`${call.loose(0)}.detach()`, level.call, text.whole);
  },
} satisfies Readonly<Record<Exclude<OpName, "input" | "given">, Rule>>;

function withDtype(axes: string, dtype: Call["output"]["dtype"]): string {
  return [...(axes === "" ? [] : [axes]), ...(dtype === "f32" ? [] : [`dtype=${dtypeCode(dtype)}`])].join(", ");
}
