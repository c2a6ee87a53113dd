/** What must hold of every Compute between two passes; the list of problems is empty where all is well. */
import { constant, equal, multiply, product } from "../dimension/dimension.ts";
import { dtypeOf } from "./scalar.ts";
import type { Axis, Compute, Index } from "./types.ts";
import { combinedTypes, expectType, verifyIndex, verifyLets, verifyScalar } from "./verify-scalar.ts";
import type { Visible } from "./verify-scalar.ts";

/** Sentences of what was expected and what was found. */
export function verifyCompute(compute: Compute): readonly string[] {
  if (compute.kind === "unrolled") return verifyUnrolled(compute);
  const inner = compute.kind === "map" ? [] : compute.kind === "reduce" ? compute.over : compute.from;
  const visible: Visible = {
    axes: namesOf(compute.kind === "scatter" ? inner : [...compute.axes, ...inner]),
    locals: new Map(),
    tensors: new Map(),
  };
  return [
    ...verifyDistinct([...compute.axes, ...inner]),
    ...verifyScalar(compute.value, visible),
    ...verifyResult(compute),
    ...(compute.kind === "scatter" ? verifyTarget(compute, visible) : []),
  ];
}

export function namesOf(axes: readonly Axis[]): ReadonlySet<string> {
  return new Set(axes.map(({ name }) => name));
}

/** No two loops over one name. */
export function verifyDistinct(axes: readonly Axis[]): readonly string[] {
  const names = axes.map(({ name }) => name);
  return names
    .filter((name, a) => names.indexOf(name) !== a)
    .map((name) => `expected distinct axes, found ${name} twice`);
}

type Unrolled = Extract<Compute, { readonly kind: "unrolled" }>;

function verifyUnrolled({ axes, points, dtype, lets, elements }: Unrolled): readonly string[] {
  const [ofLets, visible] = verifyLets(lets, { axes: namesOf(points), locals: new Map(), tensors: new Map() });
  const ofElements = elements.flatMap(({ at, value }) => [
    ...verifyScalar(value, visible),
    ...expectType(value, [dtype], "an element"),
    ...verifyRank(at, axes, "of an element"),
    ...at.flatMap((index) => verifyIndex(index, visible)),
  ]);
  return [...verifyDistinct(points), ...ofLets, ...ofElements, ...verifyCount(axes, points, elements.length)];
}

/** As many elements are made as there are. */
function verifyCount(axes: readonly Axis[], points: readonly Axis[], each: number): readonly string[] {
  const [expected, place] = [axes, points].map((list) => product(list.map(({ extent }) => extent)));
  const found = multiply(place, constant(each));
  return equal(expected, found) ? [] : [`expected ${expected.key} elements to be made, found ${found.key}`];
}

function verifyRank(at: readonly Index[], { length }: readonly Axis[], what: string): readonly string[] {
  return at.length === length ? [] : [`expected ${length} indices ${what}, found ${at.length}`];
}

function verifyResult(compute: Exclude<Compute, Unrolled>): readonly string[] {
  const combine = compute.kind === "reduce" ? compute.combine : "sum";
  const expected = combine === "argmax" ? "i32" : dtypeOf(compute.value);
  const result = compute.dtype === expected ? [] : [`expected a result of ${expected}, found ${compute.dtype}`];
  return compute.kind === "map"
    ? result
    : [...result, ...expectType(compute.value, combinedTypes(combine), "what is combined")];
}

function verifyTarget(compute: Extract<Compute, { readonly kind: "scatter" }>, visible: Visible): readonly string[] {
  return [
    ...verifyRank(compute.at, compute.axes, "to scatter at"),
    ...compute.at.flatMap((index) => verifyIndex(index, visible)),
  ];
}
