/**
 * Axis split: where indices take an axis apart by a quotient and a remainder, as strided convolutions, groups of channels and
 * heads do, it becomes an outer and an inner axis, and the indices are sums of multiples again. Where a few remainders decide
 * what is computed, each becomes a kernel of its own. The order of every sum stays.
 *
 *   y[i] = x[⌊i/4⌋, i mod 4], i in 8   →   y[4·o + r] = x[o, r], o in 2, r in 4
 */
import {
  constant,
  constantValue,
  equal,
  floorDivide,
  isConstant,
  remainder,
  subtract,
} from "../dimension/dimension.ts";
import { gcd } from "../dimension/gcd.ts";
import type { Bounds } from "../dimension/interval.ts";
import { scalarsOf } from "../kernel/stage.ts";
import type { Kernel } from "../kernel/types.ts";
import { addIndex, axesOf, axisIndex, constantIndex, scaleIndex } from "../loops/index.ts";
import { indicesWithin, nestedIndices } from "../loops/scalar.ts";
import type { Axis, IndexAtom } from "../loops/types.ts";
import { UniqueNames } from "../program/unique-names.ts";
import { coefficientOf } from "./loops.ts";
import { replaceAxes } from "./move.ts";

/** More kernels than this would be a long program for little. */
const mostKernels = 16;
/** Inner axes up to this length become a kernel for each of their places, if quotients or remainders of them are left. */
const fewPlaces = 4;

/** The kernels that together are the kernel; itself where no index takes an axis apart, or the stages hold loops of stages. */
export function splitAxes(kernel: Kernel, bounds: Bounds): readonly Kernel[] {
  if (kernel.stages.some(({ kind }) => kind === "nest")) return [kernel];
  const taken = new UniqueNames([...kernel.grid, ...ownAxes(kernel).map(({ axis }) => axis)].map(({ name }) => name));
  let done: readonly Kernel[] = [];
  let open: readonly Kernel[] = [kernel];
  while (open.length > 0 && done.length + open.length <= mostKernels) {
    const [next, ...rest] = open;
    const split = splitOne(next, taken, bounds);
    if (split === undefined) [done, open] = [[...done, next], rest];
    else open = [...split, ...rest];
  }
  return [...done, ...open];
}

/** The first axis that gains by it taken apart; undefined where none does. */
function splitOne(kernel: Kernel, taken: UniqueNames, bounds: Bounds): readonly Kernel[] | undefined {
  const atoms = divisionsIn(kernel);
  if (atoms.length === 0) return undefined;
  for (const axis of kernel.grid) {
    for (const factor of factorsOf(axis, atoms)) {
      const split = splitGrid(kernel, axis, factor, taken, bounds);
      if (split !== undefined) return split;
    }
  }
  for (const { axis, lanes } of ownAxes(kernel)) {
    for (const factor of factorsOf(axis, atoms)) {
      if (factor % lanes !== 0 || !isConstant(remainder(axis.extent, constant(factor)), 0)) continue;
      const { split, inner } = inSteps(kernel, axis, factor, taken, bounds);
      if (!divides(split, inner)) return [split];
    }
  }
  return undefined;
}

interface OwnAxis {
  readonly axis: Axis;
  /** Inner axes must be whole multiples of them: the lanes of a sum count along its last axis. */
  readonly lanes: 1 | 4;
}

/** The axes that stages reduce or sweep, but for a name that two stages give to different lengths. */
function ownAxes({ stages }: Kernel): readonly OwnAxis[] {
  const all = stages.flatMap((stage): readonly OwnAxis[] => {
    if (stage.kind === "scatter") return [...stage.zero, ...stage.over].map((axis) => ({ axis, lanes: 1 }));
    if (stage.kind === "sweep") return stage.over.map((axis) => ({ axis, lanes: 1 }));
    if (stage.kind !== "reduce") return [];
    return stage.over.map((axis, at) => ({ axis, lanes: at === stage.over.length - 1 ? stage.order.lanes : 1 }));
  });
  const byName = new Map<string, OwnAxis>();
  for (const one of all) {
    const known = byName.get(one.axis.name);
    byName.set(one.axis.name, { axis: one.axis, lanes: known?.lanes === 4 ? 4 : one.lanes });
  }
  const isOne = ({ axis }: OwnAxis): boolean =>
    all.every((other) => other.axis.name !== axis.name || equal(other.axis.extent, axis.extent));
  return [...byName.values()].filter(isOne);
}

