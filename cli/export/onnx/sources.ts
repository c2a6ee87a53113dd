/** Rules for values that depend on no other. */
import { constantValue } from "../../../compiler/dimension/dimension.ts";
import { dimensionOf, numberOf } from "../../../compiler/graph/attributes.ts";
import type { OpName } from "../../../compiler/ops/index.ts";
import type { Emitter } from "./emitter.ts";
import type { Rule } from "./rule.ts";

const constant: Rule = ({ emitter, node, type }) => ({
  name: emitter.scalar(type.dtype, numberOf(node.attributes, "value")),
  type,
});

const dimension: Rule = ({ emitter, node, type }) => ({
  name: emitter.sizeScalar(dimensionOf(node.attributes, "dimension")),
  type,
});

/** Counted along its axis alone; the others repeat. */
const iota: Rule = ({ emitter, node, type }) => {
  const { shape } = type;
  const axis = numberOf(node.attributes, "axis");
  const counted = constantValue(shape[axis]);
  const ones = shape.slice(axis + 1).map(() => 1);
  const name =
    counted === undefined
      ? emitter.op("Reshape", [range(emitter, emitter.sizeScalar(shape[axis])), emitter.ints(-1, ...ones)])
      : emitter.numbers(
          "i32",
          [counted, ...ones],
          Array.from({ length: counted }, (_, at) => at),
        );
  return { name, type, repeats: true };
};

function range(emitter: Emitter, count: string): string {
  return emitter.op("Range", [emitter.scalar("i32", 0), count, emitter.scalar("i32", 1)]);
}

export const sourceRules = { constant, dimension, iota } satisfies Partial<Record<OpName, Rule>>;
