/**
 * From a cluster to a kernel: its members become stages over one grid. A value of a grid point is a `let`, a reduction's
 * result a local; a value of a row is written into its consumers where that is cheap, loaded back where it is stored
 * anyway, and else kept in a private row. Reductions that do not need each other share one pass.
 */
import { constant, multiply, product, type Dimension } from "../dimension/dimension.ts";
import type { Cluster } from "./cluster.ts";
import { axisMap, loopsOf, type Member } from "./definition.ts";
import { likenesses as computeLikenesses, scalarsOf } from "../loops/compute.ts";
import { asModel, renameTensors } from "../kernel/tensors.ts";
import type { Kernel, KernelOrigin, Result, Row, Stage, Store } from "../kernel/types.ts";
import { axisIndex, soleAxis, substituteAxes, substituteAxesInScalar } from "../loops/index.ts";
import { dtypeOf, loadsOf, local, replaceLoads, scalarCost, type Load } from "../loops/scalar.ts";
import { walk } from "../loops/traverse.ts";
import type { Axis, Compute, Index, Scalar } from "../loops/types.ts";
import { UniqueNames } from "../program/unique-names.ts";

/** A row's value that costs at most this is computed again rather than kept. */
const cheapRow = 5;

/** What a value of the cluster is when a later stage asks for it. */
type Definition =
  | { readonly kind: "local"; readonly scalar: Scalar }
  /** Of the grid's axes, and of `over` where it is a row's. */
  | { readonly kind: "inline"; readonly value: Scalar; readonly over: readonly Axis[] }
  | { readonly kind: "row"; readonly name: string }
  | { readonly kind: "stored" };

interface State {
  readonly grid: readonly Axis[];
  readonly over: readonly Axis[];
  readonly stored: ReadonlySet<string>;
  /** How often the cluster's members load each of its values: a value written in at two places would double with each link of a chain. */
  readonly uses: ReadonlyMap<string, number>;
  readonly definitions: Map<string, Definition>;
  readonly stages: Stage[];
  readonly rows: Row[];
  readonly names: UniqueNames;
}

/** The kernel of a cluster; `stored` names the values that others need. */
export function buildKernel(cluster: Cluster, stored: ReadonlySet<string>): Kernel {
  return { ...kernelOf(cluster, stored), values: cluster.members.map(({ tensor }) => tensor) };
}

function kernelOf(cluster: Cluster, stored: ReadonlySet<string>): Kernel {
  const [first] = cluster.members;
  if (first.compute.kind === "scatter") return scatterKernel(first, first.compute);
  if (first.compute.kind === "unrolled") return unrolledKernel(first, first.compute);
  const state: State = {
    grid: renamed(cluster.grid, "i"),
    over: renamed(cluster.over ?? [], "r"),
    stored,
    uses: usesWithin(cluster),
    definitions: new Map(),
    stages: [],
    rows: [],
    // A row must not be taken for an input of its name.
    names: new UniqueNames(cluster.members.flatMap(({ loads }) => loads)),
  };
  for (const { maps, reductions } of levelsOf(cluster)) {
    for (const member of maps) addMap(member, state);
    addReductions(reductions, state);
  }
  const origins = cluster.members.map(originOf);
  return { name: kernelName(cluster.members), grid: state.grid, rows: state.rows, stages: joinSweeps(state), origins };
}

function originOf({ origin, compute }: Member): KernelOrigin {
  return { ...origin, work: workOf(compute) };
}

function workOf(compute: Compute): Dimension {
  const each = scalarsOf(compute).reduce((total, scalar) => total + scalarCost(scalar), 1);
  return multiply(product(loopsOf(compute).map(({ extent }) => extent)), constant(each));
}

function renamed(axes: readonly Axis[], prefix: string): readonly Axis[] {
  return axes.map(({ extent }, d) => ({ name: `${prefix}${d}`, extent }));
}

function usesWithin({ members }: Cluster): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  const see = (node: Scalar): void => {
    if (node.kind === "load") uses.set(node.tensor, (uses.get(node.tensor) ?? 0) + 1);
  };
  for (const { compute } of members) for (const scalar of scalarsOf(compute)) walk(scalar, see);
  return uses;
}

