/**
 * Whose time a kernel's is. A kernel that joins several operations is shared out among their layers and lines by how much of its work each is: points
 * times operations, loads and stores. What the compiler wrote into another operation counts with that one.
 */
import type { Compiled } from "../../../compiler/compile.ts";
import { InternalError } from "../../../compiler/diagnostics/diagnostic.ts";
import type { Span } from "../../../compiler/diagnostics/diagnostic.ts";
import { evaluate } from "../../../compiler/dimension/dimension.ts";
import { layerOf } from "../../../compiler/elaborate/describe.ts";
import { useKey } from "../../../compiler/elaborate/types.ts";
import type { Elaboration } from "../../../compiler/elaborate/types.ts";
import type { Kernel, KernelOrigin } from "../../../compiler/kernel/types.ts";
import { operationsOf } from "./operations.ts";
import { lineAt, linesOf } from "../../../compiler/program/origins.ts";
import type { SourceLines } from "../../../compiler/program/origins.ts";

/** A line of the user's files, counted from 1. */
export interface Line {
  readonly file: string;
  readonly line: number;
}

/** A part of a kernel. Shares of one kernel are 1 in all. */
export interface Part {
  readonly share: number;
  /** `Digits.dense_2`; `updates` for what moves parameters, `steps` for what counts them. */
  readonly layer: string;
  /** The path of the block within: `Digits.cross_entropy.log_softmax`. */
  readonly path: string;
  readonly backward: boolean;
  /** Missing where no line of the user's stands behind it. */
  readonly line?: Line;
}

/** Of a call, in one turn of the loops around it. */
export interface Owners {
  readonly parts: readonly Part[];
  readonly operations: number;
}

export const updates = "updates of parameters";
export const steps = "counters";

export class Attribution {
  readonly #elaboration: Elaboration;
  readonly #kernels: ReadonlyMap<string, readonly Kernel[]>;
  readonly #parameters: ReadonlySet<string>;
  readonly #files: ReadonlySet<string>;
  readonly #lines: SourceLines;

  /** `files`: the names of the user's sources, as spans have them. */
  constructor({ elaboration, built, sources }: Compiled, files: readonly string[]) {
    this.#elaboration = elaboration;
    this.#kernels = built.kernels;
    this.#parameters = new Set(elaboration.variables.flatMap(({ name, role }) => (role === "parameter" ? [name] : [])));
    this.#files = new Set(files);
    this.#lines = linesOf(sources);
  }

  /** Of each call of an entry, in the order of its text, at these sizes of the open dimensions. */
  ownersOf(entry: string, count: number, sizes: ReadonlyMap<string, number>): readonly Owners[] {
    const kernels = this.#kernels.get(entry) ?? [];
    if (kernels.length !== count)
      throw new InternalError("bench", `${entry} has ${count} calls of ${kernels.length} kernels`);
    return kernels.map((kernel) => ({
      parts: this.#shared(kernel.origins, sizes),
      operations: operationsOf(kernel, sizes),
    }));
  }

  #shared(origins: readonly KernelOrigin[], sizes: ReadonlyMap<string, number>): readonly Part[] {
    const works = origins.map(({ work }) => evaluate(work, sizes) ?? 0);
    const all = works.reduce((sum, work) => sum + work, 0);
    if (all <= 0) return [{ share: 1, layer: steps, path: steps, backward: false }];
    return origins.map((origin, at) => {
      const line = this.#lineOf(origin);
      const isUpdate = this.#isParameter(origin.path);
      const layer = isUpdate ? updates : origin.path === "" ? steps : (layerOf(origin.path) ?? origin.path);
      return {
        share: (works[at] ?? 0) / all,
        layer,
        path: isUpdate || origin.path === "" ? layer : origin.path,
        backward: origin.backward === true,
        ...(line === undefined ? {} : { line }),
      };
    });
  }

  /** Whether it is a parameter's, or below one: a regulariser's or an optimizer's part. */
  #isParameter(path: string): boolean {
    return prefixesOf(path).some((prefix) => this.#parameters.has(prefix));
  }

  /** The origin's own line, or where the user's file uses what stands in the prelude. */
  #lineOf({ span, path }: KernelOrigin): Line | undefined {
    if (span === undefined) return undefined;
    if (this.#files.has(span.file)) return this.#lineAt(span);
    for (const prefix of prefixesOf(path)) {
      const use = this.#elaboration.uses?.get(useKey({ path: prefix, file: span.file }));
      if (use !== undefined && this.#files.has(use.file)) return this.#lineAt(use);
    }
    return undefined;
  }

  #lineAt({ file, from }: Span): Line | undefined {
    const lines = this.#lines.get(file);
    return lines === undefined ? undefined : { file, line: lineAt(lines, from) + 1 };
  }
}

/** `a.b.c`, `a.b`, `a`. */
function prefixesOf(path: string): readonly string[] {
  const parts = path.split(".");
  return parts.map((_, at) => parts.slice(0, parts.length - at).join("."));
}
