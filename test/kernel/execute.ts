/** Runs scheduled kernels as targets must: float32 after every operation, every access checked. For tests only. */
import { evaluate as evaluateDimension } from "../../compiler/dimension/dimension.ts";
import { binaryF32, binaryI32, comparisons, convert, unaryF32, unaryI32 } from "../../compiler/loops/arithmetic.ts";
import { evaluateFunction } from "../../compiler/loops/evaluate-function.ts";
import { functions } from "../../compiler/loops/functions.ts";
import type { Index, IndexAtom } from "../../compiler/loops/types.ts";
import type { Expression, ScheduledKernel, Statement } from "../../compiler/program/types.ts";

export type Buffer = Float32Array | Int32Array;

type Lanes = readonly number[];

interface Frame {
  readonly buffers: ReadonlyMap<string, Buffer>;
  readonly dims: ReadonlyMap<string, number>;
  /** Loop variables and locals: one number, or four. */
  readonly names: Map<string, Lanes>;
}

type Table = Readonly<Partial<Record<string, (...values: number[]) => number>>>;

const calls = new Map(functions.map((definition) => [definition.name, evaluateFunction(definition)]));

/** Runs the kernel on its parameters' buffers; its private arrays start as NaN. */
export function execute(
  kernel: ScheduledKernel,
  parameters: ReadonlyMap<string, Buffer>,
  dims: ReadonlyMap<string, number>,
): void {
  const buffers = new Map(parameters);
  for (const { name, dtype, elements } of kernel.arrays) {
    buffers.set(name, dtype === "f32" ? new Float32Array(elements).fill(NaN) : new Int32Array(elements));
  }
  run(kernel.body, { buffers, dims, names: new Map() });
}

function run(statements: readonly Statement[], frame: Frame): void {
  for (const statement of statements) runOne(statement, frame);
}

function runOne(statement: Statement, frame: Frame): void {
  switch (statement.kind) {
    case "for": {
      const { variable, step, body } = statement;
      const [from, to] = [indexValue(statement.from, frame), indexValue(statement.to, frame)];
      if (to > from && step > 1 && (to - from) % step !== 0 && !statement.body.some(({ kind }) => kind === "if")) {
        throw new Error(`the steps of ${variable} do not meet its end`);
      }
      for (let value = from; value < to; value += step) {
        frame.names.set(variable, [value]);
        run(body, frame);
      }
      return;
    }
    case "define":
    case "assign":
      frame.names.set(statement.name, value(statement.value, frame));
      return;
    case "store": {
      const lanes = value(statement.value, frame);
      const address = indexValue(statement.address, frame);
      const buffer = bufferOf(statement.buffer, address, lanes.length, frame);
      for (const [lane, one] of lanes.entries()) buffer[address + lane] = one;
      return;
    }
    case "if":
      return run(value(statement.condition, frame)[0] !== 0 ? statement.whenTrue : statement.otherwise, frame);
    case "comment":
      return;
  }
}

function bufferOf(name: string, address: number, count: number, { buffers }: Frame): Buffer {
  const buffer = buffers.get(name);
  if (buffer === undefined || address < 0 || address + count > buffer.length || !Number.isInteger(address)) {
    throw new Error(`${name}[${address}] is outside`);
  }
  return buffer;
}

/** As many numbers as the expression has lanes. */
function value(expression: Expression, frame: Frame): Lanes {
  const found = compute(expression, frame);
  if (found.length !== expression.type.lanes)
    throw new Error(`${expression.kind} has ${found.length} lanes, its type ${expression.type.lanes}`);
  return found;
}

function compute(expression: Expression, frame: Frame): Lanes {
  const { dtype, lanes } = expression.type;
  const operand = (one: Expression): Lanes => value(one, frame);
  const each = (fn: (lane: number) => number): Lanes => Array.from({ length: lanes }, (_, lane) => fn(lane));
  switch (expression.kind) {
    case "constant":
      return each(() => expression.value);
    case "variable":
      return nameValue(expression.name, frame);
    case "index": {
      const base = indexValue(expression.index, frame);
      return each((lane) => base + lane);
    }
    case "load": {
      const address = indexValue(expression.address, frame);
      const buffer = bufferOf(expression.buffer, address, lanes, frame);
      return each((lane) => buffer[address + lane]);
    }
    case "splat": {
      const [one] = operand(expression.value);
      return each(() => one);
    }
    case "lane":
      return [operand(expression.value)[expression.lane]];
    case "pack":
      return expression.values.map((one) => operand(one)[0]);
    case "shuffle": {
      const all = [...operand(expression.left), ...operand(expression.right)];
      return expression.lanes.map((lane) => all[lane]);
    }
    case "unary": {
      const table: Table = expression.value.type.dtype === "f32" ? unaryF32 : unaryI32;
      return operand(expression.value).map((one) => apply(table, expression.operator, one));
    }
    case "binary": {
      const table: Table = dtype === "f32" ? binaryF32 : binaryI32;
      const right = operand(expression.right);
      return operand(expression.left).map((left, lane) => apply(table, expression.operator, left, right[lane]));
    }
    case "compare": {
      const right = operand(expression.right);
      return operand(expression.left).map((left, lane) => Number(comparisons[expression.operator](left, right[lane])));
    }
    case "select": {
      const [whenTrue, otherwise] = [operand(expression.whenTrue), operand(expression.otherwise)];
      return operand(expression.condition).map((chosen, lane) => (chosen !== 0 ? whenTrue : otherwise)[lane]);
    }
    case "cast":
      return operand(expression.value).map((one) => convert(one, dtype));
    case "call": {
      const values = expression.arguments.map(operand);
      const call = calls.get(expression.function);
      if (call === undefined) throw new Error(`no function ${expression.function}`);
      return each((lane) => call(...values.map((one) => one[lane])));
    }
  }
}

function apply(table: Table, operator: string, ...values: number[]): number {
  const fn = table[operator];
  if (fn === undefined) throw new Error(`no operator ${operator}`);
  return fn(...values);
}

function nameValue(name: string, { names }: Frame): Lanes {
  const found = names.get(name);
  if (found === undefined) throw new Error(`${name} has no value`);
  return found;
}

function indexValue(index: Index, frame: Frame): number {
  const size = (dimension: Index["constant"]): number => {
    const known = evaluateDimension(dimension, frame.dims);
    if (known === undefined) throw new Error(`${dimension.key} has no value`);
    return known;
  };
  return index.terms.reduce(
    (sum, { atom, coefficient }) => sum + size(coefficient) * atomValue(atom, frame, size),
    size(index.constant),
  );
}

function atomValue(atom: IndexAtom, frame: Frame, size: (dimension: Index["constant"]) => number): number {
  switch (atom.kind) {
    case "axis":
      return nameValue(atom.axis, frame)[0];
    case "quotient":
      return Math.floor(indexValue(atom.value, frame) / size(atom.divisor));
    case "remainder": {
      const divisor = size(atom.divisor);
      return indexValue(atom.value, frame) - divisor * Math.floor(indexValue(atom.value, frame) / divisor);
    }
    case "data": {
      if (atom.value.kind !== "local") throw new Error("data is no local");
      const [found] = nameValue(atom.value.name, frame);
      if (found < 0 || found >= size(atom.size)) throw new Error(`${atom.value.name} = ${found} is not clamped`);
      return found;
    }
  }
}
