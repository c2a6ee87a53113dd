/** Entries as TypeScript functions: calls of kernels on views of the arena, and loops of them, in which views of slices are made for each call. */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Facts } from "../../compiler/program/integer.ts";
import { boundsOf, integerOf, integerOfDimension } from "../../compiler/program/integer.ts";
import type { Names } from "../../compiler/program/names.ts";
import { Scope } from "../../compiler/program/scope.ts";
import { chainOf, placeOf, rangesIn } from "../../compiler/program/slices.ts";
import type { Call, Entry, Loop, Program, ProgramBuffer, Step } from "../../compiler/program/types.ts";
import { integerCode } from "../c-like/expression.ts";
import { blockOf, endText, indented } from "../c-like/statements.ts";
import type { Module, Place } from "../c-like/syntax.ts";
import { commentText } from "./code.ts";

export interface EntryContext {
  readonly program: Program;
  /** Printed names, in the order of Program.kernels. */
  readonly kernels: readonly string[];
  /** Printed names of the views of all buffers but slices. */
  readonly views: ReadonlyMap<ProgramBuffer, string>;
  readonly names: Names;
  readonly module: Module;
}

/** The function and the comment above it. */
export function entryLines(entry: Entry, printed: string, context: EntryContext): readonly string[] {
  const { program, names, module } = context;
  names.open();
  const facts: Facts = { ranges: new Map(), bounds: boundsOf(program) };
  const scope = new Scope(blockOf([], names), facts);
  const parameters = entry.dims.map((dim) => {
    const name = names.give(dim);
    scope.bind("dimension", dim, name);
    return `${name}: number`;
  });
  printSteps(entry.steps, { module, names, arrays: new Set(), scope, inFunction: false }, context);
  names.close();
  return [
    ...entryComment(entry),
    `function ${printed}(${parameters.join(", ")}): void {`,
    ...indented(scope.state.lines),
    "}",
  ];
}

function printSteps(steps: readonly Step[], place: Place, context: EntryContext): void {
  for (const step of steps) {
    if (step.kind === "loop") printLoop(step, place, context);
    else place.scope.state.lines.push(callText(step, place, context));
  }
}

function printLoop(loop: Loop, place: Place, context: EntryContext): void {
  const { facts, state } = place.scope;
  const bound = integerCode(integerOfDimension(loop.extent, facts.bounds), place);
  place.names.open();
  const variable = place.names.give(loop.index);
  const to = endText(bound, variable, place);
  const inside = { ...facts, ranges: new Map([...facts.ranges, ...rangesIn([loop])]) };
  const scope = new Scope(blockOf([], place.names), inside, place.scope, loop.index);
  scope.bind("axis", loop.index, variable);
  printSteps(loop.steps, { ...place, scope }, context);
  place.names.close();
  state.lines.push(
    `for (let ${variable} = 0; ${variable} < ${to}; ${variable}++) {`,
    ...indented(scope.state.lines),
    "}",
  );
}

function callText({ kernel, buffers }: Call, place: Place, { program, kernels, views }: EntryContext): string {
  const own = buffers.map((position) => {
    const buffer = program.buffers[position];
    const [whole] = chainOf(buffer, program.buffers).slice(-1);
    const view = views.get(whole);
    if (view === undefined) throw new InternalError("typescript", `there is no view of ${whole.name}`);
    if (buffer.slice === undefined) return view;
    const start = integerCode(integerOf(placeOf(buffer, program.buffers), place.scope.facts), place);
    return start.text === "0" ? view : `${view}.subarray(${start.text})`;
  });
  const sizes = program.kernels[kernel].dims.map((dim) => place.scope.find("dimension", dim).binding.printed);
  return `${kernels[kernel]}(${[...own, ...sizes].join(", ")});`;
}

function entryComment({ name, inputs, results }: Entry): readonly string[] {
  const reads = inputs.length === 0 ? [] : [`reads ${inputs.join(", ")}`];
  const gives = results.length === 0 ? [] : [`gives ${results.join(", ")}`];
  const text = [...reads, ...gives].join("; ");
  return [`// ${commentText(text === "" ? name : `${name}: ${text}`)}`];
}
