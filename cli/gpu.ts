/** WebGPU for the target wgsl: Dawn from the package `webgpu`, which is loaded only when that target is asked for. */
import type { TargetName } from "../compiler/program/artifact.ts";
import { codeOf } from "../runtime/save/file-problem.ts";

/** What `load` and `train` need for a target: nothing, or a GPU where there is one. Without the package, they say what is missing. */
export async function gpuFor(target: TargetName): Promise<{ readonly gpu?: GPU }> {
  if (target !== "wgsl") return {};
  try {
    const { create } = await import("webgpu");
    return { gpu: create([]) };
  } catch (error) {
    // No package, or none for this system.
    if (
      codeOf(error) === "ERR_MODULE_NOT_FOUND" ||
      codeOf(error) === "MODULE_NOT_FOUND" ||
      codeOf(error) === "ERR_DLOPEN_FAILED"
    )
      return {};
    throw error;
  }
}
