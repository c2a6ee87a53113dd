/**
 * Entries as functions that call kernels. Where threads share one there are two: what the host calls puts up a job and
 * runs it as its first thread, or alone if that is as fast; workers find the same job and run the same phases.
 */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { integerOfDimension } from "../../compiler/program/integer.ts";
import type { Facts, Integer } from "../../compiler/program/integer.ts";
import { Names } from "../../compiler/program/names.ts";
import type { SharedEntry, Sharing, Work } from "../../compiler/program/share.ts";
import type { ThreadCosts } from "../../compiler/program/thread-costs.ts";
import { withoutLoops } from "../../compiler/program/steps.ts";
import type { Call, Entry, Program } from "../../compiler/program/types.ts";
import { identifiers } from "./context.ts";
import { get, i32, set, stringLiteral } from "./text.ts";
import type { Text } from "./text.ts";
import { agreement } from "./threads.ts";

export interface EntryContext {
  readonly program: Program;
  readonly sharing: Sharing;
  readonly costs: ThreadCosts;
  readonly facts: Facts;
  /** Printed names: of each kernel's functions, of buffers, of entries and of what threads run of them. */
  readonly kernels: readonly (readonly string[])[];
  readonly buffers: readonly string[];
  readonly entries: readonly string[];
  readonly jobs: readonly string[];
  /** Gives a function a name that no other has. */
  readonly nameOf: (wanted: string) => string;
  /** Gathers the functions that entries were cut into. */
  readonly pieces: Text[];
}

/** An entry with more steps or phases than this calls functions of so many: engines and watr are slow in very long ones. */
const longest = 256;

type Agreed = keyof typeof agreement;

/** The names of what is imported for threads. */
export const threadNames: readonly string[] = ["$threads", "$own", ...Object.keys(agreement).map((name) => `$${name}`)];

/** The imports of a module that threads may share. */
export function importLines(pages: readonly [number, number]): readonly string[] {
  const calls = Object.entries(agreement).map(
    ([name, type]) => `  (import "threads" "${name}" (func $${name}${type === "" ? "" : ` ${type}`}))`,
  );
  return [
    `  (import "env" "memory" (memory ${pages.join(" ")}))`,
    `  (import "env" "threads" (global $threads i32)) ;; how many`,
    `  (import "env" "own" (global $own i32)) ;; where this thread's private arrays begin`,
    ...calls,
  ];
}

/** Entry n for the host, and for threads where they share it. */
export function entryTexts(n: number, context: EntryContext): readonly Text[] {
  const { program, sharing, entries } = context;
  const entry = program.entries[n];
  const { dims, parameters } = sizesOf(entry);
  const calls = cut(entries[n], withoutLoops(entry.steps), (step) => wholeCalls(step, dims, context), dims, context);
  const shared = sharing.entries[n];
  const own: Text = ["func", entries[n], ["export", stringLiteral(entry.name)], ...parameters];
  if (shared === undefined) return [[...own, ...calls]];
  return [[...own, sharedCall(n, shared, dims, context), ...calls], jobText(n, shared, context)];
}

/** Runs the job together with others, if there are any and the work is worth it. */
function sharedCall(n: number, { flops, bytes, worth }: SharedEntry, dims: Sizes, context: EntryContext): Text {
  const { jobs, costs, facts } = context;
  const many: Text = ["i32.gt_u", ["global.get", "$threads"], i32(1)];
  const number = (dimension: SharedEntry["flops"], by: number): Text => [
    "f64.mul",
    floatText(integerOfDimension(dimension, facts.bounds), dims),
    ["f64.const", String(by)],
  ];
  const work: Text = ["f64.add", number(flops, costs.flop), number(bytes, costs.byte)];
  const enough: Text = ["f64.ge", work, ["f64.const", String(worth)]];
  const locals = [...dims.values()];
  return [
    "if",
    dims.size === 0 ? many : ["i32.and", many, enough],
    [
      "then",
      call("put", i32(0), i32(n)),
      ...locals.map((local, d) => call("put", i32(d + 1), get(local))),
      call("begin"),
      ["call", jobs[n], ...locals.map(get)],
      call("end"),
      ["return"],
    ],
  ];
}

/** The phases of an entry, as every thread runs them. */
function jobText(n: number, { phases }: SharedEntry, context: EntryContext): Text {
  const { dims, parameters } = sizesOf(context.program.entries[n]);
  const name = context.jobs[n];
  const numbered = [...phases.entries()];
  const part: Text = ["local", "$part", "i32"];
  const lines = cut(
    name,
    numbered,
    ([p, phase]) => phaseTexts(phase, `$phase${p}`, dims, context),
    dims,
    context,
    part,
  );
  return ["func", name, ...parameters, part, ...lines];
}

/** What `print` makes of all parts; of many, as calls of functions of some each, which have `locals` of their own. */
function cut<Part>(
  name: string,
  parts: readonly Part[],
  print: (part: Part) => readonly Text[],
  dims: Sizes,
  { nameOf, pieces }: EntryContext,
  ...locals: readonly Text[]
): readonly Text[] {
  if (parts.length <= longest) return parts.flatMap(print);
  const sizes = [...dims.values()];
  const parameters = sizes.map((local): Text => ["param", local, "i32"]);
  return Array.from({ length: Math.ceil(parts.length / longest) }, (_, n): Text => {
    const piece = nameOf(`${name}.part`);
    const lines = parts.slice(n * longest, (n + 1) * longest).flatMap(print);
    pieces.push(["func", piece, ...parameters, ...locals, ...lines]);
    return ["call", piece, ...sizes.map(get)];
  });
}

