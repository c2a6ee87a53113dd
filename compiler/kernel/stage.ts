/**
 * What the stages of a kernel have in common: the scalars that they evaluate, the addresses that they load and store, the
 * locals that they define, a change of all of them.
 */
import { holdsData, mapDataScalars } from "../loops/index.ts";
import { loadsOf } from "../loops/scalar.ts";
import type { Index, Scalar } from "../loops/types.ts";
import type { Stage, Store } from "./types.ts";

/** Every scalar that a stage evaluates, those inside its indices as index scalars. */
export function scalarsOf(stage: Stage): readonly Scalar[] {
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
    case "nest":
      return stage.stages.flatMap(scalarsOf);
  }
}

function scalarsOfStore({ value, indices }: Store): readonly Scalar[] {
  return [value, ...indices.map(asScalar)];
}

function asScalar(index: Index): Scalar {
  return { kind: "index", index };
}

/** The addresses that a stage stores to. */
export function targetsOf(stage: Stage): readonly Index[] {
  switch (stage.kind) {
    case "store":
      return stage.store.indices;
    case "sweep":
      return stage.stores.flatMap(({ indices }) => indices);
    case "scatter":
      return stage.at;
    case "nest":
      return stage.stages.flatMap(targetsOf);
    case "let":
    case "reduce":
      return [];
  }
}

/** The addresses that a stage loads from. */
export function sourcesOf(stage: Stage): readonly Index[] {
  return scalarsOf(stage)
    .flatMap(loadsOf)
    .flatMap(({ indices }) => indices);
}

/** The names of every local that a stage defines, inside its loops, too. */
export function localsOf(stage: Stage): readonly string[] {
  switch (stage.kind) {
    case "let":
      return [stage.name];
    case "store":
      return [];
    case "reduce":
      return [...stage.lets, ...stage.results].map(({ name }) => name);
    case "sweep":
    case "scatter":
      return stage.lets.map(({ name }) => name);
    case "nest":
      return stage.stages.flatMap(localsOf);
  }
}

/** The stage with `scalar` applied to everything that it evaluates and `rename` to every tensor that it stores to. */
export function mapStage(stage: Stage, scalar: (value: Scalar) => Scalar, rename: (tensor: string) => string): Stage {
  const lets = <Named extends { readonly value: Scalar }>(named: readonly Named[]): readonly Named[] =>
    named.map((one) => ({ ...one, value: scalar(one.value) }));
  const index = (at: Index): Index => mapDataScalars(at, scalar);
  const store = (one: Store): Store => ({
    ...one,
    tensor: rename(one.tensor),
    indices: one.indices.some(holdsData) ? one.indices.map(index) : one.indices,
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
    case "nest":
      return { ...stage, stages: stage.stages.map((one) => mapStage(one, scalar, rename)) };
  }
}
