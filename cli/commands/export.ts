/** `nnc export FILE --params P -o DIR`: inference as one module that needs nothing else, with its weights, preprocessing and class names. */
import path from "node:path";
import { exportNotFinite, notFinite } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { HostModel } from "../../compiler/program/host.ts";
import { textModelOf } from "../../runtime/predict/text.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit.ts";
import { changeText, storeNetwork } from "../export/change.ts";
import { withoutTypes } from "../export/javascript.ts";
import type { Format } from "../export/kernels.ts";
import { checkStorage, defaultMaxChange } from "../export/options.ts";
import type { StorageFlags } from "../export/options.ts";
import { rowsPage, writerPage } from "../export/page/pages.ts";
import { modulePlace } from "../export/place.ts";
import type { Exported } from "../export/program.ts";
import { rowsParts } from "../export/rows-module.ts";
import { declarationText, moduleText } from "../export/template.ts";
import { textParts } from "../export/text-module.ts";
import { textDeclarationText, textModuleText } from "../export/text-template.ts";
import { weightsFile } from "../export/weights-text.ts";
import { inFolder } from "../files.ts";
import { recordOf } from "../flags.ts";
import { takenJson } from "../kept.ts";
import { openTrained } from "../network.ts";
import type { ParameterFlags } from "../network.ts";
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
    readonly format?: Format;
    readonly model?: string;
    readonly "allow-nonfinite": boolean;
    readonly json: boolean;
  };

export async function exportModel(context: Context, flags: ExportFlags, file: string): Promise<number> {
  const place = modulePlace(flags.out, flags.format);
  checkStorage(flags, place);
  const source = openSource(context, file);
  const { compiled, network, taken, diagnostics } = await openTrained(context, source, flags);
  if (!flags["allow-nonfinite"] && diagnostics.some(({ code }) => code === notFinite.code))
    throw new NncError(
      diagnose(exportNotFinite, { file: flags.params }, [], "--allow-nonfinite exports them all the same"),
    );
  const { manifest } = compiled.artifact;
  const model = chooseModel(manifest, flags.model);
  const { format, folder } = place;
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
  network.close();
  const module = path.join(folder, place.module);
  const files = [
    ...(place.declarations === undefined ? [] : [[place.declarations, declarations] as const]),
    [place.module, text] as const,
    ...(weights === undefined ? [] : [[weights, apart] as const]),
  ];
  const reads = [...readBy(source, manifest.host.train), path.resolve(context.cwd, flags.params)];
  await inFolder(context, folder, () => writeOutputs(context, folder, files, { force: flags.force, reads }));
  const written = files.map(([name, content]) => ({ file: name, bytes: Buffer.byteLength(content) }));
  const { stdout, stderr } = context.process;
  if (flags.json)
    writeJson(stdout, {
      ok: true,
      folder,
      files: written,
      ...(change === undefined ? {} : { dtype, change }),
      ...takenJson(taken),
      diagnostics: [...diagnostics, ...warnings],
    });
  else for (const { file: name, bytes } of written) stdout.write(`${path.join(folder, name)}  ${formatBytes(bytes)}\n`);
  if (change !== undefined) stderr.write(`${changeText(change, dtype)}\n`);
  if (format === "html") stderr.write(`${module} runs in a browser, from a disk or a server\n`);
  else if (format !== "ts") stderr.write(`node ${module} --selftest computes ${examples} again\n`);
  return exitCodes.success;
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
    examples: `${parts.examples.length} stored examples`,
  };
}
