/** `nnc eval FILE --params P`: loss and metrics on the hold-out that training left out, or on the rows of a file. */
import type { Manifest, TargetName } from "../../compiler/program/artifact.ts";
import type { Compiled } from "../../compiler/compile.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import type { Network } from "../../runtime/load/index.ts";
import { unitsOf } from "../../runtime/predict/interface.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import { evaluationRows, warnPrepared } from "../../runtime/train/evaluation.ts";
import { fieldsOf, prepareFile } from "../../runtime/train/index.ts";
import type { Dataset } from "../../runtime/train/index.ts";
import { scoresOf } from "../../runtime/train/losses.ts";
import { requireTrain } from "../../runtime/train/prepare.ts";
import { contentsOf } from "../contents.ts";
import type { Context } from "../context.ts";
import { evaluationOf } from "../evaluation.ts";
import { exitCodes } from "../exit.ts";
import { readUserFile } from "../files.ts";
import type { FileFlag } from "../flags.ts";
import { takenJson } from "../kept.ts";
import { openTrained } from "../network.ts";
import type { ParameterFlags } from "../network.ts";
import { writeJson } from "../output/json.ts";
import { report } from "../output/report.ts";
import { lookOf } from "../output/style.ts";
import { textFileIn } from "../predict/text.ts";
import { readImageRows } from "../rows/images.ts";
import { readRowFiles, readWholeFiles, rowFile, telling } from "../rows/read.ts";
import { openSource } from "../source.ts";
import { classNamesOf, figuresOf } from "../train/figures.ts";
import { lossNames } from "../train/history.ts";
import { rowsText } from "../train/rows.ts";
import { summaryOf } from "../train/summary.ts";
import { unitsText } from "../train/units.ts";

export type EvalFlags = ParameterFlags & {
  readonly data?: readonly FileFlag[];
  readonly target: TargetName;
  readonly json: boolean;
};

/** A set, what it is called, and what is odd about it. */
interface NamedSet {
  readonly name: string;
  readonly rows: Dataset;
  readonly warnings: readonly Diagnostic[];
}

export async function evaluate(context: Context, flags: EvalFlags, file: string): Promise<number> {
  const source = openSource(context, file);
  const { compiled, network, taken, diagnostics } = await openTrained(context, source, flags, flags.target);
  const set = await rowsOf(context, source, compiled, network, flags.data);
  const evaluation = await evaluationOf(compiled, network, set);
  const { losses } = evaluation;
  const prepared = warnPrepared(compiled.artifact.manifest, network.record.fitted);
  const warnings = [...prepared, ...set.warnings, ...evaluation.warnings];
  network.close();
  report(context, warnings, new Map());
  const scores = scoresOf(evaluation);
  const train = requireTrain(compiled.artifact.manifest, "nnc eval");
  const units = unitsOf(train, network.record.fitted);
  const { stdout, stderr, env } = context.process;
  if (flags.json)
    writeJson(stdout, {
      ok: true,
      data: set.name,
      rows: set.rows.rows,
      scores,
      ...units,
      ...takenJson(taken),
      diagnostics: [...diagnostics, ...warnings],
    });
  else {
    const look = lookOf(stdout, env);
    if (units.units !== undefined) stderr.write(`${unitsText(units.units)}\n`);
    const names = classNamesOf(compiled.artifact.manifest, network.record.fitted);
    stdout.write(
      summaryOf([[`${set.name} (${rowsText(train, set.rows.rows)})`, scores]], lossNames(losses), look) +
        figuresOf(set.name, scores, { ...names, elsewhere: "told by --json" }, look),
    );
  }
  return exitCodes.success;
}

async function rowsOf(
  context: Context,
  source: ProjectSource,
  { artifact }: Compiled,
  network: Network,
  data: readonly FileFlag[] = [],
): Promise<NamedSet> {
  const { manifest } = artifact;
  if (data.length > 0) {
    const name = data.map(({ file }) => file).join(", ");
    return { name, rows: await rowsIn(context, data, manifest, network.record.fitted), warnings: [] };
  }
  return evaluationRows(manifest, await contentsOf(source, manifest.host, "tested"), network);
}

/** Rows in whichever form, with their targets; text as it was read in training, or the ids behind its characters. */
async function rowsIn(
  context: Context,
  data: readonly FileFlag[],
  manifest: Manifest,
  fitted: Fitted,
): Promise<Dataset> {
  const declared = requireTrain(manifest, "nnc eval").data;
  const fields = fieldsOf(manifest);
  const text = declared.reader === "text" ? textFileIn(data, declared) : undefined;
  if (text !== undefined)
    return prepareFile(manifest, { read: (name) => readUserFile(context, name) }, text, fitted, "evaluate");
  const images = await readImageRows(context, data, fields, declared, fitted);
  if (images !== undefined) return images.rows;
  const files = data.map(({ field, file }) => rowFile(file, readUserFile(context, file), field));
  const read = declared.reader === "arrays" ? readWholeFiles : readRowFiles;
  return read(files, fields, declared, fitted, telling(context));
}
