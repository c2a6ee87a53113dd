/**
 * Clusters: members that will share a kernel. Built in topological order, each member joins the newest cluster among its
 * producers that can take it: as an epilogue, as a further pass over the same row or column, or in the same elementwise
 * loop; else it founds a cluster. Independent clusters of one form are then merged where they read the same tensors.
 */
import { product } from "../../dimension/dimension.ts";
import type { Bounds } from "../../dimension/interval.ts";
import { intervalOf } from "../../dimension/interval.ts";
import { loadsOf } from "../../loops/scalar.ts";
import type { Axis } from "../../loops/types.ts";
import { leadsWith, sameShape } from "./align.ts";
import type { Member } from "./definition.ts";
import { isContraction, scalarsOf } from "./definition.ts";

/** A kernel of more members than this would be hard to read and slow to compile. */
const mostMembers = 48;
/** A row that is kept in a private array has at most this many elements at the bound. */
const longestRow = 4096;
/** How many clusters of one form are tried for a merge. */
const mergeWindow = 8;

export type ClusterKind = "map" | "contraction" | "rows" | "columns" | "scatter";

/** Mutable while it is built; `fuse` hands it on finished. */
export interface Cluster {
  readonly kind: ClusterKind;
  /** The axes of the values that its points make. */
  readonly grid: readonly Axis[];
  /** What its reductions go over; undefined without any. */
  readonly over: readonly Axis[] | undefined;
  readonly update: boolean;
  readonly members: Member[];
}

/** Which cluster makes each tensor. */
export type Makers = ReadonlyMap<string, Cluster>;

interface State {
  readonly bounds: Bounds;
  readonly clusters: Cluster[];
  readonly makers: Map<string, Cluster>;
  /** The members that load each tensor. */
  readonly readers: ReadonlyMap<string, readonly Member[]>;
}

/** Partitions the members; every value is made by one cluster. */
export function clusterMembers(members: readonly Member[], bounds: Bounds): readonly Cluster[] {
  const state: State = { bounds, clusters: [], makers: new Map(), readers: readersOf(members) };
  for (const member of members) {
    const cluster =
      producers(member, state).find((candidate) => canJoin(member, candidate, state)) ?? found(member, state);
    cluster.members.push(member);
    state.makers.set(member.tensor, cluster);
  }
  return mergeAlike(state);
}

function readersOf(members: readonly Member[]): ReadonlyMap<string, readonly Member[]> {
  const readers = new Map<string, Member[]>(members.map(({ tensor }) => [tensor, []]));
  for (const member of members) for (const tensor of member.loads) readers.get(tensor)?.push(member);
  return readers;
}

function found(member: Member, state: State): Cluster {
  const { compute, update } = member;
  const over = compute.kind === "reduce" ? compute.over : undefined;
  const cluster: Cluster = { kind: kindOf(member), grid: compute.axes, over, update, members: [] };
  state.clusters.push(cluster);
  return cluster;
}

function kindOf({ compute }: Member): ClusterKind {
  if (compute.kind !== "reduce") return compute.kind;
  if (isContraction(compute)) return "contraction";
  return compute.order.lanes === 4 ? "rows" : "columns";
}

/** The clusters that make what the member loads, the newest first. */
function producers(member: Member, { makers, clusters }: State): readonly Cluster[] {
  const found = new Set<Cluster>();
  for (const tensor of member.loads) {
    const maker = makers.get(tensor);
    if (maker !== undefined) found.add(maker);
  }
  return [...found].sort((a, b) => clusters.indexOf(b) - clusters.indexOf(a));
}

function canJoin(member: Member, cluster: Cluster, state: State): boolean {
  if (cluster.update !== member.update || cluster.members.length >= mostMembers) return false;
  if (!fits(member, cluster, state.bounds) || !isAligned(member, cluster, state.makers)) return false;
  const others = producers(member, state).filter((other) => other !== cluster);
  return !others.some((other) => dependsOn(other, cluster, state));
}

