/**
 * A graph as a picture: a box for each operation in the groups of its layer, one for each input, variable and result, and a group for each scan with
 * what it runs at each step. Numbers and sizes are written into what reads them; so are broadcasts, which are how shapes meet and no work.
 */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { dimensionOf, stringOf } from "../../compiler/graph/attributes.ts";
import { keyOf } from "../../compiler/graph/graph.ts";
import { givenOf, scanParts } from "../../compiler/graph/region.ts";
import type { GraphNode, GraphOutput, InputRole, Region, TensorType, Value } from "../../compiler/graph/types.ts";
import { print } from "../../compiler/dimension/dimension.ts";
import type { Container, PictureBuilder } from "./builder.ts";
import { constantText, operationText, shapeText, wholeText } from "./label.ts";
import { groupOf, nameInside, variableName } from "./variables.ts";

/** What stands for a value: a box with a shape, or a number that is written where it is read. */
export type Source =
  | { readonly kind: "box"; readonly box: number; readonly text: string }
  | { readonly kind: "constant"; readonly text: string };

/** Where the nodes and results of a graph go. */
export interface Placing {
  readonly containerOf: (node: GraphNode) => Container;
  readonly containerOfOutput: (output: GraphOutput) => Container;
}

/** A graph, or the region of a scan, that is still to be drawn. */
interface Level {
  readonly region: Region;
  readonly placing: Placing;
  /** What its `given` nodes are, in order. */
  readonly given: readonly Source[];
  /** The boxes of its results. */
  readonly results: readonly number[] | undefined;
}

/** Draws the graph; regions are drawn when what is around them is. */
export function drawGraph(builder: PictureBuilder, graph: Region, placing: Placing): void {
  const levels: Level[] = [{ region: graph, placing, given: [], results: undefined }];
  for (let level = levels.pop(); level !== undefined; level = levels.pop()) drawLevel(builder, level, levels);
}

function drawLevel(builder: PictureBuilder, { region, placing, given, results }: Level, levels: Level[]): void {
  const sources = new Map<string, Source>();
  const sourceOf = (value: Value): Source => {
    const found = sources.get(keyOf(value));
    if (found === undefined) throw new InternalError("graph", `%${value.node} has no box`);
    return found;
  };
  let at = 0;
  for (const node of region.nodes) {
    const inputs = node.inputs.map(sourceOf);
    const made =
      node.op === "given"
        ? [given[at++] ?? { kind: "constant" as const, text: "?" }]
        : node.region === undefined
          ? drawNode(builder, node, inputs, placing)
          : drawScan(builder, node, inputs, placing, levels);
    for (const [output, source] of made.entries()) sources.set(keyOf({ node: node.id, output }), source);
  }
  for (const [n, output] of region.outputs.entries()) {
    const source = sourceOf(output.value);
    const box = results?.[n] ?? drawOutput(builder, output, source, placing);
    if (source.kind === "box") builder.edge(source.box, box, source.text);
  }
}

function drawNode(
  builder: PictureBuilder,
  node: GraphNode,
  inputs: readonly Source[],
  { containerOf }: Placing,
): readonly Source[] {
  const passed = passedOn(node, inputs);
  if (passed !== undefined) return [passed];
  const container = containerOf(node);
  const box =
    node.op === "input"
      ? drawVariable(builder, node, container)
      : drawOperation(builder, node, inputs, builder.layer(container, node.path));
  for (const source of inputs) if (source.kind === "box") builder.edge(source.box, box, source.text);
  return boxSources(box, node.outputs);
}

/** What needs no box: numbers, sizes, and what only gives them another shape or kind; and broadcasts. */
export function passedOn({ op, attributes }: GraphNode, inputs: readonly Source[]): Source | undefined {
  if (op === "constant") return { kind: "constant", text: constantText(attributes["value"]) };
  if (op === "dimension") return { kind: "constant", text: print(dimensionOf(attributes, "dimension")) };
  const [only, ...others] = inputs;
  if (only === undefined || others.length > 0) return undefined;
  const isNumber = only.kind === "constant" && (op === "reshape" || op === "cast");
  return op === "broadcast" || isNumber ? only : undefined;
}

