/**
 * Scheduling: a kernel's loops made explicit for a machine, with tiles, vectors, hoisted loads and addresses. Never
 * changes a value: every sum is formed in the order that the kernel carries, so all schedules agree to the bit.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import {
  add,
  constant,
  evaluate as evaluateDimension,
  isConstant,
  multiply,
  product,
  symbolsOf,
  type Dimension,
} from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import type { Origin, TensorType } from "../graph/types.ts";
import { accountOf } from "../kernel/accesses.ts";
import { scalarsOf } from "../kernel/stage.ts";
import { readsOf, writesOf } from "../kernel/tensors.ts";
import type { Kernel, Row, Stage } from "../kernel/types.ts";
import { constantIndex, dimensionsOf } from "../loops/index.ts";
import { loadsOf, scalarCost, valueCost } from "../loops/scalar.ts";
import type { Axis, Scalar } from "../loops/types.ts";
import { allNodesOf, indicesOf } from "../program/traverse.ts";
import type { Cost, KernelParameter, ScheduledKernel, Statement } from "../program/types.ts";
import { Emitter } from "./emitter.ts";
import { flattenKernel } from "./flatten.ts";
import { overGrid } from "./grid.ts";
import { withoutZeros } from "./limit.ts";
import type { Machine } from "./machine.ts";
import { replaceAxes, type Replacement } from "./move.ts";
import { planPanels } from "./panel.ts";
import { partition } from "./partition.ts";
import { withoutShortRows } from "./short-rows.ts";
import { splitAxes } from "./split.ts";
import { strategyOf } from "./strategy.ts";
import { tidy } from "./tidy.ts";

/** The kernel as a function of its tensors' buffers; `bounds` are those of the open dimensions. */
export function schedule(
  kernel: Kernel,
  tensors: (name: string) => TensorType,
  bounds: Bounds,
  machine: Machine,
): ScheduledKernel {
  const parameters = parametersOf(kernel, tensors);
  const flattened = withoutShortRows(kernel);
  const rows = flattened.rows.map((row) => rowArray(row, bounds));
  const own = rows.map((row) => row.name);
  const emitter = new Emitter([...parameters.map((one) => one.name), ...own], [...writesOf(kernel), ...own]);
  for (const part of partsOf(flattened, bounds)) {
    const flat = flattenKernel(part, tensors, bounds);
    const { loops } = strategyOf(flat, machine);
    const panels = planPanels({ emitter, machine }, flat.stages, loops, bounds);
    overGrid({ emitter, machine }, loops, flat.stages, panels);
  }
  const body = tidy(emitter.finish());
  const { name } = kernel;
  return {
    name,
    parameters,
    dims: dimsOf(body),
    arrays: [...rows, ...emitter.arrays],
    body,
    origins: originsOf(kernel),
    cost: costOf(kernel, tensors),
  };
}

/**
 * The kernels that together are the kernel, each with indices as simple as its ranges allow. Borders are cut before axes are
 * split, which hides them, and once more behind it, for those that a quotient hid.
 */
function partsOf(kernel: Kernel, bounds: Bounds): readonly Kernel[] {
  return partition(withoutSinglePlaces(kernel, bounds), bounds).flatMap((part) => {
    const split = splitAxes(part, bounds).map((one) => withoutZeros(one, bounds));
    return split.length === 1 && split[0] === part ? [part] : split.flatMap((one) => partition(one, bounds));
  });
}

/** Reduced axes of one place, as of one channel, would only stand between loops; where they give the lanes they stay. */
function withoutSinglePlaces(kernel: Kernel, bounds: Bounds): Kernel {
  const axes = kernel.stages.flatMap((stage) => (stage.kind === "reduce" && stage.order.lanes === 1 ? stage.over : []));
  const single = axes.filter(({ extent }) => isConstant(extent, 1));
  const gone: Replacement = { axes: [], index: constantIndex(0) };
  return single.length === 0 ? kernel : replaceAxes(kernel, new Map(single.map(({ name }) => [name, gone])), bounds);
}

