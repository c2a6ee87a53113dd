/** `nnc predict FILE --params P`, without P where a model has no parameters: predictions for rows in files or on standard input, in the form in which the rows come or in another. */
import path from "node:path";
import type { TargetName } from "../../compiler/program/artifact.ts";
import type { HostModel } from "../../compiler/program/host.ts";
import type { Field } from "../../runtime/data/dataset.ts";
import { gunzip, isGzip } from "../../runtime/data/gunzip.ts";
import { beginsAsImage } from "../../runtime/data/image-decode.ts";
import { evaluate } from "../../runtime/load/dimensions.ts";
import { interfaceOf } from "../../runtime/predict/interface.ts";
import type { Interface } from "../../runtime/predict/interface.ts";
import { textModelOf } from "../../runtime/predict/text.ts";
import { apartWarnings } from "../../runtime/predict/together.ts";
import type { Context } from "../context.ts";
import { exitCodes, UsageError } from "../exit.ts";
import { readUserFile } from "../files.ts";
import type { FileFlag } from "../flags.ts";
import { takenJson } from "../kept.ts";
import { openForRows, openUntrained } from "../network.ts";
import type { Opened, ParameterFlags } from "../network.ts";
import { readBy, requireOutput, writeOutput } from "../outputs.ts";
import { writeJson } from "../output/json.ts";
import { report } from "../output/report.ts";
import { answerRows, answerWhole } from "../predict/answer.ts";
import type { Answers } from "../predict/answer.ts";
import { checkGenerateFlags, generated } from "../predict/generate.ts";
import { chooseModel } from "../predict/model.ts";
import { readText, textFileIn, textWriter } from "../predict/text.ts";
import type { ReadText } from "../predict/text.ts";
import { byFile, writerOf } from "../predict/write.ts";
import type { Writer } from "../predict/write.ts";
import { formOfName } from "../rows/form.ts";
import type { Form } from "../rows/form.ts";
import { readImageRows } from "../rows/images.ts";
import { readRowFiles, readWholeFiles, rowFile, telling } from "../rows/read.ts";
import type { RowFile } from "../rows/read.ts";
import { openSource } from "../source.ts";

export type PredictFlags = Omit<ParameterFlags, "params"> & {
  readonly params?: string;
  readonly data?: readonly FileFlag[];
  readonly out?: string;
  readonly force: boolean;
  readonly format?: Form;
  readonly generate?: number;
  readonly prompt?: string;
  readonly temperature?: number;
  readonly seed?: number;
  readonly model?: string;
  readonly target: TargetName;
  readonly json: boolean;
};

export async function predict(context: Context, flags: PredictFlags, file: string): Promise<number> {
  checkFlags(flags);
  const source = openSource(context, file);
  const { params, target } = flags;
  const opened =
    params === undefined
      ? await openUntrained(context, source, flags, target)
      : await openForRows(context, source, { ...flags, params }, target);
  const { manifest } = opened.compiled.artifact;
  const { train } = manifest.host;
  const model = chooseModel(manifest, flags.model);
  const { out, data = [] } = flags;
  const named = [...(params === undefined ? [] : [params]), ...data.map((one) => one.file)].map((name) =>
    path.resolve(context.cwd, name),
  );
  const permission = { force: flags.force, reads: [...readBy(source, train), ...named] };
  if (out !== undefined) requireOutput(context, out, permission);
  const parts =
    flags.generate === undefined
      ? await predictions(context, flags, opened, model)
      : generated(context, flags, opened, model);
  const { stdout } = context.process;
  if (out === undefined) for await (const part of parts) stdout.write(part);
  else {
    const whole: Uint8Array[] = [];
    for await (const part of parts) whole.push(Buffer.from(part));
    writeOutput(context, out, Buffer.concat(whole), permission);
    tellWritten(context, flags, out, opened);
  }
  opened.network.close();
  return exitCodes.success;
}

type Parts = AsyncGenerator<string | Uint8Array>;

/** The answers to rows or texts, in their form. */
async function predictions(context: Context, flags: PredictFlags, opened: Opened, model: HostModel): Promise<Parts> {
  const { data = [], out } = flags;
  const text = await textFor(context, data, opened, model);
  if (text !== undefined) {
    const form = formAsked(flags);
    return partsOf(
      text.answers,
      form === undefined ? textWriter(text.outside) : writerOf(form, text.outside, text.named),
    );
  }
  const images = await imagesFor(context, data, opened, model);
  const files = images === undefined ? await rowFiles(context, data) : [];
  const { outside, answers } = images ?? answersTo(context, files, opened, model);
  const form = formAsked(flags) ?? files[0]?.form ?? "csv";
  const writer = writerOf(form, outside, images === undefined ? undefined : byFile(outside, images.files));
  if (out === undefined && writer.binary && context.process.stdout.isTTY === true)
    throw new UsageError(`--format: expected csv or json on a terminal, or --out FILE, found ${form}`);
  return partsOf(answers, writer);
}

/** Names of what predictions are not: numbers in a file that is called a picture would be a surprise. */
const otherForms = /\.(png|jpe?g|webp|gif|tiff?|svg|pdf|html?|npz|mat|h5|hdf5|parquet|xlsx?|zip|onnx|safetensors)$/i;

