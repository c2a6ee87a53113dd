/**
 * `nnc bench FILE`: a training step and inference on every target that this machine can run, on made-up minibatches of several sizes; beside an earlier
 * run where one is given; and where a program's time goes.
 */
import os from "node:os";
import path from "node:path";
import { printable } from "../../compiler/diagnostics/display.ts";
import type { TargetName } from "../../compiler/program/artifact.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { buildsFor, compilerOf, openBuild } from "../bench/builds.ts";
import type { Build, Compile, Opened } from "../bench/builds.ts";
import { callsOf, casesOf } from "../bench/cases.ts";
import type { Call, Case } from "../bench/cases.ts";
import { compare, fewestRounds, isSameNetwork, nameOf } from "../bench/compare.ts";
import type { Comparison } from "../bench/compare.ts";
import { format, readDocument, resultOf } from "../bench/document.ts";
import type { BuildFacts, Document, NetworkFacts, Skipped } from "../bench/document.ts";
import { medianOf } from "../bench/figures.ts";
import type { Rounds } from "../bench/figures.ts";
import { gateOf, linesOf } from "../bench/gate.ts";
import type { Gate } from "../bench/gate.ts";
import { Limits } from "../bench/limits.ts";
import { measure } from "../bench/measure.ts";
import { drawTimes } from "../bench/chart.ts";
import { reportPage } from "../bench/page.ts";
import { profileOf } from "../bench/profile/profile.ts";
import type { Profile } from "../bench/profile/profile.ts";
import { Progress } from "../bench/progress.ts";
import { textOf } from "../bench/text.ts";
import type { Context } from "../context.ts";
import { exitCodes, UsageError } from "../exit.ts";
import { inFolder, placeOf, readUserFile } from "../files.ts";
import { sizesOf } from "../output/artifact-size.ts";
import { toJson, writeJson } from "../output/json.ts";
import { lookOf } from "../output/style.ts";
import { readBy, requireOutputForForce, requireOutputs, writeOutputs } from "../outputs.ts";
import type { Permission } from "../outputs.ts";
import { chooseModel } from "../predict/model.ts";
import { openSource } from "../source.ts";
import type { ClosingFlags } from "../source.ts";

export type BenchFlags = ClosingFlags & {
  readonly target?: readonly TargetName[];
  readonly relaxed: boolean;
  readonly threads?: number;
  readonly batches?: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly profile: boolean;
  readonly compare?: string;
  readonly "fail-above"?: number;
  readonly out?: string;
  readonly force: boolean;
  readonly json: boolean;
};

/** What `-o` writes. */
const outputs = { json: "bench.json", svg: "bench.svg", html: "bench.html" } as const;
/** Milliseconds of compiling a target again and again, after which it is not compiled for another round. */
const compilePatience = 10_000;

export async function bench(context: Context, flags: BenchFlags, file: string): Promise<number> {
  requireFlags(flags);
  const before = flags.compare === undefined ? undefined : readEarlier(context, flags.compare);
  const source = openSource(context, file);
  const permission = permissionOf(context, source, flags);
  if (flags.out !== undefined)
    await inFolder(context, flags.out, () =>
      requireOutputs(context, flags.out ?? "", Object.values(outputs), permission),
    );
  if (flags.relaxed) context.process.stderr.write("relaxed builds: results differ from machine to machine\n");
  for (const line of notProfiled(flags)) context.process.stderr.write(`${line}\n`);
  const compile = compilerOf(context, source, flags);
  const { opened, skipped } = await openAll(context, compile, flags);
  try {
    const network = networkOf(source, opened);
    const earlier = before === undefined ? undefined : { document: before, file: flags.compare ?? "" };
    if (earlier !== undefined) requireSame(earlier, network);
    const document = await measured(context, { source, compile, opened, skipped, network }, flags);
    const found = { document, ...besideOf(earlier, document, flags["fail-above"]) };
    await tell(context, source, found, flags, permission);
    return verdict(context, found.gate);
  } finally {
    for (const { networks } of opened) for (const network of networks) network.close();
  }
}

/** Throws a UsageError for flags that contradict each other. */
function requireFlags({ target, relaxed, threads, rounds, profile, compare: earlier, ...flags }: BenchFlags): void {
  if (flags["fail-above"] !== undefined && earlier === undefined)
    throw new UsageError(
      "--fail-above: expected --compare FILE with it, an earlier run that figures are held to; found none",
    );
  if (earlier !== undefined && rounds < fewestRounds)
    throw new UsageError(
      `--rounds: expected ${fewestRounds} or more with --compare, since fewer do not tell a change from noise; found ${rounds}`,
    );
  requireOutputForForce(flags.force, flags.out, "DIR");
  if (target === undefined) return;
  const wanted = (flag: string, what: string): UsageError =>
    new UsageError(`${flag}: expected the target ${what}, found ${target.join(", ")}`);
  if (relaxed && !target.includes("wasm")) throw wanted("--relaxed", "wasm");
  if (threads !== undefined && !target.includes("wasm")) throw wanted("--threads", "wasm, the only one with threads");
  if (profile && target.every((one) => one === "wgsl"))
    throw wanted("--profile", "typescript or wasm, whose kernels can be timed one at a time");
}

