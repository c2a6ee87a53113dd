/** What every exported module takes from a trained network: kernels for these calls of a model, and what lasts between them. */
import type { Compiled } from "../../compiler/compile.ts";
import type { HostModel } from "../../compiler/program/host.ts";
import type { Program } from "../../compiler/program/types.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { parse } from "../../compiler/syntax/parse.ts";
import type { Network } from "../../runtime/load/index.ts";
import type { FrameParts } from "./frame.ts";
import { kernelsText, needsOf, placesText } from "./kernels.ts";
import type { Format } from "./kernels.ts";
import { requirementsText } from "./sizes-text.ts";
import type { SizeNames } from "./sizes-text.ts";
import { raw } from "./storage.ts";
import type { Placed, Stored } from "./storage.ts";

/** A trained network, and in which form its module is wanted. */
export interface Exported {
  readonly source: ProjectSource;
  readonly compiled: Compiled;
  readonly network: Network;
  readonly format: Format;
  /** What the module is called. */
  readonly file: string;
  /** The bounds that were asked for. */
  readonly bounds: Readonly<Record<string, number>>;
  /** With a relaxed module of WebAssembly beside the plain one. */
  readonly relaxed: boolean;
  /** What the network keeps, as the export has it, by name. The network holds the same values. */
  readonly stored: ReadonlyMap<string, Stored>;
  /** The file beside the module that the weights go into. */
  readonly weights?: string;
}

/** A program that only predicts. */
export interface Predicting {
  readonly program: Program;
  /** What it keeps between calls: what the network does, as the export has it, and what was computed of that. */
  readonly stored: ReadonlyMap<string, Stored>;
}

/** Of one that rounds as its processor likes, over layers. */
const tolerances = { plain: 1e-6, relaxed: 1e-4 } as const;

/** Whether its answers differ in the last bits from machine to machine. */
export function isRelaxed({ format, relaxed }: Pick<Exported, "format" | "relaxed">): boolean {
  return relaxed || format === "wgsl";
}

/** `sizes`: what the module calls the open dimensions. */
export function frameOf(
  exported: Exported,
  model: HostModel,
  { program, stored }: Predicting,
  sizes: SizeNames,
): FrameParts {
  const { source, compiled, format, relaxed, file, weights } = exported;
  return {
    file,
    format,
    doc: docOf(source, model.name),
    kernels: kernelsText({ program, sources: compiled.sources, format, relaxed, sizes }),
    places: format === "wgsl" ? "" : placesText(program),
    needs: needsOf(format, relaxed),
    weights: {
      tensors: lasting(program, stored, exported.network),
      ...(weights === undefined ? {} : { file: weights }),
    },
    tolerance: tolerances[isRelaxed(exported) ? "relaxed" : "plain"],
    requirements: requirementsText(program.host.requirements, sizes),
  };
}

/** What the program keeps between calls, as the trained network has it, in the order of its memory: a model that draws has its seed, too. */
function lasting({ buffers }: Program, stored: Predicting["stored"], network: Network): readonly Placed[] {
  const placed = buffers.flatMap(({ name, role, offset }) => {
    const isSeed = role === "counter" && name === "seed";
    const own = isKept(role) ? stored.get(name) : undefined;
    const tensor = isSeed ? raw(name, Int32Array.of(network.counters.seed)) : own;
    return tensor === undefined ? [] : [{ ...tensor, offset }];
  });
  return placed.sort((one, other) => one.offset - other.offset);
}

/** The averages that predictions are made with are an optimizer's. */
function isKept(role: Program["buffers"][number]["role"]): boolean {
  return role === "parameter" || role === "state" || role === "optimizer";
}

/** The doc comment of the model. */
export function docOf({ main }: ProjectSource, name: string): string {
  const { declarations } = parse({ name: main.name, text: main.source }).module;
  return declarations.find((one) => one.kind === "model" && one.name.text === name)?.doc ?? "";
}
