/**
 * What metrics without state take at once: the rows of a whole set, by a dimension of their own. It is called `rows`, or otherwise where a
 * signature has that name for something else.
 */
import { isCallable, lookUp, visibleNames, type TypedModule } from "../semantics/module.ts";
import type { Callable, TensorInput, Train } from "../syntax/ast.ts";
import { walk } from "../syntax/children.ts";
import { UniqueNames } from "../program/unique-names.ts";

/** How many rows a metric without state takes at once. */
export const maximalRows = 16_384;

export function rowsName(module: TypedModule): string {
  const { scope, models, trains } = module;
  const losses = visibleNames(scope, "loss").flatMap((name) => lookUp(scope, "loss", name) ?? []);
  const declared = [...models, ...losses.filter(isCallable)].flatMap(({ declaration }) =>
    declaration.parameters.filter((parameter) => parameter.kind === "tensorInput"),
  );
  const inputs = [...declared, ...trains.flatMap((train) => train.inputs)];
  return new UniqueNames(inputs.flatMap(sizeNames)).take("rows");
}

/** The names that stand in the shapes of an input. */
export function sizeNames({ types }: TensorInput): readonly string[] {
  const nodes = types.flatMap(({ shape }) => shape.flatMap((size) => [...walk(size)]));
  return nodes.flatMap((node) => (node.kind === "name" ? [node.text] : []));
}

/** Whether a metric adds up batch by batch. */
export function streams({ body }: Callable): boolean {
  for (const node of walk(body)) if (node.kind === "state") return true;
  return false;
}

/** Whether a train has a metric without state. */
export function takesWholeSet({ entries }: Train, { scope }: TypedModule): boolean {
  const written = entries.filter(({ key }) => key.text === "metrics").map(({ value }) => value);
  const items = written.flatMap((value) => (value.kind === "list" ? value.items : [value]));
  return items.some((item) => {
    const metric = item.kind === "named" ? item.expression : item;
    const callee = metric.kind === "call" ? metric.callee : metric;
    const declared = callee.kind === "name" ? lookUp(scope, "metric", callee.text) : undefined;
    return isCallable(declared) && !streams(declared.declaration);
  });
}