/** Whether the member's loops are the cluster's: its points, its rows, or the same reduction once more. */
function fits(member: Member, cluster: Cluster, bounds: Bounds): boolean {
  const { compute } = member;
  switch (compute.kind) {
    case "scatter":
      return false;
    case "map":
      if (cluster.kind === "scatter") return false;
      return sameShape(compute.axes, cluster.grid) || isRow(member, cluster, bounds);
    case "reduce": {
      const reduces = cluster.kind === "rows" || cluster.kind === "columns";
      const sameKind = reduces && cluster.kind === kindOf(member) && cluster.over !== undefined;
      return sameKind && sameShape(compute.axes, cluster.grid) && sameShape(compute.over, cluster.over);
    }
  }
}

/** A map over a cluster's rows: its shape is the grid's followed by the reduced axes'. */
export function isRow({ compute }: Member, { kind, grid, over }: Cluster, bounds: Bounds): boolean {
  if (kind !== "rows" || over === undefined || grid.length === 0 || compute.kind !== "map") return false;
  return (
    sameShape(compute.axes, [...grid, ...over]) &&
    intervalOf(product(over.map(({ extent }) => extent)), bounds).high <= longestRow
  );
}

/** Every load of the cluster's own values is at the same point of its grid. */
function isAligned(member: Member, cluster: Cluster, makers: Makers): boolean {
  const axes = member.compute.axes.slice(0, cluster.grid.length);
  const loads = scalarsOf(member.compute).flatMap(loadsOf);
  return loads.every(({ tensor, indices }) => makers.get(tensor) !== cluster || leadsWith(indices, axes));
}

/** Whether `cluster` needs `target`, through any number of others. */
function dependsOn(cluster: Cluster, target: Cluster, state: State): boolean {
  // Most are asked about updates, which nothing needs: the search through all clusters would make merging quadratic.
  if (cluster !== target && !isNeeded(target, state)) return false;
  const { makers } = state;
  const seen = new Set([cluster]);
  const pending = [cluster];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === target) return true;
    for (const input of inputsOf(next, makers)) {
      if (!seen.has(input)) pending.push(input);
      seen.add(input);
    }
  }
  return false;
}

/** Whether another cluster may load one of its values. */
function isNeeded(cluster: Cluster, { makers, readers }: State): boolean {
  return cluster.members.some(({ tensor }) =>
    readers.get(tensor)?.some((reader) => makers.get(reader.tensor) !== cluster),
  );
}

/** The clusters whose values a cluster loads. */
export function inputsOf(cluster: Cluster, makers: Makers): ReadonlySet<Cluster> {
  const inputs = new Set<Cluster>();
  for (const member of cluster.members) {
    for (const tensor of member.loads) {
      const maker = makers.get(tensor);
      if (maker !== undefined && maker !== cluster) inputs.add(maker);
    }
  }
  return inputs;
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
  }
  return kept;
}

function formOf({ kind, grid, over, update }: Cluster): string {
  const shape = (axes: readonly Axis[]): string => axes.map(({ extent }) => extent.key).join(", ");
  return `${kind} ${update} [${shape(grid)}] over [${shape(over ?? [])}]`;
}

/** Alike clusters become one where neither needs the other, or the later one only at the same points of the grid. */
function canMerge(into: Cluster, cluster: Cluster, state: State): boolean {
  const { makers } = state;
  if (cluster.kind === "contraction" || cluster.kind === "scatter") return false;
  if (into.members.length + cluster.members.length > mostMembers) return false;
  const direct = inputsOf(cluster, makers).has(into);
  if (!direct && cluster.kind !== "map" && cluster.grid.length > 0 && !sharesInput(into, cluster)) return false;
  if (!cluster.members.every((member) => isAligned(member, into, makers))) return false;
  return !dependsOn(into, cluster, state) && !dependsAround(cluster, into, state);
}

/** Whether `cluster` needs `target` by way of a third. */
function dependsAround(cluster: Cluster, target: Cluster, state: State): boolean {
  return [...inputsOf(cluster, state.makers)].some((input) => input !== target && dependsOn(input, target, state));
}

function sharesInput(left: Cluster, right: Cluster): boolean {
  const loaded = new Set(left.members.flatMap((member) => [...member.loads]));
  return right.members.some((member) => [...member.loads].some((tensor) => loaded.has(tensor)));
}
