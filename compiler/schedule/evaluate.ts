/**
 * Scalars to expressions at a point. What does not change along a vector point's lanes stays one number and is splatted
 * where it meets four; a load is contiguous, invariant, or four loads packed.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { add, constant, isConstant, minimum, multiply, subtract, type Dimension } from "../dimension/dimension.ts";
import {
  addIndex,
  axesOf,
  axisIndex,
  constantIndex,
  dataScalarsOf,
  fromTerms,
  heldIndex,
  quotient,
  remainder,
  substituteAxes,
  subtractIndex,
} from "../loops/index.ts";
import { local } from "../loops/scalar.ts";
import type { Index, IndexAtom, IndexTerm, Scalar } from "../loops/types.ts";
import type { Expression } from "../program/types.ts";
import type { Emitter } from "./emitter.ts";
import { binaryOf, compareOf, constantOf, indexOf, laneNumbers, selectOf } from "./expressions.ts";

/** The scalar's value at the point, named; of four lanes only if it changes along them. */
export function evaluate(emitter: Emitter, scalar: Scalar, point: Point, hint?: string): Expression {
  const operand = (child: Scalar): Expression => evaluate(emitter, child, point);
  const named = (value: Expression): Expression => emitter.define(value, hint);
  switch (scalar.kind) {
    case "constant":
      return constantOf(scalar.dtype, scalar.value);
    case "dimension":
      return named(indexOf(constantIndex(scalar.dimension)));
    case "index":
      return named(evaluateIndex(emitter, scalar.index, point));
    case "load":
      return evaluateLoad(emitter, scalar, point, hint);
    case "local":
      return localAt(emitter, scalar.name, point);
    case "unary": {
      const value = operand(scalar.value);
      return named({
        kind: "unary",
        operator: scalar.operator,
        value,
        type: { dtype: scalar.dtype, lanes: value.type.lanes },
      });
    }
    case "binary": {
      const [left, right] = alike(emitter, [operand(scalar.left), operand(scalar.right)]);
      if (scalar.operator === "mod" && left.type.lanes === 4) return packLanes(emitter, scalar, point);
      return named(binaryOf(scalar.operator, left, right));
    }
    case "compare": {
      const [left, right] = alike(emitter, [operand(scalar.left), operand(scalar.right)]);
      return named(compareOf(scalar.operator, left, right));
    }
    case "select": {
      const sides = [operand(scalar.condition), operand(scalar.whenTrue), operand(scalar.otherwise)];
      const [condition, whenTrue, otherwise] = alike(emitter, sides);
      return named(selectOf(condition, whenTrue, otherwise));
    }
    case "cast": {
      const value = operand(scalar.value);
      return named({ kind: "cast", value, type: { dtype: scalar.dtype, lanes: value.type.lanes } });
    }
    case "call": {
      const { name, dtype } = scalar.function.definition;
      const values = alike(emitter, scalar.arguments.map(operand));
      return named({ kind: "call", function: name, arguments: values, type: { dtype, lanes: values[0].type.lanes } });
    }
  }
}

/** Four lanes of the value, whatever it has. */
export function splat(emitter: Emitter, value: Expression): Expression {
  if (value.type.lanes === 4) return value;
  const type = { dtype: value.type.dtype, lanes: 4 } as const;
  return value.kind === "constant" ? { ...value, type } : emitter.define({ kind: "splat", value, type });
}

/** The values with equal lanes. */
function alike(emitter: Emitter, values: readonly Expression[]): readonly Expression[] {
  return values.some(({ type }) => type.lanes === 4) ? values.map((value) => splat(emitter, value)) : values;
}

/** Lane `lane` of a value; of a number, itself. */
function laneValue(emitter: Emitter, value: Expression, lane: 0 | 1 | 2 | 3): Expression {
  if (value.type.lanes === 1) return value;
  if (value.kind === "constant") return constantOf(value.type.dtype, value.value);
  return emitter.define({ kind: "lane", value, lane, type: { dtype: value.type.dtype, lanes: 1 } });
}

function localAt(emitter: Emitter, name: string, point: Point): Expression {
  const own = point.locals.get(name);
  if (own !== undefined) return own;
  if (point.of === undefined) throw new InternalError("schedule", `the local '${name}' has no value here`);
  return laneValue(emitter, localAt(emitter, name, point.of.point), point.of.lane);
}