/** What of the flags a profile does without. */
function notProfiled({ profile, target = [], threads = 1 }: BenchFlags): readonly string[] {
  if (!profile) return [];
  return [
    ...(threads > 1 ? [`--profile: kernels are timed on one thread; the other figures are of up to ${threads}`] : []),
    ...(target.includes("wgsl") ? ["--profile: wgsl has none, since its kernels cannot be timed one at a time"] : []),
  ];
}

/** Throws NN0925, and a UsageError for what is no earlier run. */
function readEarlier(context: Context, file: string): Document {
  const found = readDocument(new TextDecoder().decode(readUserFile(context, file)));
  if ("problem" in found) throw new UsageError(`--compare ${file}: ${found.problem}`);
  return found;
}

/** The earlier run is a baseline: it is replaced only where that is asked for. */
function permissionOf(context: Context, source: ProjectSource, { force, compare: earlier }: BenchFlags): Permission {
  const baseline = earlier === undefined ? [] : [placeOf(context, earlier)];
  return { force, reads: [...readBy(source, undefined), ...baseline] };
}

/** The texts of the user's files, by the names that spans have. */
function textsOf({ main }: ProjectSource): ReadonlyMap<string, string> {
  return new Map([[main.name, main.source], ...(main.files ?? [])]);
}

async function openAll(
  context: Context,
  compile: Compile,
  flags: BenchFlags,
): Promise<{ readonly opened: readonly Opened[]; readonly skipped: readonly Skipped[] }> {
  const opened: Opened[] = [];
  const skipped: Skipped[] = [];
  for (const build of buildsFor(flags.target, flags.relaxed)) {
    const found = await openBuild(build, compile, flags.threads);
    opened.push(...found.opened);
    skipped.push(...found.skipped);
    for (const one of found.skipped) context.process.stderr.write(`${placeText(one)} is left out: ${one.reason}\n`);
  }
  return { opened, skipped };
}

function placeText({ target, threads, case: figure, rows }: Skipped): string {
  return figure === undefined
    ? `${target}${threads === undefined ? "" : `, ${threads} threads`}`
    : nameOf({ target, threads: threads ?? 1, figure, ...(rows === undefined ? {} : { rows }) });
}

function networkOf({ main }: ProjectSource, [first]: readonly Opened[]): NetworkFacts {
  if (first === undefined) throw new UsageError("nothing to measure: no target of those asked for runs here");
  const { manifest } = first.compiled.artifact;
  const { name, parameters } = chooseModel(manifest, undefined);
  return { file: main.name, model: name, train: manifest.host.train?.label ?? null, parameters };
}

function requireSame({ document, file }: Earlier, network: NetworkFacts): void {
  if (isSameNetwork(document, { ...document, network })) return;
  const text = ({ model, train }: NetworkFacts): string =>
    `the model ${model}${train === null ? " without a train" : `, trained as ${train}`}`;
  const found = `${text(document.network)} of ${document.network.file}`;
  throw new UsageError(`--compare ${file}: expected a run of ${text(network)}, found one of ${printable(found)}`);
}

interface Earlier {
  readonly document: Document;
  readonly file: string;
}

/** What a run tells. */
interface Found {
  readonly document: Document;
  readonly comparison?: Comparison;
  readonly gate?: Gate;
}

function besideOf(
  earlier: Earlier | undefined,
  document: Document,
  limit: number | undefined,
): Omit<Found, "document"> {
  if (earlier === undefined) return {};
  const comparison = compare(earlier.document, document, earlier.file);
  return limit === undefined
    ? { comparison }
    : { comparison, gate: gateOf(earlier.document, document, comparison, limit) };
}

interface Subject {
  readonly source: ProjectSource;
  readonly compile: Compile;
  readonly opened: readonly Opened[];
  readonly skipped: readonly Skipped[];
  readonly network: NetworkFacts;
}

async function measured(context: Context, subject: Subject, flags: BenchFlags): Promise<Document> {
  const { source, opened, network } = subject;
  const progress = new Progress(context);
  const limits = new Limits(context.now);
  const refused: Skipped[] = [];
  const cases: Case[] = [];
  for (const one of opened) {
    const found = await casesOf(one, callsFor(one, flags));
    cases.push(...found.cases);
    refused.push(...found.skipped);
  }
  for (const one of refused) context.process.stderr.write(`${placeText(one)} is left out: ${one.reason}\n`);
  if (cases.length === 0)
    throw new UsageError("nothing to measure: the program refuses every number of rows that was asked for");
  const compiling = new Compiling(context, subject.compile, opened);
  const rounds = await measure(source.main.name, cases, {
    rounds: flags.rounds,
    seconds: flags.seconds,
    progress: (round, name) => progress.show(`round ${round + 1} of ${flags.rounds}`, name),
    between: async (round) => {
      progress.show(`round ${round + 1} of ${flags.rounds}`, "compiling");
      limits.measure();
      await compiling.round(round);
    },
  });
  limits.measure();
  const profiles = flags.profile ? await profiled(context, subject, flags, limits, progress) : undefined;
  progress.clear();
  return {
    format,
    version: 1,
    network,
    machine: machineOf(limits),
    settings: { rounds: flags.rounds, seconds: flags.seconds },
    results: cases.map((one) => resultOf(one, rounds.get(one.name) ?? [])),
    builds: opened.map((one) => buildFacts(one, compiling.roundsOf(one.build))),
    skipped: [...subject.skipped, ...refused],
    ...(profiles === undefined ? {} : { profiles }),
  };
}

