/** A network with the parameters of a saved file, built as they were trained. */
import { cannotRead } from "../compiler/diagnostics/codes/checkpoint.ts";
import { openDimension } from "../compiler/diagnostics/codes/sizes.ts";
import { boundMissing } from "../compiler/diagnostics/codes/train.ts";
import type { Compiled } from "../compiler/compile.ts";
import { diagnose, NncError } from "../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../compiler/diagnostics/diagnostic.ts";
import { elaborateSource } from "../compiler/front.ts";
import type { FrontOptions } from "../compiler/front.ts";
import type { TargetName } from "../compiler/program/artifact.ts";
import type { HostOption } from "../compiler/program/host.ts";
import type { ProjectSource } from "../compiler/project.ts";
import { symbolsOf } from "../runtime/load/dimensions.ts";
import { load } from "../runtime/load/index.ts";
import type { Network } from "../runtime/load/index.ts";
import { optionsFromMetadata } from "../runtime/save/read-checkpoint.ts";
import { warnNotFinite } from "../runtime/save/not-finite.ts";
import type { SavedOptions } from "../runtime/save/options.ts";
import { decode } from "../runtime/save/safetensors.ts";
import type { Context } from "./context.ts";
import { UsageError } from "./exit.ts";
import { readInput } from "./files.ts";
import { SourceMistakes } from "./failure.ts";
import { gpuFor } from "./gpu.ts";
import { nothing, sizesOf, takeKept, tellTaken, together, withTaken } from "./kept.ts";
import type { Taken } from "./kept.ts";
import { report } from "./output/report.ts";
import { chooseModel } from "./predict/model.ts";
import { compileSource, labelOf, optionsOf, requireLabel, trainLabels } from "./source.ts";
import type { ClosingFlags } from "./source.ts";

/** The flags of the commands that use parameters. */
export type ParameterFlags = ClosingFlags & { readonly params: string; readonly override: boolean };

/** What `train` wrote, read and decoded. */
interface SavedParameters {
  /** As the user names it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The train that wrote it. */
  readonly label: string | undefined;
  readonly options: SavedOptions | undefined;
  /** Tensors to predict with that are not finite; reported already. */
  readonly warnings: readonly Diagnostic[];
}

