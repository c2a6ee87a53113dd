/** How a lesson runs nnc: by the command, as a reader does, or as a network in this process where it asks for many values. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { compileFile } from "../../../compiler/files.ts";
import type { CompileOptions } from "../../../compiler/compile.ts";
import type { Artifact } from "../../../compiler/program/artifact.ts";
import { load } from "../../../runtime/load/index.ts";
import type { LoadOptions, Network } from "../../../runtime/load/index.ts";
import { decode } from "../../../runtime/save/safetensors.ts";
import { prepare, train } from "../../../runtime/train/index.ts";
import type { DoneEvent, EpochEvent, StepEvent, TrainEvent } from "../../../runtime/train/index.ts";
import { unzipped } from "./first-losses.ts";

/** What a training told, and where it left its files. */
export interface Run {
  readonly folder: string;
  readonly params: string;
  readonly steps: readonly StepEvent[];
  readonly epochs: readonly EpochEvent[];
  /** Undefined where the loss was no number any more. */
  readonly done: DoneEvent | undefined;
}

/** `--label`, where the file has several trainings, and other flags as they are typed. */
export interface TrainOptions {
  readonly label?: string;
  readonly flags?: readonly string[];
}

/** Of a training in this process. */
export interface WatchOptions {
  readonly compiling?: CompileOptions;
  /** What files of these names hold, in the place of those that lie in the folder. */
  readonly texts?: Readonly<Record<string, string>>;
  readonly epochs?: number;
  readonly seed?: number;
}

export class Workshop {
  readonly #command: string;
  /** The lesson's. */
  readonly folder: string;
  readonly #scratch: string;
  #runs = 0;
  readonly #artifacts = new Map<string, Artifact>();

  /** `command` is the built one; files are relative to the lesson's `folder`; runs lie in `scratch`, which the caller removes. */
  constructor(command: string, folder: string, scratch: string) {
    this.#command = command;
    this.folder = folder;
    this.#scratch = scratch;
  }

  /** What `nnc` prints on standard output; throws where it fails. */
  nnc(args: readonly string[], input = ""): string {
    const { status, stdout, stderr } = this.#spawn(args, input);
    if (status !== 0) throw new Error(`nnc ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  train(file: string, { label, flags = [] }: TrainOptions = {}): Run {
    this.#runs += 1;
    const folder = path.join(this.#scratch, `run-${this.#runs}`);
    const labelled = label === undefined ? [] : ["--label", label];
    const args = ["train", file, "--json", "-o", folder, ...labelled, ...flags];
    const { status, stdout, stderr } = this.#spawn(args, "");
    const lines = stdout.trimEnd().split("\n");
    // What the command prints is what its types say.
    const events = lines.map((line) => JSON.parse(line) as StepEvent | EpochEvent | DoneEvent | { event: "diverged" });
    const hasDiverged = events.some(({ event }) => event === "diverged");
    if (status !== 0 && !hasDiverged) throw new Error(`nnc ${args.join(" ")}: ${stderr}${stdout}`);
    return {
      folder,
      params: path.join(folder, "parameters.safetensors"),
      steps: events.flatMap((event) => (event.event === "step" ? [event] : [])),
      epochs: events.flatMap((event) => (event.event === "epoch" ? [event] : [])),
      done: events.find((event) => event.event === "done"),
    };
  }

  /** The numbers of each parameter that a run ended with, by its name, such as `Fare.weight`. */
  parameters(run: Run): ReadonlyMap<string, readonly number[]> {
    const { tensors } = decode(run.params, readFileSync(run.params));
    return new Map([...tensors].map(([name, { data }]) => [name, Array.from(data)]));
  }

  /** What `nnc graph` draws, as SVG. */
  picture(file: string, flags: readonly string[]): string {
    const out = path.join(this.#scratch, "picture.svg");
    this.nnc(["graph", file, "-o", out, "--force", ...flags]);
    return readFileSync(out, "utf8");
  }

  /** What `nnc predict` says of rows, as it prints it: an object each. Rows are as the data have them. */
  predictions(
    file: string,
    run: Run,
    rows: readonly Readonly<Record<string, unknown>>[],
    flags: readonly string[] = [],
  ): readonly Readonly<Record<string, unknown>>[] {
    const input = rows.map((row) => JSON.stringify(row)).join("\n");
    const lines = this.nnc(["predict", file, "--params", run.params, "--format", "json", ...flags], input);
    // JSON lines, an object each.
    return lines
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  }

  /** The network of a file in this process, for lessons that look at single steps. The caller closes it. */
  async network(file: string, compiling: CompileOptions, loading: LoadOptions = {}): Promise<Network> {
    const compiled = compileFile(path.join(this.folder, file), { target: "wasm", ...compiling });
    if (!compiled.ok) throw new Error(`${file}: ${compiled.diagnostics[0]?.message}`);
    return await load(compiled.artifact, loading);
  }

  /**
   * What a model says of rows: the numbers of its first output, row by row. All rows are one batch. Inputs are as the network reads them: already
   * scaled and standardised. A file that was trained with `--const` needs the same values in `compiling`.
   */
  async outputs(
    file: string,
    { run, model, compiling = {} }: { run: Run; model?: string; compiling?: CompileOptions },
    inputs: Readonly<Record<string, readonly (readonly number[])[]>>,
  ): Promise<readonly (readonly number[])[]> {
    const rows = Math.max(...Object.values(inputs).map(({ length }) => length));
    const network = await this.network(
      file,
      { ...compiling, bounds: { N: rows } },
      { parameters: readFileSync(run.params) },
    );
    const typed = Object.fromEntries(
      Object.entries(inputs).map(([name, values]) => [name, Float32Array.from(values.flat())]),
    );
    const [first] = model === undefined ? await network.predict(typed) : await network.predict(model, typed);
    network.close();
    if (first === undefined) throw new Error(`${file} has no output`);
    const { data } = first;
    const width = data.length / rows;
    return Array.from({ length: rows }, (_, row) => Array.from(data.slice(row * width, (row + 1) * width)));
  }

  /**
   * Trains in this process, for lessons that look at the network as it learns, or that train on data that lie in no file. `seen` is told each event.
   * The caller closes the network.
   */
  async watch(
    file: string,
    { compiling = {}, texts = {}, ...options }: WatchOptions,
    seen: (event: TrainEvent, network: Network) => void,
  ): Promise<Network> {
    const artifact = this.#artifactOf(file, compiling);
    const encoder = new TextEncoder();
    const read = (name: string): Uint8Array => {
      const text = texts[name];
      return text === undefined ? unzipped(readFileSync(path.join(this.folder, name))) : encoder.encode(text);
    };
    const training = train(artifact, prepare(artifact.manifest, { read }), { ...options, threads: 1 });
    for await (const event of training) seen(event, training.network);
    return training.network;
  }

  /** Compiled once, however often it is trained. */
  #artifactOf(file: string, compiling: CompileOptions): Artifact {
    const key = JSON.stringify([file, compiling]);
    const known = this.#artifacts.get(key);
    if (known !== undefined) return known;
    const compiled = compileFile(path.join(this.folder, file), { target: "wasm", ...compiling });
    if (!compiled.ok) throw new Error(`${file}: ${compiled.diagnostics[0]?.message}`);
    this.#artifacts.set(key, compiled.artifact);
    return compiled.artifact;
  }

  #spawn(args: readonly string[], input: string) {
    return spawnSync(process.execPath, [this.#command, ...args], {
      cwd: this.folder,
      input,
      encoding: "utf8",
      maxBuffer: 2 ** 30,
    });
  }
}