function evaluateLoad(
  emitter: Emitter,
  scalar: Extract<Scalar, { kind: "load" }>,
  point: Point,
  hint?: string,
): Expression {
  const address = placeIndex(emitter, scalar.indices[0], point);
  if (address === undefined) return packLanes(emitter, scalar, point);
  const stride = laneStride(address);
  if (stride === "other") return turned(emitter, scalar, point) ?? packLanes(emitter, scalar, point);
  const type = { dtype: scalar.dtype, lanes: stride === 1 ? 4 : 1 } as const;
  return emitter.define(
    { kind: "load", buffer: scalar.tensor, address: firstLane(address), type },
    hint ?? nameOf(scalar.tensor),
  );
}

/**
 * The load at a row of a square of four rows of four lanes, whose elements lie side by side along the rows: the vectors along the
 * rows are loaded, which all four rows share, and transposed in registers. Undefined where they do not lie so.
 */
function turned(
  emitter: Emitter,
  { tensor, dtype, indices }: Extract<Scalar, { kind: "load" }>,
  point: Point,
): Expression | undefined {
  const { square } = point;
  if (square === undefined || dataScalarsOf(indices[0]).length > 0) return undefined;
  const type = { dtype, lanes: 4 } as const;
  const addresses = laneNumbers.map((lane) => {
    const { axes } = laneOf(point, lane);
    const along: Point = { ...origin, axes: new Map([...axes, ...square.places]), vector: true };
    return placeIndex(emitter, indices[0], along);
  });
  const columns = addresses.flatMap((address): readonly Expression[] =>
    address === undefined || laneStride(address) !== 1
      ? []
      : [emitter.define({ kind: "load", buffer: tensor, address: firstLane(address), type }, nameOf(tensor))],
  );
  if (columns.length < 4) return undefined;
  const shuffle = (left: Expression, right: Expression, lanes: Lanes4): Expression =>
    emitter.define({ kind: "shuffle", left, right, lanes, type });
  const [a, b, c, d] = columns;
  const pair: Lanes4 = square.row < 2 ? [0, 4, 1, 5] : [2, 6, 3, 7];
  return shuffle(shuffle(a, b, pair), shuffle(c, d, pair), square.row % 2 === 0 ? [0, 1, 4, 5] : [2, 3, 6, 7]);
}

type Lanes4 = Extract<Expression, { kind: "shuffle" }>["lanes"];

/** The last part of a tensor's name, as a variable. */
export function nameOf(tensor: string): string {
  const last = tensor.split(".").at(-1) ?? tensor;
  return /^\p{ID_Start}\p{ID_Continue}*$/u.test(last) ? last : "v";
}

/** The scalar at each lane, packed: what runs along no axis of the tensor. */
function packLanes(emitter: Emitter, scalar: Scalar, point: Point): Expression {
  const [a, b, c, d] = laneNumbers.map((lane) => evaluate(emitter, scalar, laneOf(point, lane)));
  return emitter.define({ kind: "pack", values: [a, b, c, d], type: { dtype: a.type.dtype, lanes: 4 } });
}

function evaluateIndex(emitter: Emitter, index: Index, point: Point): Expression {
  const placed = placeIndex(emitter, index, point);
  const stride = placed === undefined ? "other" : laneStride(placed);
  if (placed === undefined || stride === "other") return packLanes(emitter, { kind: "index", index }, point);
  return indexOf(firstLane(placed), stride === 1 ? 4 : 1);
}

/**
 * The index at the point, its data in named i32 within range. Undefined where data changes along the lanes: then there
 * is no one index.
 */
export function placeIndex(emitter: Emitter, index: Index, point: Point): Index | undefined {
  const terms: IndexTerm[] = [];
  let sum = index.constant;
  for (const { atom, coefficient } of index.terms) {
    const placed = placeAtom(emitter, atom, point);
    if (placed === undefined) return undefined;
    for (const term of placed.terms)
      terms.push({ atom: term.atom, coefficient: multiply(term.coefficient, coefficient) });
    sum = add(sum, multiply(placed.constant, coefficient));
  }
  return fromTerms(terms, sum);
}

function placeAtom(emitter: Emitter, atom: IndexAtom, point: Point): Index | undefined {
  switch (atom.kind) {
    case "axis": {
      const placed = point.axes.get(atom.axis);
      if (placed === undefined) throw new InternalError("schedule", `the axis '${atom.axis}' has no place here`);
      return placed;
    }
    case "quotient":
    case "remainder": {
      const value = placeIndex(emitter, atom.value, point);
      return value && (atom.kind === "quotient" ? quotient : remainder)(value, atom.divisor);
    }
    case "data": {
      const value = evaluate(emitter, atom.value, point);
      if (value.type.lanes === 4) return undefined;
      if (value.kind === "constant") {
        const last = subtract(atom.size, constant(1));
        return constantIndex(minimum(constant(Math.max(0, value.value)), last));
      }
      return boundedIndex(
        emitter,
        value,
        constantIndex(0),
        subtractIndex(constantIndex(atom.size), constantIndex(1)),
        atom.size,
      );
    }
  }
}

