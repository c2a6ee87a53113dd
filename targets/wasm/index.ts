/**
 * The WebAssembly target: a program as text that a person can read, with the names and lines of the `.nn` file, and the
 * module that watr assembles from it. It exports the entries, and its memory unless threads can share that; SIMD, relaxed only where that is asked for.
 */
import { assemble } from "./assemble.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import type { Part } from "../../compiler/program/cut.ts";
import { boundsOf } from "../../compiler/program/integer.ts";
import type { Facts } from "../../compiler/program/integer.ts";
import { maximalBytes, requireMemory } from "../../compiler/program/largest.ts";
import { manifestOf } from "../../compiler/program/manifest.ts";
import { Names, fileName, oneLine } from "../../compiler/program/names.ts";
import type { Sources } from "../../compiler/program/origins.ts";
import { describeOrigins, linesOf, noSources } from "../../compiler/program/origins.ts";
import { share } from "../../compiler/program/share.ts";
import type { Sharing } from "../../compiler/program/share.ts";
import { threadCosts } from "../../compiler/program/thread-costs.ts";
import type { ThreadCosts } from "../../compiler/program/thread-costs.ts";
import { callsOf } from "../../compiler/program/steps.ts";
import type { Entry, Program, ScheduledKernel } from "../../compiler/program/types.ts";
import type { ModuleContext } from "./context.ts";
import { identifiers } from "./context.ts";
import { entryTexts, importLines, threadNames, workerText } from "./entries.ts";
import type { EntryContext } from "./entries.ts";
import { expressionText } from "./expression.ts";
import type { Helper } from "./helpers.ts";
import { helperNames, helperTexts } from "./helpers.ts";
import { inlinedOf, takesInlined } from "./inline.ts";
import { printFunction, printKernel } from "./kernel.ts";
import type { Printed } from "./kernel.ts";
import { relaxedNote } from "./relaxed.ts";
import { i32, printText } from "./text.ts";
import type { Text } from "./text.ts";
import { agreementText, controlBytes } from "./threads.ts";

const pageBytes = 65_536;
/** Threads that have room for their private arrays. */
const mostThreads = 64;

/** What is asked for of a module. */
interface WasmOptions {
  /** By what the work is cut for threads; by default what they cost here. */
  readonly costs?: ThreadCosts;
  /** Whether products that are added may be rounded once or twice. */
  readonly relaxed?: boolean;
  /** Further entries, which one thread runs; they change nothing else. */
  readonly alone?: readonly Entry[];
  /** Writes fewer functions into the kernels that call them. */
  readonly compact?: boolean;
}

/**
 * Prints the program as `<name>.wat` and assembles it as `<name>.wasm`; where threads can share it, with `<name>.threads.wasm`
 * beside it, by which they agree. `sources`, the texts of the `.nn` files by the names that spans carry, add lines and doc
 * comments to the kernels. The same program gives the same bytes. Throws NN0602 beyond 4 GiB.
 */
export function emitWasm(
  program: Program,
  sources: Sources = noSources,
  { costs = threadCosts, relaxed = false, alone = [], compact = false }: WasmOptions = {},
): Artifact {
  const base = fileName(program.name);
  const sharing = share(program, boundsOf(program), costs);
  const layout = layOut(program, sharing);
  const whole = { ...program, entries: [...program.entries, ...alone] };
  const text = moduleText({ program: whole, sources, sharing, layout, costs, relaxed, compact });
  const bytes = assemble(text);
  const plain = manifestOf(whole, "wasm", `${base}.wasm`);
  const manifest = relaxed ? { ...plain, relaxed } : plain;
  const files = { [`${base}.wat`]: text, [`${base}.wasm`]: bytes };
  if (!layout.shared) return { manifest, files };
  const module = `${base}.threads.wasm`;
  const { control, own, ownBytes } = layout;
  const step = program.entries.findIndex(({ name }) => name === "train_step");
  const useful = Math.min(mostThreads, sharing.entries[step]?.useful ?? 1);
  const threads = { module, flag: flagIn(bytes), control, own, ownBytes, most: mostThreads, useful };
  return {
    manifest: { ...manifest, threads },
    files: { ...files, [module]: assemble(agreementText(control, layout.pages)) },
  };
}

/** Where the limits of the imported memory begin: after the names and the kind. */
function flagIn(bytes: Uint8Array): number {
  const before = [3, ...new TextEncoder().encode("env"), 6, ...new TextEncoder().encode("memory"), 2];
  const at = bytes.findIndex((_, n) => before.every((byte, b) => bytes[n + b] === byte));
  return at + before.length;
}

interface Layout {
  /** Whether threads share anything: then the memory is the host's, else the module's own. */
  readonly shared: boolean;
  readonly control: number;
  /** Where private arrays begin, and how many bytes those of one thread take. */
  readonly own: number;
  readonly ownBytes: number;
  /** The least and the most pages of the memory. */
  readonly pages: readonly [number, number];
  /** Nothing reaches 2³¹ bytes. */
  readonly small: boolean;
}

/** The arena, then what threads agree by, then private arrays: those of all kernels in one place, since a thread runs one at a time. */
function layOut({ arenaBytes, buffers, kernels, entries }: Program, { entries: sharedEntries }: Sharing): Layout {
  const shared = sharedEntries.some((entry) => entry !== undefined);
  const control = roundUp(arenaBytes, 64);
  const own = control + (shared ? controlBytes(Math.max(...entries.map(({ dims }) => dims.length))) : 0);
  const ownBytes = Math.max(0, ...kernels.map((kernel) => arraysOf(kernel).bytes));
  const [least, most] = [own + ownBytes, own + (shared ? mostThreads : 1) * ownBytes];
  requireMemory(least, buffers);
  const pagesOf = (bytes: number): number => Math.ceil(bytes / pageBytes);
  const pages = [pagesOf(least), pagesOf(Math.min(most, maximalBytes))] as const;
  return { shared, control, own, ownBytes, pages, small: most < 2 ** 31 };
}

