/** The module around the kernels: its interface, its helpers, and `create` with the views and the entries. */
import { Names } from "../../compiler/program/names.ts";
import type { Program, ProgramBuffer } from "../../compiler/program/types.ts";
import { commentText, stringLiteral } from "./code.ts";
import { identifiers } from "./context.ts";
import { entryLines } from "./entries.ts";
import type { Module } from "../c-like/syntax.ts";
import { arrayType } from "./kernel.ts";

/** The names that functions of the program and kernels have in the module. */
export interface ModuleNames {
  readonly functions: ReadonlyMap<string, string>;
  /** In the order of Program.kernels. */
  readonly kernels: readonly string[];
  /** For each kernel, the module's names of its private arrays. */
  readonly arrays: readonly ReadonlyMap<string, string>[];
  readonly all: ReadonlySet<string>;
}

export function nameModule(program: Program): ModuleNames {
  const names = new Names(identifiers);
  const all = new Set<string>();
  const give = (wanted: string): string => {
    const name = names.give(wanted);
    all.add(name);
    return name;
  };
  const functions = new Map(program.functions.map(({ name }) => [name, give(name)]));
  const kernels = program.kernels.map(({ name }) => give(name));
  const arrays = program.kernels.map(
    (kernel, n) => new Map(kernel.arrays.map(({ name }) => [name, give(`${kernels[n]}_${name}`)])),
  );
  return { functions, kernels, arrays, all };
}

/** The text of `Instance`, the declaration of what the module gives; also the whole of its `.d.ts`, with `create`. */
export const instanceText = `/** A view of one buffer in the arena; a bool is stored as 0 or 1. */
export type View = Float32Array | Int32Array;

/** A program with memory of its own. */
export interface Instance {
  /** The arena, in which every buffer lies. */
  readonly memory: ArrayBuffer | SharedArrayBuffer;
  /** Views of the buffers, by the names that the manifest gives them. */
  readonly buffers: ReadonlyMap<string, View>;
  /** The entries by name; each takes its open dimensions. */
  readonly entries: Readonly<Record<string, (...dims: number[]) => void>>;
}`;

export const declarationText = `${instanceText}

/** Bytes of the arena. */
export declare const arenaBytes: number;

/** Makes an instance, in the given memory or in memory of its own. */
export declare function create(memory?: ArrayBuffer | SharedArrayBuffer): Instance;
`;

/** The lines of `create`'s body. */
export function createLines(
  program: Program,
  module: ModuleNames,
  printing: Module,
  isModule: boolean,
): readonly string[] {
  const names = new Names(identifiers, module.all);
  const whole = program.buffers.filter(({ slice }) => slice === undefined);
  const views = new Map(whole.map((buffer) => [buffer, names.give(buffer.name)]));
  const entries = program.entries.map(({ name }) => names.give(name));
  const context = { program, kernels: module.kernels, views, names, module: printing };
  return [
    isModule
      ? "if (memory.byteLength < arenaBytes) throw new RangeError(`expected ${arenaBytes} bytes of memory, found ${memory.byteLength}`);"
      : `const memory = new ArrayBuffer(${program.arenaBytes});`,
    ...[...views].map(([buffer, view]) => viewLine(buffer, view)),
    ...program.entries.flatMap((entry, n) => ["", ...entryLines(entry, entries[n], context)]),
    "",
    "return {",
    "  memory,",
    ...(isModule ? bufferLines(views) : []),
    "  entries: {",
    ...program.entries.map(({ name }, n) => `    [${stringLiteral(name)}]: ${entries[n]},`),
    "  },",
    "};",
  ];
}

function bufferLines(views: ReadonlyMap<ProgramBuffer, string>): readonly string[] {
  return [
    "  buffers: new Map<string, View>([",
    ...[...views].map(([{ name }, view]) => `    [${stringLiteral(name)}, ${view}],`),
    "  ]),",
  ];
}

function viewLine({ name, role, dtype, shape, offset, bytes }: ProgramBuffer, view: string): string {
  const sizes = shape.map(({ key }) => key).join(", ");
  const comment = commentText(`${role} ${name}: ${dtype}[${sizes}]`);
  return `const ${view} = new ${arrayType(dtype)}(memory, ${offset}, ${bytes / 4}); // ${comment}`;
}
