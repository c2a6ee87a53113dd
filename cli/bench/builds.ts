/** The targets that are measured: compiled, opened on one thread or several, or left out with the reason. */
import { availableParallelism } from "node:os";
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Compiled, CompileOptions } from "../../compiler/compile.ts";
import type { Artifact, TargetName } from "../../compiler/program/artifact.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { load } from "../../runtime/load/index.ts";
import type { Network } from "../../runtime/load/index.ts";
import type { Context } from "../context.ts";
import { SourceMistakes } from "../failure.ts";
import { gpuFor } from "../gpu.ts";
import { checkTarget, compileSource, optionsOf } from "../source.ts";
import type { ClosingFlags } from "../source.ts";
import type { BuildName, Skipped } from "./document.ts";

/** A target, or a way to build for it. */
export interface Build {
  readonly name: BuildName;
  readonly target: TargetName;
  readonly relaxed: boolean;
}

const builds: readonly Build[] = [
  { name: "typescript", target: "typescript", relaxed: false },
  { name: "wasm", target: "wasm", relaxed: false },
  { name: "wasm relaxed", target: "wasm", relaxed: true },
  { name: "wgsl", target: "wgsl", relaxed: false },
];

/** Those for the targets that were asked for, all where none was; relaxed ones only on request. */
export function buildsFor(targets: readonly TargetName[] | undefined, relaxed: boolean): readonly Build[] {
  return builds.filter(
    (build) => (relaxed || !build.relaxed) && (targets === undefined || targets.includes(build.target)),
  );
}

export interface Opened {
  readonly build: Build;
  readonly compiled: Compiled;
  /** By threads; at least one. */
  readonly networks: readonly Network[];
}

/** What is opened, and what is left out. Networks are open until they are closed. */
export interface Opening {
  readonly opened: readonly Opened[];
  readonly skipped: readonly Skipped[];
}

export type Compile = (build: Build) => Promise<Compiled | Skipped>;

/**
 * How a build is compiled, each time anew. What is wrong with a file is told the first time; what one target alone cannot is a reason to leave it out.
 * Throws SourceMistakes.
 */
export function compilerOf(context: Context, source: ProjectSource, flags: ClosingFlags): Compile {
  const plain = optionsOf(flags);
  let isTold = false;
  return async ({ name, target, relaxed }) => {
    checkTarget({ target, relaxed });
    const options: CompileOptions = { ...plain, target, relaxed };
    const { compileProject } = await import("../../compiler/files.ts");
    const result = isTold ? compileProject(source, options) : await told(context, source, options);
    isTold = true;
    if (result.ok) return result;
    const [error] = result.diagnostics.filter(({ severity }) => severity === "error");
    return { target: name, reason: error?.message ?? "it does not compile" };
  };
}

/** With the file's warnings on standard error. Throws SourceMistakes where TypeScript, which has no limits of its own, cannot be compiled to either. */
async function told(
  context: Context,
  source: ProjectSource,
  options: CompileOptions,
): Promise<Compiled | (Pick<SourceMistakes, "diagnostics"> & { readonly ok: false })> {
  try {
    return await compileSource(context, source, options);
  } catch (error) {
    if (!(error instanceof SourceMistakes) || options.target === "typescript") throw error;
    await compileSource(context, source, { ...options, target: "typescript" });
    return { ok: false, diagnostics: error.diagnostics };
  }
}

/** Compiles and opens a build. `threads`: how many at most, by default as many as the program and this machine have a use for. */
export async function openBuild(build: Build, compile: Compile, threads: number | undefined): Promise<Opening> {
  const compiled = await compile(build);
  if ("reason" in compiled) return { opened: [], skipped: [compiled] };
  const networks: Network[] = [];
  const skipped: Skipped[] = [];
  for (const count of threadsOf(compiled.artifact, threads)) {
    const found = await openNetwork(compiled.artifact, build, count);
    if ("reason" in found) skipped.push(found);
    else networks.push(found);
  }
  return { opened: networks.length === 0 ? [] : [{ build, compiled, networks }], skipped };
}

async function openNetwork(artifact: Artifact, { name, target }: Build, threads: number): Promise<Network | Skipped> {
  const place = threads === 1 ? { target: name } : { target: name, threads };
  try {
    const network = await load(artifact, { ...(await gpuFor(target)), ...(threads === 1 ? {} : { threads }) });
    if (network.threads === threads) return network;
    network.close();
    return { ...place, reason: network.warnings[0]?.message ?? `it runs on ${network.threads}` };
  } catch (error) {
    if (error instanceof NncError) return { ...place, reason: error.message };
    throw error;
  }
}

/** 1, 2, 4 and so on, and the most. */
export function threadsOf({ manifest }: Artifact, asked: number | undefined): readonly number[] {
  if (manifest.target !== "wasm") return [1];
  const most = asked ?? Math.min(manifest.threads?.useful ?? 1, availableParallelism());
  const powers = Array.from({ length: 31 }, (_, power) => 2 ** power).filter((count) => count < most);
  return [...powers, most];
}
