/**
 * Transform, product, transform: the three kernels of a convolution after Winograd become one whose grid is the axes that lead
 * in all of them, with some rows of tiles at a time in private arrays, so that what is transformed never leaves the cache.
 * Every element is computed as before.
 *
 *   for n, i, j: for c: v[n, i, …, j, c] = …                           for n, i
 *   for n, i, e, j, f: m[n, i, e, j, f] = Σ v[n, i, e, j, c] * u[…]  ⟶   for j, c: v[…, j, c] = …
 *   for n, i, j: for f: y[n, 4*i, …] = …                                 for e, j, f: m[e, j, f] = Σ v[e, j, c] * u[…]
 *                                                                        for j, f: y[n, 4*i, …] = …
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { add, constant, constantValue, equal, product, type Dimension } from "../dimension/dimension.ts";
import type { TensorType } from "../graph/types.ts";
import { accountOf } from "../kernel/accesses.ts";
import { formOf } from "../kernel/form.ts";
import { asModel, readsOf, renameTensors } from "../kernel/tensors.ts";
import type { Kernel, Row, Stage, Store } from "../kernel/types.ts";
import { addsProducts } from "../loops/contraction.ts";
import { axisIndex, flatten, soleAxis, substituteAxes, substituteAxesInScalar } from "../loops/index.ts";
import { push } from "../loops/push.ts";
import { replaceLoads } from "../loops/scalar.ts";
import type { Axis, Index, Scalar } from "../loops/types.ts";
import type { Tensor } from "../lower/lowered.ts";
import { UniqueNames } from "../program/unique-names.ts";

/** Private arrays of more elements would leave the cache; so would a factor of the product that each row of tiles reads anew. */
const mostElements = 2 ** 17;
const mostOfFactor = 2 ** 18;

type Reduce = Extract<Stage, { readonly kind: "reduce" }>;
type Sweep = Extract<Stage, { readonly kind: "sweep" }>;

/** What the three kernels are, and what they hand on. */
interface Chain {
  readonly before: Kernel & { readonly stages: readonly [Sweep] };
  readonly product: Kernel & { readonly stages: readonly [Reduce, Extract<Stage, { readonly kind: "store" }>] };
  readonly behind: Kernel & { readonly stages: readonly [Sweep] };
  readonly tiles: Tensor;
  readonly sums: Tensor;
}

export interface Nested {
  readonly kernels: readonly Kernel[];
  /** The tensors that are private now. */
  readonly gone: ReadonlySet<string>;
}

/** Joins what can be; `outputs` names the tensors that are answers or updates. */
export function nestTransforms(
  kernels: readonly Kernel[],
  tensors: ReadonlyMap<string, Tensor>,
  outputs: ReadonlySet<string>,
): Nested {
  const gone = new Set<string>();
  if (!kernels.some(isTransform)) return { kernels, gone };
  const readers = readersOf(kernels);
  const joined = new Map<Kernel, Kernel>();
  const removed = new Set<Kernel>();
  const models: Models = new Map();
  for (const kernel of kernels) {
    const chain = chainFrom(kernel, (tensor) => (outputs.has(tensor) ? undefined : tensors.get(tensor)), readers);
    // What ends one convolution may begin what looks like another.
    const isFree = chain !== undefined && [kernel, chain.product, chain.behind].every((one) => !joined.has(one));
    const nest = isFree && readsLittle(chain, tensors) ? nestOf(chain, tensors, models) : undefined;
    if (chain === undefined || nest === undefined) continue;
    joined.set(chain.behind, nest);
    for (const one of [chain.before, chain.product]) removed.add(one);
    for (const { name } of [chain.tiles, chain.sums]) gone.add(name);
  }
  return { kernels: kernels.flatMap((kernel) => (removed.has(kernel) ? [] : [joined.get(kernel) ?? kernel])), gone };
}

function readersOf(kernels: readonly Kernel[]): ReadonlyMap<string, readonly Kernel[]> {
  const readers = new Map<string, Kernel[]>();
  for (const kernel of kernels) {
    for (const tensor of readsOf(kernel)) push(readers, tensor, kernel);
  }
  return readers;
}