/** Without their shares of the work, so that equal ones are the same wherever they stand. */
export function originsOf({ origins }: Kernel): readonly Origin[] {
  return origins.map(({ span, path, backward }) =>
    backward === undefined ? { span, path } : { span, path, backward },
  );
}

function rowArray({ name, dtype, shape }: Row, bounds: Bounds): ScheduledKernel["arrays"][number] {
  const elements = evaluateDimension(product(shape), bounds);
  if (elements === undefined) throw new InternalError("schedule", `the row '${name}' has no bound`);
  return { name, dtype, elements };
}

// ---------------------------------------------------------------------------------------------------------------------
// The signature
// ---------------------------------------------------------------------------------------------------------------------

// The signature of a scheduled kernel: its buffers in order of appearance, and the open dimensions that its body uses.

/**
 * Read ones first. `update` is what is loaded before it is stored: what a kernel stores and loads again, or a scatter's
 * target, is written, since what it held before does not matter.
 */
export function parametersOf(kernel: Kernel, tensors: (name: string) => TensorType): readonly KernelParameter[] {
  const { loads, stores } = accountOf(kernel);
  return [...new Set([...readsOf(kernel), ...writesOf(kernel)])].map((name) => {
    const [loaded] = loads.get(name) ?? [];
    const [stored] = stores.get(name) ?? [];
    const isUpdate = loaded !== undefined && stored !== undefined && loaded.moment < stored.moment;
    const access = stored === undefined ? "read" : isUpdate ? "update" : "write";
    return { name, dtype: tensors(name).dtype, access };
  });
}

/** The open dimensions in the statements, sorted by name. */
export function dimsOf(statements: readonly Statement[]): readonly string[] {
  const sizes = allNodesOf(statements).flatMap(indicesOf).flatMap(dimensionsOf);
  return [...new Set(sizes.flatMap((size) => [...symbolsOf(size)]))].sort();
}

/** The functions of the program that the statements call. */
export function functionsUsed(statements: readonly Statement[]): ReadonlySet<string> {
  return new Set(allNodesOf(statements).flatMap((node) => (node.kind === "call" ? [node.function] : [])));
}

// ---------------------------------------------------------------------------------------------------------------------
// The cost
// ---------------------------------------------------------------------------------------------------------------------

// What a kernel costs, from its unscheduled form: operations, and bytes of the tensors that it reads and writes.

const bytesPerElement = 4;

/** As polynomials of the open dimensions. Operations are counted as scalarCost and valueCost do, without the loads. */
export function costOf(kernel: Kernel, tensors: (name: string) => TensorType): Cost {
  const counted = (cost: (scalar: Scalar) => number): Dimension =>
    multiply(extentOf(kernel.grid), operationsOf(kernel.stages, cost));
  const bytes = (names: ReadonlySet<string>): Dimension =>
    sum([...names].map((name) => multiply(product(tensors(name).shape), constant(bytesPerElement))));
  return {
    flops: counted(scalarCost),
    arithmetic: counted(valueCost),
    bytesRead: bytes(readsOf(kernel)),
    bytesWritten: bytes(writesOf(kernel)),
  };
}

function sum(dimensions: readonly Dimension[]): Dimension {
  return dimensions.reduce(add, constant(0));
}

function extentOf(axes: readonly Axis[]): Dimension {
  return product(axes.map(({ extent }) => extent));
}

function operationsOf(stages: readonly Stage[], cost: (scalar: Scalar) => number): Dimension {
  return sum(
    stages.map((stage) => {
      const each = stage.kind === "nest" ? operationsOf(stage.stages, cost) : constant(operations(stage, cost));
      return multiply(each, pointsOf(stage));
    }),
  );
}

function pointsOf(stage: Stage): Dimension {
  return stage.kind === "let" || stage.kind === "store" ? constant(1) : extentOf(stage.over);
}

/** A combination or a scattered add is one operation more. */
function operations(stage: Stage, cost: (scalar: Scalar) => number): number {
  const own = scalarsOf(stage).reduce((total, scalar) => total + cost(scalar) - loadsOf(scalar).length, 0);
  if (stage.kind === "reduce") return own + stage.results.length;
  return stage.kind === "scatter" ? own + 1 : own;
}
