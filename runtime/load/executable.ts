/**
 * What all targets look like from the host: memory and entries. Everything above this file knows manifests only.
 */
import { brokenModule, moduleFailed, notAnArtifact } from "../../compiler/diagnostics/codes/runtime.ts";
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Artifact, Manifest } from "../../compiler/program/artifact.ts";
import { checksumOf, manifestChecksum } from "../../compiler/program/checksum.ts";
import { failure, named } from "./fail.ts";

/** Elements of a buffer; a bool is an i32 of 0 or 1. */
export type View = Float32Array | Int32Array;

export type Executable = {
  /** How many threads run it: one, unless it says more. */
  readonly threads?: number;
  /** Why there are fewer than were wanted: what the place lacks, and what it has in its place. */
  readonly lacking?: string;
  readonly found?: string;
} & (
  | {
      readonly kind: "sync";
      /** The arena; it never moves. */
      readonly memory: ArrayBufferLike;
      /** `dims` are the entry's open dimensions, in the manifest's order. */
      readonly run: (entry: string, dims: readonly number[]) => void;
      readonly close: () => void;
    }
  | {
      readonly kind: "async";
      /** Writes the first elements of a buffer; `data` may be reused when it returns. */
      readonly write: (buffer: string, data: View) => void;
      /** A copy of the whole buffer, after everything that was asked before. */
      readonly read: (buffer: string) => Promise<View>;
      readonly run: (entry: string, dims: readonly number[]) => Promise<void>;
      readonly close: () => void;
    }
);

/** Whether the manifest is as it was built, and the files are what files can be. */
export function isIntact(artifact: Artifact): boolean {
  try {
    const { manifest, files } = artifact;
    return (
      manifest.checksum === checksumIn(manifest) &&
      Object.values(files).every((content) => typeof content === "string" || content instanceof Uint8Array)
    );
  } catch {
    // It came from anywhere: perhaps there is no manifest.
    return false;
  }
}

/** What the checksum of a manifest would be as it stands; none of one that cannot be written. */
export function checksumIn(manifest: Manifest): string {
  try {
    return manifestChecksum(manifest);
  } catch {
    return "none";
  }
}

/** The file that the manifest names, by default the module, as it was built. Throws NN0701, NN0702. */
export function moduleOf({ manifest, files }: Artifact, file = manifest.module): string | Uint8Array {
  const content = Object.hasOwn(files, file) ? files[file] : undefined;
  if (content === undefined) throw failure(notAnArtifact, { expected: `a file ${named(file)}`, found: "none" });
  const { checksums = {} } = manifest;
  const expected = Object.hasOwn(checksums, file) ? checksums[file] : undefined;
  const found = expected === undefined ? undefined : checksumOf(content);
  if (found === expected) return content;
  const problem = `expected the checksum ${expected}, found ${found}: it was changed since it was built`;
  throw failure(
    brokenModule,
    { file: named(file), problem },
    "where that is meant, take `checksums` out of the manifest",
  );
}

/** Throws NN0702 unless each entry of the manifest is a function of as many dimensions. */
export function requireEntries({ module, entries }: Manifest, found: ReadonlyMap<string, unknown>): void {
  for (const { name, dims } of entries) {
    const entry = found.get(name);
    const takes = typeof entry === "function" ? `one of ${entry.length}` : "none";
    if (typeof entry !== "function" || entry.length !== dims.length)
      throw failure(brokenModule, {
        file: named(module),
        problem: `expected a function ${named(name)} of ${dims.length} dimensions, found ${takes}`,
      });
  }
}

/** Runs an entry; what a module that does not fit its manifest throws is an error like others. Throws NN0738. */
export function guarded(module: string, run: (entry: string, dims: readonly number[]) => void): typeof run {
  return (entry, dims) => {
    try {
      run(entry, dims);
    } catch (error) {
      if (error instanceof NncError) throw error;
      const problem = error instanceof Error ? error.message : String(error);
      throw failure(moduleFailed, { file: named(module), entry: named(entry), problem });
    }
  };
}
