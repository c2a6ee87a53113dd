/**
 * The pipeline itself: source text to artifact. Pure and synchronous; nothing is thrown, every complaint is a diagnostic.
 *
 *   source ──front──▶ graphs ──middle──▶ program ──emit──▶ artifact
 */
import { emitTypescript } from "../targets/typescript/index.ts";
import { emitWasm } from "../targets/wasm/index.ts";
import { emitWgsl } from "../targets/wgsl/index.ts";
import { relaxedBits } from "./diagnostics/codes/targets.ts";
import { diagnose, type Diagnostic } from "./diagnostics/diagnostic.ts";
import type { Elaboration } from "./elaborate/types.ts";
import { front, Log, type FrontContext } from "./front.ts";
import { middle, type Built } from "./middle.ts";
import { sourceArguments, type CompileOptions } from "./options.ts";
import { complaints, type Phase } from "./phase.ts";
import type { Artifact, TargetName } from "./program/artifact.ts";
import { checksumOf, manifestChecksum } from "./program/checksum.ts";
import type { Program } from "./program/types.ts";
import { noThreads } from "./program/thread-costs.ts";
import { compactSimd, cpuAdapter, javascript, simd, type Machine } from "./schedule/machine.ts";
import type { SourceText } from "./sources.ts";

export type { CompileOptions } from "./options.ts";

export interface Compiled {
  readonly ok: true;
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
  readonly artifact: Artifact;
  readonly elaboration: Elaboration;
  readonly built: Built;
  /** Every text under the name that spans carry, for `render`. */
  readonly sources: ReadonlyMap<string, string>;
}

export interface Failed {
  readonly ok: false;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

interface Target {
  readonly machine: Machine;
  readonly emit: (program: Program, sources: ReadonlyMap<string, string>, form: Form) => Artifact;
}

/** What is asked for of the program as the target prints it. */
interface Form {
  readonly relaxed: boolean;
  readonly compact: boolean;
}

const targets: Readonly<Record<TargetName, Target>> = {
  typescript: { machine: javascript, emit: (program, sources) => emitTypescript(program, sources) },
  wasm: {
    machine: simd,
    emit: (program, sources, { relaxed, compact }) =>
      emitWasm(program, sources, { costs: compact ? noThreads : undefined, relaxed, compact }),
  },
  wgsl: { machine: cpuAdapter, emit: (program, sources) => emitWgsl(program, sources) },
};

interface EmitContext extends Pick<FrontContext, "log">, Form {
  readonly target: TargetName;
}

interface Emitted {
  readonly built: Built;
  readonly artifact: Artifact;
}

const emission: Phase<Built, Emitted, EmitContext> = {
  name: "emit",
  run: (built, { target, relaxed, compact, log }) => {
    const artifact = withChecksums(targets[target].emit(built.program, log.sources, { relaxed, compact }));
    if (relaxed) log.report([diagnose(relaxedBits, {}, [])]);
    return { built, artifact };
  },
  // Each printer's own tools, and `load`, look at what was printed.
  verify: () => [],
  print: ({ artifact: { files } }) =>
    Object.values(files)
      .filter((file) => typeof file === "string")
      .join("\n"),
};

/** Every phase, from text to artifact. */
export const pipeline = front.join(middle).to(emission);

/** Compiles a `.nn` source for a target. `source.files` holds the sources that `use` may name, by path relative to the project. */
export function compile(source: SourceText, options: CompileOptions = {}): Compiled | Failed {
  const { main, options: given, problems } = sourceArguments(source, options);
  if (problems.length > 0) return { ok: false, diagnostics: problems, sources: new Map() };
  const { target = "typescript", verify = false, relaxed = false, compact = false, winograd = true, ...own } = given;
  const log = new Log();
  const machine = compact ? compactSimd : targets[target].machine;
  try {
    const form = { machine, target, relaxed, compact, winograd };
    const { built, artifact } = pipeline.run(main, { front: own, log, verify, ...form });
    const { diagnostics, sources } = log;
    return { ok: true, diagnostics, sources, elaboration: built.elaboration, built, artifact };
  } catch (error) {
    const sources = log.sources.size > 0 ? log.sources : new Map([[main.name, main.source]]);
    return { ok: false, diagnostics: [...log.diagnostics, ...complaints(error)], sources };
  }
}

/** Says of the manifest and each file what it is, so that a damaged one is told from one that is as it was built. */
function withChecksums(artifact: Artifact): Artifact {
  const { files } = artifact;
  const checksums = Object.fromEntries(Object.entries(files).map(([name, content]) => [name, checksumOf(content)]));
  const manifest = { ...artifact.manifest, checksums };
  return { manifest: { ...manifest, checksum: manifestChecksum(manifest) }, files };
}
