/** What must hold of a scheduled kernel by itself: names defined before use and once, types and lanes, known dimensions. */
import { symbolsOf } from "../dimension/dimension.ts";
import { dataScalarsOf, dimensionsOf } from "../loops/index.ts";
import type { ElementType, Index } from "../loops/types.ts";
import { printExpression, printIndex } from "./print.ts";
import { namesOfIndex } from "./uses.ts";
import type { Expression, FunctionDefinition, ScheduledKernel, Statement, ValueType } from "./types.ts";

interface Name {
  readonly type: ValueType;
  readonly mutable: boolean;
}

interface Visible {
  readonly names: Map<string, Name>;
  readonly buffers: ReadonlyMap<string, ElementType>;
  readonly written: ReadonlySet<string>;
  readonly dims: ReadonlySet<string>;
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  /** Every name that the kernel has defined, visible or not. */
  readonly all: Set<string>;
}

/** Sentences of what was expected and what was found. */
export function verifyScheduledKernel(
  kernel: ScheduledKernel,
  functions: ReadonlyMap<string, FunctionDefinition>,
): readonly string[] {
  const { name, parameters, arrays, dims, body } = kernel;
  const buffers = [...parameters, ...arrays];
  const repeated = buffers.filter((one, at) => buffers.findIndex((other) => other.name === one.name) < at);
  const visible: Visible = {
    names: new Map(),
    all: new Set(),
    dims: new Set(dims),
    buffers: new Map(buffers.map((one) => [one.name, one.dtype])),
    written: new Set([...parameters.filter(({ access }) => access !== "read"), ...arrays].map((one) => one.name)),
    functions,
  };
  const problems = [...repeated.map((one) => `two buffers are ${one.name}`), ...verifyList(body, visible)];
  return problems.map((problem) => `${name}: ${problem}`);
}

function verifyList(statements: readonly Statement[], outer: Visible): readonly string[] {
  const visible = { ...outer, names: new Map(outer.names) };
  return statements.flatMap((statement) => verifyStatement(statement, visible));
}

function verifyStatement(statement: Statement, visible: Visible): readonly string[] {
  switch (statement.kind) {
    case "for": {
      const { variable, from, to, step, body } = statement;
      const ends = [...verifyIndex(from, visible), ...verifyIndex(to, visible)];
      const steps = Number.isInteger(step) && step > 0 ? [] : [`expected a step above 0, found ${step}`];
      return [
        ...ends,
        ...steps,
        ...define(variable, { dtype: "i32", lanes: 1 }, false, visible),
        ...verifyList(body, visible),
      ];
    }
    case "define": {
      const { name, type, mutable, value } = statement;
      return [...verifyTyped(value, type, visible), ...define(name, type, mutable, visible)];
    }
    case "assign": {
      const known = visible.names.get(statement.name);
      if (known?.mutable !== true) return [`expected a variable to assign, found ${statement.name}`];
      return verifyTyped(statement.value, known.type, visible);
    }
    case "store": {
      const { buffer, address, value } = statement;
      const dtype = visible.buffers.get(buffer);
      const writable = visible.written.has(buffer) ? [] : [`expected a buffer to write, found ${buffer}`];
      const type = { dtype: dtype ?? value.type.dtype, lanes: value.type.lanes };
      return [...writable, ...verifyIndex(address, visible), ...verifyTyped(value, type, visible)];
    }
    case "if": {
      const condition = verifyTyped(statement.condition, { dtype: "bool", lanes: 1 }, visible);
      return [...condition, ...verifyList(statement.whenTrue, visible), ...verifyList(statement.otherwise, visible)];
    }
    case "comment":
      return [];
  }
}

function define(name: string, type: ValueType, mutable: boolean, { names, all }: Visible): readonly string[] {
  const again = all.has(name) ? [`expected a new name, found ${name} again`] : [];
  all.add(name);
  names.set(name, { type, mutable });
  return again;
}

function verifyTyped(value: Expression, { dtype, lanes }: ValueType, visible: Visible): readonly string[] {
  const fits = value.type.dtype === dtype && value.type.lanes === lanes;
  const found = fits
    ? []
    : [`expected ${dtype}x${lanes}, found ${value.type.dtype}x${value.type.lanes}: ${printExpression(value)}`];
  return [...found, ...verifyExpression(value, visible)];
}

