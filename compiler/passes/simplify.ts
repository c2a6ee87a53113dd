/**
 * Rewrites by small rules, each exact: what a graph computes keeps its bits (NaNs count as equal), except that a sum of
 * one −0 stays −0. So x + 0 stays (it turns −0 into 0), while x + −0 and x − 0 are x; x · 0 stays (it may be NaN).
 * Before and after:
 *
 *     %0 = input x : f32[2, 3]         %0 = input x : f32[2, 3]
 *     %1 = constant 1                  %1 = transpose[1, 0](%0)
 *     %2 = broadcast(%1) : f32[2, 3]
 *     %3 = mul(%0, %2)
 *     %4 = transpose[1, 0](%3)
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Attributes, GraphNode, TensorType, Value } from "../graph/types.ts";
import type { ElementType } from "../loops/types.ts";
import { rebuild, type Pass } from "./pass.ts";
import { arithmeticRules } from "./rules/arithmetic.ts";
import { movementRules } from "./rules/movement.ts";
import type { Expression, Rewriter, Rule } from "./rules/rule.ts";
import { uniformRules } from "./rules/uniform.ts";

/** Every rule; the first that fits wins. */
export const rules: readonly Rule[] = [...uniformRules, ...arithmeticRules, ...movementRules];

const rulesOf: ReadonlyMap<string, readonly Rule[]> = new Map(
  rules.flatMap(({ ops }) => ops).map((op) => [op, rules.filter(({ ops }) => ops.includes(op))]),
);

/** Emits into a builder, each node after the rules had their say. */
class SimplifyingBuilder implements Rewriter {
  readonly #builder: GraphBuilder;

  constructor(builder: GraphBuilder) {
    this.#builder = builder;
  }

  readonly emit = (op: string, inputs: readonly Value[], attributes: Attributes = {}): readonly Value[] => {
    const replacement = this.#replacement({ op, inputs, attributes });
    return replacement === undefined ? this.#builder.emit(op, inputs, attributes) : [replacement];
  };

  /** What stands for a node whose inputs are now these. No rule changes a type, so nothing is inferred again. */
  simplified(node: GraphNode, inputs: readonly Value[]): readonly Value[] {
    const replacement = this.#replacement({ op: node.op, inputs, attributes: node.attributes });
    return replacement === undefined ? this.#builder.again(node, inputs) : [replacement];
  }

  #replacement(expression: Expression): Value | undefined {
    for (const rule of rulesOf.get(expression.op) ?? []) {
      const replacement = rule.rewrite(expression, this);
      if (replacement !== undefined) return replacement;
    }
    return undefined;
  }

  one(op: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    const [value, ...others] = this.emit(op, inputs, attributes);
    if (others.length > 0) throw new InternalError("simplify", `${op} has more than one output`);
    return value;
  }

  typeOf(value: Value): TensorType {
    return this.#builder.typeOf(value);
  }

  constant(value: number, dtype: ElementType = "f32"): Value {
    return this.#builder.constant(value, dtype);
  }

  node(id: number): GraphNode {
    return this.#builder.node(id);
  }
}

export const simplify: Pass = {
  name: "simplify",
  description: "Replaces patterns of nodes by smaller ones of the same value, bit by bit.",
  run: (graph) => {
    let simplifying: SimplifyingBuilder | undefined;
    return rebuild(graph, (node, inputs, builder) => {
      simplifying ??= new SimplifyingBuilder(builder);
      return simplifying.simplified(node, inputs);
    });
  },
};
