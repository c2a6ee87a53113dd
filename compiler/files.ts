/**
 * `nnc/files`: compiles a `.nn` file of a project, with the files that it uses and the sizes that its data give.
 */
import { compile } from "./compile.ts";
import type { Compiled, Failed } from "./compile.ts";
import { openDimension } from "./diagnostics/codes/sizes.ts";
import { boundMissing } from "./diagnostics/codes/train.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import type { DataFacts } from "./elaborate/parts.ts";
import { elaborateSource } from "./front.ts";
import { fileArguments, type CompileOptions, type FileOptions } from "./options.ts";
import { complaints } from "./phase.ts";
import type { Manifest } from "./program/artifact.ts";
import { factsOf, readProject } from "./project.ts";
import type { ProjectSource } from "./project.ts";
import { projectFiles } from "../runtime/data/files.ts";
import type { DecodedImages } from "../runtime/data/images.ts";
import { imagesOf } from "../runtime/train/images.ts";

export type { FileOptions } from "./options.ts";
export type { DecodedImages } from "../runtime/data/images.ts";

/**
 * The images that the train of an artifact compiled from `file` reads, decoded by `sharp`: `prepare(manifest, { read, images: await readImages(file, manifest) })`.
 * Nothing for other data. Throws an NncError for images that are not there or damaged, and where `sharp` is not installed.
 */
export async function readImages(
  file: string,
  { host }: Manifest,
  { root }: Pick<FileOptions, "root"> = {},
): Promise<ReadonlyMap<string, DecodedImages>> {
  const project = readProject(file, root);
  return imagesOf(host, projectFiles(project.root, project.folder), "all");
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
  const { diagnostics, sources } = source;
  if (diagnostics.some(({ severity }) => severity === "error")) return { ok: false, diagnostics, sources };
  const first = compile(source.main, options);
  if (!wantsFacts(first)) return first;
  const read = readFacts(source, options);
  if (read === undefined) return first;
  if ("problems" in read) return first.ok ? first : { ...first, diagnostics: [...first.diagnostics, ...read.problems] };
  return compile(source.main, { ...options, dataFacts: read.facts });
}

/** Whether sizes are missing that the data may give, or the target may have several columns. */
function wantsFacts(result: Compiled | Failed): boolean {
  if (!result.ok)
    return result.diagnostics.some(({ code }) => code === openDimension.code || code === boundMissing.code);
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
