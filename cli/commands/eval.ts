/** `nnc eval FILE --params P`: loss and metrics on the hold-out that training left out, or on the rows of a file. */
import type { TargetName } from "../../compiler/program/artifact.ts";
import { noTraining } from "../../compiler/diagnostics/codes/runtime.ts";
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Compiled } from "../../compiler/compile.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { readDataFile } from "../../runtime/data/files.ts";
import type { Evaluation, Network } from "../../runtime/load/index.ts";
import { evaluationSize, feedOf } from "../../runtime/train/data.ts";
import { prepare, prepareFile } from "../../runtime/train/index.ts";
import type { Dataset } from "../../runtime/train/index.ts";
import { scoresOf } from "../../runtime/train/losses.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit.ts";
import { readUserFile } from "../files.ts";
import { takenJson } from "../kept.ts";
import { openTrained } from "../network.ts";
import type { ParameterFlags } from "../network.ts";
import { writeJson } from "../output/json.ts";
import { report } from "../output/report.ts";
import { lookOf } from "../output/style.ts";
import { openSource } from "../source.ts";
import { classesOf, figuresOf } from "../train/figures.ts";
import { lossNames } from "../train/history.ts";
import { summaryOf } from "../train/summary.ts";

export type EvalFlags = ParameterFlags & {
  readonly data?: string;
  readonly target: TargetName;
  readonly json: boolean;
};

/** A set and what it is called. */
interface NamedSet {
  readonly name: string;
  readonly rows: Dataset;
}

export async function evaluate(context: Context, flags: EvalFlags, file: string): Promise<number> {
  const source = openSource(context, file);
  const { compiled, network, taken, diagnostics } = await openTrained(context, source, flags, flags.target);
  const set = rowsOf(context, source, compiled, network, flags.data);
  const evaluation = await evaluationOf(compiled, network, set);
  const { losses, warnings } = evaluation;
  network.close();
  report(context, warnings, new Map());
  const scores = scoresOf(evaluation);
  const { stdout, env } = context.process;
  if (flags.json)
    writeJson(stdout, {
      ok: true,
      data: set.name,
      rows: set.rows.rows,
      scores,
      ...takenJson(taken),
      diagnostics: [...diagnostics, ...warnings],
    });
  else {
    const look = lookOf(stdout, env);
    const classes = classesOf(compiled.artifact.manifest, network.record.fitted);
    stdout.write(
      summaryOf([[`${set.name} (${set.rows.rows} rows)`, scores]], lossNames(losses), look) +
        figuresOf(set.name, scores, { classes, elsewhere: "told by --json" }, look),
    );
  }
  return exitCodes.success;
}

function rowsOf(
  context: Context,
  source: ProjectSource,
  { artifact }: Compiled,
  network: Network,
  data: string | undefined,
): NamedSet {
  const { manifest } = artifact;
  if (data !== undefined) {
    const read = (name: string): Uint8Array =>
      name === data ? readUserFile(context, name) : readDataFile(source.root, source.folder, name);
    return { name: data, rows: prepareFile(manifest, { read }, data, network.record.fitted, "evaluate") };
  }
  const { train, holdout } = prepare(
    manifest,
    { read: (name) => readDataFile(source.root, source.folder, name) },
    network.counters.seed,
  );
  return holdout === null || holdout === undefined
    ? { name: "training", rows: train }
    : { name: "hold-out", rows: holdout };
}

async function evaluationOf({ artifact }: Compiled, network: Network, { name, rows }: NamedSet): Promise<Evaluation> {
  const { host, dims } = artifact.manifest;
  if (host.train === undefined) throw new NncError(diagnose(noTraining, { call: "nnc eval" }, []));
  const feed = feedOf(host.train, rows, evaluationSize(host.train, dims), name);
  return network.evaluate(feed.epoch(), { trusted: true });
}
