/**
 * One run: the loop around the runtime's events that shows, logs and saves. A checkpoint is on the disk at most a few seconds after an epoch,
 * when Ctrl-C stops the run, and when it ends; each is written whole or not at all.
 */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { Compiled } from "../../compiler/compile.ts";
import { resumeMismatch } from "../../compiler/diagnostics/codes/runtime.ts";
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { readDataFile } from "../../runtime/data/files.ts";
import { readSavedFile, writeFileAtomic } from "../../runtime/save/write-file.ts";
import { decode } from "../../runtime/save/safetensors.ts";
import { prepare, train } from "../../runtime/train/index.ts";
import type { TrainEvent, TrainOptions } from "../../runtime/train/index.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit.ts";
import { gpuFor } from "../gpu.ts";
import { writeJson } from "../output/json.ts";
import { report } from "../output/report.ts";
import { classesOf } from "./figures.ts";
import { History } from "./history.ts";
import { readLog, writeLog } from "./log.ts";
import { Progress } from "./progress.ts";

export interface RunSettings {
  readonly folder: string;
  /** The folder as the user wrote it. */
  readonly shown: string;
  readonly json: boolean;
  readonly resume: boolean;
  readonly seed?: number;
  readonly epochs?: number;
  readonly threads?: number;
  readonly signal: AbortSignal;
}

export interface RunOutcome {
  readonly history: History;
  readonly exitCode: number;
  /** The names behind the ids of the target, where it had names. */
  readonly classes: readonly string[];
}

export const parametersName = "parameters.safetensors";
const checkpointName = "checkpoint.safetensors";
/** Milliseconds between two checkpoints on the disk. */
const pause = 5000;

export async function runTraining(
  context: Context,
  source: ProjectSource,
  { artifact, diagnostics: warnings }: Compiled,
  settings: RunSettings,
): Promise<RunOutcome> {
  const { manifest } = artifact;
  const { folder, shown, epochs, threads, signal } = settings;
  const label = manifest.host.train?.label ?? manifest.name;
  const earlier = settings.resume ? readCheckpoint(folder, shown) : undefined;
  const seed = settings.seed ?? earlier?.seed;
  const data = prepare(manifest, { read: (file) => readDataFile(source.root, source.folder, file) }, seed);
  const options: TrainOptions = {
    signal,
    ...(await gpuFor(manifest.target)),
    ...(seed === undefined ? {} : { seed }),
    ...(epochs === undefined ? {} : { epochs }),
    threads: threads ?? Math.min(manifest.threads?.useful ?? 1, availableParallelism()),
    ...(earlier === undefined ? {} : { resume: earlier.bytes }),
  };
  const history = new History(label);
  if (earlier !== undefined) history.events.push(...readLog(folder, earlier.step));
  const recorder = new Recorder(context, history, settings, warnings);
  const classes = classesOf(manifest, data.fitted);
  const training = train(artifact, data, options);
  try {
    for await (const event of training) await recorder.take(event, () => training.save());
  } finally {
    recorder.close();
  }
  return { history, exitCode: recorder.exitCode, classes };
}

/** What an event means for the screen, the log and the disk. */
class Recorder {
  exitCode: number = exitCodes.success;
  readonly #context: Context;
  readonly #history: History;
  readonly #settings: RunSettings;
  readonly #progress: Progress;
  /** What the compiler found odd; already told to people. */
  readonly #warnings: readonly Diagnostic[];
  #last: Uint8Array | undefined;
  #written: number;

  constructor(context: Context, history: History, settings: RunSettings, warnings: readonly Diagnostic[]) {
    this.#warnings = warnings;
    this.#context = context;
    this.#history = history;
    this.#settings = settings;
    this.#progress = new Progress(context, history.label);
    this.#written = context.now();
  }

  async take(event: TrainEvent, save: () => Promise<Uint8Array>): Promise<void> {
    this.#history.add(event);
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
        this.#keep(event.checkpoint);
        break;
      case "diverged":
        this.#keep(event.checkpoint);
        break;
      case "done":
        if (this.#last !== undefined) this.#keep(this.#last);
        this.#write(parametersName, await save());
        break;
    }
    this.#tell(event);
  }

  close(): void {
    this.#progress.clear();
  }

  #tell(event: TrainEvent): void {
    const { json, shown } = this.#settings;
    const { stdout, stderr } = this.#context.process;
    if ("diagnostics" in event && event.diagnostics.length > 0) {
      this.#progress.clear();
      report(this.#context, event.diagnostics, new Map());
    }
    if (event.event === "stopped") {
      this.#progress.clear();
      stderr.write(
        `stopped in epoch ${event.epoch} after step ${event.step}; --resume goes on from ${path.join(shown, checkpointName)}\n`,
      );
    }
    if (json) writeJson(stdout, eventJson(event, path.join(shown, parametersName), this.#warnings));
  }

  #keep(bytes: Uint8Array): void {
    this.#write(checkpointName, bytes);
    writeLog(this.#settings.folder, this.#history);
    this.#written = this.#context.now();
  }

  #write(name: string, bytes: Uint8Array): void {
    writeFileAtomic(path.join(this.#settings.folder, name), bytes);
  }
}

/** An event for another program: paths in the place of bytes. */
function eventJson(event: TrainEvent, parameters: string, warnings: readonly Diagnostic[]): object {
  switch (event.event) {
    case "start":
      return { ...event, diagnostics: [...warnings, ...event.diagnostics] };
    case "done":
      return { ...event, parameters };
    case "stopped":
    case "diverged":
      return { ...event, checkpoint: path.join(path.dirname(parameters), checkpointName) };
    default:
      return event;
  }
}

function readCheckpoint(
  folder: string,
  shown: string,
): { readonly bytes: Uint8Array; readonly seed: number; readonly step: number } {
  const place = path.join(folder, checkpointName);
  if (!existsSync(place)) {
    const values = { what: "a checkpoint", expected: path.join(shown, checkpointName), found: "no such file" };
    throw new NncError(diagnose(resumeMismatch, values, [], "train without --resume first"));
  }
  const bytes = readSavedFile(place);
  const { metadata } = decode(path.join(shown, checkpointName), bytes);
  return { bytes, seed: Number(metadata.get("nnc.seed") ?? 0), step: Number(metadata.get("nnc.step") ?? 0) };
}
