/**
 * The metrics of a `train` as written: which declaration, under which name. In the short form they compare the model's output with the
 * target; in a train with steps each is a call with its tensors, which are evaluated where the metric is.
 */
import { label, type Span } from "../diagnostics/diagnostic.ts";
import { metricName, metricTensors, metricWithoutTensors } from "../diagnostics/codes/train.ts";
import type { DeclaredCallable } from "../semantics/module.ts";
import type { Argument, Expression } from "../syntax/ast.ts";
import { evaluateArguments, isTensorInput, settingsOf } from "./arguments.ts";
import { declared, type Chosen } from "./choose.ts";
import { Checks, Failure } from "./failure.ts";
import { nameAfterAs } from "./layers.ts";
import type { Frame } from "./frame.ts";
import { noArguments, type GivenArguments } from "./values.ts";

export interface MetricPlan extends Chosen {
  /** What its value is called: the declaration's name, or the one after `as`. */
  readonly name: string;
  /** The arguments of a call with tensors; undefined in the short form, where `given` has the settings. */
  readonly written: readonly Argument[] | undefined;
}

interface Place {
  /** Whether metrics are called with their tensors here. */
  readonly withTensors: boolean;
  /** What the losses are called, so that no metric is called the same. */
  readonly losses: readonly string[];
}

export function planMetrics(items: readonly Expression[], place: Place, frame: Frame): readonly MetricPlan[] {
  const checks = new Checks();
  const metrics = items.flatMap((item) => checks.run(() => metricOf(item, place, frame)) ?? []);
  if (checks.failed) throw new Failure();
  const seen = new Map<string, Span>();
  for (const { name, span, target } of metrics) {
    const earlier = seen.get(name);
    if (earlier !== undefined || place.losses.includes(name)) {
      const first = earlier === undefined ? [] : [label(earlier, "first here")];
      const help = `give it a name of its own: \`${target.declaration.name.text}(…) as "other"\``;
      const other = earlier === undefined ? "a loss" : "another metric";
      frame.report(
        metricName,
        { name, other },
        span,
        earlier === undefined ? "this metric" : "again here",
        first,
        help,
      );
    } else seen.set(name, span);
  }
  return metrics;
}

function metricOf(item: Expression, { withTensors }: Place, frame: Frame): MetricPlan {
  const expression = item.kind === "named" ? item.expression : item;
  const { target, written } = declared(expression, "metric", frame);
  const name = item.kind === "named" ? nameAfterAs(item, frame) : target.declaration.name.text;
  const base = { name, target, span: item.span };
  if (withTensors) return { ...base, given: noArguments, written };
  refuseTensors(target, written, item.span, frame);
  const given = written.length === 0 ? noArguments : evaluateArguments(written, target.declaration, frame);
  return { ...base, given, written: undefined };
}

/** In the short form the output and the target are the train's, and further tensors come from the data by name. */
function refuseTensors(
  { declaration }: DeclaredCallable,
  written: readonly Argument[],
  span: Span,
  frame: Frame,
): void {
  const inputs = new Set(declaration.parameters.filter(isTensorInput).map(({ name }) => name.text));
  const positional = written.filter((argument) => argument.label === undefined).length;
  const named = written.some((argument) => argument.label !== undefined && inputs.has(argument.label.text));
  if (!named && positional <= settingsOf(declaration).length) return;
  frame.fail(metricTensors, { name: declaration.name.text }, span, "this has tensors");
}

/** The tensors and settings of a call with tensors, evaluated in the frame of the train's names. */
export function metricArguments(
  { target: { declaration }, span }: MetricPlan,
  written: readonly Argument[],
  frame: Frame,
): GivenArguments {
  const given = evaluateArguments(written, declaration, frame);
  const inputs = declaration.parameters.filter(isTensorInput).map(({ name }) => name.text);
  if (given.tensors.length > 0 || inputs.some((name) => given.named.has(name))) return given;
  const name = declaration.name.text;
  const help = `write \`${name}(Model(x), target)\`, with the train's own model and inputs`;
  return frame.fail(metricWithoutTensors, { name }, span, "this metric", [], help);
}
