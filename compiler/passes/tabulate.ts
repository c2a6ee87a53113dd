/**
 * What looks at each row of a table by itself is done on the table, before rows of it are taken: exact, for a row's value is
 * the same wherever it is computed. It is less work where the table lasts and what is made of it is computed once, and more
 * where it is not: no pass of a training step. Before and after:
 *
 *     %2 = take(%0, %1) : f32[N, T, 64]                       %4 = contract[ab,bc->ac](%0, %3) : f32[64, 512]
 *     %4 = contract[abc,cd->abd](%2, %3) : f32[N, T, 512]     %5 = take(%4, %1) : f32[N, T, 512]
 */
import { constantValue, equal, product, type Dimension } from "../dimension/dimension.ts";
import { dimensionsOf, numbersOf } from "../graph/attributes.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { isSame } from "../graph/graph.ts";
import type { Attributes, GraphNode, Value } from "../graph/types.ts";
import { axisIndex, equalIndex } from "../loops/index.ts";
import { nodesOf as scalarNodes } from "../loops/scalar.ts";
import type { Shape } from "../ops/emit.ts";
import { loopsOf } from "../ops/index.ts";
import { contractOrder } from "../ops/order.ts";
import { lastingIn, type Lasts } from "./lasting.ts";
import { copy, rebuild, type Pass } from "./pass.ts";

export const tabulate: Pass = {
  name: "tabulate",
  description: "Does what looks at each row of a lasting table by itself on the table; no value changes.",
  run: (graph) => {
    let lasts: Lasts | undefined;
    return rebuild(graph, (node, inputs, builder) => {
      lasts ??= lastingIn(builder.nodes, graph.outputs);
      const made = onTable({ node, inputs, builder, lasts });
      return made === undefined ? copy(node, inputs, builder) : [made];
    });
  },
};

/** A node that is about to be emitted. */
interface Visited {
  readonly node: GraphNode;
  readonly inputs: readonly Value[];
  readonly builder: GraphBuilder;
  readonly lasts: Lasts;
}

/** Rows of a table that lasts. */
interface Taken {
  readonly table: Value;
  readonly ids: Value;
  /** How many rows the table has. */
  readonly rows: Dimension;
  /** How many axes of the ids stand in the place of the table's first. */
  readonly rank: number;
}

/** The rows taken of what the node makes of the table; undefined where it does not look at each by itself, or makes the table grow. */
function onTable(visited: Visited): Value | undefined {
  const { inputs, builder } = visited;
  const taken = inputs.map((input) => takenAs(input, visited)).find((one) => one !== undefined);
  const table = taken && tableOf(visited, taken);
  return table && builder.one("take", [table, taken.ids]);
}

function takenAs({ node }: Value, { builder, lasts }: Visited): Taken | undefined {
  const { op, inputs } = builder.node(node);
  if (op !== "take" || !lasts(inputs[0])) return undefined;
  const [table, ids] = inputs;
  return { table, ids, rows: builder.typeOf(table).shape[0], rank: builder.typeOf(ids).shape.length };
}

function tableOf(visited: Visited, taken: Taken): Value | undefined {
  const { node, builder } = visited;
  switch (node.op) {
    case "contract":
      return productOf(visited, taken);
    case "broadcast":
      return keepsIds(visited, taken) ? repeated(taken.table, node.attributes, taken, builder) : undefined;
    case "sum":
    case "max":
    case "min":
    case "prod": {
      const axes = numbersOf(node.attributes, "axes");
      if (axes.some((axis) => axis < taken.rank)) return undefined;
      return builder.one(node.op, [taken.table], { axes: inTable(axes, taken) });
    }
    default:
      return elementwise(visited, taken);
  }
}

/** Axes behind those of the ids, as axes of the table. */
function inTable(axes: readonly number[], { rank }: Taken): readonly number[] {
  return axes.map((axis) => axis - rank + 1);
}

