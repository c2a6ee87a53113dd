/**
 * Clusters: members that will share a kernel. Built in topological order, each member joins the newest cluster among its
 * producers that can take it: as an epilogue, as a further pass over the same row or column, or in the same elementwise
 * loop; else it founds a cluster. Independent clusters of one form are then merged where they read the same tensors.
 */
import { product } from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import { intervalOf } from "../dimension/interval.ts";
import { isContraction } from "../loops/contraction.ts";
import { loadsOf } from "../loops/scalar.ts";
import type { Axis } from "../loops/types.ts";
import { leadsWith, sameShape, type Member } from "./definition.ts";
import { scalarsOf } from "../loops/compute.ts";
import { Precedence } from "./precedence.ts";

/** A kernel of more members than this would be hard to read and slow to compile. */
const mostMembers = 48;
/** A row that is kept in a private array has at most this many elements at the bound. */
const longestRow = 4096;
/** How many clusters of one form are tried for a merge. */
const mergeWindow = 8;

export type ClusterKind = "map" | "contraction" | "rows" | "columns" | "scatter" | "unrolled";

/** Mutable while it is built; `fuse` hands it on finished. */
export interface Cluster {
  /** Its node in the precedence of clusters: they are numbered as they are founded. */
  readonly id: number;
  readonly kind: ClusterKind;
  /** The axes of the values that its points make. */
  readonly grid: readonly Axis[];
  /** What its reductions go over; undefined without any. */
  readonly over: readonly Axis[] | undefined;
  readonly update: boolean;
  /** How many loops come before it: behind one nobody joins what runs before it. */
  readonly stage: number;
  readonly members: Member[];
  /** Where there are many updates: what these load element by element and do not make. */
  readonly elements: Set<string>;
}

/** Which cluster makes each tensor. */
type Makers = ReadonlyMap<string, Cluster>;

interface State {
  readonly bounds: Bounds;
  readonly clusters: Cluster[];
  readonly makers: Map<string, Cluster>;
  /** Which cluster loads what another makes. */
  readonly precedence: Precedence;
  /** There are more updates than a kernel holds: each parameter's stay by themselves, for segments to make one loop of. */
  readonly manyUpdates: boolean;
}

/** Partitions the members; every value is made by one cluster. */
export function clusterMembers(members: readonly Member[], bounds: Bounds): readonly Cluster[] {
  const state: State = {
    bounds,
    clusters: [],
    makers: new Map(),
    precedence: new Precedence(),
    manyUpdates: members.filter(({ update }) => update).length > mostMembers,
  };
  for (const member of members) {
    const makers = producers(member, state);
    const cluster = makers.find((candidate) => canJoin(member, candidate, makers, state)) ?? found(member, state);
    for (const maker of makers) if (maker !== cluster) state.precedence.require(cluster.id, maker.id);
    if (state.manyUpdates && member.update)
      for (const tensor of elementsFor(member, state.makers)) cluster.elements.add(tensor);
    cluster.members.push(member);
    state.makers.set(member.tensor, cluster);
  }
  return mergeAlike(state);
}

function found(member: Member, state: State): Cluster {
  const { compute, update, stage } = member;
  const over = compute.kind === "reduce" ? compute.over : undefined;
  const id = state.precedence.add();
  const cluster: Cluster = {
    id,
    kind: kindOf(member),
    grid: compute.axes,
    over,
    update,
    stage,
    members: [],
    elements: new Set(),
  };
  state.clusters.push(cluster);
  return cluster;
}

function kindOf({ compute }: Member): ClusterKind {
  if (compute.kind !== "reduce") return compute.kind;
  if (isContraction(compute)) return "contraction";
  return compute.order.lanes === 4 ? "rows" : "columns";
}

/** The clusters that make what the member loads, the newest first. */
function producers(member: Member, { makers }: State): readonly Cluster[] {
  const found = new Set<Cluster>();
  for (const tensor of member.loads) {
    const maker = makers.get(tensor);
    if (maker !== undefined) found.add(maker);
  }
  return [...found].sort((a, b) => b.id - a.id);
}

/** `makers` are those of all that the member loads. */
function canJoin(member: Member, cluster: Cluster, makers: readonly Cluster[], state: State): boolean {
  if (cluster.update !== member.update || cluster.stage !== member.stage || cluster.members.length >= mostMembers)
    return false;
  if (!fits(member, cluster, state.bounds) || !isAligned(member, cluster, state.makers)) return false;
  const others = makers.flatMap((maker) => (maker === cluster ? [] : [maker.id]));
  return !state.precedence.reaches(others, cluster.id);
}

