/**
 * What `compile` answers with and `load` takes: a manifest, and the files that a target printed. Plain data.
 */
import type { Host } from "./host.ts";
import type { Entry, ProgramBuffer } from "./types.ts";

export const targetNames = ["typescript", "wasm", "wgsl"] as const;

export type TargetName = (typeof targetNames)[number];

export interface Manifest {
  readonly format: "nnc-artifact";
  readonly version: 1;
  readonly name: string;
  readonly target: TargetName;
  /** The file that the runtime loads, in `files`. */
  readonly module: string;
  readonly dims: readonly { readonly name: string; readonly bound: number }[];
  /** Those that a host fills, reads or saves: temporaries, segments and slices are the module's own affair. */
  readonly buffers: readonly ProgramBuffer[];
  readonly arenaBytes: number;
  /** Without steps: these are in the module. wgsl keeps its dispatch list in a file of its own. */
  readonly entries: readonly Omit<Entry, "steps">[];
  readonly host: Host;
  /** True of a build with relaxed vector instructions, whose results differ from machine to machine; the target wasm alone. */
  readonly relaxed?: boolean;
  /** Of the files, by name; checked when they are loaded (`checksumOf`). */
  readonly checksums?: Readonly<Record<string, string>>;
  /** Of all else in the manifest (`manifestChecksum`), which must still have it when it is loaded; a manifest that names none is looked at in full instead. */
  readonly checksum?: string;
  /** Where several threads can share the program; the target wasm alone. */
  readonly threads?: ManifestThreads;
}

/** Memory behind the arena: `control` words by which threads agree, then for each thread `ownBytes` of private arrays. */
export interface ManifestThreads {
  /** The file with the functions by which threads agree: what needs shared memory is apart from what does not. */
  readonly module: string;
  /** The byte of the program's module that says whether its memory is shared: 1 without, 3 with. */
  readonly flag: number;
  readonly control: number;
  readonly own: number;
  readonly ownBytes: number;
  /** More threads than this have no room. */
  readonly most: number;
  /** More threads than this would wait for each other in `train_step`, by the estimate of the compiler. */
  readonly useful: number;
}

export interface Artifact {
  readonly manifest: Manifest;
  /** By file name; text, or bytes. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}
