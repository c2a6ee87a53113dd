/**
 * Before any loop: a kernel whose loads and stores have one index each, the row-major address in their tensor or row. A
 * load that only a select guards gets its indices clamped into the tensor, unless their ranges prove them inside, so that
 * both sides of the select may be evaluated.
 */
import type { Dimension } from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { TensorType } from "../graph/types.ts";
import type { Ranges } from "../loops/index.ts";
import { dataIndex, flatten, mapDataScalars, rangesOf } from "../loops/index.ts";
import { indexScalar } from "../loops/scalar.ts";
import { simplifyIndex } from "../loops/simplify.ts";
import { rebuild } from "../loops/traverse.ts";
import type { Axis, Index, Scalar } from "../loops/types.ts";
import type { Kernel, Stage, Store } from "../kernel/types.ts";
import { interiorOf, mapInterior, withInterior, type Reduce } from "./border.ts";
import { limitOf } from "./limit.ts";

interface Context {
  readonly shapeOf: (tensor: string) => readonly Dimension[];
  readonly ranges: Ranges;
  readonly bounds: Bounds;
}

/** The same kernel with addresses for indices. */
export function flattenKernel(kernel: Kernel, tensors: (name: string) => TensorType, bounds: Bounds): Kernel {
  const rows = new Map(kernel.rows.map(({ name, shape }) => [name, shape]));
  const shapeOf = (tensor: string): readonly Dimension[] => rows.get(tensor) ?? tensors(tensor).shape;
  const within: Within = (axes) => ({ shapeOf, bounds, ranges: rangesOf([...kernel.grid, ...axes]) });
  return { ...kernel, stages: kernel.stages.map((stage) => flattenStage(stage, within)) };
}

/** The context inside of further loops. */
type Within = (axes: readonly Axis[]) => Context;

function flattenStage(stage: Stage, within: Within): Stage {
  switch (stage.kind) {
    case "let":
      return { ...stage, value: flattenScalar(stage.value, within([])) };
    case "store":
      return { ...stage, store: flattenStore(stage.store, within([])) };
    case "reduce": {
      const context = within(stage.over);
      const limited = limitOf(stage);
      const { stage: bare, ...end } = limited ?? { stage };
      const flat: Reduce = { ...flattenReduce(bare, context), ...end };
      const interior = interiorOf(bare);
      if (interior === undefined) return flat;
      return withInterior(
        flat,
        mapInterior(interior, (one) => ({ ...flattenReduce(one, context), ...end })),
      );
    }
    case "sweep": {
      const context = within(stage.over);
      return {
        ...stage,
        lets: flattenValues(stage.lets, context),
        stores: stage.stores.map((store) => flattenStore(store, context)),
      };
    }
    case "nest": {
      const inner: Within = (axes) => within([...stage.over, ...axes]);
      return { ...stage, stages: stage.stages.map((one) => flattenStage(one, inner)) };
    }
    case "scatter": {
      const context = within(stage.over);
      const zero = within(stage.zero);
      return {
        ...stage,
        zeroIndices: [address(stage.tensor, stage.zeroIndices, zero)],
        lets: flattenValues(stage.lets, context),
        at: [address(stage.tensor, stage.at, context)],
        value: flattenScalar(stage.value, context),
      };
    }
  }
}

function flattenReduce(stage: Reduce, context: Context): Reduce {
  return { ...stage, lets: flattenValues(stage.lets, context), results: flattenValues(stage.results, context) };
}

function flattenValues<Named extends { readonly value: Scalar }>(
  named: readonly Named[],
  context: Context,
): readonly Named[] {
  return named.map((one) => ({ ...one, value: flattenScalar(one.value, context) }));
}

function flattenStore(store: Store, context: Context): Store {
  return {
    ...store,
    indices: [address(store.tensor, store.indices, context)],
    value: flattenScalar(store.value, context),
  };
}

function address(tensor: string, indices: readonly Index[], context: Context, guarded = false): Index {
  const shape = context.shapeOf(tensor);
  if (shape.length !== indices.length) {
    throw new InternalError("schedule", `'${tensor}' has ${shape.length} dimensions and ${indices.length} indices`);
  }
  const flat = indices.map((index) => mapDataScalars(index, (scalar) => flattenScalar(scalar, context, guarded)));
  return flatten(guarded ? flat.map((index, d) => clamp(index, shape[d], context)) : flat, shape);
}

/** The index, held inside [0, size) unless its ranges prove that it is. */
function clamp(index: Index, size: Dimension, { ranges, bounds }: Context): Index {
  return simplifyIndex(dataIndex(indexScalar(index), size), ranges, bounds);
}

function flattenScalar(scalar: Scalar, context: Context, guarded = false): Scalar {
  if (scalar.kind === "load") {
    return { ...scalar, indices: [address(scalar.tensor, scalar.indices, context, guarded)] };
  }
  const index = (one: Index): Index => mapDataScalars(one, (inner) => flattenScalar(inner, context, guarded));
  if (scalar.kind !== "select") return rebuild(scalar, (child) => flattenScalar(child, context, guarded), index);
  return {
    ...scalar,
    condition: flattenScalar(scalar.condition, context, guarded),
    whenTrue: flattenScalar(scalar.whenTrue, context, true),
    otherwise: flattenScalar(scalar.otherwise, context, true),
  };
}
