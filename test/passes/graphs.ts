/** Short forms to write graphs in tests. */
import { constant, symbol, type Dimension } from "../../compiler/dimension/dimension.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { Value } from "../../compiler/graph/types.ts";
import type { ElementType } from "../../compiler/loops/types.ts";

export function shape(...sizes: readonly (number | string)[]): readonly Dimension[] {
  return sizes.map((size) => (typeof size === "number" ? constant(size) : symbol(size)));
}

export function input(
  builder: GraphBuilder,
  name: string,
  sizes: readonly (number | string)[],
  dtype: ElementType = "f32",
): Value {
  return builder.one("input", [], { name, role: "input", dtype, shape: shape(...sizes) });
}

/** The graph whose only result is what `build` makes. */
export function graphOf(build: (builder: GraphBuilder) => Value): Graph {
  const builder = new GraphBuilder();
  const value = build(builder);
  return builder.finish([{ name: "y", role: "result", value }]);
}
