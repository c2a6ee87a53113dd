/**
 * How many operations a kernel's results take: additions, products and what functions of numbers are made of, in f32. Choices, comparisons and whole
 * numbers, of which most are gone once borders are cut off, do not count.
 */
import { evaluate } from "../../../compiler/dimension/dimension.ts";
import type { Dimension } from "../../../compiler/dimension/dimension.ts";
import { scalarsOf } from "../../../compiler/kernel/stage.ts";
import type { Kernel, Stage } from "../../../compiler/kernel/types.ts";
import { childrenOf } from "../../../compiler/loops/traverse.ts";
import type { Axis, Scalar } from "../../../compiler/loops/types.ts";

type Sizes = ReadonlyMap<string, number>;

/** Of one call, at these sizes of the open dimensions. */
export function operationsOf({ grid, stages }: Kernel, sizes: Sizes): number {
  return pointsOf(grid, sizes) * stages.reduce((sum, stage) => sum + ofStage(stage, sizes), 0);
}

function ofStage(stage: Stage, sizes: Sizes): number {
  switch (stage.kind) {
    case "let":
    case "store":
      return ofScalars(scalarsOf(stage));
    case "reduce":
      return pointsOf(stage.over, sizes) * (ofScalars(scalarsOf(stage)) + stage.results.length);
    case "sweep":
      return pointsOf(stage.over, sizes) * ofScalars(scalarsOf(stage));
    case "scatter":
      return pointsOf(stage.over, sizes) * (ofScalars(scalarsOf(stage)) + 1);
    case "nest":
      return pointsOf(stage.over, sizes) * stage.stages.reduce((sum, inner) => sum + ofStage(inner, sizes), 0);
  }
}

function pointsOf(axes: readonly Axis[], sizes: Sizes): number {
  return axes.reduce((points, { extent }) => points * turnsOf(extent, sizes), 1);
}

/** A number of chunks, ⌈n / d⌉ = ⌊(n + d − 1) / d⌋, counts as n / d: the last chunk's loop ends where its terms do. */
function turnsOf(extent: Dimension, sizes: Sizes): number {
  const [only, ...others] = extent.monomials;
  const [atom, ...more] = only?.atoms ?? [];
  if (only?.coefficient === 1 && others.length === 0 && more.length === 0 && atom?.kind === "quotient") {
    const [above, below] = [evaluate(atom.numerator, sizes) ?? 0, evaluate(atom.denominator, sizes) ?? 1];
    const rest = atom.numerator.monomials.find(({ atoms }) => atoms.length === 0)?.coefficient;
    if (rest === below - 1) return (above - rest) / below;
  }
  return evaluate(extent, sizes) ?? 0;
}

function ofScalars(scalars: readonly Scalar[]): number {
  let count = 0;
  const queue = [...scalars];
  for (const scalar of queue) {
    count += ofNode(scalar);
    // What a choice depends on is computed for it alone.
    queue.push(...(scalar.kind === "select" ? [scalar.whenTrue, scalar.otherwise] : childrenOf(scalar)));
  }
  return count;
}

function ofNode(scalar: Scalar): number {
  switch (scalar.kind) {
    case "unary":
    case "binary":
      return scalar.dtype === "f32" ? 1 : 0;
    case "call":
      return scalar.function.definition.dtype === "f32" ? scalar.function.cost : 0;
    default:
      return 0;
  }
}
