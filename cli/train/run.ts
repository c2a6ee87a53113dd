/**
 * One run: the loop around the runtime's events that shows, logs and saves. A checkpoint is on the disk at most a few seconds after an epoch,
 * when Ctrl-C stops the run, and when it ends; each is written whole or not at all.
 */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { Compiled } from "../../compiler/compile.ts";
import { resumeMismatch } from "../../compiler/diagnostics/codes/earlier-runs.ts";
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { optionsFromMetadata } from "../../runtime/save/read-checkpoint.ts";
import { readSavedFile, writeFilesAtomic } from "../../runtime/save/write-file.ts";
import { decode } from "../../runtime/save/safetensors.ts";
import { prepare, train } from "../../runtime/train/index.ts";
import type { TrainEvent, TrainOptions } from "../../runtime/train/index.ts";
import { requireTrain } from "../../runtime/train/prepare.ts";
import { contentsOf } from "../contents.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit.ts";
import { gpuFor } from "../gpu.ts";
import { takenJson } from "../kept.ts";
import type { KeptFile, Taken } from "../kept.ts";
import { writeJson } from "../output/json.ts";
import { plural } from "../output/numbers.ts";
import { report } from "../output/report.ts";
import { lines } from "../output/style.ts";
import { drawSvg } from "../plot/svg.ts";
import { examine } from "../report/examine.ts";
import type { Examination } from "../report/examine.ts";
import { factsName, factsOf, printFacts } from "../report/facts.ts";
import type { RunFacts } from "../report/facts.ts";
import { reportName, reportPage } from "../report/page.ts";
import type { Ended, Report } from "../report/page.ts";
import { classNamesOf } from "./figures.ts";
import type { ClassNames } from "./figures.ts";
import { History } from "./history.ts";
import { logName, logText, readLog } from "./log.ts";
import { panelsOf } from "./picture.ts";
import { Progress } from "./progress.ts";

export interface RunSettings {
  readonly folder: string;
  /** The folder as the user wrote it. */
  readonly shown: string;
  readonly json: boolean;
  /** The run to go on with. */
  readonly earlier?: Earlier;
  readonly taken: Taken;
  readonly override: boolean;
  /** Above its picture. */
  readonly title: (label: string) => string;
  readonly seed?: number;
  readonly epochs?: number;
  readonly threads?: number;
  readonly signal: AbortSignal;
}

/** A checkpoint in the folder of the run. */
export interface Earlier extends KeptFile {
  readonly bytes: Uint8Array;
  /** The train that it is of. */
  readonly label: string | undefined;
  readonly seed: number;
  readonly step: number;
}

export interface RunOutcome {
  readonly history: History;
  readonly exitCode: number;
  readonly names: ClassNames;
  readonly facts: RunFacts;
  /** `stop_early` puts the parameters of the best epoch back, whether it ended the run or not. */
  readonly keepsBest: boolean;
}

export const parametersName = "parameters.safetensors";
const checkpointName = "checkpoint.safetensors";
export const plotName = "plot.svg";
/** What a run leaves behind. */
export const outputNames: readonly string[] = [
  parametersName,
  checkpointName,
  logName,
  plotName,
  factsName,
  reportName,
];
/** Milliseconds between two checkpoints on the disk. */
const pause = 5000;

