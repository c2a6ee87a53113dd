/** What a stage is made of, for whoever needs all scalars or all stores whatever the kind of stage. */
import { loadsOf } from "../loops/scalar.ts";
import { dataScalarsOf } from "../loops/index.ts";
import type { ElementType, Index, Scalar } from "../loops/types.ts";
import type { Stage } from "./types.ts";

/** Every scalar that the stage evaluates, those in the indices of its stores included. */
export function scalarsOf(stage: Stage): readonly Scalar[] {
  switch (stage.kind) {
    case "let":
      return [stage.value];
    case "reduce":
      return [...stage.lets, ...stage.results].map(({ value }) => value);
    case "store":
      return [stage.store.value, ...stage.store.indices.flatMap(dataScalarsOf)];
    case "sweep":
      return [
        ...[...stage.lets, ...stage.stores].map(({ value }) => value),
        ...stage.stores.flatMap(({ indices }) => indices.flatMap(dataScalarsOf)),
      ];
    case "scatter":
      return [...stage.lets.map(({ value }) => value), stage.value, ...stage.at.flatMap(dataScalarsOf)];
  }
}

export interface Written {
  readonly tensor: string;
  readonly dtype: ElementType;
  /** Of a scatter, the places it sets to zero. */
  readonly indices: readonly Index[];
}

/** Every tensor or row that the stage writes. */
export function storesOf(stage: Stage): readonly Written[] {
  switch (stage.kind) {
    case "let":
    case "reduce":
      return [];
    case "store":
      return [stage.store];
    case "sweep":
      return stage.stores;
    case "scatter":
      return [{ tensor: stage.tensor, dtype: stage.dtype, indices: stage.zeroIndices }];
  }
}

/** The names of the tensors and rows that the stage loads. */
export function loadedBy(stage: Stage): ReadonlySet<string> {
  return new Set(
    scalarsOf(stage)
      .flatMap(loadsOf)
      .map(({ tensor }) => tensor),
  );
}