export function drawOperation(
  builder: PictureBuilder,
  node: GraphNode,
  inputs: readonly Source[],
  group: number,
): number {
  const constants = inputs.flatMap((source) => (source.kind === "constant" ? [source.text] : []));
  const { path, span, backward = false } = node;
  return builder.leaf(group, {
    kind: "op",
    name: operationText(node, constants),
    path,
    about: [wholeText(node), ...(backward ? ["of the backward pass"] : [])],
    span,
  });
}

/** What lives in the program, or comes from outside. */
export function drawInput(builder: PictureBuilder, node: GraphNode, group: number, name: string): number {
  const role = roleOf(node);
  return builder.leaf(group, {
    kind: role === "input" ? "input" : "variable",
    name,
    path: stringOf(node.attributes, "name"),
    about: [`${role}: ${node.outputs.map(shapeText).join(", ")}`],
    span: node.span,
  });
}

function drawVariable(builder: PictureBuilder, node: GraphNode, container: Container): number {
  const name = variableName(stringOf(node.attributes, "name"));
  return drawInput(builder, node, builder.layer(container, groupOf(name, roleOf(node))), nameInside(name));
}

/** The attribute was written by the elaborator, whose only roles these are. */
export function roleOf({ attributes }: GraphNode): InputRole {
  return attributes["role"] as InputRole;
}

/** The group of a scan: slices and carries come in, emits and the last carries go out, and its body is drawn later. */
function drawScan(
  builder: PictureBuilder,
  node: GraphNode,
  inputs: readonly Source[],
  { containerOf }: Placing,
  levels: Level[],
): readonly Source[] {
  const { length, reversed, slices, carries, emits, region } = scanParts(node);
  const { path, span } = node;
  const times = print(length);
  const about = [
    `runs ${times} times, ${reversed ? "from the last step to the first" : "from the first step to the last"}`,
  ];
  const group = builder.group(builder.layer(containerOf(node), path), "loop", `scan, ${times} times`, path, about);
  const givens = givenOf(region);
  const given = inputs.map((source, n): Source => {
    const type = givens[n]?.outputs[0];
    if (n >= slices + carries || type === undefined) return source;
    const name = n < slices ? "each step's" : "carried";
    const box = builder.leaf(group, { kind: "given", name, path, about: [givenText(n < slices, times)], span });
    if (source.kind === "box") builder.edge(source.box, box, source.text);
    return { kind: "box", box, text: shapeText(type) };
  });
  const results = node.outputs.map((_, n) => {
    const name = n < emits ? "kept of each step" : "carried on";
    return builder.leaf(group, { kind: "output", name, path, about: [], span });
  });
  const container = { group, base: path === "" ? [] : path.split(".") };
  const placing = { containerOf: () => container, containerOfOutput: () => container };
  levels.push({ region, placing, given, results });
  return results.flatMap((box, n) => boxSources(box, node.outputs.slice(n, n + 1)));
}

function givenText(isSlice: boolean, times: string): string {
  return isSlice ? `one of ${times} parts at each step` : "what the step before carried on";
}

function drawOutput(
  builder: PictureBuilder,
  output: GraphOutput,
  source: Source,
  { containerOfOutput }: Placing,
): number {
  const { name, role } = output;
  const container = containerOfOutput(output);
  const named = variableName(name);
  const short = nameInside(named);
  return builder.leaf(builder.layer(container, role === "result" ? "" : groupOf(named, role, true)), {
    kind: "output",
    name: role === "result" ? short : `new ${short}`,
    path: name,
    about: [role, ...(source.kind === "constant" ? [`always ${source.text}`] : [])],
  });
}

export function boxSources(box: number, outputs: readonly TensorType[]): readonly Source[] {
  return outputs.map((type) => ({ kind: "box", box, text: shapeText(type) }));
}
