/** `nnc export FILE --params P -o DIR`: inference as one module that needs nothing else, or one ONNX model, with weights, preprocessing and class names. */
import path from "node:path";
import { tsMorph } from "../../targets/typescript/ts-morph.ts";
import { exportNotFinite, notFinite } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { HostModel } from "../../compiler/program/host.ts";
import { textModelOf } from "../../runtime/predict/text.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit.ts";
import { onnxModel } from "../export/onnx/export.ts";
import { modulePlace } from "../export/place.ts";
import type { ExportFormat, ModulePlace } from "../export/place.ts";
import { docOf } from "../export/program.ts";
import type { Exported } from "../export/program.ts";
import { rowsParts } from "../export/rows-module.ts";
import { declarationText, moduleText } from "../export/template.ts";
import { textParts } from "../export/text-module.ts";
import { textDeclarationText, textModuleText } from "../export/text-template.ts";
import { inFolder } from "../files.ts";
import { recordOf } from "../flags.ts";
import { takenJson } from "../kept.ts";
import { openTrained } from "../network.ts";
import type { ParameterFlags } from "../network.ts";
import { readBy, writeOutputs } from "../outputs.ts";
import { writeJson } from "../output/json.ts";
import { formatBytes } from "../output/numbers.ts";
import { chooseModel } from "../predict/model.ts";
import { openSource } from "../source.ts";

export type ExportFlags = ParameterFlags & {
  readonly out: string;
  readonly force: boolean;
  readonly format?: ExportFormat;
  readonly model?: string;
  readonly "allow-nonfinite": boolean;
  readonly json: boolean;
};

export async function exportModel(context: Context, flags: ExportFlags, file: string): Promise<number> {
  const place = modulePlace(flags.out, flags.format);
  const source = openSource(context, file);
  const { compiled, network, taken, diagnostics } = await openTrained(context, source, flags);
  if (!flags["allow-nonfinite"] && diagnostics.some(({ code }) => code === notFinite.code))
    throw new NncError(
      diagnose(exportNotFinite, { file: flags.params }, [], "--allow-nonfinite exports them all the same"),
    );
  const { manifest } = compiled.artifact;
  const model = chooseModel(manifest, flags.model);
  const { folder } = place;
  const bounds = recordOf("bounds", flags.bounds);
  const { files, examples } = await filesOf(place, { source, compiled, network, bounds }, model);
  network.close();
  const reads = [...readBy(source, manifest.host.train), path.resolve(context.cwd, flags.params)];
  await inFolder(context, folder, () => writeOutputs(context, folder, files, { force: flags.force, reads }));
  const written = files.map(([name, content]) => ({ file: name, bytes: Buffer.byteLength(content) }));
  const { stdout } = context.process;
  if (flags.json)
    writeJson(stdout, {
      ok: true,
      folder,
      files: written,
      ...takenJson(taken),
      diagnostics,
    });
  else for (const { file: name, bytes } of written) stdout.write(`${path.join(folder, name)}  ${formatBytes(bytes)}\n`);
  if (examples !== undefined) {
    const module = path.join(folder, place.module);
    context.process.stderr.write(`node ${module} --selftest computes ${examples} again\n`);
  }
  return exitCodes.success;
}

interface Files {
  readonly files: readonly (readonly [name: string, content: string | Uint8Array])[];
  /** What the module computes again to test itself, where Node runs it as it is. */
  readonly examples?: string;
}

async function filesOf(
  { format, module, declarations }: ModulePlace,
  trained: Omit<Exported, "format" | "file">,
  model: HostModel,
): Promise<Files> {
  if (format === "onnx") {
    const { source, compiled, network } = trained;
    return { files: [[module, onnxModel({ compiled, network, doc: docOf(source, model.name) }, model)]] };
  }
  const made = await moduleOf({ ...trained, format, file: module }, model);
  if (format === "ts") return { files: [[module, made.text]] };
  const declared = declarations === undefined ? [] : [[declarations, made.declarations] as const];
  return { files: [...declared, [module, withoutTypes(made.text)]], examples: made.examples };
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
