/**
 * What a program makes the compiler do: how often each primitive and each geometry occurs in its graph, and each rule of
 * fusion in its kernels, read off their structure.
 */
import { kernelsOf } from "../../compiler/kernel/steps.ts";
import { UniqueNames } from "../../compiler/program/unique-names.ts";
import type { Bounds } from "../../compiler/dimension/interval.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { GraphNode, Region } from "../../compiler/graph/types.ts";
import { clusterMembers } from "../../compiler/fuse/cluster.ts";
import { decide } from "../../compiler/fuse/decide.ts";
import { type Member } from "../../compiler/fuse/definition.ts";
import { loadedBy } from "../../compiler/loops/compute.ts";
import { fuse, type FusedEntry } from "../../compiler/fuse/index.ts";
import { lower } from "../../compiler/lower/lower.ts";
import type { Lowered, LoweredNode } from "../../compiler/lower/lowered.ts";
import { joinSegments } from "../../compiler/fuse/segments.ts";
import { scalarsOf } from "../../compiler/kernel/stage.ts";
import { readsOf, writesOf } from "../../compiler/kernel/tensors.ts";
import type { Kernel, Stage } from "../../compiler/kernel/types.ts";
import { localsOf, nodesOf } from "../../compiler/loops/scalar.ts";
import { indicesOf } from "../../compiler/loops/traverse.ts";
import type { Index, Scalar } from "../../compiler/loops/types.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { shortPlaces } from "../../compiler/schedule/unroll.ts";
import { featuresOf, geometryFeatures, type Feature } from "./features.ts";
import type { RandomProgram } from "./program.ts";

export const fusionRules = [
  "movement into its consumers",
  "cheap map into its consumers",
  "map into its one consumer",
  "recomputed by several kernels",
  "epilogue of a reduction",
  "epilogue of a contraction",
  "passes over one row",
  "private row",
  "several results in one column pass",
  "maps joined side by side",
  "segment",
  "update in place",
  "update moved at the end",
  "index from data",
  "border test",
  "sum in chunks",
  "product in chunks",
  "short windows",
  "sum in four lanes",
  "scatter",
  "rows of tiles",
  "open dimension",
] as const;

export type FusionRule = (typeof fusionRules)[number];

/** Every node, those of regions included. */
function nodesWithin({ nodes }: Region): readonly GraphNode[] {
  return nodes.flatMap((node) => [node, ...(node.region === undefined ? [] : nodesWithin(node.region))]);
}

/** Occurrences by name; adding up programs is adding to one. */
export class Counts {
  readonly primitives = new Map<string, number>();
  readonly rules = new Map<FusionRule, number>(fusionRules.map((rule) => [rule, 0]));
  readonly features = new Map<Feature, number>(geometryFeatures.map((feature) => [feature, 0]));
  readonly nodes: number[] = [];

  addProgram({ graph, bounds }: RandomProgram): void {
    const own = graph.nodes.filter(({ op }) => op !== "input" && op !== "constant");
    this.nodes.push(own.length);
    const nodes = nodesWithin(graph);
    for (const { op } of nodes) this.primitives.set(op, (this.primitives.get(op) ?? 0) + 1);
    for (const feature of nodes.flatMap(featuresOf)) this.features.set(feature, (this.features.get(feature) ?? 0) + 1);
    for (const [rule, count] of rulesIn(graph, bounds)) this.rules.set(rule, (this.rules.get(rule) ?? 0) + count);
  }

  get medianNodes(): number {
    return [...this.nodes].sort((a, b) => a - b).at(this.nodes.length >> 1) ?? 0;
  }
}

type Found = readonly (readonly [FusionRule, number])[];

function rulesIn(graph: Graph, bounds: Bounds): Found {
  const lowered = lower(runPasses(graph, { verify: false }), bounds);
  const entry = fuse(lowered, bounds, new UniqueNames(), { nests: true });
  const segmented = joinSegments(entry, new UniqueNames());
  return [
    ...virtualRules(lowered, bounds),
    ...kernelsOf(entry.steps).flatMap((kernel) => kernelRules(kernel, entry)),
    ["segment", segmented.segments.length],
    ["product in chunks", lowered.nodes.filter(({ tensor }) => tensor.endsWith(" in chunks")).length],
    ["open dimension", bounds.size > 0 ? 1 : 0],
  ];
}

const movements = new Set(["reshape", "transpose", "reverse", "broadcast", "slice", "pad", "concat", "take", "pick"]);

