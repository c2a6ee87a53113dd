/**
 * The pipeline itself: source text to artifact. Pure and synchronous; nothing is thrown, every complaint is a diagnostic.
 *
 *   source ──parse──▶ AST ──analyse──▶ typed module ──elaborate──▶ graphs ──buildProgram──▶ program ──emit──▶ artifact
 */
import { emitTypescript } from "../targets/typescript/index.ts";
import { emitWasm } from "../targets/wasm/index.ts";
import { emitWgsl } from "../targets/wgsl/index.ts";
import { internalFailure } from "./diagnostics/codes/internal.ts";
import { relaxedBits } from "./diagnostics/codes/targets.ts";
import { diagnose, InternalError, label, NncError, type Diagnostic } from "./diagnostics/diagnostic.ts";
import type { Elaboration } from "./elaborate/types.ts";
import { elaborateSource, type FrontOptions } from "./front.ts";
import { cpuAdapter, javascript, simd, type Machine } from "./schedule/machine.ts";
import { buildProgram, type Built } from "./middle.ts";
import { sourceArguments } from "./options.ts";
import type { Artifact, TargetName } from "./program/artifact.ts";
import { checksumOf, manifestChecksum } from "./program/checksum.ts";
import type { Program } from "./program/types.ts";
import type { SourceText } from "./sources.ts";

export interface CompileOptions extends Omit<FrontOptions, "allowOpen"> {
  /** Default: "typescript". */
  readonly target?: TargetName;
  /**
   * Multiplies and adds in one instruction where the target is wasm: results then differ from machine to machine, and need an engine with
   * relaxed SIMD.
   */
  readonly relaxed?: boolean;
  /** Runs the verifier of every form after every pass. */
  readonly verify?: boolean;
}

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
  readonly emit: (program: Program, sources: ReadonlyMap<string, string>, relaxed: boolean) => Artifact;
}

const targets: Readonly<Record<TargetName, Target>> = {
  typescript: { machine: javascript, emit: (program, sources) => emitTypescript(program, sources) },
  wasm: { machine: simd, emit: (program, sources, relaxed) => emitWasm(program, sources, undefined, relaxed) },
  wgsl: { machine: cpuAdapter, emit: (program, sources) => emitWgsl(program, sources) },
};

/** Compiles a `.nn` source for a target. `source.files` holds the sources that `use` may name, by path relative to the project. */
export function compile(source: SourceText, options: CompileOptions = {}): Compiled | Failed {
  const { main, options: given, problems } = sourceArguments(source, options);
  if (problems.length > 0) return { ok: false, diagnostics: problems, sources: new Map() };
  const { target = "typescript", verify = false, relaxed = false, ...front } = given;
  try {
    const { elaboration, diagnostics, sources } = elaborateSource(main, front);
    if (elaboration === undefined) return { ok: false, diagnostics, sources };
    const { machine, emit } = targets[target];
    const built = buildProgram(elaboration, machine, { verify });
    const artifact = withChecksums(emit(built.program, sources, relaxed));
    const all = relaxed ? [...diagnostics, diagnose(relaxedBits, {}, [])] : diagnostics;
    return { ok: true, diagnostics: all, elaboration, built, sources, artifact };
  } catch (error) {
    return { ok: false, diagnostics: [complaint(error)], sources: new Map([[main.name, main.source]]) };
  }
}

/** Says of the manifest and each file what it is, so that a damaged one is told from one that is as it was built. */
function withChecksums(artifact: Artifact): Artifact {
  const { files } = artifact;
  const checksums = Object.fromEntries(Object.entries(files).map(([name, content]) => [name, checksumOf(content)]));
  const manifest = { ...artifact.manifest, checksums };
  return { manifest: { ...manifest, checksum: manifestChecksum(manifest) }, files };
}

/** What a phase threw, as data: a target that refuses the program, or a bug of ours. */
export function complaint(error: unknown): Diagnostic {
  if (error instanceof NncError) return error.diagnostic;
  if (!(error instanceof InternalError)) {
    return diagnose(
      internalFailure,
      { phase: "compile", what: error instanceof Error ? error.message : String(error) },
      [],
    );
  }
  const { phase, message, span } = error;
  return diagnose(
    internalFailure,
    { phase, what: message },
    span === undefined ? [] : [label(span, "while compiling this")],
  );
}
