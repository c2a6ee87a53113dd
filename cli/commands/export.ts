/** `nnc export FILE --params P -o DIR`: inference as one module that needs nothing else, with its weights, preprocessing and class names. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { Compiled } from "../../compiler/compile.ts";
import { emitTypescript } from "../../targets/typescript/index.ts";
import { tsMorph } from "../../targets/typescript/ts-morph.ts";
import { exportNotFinite, notFinite } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose, InternalError, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import type { HostData } from "../../compiler/program/host.ts";
import type { Program } from "../../compiler/program/types.ts";
import { readDataFile } from "../../runtime/data/files.ts";
import { openSource as openData } from "../../runtime/data/open.ts";
import type { Network } from "../../runtime/load/index.ts";
import { applyFitted, unfitted } from "../../runtime/save/fitted.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import { parse } from "../../compiler/syntax/parse.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit.ts";
import { notesFor } from "../export/notes.ts";
import { predictingProgram, rowsAtOnce } from "../export/restrict.ts";
import { declarationText, moduleText } from "../export/template.ts";
import type { ModuleParts } from "../export/template.ts";
import { inFolder } from "../files.ts";
import { recordOf } from "../flags.ts";
import { takenJson } from "../kept.ts";
import { openTrained } from "../network.ts";
import type { ParameterFlags } from "../network.ts";
import { readBy, writeOutputs } from "../outputs.ts";
import { writeJson } from "../output/json.ts";
import { formatBytes } from "../output/numbers.ts";
import { interfaceOf } from "../../runtime/predict/interface.ts";
import { chooseModel } from "../predict/model.ts";
import type { InputField, Interface } from "../../runtime/predict/interface.ts";
import { openSource } from "../source.ts";

export type ExportFlags = ParameterFlags & {
  readonly out: string;
  readonly force: boolean;
  readonly format: "js" | "ts";
  readonly model?: string;
  readonly "allow-nonfinite": boolean;
  readonly json: boolean;
};

type ExampleRow = ModuleParts["examples"][number]["row"];

const exampleCount = 4;

export async function exportModel(context: Context, flags: ExportFlags, file: string): Promise<number> {
  const source = openSource(context, file);
  const { compiled, network, taken, diagnostics } = await openTrained(context, source, flags);
  if (!flags["allow-nonfinite"] && diagnostics.some(({ code }) => code === notFinite.code))
    throw new NncError(
      diagnose(exportNotFinite, { file: flags.params }, [], "--allow-nonfinite exports them all the same"),
    );
  const { manifest } = compiled.artifact;
  const model = chooseModel(manifest, flags.model);
  const outside = interfaceOf(manifest, model, network.record.fitted);
  const parts = await partsOf(source, compiled, network, outside, flags);
  network.close();
  const files =
    flags.format === "ts"
      ? [["model.ts", moduleText(parts)] as const]
      : [["model.d.mts", declarationText(parts)] as const, ["model.mjs", withoutTypes(moduleText(parts))] as const];
  const reads = [...readBy(source, manifest.host.train), path.resolve(context.cwd, flags.params)];
  await inFolder(context, flags.out, () => writeOutputs(context, flags.out, files, { force: flags.force, reads }));
  const written = files.map(([name, text]) => ({ file: name, bytes: Buffer.byteLength(text) }));
  const { stdout } = context.process;
  if (flags.json)
    writeJson(stdout, {
      ok: true,
      folder: flags.out,
      files: written,
      ...takenJson(taken),
      diagnostics,
    });
  else
    for (const { file: name, bytes } of written) stdout.write(`${path.join(flags.out, name)}  ${formatBytes(bytes)}\n`);
  if (flags.format === "js")
    context.process.stderr.write(
      `node ${path.join(flags.out, "model.mjs")} --selftest computes ${parts.examples.length} stored examples again\n`,
    );
  return exitCodes.success;
}

async function partsOf(
  source: ProjectSource,
  { elaboration, sources, artifact }: Compiled,
  network: Network,
  outside: Interface,
  { format, bounds }: Pick<ExportFlags, "format" | "bounds">,
): Promise<ModuleParts> {
  const { model } = outside;
  const program = predictingProgram(elaboration, model, recordOf("bounds", bounds));
  const { files } = emitTypescript(program, sources);
  const kernels = Object.entries(files).find(([name]) => name.endsWith(".ts") && !name.endsWith(".d.ts"))?.[1];
  if (typeof kernels !== "string") throw new InternalError("export", "the target printed no TypeScript");
  const tensors = lasting(program, network);
  const rows = exampleRows(source, artifact.manifest, outside, network.record.fitted);
  const dims = program.entries.find(({ name }) => name === model.entry)?.dims ?? [];
  return {
    file: format === "ts" ? "model.ts" : "model.mjs",
    doc: docOf(source, model.name),
    notes: notesFor(artifact.manifest.host.train, outside),
    kernels,
    outside,
    fitted: network.record.fitted,
    dims,
    bound: rowsAtOnce(program, dims),
    tensors: tensors.map(({ name, data }) => ({ name, bytes: data.byteLength })),
    weights: Buffer.concat(tensors.map(({ data }) => data)),
    examples: await examplesOf(rows, network, outside),
  };
}

/** What the program keeps between calls, as the trained network has it. */
function lasting(
  { buffers, host }: Program,
  network: Network,
): readonly { readonly name: string; readonly data: Uint8Array }[] {
  const inputs = new Set(host.models.flatMap((model) => model.inputs.map(({ buffer }) => buffer)));
  const kept = network.snapshot();
  return buffers.flatMap(({ name, role }) => {
    const view = inputs.has(name) || role === "segment" ? undefined : kept.get(name);
    return view === undefined ? [] : [{ name, data: new Uint8Array(view.buffer, view.byteOffset, view.byteLength) }];
  });
}

