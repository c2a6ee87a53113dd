/**
 * What a call is given, checked in full before anything is changed: names, types, lengths, the open dimensions that follow from them,
 * and values.
 */
import * as codes from "../../compiler/diagnostics/codes/runtime.ts";
import { listOf, withArticle } from "../../compiler/diagnostics/lists.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import { isFields } from "../../compiler/diagnostics/values.ts";
import type { HostInput } from "../../compiler/program/host.ts";
import { elements, evaluate, nameOf, printShape, solve, symbolsOf, type Dimension } from "./dimensions.ts";
import type { View } from "./executable.ts";
import { countOf, failure, kindOf, listed, named } from "./fail.ts";

/** The rows one after the other; `{ shape, data }` where the length alone would not tell the shape. */
export type TensorInput = View | { readonly shape: readonly number[]; readonly data: View };
/** By name; a Map where names come from elsewhere. */
export type Inputs = Readonly<Record<string, TensorInput>> | ReadonlyMap<string, TensorInput>;

/**
 * A copy of all arrays, for a target that reads them when the call that they are of has its turn. What is no tensor is left as it is for the
 * check.
 */
export function copyInputs(inputs: Inputs): Inputs {
  if (inputs instanceof Map) return new Map([...inputs].map(([name, value]) => [name, copyTensor(value)]));
  if (!isFields(inputs)) return inputs;
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, copyTensor(value)]));
}

function copyTensor(value: TensorInput): TensorInput {
  if (isView(value, "f32") || isView(value, "i32")) return value.slice();
  if (!isFields(value) || !("data" in value) || !("shape" in value)) return value;
  const { shape, data } = value;
  return {
    shape: Array.isArray(shape) ? [...shape] : shape,
    data: isView(data, "f32") || isView(data, "i32") ? data.slice() : data,
  };
}

/** Whether a caller gives the inputs of several calls. */
export function isBatches(inputs: Inputs | Iterable<Inputs>): inputs is Iterable<Inputs> {
  return (
    typeof inputs === "object" &&
    inputs !== null &&
    Symbol.iterator in inputs &&
    !(inputs instanceof Map) &&
    !ArrayBuffer.isView(inputs)
  );
}

/** One input that fits: its elements, and how many of them are a row. */
export interface Given {
  readonly input: HostInput;
  readonly data: View;
}

export interface Checked {
  readonly given: readonly Given[];
  readonly sizes: ReadonlyMap<string, number>;
}

interface Shaped extends Given {
  readonly shape: readonly number[] | undefined;
}

/**
 * Throws NN0710 to NN0718, NN0743. `trusted` leaves out the look at each value, for data that were looked at before.
 */
export function checkInputs(
  wanted: readonly HostInput[],
  inputs: Inputs,
  bounds: ReadonlyMap<string, number>,
  trusted: boolean,
): Checked {
  const byName = mapOf(inputs, wanted);
  const names = wanted.map(({ name }) => name);
  for (const name of byName.keys()) {
    if (!names.includes(name))
      throw failure(codes.unknownInput, { name: named(name), inputs: listed(names) }, didYouMean(name, names));
  }
  const given = wanted.map((input) => typed(input, byName.get(input.name)));
  const sizes = bind(given, bounds);
  if (!trusted) for (const one of given) checkValues(one.input, one.data, rowsOf(one.input, sizes));
  return { given, sizes };
}

/** What was worked out from the lengths of plain arrays. */
export interface Known {
  readonly lengths: readonly { readonly input: HostInput; readonly length: number }[];
  readonly sizes: ReadonlyMap<string, number>;
}

/** Undefined where shapes told more than lengths do. */
export function knownFrom({ given, sizes }: Checked, inputs: Inputs): Known | undefined {
  const values = inputs instanceof Map ? [] : Object.values(inputs);
  if (!values.every((value) => ArrayBuffer.isView(value))) return undefined;
  return { lengths: given.map(({ input, data }) => ({ input, length: data.length })), sizes };
}

/** The check of inputs that are plain arrays as long as those before; undefined where it must be made in full. */
export function checkAgain({ lengths, sizes }: Known, inputs: unknown, trusted: boolean): Checked | undefined {
  if (typeof inputs !== "object" || inputs === null || inputs instanceof Map) return undefined;
  let count = 0;
  for (const name in inputs) if (Object.hasOwn(inputs, name)) count += 1;
  if (count !== lengths.length) return undefined;
  const given: Given[] = [];
  for (const { input, length } of lengths) {
    const value: unknown = Reflect.get(inputs, input.name);
    if (!(value instanceof (input.dtype === "f32" ? Float32Array : Int32Array)) || value.length !== length)
      return undefined;
    given.push({ input, data: value });
  }
  if (!trusted) for (const { input, data } of given) checkValues(input, data, rowsOf(input, sizes));
  return { given, sizes };
}

