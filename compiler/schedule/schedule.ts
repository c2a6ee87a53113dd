/**
 * Scheduling: a kernel's loops made explicit for a machine, with tiles, vectors, hoisted loads and addresses. Never
 * changes a value: every sum is formed in the order that the kernel carries, so all schedules agree to the bit.
 */
import { evaluate as evaluateDimension, product } from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { TensorType } from "../graph/types.ts";
import type { ScheduledKernel } from "../program/types.ts";
import type { Machine } from "./machine.ts";
import { writesOf } from "../kernel/tensors.ts";
import type { Kernel, Row } from "../kernel/types.ts";
import { costOf } from "./cost.ts";
import { Emitter } from "./emitter.ts";
import { flattenKernel } from "./flatten.ts";
import { overGrid } from "./grid.ts";
import { planPanels } from "./panel.ts";
import { dimsOf, parametersOf } from "./parameters.ts";
import { strategyOf } from "./strategy.ts";
import { tidy } from "./tidy.ts";

export { functionsUsed } from "./parameters.ts";

/** The kernel as a function of its tensors' buffers; `bounds` are those of the open dimensions. */
export function schedule(
  kernel: Kernel,
  tensors: (name: string) => TensorType,
  bounds: Bounds,
  machine: Machine,
): ScheduledKernel {
  const flat = flattenKernel(kernel, tensors, bounds);
  const { loops } = strategyOf(flat, machine);
  const parameters = parametersOf(kernel, tensors);
  const rows = kernel.rows.map((row) => rowArray(row, bounds));
  const own = rows.map((row) => row.name);
  const emitter = new Emitter([...parameters.map((one) => one.name), ...own], [...writesOf(kernel), ...own]);
  const panels = planPanels({ emitter, machine }, flat.stages, loops, bounds);
  overGrid({ emitter, machine }, loops, flat.stages, panels);
  const body = tidy(emitter.finish());
  const { name, origins } = kernel;
  return {
    name,
    parameters,
    dims: dimsOf(body),
    arrays: [...rows, ...emitter.arrays],
    body,
    origins,
    cost: costOf(kernel, tensors),
  };
}

function rowArray({ name, dtype, shape }: Row, bounds: Bounds): ScheduledKernel["arrays"][number] {
  const elements = evaluateDimension(product(shape), bounds);
  if (elements === undefined) throw new InternalError("schedule", `the row '${name}' has no bound`);
  return { name, dtype, elements };
}
