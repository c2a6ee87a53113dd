/**
 * Entries as functions that call kernels. Where threads share one there are two: what the host calls puts up a job and
 * runs it as its first thread, or alone if that is as fast; workers find the same job and run the same phases, in loops the same
 * number of times.
 */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { integerOfDimension } from "../../compiler/program/integer.ts";
import type { Facts, Integer } from "../../compiler/program/integer.ts";
import type { EntryPhase, SharedEntry, Sharing, Work } from "../../compiler/program/share.ts";
import { worthOf } from "../../compiler/program/share.ts";
import type { ThreadCosts } from "../../compiler/program/thread-costs.ts";
import type { Call, Program, ProgramBuffer, Step } from "../../compiler/program/types.ts";
import type { ModuleContext } from "./context.ts";
import type { Frame } from "./frame.ts";
import { addressText, frameOf, givenTexts, loopTexts, part, sizeText } from "./frame.ts";
import { get, i32, set, stringLiteral } from "./text.ts";
import type { Text } from "./text.ts";
import { agreement } from "./threads.ts";

export interface EntryContext {
  readonly program: Program;
  readonly sharing: Sharing;
  readonly costs: ThreadCosts;
  readonly facts: Facts;
  readonly module: ModuleContext;
  /** Printed names: of each kernel's functions, of buffers but slices, of entries and of what threads run of them. */
  readonly kernels: readonly (readonly string[])[];
  readonly buffers: ReadonlyMap<ProgramBuffer, string>;
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
  const { program, sharing, entries, facts, module } = context;
  const { name, dims, steps } = program.entries[n];
  const { frame, parameters } = frameOf(dims, [], facts, module);
  const calls = stepTexts(entries[n], steps, frame, context);
  const shared = sharing.entries[n];
  const locals = frame.place.locals.declarations(calls);
  const own: Text = ["func", entries[n], ["export", stringLiteral(name)], ...parameters, ...locals];
  if (shared === undefined) return [[...own, ...calls]];
  return [[...own, sharedCall(n, shared, frame, context), ...calls], jobText(n, shared, context)];
}

/** Runs the job together with others, if there are any and the work is worth it. */
function sharedCall(n: number, { flops, bytes, waits }: SharedEntry, frame: Frame, context: EntryContext): Text {
  const { jobs, costs, facts } = context;
  const many: Text = ["i32.gt_u", ["global.get", "$threads"], i32(1)];
  const number = (dimension: SharedEntry["flops"], by: number): Text => [
    "f64.mul",
    floatText(integerOfDimension(dimension, facts.bounds), frame),
    ["f64.const", String(by)],
  ];
  const work: Text = ["f64.add", number(flops, costs.flop), number(bytes, costs.byte)];
  const waiting = integerOfDimension(waits, facts.bounds);
  const none = worthOf(0, costs);
  const worth: Text =
    waiting.kind === "number"
      ? ["f64.const", String(worthOf(waiting.value, costs))]
      : ["f64.add", number(waits, worthOf(1, costs) - none), ["f64.const", String(none)]];
  const sizes = givenTexts(frame);
  return [
    "if",
    sizes.length === 0 ? many : ["i32.and", many, ["f64.ge", work, worth]],
    [
      "then",
      call("put", i32(0), i32(n)),
      ...sizes.map((size, d) => call("put", i32(d + 1), size)),
      call("begin"),
      ["call", jobs[n], ...sizes],
      call("end"),
      ["return"],
    ],
  ];
}

/** The phases of an entry, as every thread runs them. */
function jobText(n: number, { phases }: SharedEntry, context: EntryContext): Text {
  const { frame, parameters } = frameOf(context.program.entries[n].dims, [], context.facts, context.module);
  const name = context.jobs[n];
  const lines = phaseTexts(name, phases, frame, context, { next: 0 });
  return ["func", name, ...parameters, partLocal, ...frame.place.locals.declarations(lines), ...lines];
}

const partLocal: Text = ["local", part, "i32"];

/** What an entry, or a loop in it, runs one after the other. */
interface Stretch<Part> {
  /** The entry's. */
  readonly name: string;
  readonly parts: readonly Part[];
  readonly print: (part: Part, frame: Frame) => readonly Text[];
  /** What functions of some parts each have of their own. */
  readonly locals: readonly Text[];
}