/** Throws NN0717, NN0718 or NN0743 at the first value that does not fit. */
export function checkValues({ name, dtype, limit, probability }: HostInput, data: View, rows: number): void {
  const width = data.length / rows;
  const refuse = (code: typeof codes.notFiniteInput, at: number): never => {
    throw failure(code, { name: named(name), row: Math.floor(at / width), found: data[at] ?? NaN });
  };
  if (dtype === "f32") {
    const bad = isAllFinite(data) ? -1 : data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) refuse(codes.notFiniteInput, bad);
    const beyond = probability === true ? data.findIndex((value) => value < 0 || value > 1) : -1;
    if (beyond >= 0) refuse(codes.beyondProbability, beyond);
    return;
  }
  const below = dtype === "bool" ? 2 : limit;
  if (below === undefined) return;
  const at = firstOutside(data, below);
  if (at >= 0)
    throw failure(codes.integerOutOfRange, {
      name: named(name),
      row: Math.floor(at / width),
      limit: below,
      found: data[at] ?? NaN,
    });
}

const nothing = 0;

/** Nothing times a finite number is nothing: four sums tell of all values, in a fraction of the time that asking each takes. */
function isAllFinite(data: View): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const fours = data.length - (data.length % 4);
  for (let i = 0; i < fours; i += 4) {
    a += nothing * data[i];
    b += nothing * data[i + 1];
    c += nothing * data[i + 2];
    d += nothing * data[i + 3];
  }
  for (let i = fours; i < data.length; i++) a += nothing * data[i];
  return a + b + c + d === 0;
}

/** Where the first value is that is not in [0, below), or −1. */
function firstOutside(data: View, below: number): number {
  for (let i = 0; i < data.length; i++) if (data[i] < 0 || data[i] >= below) return i;
  return -1;
}

/** Whether a value is the array that tensors of this type are given as, wherever its class comes from. */
export function isView(value: unknown, dtype: HostInput["dtype"]): value is View {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === `[object ${arrayName(dtype)}]`;
}

export function arrayName(dtype: HostInput["dtype"]): string {
  return dtype === "f32" ? "Float32Array" : "Int32Array";
}

function rowsOf({ shape }: HostInput, sizes: ReadonlyMap<string, number>): number {
  return shape[0] === undefined ? 1 : evaluate(shape[0], sizes);
}

function mapOf(inputs: unknown, wanted: readonly HostInput[]): ReadonlyMap<string, unknown> {
  if (inputs instanceof Map) return inputs;
  if (isFields(inputs)) return new Map(Object.entries(inputs));
  const expected = `{ ${listOf(wanted.map(({ name, dtype }) => `${name}: ${arrayName(dtype)}`))} }`;
  throw failure(codes.wrongType, { name: "inputs", expected, found: kindOf(inputs) });
}

