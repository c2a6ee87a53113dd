/**
 * From an artifact of any target to its running instance. WebAssembly is what most pages run, so it is here at once; the other
 * targets are loaded when an artifact asks for them.
 */
import { notAnArtifact } from "../../compiler/diagnostics/codes/runtime.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { isIntact } from "./executable.ts";
import type { Executable } from "./executable.ts";
import { failure, kindOf } from "./fail.ts";
import type { Gpu } from "./host-types.ts";
import { openWasm } from "./wasm.ts";

/**
 * Makes a fresh instance of the artifact's module; `gpu` is for wgsl, by default the browser's, `threads` for wasm. Throws
 * NN0701 to NN0704, NN06xx for GPUs, NN0727 for threads.
 */
export async function open(artifact: Artifact, gpu?: Gpu, threads?: number): Promise<Executable> {
  // A page that loads what nnc built does without the code that tells what is wrong with others.
  if (!isIntact(artifact)) {
    // Its type is written, since what asserts must be called by a name whose type is.
    const check: (found: unknown) => void = (await import("./check-artifact.ts")).checkArtifact;
    check(artifact);
  }
  const { target } = artifact.manifest;
  switch (target) {
    case "typescript":
      return (await import("./typescript.ts")).openTypescript(artifact);
    case "wasm":
      return openWasm(artifact, threads);
    case "wgsl":
      return (await import("./wgsl.ts")).openWgsl(artifact, gpu);
    default: {
      const never: never = target;
      throw failure(notAnArtifact, { expected: "the target typescript, wasm or wgsl", found: kindOf(never) });
    }
  }
}