function roundUp(bytes: number, to: number): number {
  return Math.ceil(bytes / to) * to;
}

function arraysOf(kernel: ScheduledKernel): { readonly starts: ReadonlyMap<string, number>; readonly bytes: number } {
  const starts = new Map<string, number>();
  let bytes = 0;
  for (const { name, elements } of kernel.arrays) {
    starts.set(name, bytes);
    bytes += roundUp(4 * elements, 64);
  }
  return { starts, bytes };
}

type ModuleNames = Pick<EntryContext, "kernels" | "entries" | "jobs" | "buffers" | "nameOf"> & {
  readonly functions: ReadonlyMap<string, string>;
};

function nameModule(program: Program, sharing: Sharing): ModuleNames {
  const names = new Names(identifiers, [...helperNames, ...threadNames]);
  const functions = new Map<string, string>();
  for (const { name } of program.functions) {
    const printed = names.give(`$${name}`);
    names.give(`${printed}.x4`);
    functions.set(name, printed);
  }
  const kernels = program.kernels.map(({ name }, n) =>
    (sharing.kernels[n]?.map(({ kernel }) => kernel.name) ?? [name]).map((own) => names.give(`$${own}`)),
  );
  const entries = program.entries.map(({ name }) => names.give(`$${name}`));
  const jobs = program.entries.map(({ name }) => names.give(`$${name}.job`));
  const globals = new Names(identifiers, threadNames);
  const whole = program.buffers.filter(({ slice }) => slice === undefined);
  const buffers = new Map(whole.map((buffer) => [buffer, globals.give(`$${buffer.name}`)]));
  return { functions, kernels, entries, jobs, buffers, nameOf: (wanted) => names.give(wanted) };
}

/** What a module is printed from. */
interface ModuleParts extends Required<Omit<WasmOptions, "alone">> {
  readonly program: Program;
  readonly sources: Sources;
  readonly sharing: Sharing;
  readonly layout: Layout;
}

function moduleText({ program, sources, sharing, layout, costs, relaxed, compact }: ModuleParts): string {
  const names = nameModule(program, sharing);
  const module: ModuleContext = {
    functions: names.functions,
    inlined: inlinedOf(program.functions),
    helpers: new Set<Helper>(),
    called: new Set(),
    small: layout.small,
    relaxed,
    own: layout.shared ? ["global.get", "$own"] : i32(layout.own),
    expressionText,
  };
  const lines = linesOf(sources);
  const facts: Facts = { ranges: new Map(), bounds: boundsOf(program) };
  const once = onlyInit(program);
  const calling: ModuleContext = { ...module, inlined: new Map() };
  const contextOf = (kernel: ScheduledKernel, n: number): ModuleContext =>
    once.has(n) || !takesInlined(kernel, module.inlined, compact) ? calling : module;
  const kernels = program.kernels.flatMap((kernel, n) => [
    "",
    ...describeOrigins(kernel.origins, lines).map((line) => `  ;; ${line}`),
    ...kernelTexts(kernel, names.kernels[n], facts, contextOf(kernel, n), sharing.kernels[n]).map((text) =>
      printText(text, "  "),
    ),
  ]);
  const functions = functionTexts(program, names, module);
  const context: EntryContext = { ...names, program, sharing, costs, facts, module, pieces: [] };
  const entries = program.entries.flatMap((_, n) => entryTexts(n, context));
  const workers = layout.shared ? [workerText(context)] : [];
  const helpers = helperTexts(module.helpers).flatMap((text) => ["", indented(text)]);
  return [
    `;; ${oneLine(program.name)}, compiled by nnc. Buffers are byte addresses in one memory.`,
    ...(relaxed ? [relaxedNote] : []),
    "(module",
    ...(layout.shared ? importLines(layout.pages) : [`  (memory (export "memory") ${layout.pages.join(" ")})`]),
    ...[...names.buffers].map(([buffer, name]) => globalLine(buffer, name)),
    ...helpers,
    ...functions,
    ...kernels,
    ...[...context.pieces, ...entries, ...workers].flatMap((text) => ["", printText(text, "  ")]),
    ")",
    "",
  ].join("\n");
}

/** The kernels that only `init` calls: they run once, and are many where parameters are, so nothing is written into them. */
function onlyInit({ kernels, entries }: Program): ReadonlySet<number> {
  const others = new Set(
    entries.filter(({ name }) => name !== "init").flatMap(({ steps }) => callsOf(steps).map(({ call }) => call.kernel)),
  );
  return new Set(kernels.flatMap((_, n) => (others.has(n) ? [] : [n])));
}

/** The kernel, or its parts. */
function kernelTexts(
  kernel: ScheduledKernel,
  printed: readonly string[],
  facts: Facts,
  module: ModuleContext,
  parts: readonly Part[] | undefined,
): readonly Text[] {
  const { starts } = arraysOf(kernel);
  const cut: readonly Printed[] = parts ?? [{ kernel }];
  return cut.map((part, n) => printKernel(part, printed[n], starts, facts, module));
}

function globalLine({ role, dtype, shape, offset }: Program["buffers"][number], printed: string): string {
  const sizes = shape.map(({ key }) => key).join(", ");
  return `  (global ${printed} i32 (i32.const ${offset})) ;; ${oneLine(`${role}: ${dtype}[${sizes}]`)}`;
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

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
