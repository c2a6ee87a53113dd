/** Rules for reductions: the axes vanish. */
import { product } from "../../../compiler/dimension/dimension.ts";
import { numbersOf } from "../../../compiler/graph/attributes.ts";
import type { OpName } from "../../../compiler/ops/index.ts";
import { countUp } from "../../../compiler/ops/emit.ts";
import { castTo } from "./elementwise.ts";
import { reshape, transpose, whole } from "./operand.ts";
import type { Rule } from "./rule.ts";

/** Of no axes each element is what is left. `ReduceSum` alone takes its axes as an input. */
function reduction(op: string): Rule {
  return ({ emitter, inputs: [x], node, type }) => {
    const axes = numbersOf(node.attributes, "axes");
    if (axes.length === 0) return x;
    const name =
      op === "ReduceSum"
        ? emitter.op(op, [whole(emitter, x), emitter.ints(...axes)], { keepdims: 0 })
        : emitter.op(op, [whole(emitter, x)], { axes, keepdims: 0 });
    return { name, type };
  };
}

/** The first of equals. Several axes are counted as one, which they become at the end. */
const argmax: Rule = ({ emitter, inputs: [x], node, type }) => {
  const axes = numbersOf(node.attributes, "axes");
  const { shape } = x.type;
  if (axes.length === 0) return { name: emitter.scalar("i32", 0), type, repeats: true };
  const [axis] = axes;
  const kept = countUp(shape.length).filter((one) => !axes.includes(one));
  const joined = [...kept.map((one) => shape[one]), product(axes.map((one) => shape[one]))];
  const [from, along] =
    axes.length === 1
      ? [whole(emitter, x), axis]
      : [reshape(emitter, transpose(emitter, whole(emitter, x), [...kept, ...axes]), joined), kept.length];
  return { name: castTo(emitter, emitter.op("ArgMax", [from], { axis: along, keepdims: 0 }), "i32"), type };
};

export const reductionRules = {
  sum: reduction("ReduceSum"),
  max: reduction("ReduceMax"),
  min: reduction("ReduceMin"),
  prod: reduction("ReduceProd"),
  argmax,
} satisfies Partial<Record<OpName, Rule>>;