/** The chain that begins with a kernel, each of whose values only the next one reads. */
function chainFrom(
  before: Kernel,
  inner: (tensor: string) => Tensor | undefined,
  readers: ReadonlyMap<string, readonly Kernel[]>,
): Chain | undefined {
  const next = (tensor: string): Kernel | undefined => {
    const [reader, ...others] = readers.get(tensor) ?? [];
    return others.length === 0 ? reader : undefined;
  };
  if (!isTransform(before)) return undefined;
  const tiles = inner(before.stages[0].stores[0].tensor);
  const among = tiles && next(tiles.name);
  if (among === undefined || !isProduct(among)) return undefined;
  const sums = inner(among.stages[1].store.tensor);
  const behind = sums && next(sums.name);
  return tiles && sums && behind && isTransform(behind) ? { before, product: among, behind, tiles, sums } : undefined;
}

/** Whether what the product reads beside the tiles stays near from one row of tiles to the next. */
function readsLittle({ product: among, tiles }: Chain, tensors: ReadonlyMap<string, Tensor>): boolean {
  const factors = [...readsOf(among)].filter((tensor) => tensor !== tiles.name);
  return factors.every(
    (tensor) => (constantValue(product(tensors.get(tensor)?.type.shape ?? [])) ?? Infinity) <= mostOfFactor,
  );
}

/** Several elements of one tensor are made at each point. */
function isTransform(kernel: Kernel): kernel is Chain["before"] {
  const [stage, ...others] = kernel.stages;
  if (stage?.kind !== "sweep" || others.length > 0 || stage.stores.length < 2) return false;
  return stage.stores.every(({ tensor }) => tensor === stage.stores[0].tensor);
}

function isProduct(kernel: Kernel): kernel is Chain["product"] {
  const [reduce, store, ...others] = kernel.stages;
  return (
    reduce?.kind === "reduce" && reduce.results.every(addsProducts) && store?.kind === "store" && others.length === 0
  );
}

/** What the first chain of each form became, if anything, and its tensors. */
type Models = Map<string, { readonly nest: Kernel | undefined; readonly tensors: readonly string[] }>;

/** Undefined where no axis leads in all three, or what is private would be too much. Chains of one form have one nest up to names. */
function nestOf(chain: Chain, types: ReadonlyMap<string, Tensor>, models: Models): Kernel | undefined {
  const { before, product: among, behind } = chain;
  const names = new UniqueNames([before, among, behind].flatMap((kernel) => [...readsOf(kernel)]));
  const rows = [names.take("tiles"), names.take("sums")] as const;
  const { key, tensors } = formOfChain(chain, rows, types);
  const model = models.get(key) ?? { nest: joinedOf(chain, rows), tensors };
  models.set(key, model);
  return (
    model.nest && {
      ...renameTensors(model.nest, new Map(model.tensors.map((tensor, n) => [tensor, tensors[n]]))),
      name: behind.name,
      origins: [...before.origins, ...among.origins, ...behind.origins],
      values: [before, among, behind].flatMap(({ values = [] }) => values),
    }
  );
}

/** The nest, with rows of these names. */
function joinedOf(chain: Chain, [ofTiles, ofSums]: readonly [string, string]): Kernel | undefined {
  const { before, product: among, behind, tiles, sums } = chain;
  const leading = leadingAxes(chain);
  const held = new Map([
    [tiles.name, holdIn(ofTiles, tiles, leading)],
    [sums.name, holdIn(ofSums, sums, leading)],
  ]);
  const rows = [...held.values()].map(({ row }) => row);
  const elements = rows.reduce((total, { shape }) => total + (constantValue(product(shape)) ?? Infinity), 0);
  if (leading === 0 || elements > mostElements) return undefined;
  const grid = among.grid.slice(0, leading).map(({ extent }, d) => ({ name: `i${d}`, extent }));
  const moved = (kernel: Kernel): Move => moveOf(kernel, grid, held);
  const stages = [sweepIn(before, moved(before)), productIn(among, moved(among)), sweepIn(behind, moved(behind))];
  return asModel({ name: behind.name, grid, rows, stages, origins: [] });
}

/** Equal where the three kernels and how they hang together are, up to the names of tensors, which stand beside it; rows count by name. */
function formOfChain(
  { before, product: among, behind }: Chain,
  rows: readonly string[],
  types: ReadonlyMap<string, Tensor>,
): { readonly key: string; readonly tensors: readonly string[] } {
  const typeOf = (tensor: string): TensorType => {
    const found = types.get(tensor);
    if (found === undefined) throw new InternalError("fuse", `a kernel loads ${tensor}, which is no tensor`);
    return found.type;
  };
  const forms = [before, among, behind].map((kernel) => formOf(kernel, typeOf));
  const all = forms.flatMap(({ tensors }) => tensors);
  const tensors = [...new Set(all)];
  const numbers = new Map(tensors.map((tensor, n) => [tensor, n]));
  const places = all.map((tensor) => numbers.get(tensor));
  return { key: [...forms.map(({ key }) => key), places.join(" "), rows.join(" ")].join("\n\n"), tensors };
}

