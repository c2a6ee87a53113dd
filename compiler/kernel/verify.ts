/** What must hold of every kernel between two passes; the list of problems is empty where all is well. */
import { isConstant } from "../dimension/dimension.ts";
import { axesOf, soleAxis } from "../loops/index.ts";
import { dtypeOf } from "../loops/scalar.ts";
import type { Axis, ElementType, Index } from "../loops/types.ts";
import { namesOf, verifyDistinct } from "../loops/verify.ts";
import {
  combinedTypes,
  expectType,
  verifyIndex,
  verifyLets,
  verifyScalar,
  verifyTensor,
} from "../loops/verify-scalar.ts";
import type { Visible } from "../loops/verify-scalar.ts";
import { accountOf, placeOf } from "./accesses.ts";
import type { Access, Account } from "./accesses.ts";
import type { Kernel, Result, Stage, Store } from "./types.ts";

/**
 * Sentences of what was expected and what was found: axes distinct and bound, locals defined before, types agree, a
 * tensor written by one stage only and at different places at different points, rows filled before they are loaded, what
 * is overwritten loaded before and only at the point that overwrites it.
 */
export function verifyKernel(kernel: Kernel): readonly string[] {
  const tensors: Visible["tensors"] = new Map(
    kernel.rows.map(({ name, dtype, shape }) => [name, { dtype, rank: shape.length }]),
  );
  const stages = verifyStages(kernel.stages, { ...kernel, nest: [] }, new Map(), tensors);
  const account = accountOf(kernel);
  return [
    ...verifyDistinct(kernel.grid),
    ...stages,
    ...verifyWriters(kernel, account),
    ...verifyRows(kernel, account),
    ...verifyOverwritten(kernel, account),
  ];
}

/** The loops and rows around a stage; `nest` are the loops between the grid and it. */
interface Around extends Pick<Kernel, "grid" | "rows"> {
  readonly nest: readonly Axis[];
}

/** `outer` are the locals that are visible before the stages. */
function verifyStages(
  stages: readonly Stage[],
  around: Around,
  outer: ReadonlyMap<string, ElementType>,
  tensors: Visible["tensors"],
): readonly string[] {
  const locals = new Map(outer);
  return stages.flatMap((stage) => {
    const found = verifyStage(stage, around, locals, tensors);
    for (const [name, dtype] of definedBy(stage)) locals.set(name, dtype);
    return found;
  });
}

/** The locals that the later stages see. */
function definedBy(stage: Stage): readonly (readonly [string, ElementType])[] {
  if (stage.kind === "let") return [[stage.name, dtypeOf(stage.value)]];
  return stage.kind === "reduce" ? stage.results.map(({ name, dtype }) => [name, dtype]) : [];
}

function verifyStage(
  stage: Stage,
  around: Around,
  locals: ReadonlyMap<string, ElementType>,
  tensors: Visible["tensors"],
): readonly string[] {
  const grid = [...around.grid, ...around.nest];
  const inner = stage.kind === "let" || stage.kind === "store" ? [] : stage.over;
  const names = definedBy(stage)
    .filter(([name]) => locals.has(name))
    .map(([name]) => `expected a new local, found ${name} again`);
  const visible: Visible = { axes: namesOf([...grid, ...inner]), locals: new Map(locals), tensors };
  const outer = [...verifyDistinct([...grid, ...inner]), ...names];
  switch (stage.kind) {
    case "let":
      return [...outer, ...verifyScalar(stage.value, visible)];
    case "store":
      return [...outer, ...verifyStore(stage.store, around, [], visible)];
    case "reduce": {
      const [lets, scope] = verifyLets(stage.lets, visible);
      return [...outer, ...lets, ...stage.results.flatMap((result) => verifyResult(result, scope))];
    }
    case "sweep": {
      const [lets, scope] = verifyLets(stage.lets, visible);
      return [...outer, ...lets, ...stage.stores.flatMap((store) => verifyStore(store, around, inner, scope))];
    }
    case "nest":
      return [
        ...outer,
        ...verifyStages(stage.stages, { ...around, nest: [...around.nest, ...inner] }, locals, tensors),
      ];
    case "scatter": {
      const [lets, scope] = verifyLets(stage.lets, visible);
      return [...outer, ...lets, ...verifyScatter(stage, grid, scope)];
    }
  }
}

function verifyResult({ name, dtype, combine, value }: Result, visible: Visible): readonly string[] {
  const expected = combine === "argmax" ? "i32" : dtypeOf(value);
  const type = dtype === expected ? [] : [`expected ${name} as ${expected}, found ${dtype}`];
  return [
    ...type,
    ...expectType(value, combinedTypes(combine), `what ${name} combines`),
    ...verifyScalar(value, visible),
  ];
}

