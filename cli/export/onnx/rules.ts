/** A rule for each primitive: the nodes of ONNX that mean the same. Leaving one out does not compile. */
import { InternalError } from "../../../compiler/diagnostics/diagnostic.ts";
import type { OpName } from "../../../compiler/ops/index.ts";
import { convolutionRules } from "./convolution.ts";
import { elementwiseRules } from "./elementwise.ts";
import { gatherRules } from "./gather.ts";
import { movementRules } from "./movement.ts";
import { productRules } from "./products.ts";
import { reductionRules } from "./reductions.ts";
import type { Rule } from "./rule.ts";
import { sourceRules } from "./sources.ts";
import { windowRules } from "./windows.ts";

/** Never asked: what is given is known before, draws are refused before, and tiles come of Winograd's pass, which does not run here. */
const never: Rule = ({ node }) => {
  throw new InternalError("export", `%${node.id} = ${node.op} has no form in ONNX`);
};

const rules: Readonly<Record<OpName, Rule>> = {
  input: never,
  given: never,
  ...sourceRules,
  ...elementwiseRules,
  ...reductionRules,
  ...movementRules,
  ...productRules,
  ...convolutionRules,
  tiles: never,
  untile: never,
  ...windowRules,
  ...gatherRules,
  random_bits: never,
  random_uniform: never,
};

const byName: ReadonlyMap<string, Rule> = new Map(Object.entries(rules));

export function ruleOf(op: string): Rule {
  const rule = byName.get(op);
  if (rule === undefined) throw new InternalError("export", `there is no rule for ${op}`);
  return rule;
}