/** The dtype and lanes of each operand, given the expression's own. */
function verifyExpression(expression: Expression, visible: Visible): readonly string[] {
  const { type } = expression;
  const typed = (value: Expression, dtype: ElementType, lanes = type.lanes): readonly string[] =>
    verifyTyped(value, { dtype, lanes }, visible);
  switch (expression.kind) {
    case "constant":
      return [];
    case "variable": {
      const known = visible.names.get(expression.name);
      if (known === undefined) return [`expected a name defined before, found ${expression.name}`];
      const same = known.type.dtype === type.dtype && known.type.lanes === type.lanes;
      return same
        ? []
        : [`expected ${expression.name} as ${known.type.dtype}x${known.type.lanes}, found ${type.dtype}x${type.lanes}`];
    }
    case "index":
      return verifyIndex(expression.index, visible);
    case "load": {
      const dtype = visible.buffers.get(expression.buffer);
      const fits =
        dtype === type.dtype
          ? []
          : [`expected ${dtype ?? "a known buffer"}, found a load of ${type.dtype} from ${expression.buffer}`];
      return [...fits, ...verifyIndex(expression.address, visible)];
    }
    case "splat":
      return [
        ...(type.lanes === 4 ? [] : ["expected four lanes of a splat, found one"]),
        ...typed(expression.value, type.dtype, 1),
      ];
    case "lane":
      return [
        ...(type.lanes === 1 ? [] : ["expected one lane, found four"]),
        ...typed(expression.value, type.dtype, 4),
      ];
    case "pack":
      return expression.values.flatMap((value) => typed(value, type.dtype, 1));
    case "shuffle": {
      const known = expression.lanes.every((lane) => Number.isInteger(lane) && lane >= 0 && lane < 8);
      return [
        ...(known ? [] : [`expected lanes from 0 to 7, found ${expression.lanes.join(" ")}`]),
        ...(type.lanes === 4 ? [] : ["expected four lanes of a shuffle, found one"]),
        ...typed(expression.left, type.dtype, 4),
        ...typed(expression.right, type.dtype, 4),
      ];
    }
    case "unary":
      return typed(expression.value, operandOf(expression.operator, type.dtype));
    case "binary":
      return [...typed(expression.left, type.dtype), ...typed(expression.right, type.dtype)];
    case "compare":
      return [
        ...typed(expression.left, expression.left.type.dtype),
        ...typed(expression.right, expression.left.type.dtype),
      ];
    case "select":
      return [
        ...typed(expression.condition, "bool"),
        ...typed(expression.whenTrue, type.dtype),
        ...typed(expression.otherwise, type.dtype),
      ];
    case "cast":
      return typed(expression.value, expression.value.type.dtype);
    case "call":
      return verifyCall(expression, visible);
  }
}

function operandOf(operator: string, dtype: ElementType): ElementType {
  if (operator === "bits") return "f32";
  return operator === "unbits" ? "i32" : dtype;
}

function verifyCall(call: Extract<Expression, { kind: "call" }>, visible: Visible): readonly string[] {
  const { type } = call;
  const definition = visible.functions.get(call.function);
  if (definition === undefined) return [`expected a function of the program, found ${call.function}`];
  const { parameters, dtype } = definition;
  if (parameters.length !== call.arguments.length || dtype !== type.dtype) {
    return [
      `expected ${call.function} of ${parameters.length} to ${dtype}, found it of ${call.arguments.length} to ${type.dtype}`,
    ];
  }
  return call.arguments.flatMap((value, at) =>
    verifyTyped(value, { dtype: parameters[at].dtype, lanes: type.lanes }, visible),
  );
}

function verifyIndex(index: Index, { names, dims }: Visible): readonly string[] {
  const unknown = namesOfIndex(index).filter(
    (name) => names.get(name)?.type.dtype !== "i32" || names.get(name)?.type.lanes !== 1,
  );
  const open = dimensionsOf(index)
    .flatMap((dimension) => [...symbolsOf(dimension)])
    .filter((name) => !dims.has(name));
  return [
    ...unknown.map((name) => `expected an i32 defined before, found ${name} in ${printIndex(index)}`),
    ...open.map((name) => `expected a dimension of the kernel, found ${name} in ${printIndex(index)}`),
    ...dataScalarsOf(index)
      .filter(({ kind }) => kind !== "local")
      .map(({ kind }) => `expected a local for data, found ${kind}`),
  ];
}
