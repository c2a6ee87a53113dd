/** The manifest of a program, the same for every target. */
import type { Manifest, TargetName } from "./artifact.ts";
import type { BufferRole, Program } from "./types.ts";

/** What is the module's own affair. */
const inside: ReadonlySet<BufferRole> = new Set<BufferRole>(["temporary", "segment", "slice"]);

/** What the runtime reads beside the module; `module` names the file that it loads. */
export function manifestOf(program: Program, target: TargetName, module: string): Manifest {
  const { name, dims, arenaBytes, host } = program;
  const buffers = program.buffers.filter(({ role }) => !inside.has(role));
  const entries = program.entries.map(({ name: entry, inputs, results, dims: taken }) => ({
    name: entry,
    inputs,
    results,
    dims: taken,
  }));
  return { format: "nnc-artifact", version: 1, name, target, module, dims, buffers, arenaBytes, entries, host };
}
