/**
 * Whether two stores can ever write one element. Their addresses are sums of loop variables, each loop with a variable of its
 * own; so it is their difference that tells, by its range or by the strides that it is made of.
 */
import type { Dimension } from "../dimension/dimension.ts";
import {
  add,
  constant,
  constantValue,
  divideExactly,
  floorDivide,
  isConstant,
  multiply,
  splitExactly,
  subtract,
} from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import { isNonNegative } from "../dimension/interval.ts";
import type { AxisRange, Ranges } from "../loops/index.ts";
import {
  addIndex,
  axisIndex,
  constantIndex,
  extremes,
  fromTerms,
  range,
  scaleIndex,
  substituteAxes,
  subtractIndex,
} from "../loops/index.ts";
import { indexKey } from "../loops/keys.ts";
import { push } from "../loops/push.ts";
import type { Index, IndexTerm } from "../loops/types.ts";
import type { Facts } from "./integer.ts";
import { enterLoop } from "./integer.ts";
import type { Statement } from "./types.ts";

/** The places that statements store to, and where the variables in them run. */
export interface Places {
  /** By buffer. */
  readonly addresses: ReadonlyMap<string, readonly Index[]>;
  readonly ranges: Ranges;
}

/** Axes for the lanes of a vector, by names that no variable has. */
const [lane, otherLane] = ["lane of four", "other lane of four"];
const fourLanes: AxisRange = { from: constant(0), to: constant(4) };

/** Of all stores, those inside loops and conditions included; `facts` are those where the statements stand. */
export function placesOf(statements: readonly Statement[], facts: Facts): Places {
  const places = { addresses: new Map<string, Index[]>(), ranges: new Map(facts.ranges) };
  collect(statements, facts, new Map(), places);
  return places;
}

/** `turns` are loop variables as their turns count them, so that a step leaves no doubt where the last turn ends. */
function collect(
  statements: readonly Statement[],
  facts: Facts,
  turns: ReadonlyMap<string, Index>,
  places: { readonly addresses: Map<string, Index[]>; readonly ranges: Map<string, AxisRange> },
): void {
  for (const statement of statements) {
    switch (statement.kind) {
      case "for": {
        const { variable, from, to, step, body } = statement;
        const inside = enterLoop(facts, variable, from, to);
        const isKnown = from.terms.length === 0 && to.terms.length === 0;
        const own = isKnown
          ? { from: constant(0), to: turnsOf(from.constant, to.constant, step) }
          : inside.ranges.get(variable);
        if (own !== undefined) places.ranges.set(variable, own);
        const counted = addIndex(from, scaleIndex(axisIndex(variable), step));
        collect(body, inside, isKnown ? new Map([...turns, [variable, counted]]) : turns, places);
        break;
      }
      case "if":
        collect([...statement.whenTrue, ...statement.otherwise], facts, turns, places);
        break;
      case "store": {
        const { buffer, address, value } = statement;
        const first = substituteAxes(address, turns);
        const place = value.type.lanes === 4 ? addIndex(first, axisIndex(lane)) : first;
        push(places.addresses, buffer, place);
        break;
      }
      case "define":
      case "assign":
      case "comment":
    }
  }
}

/** How often a loop runs through its body. */
export function turnsOf(from: Dimension, to: Dimension, step: number): Dimension {
  return floorDivide(add(subtract(to, from), constant(step - 1)), constant(step));
}

/** Whether it is known that no place of the buffer on the left is one on the right. */
export function areApart(left: Places, right: Places, buffer: string, bounds: Bounds): boolean {
  const lanes: Iterable<readonly [string, AxisRange]> = [
    [lane, fourLanes],
    [otherLane, fourLanes],
  ];
  const ranges = new Map([...left.ranges, ...right.ranges, ...lanes]);
  const renamed = new Map([[lane, axisIndex(otherLane)]]);
  const others = (right.addresses.get(buffer) ?? []).map((other) => scaleIndex(substituteAxes(other, renamed), -1));
  // Stores of an unrolled loop are equally far from each other, again and again.
  const seen = new Set<string>();
  return (left.addresses.get(buffer) ?? []).every((one) =>
    others.every((other) => {
      const difference = addIndex(one, other);
      const key = indexKey(difference);
      if (seen.has(key)) return true;
      seen.add(key);
      return isNeverZero(difference, ranges, bounds);
    }),
  );
}

/** False also where it is not known. */
function isNeverZero(index: Index, ranges: Ranges, bounds: Bounds): boolean {
  const ends = extremes(index, ranges, bounds);
  if (ends === undefined) return false;
  const [above, below] = [subtract(ends.low, constant(1)), subtract(constant(-1), ends.high)];
  if (isKnown(above, bounds) || isKnown(below, bounds)) return true;
  return stridesOf(index, bounds).some((stride) => {
    const parts = partsBy(stride, index, ranges, bounds);
    return parts !== undefined && parts.some((part) => isNeverZero(part, ranges, bounds));
  });
}

/** The coefficients but 1, without their signs. */
function stridesOf({ terms }: Index, bounds: Bounds): readonly Dimension[] {
  const sizes = terms.map(({ coefficient }) =>
    isNonNegative(coefficient, bounds) ? coefficient : subtract(constant(0), coefficient),
  );
  const strides = new Map(sizes.map((size) => [size.key, size]));
  return [...strides.values()].filter(
    (stride) => !isConstant(stride, 1) && isNonNegative(subtract(stride, constant(1)), bounds),
  );
}

/** Two that are 0 where the index is: index = stride·first + second, and the second is less than a stride from 0. */
function partsBy(stride: Dimension, index: Index, ranges: Ranges, bounds: Bounds): readonly Index[] | undefined {
  const multiples: IndexTerm[] = [];
  const others: IndexTerm[] = [];
  for (const { atom, coefficient } of index.terms) {
    const by = divideExactly(coefficient, stride);
    if (by === undefined) others.push({ atom, coefficient });
    else multiples.push({ atom, coefficient: by });
  }
  const [by, remaining] = splitExactly(index.constant, stride);
  const rest = fromTerms(others, remaining);
  const number = constantValue(stride);
  // As near to 0 as whole strides bring it.
  const moved = number === undefined ? 0 : Math.ceil(range(rest, ranges, bounds).low / number) + 0;
  if (!Number.isFinite(moved)) return undefined;
  const second = subtractIndex(rest, scaleIndex(constantIndex(stride), moved));
  const ends = extremes(second, ranges, bounds);
  const isNear =
    ends !== undefined &&
    isKnown(subtract(add(ends.low, stride), constant(1)), bounds) &&
    isKnown(subtract(subtract(stride, constant(1)), ends.high), bounds);
  return isNear ? [fromTerms(multiples, add(by, constant(moved))), second] : undefined;
}

/** Whether the size is known to be 0 or more; since c·⌊n/c⌋ is at most n, also where it is so with the one for the other. */
function isKnown(size: Dimension, bounds: Bounds): boolean {
  if (isNonNegative(size, bounds)) return true;
  const least = size.monomials.reduce((sum, { coefficient, atoms: [atom, ...others] }) => {
    if (coefficient >= 0 || others.length > 0 || atom?.kind !== "quotient") return sum;
    const by = constantValue(atom.denominator) ?? 0;
    if (by <= 0 || coefficient % by !== 0) return sum;
    const whole = multiply(constant(coefficient), floorDivide(atom.numerator, atom.denominator));
    return add(subtract(sum, whole), multiply(constant(coefficient / by), atom.numerator));
  }, size);
  return least !== size && isNonNegative(least, bounds);
}
