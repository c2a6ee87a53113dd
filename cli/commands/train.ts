/** `nnc train FILE`: trains one `train` of a file, or all of them into one comparison. */
import path from "node:path";
import type { ProjectSource } from "../../compiler/project.ts";
import { listOf } from "../../compiler/diagnostics/lists.ts";
import { incomparable } from "../compare/differences.ts";
import type { Context } from "../context.ts";
import { exitCodes, UsageError } from "../exit.ts";
import { reportFailure, writeFailure } from "../failure.ts";
import { inFolder, placeOf } from "../files.ts";
import { recordOf } from "../flags.ts";
import type { Assignment } from "../flags.ts";
import { takeKept, withTaken } from "../kept.ts";
import { readBy, requireOutputs, writeOutputs } from "../outputs.ts";
import { writeJson } from "../output/json.ts";
import { formatDuration, plural } from "../output/numbers.ts";
import { lines, lookOf } from "../output/style.ts";
import type { Look } from "../output/style.ts";
import { wrap } from "../output/wrap.ts";
import { drawSvg } from "../plot/svg.ts";
import {
  arithmeticOf,
  checkTarget,
  compileSource,
  labelOf,
  openSource,
  optionsOf,
  requireLabel,
  trainLabels,
} from "../source.ts";
import type { ArithmeticFlags, ClosingFlags } from "../source.ts";
import { reportName } from "../report/page.ts";
import { figuresOf } from "../train/figures.ts";
import type { History } from "../train/history.ts";
import { logName } from "../train/log.ts";
import { panelsOf } from "../train/picture.ts";
import { probeTable } from "../train/probes.ts";
import { outputNames, parametersName, plotName, readCheckpoint, runTraining } from "../train/run.ts";
import type { RunOutcome } from "../train/run.ts";
import { settingsByTrain } from "../train/settings.ts";
import { showPanels } from "../train/show.ts";
import { comparisonOf, summaryOf } from "../train/summary.ts";

/** Of what a run that came to its end leaves, what people look for. */
const written: readonly string[] = [parametersName, plotName, logName, reportName];

export type TrainFlags = ClosingFlags &
  ArithmeticFlags & {
    readonly out?: string;
    readonly force: boolean;
    readonly all: boolean;
    readonly epochs?: number;
    readonly set?: readonly Assignment<number>[];
    readonly seed?: number;
    readonly threads?: number;
    readonly probe?: readonly string[];
    readonly norms: boolean;
    readonly resume: boolean;
    readonly override: boolean;
    readonly json: boolean;
  };

export async function train(context: Context, flags: TrainFlags, file: string): Promise<number> {
  if (flags.all && flags.label !== undefined) throw new UsageError("expected --all or --label, found both");
  if (flags.override && !flags.resume) throw new UsageError("--override: expected --resume beside it, found none");
  checkTarget(flags);
  const source = openSource(context, file);
  const out = flags.out ?? path.join("runs", path.basename(file, ".nn"));
  const interrupt = context.catchInterrupt();
  try {
    return flags.all
      ? await trainAll(context, source, flags, out, interrupt.signal)
      : await trainOne(context, source, flags, out, interrupt.signal);
  } finally {
    interrupt.release();
  }
}

async function trainOne(
  context: Context,
  source: ProjectSource,
  flags: TrainFlags,
  out: string,
  signal: AbortSignal,
): Promise<number> {
  const outcome = await trainLabel(context, source, flags, out, flags.label, signal);
  const { history, exitCode } = outcome;
  showPanels(context, [history]);
  if (exitCode === exitCodes.success && !flags.json) tellResult(context, outcome, out);
  return exitCode;
}

/** Every `train`, one after the other, where there is room for their common plot. */
async function trainAll(
  context: Context,
  source: ProjectSource,
  flags: TrainFlags,
  out: string,
  signal: AbortSignal,
): Promise<number> {
  const permission = { force: flags.force, reads: readBy(source, undefined) };
  const labels = labelsOf(source);
  const settings = await settingsByTrain(context, source, labels, optionsOf(flags), flags.set);
  return inFolder(context, out, async () => {
    requireOutputs(context, out, [plotName], permission);
    const { outcomes, worst } = await runAll(context, source, flags, out, settings, signal);
    const runs = outcomes.map(({ history }) => history);
    if (runs.length === 0) return worst;
    const plot = drawSvg(path.basename(source.main.name), panelsOf(runs, []));
    writeOutputs(context, out, [[plotName, plot]], permission);
    showPanels(context, runs);
    const { stdout, env } = context.process;
    if (flags.json)
      writeJson(stdout, {
        event: "all",
        runs: runs.map(({ label, done }) => ({ label, holdout: done?.holdout ?? null, train: done?.train ?? null })),
      });
    else {
      const look = lookOf(stdout, env);
      const figures = outcomes.map((outcome) =>
        figuresOfRun(outcome, path.join(out, outcome.history.label), look, true),
      );
      const notes = incomparable(outcomes.map(({ history, facts }) => ({ name: history.label, history, facts })));
      const told = notes.map((note) => `\n${wrap(note, look.width)}\n`);
      stdout.write(comparisonOf(runs, look) + told.join("") + figures.join("") + probeTable(runs, look));
      tellWritten(context, out, runs);
    }
    return worst;
  });
}

