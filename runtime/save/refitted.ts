/**
 * What parameters were trained with against what a program that begins from them is fitted to, field by field: the same input means another
 * thing where one of them differs. A field that only one side knows is the program's affair.
 */
import { listed } from "./fail.ts";
import type { Fitted, FittedInput, Named } from "./fitted.ts";

/** A sentence's part for each difference: `the classes of `target` were "a", "b" and are "a", "c"`. */
export function refittings(saved: Fitted, now: Fitted, inputs: ReadonlySet<string>): readonly string[] {
  return [
    ...renamed("classes", saved.classes, now.classes),
    ...renamed("columns", saved.columns, now.columns),
    ...respelt(saved, now),
    ...rescaled(saved, now, inputs),
  ];
}

function renamed(what: string, saved: readonly Named[], now: readonly Named[]): readonly string[] {
  const before = new Map(saved.map(({ name, values }) => [name, values]));
  return now.flatMap(({ name, values }) => {
    const old = before.get(name);
    return old === undefined || same(old, values)
      ? []
      : [`the ${what} of \`${name}\` were ${listed(old)} and are ${listed(values)}`];
  });
}

function respelt({ vocabulary: saved }: Fitted, { vocabulary: now }: Fitted): readonly string[] {
  if (saved === null || now === null || same(saved, now)) return [];
  return [`the characters behind the ids were ${listed(saved)} and are ${listed(now)}`];
}

/** Inputs of the program with another scale, mean or deviation. */
function rescaled(saved: Fitted, now: Fitted, inputs: ReadonlySet<string>): readonly string[] {
  const [before, after] = [saved, now].map((one) => new Map(one.inputs.map((input) => [input.name, input])));
  return [...inputs].flatMap((name) => {
    const [old, own] = [before?.get(name), after?.get(name)];
    const [was, is] = [preparation(old), preparation(own)];
    if (was !== is) return [`\`${name}\` was ${was} and is ${is}`];
    return same(old?.mean ?? null, own?.mean ?? null) && same(old?.deviation ?? null, own?.deviation ?? null)
      ? []
      : [`\`${name}\` is standardised with other statistics`];
  });
}

/** In words. */
export function preparation(input: FittedInput | undefined): string {
  if (input === undefined) return "taken as it is";
  const scaled = input.scale === 1 ? [] : [`scaled by ${input.scale}`];
  const words = input.mean === null ? scaled : [...scaled, "standardised"];
  return words.length === 0 ? "taken as it is" : words.join(" and ");
}

function same(one: readonly unknown[] | null, other: readonly unknown[] | null): boolean {
  return one?.length === other?.length && (one ?? []).every((value, at) => value === other?.[at]);
}