/** Takes parts until none is left: those of the phase's works count on, one after the other. */
function phaseTexts(phase: readonly Work[], label: string, dims: Sizes, context: EntryContext): readonly Text[] {
  let all = 0;
  const works = phase.map((work) => {
    const parts = work.kind === "shared" ? work.part.parts : 1;
    const from = all;
    all += parts;
    return { work, from, parts };
  });
  const body = works.flatMap(({ work, from, parts }): readonly Text[] => {
    const calls = workCalls(work, from, label, dims, context);
    if (works.length === 1) return calls;
    const here: Text =
      parts === 1 ? ["i32.eq", get("$part"), i32(from)] : ["i32.lt_u", less("$part", from), i32(parts)];
    return [["if", here, ["then", ...calls]]];
  });
  const next: Text = ["local.tee", "$part", call("next", get("$part"), i32(all))];
  return [set("$part", i32(-1)), ["loop", label, ["if", ["i32.ge_s", next, i32(0)], ["then", ...body, ["br", label]]]]];
}

function workCalls(work: Work, from: number, name: string, dims: Sizes, context: EntryContext): readonly Text[] {
  if (work.kind === "alone") return cut(name, work.steps, (step) => wholeCalls(step, dims, context), dims, context);
  const { step, part } = work;
  const at = context.sharing.kernels[step.kernel]?.indexOf(part) ?? 0;
  return [[...kernelCall(step, at, dims, context), less("$part", from), i32(part.parts)]];
}

/** All of a kernel on this thread. */
function wholeCalls(step: Call, dims: Sizes, context: EntryContext): readonly Text[] {
  const parts = context.sharing.kernels[step.kernel];
  if (parts === undefined) return [kernelCall(step, 0, dims, context)];
  return parts.map((_, at) => [...kernelCall(step, at, dims, context), i32(0), i32(1)]);
}

function kernelCall({ kernel, buffers }: Call, at: number, dims: Sizes, context: EntryContext): readonly Text[] {
  const sizes = context.program.kernels[kernel].dims.map((dim) => get(localOf(dim, dims)));
  const addresses = buffers.map((buffer): Text => ["global.get", context.buffers[buffer]]);
  return ["call", context.kernels[kernel][at], ...addresses, ...sizes];
}

/** What a worker does all its life: finds a job with its arguments, and runs it if it is still on. */
export function workerText(context: EntryContext): Text {
  const { program, sharing, jobs } = context;
  const shared = program.entries.flatMap((entry, n) => (sharing.entries[n] === undefined ? [] : [{ entry, n }]));
  const sizes = Math.max(...shared.map(({ entry }) => entry.dims.length));
  const locals = ["$entry", ...Array.from({ length: sizes }, (_, d) => `$size${d}`)];
  const runs = shared.map(({ entry, n }): Text => {
    const run: Text = ["call", jobs[n], ...entry.dims.map((_, d) => get(locals[d + 1]))];
    return ["if", ["i32.eq", get("$entry"), i32(n)], ["then", run]];
  });
  const job: readonly Text[] = [
    ...locals.map((local, a) => set(local, call("get", i32(a)))),
    ["if", call("current"), ["then", ...runs]],
    ["br", "$again"],
  ];
  const loop: Text = ["loop", "$again", ["if", call("job"), ["then", ...job]]];
  return ["func", ["export", stringLiteral("worker")], ...locals.map((local): Text => ["local", local, "i32"]), loop];
}

/** Locals of the open dimensions. */
type Sizes = ReadonlyMap<string, string>;

function sizesOf({ dims: names }: Entry): { readonly dims: Sizes; readonly parameters: readonly Text[] } {
  const locals = new Names(identifiers, ["$part"]);
  const dims = new Map(names.map((name) => [name, locals.give(`$${name}`)]));
  return { dims, parameters: [...dims.values()].map((local): Text => ["param", local, "i32"]) };
}

function localOf(dim: string, dims: Sizes): string {
  const local = dims.get(dim);
  if (local === undefined) throw new InternalError("wasm", `the entry does not know the dimension ${dim}`);
  return local;
}

function call(name: Agreed, ...operands: readonly Text[]): Text {
  return ["call", `$${name}`, ...operands];
}

function less(local: string, by: number): Text {
  return by === 0 ? get(local) : ["i32.sub", get(local), i32(by)];
}

/** A size as an f64, which no number of operations overflows. */
function floatText(integer: Integer, dims: Sizes): Text {
  const inner = (part: Integer): Text => floatText(part, dims);
  switch (integer.kind) {
    case "number":
      return ["f64.const", String(integer.value)];
    case "variable":
      return ["f64.convert_i32_u", get(localOf(integer.name, dims))];
    case "sum":
      return integer.terms.map(inner).reduce((left, right) => ["f64.add", left, right]);
    case "product":
      return integer.factors
        .map(inner)
        .reduce((left, right) => ["f64.mul", left, right], inner({ kind: "number", value: integer.by }));
    case "quotient":
    case "remainder": {
      const quotient: Text = ["f64.floor", ["f64.div", inner(integer.value), inner(integer.divisor)]];
      if (integer.kind === "quotient") return quotient;
      return ["f64.sub", inner(integer.value), ["f64.mul", quotient, inner(integer.divisor)]];
    }
    case "minimum":
      return ["f64.min", inner(integer.left), inner(integer.right)];
    case "maximum":
      return ["f64.max", inner(integer.left), inner(integer.right)];
    case "clamp":
    case "value":
      throw new InternalError("wasm", "a size that depends on data");
  }
}
