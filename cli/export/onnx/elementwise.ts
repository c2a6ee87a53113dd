/** Rules for the operators on elements. Where ONNX has another meaning at the borders, ours is written out. */
import type { OpName } from "../../../compiler/ops/index.ts";
import { stringOf } from "../../../compiler/graph/attributes.ts";
import type { Emitter } from "./emitter.ts";
import { dataTypeNumber } from "./model.ts";
import type { DataType } from "./model.ts";
import { elementwise } from "./operand.ts";
import type { Rule } from "./rule.ts";

type Compute = (emitter: Emitter, names: readonly string[], dtype: DataType) => string;

/** `dtype` is that of the first operand. */
function rule(compute: Compute): Rule {
  return ({ emitter, inputs, type }) =>
    elementwise(inputs, type, (names) => compute(emitter, names, inputs[0].type.dtype));
}

/** An operator that means the same. */
function same(op: string): Rule {
  return rule((emitter, names) => emitter.op(op, names));
}

export function castTo(emitter: Emitter, name: string, type: DataType): string {
  return emitter.op("Cast", [name], { to: dataTypeNumber(type) });
}

/** exp(x) − 1 loses all digits near 0, where 2·t / (1 − t) with t = tanh(x/2) has them. */
const expm1: Compute = (emitter, [x]) => {
  const number = (value: number): string => emitter.scalar("f32", value);
  const t = emitter.op("Tanh", [emitter.op("Mul", [x, number(0.5)])]);
  const near = emitter.op("Div", [emitter.op("Add", [t, t]), emitter.op("Sub", [number(1), t])]);
  const far = emitter.op("Sub", [emitter.op("Exp", [x]), number(1)]);
  return emitter.op("Where", [isSmall(emitter, x, 1), near, far]);
};

/** log(1 + x) loses all digits near 0; times x / ((1 + x) − 1), what was rounded away is made good (Higham 2002). */
const log1p: Compute = (emitter, [x]) => {
  const one = emitter.scalar("f32", 1);
  const shifted = emitter.op("Add", [x, one]);
  const log = emitter.op("Log", [shifted]);
  const factor = emitter.op("Div", [x, emitter.op("Sub", [shifted, one])]);
  const near = emitter.op("Where", [emitter.op("Equal", [shifted, one]), x, emitter.op("Mul", [log, factor])]);
  return emitter.op("Where", [isSmall(emitter, x, 0.5), near, log]);
};

function isSmall(emitter: Emitter, x: string, below: number): string {
  return emitter.op("Less", [emitter.op("Abs", [x]), emitter.scalar("f32", below)]);
}

/** ONNX has a floored remainder of whole numbers, which fails by 0, and of the others one with the sign of a. */
const mod: Compute = (emitter, [a, b], dtype) => {
  if (dtype === "i32") {
    // By 0 and by −1 it is 0, as by 1; the division of the least number by −1 fails, too.
    const least = (value: number): string => emitter.op("Equal", [b, emitter.scalar("i32", value)]);
    const fails = emitter.op("Or", [least(0), least(-1)]);
    return emitter.op("Mod", [a, emitter.op("Where", [fails, emitter.scalar("i32", 1), b])]);
  }
  const rest = emitter.op("Mod", [a, b], { fmod: 1 });
  const zero = emitter.scalar("f32", 0);
  const differ = emitter.op("Less", [emitter.op("Mul", [emitter.op("Sign", [rest]), emitter.op("Sign", [b])]), zero]);
  return emitter.op("Where", [differ, emitter.op("Add", [rest, b]), rest]);
};

const not: Compute = (emitter, names) => emitter.op("Not", names);

/** Of truth values ONNX has no choice. */
const select: Compute = (emitter, [condition, a, b]) => emitter.op("Where", [condition, a, b]);

const selectTruth: Compute = (emitter, [condition, a, b]) => {
  const otherwise = emitter.op("And", [not(emitter, [condition], "bool"), b]);
  return emitter.op("Or", [emitter.op("And", [condition, a]), otherwise]);
};

/** Towards zero, saturating, NaN as 0: what ONNX leaves open. */
function wholeNumber(emitter: Emitter, x: string): string {
  const number = emitter.op("Where", [emitter.op("IsNaN", [x]), emitter.scalar("f32", 0), x]);
  const [least, most] = [-(2 ** 31), 2 ** 31 - 1].map((limit) => emitter.scalar("f64", limit));
  return castTo(emitter, emitter.op("Clip", [castTo(emitter, number, "f64"), least, most]), "i32");
}

const cast: Rule = ({ emitter, inputs, node, type }) => {
  const [{ type: from }] = inputs;
  const to = stringOf(node.attributes, "dtype");
  return elementwise(inputs, type, ([x]) => {
    if (from.dtype === to) return x;
    return from.dtype === "f32" && to === "i32" ? wholeNumber(emitter, x) : castTo(emitter, x, type.dtype);
  });
};

const rules = {
  neg: same("Neg"),
  abs: same("Abs"),
  floor: same("Floor"),
  sqrt: same("Sqrt"),
  not: rule(not),
  sign: same("Sign"),
  exp: same("Exp"),
  expm1: rule(expm1),
  log: same("Log"),
  log1p: rule(log1p),
  sin: same("Sin"),
  cos: same("Cos"),
  tanh: same("Tanh"),
  erf: same("Erf"),
  // ONNX has no function with the digits of the tail: far above 0 it is 0.
  erfc: rule((emitter, [x]) => emitter.op("Sub", [emitter.scalar("f32", 1), emitter.op("Erf", [x])])),
  add: same("Add"),
  sub: same("Sub"),
  mul: same("Mul"),
  div: same("Div"),
  mod: rule(mod),
  pow: same("Pow"),
  maximum: same("Max"),
  minimum: same("Min"),
  and: same("And"),
  or: same("Or"),
  equal: same("Equal"),
  notEqual: rule((emitter, names) => not(emitter, [emitter.op("Equal", names)], "bool")),
  less: same("Less"),
  lessEqual: same("LessOrEqual"),
  greater: same("Greater"),
  greaterEqual: same("GreaterOrEqual"),
  select: (context) => rule(context.type.dtype === "bool" ? selectTruth : select)(context),
  cast,
  stop_gradient: ({ inputs: [x] }) => x,
} satisfies Partial<Record<OpName, Rule>>;

export { rules as elementwiseRules };
