/** What must hold of every Compute between two passes; the list of problems is empty where all is well. */
import { dtypeOf } from "./scalar.ts";
import type { Axis, Compute } from "./types.ts";
import { expectType, verifyIndex, verifyScalar } from "./verify-scalar.ts";
import type { Visible } from "./verify-scalar.ts";

/** Sentences of what was expected and what was found. */
export function verifyCompute(compute: Compute): readonly string[] {
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

function verifyResult(compute: Compute): readonly string[] {
  const isArgmax = compute.kind === "reduce" && compute.combine === "argmax";
  const expected = isArgmax ? "i32" : dtypeOf(compute.value);
  const result = compute.dtype === expected ? [] : [`expected a result of ${expected}, found ${compute.dtype}`];
  return compute.kind === "map"
    ? result
    : [...result, ...expectType(compute.value, ["f32", "i32"], "what is combined")];
}

function verifyTarget(compute: Extract<Compute, { readonly kind: "scatter" }>, visible: Visible): readonly string[] {
  const rank = compute.axes.length;
  const ranks =
    compute.at.length === rank ? [] : [`expected ${rank} indices to scatter at, found ${compute.at.length}`];
  return [...ranks, ...compute.at.flatMap((index) => verifyIndex(index, visible))];
}
