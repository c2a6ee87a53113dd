/**
 * Phases of kernels as entry points: each thread finds its task by its number, and within a task that is a loop, its turn.
 * Threads beyond the last have nothing to do.
 */
import type { Dimension } from "../../compiler/program/threads.ts";
import { sizeAtBounds, threadsOf, threadsOfTask } from "../../compiler/program/threads.ts";
import type { Phase, Task } from "../../compiler/program/threads.ts";
import { workgroupsInRow } from "../../compiler/program/dispatch.ts";
import type { Facts } from "../../compiler/program/integer.ts";
import { enterLoop, integerOf, integerOfDimension } from "../../compiler/program/integer.ts";
import { Names, loopVariableNames } from "../../compiler/program/names.ts";
import { Scope } from "../../compiler/program/scope.ts";
import type { ScheduledKernel } from "../../compiler/program/types.ts";
import type { Code } from "../c-like/code.ts";
import { Level, infix, numeral, primary } from "../c-like/code.ts";
import { integerCode } from "../c-like/expression.ts";
import { branchLines, indented, printBody, startOf } from "../c-like/statements.ts";
import type { Place } from "../c-like/syntax.ts";
import type { ShaderModule } from "./context.ts";
import { identifiers } from "./context.ts";

/** Threads of a workgroup, where there is more than one thread. */
export const workgroup = 64;

/** A phase's entry point; `uniform` is the variable that tells where the kernel's buffers begin. */
export function printPhase(
  kernel: ScheduledKernel,
  phase: Phase,
  printed: string,
  uniform: string,
  facts: Facts,
  module: ShaderModule,
): readonly string[] {
  const place = startOf(kernel.body, facts, module, new Set(kernel.arrays.map(({ name }) => name)));
  const { lines } = place.scope.state;
  const threads = threadsOf(phase);
  const alone = isOne(threads);
  if (!alone) lines.push(`let thread = ${threadNumber(sizeAtBounds(threads, facts.bounds))};`);
  bindNames(kernel, uniform, module.dims, place);
  printTasks(phase, alone ? undefined : primary("thread"), place, true);
  const argument = alone ? "" : "@builtin(global_invocation_id) id: vec3<u32>";
  return [
    `@compute @workgroup_size(${alone ? 1 : workgroup})`,
    `fn ${printed}(${argument}) {`,
    ...indented(lines),
    "}",
  ];
}

/** The dimensions, where each buffer begins, and the private arrays. */
function bindNames(
  { parameters, dims, arrays }: ScheduledKernel,
  uniform: string,
  members: ReadonlyMap<string, string>,
  { names, scope }: Place,
): void {
  const { lines } = scope.state;
  for (const name of dims) {
    const printed = names.give(name);
    scope.bind("dimension", name, printed);
    lines.push(`let ${printed} = dims.${members.get(name) ?? ""};`);
  }
  const starts = memberNames(parameters.map(({ name }) => name));
  for (const [at, { name }] of parameters.entries()) {
    const printed = names.give(name);
    scope.bind("buffer", name, printed);
    lines.push(`let ${printed} = ${uniform}.${starts[at]};`);
  }
  for (const { name, dtype, elements } of arrays) {
    const printed = names.give(name);
    scope.bind("buffer", name, printed);
    lines.push(`var ${printed}: array<${dtype}, ${Math.max(1, elements)}>;`);
  }
}

/** What the names are called as members of a structure. */
export function memberNames(names: readonly string[]): readonly string[] {
  const given = new Names(identifiers);
  return names.map((name) => given.give(name));
}

function isOne({ key }: Dimension): boolean {
  return key === "1";
}

/** Where the workgroups need a second dimension, rows of threads are counted, too. */
function threadNumber(most: number): string {
  const inRow = workgroup * workgroupsInRow;
  return most <= inRow ? "i32(id.x)" : `i32(id.x + id.y * ${inRow}u)`;
}

/** Each task in turn takes the first of the threads that are left. `open`: there may be more threads than tasks need. */
function printTasks({ definitions, tasks }: Phase, thread: Code | undefined, place: Place, open: boolean): void {
  printBody(definitions, place);
  let left = thread;
  for (const [at, task] of tasks.entries()) {
    const last = at === tasks.length - 1;
    if (left === undefined || (last && !open)) printTask(task, left, place);
    else if (last && tasks.length === 1) printGuarded(task, left, place);
    else left = printChoice(task, left, last, place);
  }
}

function printGuarded(task: Task, thread: Code, place: Place): void {
  const count = sizeCode(threadsOfTask(task), place);
  place.scope.state.lines.push(`if (${thread.text} >= ${count.text}) {`, "  return;", "}");
  printTask(task, thread, place);
}

/** The task in a block of its own, and the number of the thread among those that are left. */
function printChoice(task: Task, thread: Code, last: boolean, place: Place): Code {
  const { lines } = place.scope.state;
  const count = named("count", sizeCode(threadsOfTask(task), place), place);
  const inside = branchLines([], place, (branch) => printTask(task, thread, branch));
  lines.push(`if (${thread.text} < ${count.text}) {`, ...indented(last ? inside : [...inside, "return;"]), "}");
  return last ? thread : named("rest", infix(thread, "-", count, Level.add), place);
}

function printTask(task: Task, thread: Code | undefined, place: Place): void {
  printBody(task.definitions, place);
  if (task.kind === "once") return printBody(task.body, place);
  const { loop, inner } = task;
  const many =
    inner === undefined || isOne(threadsOf(inner))
      ? undefined
      : named("each", sizeCode(threadsOf(inner), place), place);
  const all = thread ?? primary("0");
  const turn = many === undefined ? all : infix(all, "/", many, Level.multiply);
  const facts = enterLoop(place.scope.facts, loop.variable, loop.from, loop.to);
  const variable = place.names.give(loopVariableNames(loop));
  place.scope.state.lines.push(`let ${variable} = ${startCode(task, turn, place).text};`);
  const scope = new Scope(place.scope.state, facts, place.scope);
  scope.bind("axis", loop.variable, variable);
  const inside = { ...place, scope };
  if (inner === undefined) return printBody(loop.body, inside);
  const part = many === undefined ? undefined : infix(all, "%", many, Level.multiply);
  const once = inner.tasks.length === 1 && inner.tasks.every((one) => one.kind === "loop" && one.inner === undefined);
  printTasks(inner, part === undefined || once ? part : named("part", part, inside), inside, false);
}

/** Where the loop's variable stands at that turn. */
function startCode({ loop }: Extract<Task, { kind: "loop" }>, turn: Code, place: Place): Code {
  const moved = loop.step === 1 ? turn : infix(numeral(loop.step), "*", turn, Level.multiply);
  const from = integerCode(integerOf(loop.from, place.scope.facts), place);
  return from.text === "0" ? moved : infix(from, "+", moved, Level.add);
}

function sizeCode(size: Dimension, place: Place): Code {
  return integerCode(integerOfDimension(size, place.scope.facts.bounds), place);
}

/** The value under a name, unless it is one already or a number. */
function named(wanted: string, value: Code, place: Place): Code {
  if (/^\w+$/.test(value.text)) return value;
  const name = place.names.give(wanted);
  place.scope.state.lines.push(`let ${name} = ${value.text};`);
  return primary(name);
}
