/**
 * `nnc export FILE --params P -o DIR`: inference as one module or page that needs nothing else, or as what other systems run, with weights,
 * preprocessing and class names.
 */
import path from "node:path";
import { exportNotFinite } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { notFinite } from "../../compiler/diagnostics/codes/tensors.ts";
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { counted } from "../../compiler/diagnostics/lists.ts";
import type { HostModel } from "../../compiler/program/host.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { textModelOf } from "../../runtime/predict/text.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit.ts";
import { changeText, storeNetwork } from "../export/change.ts";
import type { Change } from "../export/change.ts";
import { withoutTypes } from "../export/javascript.ts";
import type { Format } from "../export/kernels.ts";
import { onnxModel } from "../export/onnx/export.ts";
import { checkStorage, defaultMaxChange } from "../export/options.ts";
import type { StorageFlags } from "../export/options.ts";
import { rowsPage, writerPage } from "../export/page/pages.ts";
import { exportPlace } from "../export/place.ts";
import type { ExportFormat, ExportPlace } from "../export/place.ts";
import { docOf } from "../export/program.ts";
import type { Exported } from "../export/program.ts";
import { networkFolder, networkText } from "../export/pytorch/export.ts";
import { rowsParts } from "../export/rows-module.ts";
import { declarationText, moduleText } from "../export/template.ts";
import { textParts } from "../export/text-module.ts";
import { textDeclarationText, textModuleText } from "../export/text-template.ts";
import { weightsFile } from "../export/weights-text.ts";
import { inFolder } from "../files.ts";
import { recordOf } from "../flags.ts";
import { takenJson } from "../kept.ts";
import { openForRows, openTrained } from "../network.ts";
import type { Opened, ParameterFlags } from "../network.ts";
import { readBy, writeOutputs } from "../outputs.ts";
import { writeJson } from "../output/json.ts";
import { formatBytes } from "../output/numbers.ts";
import { report } from "../output/report.ts";
import { chooseModel } from "../predict/model.ts";
import { openSource } from "../source.ts";

export type ExportFlags = ParameterFlags &
  StorageFlags & {
    readonly out: string;
    readonly force: boolean;
    readonly format?: ExportFormat;
    readonly model?: string;
    readonly "allow-nonfinite": boolean;
    readonly json: boolean;
  };

/** What is exported, and as what. */
interface Job {
  readonly context: Context;
  readonly flags: ExportFlags;
  readonly place: ExportPlace;
  readonly source: ProjectSource;
  readonly opened: Opened;
  readonly model: HostModel;
}

/** What a format makes of it. */
interface Made {
  readonly files: readonly (readonly [name: string, content: string | Uint8Array])[];
  /** Lines for who is going to use them. */
  readonly notes: readonly string[];
  readonly change?: Change;
  readonly warnings?: readonly Diagnostic[];
}

export async function exportModel(context: Context, flags: ExportFlags, file: string): Promise<number> {
  const place = exportPlace(flags.out, flags.format);
  checkStorage(flags, place);
  const source = openSource(context, file);
  const opened = await openFinite(context, source, flags, place.format);
  const model = chooseModel(opened.compiled.artifact.manifest, flags.model);
  const job: Job = { context, flags, place, source, opened, model };
  const made = await madeOf(job, place.format);
  opened.network.close();
  await write(job, made);
  return exitCodes.success;
}

/** Throws NN0930 where parameters are not finite, and nobody said that they may be. */
async function openFinite(
  context: Context,
  source: ProjectSource,
  flags: ExportFlags,
  format: ExportFormat,
): Promise<Opened> {
  // What runs elsewhere takes rows of any length.
  const open = format === "onnx" || format === "pytorch" ? openTrained : openForRows;
  const opened = await open(context, source, flags);
  if (!flags["allow-nonfinite"] && opened.diagnostics.some(({ code }) => code === notFinite.code))
    throw new NncError(
      diagnose(exportNotFinite, { file: flags.params }, [], "--allow-nonfinite exports them all the same"),
    );
  return opened;
}

async function madeOf(job: Job, format: ExportFormat): Promise<Made> {
  switch (format) {
    case "onnx":
      return onnxOf(job);
    case "pytorch":
      return pytorchOf(job);
    default:
      return codeOf(job, format);
  }
}

function onnxOf({ place, source, opened: { compiled, network }, model }: Job): Made {
  const bytes = onnxModel({ compiled, network, doc: docOf(source, model.name) }, model);
  return { files: [[place.module, bytes]], notes: [] };
}

