/** What every exported module takes from a trained network: kernels for these calls of a model, and what lasts between them. */
import type { Compiled } from "../../compiler/compile.ts";
import type { HostModel } from "../../compiler/program/host.ts";
import type { Program } from "../../compiler/program/types.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { parse } from "../../compiler/syntax/parse.ts";
import type { Network } from "../../runtime/load/index.ts";
import type { FrameParts } from "./frame.ts";
import { kernelsText, needs } from "./kernels.ts";
import type { Format } from "./kernels.ts";
import { requirementsText } from "./sizes-text.ts";
import type { SizeNames } from "./sizes-text.ts";

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
}

/** `sizes`: what the module calls the open dimensions. */
export function frameOf(
  { source, compiled, network, format, file }: Exported,
  model: HostModel,
  program: Program,
  sizes: SizeNames,
): FrameParts {
  const tensors = lasting(program, network);
  return {
    file,
    doc: docOf(source, model.name),
    kernels: kernelsText(program, compiled.sources, format),
    needs: needs[format],
    tensors: tensors.map(({ name, data }) => ({ name, bytes: data.byteLength })),
    weights: Buffer.concat(tensors.map(({ data }) => data)),
    requirements: requirementsText(program.host.requirements, sizes),
  };
}

/** What the program keeps between calls, as the trained network has it: a model that draws has its seed, too. */
function lasting(
  { buffers }: Program,
  network: Network,
): readonly { readonly name: string; readonly data: Uint8Array }[] {
  const kept = network.snapshot();
  const { seed } = network.counters;
  return buffers.flatMap(({ name, role }) => {
    const view =
      role === "counter" && name === "seed" ? Int32Array.of(seed) : isKept(role) ? kept.get(name) : undefined;
    return view === undefined ? [] : [{ name, data: new Uint8Array(view.buffer, view.byteOffset, view.byteLength) }];
  });
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
