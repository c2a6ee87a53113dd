/**
 * `nnc/files`: compiles a `.nn` file of a project, with the files that it uses and the sizes that its data give.
 */
import { projectFiles } from "../runtime/data/files.ts";
import type { DecodedImages } from "../runtime/data/images.ts";
import { checkManifest } from "../runtime/load/check-artifact.ts";
import { imagesOf } from "../runtime/train/images.ts";
import { compile } from "./compile.ts";
import type { Compiled, Failed } from "./compile.ts";
import { unreadableData } from "./diagnostics/codes/data.ts";
import { openDimension } from "./diagnostics/codes/sizes.ts";
import { boundMissing } from "./diagnostics/codes/train.ts";
import { NncError } from "./diagnostics/diagnostic.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { checkOptions, isString, unsuitable } from "./diagnostics/options.ts";
import type { Rules } from "./diagnostics/options.ts";
import type { DataFacts } from "./elaborate/parts.ts";
import { elaborateSource } from "./front.ts";
import { fileArguments, type CompileOptions, type FileOptions } from "./options.ts";
import { complaints } from "./phase.ts";
import type { Manifest } from "./program/artifact.ts";
import { factsOf, readProject } from "./project.ts";
import type { ProjectSource } from "./project.ts";

export type { FileOptions } from "./options.ts";
export type { DecodedImages } from "../runtime/data/images.ts";

/** Whose images are read: by default those of the train's data and test. */
export interface ImagesOptions extends Pick<FileOptions, "root"> {
  /** Another folder or list, as for `prepareFile`. */
  readonly path?: string;
  /** Whether that has classes, by default `evaluate`, which needs them. */
  readonly what?: "evaluate" | "predict";
}

const imagesRules: Rules<ImagesOptions> = {
  root: { expected: "a path", fits: isString },
  path: { expected: "the path of a folder, or of a list in CSV", fits: isString },
  what: { expected: "evaluate or predict", fits: (value) => value === "evaluate" || value === "predict" },
};

/**
 * The images that the train of an artifact compiled from `file` reads, decoded by `sharp`: `prepare(manifest, { read, images: await readImages(file, manifest) })`.
 * Nothing for other data. Throws an NncError for images that are not there or damaged, and where `sharp` is not installed.
 */
export async function readImages(
  file: string,
  manifest: Manifest,
  options: ImagesOptions = {},
): Promise<ReadonlyMap<string, DecodedImages>> {
  checkOptions("readImages", options, imagesRules);
  checkOptions("readImages", { file }, { file: { expected: "the path of a `.nn` file", fits: isString } });
  checkManifest(manifest);
  const { root, path, what = "evaluate" } = options;
  if (path === undefined && options.what !== undefined)
    throw new NncError(unsuitable("what", "a `path` beside it", options.what));
  const project = readProject(file, root);
  const place = projectFiles(project.root, project.folder);
  return imagesOf(manifest.host, place, path === undefined ? "all" : { path, what });
}

/** Compiles the file at `file`, a path of the host. Like `compile`, it throws nothing. */
export function compileFile(file: string, options: FileOptions = {}): Compiled | Failed {
  const { main, options: given, problems } = fileArguments(file, options);
  if (problems.length > 0) return { ok: false, diagnostics: problems, sources: new Map() };
  const { root, ...others } = given;
  return compileProject(readProject(main, root), others);
}

/** Compiles what `readProject` read; looks at the data only where the program leaves a size to them. */
export function compileProject(source: ProjectSource, options: Omit<FileOptions, "root"> = {}): Compiled | Failed {
  if (!isProject(source)) {
    const found = unsuitable("source", "what `readProject` read", source);
    return { ok: false, diagnostics: [found], sources: new Map() };
  }
  const { diagnostics, sources } = source;
  if (diagnostics.some(({ severity }) => severity === "error")) return { ok: false, diagnostics, sources };
  const first = compile(source.main, options);
  if (!wantsFacts(first)) return first;
  const read = readFacts(source, options);
  if (read === undefined) return first;
  if ("problems" in read) return first.ok ? first : { ...first, diagnostics: withProblems(first, read.problems) };
  return compile(source.main, { ...options, dataFacts: read.facts });
}

/** Callers without types may hand over anything. */
function isProject(source: unknown): source is ProjectSource {
  if (typeof source !== "object" || source === null) return false;
  const { main, root, folder, diagnostics, sources }: Partial<Record<keyof ProjectSource, unknown>> = source;
  const isMain = typeof main === "object" && main !== null;
  return isMain && isString(root) && isString(folder) && Array.isArray(diagnostics) && sources instanceof Map;
}

/**
 * With what is wrong with the data before the sizes that they would have given. Whoever does not have the data can give the sizes; whoever has
 * them has the data to mend, and nothing else.
 */
function withProblems({ diagnostics }: Failed, problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const isAbsent = problems.some(({ code }) => code === unreadableData.code);
  return [...problems, ...diagnostics.filter((one) => isAbsent || !isMissingSize(one))];
}

function isMissingSize({ code }: Diagnostic): boolean {
  return code === openDimension.code || code === boundMissing.code;
}

/** Whether sizes are missing that the data may give, or the target may have several columns. */
function wantsFacts(result: Compiled | Failed): boolean {
  if (!result.ok) return result.diagnostics.some(isMissingSize);
  const target = result.elaboration.host.train?.data.settings["target"];
  return Array.isArray(target) || (typeof target === "string" && target.includes("*"));
}

function readFacts(
  source: ProjectSource,
  options: CompileOptions,
): { readonly facts: DataFacts } | { readonly problems: readonly Diagnostic[] } | undefined {
  try {
    const { elaboration } = elaborateSource(source.main, { ...options, probes: [], allowOpen: true });
    const facts = elaboration === undefined ? undefined : factsOf(elaboration.host, source);
    return facts === undefined ? undefined : { facts };
  } catch (error) {
    return { problems: complaints(error) };
  }
}