export interface Opened {
  readonly compiled: Compiled;
  readonly network: Network;
  readonly taken: Taken;
  /** Those that the file of parameters keeps. */
  readonly keptBounds: readonly HostOption<number>[];
  /** Of the parameters and of the program. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiles the file as its parameters were trained, and loads both. Throws SourceMistakes, NN09xx. */
export async function openTrained(
  context: Context,
  source: ProjectSource,
  flags: ParameterFlags,
  target?: TargetName,
): Promise<Opened> {
  const saved = readParameters(context, flags.params);
  const label = flags.label ?? labelOf(source, saved.label);
  const compileWith = async (kept: Taken): Promise<Compiled> => {
    const own = withTaken(flags, kept);
    return compileSource(context, source, {
      ...optionsOf({ ...own, ...(label === undefined ? {} : { label }) }),
      winograd: !own["no-winograd"],
      ...(target === undefined ? {} : { target }),
    });
  };
  const { compiled, taken } = await compileKept(context, saved, flags, compileWith);
  requireLabel(source, saved, flags.label);
  const network = await openNetwork(compiled, saved, flags.override);
  const keptBounds = flags.override ? [] : (saved.options?.bounds ?? []);
  return { compiled, network, taken, keptBounds, diagnostics: [...saved.warnings, ...compiled.diagnostics] };
}

/**
 * Opens it for rows, whose reader must know how long one is: once more, where the program leaves open what the data of the training gave, and
 * says so. Texts are of any length, and whole tensors tell their own.
 */
export async function openForRows(
  context: Context,
  source: ProjectSource,
  flags: ParameterFlags & { readonly model?: string },
  target?: TargetName,
): Promise<Opened> {
  const opened = await openTrained(context, source, flags, target);
  const { manifest } = opened.compiled.artifact;
  const reader = manifest.host.train?.data.reader;
  if (reader === "arrays" || reader === "text") return opened;
  const model = chooseModel(manifest, flags.model);
  const { bounds = [] } = manifest.host.options ?? {};
  // What a flag gave is the most that a row may be long, not how long it is.
  const ofData = [...bounds, ...opened.keptBounds].filter(({ given }) => !given);
  const told = new Map(ofData.map(({ name, value }) => [name, value]));
  const open = new Set(model.inputs.flatMap(({ shape }) => symbolsOf(shape.slice(1), new Map())));
  for (const { name } of flags.bounds ?? []) told.delete(name);
  const dim = [...told].filter(([name]) => open.has(name)).map(([name, value]) => ({ name, value }));
  if (dim.length === 0) return opened;
  opened.network.close();
  tellTaken(context, flags.params, { ...nothing, dim });
  const taken = { ...opened.taken, bounds: opened.taken.bounds.filter(({ name }) => !open.has(name)) };
  const closed = withTaken(flags, together(taken, { ...nothing, dim }));
  // All else was told when it was opened first.
  const quiet = { ...context, process: { ...context.process, stderr: { write: () => undefined } } };
  const again = await openTrained(quiet, source, closed, target);
  return { ...again, taken: together(taken, { ...nothing, dim }) };
}

/**
 * Compiles a file to use a model of it that has no parameters, without any `train`. Throws SourceMistakes, and a UsageError where the model has
 * some, or where a flag speaks of what trained it.
 */
export async function openUntrained(
  context: Context,
  source: ProjectSource,
  flags: Omit<ParameterFlags, "params"> & { readonly model?: string },
  target: TargetName,
): Promise<Opened> {
  const flag = flags.override ? "override" : flags.label === undefined ? undefined : "label";
  if (flag !== undefined) throw new UsageError(`--${flag}: expected --params beside it, found none`);
  // By default it is the trained one.
  const isTrained = flags.model === undefined && trainLabels(source).length > 0;
  const options = { ...optionsOf(flags), train: null };
  if (isTrained || hasParameters(source, options, flags.model))
    throw new UsageError("--params is missing; expected it with a value");
  const compiled = await compileSource(context, source, { ...options, target });
  const network = await load(compiled.artifact, await gpuFor(target));
  const taken = takeKept(context, { file: source.main.name, options: undefined }, flags);
  return { compiled, network, taken, keptBounds: [], diagnostics: compiled.diagnostics };
}

/** Whether a model reads parameters or a state; what is wrong with the source is told by who compiles it. */
function hasParameters({ main }: ProjectSource, options: FrontOptions, model: string | undefined): boolean {
  const { elaboration } = elaborateSource(main, { ...options, allowOpen: true });
  if (elaboration === undefined) return false;
  const { entry } = chooseModel(elaboration, model);
  const nodes = elaboration.entries.find(({ name }) => name === entry)?.graph.nodes ?? [];
  return nodes.some(({ op, attributes: { role } }) => op === "input" && (role === "parameter" || role === "state"));
}

/** Compiles with what the file keeps; with the sizes of its data, too, where neither source nor data tell one. */
async function compileKept(
  context: Context,
  saved: SavedParameters,
  flags: ParameterFlags,
  compileWith: (taken: Taken) => Promise<Compiled>,
): Promise<{ readonly compiled: Compiled; readonly taken: Taken }> {
  let taken = takeKept(context, saved, flags);
  // What lacks a size says nothing of bounds yet. Each round takes names that no earlier one took.
  for (;;) {
    try {
      return { compiled: await compileWith(taken), taken };
    } catch (error) {
      if (!(error instanceof SourceMistakes)) throw error;
      const of = ({ code: wanted }: { readonly code: string }): readonly Diagnostic[] =>
        error.diagnostics.filter(({ code }) => code === wanted);
      const sizes = sizesOf(saved, withTaken(flags, taken), {
        lacksSizes: of(openDimension).length > 0,
        lacksBound: (name) => of(boundMissing).some(({ message }) => message.includes(`\`${name}\``)),
      });
      if (sizes.dim.length + sizes.bounds.length === 0) throw error;
      tellTaken(context, saved.file, sizes);
      taken = together(taken, sizes);
    }
  }
}

/** Throws NN0901 to NN0917, NN0920, NN0925. */
function readParameters(context: Context, file: string): SavedParameters {
  const input = readInput(context, file);
  if ("problem" in input) throw new NncError(diagnose(cannotRead, { file, problem: input.problem }, []));
  const { tensors, metadata } = decode(file, input.bytes);
  const used = [...tensors].filter(([name]) => !/^(optimizer\.|best:)/.test(name));
  const warnings = warnNotFinite(file, new Map(used));
  report(context, warnings, new Map());
  const options = optionsFromMetadata(file, metadata);
  return { file, bytes: input.bytes, label: metadata.get("nnc.train"), options, warnings };
}

/** Throws NN09xx, with the file's name where the runtime only knows bytes. */
async function openNetwork(
  { artifact }: Compiled,
  { file, bytes }: SavedParameters,
  override: boolean,
): Promise<Network> {
  const network = await load(artifact, await gpuFor(artifact.manifest.target));
  try {
    network.restore(bytes, { optimizer: false, override });
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    throw new NncError({ ...error.diagnostic, message: error.message.replace("the saved file", file) });
  }
  return network;
}
