/** `nnc export --format pytorch`: the network as a module of PyTorch; into a folder also what it trains on and begins with. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { InternalError, NncError } from "../../../compiler/diagnostics/diagnostic.ts";
import { constantValue } from "../../../compiler/dimension/dimension.ts";
import { elaborateSource } from "../../../compiler/front.ts";
import type { Compiled } from "../../../compiler/compile.ts";
import type { Elaboration } from "../../../compiler/elaborate/types.ts";
import type { HostOption, HostTrain } from "../../../compiler/program/host.ts";
import type { ProjectSource } from "../../../compiler/project.ts";
import { elements, type Dataset } from "../../../runtime/data/dataset.ts";
import { copyRows } from "../../../runtime/data/split.ts";
import { encode } from "../../../runtime/save/encode.ts";
import type { SavedTensor } from "../../../runtime/save/saved.ts";
import { prepare } from "../../../runtime/train/prepare.ts";
import { contentsOf } from "../../contents.ts";
import type { Context } from "../../context.ts";
import { placeOf } from "../../files.ts";
import { docOf } from "../program.ts";
import { moduleText } from "./module-text.ts";

export interface PytorchOptions {
  readonly source: ProjectSource;
  readonly compiled: Compiled;
  /** The model that the network is called as. */
  readonly model: string;
  /** The parameters' file, as the user names it. */
  readonly params: string;
  readonly seed: number;
}

type OutputFile = readonly [name: string, content: string | Uint8Array];

/** The module alone. */
export function networkText({ source, compiled, model }: PytorchOptions): string {
  const elaboration = elaborateApart(source, compiled);
  const docs = new Map(elaboration.host.models.map(({ name }) => [name, docOf(source, name)]));
  return moduleText(elaboration, { docs, model, sourceName: path.basename(source.main.name) });
}

/** The module, its parameters, and the rows of its train; `missing` says why those are not among them. */
export async function networkFolder(
  context: Context,
  options: PytorchOptions,
): Promise<{ readonly files: readonly OutputFile[]; readonly missing: string | undefined }> {
  const { params, compiled } = options;
  const files: readonly OutputFile[] = [
    ["network.py", networkText(options)],
    ["parameters.safetensors", readFileSync(placeOf(context, params))],
  ];
  if (compiled.artifact.manifest.host.train === undefined) return { files, missing: undefined };
  const rows = await rowsOf(options);
  return "missing" in rows
    ? { files, ...rows }
    : { files: [...files, ["data.safetensors", rows.bytes]], missing: undefined };
}

/** Compiles the program again up to its graphs, with the parts of its training step apart. */
function elaborateApart({ main }: ProjectSource, { elaboration: { host, bounds } }: Compiled): Elaboration {
  const { options, train } = host;
  const given = <Value>(list: readonly HostOption<Value>[] = []): Record<string, Value> =>
    Object.fromEntries(list.filter((one) => one.given).map(({ name, value }) => [name, value]));
  const dims = Object.fromEntries((options?.dims ?? []).map(({ name, value }) => [name, value]));
  const columns = train === undefined ? undefined : targetColumns(train);
  const made = elaborateSource(main, {
    train: train?.label ?? null,
    consts: given(options?.consts),
    settings: given(options?.settings),
    dims,
    bounds: Object.fromEntries(bounds),
    ...(columns === undefined ? {} : { dataFacts: { targetColumns: columns } }),
    apart: true,
  });
  if (made.elaboration !== undefined) return made.elaboration;
  const [first] = made.diagnostics.filter(({ severity }) => severity === "error");
  throw first === undefined ? new InternalError("export", "there is no network") : new NncError(first);
}

/** How many columns the data have for the target, where the loss takes it as such. */
function targetColumns({ inputs, target }: HostTrain): number | undefined {
  const own = inputs.find(({ name }) => name === target?.input);
  const last = own?.dtype === "f32" ? own.shape.at(-1) : undefined;
  return last === undefined ? undefined : constantValue(last);
}

/** What the train reads, as the network takes it: scaled, standardised, split, words as ids. */
async function rowsOf({
  source,
  compiled,
  seed,
}: PytorchOptions): Promise<{ readonly bytes: Uint8Array } | { readonly missing: string }> {
  const { manifest } = compiled.artifact;
  try {
    const { train, holdout } = prepare(manifest, await contentsOf(source, manifest.host, "all"), seed);
    const isWhole = manifest.host.train?.data.reader === "arrays";
    const held = holdout === null || holdout === undefined ? [] : tensorsOf("holdout", holdout, isWhole);
    const tensors = new Map([...tensorsOf("train", train, isWhole), ...held]);
    const metadata = new Map([["nnc.format", "rows of a train, for PyTorch"]]);
    return { bytes: encode(tensors, metadata) };
  } catch (error) {
    if (error instanceof NncError) return { missing: error.message };
    throw error;
  }
}

/** `isWhole`: the one row is a whole array, which has no axis for rows. */
function tensorsOf(
  part: string,
  { rows, tensors }: Dataset,
  isWhole: boolean,
): readonly (readonly [string, SavedTensor])[] {
  return [...tensors].map(([name, { dtype, shape, rowStride, data }]) => {
    const width = elements(shape);
    const own = isWhole ? shape : [rows, ...shape];
    // Rows that overlap, as windows of a text do, are written out.
    if (dtype === "f32") {
      const all = new Float32Array(rows * width);
      copyRows(data, rowStride, width, undefined, 0, rows, all);
      return [`${part}.${name}`, { dtype, shape: own, data: all }];
    }
    const all = new Int32Array(rows * width);
    copyRows(data, rowStride, width, undefined, 0, rows, all);
    return [`${part}.${name}`, { dtype, shape: own, data: all }];
  });
}
