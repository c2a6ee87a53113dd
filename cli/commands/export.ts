/** `nnc export FILE --params P -o DIR`: inference as one module that needs nothing else, with its weights, preprocessing and class names. */
import path from "node:path";
import { tsMorph } from "../../targets/typescript/ts-morph.ts";
import { exportNotFinite, notFinite } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { HostModel } from "../../compiler/program/host.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { textModelOf } from "../../runtime/predict/text.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit.ts";
import type { Format } from "../export/kernels.ts";
import { isForPytorch, modulePlace, networkPlace } from "../export/place.ts";
import type { Exported } from "../export/program.ts";
import { networkFolder, networkText } from "../export/pytorch/export.ts";
import { rowsParts } from "../export/rows-module.ts";
import { declarationText, moduleText } from "../export/template.ts";
import { textParts } from "../export/text-module.ts";
import { textDeclarationText, textModuleText } from "../export/text-template.ts";
import { inFolder } from "../files.ts";
import { recordOf } from "../flags.ts";
import { takenJson } from "../kept.ts";
import { openTrained } from "../network.ts";
import type { Opened, ParameterFlags } from "../network.ts";
import { readBy, writeOutputs } from "../outputs.ts";
import { writeJson } from "../output/json.ts";
import { formatBytes } from "../output/numbers.ts";
import { chooseModel } from "../predict/model.ts";
import { openSource } from "../source.ts";

export type ExportFlags = ParameterFlags & {
  readonly out: string;
  readonly force: boolean;
  readonly format?: Format | "pytorch";
  readonly model?: string;
  readonly "allow-nonfinite": boolean;
  readonly json: boolean;
};

export async function exportModel(context: Context, flags: ExportFlags, file: string): Promise<number> {
  const { out, format: asked } = flags;
  if (asked === "pytorch" || (asked === undefined && isForPytorch(out))) return exportNetwork(context, flags, file);
  const place = modulePlace(out, asked);
  const source = openSource(context, file);
  const { compiled, network, taken, diagnostics } = await openFinite(context, source, flags);
  const { manifest } = compiled.artifact;
  const model = chooseModel(manifest, flags.model);
  const { format, folder } = place;
  const bounds = recordOf("bounds", flags.bounds);
  const exported = { source, compiled, network, format, bounds, file: place.module };
  const { text, declarations, examples } = await moduleOf(exported, model);
  network.close();
  const module = path.join(folder, place.module);
  const files = [
    ...(place.declarations === undefined ? [] : [[place.declarations, declarations] as const]),
    [place.module, format === "ts" ? text : withoutTypes(text)] as const,
  ];
  await write(context, flags, { source, manifest, folder, files, taken, diagnostics });
  if (format !== "ts") context.process.stderr.write(`node ${module} --selftest computes ${examples} again\n`);
  return exitCodes.success;
}

/** A module of PyTorch. */
async function exportNetwork(context: Context, flags: ExportFlags, file: string): Promise<number> {
  const place = networkPlace(flags.out);
  const source = openSource(context, file);
  const { compiled, network, taken, diagnostics } = await openFinite(context, source, flags);
  const { manifest } = compiled.artifact;
  const { seed } = network.counters;
  network.close();
  const model = chooseModel(manifest, flags.model).name;
  const exported = { source, compiled, model, params: flags.params, seed };
  const { folder, module } = place;
  const { files, missing } =
    module === undefined
      ? await networkFolder(context, exported)
      : { files: [[module, networkText(exported)] as const], missing: undefined };
  await write(context, flags, { source, manifest, folder, files, taken, diagnostics });
  const { stderr } = context.process;
  if (missing !== undefined) stderr.write(`without data.safetensors, the rows to train on: ${missing}\n`);
  const main = path.join(folder, module ?? "network.py");
  stderr.write(`torchrun --nproc_per_node 2 ${main} trains it, python ${main} in one process\n`);
  return exitCodes.success;
}

/** Throws NN0930 where parameters are not finite, and nobody said that they may be. */
async function openFinite(context: Context, source: ProjectSource, flags: ExportFlags): Promise<Opened> {
  const opened = await openTrained(context, source, flags);
  if (!flags["allow-nonfinite"] && opened.diagnostics.some(({ code }) => code === notFinite.code))
    throw new NncError(
      diagnose(exportNotFinite, { file: flags.params }, [], "--allow-nonfinite exports them all the same"),
    );
  return opened;
}

interface Outputs extends Pick<Opened, "taken" | "diagnostics"> {
  readonly source: ProjectSource;
  readonly manifest: Manifest;
  readonly folder: string;
  readonly files: readonly (readonly [name: string, content: string | Uint8Array])[];
}

/** Writes the files, and tells of them. */
async function write(
  context: Context,
  { force, json, params }: ExportFlags,
  { source, manifest, folder, files, taken, diagnostics }: Outputs,
): Promise<void> {
  const reads = [...readBy(source, manifest.host.train), path.resolve(context.cwd, params)];
  await inFolder(context, folder, () => writeOutputs(context, folder, files, { force, reads }));
  const written = files.map(([name, content]) => ({ file: name, bytes: Buffer.byteLength(content) }));
  const { stdout } = context.process;
  if (json) writeJson(stdout, { ok: true, folder, files: written, ...takenJson(taken), diagnostics });
  else for (const { file: name, bytes } of written) stdout.write(`${path.join(folder, name)}  ${formatBytes(bytes)}\n`);
}

/** A module of what the model takes: texts or rows. `examples`: what it computes again to test itself. */
async function moduleOf(
  exported: Exported,
  model: HostModel,
): Promise<{ readonly text: string; readonly declarations: string; readonly examples: string }> {
  const { compiled, network } = exported;
  const reads = textModelOf(compiled.artifact.manifest, model, network.record.fitted);
  if (reads !== undefined) {
    const parts = await textParts(exported, reads);
    return {
      text: textModuleText(parts),
      declarations: textDeclarationText(parts),
      examples: "a stored text and one that it writes",
    };
  }
  const parts = await rowsParts(exported, model);
  return {
    text: moduleText(parts),
    declarations: declarationText(parts),
    examples: `${parts.examples.length} stored examples`,
  };
}

function withoutTypes(text: string): string {
  const { ts } = tsMorph();
  return ts.transpileModule(text, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 } })
    .outputText;
}
