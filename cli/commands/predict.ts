/** `nnc predict FILE --params P`: predictions for the rows of a file or of standard input, in the form in which the rows come. */
import type { TargetName } from "../../compiler/program/artifact.ts";
import { batches } from "../../runtime/data/batches.ts";
import type { Dataset } from "../../runtime/data/dataset.ts";
import type { Network, TensorInput } from "../../runtime/load/index.ts";
import type { Context } from "../context.ts";
import { exitCodes, UsageError } from "../exit.ts";
import { readUserFile } from "../files.ts";
import { openTrained } from "../network.ts";
import type { ParameterFlags } from "../network.ts";
import { interfaceOf } from "../../runtime/predict/interface.ts";
import { chooseModel } from "../predict/model.ts";
import type { Interface } from "../../runtime/predict/interface.ts";
import { formatOf, readCsv, readJsonLines } from "../predict/read.ts";
import { csvHeader, csvRows, jsonRows } from "../predict/write.ts";
import { openSource } from "../source.ts";

export type PredictFlags = ParameterFlags & {
  readonly data?: string;
  readonly model?: string;
  readonly target: TargetName;
  readonly json: boolean;
};

export async function predict(context: Context, flags: PredictFlags, file: string): Promise<number> {
  const source = openSource(context, file);
  const { compiled, network } = await openTrained(context, source, flags, flags.target);
  const { artifact } = compiled;
  const model = chooseModel(artifact.manifest, flags.model);
  const { fitted } = network.record;
  const outside = interfaceOf(artifact.manifest, model, fitted);
  const name = flags.data ?? "standard input";
  const bytes = flags.data === undefined ? await readStdin(context) : readUserFile(context, flags.data);
  const format = formatOf(bytes);
  const rows =
    format === "csv"
      ? readCsv(name, bytes, outside.inputs, artifact.manifest.host.train?.data, fitted)
      : readJsonLines(name, bytes, outside.inputs, fitted);
  await writeAll(
    context,
    network,
    outside,
    rows,
    flags.json || format === "json",
    boundOf(artifact.manifest.dims, model.inputs[0]?.shape[0]?.key),
  );
  network.close();
  return exitCodes.success;
}

async function writeAll(
  context: Context,
  network: Network,
  outside: Interface,
  rows: Dataset,
  json: boolean,
  bound: number,
): Promise<void> {
  const { stdout } = context.process;
  if (!json) stdout.write(csvHeader(outside));
  for (const batch of batches(rows, bound).epoch()) {
    const inputs = new Map(
      [...batch.tensors].map(([name, data]): readonly [string, TensorInput] => [
        name,
        { shape: [batch.rows, ...(rows.tensors.get(name)?.shape ?? [])], data },
      ]),
    );
    const predictions = await network.predict(outside.model.name, inputs);
    stdout.write(json ? jsonRows(outside, predictions, batch.rows) : csvRows(outside, predictions, batch.rows));
  }
}

function boundOf(
  dims: readonly { readonly name: string; readonly bound: number }[],
  leading: string | undefined,
): number {
  return dims.find(({ name }) => name === leading)?.bound ?? 1;
}

async function readStdin({ stdin }: Context): Promise<Uint8Array> {
  if (stdin.isTTY === true) throw new UsageError("expected rows on standard input or --data FILE, found neither");
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}
