/** Rows that a model looks at together, and does not get together: predictions then depend on how many it takes at once. */
import { rowsApart } from "../../compiler/diagnostics/codes/runtime.ts";
import { diagnose, type Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { HostModel } from "../../compiler/program/host.ts";

/** How many rows the model takes at once. */
export function rowsAtOnce({ dims }: Manifest, { inputs }: HostModel): number {
  const leading = inputs[0]?.shape[0]?.key;
  return dims.find(({ name }) => name === leading)?.bound ?? 1;
}

/** A warning where so many rows do not fit into one call, of `most`, of a model that looks at the rows beside each. */
export function apartWarnings(
  manifest: Manifest,
  model: HostModel,
  rows: number,
  most = rowsAtOnce(manifest, model),
): readonly Diagnostic[] {
  if (model.together !== true || rows <= most) return [];
  const dimension = model.inputs[0]?.shape[0]?.key ?? "N";
  return [diagnose(rowsApart, { model: model.name, most, rows, dimension }, [])];
}
