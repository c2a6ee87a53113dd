/** A network with the parameters of a saved file. */
import type { Artifact } from "../compiler/program/artifact.ts";
import { NncError } from "../compiler/diagnostics/diagnostic.ts";
import { load } from "../runtime/load/index.ts";
import type { Network } from "../runtime/load/index.ts";
import { readSavedFile } from "../runtime/save/write-file.ts";
import type { Context } from "./context.ts";
import { placeOf } from "./files.ts";
import { gpuFor } from "./gpu.ts";

/** Throws NN09xx, with the file's name where the runtime only knows bytes. */
export async function openNetwork(context: Context, artifact: Artifact, params: string): Promise<Network> {
  const bytes = named(params, () => readSavedFile(placeOf(context, params)));
  const network = await load(artifact, await gpuFor(artifact.manifest.target));
  named(params, () => network.restore(bytes));
  return network;
}

function named<Value>(file: string, act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    throw new NncError({ ...error.diagnostic, message: error.message.replace("the saved file", file) });
  }
}