/** A member's value over the kernel's axes, with what the cluster has already made put in. */
function resolve(value: Scalar, loads: readonly string[], axes: readonly Axis[], state: State): Scalar {
  const target = [...state.grid, ...state.over].slice(0, axes.length);
  const isNamed = axes.every(({ name }, d) => name === target[d].name);
  const moved = isNamed ? value : substituteAxesInScalar(value, axisMap(axes, target.map(indexOf)));
  if (!loads.some((tensor) => state.definitions.has(tensor))) return moved;
  return replaceLoads(moved, (load) => definitionAt(load, state));
}

function indexOf({ name }: Axis): Index {
  return axisIndex(name);
}

function definitionAt(load: Load, { definitions, grid }: State): Scalar | undefined {
  const definition = definitions.get(load.tensor);
  switch (definition?.kind) {
    case undefined:
    case "stored":
      return undefined;
    case "local":
      return definition.scalar;
    case "row":
      return { ...load, tensor: definition.name, indices: load.indices.slice(grid.length) };
    case "inline":
      if (definition.over.length === 0) return definition.value;
      return substituteAxesInScalar(definition.value, axisMap(definition.over, load.indices.slice(grid.length)));
  }
}

function addMap(member: Member, state: State): void {
  const { compute, loads, tensor } = member;
  if (compute.kind !== "map") return;
  const value = resolve(compute.value, loads, compute.axes, state);
  if (compute.axes.length > state.grid.length) addRow(member, value, state);
  else addPoint(member, value, state);
  if (!state.definitions.has(tensor)) state.definitions.set(tensor, { kind: "inline", value, over: [] });
}

function addPoint({ tensor, op, type }: Member, value: Scalar, state: State): void {
  const used = state.uses.get(tensor) ?? 0;
  const isStored = state.stored.has(tensor);
  // What costs nothing needs no name; what one later point of the same nest uses is read better where it stands.
  const named = used > 0 && scalarCost(value) > 0 && (isStored || used > 1 || state.over.length > 0);
  const scalar = named ? addLet(op, value, state) : value;
  if (named) state.definitions.set(tensor, { kind: "local", scalar });
  if (!isStored) return;
  const indices = state.grid.map(({ name }) => axisIndex(name));
  state.stages.push({ kind: "store", store: { tensor, dtype: type.dtype, indices, value: scalar } });
}

function addLet(op: string, value: Scalar, state: State): Scalar {
  const name = state.names.take(localName(op));
  state.stages.push({ kind: "let", name, value });
  return local(name, dtypeOf(value));
}

function addRow({ tensor, op, type }: Member, value: Scalar, state: State): void {
  const { grid, over } = state;
  if (state.stored.has(tensor)) {
    const indices = [...grid, ...over].map(({ name }) => axisIndex(name));
    state.stages.push({ kind: "sweep", over, lets: [], stores: [{ tensor, dtype: type.dtype, indices, value }] });
    state.definitions.set(tensor, { kind: "stored" });
  } else if (scalarCost(value) > cheapRow && (state.uses.get(tensor) ?? 0) > 1) {
    const name = state.names.take(localName(op));
    const shape = over.map(({ extent }): Dimension => extent);
    state.rows.push({ name, dtype: type.dtype, shape });
    const indices = over.map((axis) => axisIndex(axis.name));
    state.stages.push({ kind: "sweep", over, lets: [], stores: [{ tensor: name, dtype: type.dtype, indices, value }] });
    state.definitions.set(tensor, { kind: "row", name });
  } else {
    state.definitions.set(tensor, { kind: "inline", value, over });
  }
}

/** One pass for all reductions of a level: they have the cluster's one form, so also one order. */
function addReductions(members: readonly Member[], state: State): void {
  const results: Result[] = [];
  const stores: Stage[] = [];
  for (const member of members) {
    const { tensor, type, compute, loads } = member;
    if (compute.kind !== "reduce") continue;
    const value = resolve(compute.value, loads, [...compute.axes, ...compute.over], state);
    const name = state.names.take(localName(compute.combine));
    results.push({ name, dtype: compute.dtype, combine: compute.combine, value });
    const scalar = local(name, compute.dtype);
    state.definitions.set(tensor, { kind: "local", scalar });
    const indices = state.grid.map((axis) => axisIndex(axis.name));
    if (state.stored.has(tensor))
      stores.push({ kind: "store", store: { tensor, dtype: type.dtype, indices, value: scalar } });
  }
  const [first] = members;
  if (first?.compute.kind !== "reduce") return;
  state.stages.push({ kind: "reduce", over: state.over, order: first.compute.order, lets: [], results }, ...stores);
}

