/**
 * Expressions to values. Chains and pipes are folded in loops, so their length is bounded by memory only; nesting is
 * counted and refused beyond a limit, since each level is some frames of the stack.
 */
import { builtins } from "../semantics/builtins.ts";
import { misplacedMember } from "../semantics/members.ts";
import { visibleNames } from "../semantics/module.ts";
import type { Expression, ListExpression, Member } from "../syntax/ast.ts";
import type { Mode } from "./evaluator.ts";
import { Failure } from "./failure.ts";
import type { Frame } from "./frame.ts";
import { evaluateIndex } from "./indexing.ts";
import { evaluateCall, evaluateNamed, evaluatePipe, evaluateRepeat } from "./layers.ts";
import { evaluateName } from "./names.ts";
import { evaluateBinary, evaluateChain, evaluateTranspose, evaluateUnary } from "./operators.ts";
import { evaluateScan } from "./scan.ts";
import { restValue, withinRange } from "./shape-values.ts";
import { boolValue, listValue, type Evaluated } from "./values.ts";

export function evaluate(expression: Expression, frame: Frame, mode: Mode = {}): Evaluated {
  return frame.nested(1, expression.span, () =>
    withinRange(expression.span, frame, () => {
      const { session } = frame;
      session.budget.spend();
      const value = dispatch(expression, frame, mode);
      session.evaluator.observe?.(expression, value, frame);
      return value;
    }),
  );
}

function dispatch(expression: Expression, frame: Frame, mode: Mode): Evaluated {
  switch (expression.kind) {
    case "name":
      return evaluateName(expression, frame, mode);
    case "number":
      return { kind: "number", value: expression.value };
    case "string":
      return { kind: "string", value: expression.value };
    case "boolean":
      return boolValue(expression.value);
    case "list":
      return evaluateList(expression, frame, mode);
    case "tuple":
      return { kind: "tuple", items: expression.items.map((item) => evaluate(item, frame)) };
    case "rest":
      return restValue(expression.span, frame);
    case "chain":
      return evaluateChain(expression, frame, mode);
    case "binary":
      return evaluateBinary(expression.operator, expression.left, expression.right, expression.span, frame, mode);
    case "unary":
      return evaluateUnary(expression.operator, expression.operand, expression.span, frame, mode);
    case "pipe":
      return evaluatePipe(expression, frame);
    case "call":
      return evaluateCall(expression, [], frame, mode);
    case "named":
      return evaluateNamed(expression, [], frame);
    case "repeat":
      return evaluateRepeat(expression, frame);
    case "index":
      return evaluateIndex(expression, frame);
    case "transpose":
      return evaluateTranspose(expression.target, expression.span, frame);
    case "member":
      return failMember(expression, frame);
    case "scan":
      return evaluateScan(expression, frame);
  }
}

/** Bodies are looked at before; values of the other keys of a train are not. */
function failMember(expression: Member, frame: Frame): never {
  const known = [...visibleNames(frame.body.scope, "value"), ...builtins.keys()];
  frame.session.report(misplacedMember(expression, known, (name) => frame.lookUp(name) !== undefined));
  throw new Failure();
}

/** What walks through a list meets each item as often as the list holds it. */
function evaluateList({ items }: ListExpression, frame: Frame, mode: Mode): Evaluated {
  const list = listValue(
    items.map((item) => evaluate(item, frame, mode)),
    items.map(({ span }) => span),
  );
  frame.session.budget.spend(list.leaves);
  return list;
}