export async function runTraining(
  context: Context,
  source: ProjectSource,
  { artifact, diagnostics: warnings }: Compiled,
  settings: RunSettings,
): Promise<RunOutcome> {
  const { manifest } = artifact;
  const { folder, epochs, threads, signal, earlier, override } = settings;
  const label = manifest.host.train?.label ?? manifest.name;
  const seed = settings.seed ?? earlier?.seed;
  const data = prepare(manifest, await contentsOf(source, manifest.host, "all"), seed);
  const options: TrainOptions = {
    signal,
    ...(await gpuFor(manifest.target)),
    // What the source says is compared with what it said, where no flag says otherwise.
    ...(settings.seed === undefined ? {} : { seed: settings.seed }),
    ...(epochs === undefined ? {} : { epochs }),
    threads: threads ?? Math.min(manifest.threads?.useful ?? 1, availableParallelism()),
    ...(earlier === undefined ? {} : { resume: earlier.bytes, override }),
  };
  const history = new History(label);
  // A long run has more events than a call may have arguments.
  if (earlier !== undefined) for (const event of readLog(folder, earlier.step)) history.events.push(event);
  const names = classNamesOf(manifest, data.fitted);
  const host = requireTrain(manifest, "nnc train");
  const progress = new Progress(context, label, host);
  const facts = factsOf({ source, artifact, data, seed: seed ?? host.seed, epochs: epochs ?? host.epochs });
  const parameters = manifest.buffers.filter(({ role }) => role === "parameter").map(({ name }) => name);
  const report = { title: settings.title(label), history, facts, names, parameters };
  const recorder = new Recorder(context, report, settings, warnings, progress);
  const training = train(artifact, data, options);
  const { classes } = names;
  const look = (): Promise<Examination> =>
    examine({ network: training.network, train: host, data, classes, now: context.now });
  try {
    for await (const event of training) await recorder.take(event, { save: () => training.save(), look });
  } finally {
    recorder.close();
  }
  const keepsBest = manifest.host.train?.stopEarly !== undefined;
  return { history, exitCode: recorder.exitCode, names, facts, keepsBest };
}

/** What a recorder may ask of the training at hand. */
interface Asked {
  readonly save: () => Promise<Uint8Array>;
  readonly look: () => Promise<Examination>;
}

type Named = readonly [name: string, content: string | Uint8Array];

/** What an event means for the screen, the log and the disk. */
class Recorder {
  exitCode: number = exitCodes.success;
  readonly #context: Context;
  /** Without what only its end tells. */
  readonly #report: Report;
  readonly #settings: RunSettings;
  readonly #progress: Progress;
  /** What the compiler found odd; already told to people. */
  readonly #warnings: readonly Diagnostic[];
  /** What was said already: each epoch finds the same odd again. */
  readonly #told = new Set<string>();
  #last: Uint8Array | undefined;
  #written: number;

  constructor(
    context: Context,
    report: Report,
    settings: RunSettings,
    warnings: readonly Diagnostic[],
    progress: Progress,
  ) {
    this.#warnings = warnings;
    this.#context = context;
    this.#report = report;
    this.#settings = settings;
    this.#progress = progress;
    this.#written = context.now();
  }

  async take(event: TrainEvent, { save, look }: Asked): Promise<void> {
    this.#report.history.add(event);
    this.#progress.show(event);
    switch (event.event) {
      case "start":
      case "step":
        break;
      case "epoch":
        this.#last = await save();
        if (this.#context.now() - this.#written > pause) this.#keep(this.#last);
        break;
      case "stopped":
        this.exitCode = exitCodes.interrupted;
        this.#keep(event.checkpoint, endOf(event));
        await this.#finish(look, endOf(event));
        break;
      case "diverged":
        this.#keep(event.checkpoint, endOf(event));
        break;
      case "done":
        this.#write([
          ...(this.#last === undefined ? [] : [[checkpointName, this.#last] as const]),
          [parametersName, await save()],
          ...this.#story(undefined),
        ]);
        await this.#finish(look, undefined);
        break;
    }
    this.#tell(event);
  }

  close(): void {
    this.#progress.clear();
  }