/** Neighbouring sweeps become one loop; what an earlier one stored is a let for the later. */
function joinSweeps({ stages, names }: State): readonly Stage[] {
  const joined: Stage[] = [];
  for (const stage of stages) {
    const last = joined.at(-1);
    if (stage.kind !== "sweep" || last?.kind !== "sweep" || !readsInPlace(stage, last)) joined.push(stage);
    else joined[joined.length - 1] = joinTwo(last, stage, names);
  }
  return joined;
}

type Sweep = Extract<Stage, { kind: "sweep" }>;

/** Whether the later sweep reads what the earlier stored only at the very point at which it stands. */
function readsInPlace(later: Sweep, earlier: Sweep): boolean {
  const loads = later.stores.flatMap(({ value }) => loadsOf(value));
  return loads.every((load) => {
    const store = earlier.stores.find(({ tensor }) => tensor === load.tensor);
    return store === undefined || sameIndices(load.indices, store.indices);
  });
}

function sameIndices(left: readonly Index[], right: readonly Index[]): boolean {
  return left.every((index, d) => soleAxis(index) !== undefined && soleAxis(index) === soleAxis(right[d]));
}

function joinTwo(earlier: Sweep, later: Sweep, names: UniqueNames): Sweep {
  const loaded = new Set(later.stores.flatMap(({ value }) => loadsOf(value)).map(({ tensor }) => tensor));
  const lets = [...earlier.lets];
  const values = new Map<string, Scalar>();
  const stores = earlier.stores.map((store): Store => {
    if (!loaded.has(store.tensor)) return store;
    if (scalarCost(store.value) === 0) {
      // A constant, or the let of a join before.
      values.set(store.tensor, store.value);
      return store;
    }
    const name = names.take("value");
    const scalar = local(name, store.dtype);
    lets.push({ name, value: store.value });
    values.set(store.tensor, scalar);
    return { ...store, value: scalar };
  });
  const rewritten = later.stores.map((store) => ({
    ...store,
    value: replaceLoads(store.value, ({ tensor }) => values.get(tensor)),
  }));
  return { ...earlier, lets: [...lets, ...later.lets], stores: [...stores, ...rewritten] };
}

type Scatter = Extract<Compute, { kind: "scatter" }>;

/** A destination dimension that a source axis names by itself is a grid axis: destinations in it are independent. */
function scatterKernel(member: Member, compute: Scatter): Kernel {
  const { axes, from, at, dtype, value } = compute;
  const direct = at.map((index, d) =>
    from.find((axis) => axis.name === soleAxis(index) && axis.extent.key === axes[d].extent.key),
  );
  const grid: Axis[] = [];
  const zero: Axis[] = [];
  const indices = axes.map(({ extent }, d) => {
    const list = direct[d] === undefined ? zero : grid;
    const name = direct[d] === undefined ? `z${list.length}` : `i${list.length}`;
    list.push({ name, extent });
    return axisIndex(name);
  });
  const columns = new Map(direct.flatMap((axis, d) => (axis === undefined ? [] : [[axis.name, indices[d]] as const])));
  const over = from.filter(({ name }) => !columns.has(name));
  const stage: Stage = {
    kind: "scatter",
    tensor: member.tensor,
    dtype,
    zero,
    zeroIndices: indices,
    over,
    lets: [],
    at: at.map((index) => substituteAxes(index, columns)),
    value: substituteAxesInScalar(value, columns),
  };
  return { name: kernelName([member]), grid, rows: [], stages: [stage], origins: [originOf(member)] };
}

type Unrolled = Extract<Compute, { kind: "unrolled" }>;

