/**
 * Addresses as WGSL: what stays the same in a loop is computed once, in a constant of the block where it first exists
 * (`let x_row = x + 64 * i`), so that the innermost loops add little more than their own variable.
 */
import { integerOf } from "../../compiler/program/integer.ts";
import type { Index } from "../../compiler/program/linear.ts";
import { coefficientOf, indexKey, ofTerms, splitOffset } from "../../compiler/program/linear.ts";
import type { Code } from "../c-like/code.ts";
import { Level, numeral, primary, withOffset } from "../c-like/code.ts";
import { integerCode } from "../c-like/expression.ts";
import type { Access, Place } from "../c-like/syntax.ts";

/** The element: of a private array, or of the arena from where the buffer begins. */
export function elementText({ buffer, address }: Access, place: Place): string {
  const { rest, offset } = splitOffset(address);
  const start = startOf(buffer, place);
  const base =
    rest.terms.length === 0 && rest.constant.key === "0" ? start : baseCode({ buffer, address: rest }, place);
  return `${place.arrays.has(buffer) ? printedName(buffer, place) : "arena"}[${(base === undefined ? numeral(offset) : withOffset(base, offset)).text}]`;
}

/** Where the buffer begins in the arena; nothing for a private array. */
function startOf(buffer: string, place: Place): Code | undefined {
  return place.arrays.has(buffer) ? undefined : primary(printedName(buffer, place));
}

function printedName(buffer: string, place: Place): string {
  return place.scope.find("buffer", buffer).binding.printed;
}

/** What an assignment may change stands where it is used; the rest is a constant where that saves anything. */
function baseCode({ buffer, address }: Access, place: Place): Code {
  const steady = address.terms.filter((term) => place.scope.homeOf(term).steady);
  const changing = address.terms.filter((term) => !steady.includes(term));
  const fixed = fixedCode(buffer, { terms: steady, constant: address.constant }, place);
  return changing.length === 0 ? fixed : plus(fixed, ofTerms(changing), place);
}

/** A loop's own variable is added to what was there before it. */
function fixedCode(buffer: string, index: Index, place: Place): Code {
  const home = place.scope.homeOfAll(index.terms);
  const [last] = index.terms.filter((term) => place.scope.homeOf(term).home === home);
  const plain = last?.atom.kind === "axis" && coefficientOf(last) === 1 && home.loop === place.scope.loop;
  if (!plain) return hoisted(buffer, index, place);
  const others = { terms: index.terms.filter((term) => term !== last), constant: index.constant };
  return plus(
    others.terms.length === 0 && others.constant.key === "0" ? startOf(buffer, place) : hoisted(buffer, others, place),
    ofTerms([last]),
    place,
  );
}

/** A constant that holds the address, in the block where it first exists. */
function hoisted(buffer: string, index: Index, place: Place): Code {
  const home = place.scope.homeOfAll(index.terms);
  const key = `${buffer} ${indexKey(index)}`;
  const known = home.state.hoisted.get(key);
  if (known !== undefined) return primary(known);
  const inner = index.terms.filter((term) => place.scope.homeOf(term).home === home);
  const outer = { terms: index.terms.filter((term) => !inner.includes(term)), constant: index.constant };
  const isStart = outer.terms.length === 0 && (outer.constant.key === "0" || home === place.scope.root);
  const value = isStart
    ? plus(startOf(buffer, place), index, place)
    : plus(hoisted(buffer, outer, place), ofTerms(inner), place);
  if (/^\w+$/.test(value.text)) return value;
  const role = home.loop === place.scope.loop ? "at" : "row";
  const name = place.names.give(`${printedName(buffer, place)}_${role}`, home.state.nameDepth);
  home.state.lines.push(`let ${name} = ${value.text};`);
  home.state.hoisted.set(key, name);
  return primary(name);
}

function plus(base: Code | undefined, index: Index, place: Place): Code {
  const code = indexCode(index, place);
  // A sum added to a sum needs no parentheses: whole numbers add up in any order.
  return base === undefined ? code : { text: `${base.text} + ${code.text}`, level: Level.add };
}

function indexCode(index: Index, place: Place): Code {
  return integerCode(integerOf(index, place.scope.facts), place);
}
