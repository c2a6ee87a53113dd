/**
 * A graph as text for golden tests and `nnc graph`: one line a node, `%3 = contract[nk,kj->nj](%0, %2) : f32[N, 64]   // Digits.dense`,
 * then one line an output. What a node runs at each step stands below it, set in.
 */
import { printType } from "../ops/check.ts";
import { isDimension, isList } from "./attributes.ts";
import type { Attribute, Attributes, GraphNode, GraphOutput, Region, Value } from "./types.ts";

export { printType } from "../ops/check.ts";

/** `%3`, or `%3.1` for a later output. */
export function printValue({ node, output }: Value): string {
  return output === 0 ? `%${node}` : `%${node}.${output}`;
}

/** Equal for equal attributes and only for them; −0, infinities and NaN are told apart. */
export function printAttribute(attribute: Attribute): string {
  if (typeof attribute === "number") return Object.is(attribute, -0) ? "-0" : String(attribute);
  if (typeof attribute === "string") return JSON.stringify(attribute);
  if (typeof attribute === "boolean") return String(attribute);
  if (isDimension(attribute)) return attribute.key;
  if (isList(attribute)) return printList(attribute);
  return `{${printAttributes(attribute)}}`;
}

/** Matrices are long, and one stands in many nodes. */
const matrices = new WeakMap<readonly Attribute[], string>();

function printList(list: readonly Attribute[]): string {
  const known = matrices.get(list);
  if (known !== undefined) return known;
  const text = `[${list.map(printAttribute).join(", ")}]`;
  if (list.length > 0 && isList(list[0])) matrices.set(list, text);
  return text;
}

/** `axis: 1, shape: [N, 2]`, sorted by name. */
export function printAttributes(attributes: Attributes): string {
  const names = Object.keys(attributes);
  if (!names.every((name, at) => at === 0 || names[at - 1] < name)) names.sort();
  return names.map((name) => `${name}: ${printAttribute(attributes[name])}`).join(", ");
}

/** Axis labels as letters: `[0, 1] [1, 2] → [0, 2]` is `ab,bc->ac`. */
export function printContraction({ left, right, output }: Attributes): string {
  return `${letters(left)},${letters(right)}->${letters(output)}`;
}

function letters(labels: Attribute): string {
  const numbers = isList(labels) ? labels.filter((label) => typeof label === "number") : [];
  return numbers.map((label) => (label < 26 ? String.fromCharCode(97 + label) : `<${label}>`)).join("");
}

/** `sum[axes: [1]]`: the primitive with what it is parameterised by. */
export function printOperation({ op, attributes }: GraphNode): string {
  const bracket = op === "contract" ? printContraction(attributes) : printAttributes(attributes);
  return `${op}${bracket === "" ? "" : `[${bracket}]`}`;
}

/** Regions lie no deeper in one another than the expressions that they come from. */
function printNode(node: GraphNode, margin: string): readonly string[] {
  const { id, inputs, outputs, path, region } = node;
  const call = `${printOperation(node)}(${inputs.map(printValue).join(", ")})`;
  const types = outputs.map(printType).join(", ");
  const line = `${margin}%${id} = ${call} : ${types}${path === "" ? "" : `   // ${path}`}`;
  return region === undefined ? [line] : [line, ...printRegion(region, `${margin}  `)];
}

function printOutput({ name, role, value }: GraphOutput): string {
  return `${role} ${name} = ${printValue(value)}`;
}

function printRegion({ nodes, outputs }: Region, margin: string): readonly string[] {
  return [
    ...nodes.flatMap((node) => printNode(node, margin)),
    ...outputs.map((output) => `${margin}${printOutput(output)}`),
  ];
}

export function printGraph(graph: Region): string {
  return printRegion(graph, "").join("\n");
}
