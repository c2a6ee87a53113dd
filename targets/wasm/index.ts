/**
 * The WebAssembly target: a program as text that a person can read, with the names and lines of the `.nn` file, and the
 * module that watr assembles from it. It exports its memory and the entries; one thread, SIMD, nothing relaxed.
 */
import { compile } from "watr";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { boundsOf } from "../../compiler/program/integer.ts";
import type { Facts } from "../../compiler/program/integer.ts";
import { manifestOf } from "../../compiler/program/manifest.ts";
import { Names, fileName, oneLine } from "../../compiler/program/names.ts";
import type { Sources } from "../../compiler/program/origins.ts";
import { describeOrigins, linesOf, noSources } from "../../compiler/program/origins.ts";
import type { Entry, Program, ScheduledKernel } from "../../compiler/program/types.ts";
import type { ModuleContext } from "./context.ts";
import { identifiers } from "./context.ts";
import { expressionText } from "./expression.ts";
import type { Helper } from "./helpers.ts";
import { helperNames, helperTexts } from "./helpers.ts";
import { printFunction, printKernel } from "./kernel.ts";
import { printText, stringLiteral } from "./text.ts";
import type { Text } from "./text.ts";

const pageBytes = 65_536;

/**
 * Prints the program as `<name>.wat` and assembles it as `<name>.wasm`. `sources`, the texts of the `.nn` files by the
 * names that spans carry, add lines and doc comments to the kernels. The same program gives the same bytes.
 */
export function emitWasm(program: Program, sources: Sources = noSources): Artifact {
  const base = fileName(program.name);
  const text = moduleText(program, sources);
  return {
    manifest: manifestOf(program, "wasm", `${base}.wasm`),
    files: { [`${base}.wat`]: text, [`${base}.wasm`]: compile(text) },
  };
}

interface ModuleNames {
  readonly functions: ReadonlyMap<string, string>;
  readonly kernels: readonly string[];
  readonly entries: readonly string[];
  readonly buffers: readonly string[];
}

function nameModule(program: Program): ModuleNames {
  const names = new Names(identifiers, helperNames);
  const functions = new Map<string, string>();
  for (const { name } of program.functions) {
    const printed = names.give(`$${name}`);
    names.give(`${printed}.x4`);
    functions.set(name, printed);
  }
  const kernels = program.kernels.map(({ name }) => names.give(`$${name}`));
  const entries = program.entries.map(({ name }) => names.give(`$${name}`));
  const globals = new Names(identifiers);
  return { functions, kernels, entries, buffers: program.buffers.map(({ name }) => globals.give(`$${name}`)) };
}

function moduleText(program: Program, sources: Sources): string {
  const names = nameModule(program);
  const scratch = Math.ceil(program.arenaBytes / 64) * 64;
  const total = scratch + Math.max(0, ...program.kernels.map((kernel) => layOut(kernel, scratch).bytes));
  const module: ModuleContext = {
    functions: names.functions,
    helpers: new Set<Helper>(),
    called: new Set(),
    small: total < 2 ** 31,
    expressionText,
  };
  const lines = linesOf(sources);
  const facts: Facts = { ranges: new Map(), bounds: boundsOf(program) };
  const kernels = program.kernels.flatMap((kernel, n) => [
    "",
    ...describeOrigins(kernel.origins, lines).map((line) => `  ;; ${line}`),
    printText(printKernel(kernel, names.kernels[n], layOut(kernel, scratch).starts, facts, module), "  "),
  ]);
  const functions = functionTexts(program, names, module);
  const entries = program.entries.flatMap((entry, n) => ["", printText(entryText(entry, n, program, names), "  ")]);
  const helpers = helperTexts(module.helpers).flatMap((text) => ["", indented(text)]);
  const pages = Math.ceil(total / pageBytes);
  return [
    `;; ${oneLine(program.name)}, compiled by nnc. Buffers are byte addresses in one memory.`,
    "(module",
    `  (memory (export "memory") ${pages} ${pages})`,
    ...program.buffers.map((buffer, n) => globalLine(buffer, names.buffers[n])),
    ...helpers,
    ...functions,
    ...kernels,
    ...entries,
    ")",
    "",
  ].join("\n");
}

function globalLine({ role, dtype, shape, offset }: Program["buffers"][number], printed: string): string {
  const sizes = shape.map(({ key }) => key).join(", ");
  return `  (global ${printed} i32 (i32.const ${offset})) ;; ${oneLine(`${role}: ${dtype}[${sizes}]`)}`;
}

/** Private arrays lie behind the arena, those of all kernels in the same place, since one kernel runs at a time. */
function layOut(
  kernel: ScheduledKernel,
  from: number,
): { readonly starts: ReadonlyMap<string, number>; readonly bytes: number } {
  const starts = new Map<string, number>();
  let bytes = 0;
  for (const { name, elements } of kernel.arrays) {
    starts.set(name, from + bytes);
    bytes += Math.ceil((4 * elements) / 64) * 64;
  }
  return { starts, bytes };
}

/** The versions that are called, those that they call themselves included, in the program's order. */
function functionTexts(program: Program, names: ModuleNames, module: ModuleContext): readonly string[] {
  const printed = new Map<string, Text>();
  for (let before = -1; before < printed.size;) {
    before = printed.size;
    for (const definition of program.functions) {
      for (const lanes of [1, 4] as const) {
        const key = `${definition.name} ${lanes}`;
        if (!module.called.has(key) || printed.has(key)) continue;
        const name = names.functions.get(definition.name) ?? "";
        printed.set(key, printFunction(definition, lanes === 1 ? name : `${name}.x4`, lanes, module));
      }
    }
  }
  return program.functions.flatMap(({ name, summary }) =>
    ([1, 4] as const).flatMap((lanes) => {
      const text = printed.get(`${name} ${lanes}`);
      return text === undefined ? [] : ["", `  ;; ${oneLine(summary)}`, printText(text, "  ")];
    }),
  );
}

function entryText(entry: Entry, n: number, program: Program, names: ModuleNames): Text {
  const locals = new Names(identifiers);
  const dims = new Map(entry.dims.map((name) => [name, locals.give(`$${name}`)]));
  const calls = entry.steps.map(({ kernel, buffers }): Text => {
    const sizes = program.kernels[kernel].dims.map((dim): Text => {
      const local = dims.get(dim);
      if (local === undefined) throw new InternalError("wasm", `${entry.name} does not know the dimension ${dim}`);
      return ["local.get", local];
    });
    return [
      "call",
      names.kernels[kernel],
      ...buffers.map((buffer): Text => ["global.get", names.buffers[buffer]]),
      ...sizes,
    ];
  });
  const parameters = [...dims.values()].map((local): Text => ["param", local, "i32"]);
  return ["func", names.entries[n], ["export", stringLiteral(entry.name)], ...parameters, ...calls];
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