/** Whether the member's loops are the cluster's: its points, its rows, or the same reduction once more. */
function fits(member: Member, cluster: Cluster, bounds: Bounds): boolean {
  const { compute } = member;
  switch (compute.kind) {
    case "scatter":
    case "unrolled":
      return false;
    case "map":
      if (isAlone(cluster)) return false;
      return sameShape(compute.axes, cluster.grid) || isRow(member, cluster, bounds);
    case "reduce": {
      const reduces = cluster.kind === "rows" || cluster.kind === "columns";
      const sameKind = reduces && cluster.kind === kindOf(member) && cluster.over !== undefined;
      return sameKind && sameShape(compute.axes, cluster.grid) && sameShape(compute.over, cluster.over);
    }
  }
}

/** Its one member makes elements elsewhere than at the points of its grid. */
function isAlone({ kind }: Cluster): boolean {
  return kind === "scatter" || kind === "unrolled";
}

/** A map over a cluster's rows: its shape is the grid's followed by the reduced axes'. */
function isRow({ compute }: Member, { kind, grid, over }: Cluster, bounds: Bounds): boolean {
  if (kind !== "rows" || over === undefined || grid.length === 0 || compute.kind !== "map") return false;
  return (
    sameShape(compute.axes, [...grid, ...over]) &&
    intervalOf(product(over.map(({ extent }) => extent)), bounds).high <= longestRow
  );
}

/** Every load of the cluster's own values is at the same point of its grid. */
function isAligned(member: Member, cluster: Cluster, makers: Makers): boolean {
  if (!member.loads.some((tensor) => makers.get(tensor) === cluster)) return true;
  const axes = member.compute.axes.slice(0, cluster.grid.length);
  const loads = scalarsOf(member.compute).flatMap(loadsOf);
  return loads.every(({ tensor, indices }) => makers.get(tensor) !== cluster || leadsWith(indices, axes));
}

function mergeAlike(state: State): readonly Cluster[] {
  const kept: Cluster[] = [];
  const byForm = new Map<string, Cluster[]>();
  for (const cluster of state.clusters) {
    const form = formOf(cluster);
    const alike = byForm.get(form) ?? [];
    const into = alike.find((candidate) => canMerge(candidate, cluster, state));
    if (into === undefined) {
      kept.push(cluster);
      byForm.set(form, [...alike.slice(1 - mergeWindow), cluster]);
      continue;
    }
    into.members.push(...cluster.members);
    into.members.sort((a, b) => a.position - b.position);
    for (const { tensor } of cluster.members) state.makers.set(tensor, into);
    for (const tensor of cluster.elements) into.elements.add(tensor);
    state.precedence.merge(into.id, cluster.id);
  }
  return kept;
}

function formOf({ kind, grid, over, update, stage }: Cluster): string {
  const shape = (axes: readonly Axis[]): string => axes.map(({ extent }) => extent.key).join(", ");
  return `${kind} ${update} ${stage} [${shape(grid)}] over [${shape(over ?? [])}]`;
}

/** Alike clusters become one where neither needs the other, or the later one only at the same points of the grid. */
function canMerge(into: Cluster, cluster: Cluster, state: State): boolean {
  const { makers, precedence } = state;
  if (cluster.kind === "contraction" || isAlone(cluster)) return false;
  if (into.members.length + cluster.members.length > mostMembers) return false;
  if (!movesTogether(into, cluster)) return false;
  const needed = precedence.needsOf(cluster.id);
  const direct = needed.has(into.id);
  if (!direct && cluster.kind !== "map" && cluster.grid.length > 0 && !sharesInput(into, cluster)) return false;
  if (!cluster.members.every((member) => isAligned(member, into, makers))) return false;
  if (precedence.reaches([into.id], cluster.id)) return false;
  // Or by way of a third.
  return !precedence.reaches(
    [...needed].filter((id) => id !== into.id),
    into.id,
  );
}

/** Merged as they come, the updates of many parameters would be cut anywhere, no two kernels alike: where there are many, only those of one. */
function movesTogether(into: Cluster, { elements }: Cluster): boolean {
  if (into.elements.size === 0 || elements.size === 0) return true;
  for (const tensor of elements) if (into.elements.has(tensor)) return true;
  return false;
}

/** What the member loads element by element that no update makes: its parameter, its states and its gradient. */
function elementsFor({ compute }: Member, makers: Makers): readonly string[] {
  const loads = scalarsOf(compute).flatMap(loadsOf);
  return loads.flatMap(({ tensor, indices }) =>
    indices.length > 0 && makers.get(tensor)?.update !== true ? [tensor] : [],
  );
}

function sharesInput(left: Cluster, right: Cluster): boolean {
  const loaded = new Set(left.members.flatMap(({ loads }) => loads));
  return right.members.some(({ loads }) => loads.some((tensor) => loaded.has(tensor)));
}
