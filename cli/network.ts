/** A network with the parameters of a saved file. */
import type { Artifact } from "../compiler/program/artifact.ts";
import { NncError } from "../compiler/diagnostics/diagnostic.ts";
import { load } from "../runtime/load/index.ts";
import type { Network } from "../runtime/load/index.ts";
import { readSavedFile } from "../runtime/save/write-file.ts";
import type { ProjectSource } from "../compiler/project.ts";
import { decode } from "../runtime/save/safetensors.ts";
import type { Context } from "./context.ts";
import { placeOf } from "./files.ts";
import { gpuFor } from "./gpu.ts";
import { trainLabels } from "./source.ts";

/** Throws NN09xx, with the file's name where the runtime only knows bytes. */
export async function openNetwork(context: Context, artifact: Artifact, params: string): Promise<Network> {
  const bytes = named(params, () => readSavedFile(placeOf(context, params)));
  const network = await load(artifact, await gpuFor(artifact.manifest.target));
  named(params, () => network.restore(bytes, { optimizer: false }));
  return network;
}

/** The `train` of the file that wrote the parameters, where it still has one of that label. */
export function savedLabel(context: Context, source: ProjectSource, params: string): string | undefined {
  const bytes = readSavedFile(placeOf(context, params));
  const label = decode(params, bytes).metadata.get("nnc.train");
  return label !== undefined && trainLabels(source).includes(label) ? label : undefined;
}

function named<Value>(file: string, act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    throw new NncError({ ...error.diagnostic, message: error.message.replace("the saved file", file) });
  }
}