/** Raw rows of the data where they are at hand and still of the kind of training's, else rows that are made up. */
function exampleRows(
  source: ProjectSource,
  manifest: Compiled["artifact"]["manifest"],
  { inputs }: Interface,
  fitted: Fitted,
): readonly ExampleRow[] {
  const { train } = manifest.host;
  const own = train !== undefined && inputs.every(({ name }) => train.inputs.some((input) => input.name === name));
  const file = train?.data.settings["path"];
  if (!own || train.data.reader !== "csv" || typeof file !== "string" || !existsSync(path.resolve(source.folder, file)))
    return madeUp(inputs);
  try {
    return rowsOfData(source, train.data, inputs, fitted);
  } catch (error) {
    // They have changed since training: the network does without them.
    if (error instanceof NncError) return madeUp(inputs);
    throw error;
  }
}

/** A few, with the columns and words of training, but raw numbers. Throws NN08xx. */
function rowsOfData(
  source: ProjectSource,
  data: HostData,
  inputs: readonly InputField[],
  { columns, classes }: Fitted,
): readonly ExampleRow[] {
  const fields = inputs.map(({ name, dtype, shape }) => ({ name, role: "input" as const, dtype, shape }));
  const { tensors, rows } = openData(data, fields, {
    read: (name) => readDataFile(source.root, source.folder, name),
  }).apply({ ...unfitted, columns, classes });
  return Array.from({ length: Math.min(exampleCount, rows) }, (_, at) => {
    const row = Math.floor((at * rows) / exampleCount);
    return Object.fromEntries(
      inputs.map(({ name, width }) => [
        name,
        [...(tensors.get(name)?.data.subarray(row * width, (row + 1) * width) ?? [])],
      ]),
    );
  });
}

function madeUp(inputs: readonly InputField[]): readonly ExampleRow[] {
  return Array.from({ length: exampleCount }, (_, row) =>
    Object.fromEntries(
      inputs.map(({ name, dtype, width, limit, classes }) => [
        name,
        Array.from({ length: width }, (_value, at) => madeUpValue(row * width + at, dtype, classes?.length ?? limit)),
      ]),
    ),
  );
}

/** Spread without a pattern that a network could be blind to (multiples of the golden ratio). */
function madeUpValue(at: number, dtype: InputField["dtype"], limit: number | undefined): number {
  const part = (at * 0.618033988749895) % 1;
  return dtype === "i32" ? Math.floor(part * (limit ?? 2)) : Math.fround(Number((part * 2 - 1).toFixed(4)));
}

async function examplesOf(
  rows: readonly ExampleRow[],
  network: Network,
  { model, inputs, outputs }: Interface,
): Promise<ModuleParts["examples"]> {
  const { fitted } = network.record;
  const examples: ModuleParts["examples"][number][] = [];
  for (const row of rows) {
    const given = new Map(
      inputs.map((input) => [
        input.name,
        { shape: [1, ...input.shape], data: prepared(input, row[input.name] ?? [], fitted) },
      ]),
    );
    const predictions = await network.predict(model.name, given);
    examples.push({ row, outputs: outputs.map((_, at) => [...(predictions[at]?.data ?? [])]) });
  }
  return examples;
}

function prepared(
  { name, dtype }: InputField,
  values: readonly number[],
  fitted: Network["record"]["fitted"],
): Float32Array | Int32Array {
  if (dtype === "i32") return Int32Array.from(values);
  return applyFitted(fitted, name, values);
}

function withoutTypes(text: string): string {
  const { ts } = tsMorph();
  return ts.transpileModule(text, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 } })
    .outputText;
}

/** The doc comment of the model. */
function docOf({ main }: ProjectSource, name: string): string {
  const { declarations } = parse({ name: main.name, text: main.source }).module;
  return declarations.find((one) => one.kind === "model" && one.name.text === name)?.doc ?? "";
}