type Division = Extract<IndexAtom, { readonly kind: "quotient" | "remainder" }>;

/** Every quotient and remainder of the kernel's indices, those inside of others included. */
function divisionsIn({ stages }: Kernel): readonly Division[] {
  const indices = stages.flatMap((stage) => [
    ...scalarsOf(stage).flatMap(indicesWithin),
    ...(stage.kind === "scatter" ? stage.zeroIndices.flatMap(nestedIndices) : []),
  ]);
  return indices.flatMap(({ terms }) =>
    terms.flatMap(({ atom }) => (atom.kind === "quotient" || atom.kind === "remainder" ? [atom] : [])),
  );
}

/** Lengths of an inner axis, the greatest first, that make some division whole. */
function factorsOf({ name, extent }: Axis, atoms: readonly Division[]): readonly number[] {
  const size = constantValue(extent) ?? Infinity;
  const factors = atoms.flatMap(({ value, divisor }) => {
    const step = Math.abs(constantValue(coefficientOf(value, name)) ?? 0);
    const by = constantValue(divisor);
    const factor = by === undefined || step === 0 ? 1 : by / gcd(step, by);
    return factor > 1 && factor < size ? [factor] : [];
  });
  return [...new Set(factors)].sort((a, b) => b - a);
}

/** An axis of the grid: what is beyond whole steps is a kernel of its own. */
function splitGrid(
  kernel: Kernel,
  axis: Axis,
  factor: number,
  taken: UniqueNames,
  bounds: Bounds,
): readonly Kernel[] | undefined {
  const { name, extent } = axis;
  const left = constantValue(remainder(extent, constant(factor)));
  if (left === undefined) return undefined;
  const whole = { name, extent: subtract(extent, constant(left)) };
  const most =
    left === 0 ? kernel : replaceAxes(kernel, new Map([[name, { axes: [whole], index: axisIndex(name) }]]), bounds);
  const { split, inner } = inSteps(most, whole, factor, taken, bounds);
  const kernels = divides(split, inner) ? eachPlace(split, inner, bounds) : [split];
  if (kernels === undefined || left === 0) return kernels;
  const rest = left === 1 ? [] : [{ name, extent: constant(left) }];
  const beyond = constantIndex(whole.extent);
  const index = left === 1 ? beyond : addIndex(axisIndex(name), beyond);
  return [...kernels, replaceAxes(kernel, new Map([[name, { axes: rest, index }]]), bounds)];
}

interface InSteps {
  readonly split: Kernel;
  readonly inner: Axis;
}

/** The axis as steps of `factor`, which it is a multiple of. */
function inSteps(kernel: Kernel, axis: Axis, factor: number, taken: UniqueNames, bounds: Bounds): InSteps {
  const outer = { name: taken.take(axis.name), extent: floorDivide(axis.extent, constant(factor)) };
  const inner = { name: taken.take(axis.name), extent: constant(factor) };
  const index = addIndex(scaleIndex(axisIndex(outer.name), factor), axisIndex(inner.name));
  return { split: replaceAxes(kernel, new Map([[axis.name, { axes: [outer, inner], index }]]), bounds), inner };
}

/** Whether some index still divides by the axis. */
function divides(kernel: Kernel, { name }: Axis): boolean {
  return divisionsIn(kernel).some(({ value }) => axesOf(value).has(name));
}

/** A kernel for each place of the axis; undefined where they would be many. */
function eachPlace(kernel: Kernel, { name, extent }: Axis, bounds: Bounds): readonly Kernel[] | undefined {
  const count = constantValue(extent) ?? Infinity;
  if (count > fewPlaces) return undefined;
  return Array.from({ length: count }, (_, place) =>
    replaceAxes(kernel, new Map([[name, { axes: [], index: constantIndex(place) }]]), bounds),
  );
}
