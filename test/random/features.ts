/**
 * What a deep run must have drawn often of convolutions, windows, running sums and scans, read off the nodes of a program. What
 * differentiation made of them does not count.
 */
import { constantValue, type Dimension } from "../../compiler/dimension/dimension.ts";
import { dimensionOf, dimensionsOf, numbersOf, stringOf } from "../../compiler/graph/attributes.ts";
import { scanParts } from "../../compiler/graph/region.ts";
import type { Attributes, GraphNode, Region } from "../../compiler/graph/types.ts";
import { cumsumPath } from "./windows.ts";

export const geometryFeatures = [
  "convolution for its output",
  "convolution for its input",
  "convolution for its kernel",
  "convolution of odd size",
  "convolution with a stride",
  "convolution with a dilation",
  "convolution with an input dilation",
  "convolution in groups",
  "convolution with padding",
  "convolution with negative padding",
  "windows of odd size",
  "windows with a stride",
  "windows that overlap",
  "windows with gaps",
  "windows with padding",
  "windows with negative padding",
  "running sum",
  "running sum of odd size",
  "scan of a body with five nodes or more",
  "scan without carries",
  "scan with two carries",
  "scan of several slices",
  "scan reversed",
  "scan computed again",
  "scan of open length",
  "scan in a scan",
  "scan with draws",
] as const;

export type Feature = (typeof geometryFeatures)[number];

export function featuresOf(node: GraphNode): readonly Feature[] {
  const { op, path, backward, attributes, outputs, region } = node;
  if (backward === true) return [];
  if (region !== undefined) return chosen(scanFeatures(node, region));
  if (op === "conv") return chosen(convolutionFeatures(attributes));
  if (op.startsWith("window_")) return chosen(windowFeatures(attributes));
  // The first of the passes moves by one place.
  const isFirst = op === "pad" && path === cumsumPath;
  const axis = isFirst ? knownOf(dimensionsOf(attributes, "low")).indexOf(1) : -1;
  return axis < 0 ? [] : chosen({ "running sum": true, "running sum of odd size": isOdd(outputs[0].shape[axis]) });
}

type Found = Partial<Readonly<Record<Feature, boolean>>>;

function convolutionFeatures(attributes: Attributes): Found {
  const missing = stringOf(attributes, "missing");
  const beyond = (name: string): boolean => numbersOf(attributes, name).some((by) => by > 1);
  const low = knownOf(dimensionsOf(attributes, "low"));
  return {
    "convolution for its output": missing === "output",
    "convolution for its input": missing === "input",
    "convolution for its kernel": missing === "kernel",
    "convolution of odd size": missing !== "kernel" && dimensionsOf(attributes, "size").some(isOdd),
    "convolution with a stride": beyond("stride"),
    "convolution with a dilation": beyond("dilation"),
    "convolution with an input dilation": beyond("input_dilation"),
    "convolution in groups": knownOf([dimensionOf(attributes, "groups")])[0] > 1,
    "convolution with padding": low.some((zeros) => zeros > 0),
    "convolution with negative padding": low.some((zeros) => zeros < 0),
  };
}

function windowFeatures(attributes: Attributes): Found {
  const taps = knownOf(dimensionsOf(attributes, "window"));
  const low = knownOf(dimensionsOf(attributes, "low"));
  const stride = numbersOf(attributes, "stride");
  return {
    "windows of odd size": dimensionsOf(attributes, "size").some(isOdd),
    "windows with a stride": stride.some((by) => by > 1),
    "windows that overlap": stride.some((by, axis) => by < taps[axis]),
    "windows with gaps": stride.some((by, axis) => by > taps[axis]),
    "windows with padding": low.some((places) => places > 0),
    "windows with negative padding": low.some((places) => places < 0),
  };
}

function scanFeatures(node: GraphNode, { nodes }: Region): Found {
  const { slices, carries, length, reversed, recompute } = scanParts(node);
  return {
    "scan of a body with five nodes or more": nodes.filter(({ op }) => op !== "given").length >= 5,
    "scan without carries": carries === 0,
    "scan with two carries": carries === 2,
    "scan of several slices": slices > 1,
    "scan reversed": reversed,
    "scan computed again": recompute,
    "scan of open length": constantValue(length) === undefined,
    "scan in a scan": nodes.some(({ region }) => region !== undefined),
    "scan with draws": nodes.some(({ op }) => op.startsWith("random_")),
  };
}

function chosen(found: Found): readonly Feature[] {
  return geometryFeatures.filter((feature) => found[feature] === true);
}

function knownOf(sizes: readonly Dimension[]): readonly number[] {
  return sizes.map((size) => constantValue(size) ?? 0);
}

function isOdd(size: Dimension): boolean {
  const known = constantValue(size) ?? 0;
  return known > 1 && known % 2 === 1;
}