function checkFlags(flags: PredictFlags): void {
  const { json, out, format, force } = flags;
  checkGenerateFlags(flags);
  if (json && out === undefined && format !== undefined && format !== "json")
    throw new UsageError(`--format: expected json beside --json, found ${format}; --out FILE takes any form`);
  const named = out === undefined ? undefined : formOfName(out);
  if (format !== undefined && named !== undefined && named !== format)
    throw new UsageError(`--format: expected ${named}, as the name ${out} says, found ${format}`);
  if (force && out === undefined) throw new UsageError("--force: expected --out beside it, found none");
  if (out !== undefined && flags.generate === undefined && otherForms.test(out))
    throw new UsageError(
      `--out: expected a file that ends in .csv, .jsonl, .npy or .idx, the forms of predictions, found ${out}`,
    );
  if (out !== undefined && /\.gz$/i.test(out))
    throw new UsageError(
      `--out: expected a file that is not packed, found ${out}; predictions are written as they are`,
    );
}

/** By the flag or the name of the file that is written; else it follows what is read. */
function formAsked({ json, out, format }: PredictFlags): Form | undefined {
  const asked = json && out === undefined ? "json" : format;
  return asked ?? (out === undefined ? undefined : formOfName(out));
}

async function rowFiles(context: Context, data: readonly FileFlag[]): Promise<readonly RowFile[]> {
  if (data.length === 0) {
    const bytes = await readStdin(context);
    if (beginsAsImage(bytes))
      throw new UsageError(
        "standard input: expected CSV, JSON lines, NPY or IDX, found an image: --data FILE reads it",
      );
    return [rowFile("standard input", bytes)];
  }
  return data.map(({ field, file }) => rowFile(file, readUserFile(context, file), field));
}

/** To a text; undefined where the model is of none, or rows of ids are given. */
async function textFor(
  context: Context,
  data: readonly FileFlag[],
  { compiled, network }: Opened,
  model: HostModel,
): Promise<ReadText | undefined> {
  const { manifest } = compiled.artifact;
  const text = textModelOf(manifest, model, network.record.fitted);
  const declared = manifest.host.train?.data;
  if (text === undefined || declared === undefined) return undefined;
  if (data.length === 0) return readText(context, network, text, "standard input", await readStdin(context));
  const file = textFileIn(data, declared);
  return file === undefined ? undefined : readText(context, network, text, file, readUserFile(context, file));
}

/** To rows that are images; undefined where they are of another form. */
async function imagesFor(
  context: Context,
  data: readonly FileFlag[],
  { compiled, network }: Opened,
  model: HostModel,
): Promise<(ReturnType<typeof answersTo> & { readonly files: readonly string[] }) | undefined> {
  const { manifest } = compiled.artifact;
  const { fitted } = network.record;
  if (data.length === 0) return undefined;
  const declared = manifest.host.train?.data;
  // Others have no use for images, which is told by then.
  const outside = declared?.reader === "images" ? interfaceOf(manifest, model, fitted) : undefined;
  const images = await readImageRows(context, data, fieldsOf(outside?.inputs ?? []), declared, fitted);
  if (images === undefined || outside === undefined) return undefined;
  report(context, apartWarnings(manifest, model, images.rows.rows), new Map());
  return { outside, answers: answerRows(network, model, images.rows), files: images.files };
}

/** Networks that were trained on whole tensors take whole ones. */
function answersTo(
  context: Context,
  files: readonly RowFile[],
  { compiled, network }: Opened,
  model: HostModel,
): { readonly outside: Interface; readonly answers: AsyncGenerator<Answers> } {
  const { manifest } = compiled.artifact;
  const { fitted } = network.record;
  const tell = telling(context);
  const data = manifest.host.train?.data;
  if (data?.reader === "arrays") {
    const bounds = new Map(manifest.dims.map(({ name, bound }) => [name, bound]));
    const fields = model.inputs.map(({ name, dtype, shape, limit }) => {
      const sizes = shape.map((dimension) => evaluate(dimension, bounds));
      return fieldOf(name, dtype, sizes, limit);
    });
    const outside = interfaceOf(manifest, { ...model, inputs: [] }, fitted);
    return { outside, answers: answerWhole(network, model, readWholeFiles(files, fields, data, fitted, tell)) };
  }
  const outside = interfaceOf(manifest, model, fitted);
  const rows = readRowFiles(files, fieldsOf(outside.inputs), data, fitted, tell);
  report(context, apartWarnings(manifest, model, rows.rows), new Map());
  return { outside, answers: answerRows(network, model, rows) };
}

function fieldsOf(inputs: Interface["inputs"]): readonly Field[] {
  return inputs.map(({ name, dtype, shape, limit }) => fieldOf(name, dtype, shape, limit));
}

function fieldOf(
  name: string,
  dtype: HostModel["inputs"][number]["dtype"],
  shape: readonly number[],
  limit: number | undefined,
): Field {
  const base = { name, role: "input", dtype: dtype === "f32" ? "f32" : "i32", shape } as const;
  const classes = dtype === "bool" ? 2 : limit;
  return classes === undefined ? base : { ...base, classes };
}

async function* partsOf(answers: AsyncGenerator<Answers>, writer: Writer): AsyncGenerator<string | Uint8Array> {
  let first = true;
  for await (const answer of answers) {
    if (first) yield writer.head(answer);
    first = false;
    yield writer.part(answer);
  }
}

function tellWritten(context: Context, { json }: PredictFlags, out: string, { taken, diagnostics }: Opened): void {
  const { stdout, stderr } = context.process;
  if (json) writeJson(stdout, { ok: true, file: out, ...takenJson(taken), diagnostics });
  else stderr.write(`wrote ${out}\n`);
}

async function readStdin({ stdin }: Context): Promise<Uint8Array> {
  if (stdin.isTTY === true) throw new UsageError("expected rows on standard input or --data FILE, found neither");
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  const bytes = Buffer.concat(chunks);
  return isGzip(bytes) ? gunzip("standard input", bytes) : bytes;
}
