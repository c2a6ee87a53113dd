/**
 * What all targets look like from the host: memory and entries. Everything above this file knows manifests only.
 */
import { notAnArtifact } from "../../compiler/diagnostics/codes/runtime.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { failure, kindOf, named } from "./fail.ts";

/** Elements of a buffer; a bool is an i32 of 0 or 1. */
export type View = Float32Array | Int32Array;

export type Executable =
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
    };

/** Makes a fresh instance of the artifact's module. Throws NN0701 to NN0704. */
export async function open(artifact: Artifact): Promise<Executable> {
  checkArtifact(artifact);
  const { target } = artifact.manifest;
  switch (target) {
    case "typescript":
      return (await import("./typescript.ts")).openTypescript(artifact);
    case "wasm":
      return (await import("./wasm.ts")).openWasm(artifact);
    case "wgsl":
      throw failure(notAnArtifact, { expected: "the target typescript or wasm", found: "wgsl" });
    default: {
      const never: never = target;
      throw failure(notAnArtifact, { expected: "the target typescript, wasm or wgsl", found: kindOf(never) });
    }
  }
}

/** The file that the manifest names. */
export function moduleOf({ manifest, files }: Artifact): string | Uint8Array {
  const content = Object.hasOwn(files, manifest.module) ? files[manifest.module] : undefined;
  if (content === undefined) throw failure(notAnArtifact, { expected: `a file ${named(manifest.module)}`, found: "none" });
  return content;
}

/** The artifact may have been read from a disk, so its type is no promise. */
function checkArtifact(artifact: { readonly manifest?: { readonly format?: unknown; readonly version?: unknown }; readonly files?: unknown } | null | undefined): void {
  if (artifact?.manifest?.format !== "nnc-artifact" || typeof artifact.files !== "object" || artifact.files === null) {
    throw failure(notAnArtifact, { expected: "{ manifest, files }", found: kindOf(artifact) });
  }
  const { version } = artifact.manifest;
  if (version !== 1) throw failure(notAnArtifact, { expected: "a manifest of version 1", found: String(version) });
}
