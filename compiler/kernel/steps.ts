/** What an entry runs: kernels, and loops of such steps. */
import type { Dimension } from "../dimension/dimension.ts";
import { readsOf, renameTensors, writesOf } from "./tensors.ts";
import type { Kernel } from "./types.ts";

export type KernelStep = Kernel | KernelLoop;

/** Runs its steps `extent` times; slots of tensors move with it. */
export interface KernelLoop {
  readonly index: string;
  readonly extent: Dimension;
  readonly steps: readonly KernelStep[];
  /** What it reads of and makes for the level around it. */
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
}

export function isLoop(step: KernelStep): step is KernelLoop {
  return "steps" in step;
}

/** Every kernel, in the order in which they first run. */
export function kernelsOf(steps: readonly KernelStep[]): readonly Kernel[] {
  return steps.flatMap((step) => (isLoop(step) ? kernelsOf(step.steps) : [step]));
}

export function readsOfStep(step: KernelStep): ReadonlySet<string> {
  return isLoop(step) ? step.reads : readsOf(step);
}

export function writesOfStep(step: KernelStep): ReadonlySet<string> {
  return isLoop(step) ? step.writes : writesOf(step);
}

/** The steps with `change` applied to every kernel, and tensors renamed that `names` has. */
export function renamedSteps(
  steps: readonly KernelStep[],
  names: ReadonlyMap<string, string>,
  change: (kernel: Kernel) => Kernel,
): readonly KernelStep[] {
  const renamed = (tensors: ReadonlySet<string>): ReadonlySet<string> =>
    new Set([...tensors].map((tensor) => names.get(tensor) ?? tensor));
  return steps.map((step) =>
    isLoop(step)
      ? {
          ...step,
          steps: renamedSteps(step.steps, names, change),
          reads: renamed(step.reads),
          writes: renamed(step.writes),
        }
      : renameTensors(change(step), names),
  );
}
