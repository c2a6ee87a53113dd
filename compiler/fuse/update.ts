/**
 * The part of a training step that only moves parameters, optimiser state and counters. Its maps keep to themselves
 * instead of becoming epilogues of the gradients' contractions, so that an optimiser is one loop over a whole segment.
 */
import type { FusionInput } from "./definition.ts";

const moving: ReadonlySet<string> = new Set(["parameter", "optimizer", "counter"]);

/** The maps from which only such updates follow; `loads` has what each node's compute loads, by its tensor. */
export function updateRegion(
  { nodes, outputs }: FusionInput,
  loads: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const region = new Set(outputs.filter(({ role }) => moving.has(role)).map(({ tensor }) => tensor));
  const elsewhere = new Set(outputs.filter(({ role }) => !moving.has(role)).map(({ tensor }) => tensor));
  const candidates = new Set(region);
  for (const { tensor, compute } of [...nodes].reverse()) {
    const inside = candidates.has(tensor) && !elsewhere.has(tensor) && compute.kind === "map";
    if (inside) region.add(tensor);
    else region.delete(tensor);
    for (const loaded of loads.get(tensor) ?? []) (inside ? candidates : elsewhere).add(loaded);
  }
  return region;
}