/** One loop stores all elements of a point; the outer ones are the grid. Computes that are like one model have kernels like one. */
function unrolledKernel(member: Member, compute: Unrolled): Kernel {
  const name = kernelName([member]);
  const like = computeLikenesses.of(compute);
  if (like?.model.kind !== "unrolled") return { name, ...sweepOf(member.tensor, compute), origins: [originOf(member)] };
  const { kernel, work } = modelOf(like.model);
  const renamed = renameTensors(kernel, new Map([...like.names, [someTensor, member.tensor]]));
  return { ...renamed, name, origins: [{ ...member.origin, work }] };
}

function sweepOf(
  tensor: string,
  { points, dtype, lets, elements }: Unrolled,
): Pick<Kernel, "grid" | "rows" | "stages"> {
  const stores = elements.map(({ at, value }) => ({ tensor, dtype, indices: at, value }));
  return {
    grid: points.slice(0, -1),
    rows: [],
    stages: [{ kind: "sweep", over: points.slice(-1), lets, stores }],
  };
}

/** What a model stores to; no tensor is called so. */
const someTensor = "%";

interface Model {
  readonly kernel: Kernel;
  readonly work: Dimension;
}

const unrolledModels = new WeakMap<Unrolled, Model>();

function modelOf(compute: Unrolled): Model {
  const known = unrolledModels.get(compute);
  if (known !== undefined) return known;
  const kernel = asModel({ name: "", ...sweepOf(someTensor, compute), origins: [] });
  const model = { kernel, work: workOf(compute) };
  unrolledModels.set(compute, model);
  return model;
}

// ---------------------------------------------------------------------------------------------------------------------
// Levels
// ---------------------------------------------------------------------------------------------------------------------

// The order of a cluster's members: a level is everything that needs the results of the same number of passes. Within
// one, maps come first, then all reductions, which therefore do not need each other.

export interface Level {
  readonly maps: readonly Member[];
  readonly reductions: readonly Member[];
}

export function levelsOf({ members }: Cluster): readonly Level[] {
  const levels = new Map<string, number>();
  const byLevel: { maps: Member[]; reductions: Member[] }[] = [];
  for (const member of members) {
    const level = Math.max(0, ...member.loads.map((tensor) => levels.get(tensor) ?? 0));
    const reduces = member.compute.kind === "reduce";
    // What a reduction makes is at hand one level later.
    levels.set(member.tensor, reduces ? level + 1 : level);
    while (byLevel.length <= level) byLevel.push({ maps: [], reductions: [] });
    byLevel[level][reduces ? "reductions" : "maps"].push(member);
  }
  return byLevel;
}

// ---------------------------------------------------------------------------------------------------------------------
// Names
// ---------------------------------------------------------------------------------------------------------------------

// Names that a person recognises: kernels after the blocks of the source that they compute, locals after the operation.

/** How many blocks a kernel is named after. */
const mostParts = 3;

/**
 * `dense_relu`: the innermost blocks of the members' paths, in order, each once; `dense_backward` where they are gradients;
 * `update` for what moves parameters, `advance` for counters.
 */
export function kernelName(members: readonly Member[]): string {
  const [first] = members;
  if (members.every(({ op }) => op === "stream")) return "streams";
  if (first.update) return first.type.shape.length === 0 ? "advance" : "update";
  const parts: string[] = [];
  for (const { origin, op } of members) {
    const part = (origin.path.split(".").at(-1) ?? "") || op;
    if (!parts.includes(part)) parts.push(part);
  }
  const name = parts.slice(0, mostParts).join("_");
  return members.some(({ origin }) => origin.backward !== true) ? name : `${name}_backward`;
}

const localNames: ReadonlyMap<string, string> = new Map([
  ["add", "total"],
  ["sub", "difference"],
  ["mul", "product"],
  ["div", "ratio"],
  ["select", "chosen"],
  ["neg", "negated"],
  ["sum", "sum"],
  ["max", "largest"],
  ["greatest", "largest"],
  ["min", "smallest"],
  ["prod", "product"],
  ["argmax", "place"],
]);

/** What a local is called that holds the value of an operation. */
export function localName(op: string): string {
  return localNames.get(op) ?? op;
}
