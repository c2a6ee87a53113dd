/**
 * Instances of programs for the wgsl target: one storage buffer on a GPU that holds the whole arena, and one submission for
 * each run of an entry. Needs nothing but a `GPU` object, that of the browser or of a package that brings one to Node.
 */
import { brokenModule } from "../../compiler/diagnostics/codes/runtime.ts";
import { gpuTooSmall, noGpu } from "../../compiler/diagnostics/codes/targets.ts";
import type { Artifact, Manifest } from "../../compiler/program/artifact.ts";
import type { DispatchList } from "../../compiler/program/dispatch.ts";
import { problemIn } from "./check-dispatches.ts";
import { moduleOf } from "./executable.ts";
import type { Executable } from "./executable.ts";
import { failure, named } from "./fail.ts";
import { GpuProgram } from "./gpu-program.ts";
import { dispatchForm } from "./manifest-form.ts";
import { misfit } from "./schema.ts";
import type { Gpu } from "./host-types.ts";

/** Makes an instance with an arena of its own, all zero. Throws NN0651, NN0652, NN0702, NN0704. */
export async function openWgsl(artifact: Artifact, gpu: Gpu | undefined = browserGpu()): Promise<Executable> {
  if (gpu === undefined) throw failure(noGpu, { lacking: "WebGPU" });
  const list = dispatchListOf(artifact);
  const shader = textOf(artifact, list.shader);
  const device = await openDevice(artifact.manifest, gpu);
  try {
    return await GpuProgram.make(artifact.manifest, list, shader, device);
  } catch (error) {
    device.destroy();
    throw error;
  }
}

function browserGpu(): Gpu | undefined {
  return typeof navigator === "object" && "gpu" in navigator ? navigator.gpu : undefined;
}

async function openDevice({ arenaBytes }: Manifest, gpu: Gpu): Promise<GPUDevice> {
  // What answers to `requestAdapter` is WebGPU's; its types are known here only.
  const adapter = await (gpu as GPU).requestAdapter();
  if (adapter === null) throw failure(noGpu, { lacking: "a GPU that WebGPU can use" });
  const requiredLimits: Record<string, number> = {};
  for (const limit of ["maxStorageBufferBindingSize", "maxBufferSize"] as const) {
    const found = adapter.limits[limit];
    if (arenaBytes > found) throw failure(gpuTooSmall, { limit: named(limit), expected: arenaBytes, found });
    requiredLimits[limit] = found;
  }
  return adapter.requestDevice({ requiredLimits });
}

function textOf(artifact: Artifact, file: string): string {
  const content = moduleOf({ ...artifact, manifest: { ...artifact.manifest, module: file } });
  return typeof content === "string" ? content : new TextDecoder().decode(content);
}

/** The list, whose form is looked at, and that what it says is there. Throws NN0702. */
function dispatchListOf(artifact: Artifact): DispatchList {
  const { module: file } = artifact.manifest;
  const broken = (problem: string): Error => failure(brokenModule, { file: named(file), problem });
  const list = parsed(textOf(artifact, file), broken);
  const found = misfit(dispatchForm, list, "list");
  if (found !== undefined) throw broken(`expected ${found.expected} as \`${found.place}\`, found ${found.found}`);
  // The form is that of the type.
  const dispatches = list as DispatchList;
  const problem = problemIn(dispatches, artifact.manifest);
  if (problem !== undefined) throw broken(problem);
  return dispatches;
}

function parsed(text: string, broken: (problem: string) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw broken(error instanceof Error ? error.message : String(error));
  }
}
