/** The manifest of a program, the same for every target. */
import type { Manifest, TargetName } from "./artifact.ts";
import type { Program } from "./types.ts";

/** What the runtime reads beside the module; `module` names the file that it loads. */
export function manifestOf(program: Program, target: TargetName, module: string): Manifest {
  const { name, dims, arenaBytes, host } = program;
  const buffers = program.buffers.filter(({ role }) => role !== "temporary" && role !== "segment");
  const entries = program.entries.map(({ name: entry, inputs, results, dims: taken }) => ({
    name: entry,
    inputs,
    results,
    dims: taken,
  }));
  return { format: "nnc-artifact", version: 1, name, target, module, dims, buffers, arenaBytes, entries, host };
}
