/**
 * What all targets look like from the host: memory and entries. Everything above this file knows manifests only.
 */
import { notAnArtifact } from "../../compiler/diagnostics/codes/runtime.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { failure, named } from "./fail.ts";

/** Elements of a buffer; a bool is an i32 of 0 or 1. */
export type View = Float32Array | Int32Array;

export type Executable = {
  /** How many threads run it: one, unless it says more. */
  readonly threads?: number;
  /** Why it is one where more were wanted: what the place lacks. */
  readonly lacking?: string;
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

/** The file that the manifest names, by default the module. */
export function moduleOf({ manifest, files }: Artifact, file = manifest.module): string | Uint8Array {
  const content = Object.hasOwn(files, file) ? files[file] : undefined;
  if (content === undefined) throw failure(notAnArtifact, { expected: `a file ${named(file)}`, found: "none" });
  return content;
}
