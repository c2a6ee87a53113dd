/**
 * Which input says how much the loss of a batch weighs in the mean over several: `mask`, where the loss takes one. A mask that only the model
 * takes says nothing of the loss, which then weighs as many as the batch has rows.
 */
import { isCallable, lookUpValue, type FileScope } from "../semantics/module.ts";
import type { Expression, Let, Node } from "../syntax/ast.ts";
import { children } from "../syntax/children.ts";
import { isShort, type TrainPlan } from "./train-plan.ts";

const mask = "mask";

/** Of several steps the first one's loss decides, which is the train's. */
export function weighingInput(plan: TrainPlan, scope: FileScope): string | undefined {
  const { train, loss, steps } = plan;
  if (loss !== undefined && isShort(plan)) {
    const { parameters } = loss.target.declaration;
    const tensors = parameters.filter(({ kind }) => kind === "tensorInput");
    return tensors.slice(2).some(({ name }) => name.text === mask) ? mask : undefined;
  }
  const [{ minimize, lets }] = steps;
  const isInput = train.inputs.some(({ name }) => name.text === mask);
  return isInput && minimize !== undefined && names(minimize, [...train.lets, ...lets], scope) ? mask : undefined;
}

/** Whether an expression names the mask, itself or by a `let`, other than to hand it to a model. */
function names(expression: Expression, lets: readonly Let[], scope: FileScope): boolean {
  const open: Node[] = [expression];
  const seen = new Set<Let>();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === "name") {
      const { text } = node;
      if (text === mask) return true;
      for (const one of lets) {
        const binds = one.targets.some((target) => target.kind === "name" && target.text === text);
        if (!binds || seen.has(one)) continue;
        seen.add(one);
        open.push(one.value);
      }
    } else open.push(...outsideModels(node, scope));
  }
  return false;
}

/** The nodes below that are no arguments of a model's. */
function outsideModels(node: Node, scope: FileScope): readonly Node[] {
  switch (node.kind) {
    case "call":
      return isModel(node.callee, scope) ? [] : children(node);
    case "argument":
      return [node.value];
    case "pipe": {
      const last = node.stages.findLastIndex((stage) => isModel(stage.kind === "call" ? stage.callee : stage, scope));
      return node.stages.slice(last + 1);
    }
    default:
      return children(node);
  }
}

function isModel(callee: Node, scope: FileScope): boolean {
  const declared = callee.kind === "name" ? lookUpValue(scope, callee.text) : undefined;
  return isCallable(declared) && declared.declaration.kind === "model";
}
