/** Which tensors a kernel reads and writes: what ordering, planning and scheduling ask. */
import { renameLoads, type Names } from "../loops/alike.ts";
import { accountOf, type Account } from "./accesses.ts";
import { likenesses } from "./alike.ts";
import { mapStage } from "./stage.ts";
import type { Kernel } from "./types.ts";

/** The tensors that the kernel loads, its own rows excepted, in the order of their first loads. */
export function readsOf(kernel: Kernel): ReadonlySet<string> {
  return withoutRows("loads", kernel);
}

/** The tensors that the kernel stores to, its own rows excepted, in the order of their first stores. */
export function writesOf(kernel: Kernel): ReadonlySet<string> {
  return withoutRows("stores", kernel);
}

function withoutRows(which: keyof Account, { stages, rows }: Kernel): ReadonlySet<string> {
  const like = likenesses.of(stages);
  const listed = [...accountOf({ stages: like?.model ?? stages })[which].keys()];
  const tensors = new Set(like === undefined ? listed : listed.map((tensor) => like.names.get(tensor) ?? tensor));
  for (const { name } of rows) tensors.delete(name);
  return tensors;
}

/** The kernel with every tensor renamed that `names` has: like the same model, where it has one. */
export function renameTensors(kernel: Kernel, names: Names): Kernel {
  const rename = (tensor: string): string => names.get(tensor) ?? tensor;
  const stages = kernel.stages.map((stage) => mapStage(stage, (value) => renameLoads(value, rename), rename));
  likenesses.follow(kernel.stages, stages, rename);
  return { ...kernel, stages };
}

/** The kernel, from now on a model. */
export function asModel(kernel: Kernel): Kernel {
  const { loads, stores } = accountOf(kernel);
  likenesses.declare(kernel.stages, [...loads.keys(), ...stores.keys()]);
  return kernel;
}
