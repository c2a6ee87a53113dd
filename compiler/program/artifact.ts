/**
 * What `compile` answers with and `load` takes: a manifest, and the files that a target printed. Plain data.
 */
import type { Host } from "./host.ts";
import type { Entry, ProgramBuffer } from "./types.ts";

export type TargetName = "typescript" | "wasm" | "wgsl";

export interface Manifest {
  readonly format: "nnc-artifact";
  readonly version: 1;
  readonly name: string;
  readonly target: TargetName;
  /** The file that the runtime loads, in `files`. */
  readonly module: string;
  readonly dims: readonly { readonly name: string; readonly bound: number }[];
  readonly buffers: readonly ProgramBuffer[];
  readonly arenaBytes: number;
  /** Without steps: these are in the module. wgsl keeps its dispatch list in a file of its own. */
  readonly entries: readonly Omit<Entry, "steps">[];
  readonly host: Host;
}

export interface Artifact {
  readonly manifest: Manifest;
  /** By file name; text, or bytes. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}
