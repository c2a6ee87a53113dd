/** The `.nn` file of a command: read, compiled, its complaints printed under the names that the user's folder gives them. */
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import type { Compiled, CompileOptions } from "../compiler/compile.ts";
import { cannotRead, trainGone } from "../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose, NncError } from "../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../compiler/diagnostics/diagnostic.ts";
import type { TargetName } from "../compiler/program/artifact.ts";
import { readProject } from "../compiler/project.ts";
import type { ProjectSource } from "../compiler/project.ts";
import { parse } from "../compiler/syntax/parse.ts";
import { optionText } from "../runtime/save/options.ts";
import type { Context } from "./context.ts";
import { UsageError } from "./exit.ts";
import { placeOf, problemOf } from "./files.ts";
import { recordOf } from "./flags.ts";
import type { Assignment } from "./flags.ts";
import { SourceMistakes } from "./failure.ts";
import { report } from "./output/report.ts";
import type { Sources } from "./output/report.ts";

/** The flags that decide what is compiled. */
export type ClosingFlags = {
  readonly label?: string;
  readonly const?: readonly Assignment<number | string | boolean>[];
  readonly dim?: readonly Assignment<number>[];
  readonly bounds?: readonly Assignment<number>[];
  readonly operations?: number;
};

export type SourceOptions = Pick<CompileOptions, "train" | "consts" | "dims" | "bounds" | "operations">;

export function optionsOf({ label, const: consts, dim, bounds, operations }: ClosingFlags): SourceOptions {
  return {
    consts: recordOf("const", consts),
    dims: recordOf("dim", dim),
    bounds: recordOf("bounds", bounds),
    ...(operations === undefined ? {} : { operations }),
    ...(label === undefined ? {} : { train: label }),
  };
}

/** The target of a command, and how it may compute. */
export type TargetFlags = { readonly target: TargetName; readonly relaxed: boolean };
export type ArithmeticFlags = TargetFlags & { readonly "no-winograd": boolean };

export function arithmeticOf({
  target,
  relaxed,
  "no-winograd": direct,
}: ArithmeticFlags): Pick<CompileOptions, "target" | "relaxed" | "winograd"> {
  return { target, relaxed, winograd: !direct };
}

/** Throws a UsageError where only wasm has what is asked for. Node.js 20 has relaxed instructions only where it is told. */
export function checkTarget({ target, ...own }: TargetFlags & { readonly compact?: boolean }): void {
  for (const name of ["relaxed", "compact"] as const)
    if (own[name] === true && target !== "wasm")
      throw new UsageError(`--${name}: expected the target wasm, found ${target}`);
  if (own.relaxed && process.versions.node.startsWith("20.")) setFlagsFromString("--experimental-wasm-relaxed-simd");
}

/** The labels of a file's trains, in its order. */
export function trainLabels({ main }: ProjectSource): readonly string[] {
  const { declarations } = parse({ name: main.name, text: main.source }).module;
  return declarations.flatMap((one) => (one.kind === "train" ? [(one.label ?? one.name).text] : []));
}

/** A file of parameters, and the train that it is of; undefined in files of others. */
export interface KeptLabel {
  readonly file: string;
  readonly label: string | undefined;
}

/** The `train` of the file with the label that parameters were trained by, where it still has one. */
export function labelOf(source: ProjectSource, saved: string | undefined): string | undefined {
  return saved !== undefined && trainLabels(source).includes(saved) ? saved : undefined;
}

/** Throws NN0931 where the file has trains, and none of them is the one that wrote the parameters, nor was another asked for. */
export function requireLabel(source: ProjectSource, { file, label }: KeptLabel, asked: string | undefined): void {
  const labels = trainLabels(source);
  if (asked !== undefined || label === undefined || label === "" || labels.length === 0 || labels.includes(label))
    return;
  const values = { file, label, source: source.main.name, labels };
  throw new NncError(diagnose(trainGone, values, [], `--label ${labels[0]} means that one`));
}

/** Throws NN0925, with the name that the user gave, where it is no file. */
export function openSource(context: Context, file: string): ProjectSource {
  const problem = problemOf(context, file);
  if (problem !== undefined) throw new NncError(diagnose(cannotRead, { file, problem }, []));
  return readProject(placeOf(context, file));
}

/** Compiles; warnings are reported, and returned under the names that the user knows. Throws SourceMistakes. */
export async function compileSource(
  context: Context,
  source: ProjectSource,
  options: CompileOptions,
): Promise<Compiled> {
  const { compileProject } = await import("../compiler/files.ts");
  const result = compileProject(source, options);
  const [diagnostics, sources] = named(context, source, result.diagnostics, result.sources);
  if (!result.ok) throw new SourceMistakes(diagnostics, sources, replacedText(diagnostics, options));
  report(context, diagnostics, sources);
  return { ...result, diagnostics };
}

/** What flags put in the place of what the source says, which mistakes in it may come from. */
function replacedText(
  diagnostics: readonly Diagnostic[],
  { consts = {}, settings = {} }: Pick<CompileOptions, "consts" | "settings">,
): string {
  const flags = [
    ...Object.entries(consts).map(([name, value]) => `--const ${optionText({ name, value })}`),
    ...Object.entries(settings).map(([name, value]) => `--set ${optionText({ name, value })}`),
  ];
  const isInSource = diagnostics.some(({ severity, labels }) => severity === "error" && labels.length > 0);
  return flags.length === 0 || !isInSource ? "" : `with ${flags.join(" ")} in the place of what the source says`;
}

/** Names of the project's files, relative to the user's folder instead of the project's; the prelude's stay. */
export function named(
  context: Context,
  { root, main }: ProjectSource,
  diagnostics: readonly Diagnostic[],
  sources: Sources,
): readonly [readonly Diagnostic[], Sources] {
  const own = new Set([main.name, ...(main.files?.keys() ?? [])]);
  const shown = (name: string): string => {
    if (!own.has(name)) return name;
    const relative = path.relative(context.cwd, path.join(root, name));
    return relative.split(path.sep).join("/");
  };
  const renamed = diagnostics.map((one) => ({
    ...one,
    labels: one.labels.map((spot) => ({ ...spot, file: shown(spot.file) })),
  }));
  return [renamed, new Map([...sources].map(([name, text]) => [shown(name), text]))];
}
