/** The loops that kernels are held against as modules, assembled by the same tool as the kernels. */
import { compile } from "watr";
import { copySource, peakSource } from "./limit-loops.mjs";

/** `peak` exports `run(turns)`; `copy` takes its memory as `env.memory` and exports `run(from, to, bytes)`. */
export function limitModules(): { readonly peak: Uint8Array; readonly copy: Uint8Array } {
  return { peak: compile(peakSource), copy: compile(copySource) };
}
