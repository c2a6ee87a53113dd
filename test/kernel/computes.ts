/** Lowered nodes by hand: what the rules of fusion are tried on, one rule at a time. */
import { constant } from "../../compiler/dimension/dimension.ts";
import type { FusionInput } from "../../compiler/fuse/definition.ts";
import type { LoweredNode, LoweredOutput, Tensor } from "../../compiler/lower/lowered.ts";
import { binary } from "../../compiler/loops/scalar.ts";
import type { Axis, Combine, Compute, Index, Order, Scalar } from "../../compiler/loops/types.ts";

export const bounds = new Map([["N", 32]]);
export const ascending: Order = { lanes: 1 };
export const lanes: Order = { lanes: 4 };
export const product = (left: Scalar, right: Scalar): Scalar => binary("mul", left, right);

const node = (tensor: string, compute: Compute): LoweredNode => ({
  tensor,
  op: tensor,
  compute,
  origin: { span: undefined, path: "" },
});

export function map(tensor: string, axes: readonly Axis[], value: Scalar): LoweredNode {
  return node(tensor, { kind: "map", axes, dtype: "f32", value });
}

export function reduction(
  tensor: string,
  axes: readonly Axis[],
  over: readonly Axis[],
  value: Scalar,
  order = ascending,
  combine: Combine = "sum",
): LoweredNode {
  return node(tensor, { kind: "reduce", axes, over, dtype: "f32", combine, value, order });
}

export function scattered(
  tensor: string,
  axes: readonly Axis[],
  from: readonly Axis[],
  at: readonly Index[],
  value: Scalar,
): LoweredNode {
  return node(tensor, { kind: "scatter", axes, from, dtype: "f32", at, value });
}

/** What fusion is given: the nodes; a bare output is a result, and `sizes` are the inputs'. */
export function fusionInput(
  nodes: readonly LoweredNode[],
  outputs: readonly (string | LoweredOutput)[],
  sizes: Readonly<Record<string, readonly number[]>> = {},
): FusionInput {
  const typed = (name: string, role: Tensor["role"], shape: Tensor["type"]["shape"]): [string, Tensor] => {
    const type = { dtype: "f32", shape } as const;
    return [name, { name, role, type, declared: type }];
  };
  const inputs = Object.entries(sizes).map(([name, shape]) => typed(name, "input", shape.map(constant)));
  const made = nodes.map(({ tensor, compute }) =>
    typed(
      tensor,
      "value",
      compute.axes.map(({ extent }) => extent),
    ),
  );
  return {
    nodes,
    loops: [],
    tensors: new Map([...inputs, ...made]),
    outputs: outputs.map((one) => (typeof one === "string" ? { name: one, role: "result", tensor: one } : one)),
    bounds,
  };
}
