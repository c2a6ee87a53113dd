/**
 * Updates in place read what they overwrite. A store at a point that a later stage would read past is put off behind the
 * last that reads the old value, its new one kept in a let:
 *
 *     r[] = 0.9 * r[] + m                let value = 0.9 * r[] + m
 *     v = Σ k in N: (x[k] - m) ** 2   ⟶  v = Σ k in N: (x[k] - m) ** 2
 *     y[] = v + r[]                      y[] = v + r[];  r[] = value
 */
import { dtypeOf, local } from "../loops/scalar.ts";
import { accountOf } from "../kernel/accesses.ts";
import type { Account } from "../kernel/accesses.ts";
import type { Kernel, Stage } from "../kernel/types.ts";
import { localsOf } from "../kernel/stage.ts";
import { UniqueNames } from "../program/unique-names.ts";

/** The kernel with every store that overwrites a variable behind its last load; `inPlace` says which tensor overwrites which. */
export function settleUpdates(kernel: Kernel, inPlace: ReadonlyMap<string, string>): Kernel {
  if (!kernel.stages.some((stage) => stage.kind === "store" && inPlace.has(stage.store.tensor))) return kernel;
  const account = accountOf(kernel);
  const names = new UniqueNames(kernel.stages.flatMap(localsOf));
  const stages: Stage[] = [];
  let late: Late[] = [];
  for (const [position, stage] of kernel.stages.entries()) {
    const until = stage.kind === "store" ? lastLoad(account, inPlace.get(stage.store.tensor)) : -1;
    if (stage.kind !== "store" || until <= position) stages.push(stage);
    else {
      const { before, store } = putOff(stage, names);
      stages.push(...before);
      late.push({ store, until });
    }
    stages.push(...late.filter((one) => one.until === position).map(({ store }) => store));
    late = late.filter(({ until: last }) => last !== position);
  }
  return { ...kernel, stages };
}

interface Late {
  readonly store: Stage;
  /** The position of the stage behind which it goes. */
  readonly until: number;
}

function lastLoad({ loads }: Account, variable: string | undefined): number {
  const last = variable === undefined ? undefined : loads.get(variable)?.at(-1);
  return last?.stage ?? -1;
}

/** What stays where the store stood, and the store that comes later. */
function putOff(
  stage: Extract<Stage, { readonly kind: "store" }>,
  names: UniqueNames,
): { readonly before: readonly Stage[]; readonly store: Stage } {
  const { store } = stage;
  const { value } = store;
  if (value.kind === "local" || value.kind === "constant") return { before: [], store: stage };
  const name = names.take("value");
  return {
    before: [{ kind: "let", name, value }],
    store: { kind: "store", store: { ...store, value: local(name, dtypeOf(value)) } },
  };
}
