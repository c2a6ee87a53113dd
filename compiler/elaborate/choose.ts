/** What a key of a `train` names: a declaration of one name space with its settings, called or by its bare name. */
import { unknownName } from "../diagnostics/codes/names.ts";
import { badValue } from "../diagnostics/codes/train.ts";
import { reservedSetting } from "../diagnostics/codes/settings.ts";
import { withArticle } from "../diagnostics/lists.ts";
import { label, type Span } from "../diagnostics/diagnostic.ts";
import { nameHelp } from "../semantics/habits.ts";
import {
  candidatesFor,
  isCallable,
  lookUp,
  visibleNames,
  type DeclaredCallable,
  type NameSpace,
} from "../semantics/module.ts";
import type { Argument, Callable, Expression } from "../syntax/ast.ts";
import { describeExpression } from "../syntax/describe.ts";
import { evaluateArguments, failTwice } from "./arguments.ts";
import type { Frame } from "./frame.ts";
import { noArguments, type GivenArguments } from "./values.ts";

/** A declaration of one kind with its settings: `adam(beta1: 0.5)`. */
export interface Chosen {
  readonly target: DeclaredCallable;
  readonly given: GivenArguments;
  readonly span: Span;
}

/** The declaration that is named, and the arguments as written. */
export function declared(
  expression: Expression,
  space: NameSpace,
  frame: Frame,
): { readonly target: DeclaredCallable; readonly written: readonly Argument[] } {
  const callee = expression.kind === "call" ? expression.callee : expression;
  if (callee.kind !== "name")
    return frame.fail(
      badValue,
      { key: space, expected: `the name of ${withArticle(space)}`, found: describeExpression(callee) },
      expression.span,
      "this",
      [],
      nameless(callee, space, frame),
    );
  const target = lookUp(frame.body.scope, space, callee.text);
  if (!isCallable(target)) {
    frame.leaveIfHidden(callee.text);
    return frame.fail(
      unknownName,
      { name: callee.text, what: space },
      callee.span,
      "not known",
      [],
      nameHelp(callee.text, space, candidatesFor(callee.text, visibleNames(frame.body.scope, space), frame.body.scope)),
    );
  }
  return { target, written: expression.kind === "call" ? expression.arguments : [] };
}

/** What may have been meant where no name stands: one in quotes, one of another library, or only the number that it takes. */
function nameless(callee: Expression, space: NameSpace, frame: Frame): string | undefined {
  if (callee.kind === "string") return `without quotes: \`${written(callee.value, space)}\``;
  if (callee.kind === "number" && space === "regularizer") return `\`l2(${callee.text})\``;
  const isSum = callee.kind === "chain" || callee.kind === "binary";
  if (isSum && space === "loss")
    return "a sum of losses is minimised as an expression: `minimize: mse(M(x), y) + mae(M(x), y)`, with `update`";
  if (isSum && space === "regularizer") return "several stand in a list: `[l1(1e-5), l2(1e-4)]`";
  if (callee.kind === "tuple") return "a list stands in brackets, `[…]`";
  if (callee.kind === "list" && space === "schedule")
    return "one follows another within it: `warmup(100, then: cosine)`";
  if (callee.kind === "list" && space === "optimizer")
    return "a train has one; steps may have one each, `step a { … optimizer: sgd(lr: 0.1) }`";
  if (callee.kind === "list" && space === "loss")
    return "several are minimised as an expression: `minimize: mse(M(x), y) + mae(M(x), y)`, with `update`";
  if (callee.kind !== "member") return undefined;
  const { scope } = frame.body;
  const name = callee.member.text;
  return nameHelp(name, space, candidatesFor(name, visibleNames(scope, space), scope));
}

/** How a name that stands in quotes is written; an optimizer needs its rate. */
function written(name: string, space: NameSpace): string {
  return space === "optimizer" ? `${name}(lr: 0.01)` : name;
}

/** With its settings evaluated; `extra` are arguments that every one of its kind takes. */
export function choose(
  expression: Expression,
  space: NameSpace,
  extra: readonly string[],
  frame: Frame,
): { readonly chosen: Chosen; readonly extra: ReadonlyMap<string, Argument> } {
  const { target, written } = declared(expression, space, frame);
  refuseOwn(target.declaration, space, extra, expression.span, frame);
  const isExtra = ({ label: own }: Argument): boolean => own !== undefined && extra.includes(own.text);
  const given =
    written.length === 0
      ? noArguments
      : evaluateArguments(
          written.filter((argument) => !isExtra(argument)),
          target.declaration,
          frame,
        );
  const found = new Map<string, Argument>();
  for (const argument of written) {
    if (argument.label === undefined || !isExtra(argument)) continue;
    const name = argument.label.text;
    const earlier = found.get(name);
    if (earlier !== undefined) failTwice(target.declaration.name.text, name, argument.span, earlier.span, frame);
    found.set(name, argument);
  }
  return { chosen: { target, given, span: expression.span }, extra: found };
}

/** A setting that all of a kind have, declared once more, would never get a value. */
function refuseOwn(
  { parameters, name }: Callable,
  kind: NameSpace,
  extra: readonly string[],
  span: Span,
  frame: Frame,
): void {
  const own = parameters.find((parameter) => extra.includes(parameter.name.text));
  if (own === undefined) return;
  const values = { callee: name.text, name: own.name.text, kind };
  frame.fail(reservedSetting, values, own.span, "declared here", [label(span, "used here")]);
}