/** An i32 held between two indices from 0 on, both included, as an index; `size` is above every value of it. */
export function boundedIndex(emitter: Emitter, value: Expression, low: Index, high: Index, size: Dimension): Index {
  const above = emitter.define(binaryOf("maximum", value, emitter.define(indexOf(low))));
  const held = emitter.define(binaryOf("minimum", above, emitter.define(indexOf(high))), "at");
  if (held.kind !== "variable") throw new InternalError("schedule", "a bounded index has no name");
  return heldIndex(local(held.name, "i32"), size);
}

/** How an index runs along the lanes: not at all, by one, or otherwise. */
export function laneStride(index: Index): 0 | 1 | "other" {
  const lane = index.terms.find(isLane);
  const inside = index.terms.some(
    (term) => term.atom.kind !== "axis" && axesOf({ terms: [term], constant: index.constant }).has(laneAxis),
  );
  if (inside) return "other";
  if (lane === undefined) return 0;
  return isConstant(lane.coefficient, 1) ? 1 : "other";
}

function isLane({ atom }: IndexTerm): boolean {
  return atom.kind === "axis" && atom.axis === laneAxis;
}

/** The index at lane 0, where it runs along the lanes by one or not at all. */
function firstLane(index: Index): Index {
  return { terms: index.terms.filter((term) => !isLane(term)), constant: index.constant };
}

/** The value converted to lanes of a store: four where the address runs along them. */
export function storeAt(emitter: Emitter, buffer: string, index: Index, value: Expression, point: Point): void {
  const address = placeIndex(emitter, index, point);
  if (address !== undefined && !point.vector) return emitter.store(buffer, address, value);
  if (address !== undefined && laneStride(address) === 1 && point.skip === 0) {
    return emitter.store(buffer, firstLane(address), splat(emitter, value));
  }
  for (const lane of laneNumbers) {
    if (lane < point.skip) continue;
    const here = placeIndex(emitter, index, laneOf(point, lane));
    if (here === undefined) throw new InternalError("schedule", "a lane's address has no single value");
    emitter.store(buffer, here, laneValue(emitter, value, lane));
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Points
// ---------------------------------------------------------------------------------------------------------------------

// Points: where scalars are evaluated. A point places every axis in force at an index over loop variables, and knows
// the values named so far. A vector point is four points side by side: its placements run along `laneAxis`.

/** The pseudo axis 0…3 of a vector point's lanes. */
const laneAxis = "$lane";

export interface Point {
  readonly axes: ReadonlyMap<string, Index>;
  readonly locals: Map<string, Expression>;
  /** True where placements use `laneAxis`. */
  readonly vector: boolean;
  /** Lanes from the first that another point stores: an overlapping last tile computes them again, and drops them. */
  readonly skip: number;
  /** Set where it is one of four rows beside each other: where an axis stands for all of them, as vectors along the rows. */
  readonly square?: { readonly places: readonly (readonly [string, Index])[]; readonly row: number };
  /** Set where this is one lane of a vector point: its locals are lanes of that one's. */
  readonly of?: { readonly point: Point; readonly lane: 0 | 1 | 2 | 3 };
}

export const origin: Point = { axes: new Map(), locals: new Map(), vector: false, skip: 0 };

/** The point moved to these places; it sees the locals so far, and its own stay its own. */
export function at(point: Point, places: Iterable<readonly [string, Index]>, lanes?: { readonly skip: number }): Point {
  const axes = new Map([...point.axes, ...places]);
  const { of, square } = point;
  const base = {
    ...(square === undefined ? {} : { square }),
    axes,
    locals: new Map(point.locals),
    vector: point.vector || lanes !== undefined,
    skip: lanes?.skip ?? point.skip,
  };
  return of === undefined ? base : { ...base, of };
}

/** Lane `lane` of a vector point. */
function laneOf(point: Point, lane: 0 | 1 | 2 | 3): Point {
  if (!point.vector) return point;
  const places = new Map([[laneAxis, constantIndex(lane)]]);
  const axes = new Map([...point.axes].map(([name, index]) => [name, substituteAxes(index, places)]));
  return { axes, locals: new Map(), vector: false, skip: 0, of: { point, lane } };
}

/** `base + offset`, and along the lanes for a vector. */
export function place(base: Index, offset: number, vector: boolean): Index {
  const moved = addIndex(base, constantIndex(constant(offset)));
  return vector ? addIndex(moved, axisIndex(laneAxis)) : moved;
}
