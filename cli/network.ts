/** A network with the parameters of a saved file. */
import { cannotRead } from "../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose, NncError } from "../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../compiler/diagnostics/diagnostic.ts";
import type { Artifact } from "../compiler/program/artifact.ts";
import type { ProjectSource } from "../compiler/project.ts";
import { load } from "../runtime/load/index.ts";
import type { Network } from "../runtime/load/index.ts";
import { warnNotFinite } from "../runtime/save/compare.ts";
import { decode } from "../runtime/save/safetensors.ts";
import type { Context } from "./context.ts";
import { readInput } from "./files.ts";
import { gpuFor } from "./gpu.ts";
import { report } from "./output/report.ts";
import { trainLabels } from "./source.ts";

/** What `train` wrote, read and decoded. */
export interface SavedParameters {
  /** As the user names it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The train that wrote it. */
  readonly label: string | undefined;
  /** Tensors to predict with that are not finite; reported already. */
  readonly warnings: readonly Diagnostic[];
}

/** Throws NN0901 to NN0917, NN0925. */
export function readParameters(context: Context, file: string): SavedParameters {
  const input = readInput(context, file);
  if ("problem" in input) throw new NncError(diagnose(cannotRead, { file, problem: input.problem }, []));
  const { tensors, metadata } = decode(file, input.bytes);
  const used = [...tensors].filter(([name]) => !/^(optimizer\.|best:)/.test(name));
  const warnings = warnNotFinite(file, new Map(used));
  report(context, warnings, new Map());
  return { file, bytes: input.bytes, label: metadata.get("nnc.train"), warnings };
}

/** Throws NN09xx, with the file's name where the runtime only knows bytes. */
export async function openNetwork(artifact: Artifact, { file, bytes }: SavedParameters): Promise<Network> {
  const network = await load(artifact, await gpuFor(artifact.manifest.target));
  try {
    network.restore(bytes, { optimizer: false });
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    throw new NncError({ ...error.diagnostic, message: error.message.replace("the saved file", file) });
  }
  return network;
}

/** The `train` of the file that wrote the parameters, where it still has one of that label. */
export function savedLabel(source: ProjectSource, { label }: SavedParameters): string | undefined {
  return label !== undefined && trainLabels(source).includes(label) ? label : undefined;
}
