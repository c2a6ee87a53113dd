/**
 * Which tensors a kernel reads and writes, and the scalars of its stages: what ordering, planning and scheduling ask.
 */
import { mapDataScalars } from "../loops/index.ts";
import { mapScalar } from "../loops/scalar.ts";
import type { Index, Scalar } from "../loops/types.ts";
import { accountOf } from "./accesses.ts";
import type { Kernel, Stage, Store } from "./types.ts";

/** Every scalar that a stage evaluates, those inside its indices as index scalars. */
export function scalarsOfStage(stage: Stage): readonly Scalar[] {
  switch (stage.kind) {
    case "let":
      return [stage.value];
    case "store":
      return scalarsOfStore(stage.store);
    case "reduce":
      return [...stage.lets, ...stage.results].map(({ value }) => value);
    case "sweep":
      return [...stage.lets.map(({ value }) => value), ...stage.stores.flatMap(scalarsOfStore)];
    case "scatter":
      return [...stage.lets.map(({ value }) => value), stage.value, ...stage.at.map(asScalar)];
  }
}

function scalarsOfStore({ value, indices }: Store): readonly Scalar[] {
  return [value, ...indices.map(asScalar)];
}

function asScalar(index: Index): Scalar {
  return { kind: "index", index };
}

/** The tensors that the kernel loads, its own rows excepted. */
export function readsOf(kernel: Kernel): ReadonlySet<string> {
  return withoutRows(kernel, accountOf(kernel).loads);
}

/** The tensors that the kernel stores to, its own rows excepted. */
export function writesOf(kernel: Kernel): ReadonlySet<string> {
  return withoutRows(kernel, accountOf(kernel).stores);
}

function withoutRows({ rows }: Kernel, accesses: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  const tensors = new Set(accesses.keys());
  for (const { name } of rows) tensors.delete(name);
  return tensors;
}

/** The kernel with every tensor renamed that `names` has. */
export function renameTensors(kernel: Kernel, names: ReadonlyMap<string, string>): Kernel {
  const rename = (tensor: string): string => names.get(tensor) ?? tensor;
  const scalar = (value: Scalar): Scalar =>
    mapScalar(value, (node) => (node.kind === "load" ? { ...node, tensor: rename(node.tensor) } : node));
  return { ...kernel, stages: kernel.stages.map((stage) => mapStage(stage, scalar, rename)) };
}

/** The stage with `scalar` applied to everything that it evaluates and `rename` to every tensor that it stores to. */
export function mapStage(stage: Stage, scalar: (value: Scalar) => Scalar, rename: (tensor: string) => string): Stage {
  const lets = <Named extends { readonly value: Scalar }>(named: readonly Named[]): readonly Named[] =>
    named.map((one) => ({ ...one, value: scalar(one.value) }));
  const index = (at: Index): Index => mapDataScalars(at, scalar);
  const store = (one: Store): Store => ({
    ...one,
    tensor: rename(one.tensor),
    indices: one.indices.map(index),
    value: scalar(one.value),
  });
  switch (stage.kind) {
    case "let":
      return { ...stage, value: scalar(stage.value) };
    case "store":
      return { ...stage, store: store(stage.store) };
    case "reduce":
      return { ...stage, lets: lets(stage.lets), results: lets(stage.results) };
    case "sweep":
      return { ...stage, lets: lets(stage.lets), stores: stage.stores.map(store) };
    case "scatter":
      return {
        ...stage,
        tensor: rename(stage.tensor),
        lets: lets(stage.lets),
        at: stage.at.map(index),
        value: scalar(stage.value),
      };
  }
}
