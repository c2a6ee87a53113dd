/** Rules for what moves elements: shapes, orders, parts. */
import { add, constant, multiply, subtract } from "../../../compiler/dimension/dimension.ts";
import { dimensionsOf, numberOf, numbersOf } from "../../../compiler/graph/attributes.ts";
import type { OpName } from "../../../compiler/ops/index.ts";
import { countUp } from "../../../compiler/ops/emit.ts";
import { pad as padded, reshape as reshaped, transpose as transposed, unsqueeze, whole } from "./operand.ts";
import type { Rule } from "./rule.ts";

const reshape: Rule = ({ emitter, inputs: [x], type }) => ({
  name: reshaped(emitter, whole(emitter, x), type.shape),
  type,
});

const transpose: Rule = ({ emitter, inputs: [x], node, type }) => ({
  name: transposed(emitter, whole(emitter, x), numbersOf(node.attributes, "permutation")),
  type,
});

/** From the last element to the one before the first; both ends are cut to what there is. */
const reverse: Rule = ({ emitter, inputs: [x], node, type }) => {
  const axes = numbersOf(node.attributes, "axes");
  if (axes.length === 0) return x;
  const each = (value: number): string => emitter.ints(...axes.map(() => value));
  const [last, before] = [each(-1), each(-(2 ** 31))];
  return { name: emitter.op("Slice", [whole(emitter, x), last, before, emitter.ints(...axes), each(-1)]), type };
};

/** Axes of size 1 where the result repeats; operators on elements add those in front by themselves. */
const broadcast: Rule = ({ emitter, inputs: [x], node, type }) => {
  const axes = numbersOf(node.attributes, "axes");
  const [first = type.shape.length] = axes;
  const added = countUp(type.shape.length).filter((axis) => axis > first && !axes.includes(axis));
  const small = x.repeats === undefined || added.length === 0 ? x.name : whole(emitter, x);
  const rank = axes.length + added.length;
  const offset = type.shape.length - rank;
  const name = unsqueeze(
    emitter,
    small,
    added.map((axis) => axis - offset),
  );
  return { name, type, repeats: true };
};

const slice: Rule = ({ emitter, inputs: [x], node, type }) => {
  const [start, size] = ["start", "size"].map((name) => dimensionsOf(node.attributes, name));
  const step = numbersOf(node.attributes, "step");
  const cut = countUp(step.length).filter(
    (axis) => step[axis] !== 1 || start[axis].key !== "0" || size[axis].key !== x.type.shape[axis].key,
  );
  if (cut.length === 0) return x;
  const ends = cut.map((axis) =>
    add(add(start[axis], multiply(subtract(size[axis], constant(1)), constant(step[axis]))), constant(1)),
  );
  const name = emitter.op("Slice", [
    whole(emitter, x),
    emitter.sizes(cut.map((axis) => start[axis])),
    emitter.sizes(ends),
    emitter.ints(...cut),
    emitter.ints(...cut.map((axis) => step[axis])),
  ]);
  return { name, type };
};

const pad: Rule = ({ emitter, inputs: [x], node, type }) => {
  const [low, high] = ["low", "high"].map((name) => dimensionsOf(node.attributes, name));
  const value = emitter.scalar(type.dtype, numberOf(node.attributes, "value"));
  return { name: padded(emitter, whole(emitter, x), low, high, value), type };
};

const concat: Rule = ({ emitter, inputs, node, type }) => {
  const names = inputs.map((input) => whole(emitter, input));
  return { name: emitter.op("Concat", names, { axis: numberOf(node.attributes, "axis") }), type };
};

export const movementRules = {
  reshape,
  transpose,
  reverse,
  broadcast,
  slice,
  pad,
  concat,
} satisfies Partial<Record<OpName, Rule>>;