/** What was written into its consumers instead of stored. */
function virtualRules(lowered: Lowered, bounds: Bounds): Found {
  const members = decide({ ...lowered, bounds });
  const stored = new Set(members.map(({ tensor }) => tensor));
  const cluster = clusterNumbers(members, bounds);
  const gone = lowered.nodes.filter(
    ({ tensor, compute }) => !stored.has(tensor) && compute.kind === "map" && loadedBy(compute).length > 0,
  );
  return gone.flatMap((node): Found => {
    const consumers = lowered.nodes.filter(({ compute }) => loadedBy(compute).includes(node.tensor));
    const kernels = new Set(consumers.map(({ tensor }) => cluster.get(tensor)));
    if (consumers.length === 0) return [];
    const again: Found = kernels.size > 1 && !movements.has(node.op) ? [["recomputed by several kernels", 1]] : [];
    return [[kindOf(node, consumers.length), 1], ...again];
  });
}

function kindOf({ op }: LoweredNode, consumers: number): FusionRule {
  if (movements.has(op)) return "movement into its consumers";
  return consumers > 1 ? "cheap map into its consumers" : "map into its one consumer";
}

function clusterNumbers(members: readonly Member[], bounds: Bounds): ReadonlyMap<string, number> {
  return new Map(
    clusterMembers(members, bounds).flatMap((cluster, at) =>
      cluster.members.map(({ tensor }) => [tensor, at] as const),
    ),
  );
}

type Reduce = Extract<Stage, { readonly kind: "reduce" }>;

function kernelRules(kernel: Kernel, { tensors }: FusedEntry): Found {
  const reduces = kernel.stages.filter((stage): stage is Reduce => stage.kind === "reduce");
  const scalars = kernel.stages.flatMap(scalarsOf).flatMap(nodesOf);
  const data = scalars.flatMap(indicesOf).filter(hasData);
  const stores = kernel.stages.filter(({ kind }) => kind === "store");
  const written = [...writesOf(kernel)].filter((name) => (tensors.get(name)?.role ?? "value") !== "value");
  const isMove = kernel.name === "move";
  const read = readsOf(kernel);
  const rules: readonly (readonly [FusionRule, boolean])[] = [
    [
      "epilogue of a reduction",
      hasEpilogue(
        kernel,
        reduces.filter((stage) => !isProduct(stage)),
      ),
    ],
    ["epilogue of a contraction", hasEpilogue(kernel, reduces.filter(isProduct))],
    ["passes over one row", reduces.length > 1 && reduces.every(({ order }) => order.lanes === 4)],
    ["private row", kernel.rows.length > 0],
    [
      "several results in one column pass",
      reduces.some(({ order, results }) => order.lanes === 1 && results.length > 1),
    ],
    ["maps joined side by side", reduces.length === 0 && stores.length > 1],
    ["update in place", !isMove && written.some((name) => read.has(name))],
    ["update moved at the end", isMove],
    ["index from data", data.length > 0],
    ["border test", scalars.some(isBorder)],
    ["short windows", reduces.some(isWindow)],
    ["sum in chunks", reduces.some(({ order }) => order.chunk !== undefined)],
    ["sum in four lanes", reduces.some(({ order }) => order.lanes === 4)],
    ["scatter", kernel.stages.some(({ kind }) => kind === "scatter")],
    ["rows of tiles", kernel.stages.some(({ kind }) => kind === "nest")],
  ];
  return rules.map(([rule, holds]) => [rule, holds ? 1 : 0]);
}

function isProduct({ results }: Reduce): boolean {
  return results.some(
    ({ combine, value }) =>
      combine === "sum" &&
      value.kind === "binary" &&
      value.operator === "mul" &&
      value.left.kind === "load" &&
      value.right.kind === "load",
  );
}

/** Whether it combines a few places of several axes, as of a window. */
function isWindow({ over, order }: Reduce): boolean {
  return order.lanes === 1 && over.length > 1 && shortPlaces(over) !== undefined;
}

/** Whether something is computed with a result of these reductions at the same point. */
function hasEpilogue({ stages }: Kernel, reduces: readonly Reduce[]): boolean {
  const names = new Set(reduces.flatMap(({ results }) => results.map(({ name }) => name)));
  return stages.some((stage) => {
    if (stage.kind !== "let" && stage.kind !== "store") return false;
    const value = stage.kind === "let" ? stage.value : stage.store.value;
    return value.kind !== "local" && [...localsOf(value)].some((name) => names.has(name));
  });
}

function hasData(index: Index): boolean {
  return index.terms.some(
    ({ atom }) =>
      atom.kind === "data" || ((atom.kind === "quotient" || atom.kind === "remainder") && hasData(atom.value)),
  );
}

/** A choice by where the loops stand, as padding and concatenation make it. */
function isBorder(scalar: Scalar): boolean {
  return (
    scalar.kind === "select" &&
    nodesOf(scalar.condition).some(
      (node) => node.kind === "compare" && (node.left.kind === "index" || node.right.kind === "index"),
    )
  );
}