/** What is printed of all parts; of many, as calls of functions of some each. */
function cut<Part>(
  { name, parts, print, locals }: Stretch<Part>,
  frame: Frame,
  { nameOf, pieces, facts, module }: EntryContext,
): readonly Text[] {
  if (parts.length <= longest) return parts.flatMap((one) => print(one, frame));
  return Array.from({ length: Math.ceil(parts.length / longest) }, (_, n): Text => {
    const piece = nameOf(`${name}.part`);
    const { frame: own, parameters } = frameOf(frame.dims, frame.loops, facts, module);
    const lines = parts.slice(n * longest, (n + 1) * longest).flatMap((one) => print(one, own));
    pieces.push(["func", piece, ...parameters, ...locals, ...own.place.locals.declarations(lines), ...lines]);
    return ["call", piece, ...givenTexts(frame)];
  });
}

/** Steps on this thread alone. */
function stepTexts(name: string, steps: readonly Step[], frame: Frame, context: EntryContext): readonly Text[] {
  const print = (step: Step, around: Frame): readonly Text[] =>
    step.kind === "call"
      ? wholeCalls(step, around, context)
      : loopTexts(step, around, (inside) => stepTexts(name, step.steps, inside, context));
  return cut({ name, parts: steps, print, locals: [] }, frame, context);
}

/** The number of the next label. */
interface Labels {
  next: number;
}

/** One phase after the other, each begun by every thread. */
function phaseTexts(
  name: string,
  phases: readonly EntryPhase[],
  frame: Frame,
  context: EntryContext,
  labels: Labels,
): readonly Text[] {
  const print = (phase: EntryPhase, around: Frame): readonly Text[] =>
    phase.kind === "works"
      ? worksTexts(phase.works, `$phase${labels.next++}`, around, context)
      : loopTexts(phase.loop, around, (inside) => phaseTexts(name, phase.phases, inside, context, labels));
  return cut({ name, parts: phases, print, locals: [partLocal] }, frame, context);
}

/** Takes parts until none is left: those of the phase's works count on, one after the other. */
function worksTexts(phase: readonly Work[], label: string, frame: Frame, context: EntryContext): readonly Text[] {
  let all = 0;
  const works = phase.map((work) => {
    const parts = work.kind === "shared" ? work.part.parts : 1;
    const from = all;
    all += parts;
    return { work, from, parts };
  });
  const body = works.flatMap(({ work, from, parts }): readonly Text[] => {
    const calls = workCalls(work, from, label, frame, context);
    if (works.length === 1) return calls;
    const here: Text = parts === 1 ? ["i32.eq", get(part), i32(from)] : ["i32.lt_u", less(part, from), i32(parts)];
    return [["if", here, ["then", ...calls]]];
  });
  const next: Text = ["local.tee", part, call("next", get(part), i32(all))];
  return [set(part, i32(-1)), ["loop", label, ["if", ["i32.ge_s", next, i32(0)], ["then", ...body, ["br", label]]]]];
}

function workCalls(work: Work, from: number, name: string, frame: Frame, context: EntryContext): readonly Text[] {
  if (work.kind === "alone") return stepTexts(name, work.steps, frame, context);
  const { step, part: own } = work;
  const at = context.sharing.kernels[step.kernel]?.indexOf(own) ?? 0;
  return [[...kernelCall(step, at, frame, context), less(part, from), i32(own.parts)]];
}

/** All of a kernel on this thread. */
function wholeCalls(step: Call, frame: Frame, context: EntryContext): readonly Text[] {
  const parts = context.sharing.kernels[step.kernel];
  if (parts === undefined) return [kernelCall(step, 0, frame, context)];
  return parts.map((_, at) => [...kernelCall(step, at, frame, context), i32(0), i32(1)]);
}

function kernelCall({ kernel, buffers }: Call, at: number, frame: Frame, context: EntryContext): readonly Text[] {
  const { program, kernels, buffers: globals } = context;
  const sizes = program.kernels[kernel].dims.map((dim) => sizeText(dim, frame));
  const addresses = buffers.map((buffer) => addressText(program.buffers[buffer], program.buffers, globals, frame));
  return ["call", kernels[kernel][at], ...addresses, ...sizes];
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

function call(name: Agreed, ...operands: readonly Text[]): Text {
  return ["call", `$${name}`, ...operands];
}

function less(local: string, by: number): Text {
  return by === 0 ? get(local) : ["i32.sub", get(local), i32(by)];
}

/** A size as an f64, which no number of operations overflows. */
function floatText(integer: Integer, frame: Frame): Text {
  const inner = (one: Integer): Text => floatText(one, frame);
  switch (integer.kind) {
    case "number":
      return ["f64.const", String(integer.value)];
    case "variable":
      return ["f64.convert_i32_u", sizeText(integer.name, frame)];
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
