/**
 * Functions of steps while they are printed: the locals that hold open dimensions and the indices of the loops around, and what is
 * computed from them: addresses of buffers, and loops.
 */
import type { Facts } from "../../compiler/program/integer.ts";
import { integerOf, integerOfDimension, runsAlways } from "../../compiler/program/integer.ts";
import { constantIndex, scaleIndex } from "../../compiler/program/linear.ts";
import { Names } from "../../compiler/program/names.ts";
import { Scope } from "../../compiler/program/scope.ts";
import { chainOf, placeOf, rangesIn } from "../../compiler/program/slices.ts";
import type { Loop, ProgramBuffer } from "../../compiler/program/types.ts";
import type { ModuleContext, Place } from "./context.ts";
import { Locals, emptyBlock, identifiers } from "./context.ts";
import { integerText } from "./integer.ts";
import { add, get, i32, isPlain, set } from "./text.ts";
import type { Text } from "./text.ts";

export interface Frame {
  readonly place: Place;
  /** Of the function: the names of the open dimensions, … */
  readonly dims: readonly string[];
  /** … and the loops around, the outermost first. */
  readonly loops: readonly Loop[];
}

/** What threads have a local of this name for. */
export const part = "$part";

/** A function that is given the open dimensions, and the indices of the loops that it is called in. */
export function frameOf(
  dims: readonly string[],
  loops: readonly Loop[],
  facts: Facts,
  module: ModuleContext,
): { readonly frame: Frame; readonly parameters: readonly Text[] } {
  const names = new Names(identifiers, [part]);
  const scope = new Scope(emptyBlock(), { ...facts, ranges: rangesIn(loops) });
  const given = [
    ...dims.map((name) => ["dimension", name] as const),
    ...loops.map(({ index }) => ["axis", index] as const),
  ];
  const parameters = given.map(([space, name]): Text => {
    const local = names.give(`$${name}`);
    scope.bind(space, name, local);
    return ["param", local, "i32"];
  });
  return {
    frame: { place: { module, names, locals: new Locals(), arrays: new Map(), scope }, dims, loops },
    parameters,
  };
}

/** The open dimensions and the loops' indices, as another function of the same takes them. */
export function givenTexts({ place: { scope }, dims, loops }: Frame): readonly Text[] {
  return [
    ...dims.map((name) => get(scope.find("dimension", name).binding.printed)),
    ...loops.map(({ index }) => get(scope.find("axis", index).binding.printed)),
  ];
}

export function sizeText(dim: string, { place: { scope } }: Frame): Text {
  return get(scope.find("dimension", dim).binding.printed);
}

/** Where a buffer begins; `globals` have the addresses of those that are no slices. */
export function addressText(
  buffer: ProgramBuffer,
  buffers: readonly ProgramBuffer[],
  globals: ReadonlyMap<ProgramBuffer, string>,
  { place }: Frame,
): Text {
  const [whole] = chainOf(buffer, buffers).slice(-1);
  const start: Text = ["global.get", globals.get(whole) ?? ""];
  if (buffer.slice === undefined) return start;
  const bytes = scaleIndex(placeOf(buffer, buffers), 4);
  return add(start, integerText(integerOf(bytes, place.scope.facts), place));
}

/** What `body` prints, as often as the loop says. */
export function loopTexts(loop: Loop, frame: Frame, body: (inside: Frame) => readonly Text[]): readonly Text[] {
  const { place } = frame;
  const { names, locals, scope } = place;
  const index = locals.keep(loop.index, "i32", names);
  const extent = integerText(integerOfDimension(loop.extent, scope.facts.bounds), place);
  const held = isPlain(extent) ? undefined : locals.keep(`${loop.index}.end`, "i32", names);
  const end = held === undefined ? extent : get(held);
  const facts = { ...scope.facts, ranges: new Map([...scope.facts.ranges, ...rangesIn([loop])]) };
  const inside = new Scope(emptyBlock(), facts, scope, loop.index);
  inside.bind("axis", loop.index, index);
  const lines = body({ ...frame, place: { ...place, scope: inside }, loops: [...frame.loops, loop] });
  const next: Text = ["local.tee", index, add(get(index), i32(1))];
  const repeated: Text = ["loop", index, ...lines, ["br_if", index, ["i32.lt_s", next, end]]];
  const always = runsAlways(constantIndex(0), constantIndex(loop.extent), scope.facts);
  return [
    ...(held === undefined ? [] : [set(held, extent)]),
    set(index, i32(0)),
    always ? repeated : ["if", ["i32.gt_s", end, i32(0)], ["then", repeated]],
  ];
}
