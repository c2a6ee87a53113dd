/**
 * Addresses as pointers: each address that moves with a loop has a local that is set before the loop and moved by a
 * constant after each turn; numbers go into the instructions' offsets. So an innermost loop holds no address arithmetic
 * but one addition a pointer, and an outer loop's pointer is where the inner one starts.
 */
import { integerOf, integerOfDimension, rangeOf } from "../../compiler/program/integer.ts";
import type { Index, IndexTerm } from "../../compiler/program/linear.ts";
import {
  addIndex,
  coefficientOf,
  constantIndex,
  indexKey,
  isAxisTerm,
  ofTerms,
  scaleIndex,
  splitOffset,
} from "../../compiler/program/linear.ts";
import type { Scope } from "../../compiler/program/scope.ts";
import type { Block, Place } from "./context.ts";
import { integerText } from "./integer.ts";
import { add, get, i32, isPlain, multiply, set } from "./text.ts";
import type { Text } from "./text.ts";

/** An address is base + offset; both never negative. */
export interface Address {
  readonly base: Text;
  readonly offset: number;
}

interface Access {
  readonly buffer: string;
  readonly address: Index;
}

export function addressOf({ buffer, address }: Access, place: Place): Address {
  const { rest, offset } = splitOffset(address);
  const { low } = rangeOf(rest, place.scope.facts);
  const start = place.arrays.get(buffer) ?? 0;
  // A base that could be negative would wrap around, and an offset does not wrap back: the base takes what makes it positive.
  const bias = low >= 0 && offset >= 0 ? 0 : offset + low >= 0 ? -low : offset;
  const base = pointerTo(buffer, addIndex(rest, constantIndex(bias)), place);
  return { base, offset: start + 4 * (offset - bias) };
}

/** The byte address of an element, but for an array's start, as it stands in `place`. */
function pointerTo(buffer: string, index: Index, place: Place): Text {
  const loop = place.scope.loop;
  const [fixed, moving, inside] = split(index.terms, loop, place);
  const outside = { terms: [...fixed, ...moving], constant: index.constant };
  if (inside.length > 0) {
    const bytes = multiply(integerText(integerOf(ofTerms(inside), place.scope.facts), place), 4);
    return add(pointerTo(buffer, outside, place), bytes);
  }
  if (loop.parent === undefined || loop.variable === undefined) return startOf(buffer, index, place);
  const outer: Place = { ...place, scope: loop.parent };
  return moving.length === 0
    ? fixedPointer(buffer, index, loop, outer)
    : movingPointer(buffer, index, moving[0], loop, outer);
}

/** The terms that stay as they are in the loop, the one that moves evenly, and those to be computed where they stand. */
function split(
  terms: readonly IndexTerm[],
  loop: Scope<Block>,
  place: Place,
): readonly [readonly IndexTerm[], readonly IndexTerm[], readonly IndexTerm[]] {
  const fixed: IndexTerm[] = [];
  const moving: IndexTerm[] = [];
  const inside: IndexTerm[] = [];
  for (const term of terms) {
    const { home, steady } = place.scope.homeOf(term);
    if (loop.variable !== undefined && isAxisTerm(term, loop.variable)) moving.push(term);
    else (steady && home.depth < loop.depth ? fixed : inside).push(term);
  }
  return [fixed, moving, inside];
}

/** Outside of all loops: the parameter, and what is to be added to it. */
function startOf(buffer: string, index: Index, place: Place): Text {
  const bytes = multiply(integerText(integerOf(index, place.scope.facts), place), 4);
  return add(place.arrays.has(buffer) ? place.module.own : get(printedName(buffer, place)), bytes);
}

function printedName(buffer: string, place: Place): string {
  return place.scope.find("buffer", buffer).binding.printed;
}

function pointerName(buffer: string, loop: Scope<Block>, place: Place): string {
  const named = place.arrays.has(buffer) ? buffer : printedName(buffer, place).slice(1);
  return `${named}.${loop.find("axis", loop.variable ?? "").binding.printed.slice(1)}`;
}

/** The same at every turn of the loop: computed before it, unless it is a local already. */
function fixedPointer(buffer: string, index: Index, loop: Scope<Block>, outer: Place): Text {
  const key = `${buffer} ${indexKey(index)}`;
  const known = loop.state.fixed.get(key);
  if (known !== undefined) return known;
  const value = pointerTo(buffer, index, outer);
  const pointer = isPlain(value) ? value : kept(pointerName(buffer, loop, outer), value, loop, outer);
  loop.state.fixed.set(key, pointer);
  return pointer;
}

function kept(name: string, value: Text, loop: Scope<Block>, outer: Place): Text {
  const local = outer.locals.keep(name, "i32", outer.names);
  loop.state.before.push(set(local, value));
  return get(local);
}

/** A local that starts where the loop starts, and moves with its variable. */
function movingPointer(buffer: string, index: Index, term: IndexTerm, loop: Scope<Block>, outer: Place): Text {
  const key = `${buffer} ${indexKey(index)}`;
  const known = loop.state.pointers.get(key);
  if (known !== undefined) return get(known.local);
  const others = { terms: index.terms.filter((other) => other !== term), constant: index.constant };
  const { rest, offset } = splitOffset(addIndex(others, scaleIndex(loop.state.from, term.coefficient)));
  const start = add(pointerTo(buffer, rest, outer), i32(4 * offset));
  const local = outer.locals.keep(pointerName(buffer, loop, outer), "i32", outer.names);
  loop.state.before.push(set(local, start));
  const coefficient = coefficientOf(term);
  const stride = coefficient === undefined ? undefined : 4 * coefficient;
  const bump = stride === undefined ? openBump(term, local, loop, outer) : i32(stride * loop.state.step);
  loop.state.pointers.set(key, { local, stride, bump });
  return get(local);
}

/** The bytes that a turn moves the pointer by, where they depend on open dimensions. */
function openBump(term: IndexTerm, pointer: string, loop: Scope<Block>, outer: Place): Text {
  const coefficient = integerText(integerOfDimension(term.coefficient, outer.scope.facts.bounds), outer);
  return kept(`${pointer.slice(1)}.step`, multiply(coefficient, 4 * loop.state.step), loop, outer);
}