function typed(input: HostInput, value: unknown): Shaped {
  const { name, dtype, shape } = input;
  const expected = `${withArticle(arrayName(dtype))} of shape ${printShape(shape)}`;
  if (value === undefined) throw failure(codes.missingInput, { name: named(name), expected });
  if (isView(value, dtype)) return { input, data: value, shape: undefined };
  if (typeof value === "object" && value !== null && "data" in value && "shape" in value) {
    if (isView(value.data, dtype) && isShape(value.shape)) return { input, data: value.data, shape: value.shape };
    throw failure(codes.wrongType, {
      name: named(name),
      expected,
      found: `{ shape, data } with ${kindOf(value.data)} as its data`,
    });
  }
  throw failure(codes.wrongType, { name: named(name), expected, found: kindOf(value) });
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** The open dimensions: from shapes first, then from the lengths of inputs that have one unknown left, until nothing changes. */
function bind(given: readonly Shaped[], bounds: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  const sources = new Map<string, string>();
  const set = ({ input }: Shaped, dimension: string, value: number): void => {
    const bound = bounds.get(dimension) ?? Infinity;
    if (value < 1 || value > bound)
      throw failure(codes.beyondBound, { name: named(input.name), dimension, bound, found: value });
    sizes.set(dimension, value);
    sources.set(dimension, named(input.name));
  };
  for (const one of given) checkShape(one);
  for (const one of given) bindNames(one, sizes, sources, set);
  let open = given;
  for (let before = -1; open.length > 0 && open.length !== before;) {
    before = open.length;
    open = open.filter((one) =>
      one.shape === undefined ? !bindLength(one, sizes, sources, set) : !bindSizes(one, one.shape, sizes, set),
    );
  }
  const left = open.find(({ shape }) => shape === undefined);
  if (left === undefined) return sizes;
  const { name, shape } = left.input;
  throw failure(codes.openDimensions, {
    name: named(name),
    shape: printShape(shape),
    dimensions: symbolsOf(shape, sizes).join(" and "),
  });
}

type Bind = (one: Shaped, dimension: string, value: number) => void;

/** A shape has the axes that are wanted, and the data are as many as it says. */
function checkShape({ input: { name, shape: wanted }, data, shape }: Shaped): void {
  if (shape === undefined) return;
  const product = shape.reduce((count, size) => count * size, 1);
  if (shape.length !== wanted.length || product !== data.length)
    throw misfit(name, wanted, `[${shape.join(", ")}] with ${countOf(data.length)}`);
}

function misfit(name: string, wanted: readonly Dimension[], found: string): Error {
  return failure(codes.wrongLength, { name: named(name), expected: `the shape ${printShape(wanted)}`, found });
}

/** What a shape says of the names that stand alone in it. */
function bindNames(
  one: Shaped,
  sizes: ReadonlyMap<string, number>,
  sources: ReadonlyMap<string, string>,
  set: Bind,
): void {
  for (const [axis, size] of (one.shape ?? []).entries()) {
    const dimension = one.input.shape[axis];
    const symbol = dimension === undefined ? undefined : nameOf(dimension);
    if (dimension === undefined || symbol === undefined) continue;
    if (!sizes.has(symbol)) set(one, symbol, size);
    checkAxis(one, axis, dimension, size, sizes, sources.get(symbol));
  }
}

/** Whether the shape is settled: of a dimension such as 2*K, in which one name is unknown, its size tells that one. */
function bindSizes(one: Shaped, shape: readonly number[], sizes: ReadonlyMap<string, number>, set: Bind): boolean {
  const { name, shape: wanted } = one.input;
  for (const [axis, dimension] of wanted.entries()) {
    const [unknown, ...more] = symbolsOf([dimension], sizes);
    const size = shape[axis] ?? 0;
    if (more.length > 0) continue;
    if (unknown !== undefined) {
      const value = solve([dimension], unknown, size, sizes);
      if (value === undefined) throw misfit(name, wanted, `[${shape.join(", ")}]`);
      set(one, unknown, value);
    }
    checkAxis(one, axis, dimension, size, sizes);
  }
  return symbolsOf(wanted, sizes).length === 0;
}

function checkAxis(
  { input: { name } }: Shaped,
  axis: number,
  dimension: Dimension,
  found: number,
  sizes: ReadonlyMap<string, number>,
  other = "the shape",
): void {
  const expected = evaluate(dimension, sizes);
  if (expected === found) return;
  throw failure(codes.dimensionsDisagree, {
    name: named(name),
    dimension: `axis ${axis} (${dimension.key})`,
    expected,
    found,
    other,
  });
}

/** Whether the input is settled: its length agrees, or told the one dimension that was unknown. */
function bindLength(
  one: Shaped,
  sizes: ReadonlyMap<string, number>,
  sources: ReadonlyMap<string, string>,
  set: Bind,
): boolean {
  const {
    input: { name, shape },
    data,
  } = one;
  const [unknown, ...more] = symbolsOf(shape, sizes);
  if (more.length > 0) return false;
  if (unknown === undefined) {
    if (elements(shape, sizes) !== data.length) throw disagreement(one, sizes, sources);
    return true;
  }
  const value = solve(shape, unknown, data.length, sizes);
  if (value === undefined) {
    throw failure(codes.wrongLength, {
      name: named(name),
      expected: `a length that fits the shape ${printShape(shape)}`,
      found: countOf(data.length),
    });
  }
  set(one, unknown, value);
  return true;
}

/** In terms of the open dimension that another input set, where there is one. */
function disagreement(
  { input: { name, shape }, data }: Shaped,
  sizes: ReadonlyMap<string, number>,
  sources: ReadonlyMap<string, string>,
): Error {
  for (const [dimension, other] of sources) {
    const rest = new Map(sizes);
    rest.delete(dimension);
    if (!Number.isNaN(elements(shape, rest))) continue;
    const found = solve(shape, dimension, data.length, rest);
    const expected = sizes.get(dimension) ?? NaN;
    if (found !== undefined)
      return failure(codes.dimensionsDisagree, { name: named(name), dimension, expected, found, other });
  }
  const expected = `${countOf(elements(shape, sizes))} (${printShape(shape)})`;
  return failure(codes.wrongLength, { name: named(name), expected, found: countOf(data.length) });
}
