/** The stages of a kernel at one or more points of its grid: a tile. Points share loops and what they load alike. */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { constantIndex } from "../loops/index.ts";
import { loadsOf } from "../loops/scalar.ts";
import type { Index, Scalar } from "../loops/types.ts";
import type { Stage } from "../kernel/types.ts";
import { at, evaluate, nameOf, place, splat, storeAt, type Point } from "./evaluate.ts";
import { binaryOf, constantOf } from "./expressions.ts";
import {
  indicesOfStage,
  innermost,
  loopOver,
  mergeAxes,
  nested,
  placesOf,
  runsAlong,
  wholeSpan,
  type LoopAxis,
  type Place,
} from "./loops.ts";
import type { Context, Reduce } from "./border.ts";
import { reduceAt } from "./reduce.ts";
import { callsFunctions, crowdsCache, functionVectors, lineVectors } from "./strategy.ts";
import { tilesOf, type Offset } from "./tiles.ts";

/**
 * Emits the stages at the points, in order. Within a run of lets and stores all loads come before all stores, so a value
 * that is overwritten in place is read as it was.
 */
export function stagesAt(context: Context, stages: readonly Stage[], points: readonly Point[]): void {
  const { emitter, machine } = context;
  const first = stages.findIndex(({ kind }) => kind === "reduce");
  const reduce = stages[first];
  for (const stage of stages.slice(0, first + 1)) stageAt(context, stage, points);
  const rest = stages.slice(first + 1);
  if (reduce?.kind !== "reduce" || 2 * reduce.results.length * points.length <= machine.accumulators) {
    for (const stage of rest) stageAt(context, stage, points);
  } else {
    emitter.pinned(() => epilogue(context, reduce, rest, points));
  }
  emitter.flush();
}

/**
 * What follows a tile that fills the registers. Its values must not reach into the loop before, where they would push out
 * accumulators: loads stay here, and where the machine asks for it the accumulators come back through memory.
 */
function epilogue(context: Context, { results }: Reduce, rest: readonly Stage[], points: readonly Point[]): void {
  const { emitter, machine } = context;
  const simple = rest.every(({ kind }) => kind === "let" || kind === "store");
  const copies = rest.every((stage) => stage.kind === "store" && stage.store.value.kind === "local");
  if (!simple || copies || !machine.epilogueFromMemory) {
    for (const stage of rest) stageAt(context, stage, points);
    return;
  }
  const size = 4 * results.length * points.length;
  for (const [r, { name, dtype }] of results.entries()) {
    const array = emitter.array("tile", dtype, size);
    for (const [p, point] of points.entries()) {
      const address = constantIndex(4 * (p * results.length + r));
      const value = point.locals.get(name);
      if (value === undefined) continue;
      emitter.store(array, address, value);
      point.locals.set(name, { kind: "load", buffer: array, address, type: value.type });
    }
  }
  emitter.flush();
  const together = rest.some(callsFunctions) ? functionVectors(rest) : 1;
  for (let p = 0; p < points.length; p += together) {
    for (const stage of rest) stageAt(context, stage, points.slice(p, p + together));
    emitter.flush();
  }
}

function stageAt(context: Context, stage: Stage, points: readonly Point[]): void {
  const { emitter } = context;
  switch (stage.kind) {
    case "let":
      for (const point of points) point.locals.set(stage.name, evaluate(emitter, stage.value, point, stage.name));
      return;
    case "store": {
      const { tensor, indices, value } = stage.store;
      for (const point of points) storeAt(emitter, tensor, indices[0], evaluate(emitter, value, point), point);
      return;
    }
    case "reduce":
      return reduceAt(context, stage, points);
    case "sweep":
      for (const point of points) sweepAt(context, stage, point);
      return;
    case "scatter":
      return scatterAt(context, stage, points);
    case "nest":
      throw new InternalError("schedule", "a nest stands in a tile");
  }
}