function callsFor({ build, compiled }: Opened, { batches }: BenchFlags): readonly Call[] {
  return callsOf(compiled.artifact.manifest, batches, build.target === "wgsl");
}

function buildFacts({ build, compiled: { artifact } }: Opened, compileRounds: Rounds): BuildFacts {
  return {
    target: build.name,
    compileSeconds: medianOf(compileRounds),
    compileRounds,
    ...sizesOf(artifact),
    peakBytes: artifact.manifest.arenaBytes,
  };
}

function machineOf({ flopsPerSecond }: Limits): Document["machine"] {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() || "an unknown processor",
    cores: os.availableParallelism(),
    node: process.versions.node,
    flopsPerSecond,
  };
}

/** Compiles every build once in each round, in turns. */
class Compiling {
  readonly #now: () => number;
  readonly #compile: Compile;
  readonly #builds: readonly Build[];
  readonly #rounds = new Map<Build, number[]>();

  constructor({ now }: Context, compile: Compile, opened: readonly Opened[]) {
    this.#now = now;
    this.#compile = compile;
    this.#builds = opened.map(({ build }) => build);
    for (const build of this.#builds) this.#rounds.set(build, []);
  }

  async round(round: number): Promise<void> {
    for (let at = 0; at < this.#builds.length; at += 1) {
      const build = this.#builds[(at + round) % this.#builds.length];
      const rounds = build === undefined ? undefined : this.#rounds.get(build);
      if (build === undefined || rounds === undefined) continue;
      if (rounds.reduce((sum, seconds) => sum + 1000 * seconds, 0) > compilePatience) continue;
      const before = this.#now();
      await this.#compile(build);
      rounds.push((this.#now() - before) / 1000);
    }
  }

  roundsOf(build: Build): Rounds {
    return this.#rounds.get(build) ?? [];
  }
}

/** Of the targets that were asked for, by default of wasm, or of typescript where that is left out: those whose kernels can be timed one at a time. */
async function profiled(
  context: Context,
  { source, opened }: Subject,
  flags: BenchFlags,
  limits: Limits,
  progress: Progress,
): Promise<readonly Profile[]> {
  const profiles: Profile[] = [];
  const timed = opened.filter(({ build: { target } }) => target !== "wgsl");
  const byDefault = timed.filter(({ build: { target } }) => target === "wasm");
  for (const one of flags.target === undefined && byDefault.length > 0 ? byDefault : timed) {
    const { build, compiled } = one;
    progress.show("profile", build.name);
    const calls = callsFor(one, flags);
    const largest = calls.filter((call, at) => calls.findIndex((other) => other.case === call.case) === at);
    const options = { target: build.name, relaxed: build.relaxed, seconds: flags.seconds, limits, now: context.now };
    profiles.push(...(await profileOf(compiled, largest, { ...options, files: [...textsOf(source).keys()] })));
  }
  return profiles;
}

async function tell(
  context: Context,
  source: ProjectSource,
  { document, comparison, gate }: Found,
  { json, out }: BenchFlags,
  permission: Permission,
): Promise<void> {
  const { stdout, stderr, env } = context.process;
  const whole = {
    ok: gate?.problem === undefined,
    ...document,
    ...(comparison === undefined ? {} : { comparison }),
    ...(gate === undefined ? {} : { gate }),
  };
  if (out !== undefined) {
    await inFolder(context, out, () =>
      writeOutputs(
        context,
        out,
        [
          [outputs.json, `${toJson(whole)}\n`],
          [outputs.svg, drawTimes(document)],
          [outputs.html, reportPage(document, comparison, textsOf(source))],
        ],
        permission,
      ),
    );
    stderr.write(
      `wrote ${Object.values(outputs)
        .map((name) => path.join(out, name))
        .join(", ")}\n`,
    );
  }
  if (json) writeJson(stdout, whole);
  else stdout.write(textOf(document, comparison, lookOf(stdout, env)));
}

function verdict({ process: { stderr } }: Context, gate: Gate | undefined): number {
  for (const line of gate === undefined ? [] : linesOf(gate)) stderr.write(`${line}\n`);
  return gate?.problem === undefined ? exitCodes.success : exitCodes.mistake;
}
