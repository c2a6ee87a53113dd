/** Rules for elements chosen by data. Ids outside are moved to the nearest inside, where ONNX would fail. */
import { constant, subtract } from "../../../compiler/dimension/dimension.ts";
import type { Dimension } from "../../../compiler/dimension/dimension.ts";
import { dimensionOf } from "../../../compiler/graph/attributes.ts";
import type { OpName } from "../../../compiler/ops/index.ts";
import { castTo } from "./elementwise.ts";
import type { Emitter } from "./emitter.ts";
import { unsqueeze, whole } from "./operand.ts";
import type { Rule } from "./rule.ts";

/** Ids within [0, count). */
export function clamped(emitter: Emitter, ids: string, count: Dimension): string {
  return emitter.op("Clip", [ids, emitter.scalar("i32", 0), emitter.sizeScalar(subtract(count, constant(1)))]);
}

const take: Rule = ({ emitter, inputs: [table, ids], type }) => {
  const at = clamped(emitter, whole(emitter, ids), table.type.shape[0]);
  return { name: emitter.op("Gather", [whole(emitter, table), at], { axis: 0 }), type };
};

/** From the last axis the element at an id each. */
export function picked(emitter: Emitter, x: string, ids: string, last: number): string {
  const elements = emitter.op("GatherElements", [x, unsqueeze(emitter, ids, [last])], { axis: last });
  return emitter.op("Squeeze", [elements, emitter.ints(last)]);
}

const pick: Rule = ({ emitter, inputs: [x, ids], type }) => {
  const last = x.type.shape.length - 1;
  const at = clamped(emitter, whole(emitter, ids), x.type.shape[last]);
  return { name: picked(emitter, whole(emitter, x), at, last), type };
};

const scatterRows: Rule = ({ emitter, inputs: [updates, ids], node, type }) => {
  const count = dimensionOf(node.attributes, "count");
  const at = castTo(emitter, clamped(emitter, whole(emitter, ids), count), "i64");
  const rows = unsqueeze(emitter, at, [ids.type.shape.length]);
  const name = emitter.op("ScatterND", [zeros(emitter, type.shape), rows, whole(emitter, updates)], {
    reduction: "add",
  });
  return { name, type };
};

export function zeros(emitter: Emitter, shape: readonly Dimension[]): string {
  return emitter.op("Expand", [emitter.scalar("f32", 0), emitter.sizes(shape)]);
}

export const gatherRules = { take, pick, scatter_rows: scatterRows } satisfies Partial<Record<OpName, Rule>>;