/** By something that lasts, each row is multiplied alone and in the same order. The products are to be no more than both operands. */
function productOf(visited: Visited, { table, rows, rank }: Taken): Value | undefined {
  const { node, inputs, builder, lasts } = visited;
  const isLeft = takenAs(inputs[0], visited) !== undefined;
  const [left, right, output] = ["left", "right", "output"].map((name) => numbersOf(node.attributes, name));
  const [own, others, other] = isLeft ? [left, right, inputs[1]] : [right, left, inputs[0]];
  const ids = own.slice(0, rank);
  if (!lasts(other) || others.some((label) => ids.includes(label))) return undefined;
  if (!ids.every((label, axis) => output[axis] === label)) return undefined;
  const { shape } = node.outputs[0];
  const made = [rows, ...shape.slice(rank)];
  const before = sizeOf(builder.typeOf(table).shape) + sizeOf(builder.typeOf(other).shape);
  if (contractOrder(made).lanes !== contractOrder(shape).lanes || sizeOf(made) > before) return undefined;
  const row = 1 + Math.max(-1, ...left, ...right);
  const onRows = (labels: readonly number[]): readonly number[] => [row, ...labels.slice(rank)];
  return isLeft
    ? builder.one("contract", [table, other], { left: onRows(left), right, output: onRows(output) })
    : builder.one("contract", [other, table], { left, right: onRows(right), output: onRows(output) });
}

/** Of a shape that is closed. */
function sizeOf(shape: Shape): number {
  return constantValue(product(shape)) ?? Infinity;
}

/** Whether a broadcast leaves the axes of the ids where they are, each as long as it is. */
function keepsIds({ node: { attributes }, inputs: [rows], builder }: Visited, { rank }: Taken): boolean {
  const [from, to] = [builder.typeOf(rows).shape, dimensionsOf(attributes, "shape")];
  const axes = numbersOf(attributes, "axes").slice(0, rank);
  return axes.every((axis, at) => axis === at && equal(from[at], to[at]));
}

/** What a broadcast of rows makes of the table, or one along axes of rows of what is the same for all of them. */
function repeated(value: Value, attributes: Attributes, taken: Taken, builder: GraphBuilder): Value {
  const shape = [taken.rows, ...dimensionsOf(attributes, "shape").slice(taken.rank)];
  const axes = inTable(
    numbersOf(attributes, "axes").filter((axis) => axis >= taken.rank),
    taken,
  );
  return builder.one("broadcast", [value], { shape, axes: value === taken.table ? [0, ...axes] : axes });
}

/** Of rows taken by the same ids of tables as long, and of what is the same for all of them. */
function elementwise(visited: Visited, taken: Taken): Value | undefined {
  const { node, inputs, builder } = visited;
  if (!isElementwise(visited)) return undefined;
  const operands = inputs.flatMap((input) => operandOf(input, visited, taken) ?? []);
  return operands.length === inputs.length ? builder.one(node.op, operands, node.attributes) : undefined;
}

function operandOf(input: Value, visited: Visited, taken: Taken): Value | undefined {
  const { builder, lasts } = visited;
  const other = takenAs(input, visited);
  // An id beyond a table is its last row, which in a longer one is another place.
  if (other !== undefined)
    return isSame(other.ids, taken.ids) && equal(other.rows, taken.rows) ? other.table : undefined;
  const { op, attributes, inputs } = builder.node(input.node);
  const isForAll =
    op === "broadcast" && lasts(inputs[0]) && numbersOf(attributes, "axes").every((axis) => axis >= taken.rank);
  return isForAll ? repeated(inputs[0], attributes, taken, builder) : undefined;
}

/** Whether each element is made of those at its place, wherever that is. Attributes that name sizes or axes mean those of the rows taken. */
function isElementwise({ node, inputs, builder }: Visited): boolean {
  if (node.region !== undefined || node.outputs.length > 1) return false;
  if (Object.keys(node.attributes).some((name) => name !== "dtype")) return false;
  const [compute] = loopsOf(
    node,
    inputs.map((input, at) => ({ tensor: String(at), type: builder.typeOf(input) })),
  );
  if (compute.kind !== "map") return false;
  const here = compute.axes.map(({ name }) => axisIndex(name));
  return scalarNodes(compute.value).every((scalar) => {
    if (scalar.kind === "index") return false;
    if (scalar.kind !== "load") return true;
    const { indices } = scalar;
    return indices.length === here.length && indices.every((index, axis) => equalIndex(index, here[axis]));
  });
}