async function pytorchOf({ context, flags, place, source, opened, model }: Job): Promise<Made> {
  const { compiled, network } = opened;
  const { seed } = network.counters;
  const exported = { source, compiled, model: model.name, params: flags.params, seed };
  const { files, missing } = place.named
    ? { files: [[place.module, networkText(exported)] as const], missing: undefined }
    : await networkFolder(context, exported);
  const main = path.join(place.folder, place.module);
  return {
    files,
    notes: [
      ...(missing === undefined ? [] : [`without data.safetensors, the rows to train on: ${missing}`]),
      `torchrun --nproc_per_node 2 ${main} trains it, python ${main} in one process`,
    ],
  };
}

async function codeOf({ context, flags, place, source, opened, model }: Job, format: Format): Promise<Made> {
  const { compiled, network } = opened;
  const { dtype, weights } = flags;
  const trained = { source, compiled, network };
  const { stored, change, warnings } = await storeNetwork(trained, dtype, flags["max-change"] ?? defaultMaxChange);
  report(context, warnings, new Map());
  const exported = {
    ...trained,
    format,
    bounds: recordOf("bounds", flags.bounds),
    file: place.module,
    relaxed: flags.relaxed,
    stored,
    ...(weights === undefined ? {} : { weights }),
  };
  const { text, declarations, apart, examples } = await moduleOf(exported, model);
  const files = [
    ...(place.declarations === undefined ? [] : [[place.declarations, declarations] as const]),
    [place.module, text] as const,
    ...(weights === undefined ? [] : [[weights, apart] as const]),
  ];
  const module = path.join(place.folder, place.module);
  const runs: Readonly<Record<Format, readonly string[]>> = {
    js: [`node ${module} --selftest computes ${examples} again`],
    wasm: [`node ${module} --selftest computes ${examples} again`],
    wgsl: [`${module} runs where there is WebGPU: in browsers, and in Node with a package that brings it`],
    ts: [],
    html: [`${module} runs in a browser, from a disk or a server`],
  };
  const told = change === undefined ? [] : [changeText(change, dtype)];
  return { files, warnings, notes: [...told, ...runs[format]], ...(change === undefined ? {} : { change }) };
}

/** Writes the files, and tells of them. */
async function write(
  { context, flags, place, source, opened }: Job,
  { files, notes, change, warnings = [] }: Made,
): Promise<void> {
  const { compiled, taken, diagnostics } = opened;
  const { force, json, params, dtype } = flags;
  const { folder } = place;
  const reads = [...readBy(source, compiled.artifact.manifest.host.train), path.resolve(context.cwd, params)];
  await inFolder(context, folder, () => writeOutputs(context, folder, files, { force, reads }));
  const written = files.map(([name, content]) => ({ file: name, bytes: Buffer.byteLength(content) }));
  const { stdout, stderr } = context.process;
  if (json)
    writeJson(stdout, {
      ok: true,
      folder,
      files: written,
      ...(change === undefined ? {} : { dtype, change }),
      ...takenJson(taken),
      diagnostics: [...diagnostics, ...warnings],
    });
  else for (const { file: name, bytes } of written) stdout.write(`${path.join(folder, name)}  ${formatBytes(bytes)}\n`);
  for (const note of notes) stderr.write(`${note}\n`);
}

interface Module {
  readonly text: string;
  readonly declarations: string;
  /** Its weights, where they are in a file of their own. */
  readonly apart: Uint8Array;
  /** What it computes again to test itself. */
  readonly examples: string;
}

/** A module of what the model takes: texts or rows. */
async function moduleOf(exported: Exported, model: HostModel): Promise<Module> {
  const { compiled, network, format } = exported;
  const { manifest } = compiled.artifact;
  const printed = (typed: string): string => (format === "ts" ? typed : withoutTypes(typed));
  const reads = textModelOf(manifest, model, network.record.fitted);
  if (reads !== undefined) {
    const parts = await textParts(exported, reads);
    return {
      text: format === "html" ? writerPage(parts) : printed(textModuleText(parts)),
      declarations: textDeclarationText(parts),
      apart: weightsFile(parts.weights),
      examples: "a stored text and one that it writes",
    };
  }
  const parts = await rowsParts(exported, model);
  return {
    text: format === "html" ? rowsPage(parts, manifest) : printed(moduleText(parts)),
    declarations: declarationText(parts),
    apart: weightsFile(parts.weights),
    examples: counted(parts.examples.length, "stored example"),
  };
}
