/**
 * Updates in place read what they overwrite. Within a run of lets and stores at one point, a store that a later stage
 * would read past is put off to the end of the run, its value kept in a let:
 *
 *     a[] = a[] + 1                let value = a[] + 1
 *     b[] = where(a[] > 3, 0, b[])  ⟶  let value_2 = where(a[] > 3, 0, b[])
 *                                  a[] = value;  b[] = value_2
 */
import { dtypeOf, loadsOf, local } from "../../loops/scalar.ts";
import type { Kernel, Stage } from "../types.ts";
import { scalarsOfStage } from "../tensors.ts";
import { localName } from "./names.ts";

type Point = Extract<Stage, { kind: "let" | "store" }>;

/** The kernel with every store of an overwritten tensor after the last load of its old value. */
export function settleUpdates(kernel: Kernel): Kernel {
  const names = new Set(kernel.stages.flatMap(namesOf));
  const stages: Stage[] = [];
  let run: Point[] = [];
  for (const stage of kernel.stages) {
    if (stage.kind === "let" || stage.kind === "store") {
      run.push(stage);
      continue;
    }
    stages.push(...settleRun(run, names), stage);
    run = [];
  }
  return { ...kernel, stages: [...stages, ...settleRun(run, names)] };
}

function namesOf(stage: Stage): readonly string[] {
  if (stage.kind === "let") return [stage.name];
  return stage.kind === "reduce" ? stage.results.map(({ name }) => name) : [];
}

function settleRun(run: readonly Point[], names: Set<string>): readonly Stage[] {
  if (!readsPastStore(run)) return run;
  const early: Stage[] = [];
  const late: Stage[] = [];
  for (const stage of run) {
    if (stage.kind === "let") {
      early.push(stage);
      continue;
    }
    const { store } = stage;
    if (store.value.kind === "local") late.push(stage);
    else {
      const name = localName("value", names);
      early.push({ kind: "let", name, value: store.value });
      late.push({ kind: "store", store: { ...store, value: local(name, dtypeOf(store.value)) } });
    }
  }
  return [...early, ...late];
}

function readsPastStore(run: readonly Point[]): boolean {
  const stored = new Set<string>();
  return run.some((stage) => {
    const reads = scalarsOfStage(stage)
      .flatMap(loadsOf)
      .some(({ tensor }) => stored.has(tensor));
    if (stage.kind === "store") stored.add(stage.store.tensor);
    return reads;
  });
}
