/**
 * Addresses as TypeScript: what stays the same in a loop is computed once, in a constant of the block where it first
 * exists (`const row = i * 64`), so that the innermost loops add little more than their own variable.
 */
import { integerOf } from "../../compiler/program/integer.ts";
import type { Index } from "../../compiler/program/linear.ts";
import { coefficientOf, indexKey, knownNumber, ofTerms, splitOffset } from "../../compiler/program/linear.ts";
import type { Scope } from "../../compiler/program/scope.ts";
import { nodesOf } from "../../compiler/program/traverse.ts";
import type { Statement } from "../../compiler/program/types.ts";
import type { Code } from "../c-like/code.ts";
import { Level, infix, withOffset } from "../c-like/code.ts";
import { integerCode } from "../c-like/expression.ts";
import type { Access, Block, Place } from "../c-like/syntax.ts";

/** The element's number, to stand in brackets. */
export function addressText({ buffer, address }: Access, place: Place): string {
  const { rest, offset } = splitOffset(address);
  if (isZero(rest) || rest.terms.every((term) => (coefficientOf(term) ?? 1) < 0)) return plain(address, place).text;
  return withOffset(restCode(rest, buffer, place), offset).text;
}

function restCode(rest: Index, buffer: string, place: Place): Code {
  const often = (usesIn(place.scope.state.body).get(indexKey(rest)) ?? 0) > 1;
  const home = homeOf(rest, place);
  if (home === undefined) return plain(rest, place);
  if (home.loop !== place.scope.loop) return hoisted(rest, home, buffer, place);
  return often ? hoisted(rest, home, buffer, place, "At") : sumAt(rest, home, buffer, place);
}

function isZero(index: Index): boolean {
  return knownNumber(index) === 0;
}

function plain(index: Index, place: Place): Code {
  return integerCode(integerOf(index, place.scope.facts), place);
}

/** The outermost block where all of it exists; undefined where an assignment may change it. */
function homeOf(index: Index, place: Place): Scope<Block> | undefined {
  const isSteady = index.terms.every((term) => place.scope.homeOf(term).steady);
  return isSteady ? place.scope.homeOfAll(index.terms) : undefined;
}

/** The terms that need `home`, added to a constant for those that exist outside its loop. */
function sumAt(index: Index, home: Scope<Block>, buffer: string, place: Place): Code {
  const inner = index.terms.filter((term) => place.scope.homeOf(term).home.loop === home.loop);
  const outer = { terms: index.terms.filter((term) => !inner.includes(term)), constant: index.constant };
  const outerHome = homeOf(outer, place);
  if (outerHome === undefined || inner.length === 0 || isZero(outer)) return plain(index, place);
  const base = hoisted(outer, outerHome, buffer, place);
  // Where nothing was hoisted, the terms stand in their usual order.
  if (base.text === plain(outer, place).text) return plain(index, place);
  return infix(base, "+", plain(ofTerms(inner), place), Level.add);
}

/** A constant in `home` that holds the index; the index itself where it is one name or number. */
function hoisted(index: Index, home: Scope<Block>, buffer: string, place: Place, role: "Row" | "At" = "Row"): Code {
  const block = home.state;
  const key = indexKey(index);
  const known = block.hoisted.get(key);
  if (known !== undefined) return { text: known, level: Level.primary };
  const value = sumAt(index, home, buffer, place);
  if (value.level === Level.primary && /^[\p{ID_Continue}$]+$/u.test(value.text)) return value;
  const { printed } = place.scope.find("buffer", buffer).binding;
  const named = `${printed}${role}`;
  const name = place.names.give(role === "Row" ? ["row", named] : named, block.nameDepth);
  block.lines.push(`const ${name} = ${value.text};`);
  block.hoisted.set(key, name);
  return { text: name, level: Level.primary };
}

const known = new WeakMap<readonly Statement[], ReadonlyMap<string, number>>();

/** How often each address, but for its number, stands in these statements, those in nested blocks not counted. */
function usesIn(body: readonly Statement[]): ReadonlyMap<string, number> {
  const before = known.get(body);
  if (before !== undefined) return before;
  const uses = new Map<string, number>();
  for (const node of body.flatMap(nodesOf)) {
    if (node.kind !== "load" && node.kind !== "store") continue;
    const key = indexKey(splitOffset(node.address).rest);
    uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  known.set(body, uses);
  return uses;
}
