/** The part of a kernel that a thread runs: which turns of its outermost loops, worked out before anything else. */
import type { Slice } from "../../compiler/program/cut.ts";
import { integerOfDimension } from "../../compiler/program/integer.ts";
import type { Place } from "./context.ts";
import { extremeI32 } from "./instructions.ts";
import { integerText } from "./integer.ts";
import { add, get, i32, multiply, set } from "./text.ts";
import type { Text } from "./text.ts";

const part = "$part";
const parts = "$parts";

/** Binds the slices' ends to locals that are set from two parameters: part `$part` of `$parts`, counted from 0. */
export function bindSlices(slices: readonly Slice[], place: Place): readonly Text[] {
  const { names, scope, locals } = place;
  const [one, all] = [part, parts].map((name) => names.give(name, 0));
  for (const slice of slices) {
    const [first, end] = [slice.first, slice.end].map((axis) => {
      const local = locals.keep(axis, "i32", names);
      scope.bind("axis", axis, local);
      return local;
    });
    const [from, to, turns] = [slice.from, slice.to, slice.turns].map((size) =>
      integerText(integerOfDimension(size, scope.facts.bounds), place),
    );
    const each: Text = ["i32.div_u", add(turns, ["i32.sub", get(all), i32(1)]), get(all)];
    const before = add(from, ["i32.mul", get(one), ["local.tee", end, multiply(each, slice.step)]]);
    scope.state.lines.push(set(first, before), set(end, extremeI32("min", add(get(first), get(end)), to, place)));
  }
  return [one, all].map((name) => ["param", name, "i32"]);
}
