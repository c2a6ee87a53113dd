/**
 * What an i32 must count, at the largest value of every dimension: the elements of each tensor, stored or not, and sizes that are used as
 * numbers. And that nothing is empty.
 */
import { diagnose, label, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { badSize, numberRange, sizeOverflow } from "../diagnostics/codes/sizes.ts";
import {
  constantValue,
  DimensionOverflow,
  evaluate,
  maximalElements,
  printShape,
  product,
  type Dimension,
} from "../dimension/dimension.ts";
import { intervalOf } from "../dimension/interval.ts";
import { nodesWithin } from "../graph/bodies.ts";
import { isDimension } from "../graph/attributes.ts";
import type { GraphNode } from "../graph/types.ts";
import { i32Range } from "./number-range.ts";
import type { Session } from "./session.ts";
import type { EntryGraph } from "./types.ts";

type Bounds = ReadonlyMap<string, number>;

export function checkSizes(entries: readonly EntryGraph[], bounds: Bounds, session: Session): void {
  const told = new Set<string>();
  for (const { graph } of entries) {
    const wrong = new Set<number>();
    for (const node of nodesWithin(graph)) {
      // What is made of a tensor that cannot be, or is to fit one, cannot be either: that is told where it begins.
      const isMade = node.inputs.some((input) => wrong.has(input.node));
      for (const mistake of mistakesOf(node, bounds)) {
        wrong.add(node.id);
        if (!isMade && !told.has(mistake.message)) session.report(mistake);
        told.add(mistake.message);
      }
      if (node.op === "dimension") checkValue(node, bounds, session);
    }
  }
}

function mistakesOf(node: GraphNode, bounds: Bounds): readonly Diagnostic[] {
  return node.outputs.flatMap(({ shape }) => {
    const what = `a tensor ${printShape(shape)}`;
    const empty = shape.find((size) => (constantValue(size) ?? 1) < 1);
    if (empty !== undefined) return [diagnose(badSize, { what: `a size of ${what}`, found: empty.key }, placeOf(node))];
    return elementsOf(shape, bounds) > maximalElements ? [diagnose(sizeOverflow, { what }, placeOf(node))] : [];
  });
}

/** `N * N` in an expression is computed with 32 bits. */
function checkValue(node: GraphNode, bounds: Bounds, session: Session): void {
  const { dimension } = node.attributes;
  if (!isDimension(dimension)) return;
  const { low, high } = intervalOf(dimension, bounds);
  const far = high > maximalElements ? high : low < -maximalElements - 1 ? low : undefined;
  if (far === undefined || !Number.isFinite(far)) return;
  const found = `${dimension.key}, which can be ${far}`;
  session.report(diagnose(numberRange, { dtype: "i32", range: i32Range, found }, placeOf(node)));
}

function placeOf({ span }: GraphNode) {
  return span === undefined ? [] : [label(span, "computed here")];
}

/** Infinity where the number would not be exact; 0 where a size is not known yet. */
function elementsOf(shape: readonly Dimension[], bounds: Bounds): number {
  try {
    return evaluate(product(shape), bounds) ?? 0;
  } catch (error) {
    if (error instanceof DimensionOverflow) return Infinity;
    throw error;
  }
}