function verifyStore(
  store: Store,
  { grid, rows, nest }: Around,
  inner: readonly Axis[],
  visible: Visible,
): readonly string[] {
  const { tensor, dtype, indices, value } = store;
  // A row belongs to its grid point, so only the loops inside of it must move within it.
  const loops = [...(rows.some(({ name }) => name === tensor) ? [] : grid), ...nest, ...inner];
  return [
    ...verifyTensor(tensor, { dtype, rank: indices.length }, visible),
    ...expectType(value, [dtype], `the store to ${tensor}`),
    ...indices.flatMap((index) => verifyIndex(index, visible)),
    ...verifyScalar(value, visible),
    ...verifySpread(tensor, indices, loops),
  ];
}

/** Each loop must move the place written, or two points would write one element. */
function verifySpread(tensor: string, indices: readonly Index[], loops: readonly Axis[]): readonly string[] {
  const moving = new Set(indices.flatMap((index) => [...axesOf(index)]));
  return loops
    .filter(({ name, extent }) => !moving.has(name) && !isConstant(extent, 1))
    .map(({ name }) => `expected the place written in ${tensor} to move with axis ${name}, found it fixed`);
}

function verifyScatter(
  stage: Extract<Stage, { readonly kind: "scatter" }>,
  grid: readonly Axis[],
  visible: Visible,
): readonly string[] {
  const { tensor, dtype, zero, zeroIndices, at, value } = stage;
  const zeroVisible: Visible = { ...visible, axes: namesOf([...grid, ...zero]) };
  return [
    ...verifyTensor(tensor, { dtype, rank: at.length }, visible),
    ...verifyTensor(tensor, { dtype, rank: zeroIndices.length }, visible),
    ...expectType(value, [dtype], `the sum scattered into ${tensor}`),
    ...at.flatMap((index) => verifyIndex(index, visible)),
    ...zeroIndices.flatMap((index) => verifyIndex(index, zeroVisible)),
    ...verifyScalar(value, visible),
    ...verifySpread(tensor, zeroIndices, [...grid, ...zero]),
  ];
}

function verifyWriters({ rows }: Kernel, { stores }: Account): readonly string[] {
  const own = new Set(rows.map(({ name }) => name));
  return [...stores].flatMap(([tensor, [first, ...others]]) =>
    !own.has(tensor) && others.some(({ stage }) => stage !== first.stage)
      ? [`expected one stage to write ${tensor}, found another`]
      : [],
  );
}

function verifyRows({ rows }: Kernel, { loads, stores }: Account): readonly string[] {
  return rows.flatMap(({ name }) => {
    const [load] = loads.get(name) ?? [];
    const [fill] = stores.get(name) ?? [];
    return load !== undefined && !(fill !== undefined && fill.moment < load.moment)
      ? [`expected row ${name} to be filled before it is loaded, found no store to it`]
      : [];
  });
}

/** What a kernel both loads and stores: its points run in any order, so each must keep to what is its own. */
function verifyOverwritten(kernel: Kernel, { loads, stores }: Account): readonly string[] {
  const own = new Set(kernel.rows.map(({ name }) => name));
  return [...stores].flatMap(([tensor, list]) => {
    if (own.has(tensor)) return [];
    return (loads.get(tensor) ?? []).flatMap((load) => list.flatMap((store) => verifyOrder(load, store, kernel)));
  });
}

function verifyOrder(load: Access, store: Access, { grid }: Kernel): readonly string[] {
  const { tensor } = load;
  if (load.moment < store.moment) {
    if (load.stage > store.stage) return [`expected ${tensor} to be loaded before it is stored, found a load after it`];
    if (placeOf(load) === placeOf(store)) return [];
    return [`expected ${tensor} to be loaded only where it is overwritten, found a load elsewhere`];
  }
  return isOfPoint(load, store, grid)
    ? []
    : [`expected ${tensor} to be loaded only at the grid point that stored it, found a load elsewhere`];
}

/** Whether the load's indices name the axes of the grid where the store's do. */
function isOfPoint(load: Access, store: Access, grid: readonly Axis[]): boolean {
  const names = namesOf(grid);
  return store.indices.every((index, d) => {
    const axis = soleAxis(index);
    const own = load.indices.at(d);
    return axis === undefined || !names.has(axis) || (own !== undefined && soleAxis(own) === axis);
  });
}

/**
 * The problems of a kernel before its tensors take the names of the variables that they overwrite: each load of an old value
 * must come before the store that `inPlace` puts over it, and at its very place.
 */
export function verifyUpdates(kernel: Kernel, inPlace: ReadonlyMap<string, string>): readonly string[] {
  const { loads, stores } = accountOf(kernel);
  return [...stores].flatMap(([tensor, list]) => {
    const variable = inPlace.get(tensor);
    if (variable === undefined) return [];
    const pairs = (loads.get(variable) ?? []).flatMap((load) => list.map((store) => [load, store] as const));
    return pairs.flatMap(([load, store]) => {
      if (load.stage > store.stage || load.moment > store.moment)
        return [`expected ${variable} to be loaded before ${tensor} overwrites it, found a load after it`];
      if (placeOf(load) === placeOf(store)) return [];
      return [`expected ${variable} to be loaded only where ${tensor} overwrites it, found a load elsewhere`];
    });
  });
}
