/** `nnc bench FILE`: a training step and inference on every target that this machine can run, on made-up minibatches. */
import type { TargetName } from "../../compiler/program/artifact.ts";
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Compiled } from "../../compiler/compile.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { load } from "../../runtime/load/index.ts";
import type { Network } from "../../runtime/load/index.ts";
import { measure } from "../bench/measure.ts";
import type { Case, Timing } from "../bench/measure.ts";
import { rotating } from "../bench/synthetic.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit.ts";
import { gpuFor } from "../gpu.ts";
import { writeJson } from "../output/json.ts";
import { formatCount, plural } from "../output/numbers.ts";
import { painter } from "../output/style.ts";
import { left, right, table } from "../output/table.ts";
import { chooseModel } from "../predict/model.ts";
import { checkTarget, compileSource, openSource, optionsOf } from "../source.ts";
import type { ClosingFlags } from "../source.ts";

export type BenchFlags = ClosingFlags & { readonly relaxed: boolean; readonly seconds: number; readonly json: boolean };

/** A target, or a way to build for it. */
interface Build {
  readonly name: TargetName | "wasm relaxed";
  readonly target: TargetName;
  readonly relaxed: boolean;
}

const builds: readonly Build[] = [
  { name: "typescript", target: "typescript", relaxed: false },
  { name: "wasm", target: "wasm", relaxed: false },
  { name: "wasm relaxed", target: "wasm", relaxed: true },
  { name: "wgsl", target: "wgsl", relaxed: false },
];

interface Workload extends Case {
  readonly target: Build["name"];
  readonly what: string;
  readonly rows: number;
}

interface Skipped {
  readonly target: Build["name"];
  readonly reason: string;
}

export async function bench(context: Context, flags: BenchFlags, file: string): Promise<number> {
  const source = openSource(context, file);
  if (flags.relaxed) context.process.stderr.write("relaxed builds: results differ from machine to machine\n");
  const networks: Network[] = [];
  const workloads: Workload[] = [];
  const skipped: Skipped[] = [];
  for (const one of builds.filter(({ relaxed }) => flags.relaxed || !relaxed)) {
    const opened = await openBuild(context, source, flags, one);
    if ("reason" in opened) {
      skipped.push(opened);
      context.process.stderr.write(`${one.name} is left out: ${opened.reason}\n`);
      continue;
    }
    networks.push(opened.network);
    workloads.push(...workloadsOf(opened.compiled, opened.network, one));
  }
  const timings = await measure(source.main.name, workloads, flags.seconds, context.process.stderr);
  for (const network of networks) network.close();
  tell(context, flags.json, workloads, timings, skipped);
  return exitCodes.success;
}

/** A reason where only this target cannot run the file here. Throws SourceMistakes. */
async function openBuild(
  context: Context,
  source: ProjectSource,
  flags: BenchFlags,
  build: Build,
): Promise<{ readonly compiled: Compiled; readonly network: Network } | Skipped> {
  const { name, target, relaxed } = build;
  checkTarget({ target, relaxed });
  const options = { ...optionsOf(flags), target, relaxed };
  if (target !== "typescript") {
    const { compileProject } = await import("../../compiler/files.ts");
    const result = compileProject(source, options);
    const [error] = result.diagnostics.filter(({ severity }) => severity === "error");
    return result.ok ? openNetwork(result, build) : { target: name, reason: error?.message ?? "it does not compile" };
  }
  return openNetwork(await compileSource(context, source, options), build);
}

async function openNetwork(
  compiled: Compiled,
  { name, target }: Build,
): Promise<{ readonly compiled: Compiled; readonly network: Network } | Skipped> {
  try {
    return { compiled, network: await load(compiled.artifact, await gpuFor(target)) };
  } catch (error) {
    if (error instanceof NncError) return { target: name, reason: error.message };
    throw error;
  }
}

function workloadsOf({ artifact }: Compiled, network: Network, { name: build, target }: Build): readonly Workload[] {
  const { manifest } = artifact;
  const { train } = manifest.host;
  const bounds = new Map(manifest.dims.map(({ name, bound }) => [name, bound]));
  const model = chooseModel(manifest, undefined);
  const leading = model.inputs[0]?.shape[0]?.key ?? "";
  const rows = bounds.get(leading) ?? 1;
  const isAsync = target === "wgsl";
  const named = (what: string, count: number, run: () => unknown): Workload => ({
    name: `${build}: ${what}, ${plural(count, "row")}`,
    target: build,
    what,
    rows: count,
    isAsync,
    run,
  });
  const predicting = (count: number): Workload => {
    const next = rotating(model.inputs, new Map([...bounds, [leading, count]]));
    return named("inference", count, () =>
      isAsync ? network.predict(model.name, next()) : network.predictSync(model.name, next()),
    );
  };
  const training = (): Workload => {
    const next = rotating(train?.inputs ?? [], bounds);
    return named("training step", rows, () =>
      isAsync ? network.step(next(), { trusted: true }) : network.stepSync(next(), { trusted: true }),
    );
  };
  return [...(train === undefined ? [] : [training()]), predicting(rows), ...(rows > 1 ? [predicting(1)] : [])];
}

function tell(
  context: Context,
  json: boolean,
  workloads: readonly Workload[],
  timings: readonly Timing[],
  skipped: readonly Skipped[],
): void {
  const { stdout, env } = context.process;
  const results = workloads.map(({ name, target, what, rows }) => {
    const timing = timings.find((one) => one.name === name);
    const seconds = timing?.seconds ?? NaN;
    return { target, case: what, rows, seconds, margin: timing?.margin ?? NaN, rowsPerSecond: rows / seconds };
  });
  if (json) {
    writeJson(stdout, { ok: true, results, skipped });
    return;
  }
  const columns = [left("case"), right("rows"), left("target"), right("time"), right("±"), right("rows/s")] as const;
  const ordered = results.toSorted((a, b) => order(a) - order(b));
  stdout.write(
    table(
      columns,
      ordered.map((one) => [
        one.case,
        String(one.rows),
        one.target,
        formatTime(one.seconds),
        `${(one.margin * 100).toFixed(1)} %`,
        formatCount(one.rowsPerSecond),
      ]),
      painter(stdout, env),
      { indent: "" },
    ),
  );
}

/** The same case of all targets side by side: training, then inference from large to small. */
function order({ case: what, rows }: { readonly case: string; readonly rows: number }): number {
  return what === "training step" ? 0 : 1 + 1 / rows;
}

function formatTime(seconds: number): string {
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(1)} µs`;
  return seconds < 1 ? `${(seconds * 1e3).toFixed(2)} ms` : `${seconds.toFixed(2)} s`;
}