/** One that fails is reported, and the others go on; Ctrl-C stops them all. */
async function runAll(
  context: Context,
  source: ProjectSource,
  flags: TrainFlags,
  out: string,
  settings: ReadonlyMap<string, readonly Assignment<number>[]>,
  signal: AbortSignal,
): Promise<{ readonly outcomes: readonly RunOutcome[]; readonly worst: number }> {
  const outcomes: RunOutcome[] = [];
  let worst: number = exitCodes.success;
  for (const [label, set] of settings) {
    const own = { ...flags, set };
    const outcome = await trainLabel(context, source, own, path.join(out, label), label, signal).catch(
      (error: unknown) => {
        const exitCode = reportFailure(context, error);
        if (flags.json) writeFailure(context, error, "event");
        return exitCode;
      },
    );
    const exitCode = typeof outcome === "number" ? outcome : outcome.exitCode;
    if (typeof outcome !== "number") outcomes.push(outcome);
    worst = Math.max(worst, exitCode);
    if (exitCode === exitCodes.interrupted) break;
  }
  return { outcomes, worst };
}

async function trainLabel(
  context: Context,
  source: ProjectSource,
  flags: TrainFlags,
  out: string,
  label: string | undefined,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const { seed, epochs, threads, probe = [], norms, override, json } = flags;
  const earlier = flags.resume ? readCheckpoint(placeOf(context, out), out) : undefined;
  const taken = takeKept(context, earlier ?? { file: out, options: undefined }, flags, true);
  const kept = withTaken(flags, taken);
  checkTarget(kept);
  const chosen = label ?? labelOf(source, earlier?.label);
  const compiled = await compileSource(context, source, {
    ...optionsOf(kept),
    ...(chosen === undefined ? {} : { train: chosen }),
    ...arithmeticOf(kept),
    settings: recordOf("set", kept.set),
    probes: probe,
    norms,
  });
  if (earlier !== undefined) requireLabel(source, earlier, label);
  const reads = readBy(source, compiled.artifact.manifest.host.train);
  return inFolder(context, out, (folder) => {
    requireOutputs(context, out, outputNames, { force: flags.force, reads });
    return runTraining(context, source, compiled, {
      folder,
      shown: out,
      json,
      taken,
      override,
      signal,
      title: (name) => `${path.basename(source.main.name)}: ${name}`,
      ...(earlier === undefined ? {} : { earlier }),
      ...(seed === undefined ? {} : { seed }),
      ...(epochs === undefined ? {} : { epochs }),
      ...(threads === undefined ? {} : { threads }),
    });
  });
}

/** In the order of the file. */
function labelsOf(source: ProjectSource): readonly string[] {
  const labels = trainLabels(source);
  if (labels.length === 0)
    throw new UsageError(`expected a file with a \`train\` for --all, found none in ${source.main.name}`);
  return labels;
}

function tellResult(context: Context, outcome: RunOutcome, out: string): void {
  const { history } = outcome;
  const { done, start } = history;
  if (done === undefined) return;
  const { stdout, stderr, env } = context.process;
  const look = lookOf(stdout, env);
  stdout.write(
    summaryOf(
      [
        ["training", done.train],
        ["hold-out", done.holdout],
      ],
      history.losses,
      look,
    ) +
      figuresOfRun(outcome, out, look) +
      probeTable([history], look),
  );
  const isEarlier = outcome.keepsBest && done.bestEpoch !== null && done.bestEpoch !== done.epochs;
  const notes = [
    ...(done.early ? ["stopped early"] : []),
    ...(isEarlier ? [`parameters of epoch ${done.bestEpoch}`] : []),
  ];
  const best = notes.length === 0 ? "" : `; ${notes.join(", ")}`;
  const threads = start === undefined || start.threads === 1 ? "" : ` on ${start.threads} threads`;
  stderr.write(`${plural(done.steps, "step")} in ${formatDuration(done.seconds)}${threads}${best}\n`);
  const told = `wrote ${written.map((name) => path.join(out, name)).join(", ")}`;
  stderr.write(lines(told, stderr, env));
}

/** The plot of all runs, and where those lie that came to their end. */
function tellWritten({ process: { stderr, env } }: Context, out: string, runs: readonly History[]): void {
  const ended = runs.filter(({ done }) => done !== undefined).map(({ label }) => path.join(out, label));
  const each = ended.length === 0 ? "" : `; in ${listOf(ended)}: ${written.join(", ")}`;
  stderr.write(lines(`wrote ${path.join(out, plotName)}${each}`, stderr, env));
}

/** The figures of a run that came to its end that are no single number: of its hold-out where it has one. */
function figuresOfRun({ history, names }: RunOutcome, out: string, look: Look, named = false): string {
  const { done, label } = history;
  if (done === undefined) return "";
  const set = done.holdout === null ? "training" : "hold-out";
  const elsewhere = `in ${path.join(out, reportName)}`;
  return figuresOf(named ? `${label}, ${set}` : set, done.holdout ?? done.train, { ...names, elsewhere }, look);
}
