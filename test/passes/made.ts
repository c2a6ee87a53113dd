/** The samples of scans as graphs: a weighed sum of what they make, and its gradients. */
import { constant, product } from "../../compiler/dimension/dimension.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { Value } from "../../compiler/graph/types.ts";
import type { Interpreted } from "../../compiler/loops/interpret.ts";
import { gradients } from "../../compiler/passes/differentiate.ts";
import { countUp } from "../../compiler/ops/emit.ts";
import type { ScanSample } from "./scans.ts";

export type Values = ReadonlyMap<string, Interpreted>;

/** Σ y · c for numbers c that differ everywhere, so that no gradient is hidden by symmetry. */
function weighed(builder: GraphBuilder, y: Value, phase: number): Value {
  const { shape } = builder.typeOf(y);
  const places = builder.one(
    "cast",
    [builder.one("reshape", [builder.one("iota", [], { shape: [product(shape)], axis: 0 })], { shape })],
    { dtype: "f32" },
  );
  const weights = builder.one("sin", [
    builder.one("add", [places, builder.one("broadcast", [builder.constant(phase)], { shape, axes: [] })]),
  ]);
  return builder.one("sum", [builder.one("mul", [y, weights])], { axes: countUp(shape.length) });
}

export interface Made {
  readonly graph: Graph;
  readonly inputs: Values;
}

/** The graph of the sample's scalar and of its gradients, those of a weighed sum of the first order's where `order` is 2. */
export function madeOf({ inputs, build }: ScanSample, order: 1 | 2): Made {
  const builder = new GraphBuilder();
  const named = Object.entries(inputs).map(
    ([name, shape]) =>
      [
        name,
        builder.one("input", [], { name, role: "input", dtype: "f32", shape: shape.map((size) => constant(size)) }),
      ] as const,
  );
  const wrt = named.map(([, value]) => value);
  let of = weighed(builder, build(builder, Object.fromEntries(named)), 1);
  for (let n = 1; n < order; n += 1) {
    const parts = gradientsAt(builder, of, wrt).map((value, at) => weighed(builder, value, 2 + at));
    of = parts.reduce((left, right) => builder.one("add", [left, right]));
  }
  const found = gradientsAt(builder, of, wrt);
  const graph = builder.finish([
    { name: "y", role: "result", value: of },
    ...named.map(([name], at) => ({ name: `d${name}`, role: "result" as const, value: found[at] })),
  ]);
  const values = new Map(
    Object.entries(inputs).map(([name, shape], at) => {
      const count = shape.reduce((all, size) => all * size, 1);
      return [name, { shape, data: Float64Array.from({ length: count }, (_, n) => Math.sin(1.7 * n + at + 0.3)) }];
    }),
  );
  return { graph, inputs: values };
}

function gradientsAt(builder: GraphBuilder, of: Value, wrt: readonly Value[]): readonly Value[] {
  const found = gradients(builder, of, wrt);
  if ("kind" in found) throw new Error(`undifferentiable at ${found.node.op}`);
  return found.map(
    (value, at) =>
      value ?? builder.one("broadcast", [builder.constant(0)], { shape: builder.typeOf(wrt[at]).shape, axes: [] }),
  );
}
