/** What is written on a node of a graph: its operation with the numbers that it is given, and the whole of it in a line. */
import { printShape } from "../../compiler/dimension/dimension.ts";
import { isList } from "../../compiler/graph/attributes.ts";
import { printAttribute, printContraction, printOperation, printType } from "../../compiler/graph/print.ts";
import type { Attribute, GraphNode, TensorType } from "../../compiler/graph/types.ts";

/** `[N, 64]`; numbers of another kind than f32 say so. */
export function shapeText({ dtype, shape }: TensorType): string {
  return `${dtype === "f32" ? "" : dtype}${printShape(shape)}`;
}

/** `mul 0.9`, `contract ab,bc->ac`, `sum over 1`; `constants` are the numbers that it reads. */
export function operationText({ op, attributes }: GraphNode, constants: readonly string[]): string {
  const own = op === "contract" ? printContraction(attributes) : axesOf(attributes);
  return [op, ...(own === "" ? [] : [own]), ...constants].join(" ");
}

/** `sum[axes: [0]] : f32[64]`, for those who want to know. */
export function wholeText(node: GraphNode): string {
  return `${printOperation(node)} : ${node.outputs.map(printType).join(", ")}`;
}

/** A number as it is written beside the operation that reads it. */
export function constantText(value: Attribute | undefined): string {
  if (value === undefined) return "";
  const isLong = typeof value === "number" && Number.isFinite(value) && !Number.isInteger(value);
  return isLong ? String(Number(value.toPrecision(4))) : printAttribute(value);
}

function axesOf({ axes, axis }: GraphNode["attributes"]): string {
  const all = axis === undefined ? axes : [axis];
  return all !== undefined && isList(all) && all.length > 0 ? `over ${all.map(printAttribute).join(", ")}` : "";
}