  #tell(event: TrainEvent): void {
    const { json, shown, taken } = this.#settings;
    const { stdout, stderr } = this.#context.process;
    const told = "diagnostics" in event ? event.diagnostics.filter(({ message }) => !this.#told.has(message)) : [];
    if (told.length > 0) {
      for (const { message } of told) this.#told.add(message);
      this.#progress.clear();
      report(this.#context, told, new Map());
    }
    if (event.event === "start" && event.left.length > 0) {
      this.#progress.clear();
      stderr.write(`start_from left ${plural(event.left.length, "tensor")} out:\n`);
      stderr.write(leftText(event.left));
    }
    if (event.event === "stopped") {
      this.#progress.clear();
      const told = `stopped in epoch ${event.epoch} after step ${event.step}; --resume goes on from ${path.join(shown, checkpointName)}`;
      stderr.write(lines(told, stderr, this.#context.process.env));
    }
    if (json) writeJson(stdout, eventJson(event, path.join(shown, parametersName), this.#warnings, taken));
  }

  #keep(bytes: Uint8Array, ended?: Ended): void {
    this.#write([[checkpointName, bytes], ...this.#story(ended)]);
    this.#written = this.#context.now();
  }

  /** What only a look at the rows tells, once all else is safe on the disk. */
  async #finish(look: Asked["look"], ended: Ended | undefined): Promise<void> {
    this.#write([this.#page(ended, await look())]);
  }

  /** The run so far, to read and to look at. */
  #story(ended: Ended | undefined): readonly Named[] {
    const { title, history, facts, names } = this.#report;
    return [
      [logName, logText(history)],
      [plotName, drawSvg(title, panelsOf([history], names.classes))],
      [factsName, printFacts(facts)],
      this.#page(ended),
    ];
  }

  #page(ended: Ended | undefined, examination?: Examination): Named {
    return [
      reportName,
      reportPage({
        ...this.#report,
        ...(ended === undefined ? {} : { ended }),
        ...(examination === undefined ? {} : { examination }),
      }),
    ];
  }

  /** All of them or none. */
  #write(files: readonly Named[]): void {
    const { folder } = this.#settings;
    writeFilesAtomic(files.map(([name, content]) => ({ path: path.join(folder, name), content })));
  }
}

/** How a run ended that did not come to its end. */
function endOf(event: TrainEvent & { readonly event: "stopped" | "diverged" }): Ended {
  const { epoch, step } = event;
  return event.event === "stopped"
    ? { sentence: `Stopped in epoch ${epoch} after step ${step}; --resume goes on.`, diverged: false }
    : { sentence: `Ended in epoch ${epoch}: ${event.diagnostic.message}.`, diverged: true };
}

/** Lines of tensors that are shown; all are in the events and in the log. */
const shownLeft = 20;

function leftText(left: readonly string[]): string {
  const more = left.length - shownLeft;
  return [...left.slice(0, shownLeft), ...(more > 0 ? [`… and ${more} more, in ${logName}`] : [])]
    .map((line) => `  ${line}\n`)
    .join("");
}

/** An event for another program: paths in the place of bytes. */
function eventJson(event: TrainEvent, parameters: string, warnings: readonly Diagnostic[], taken: Taken): object {
  switch (event.event) {
    case "start":
      return { ...event, ...takenJson(taken), diagnostics: [...warnings, ...event.diagnostics] };
    case "done":
      return { ...event, parameters };
    case "stopped":
    case "diverged":
      return { ...event, checkpoint: path.join(path.dirname(parameters), checkpointName) };
    default:
      return event;
  }
}

/** Throws NN0725 where there is none, NN09xx where it is none of ours. */
export function readCheckpoint(folder: string, shown: string): Earlier {
  const place = path.join(folder, checkpointName);
  const file = path.join(shown, checkpointName);
  if (!existsSync(place)) {
    const values = { what: "a checkpoint", expected: file, found: "no such file" };
    throw new NncError(diagnose(resumeMismatch, values, [], "train without --resume first"));
  }
  const bytes = readSavedFile(place);
  const { metadata } = decode(file, bytes);
  return {
    file,
    bytes,
    label: metadata.get("nnc.train"),
    options: optionsFromMetadata(file, metadata),
    seed: Number(metadata.get("nnc.seed") ?? 0),
    step: Number(metadata.get("nnc.step") ?? 0),
  };
}