/** A row, and the shape of what each of its elements of a tile holds. */
interface Held {
  readonly row: Row;
  readonly rest: readonly Dimension[];
}

/** A line of the cache, so that elements of a tile that lie a power of two apart do not ask for one place in it. */
const apart = constant(16);

function holdIn(name: string, { type }: Tensor, leading: number): Held {
  const [elements, ...rest] = type.shape.slice(leading);
  return { row: { name, dtype: type.dtype, shape: [elements, add(product(rest), apart)] }, rest };
}

/** How many axes come first in the grids of all three, and at each access of what they hand on. */
function leadingAxes({ before, product: among, behind, tiles, sums }: Chain): number {
  const places = (kernel: Kernel, tensor: Tensor): readonly (readonly Index[])[] => {
    const { loads, stores } = accountOf(kernel);
    return [...(loads.get(tensor.name) ?? []), ...(stores.get(tensor.name) ?? [])].map(({ indices }) => indices);
  };
  const links = [
    { kernel: before, at: places(before, tiles) },
    { kernel: among, at: [...places(among, tiles), ...places(among, sums)] },
    { kernel: behind, at: places(behind, sums) },
  ];
  const leads = (axis: Axis, d: number): boolean =>
    links.every(({ kernel, at }) => {
      const own = kernel.grid.at(d);
      return (
        own !== undefined && equal(own.extent, axis.extent) && at.every((indices) => soleAxis(indices[d]) === own.name)
      );
    });
  const end = among.grid.findIndex((axis, d) => !leads(axis, d));
  return end < 0 ? among.grid.length : end;
}

/** A kernel's axes and tensors as the joined kernel has them. */
interface Move {
  /** The axes that are not the grid's. */
  readonly rest: readonly Axis[];
  readonly scalar: (value: Scalar) => Scalar;
  readonly store: (store: Store) => Store;
}

function moveOf(kernel: Kernel, grid: readonly Axis[], held: ReadonlyMap<string, Held>): Move {
  const inner = kernel.stages.flatMap((stage) => (stage.kind === "sweep" ? stage.over : []));
  const rest = [...kernel.grid.slice(grid.length), ...inner].map(({ extent }, d) => ({ name: `j${d}`, extent }));
  const places = new Map(
    [...kernel.grid, ...inner].map(({ name }, d) => [name, axisIndex([...grid, ...rest][d].name)] as const),
  );
  const within = (tensor: string, indices: readonly Index[]): { tensor: string; indices: readonly Index[] } => {
    const at = held.get(tensor);
    if (at === undefined) return { tensor, indices };
    const [element, ...rest] = indices.slice(grid.length);
    return { tensor: at.row.name, indices: [element, flatten(rest, at.rest)] };
  };
  const scalar = (value: Scalar): Scalar =>
    replaceLoads(substituteAxesInScalar(value, places), (load) => ({ ...load, ...within(load.tensor, load.indices) }));
  const store = ({ tensor, dtype, indices, value }: Store): Store => {
    const moved = indices.map((index) => substituteAxes(index, places));
    return { dtype, ...within(tensor, moved), value: scalar(value) };
  };
  return { rest, scalar, store };
}

function sweepIn({ stages: [{ lets, stores }] }: Chain["before"], { rest, scalar, store }: Move): Stage {
  return {
    kind: "sweep",
    over: rest,
    lets: lets.map(({ name, value }) => ({ name, value: scalar(value) })),
    stores: stores.map(store),
  };
}

function productIn({ stages: [reduce, { store: last }] }: Chain["product"], { rest, scalar, store }: Move): Stage {
  const lets = reduce.lets.map(({ name, value }) => ({ name, value: scalar(value) }));
  const results = reduce.results.map((result) => ({ ...result, value: scalar(result.value) }));
  return {
    kind: "nest",
    over: rest,
    stages: [
      { ...reduce, lets, results },
      { kind: "store", store: store(last) },
    ],
  };
}