type Sweep = Extract<Stage, { readonly kind: "sweep" }>;
type Scatter = Extract<Stage, { readonly kind: "scatter" }>;

function sweepAt(context: Context, stage: Sweep, point: Point): void {
  const { emitter, machine } = context;
  const axes = mergeAxes(stage.over, indicesOfStage(stage));
  const inner = axes.at(-1);
  if (inner === undefined) return sweepBody(context, stage, [at(point, [])]);
  const vector = machine.lanes === 4 && !point.vector && runsAlong([stage], innermost(inner));
  nested(emitter, axes.slice(0, -1), (places) => sweepRow(context, stage, point, places, inner, vector));
}

function sweepRow(
  context: Context,
  stage: Sweep,
  point: Point,
  places: readonly Place[],
  inner: LoopAxis,
  vector: boolean,
): void {
  const { emitter } = context;
  const { extent, name } = inner;
  if (!vector) {
    return loopOver(emitter, { hint: name, ...wholeSpan(inner) }, (index) =>
      sweepBody(context, stage, [at(point, [...places, ...placesOf(inner, index)])]),
    );
  }
  for (const { span, step, offsets } of tilesOf(extent, vectorsOf(stage), 4, true)) {
    const body = (base: Index): void =>
      sweepBody(
        context,
        stage,
        offsets.map((offset) => pointAt(point, places, inner, base, offset)),
      );
    loopOver(emitter, { hint: name, ...span, step }, body);
  }
}

/** How many vectors of a sweep's innermost axis are worked on together. */
function vectorsOf(stage: Sweep): number {
  if (callsFunctions(stage)) return functionVectors([stage]);
  return crowdsCache(stage.stores) ? lineVectors : 1;
}

/** The point at an offset of a tile along an axis. */
function pointAt(point: Point, places: readonly Place[], axis: LoopAxis, base: Index, offset: Offset): Point {
  const index = place(base, offset.offset, offset.vector);
  return at(point, [...places, ...placesOf(axis, index)], offset.vector ? { skip: offset.skip } : undefined);
}

/** One store after the other: a later value may read at its point what an earlier store wrote. */
function sweepBody({ emitter }: Context, stage: Sweep, points: readonly Point[]): void {
  for (const point of points)
    for (const { name, value } of stage.lets) point.locals.set(name, evaluate(emitter, value, point, name));
  const written = new Set<string>();
  for (const { tensor, indices, value } of stage.stores) {
    if (loadsOf(value).some((load) => written.has(load.tensor))) emitter.flush();
    for (const point of points) storeAt(emitter, tensor, indices[0], evaluate(emitter, value, point), point);
    written.add(tensor);
  }
  emitter.flush();
}

function scatterAt({ emitter }: Context, stage: Scatter, points: readonly Point[]): void {
  const { tensor, dtype, zeroIndices, at: target } = stage;
  const ownIndices = indicesOfStage(stage);
  nested(emitter, mergeAxes(stage.zero, zeroIndices), (places) => {
    for (const point of points) storeAt(emitter, tensor, zeroIndices[0], constantOf(dtype, 0), at(point, places));
  });
  emitter.flush();
  nested(emitter, mergeAxes(stage.over, ownIndices), (places) => {
    for (const point of points) {
      const here = at(point, places);
      for (const { name, value } of stage.lets) here.locals.set(name, evaluate(emitter, value, here, name));
      const before: Scalar = { kind: "load", tensor, dtype, indices: target };
      const term = evaluate(emitter, stage.value, here);
      const old = evaluate(emitter, before, here, nameOf(tensor));
      if (old.type.lanes < term.type.lanes)
        throw new InternalError("schedule", "a scatter's terms run where its target does not");
      const full = old.type.lanes === 4 ? splat(emitter, term) : term;
      storeAt(emitter, tensor, target[0], emitter.define(binaryOf("add", old, full)), here);
    }
    emitter.flush();
  });
}
