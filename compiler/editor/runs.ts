/** What is run so that every expression of a file has a value, and what each of these runs depends on. */
import { push } from "../loops/push.ts";
import type { DeclaredCallable, TypedModule } from "../semantics/module.ts";
import { lookUp, nameSpaceOf } from "../semantics/module.ts";
import type { Declaration } from "../syntax/ast.ts";
import type { Observed } from "../elaborate/observe.ts";
import type { NameInfo } from "./types.ts";

/** What runs, with the declarations of the user's files that it leads to: it first, then as they are met. */
export interface Planned {
  readonly observed: Observed;
  readonly declarations: readonly Declaration[];
}

/** Which declarations each one names. */
export function dependencies(
  declarations: readonly Declaration[],
  names: readonly NameInfo[],
): ReadonlyMap<Declaration, ReadonlySet<Declaration>> {
  const files = new Map<string, Declaration[]>();
  for (const one of declarations) push(files, one.span.file, one);
  const homeOf = (file: string, at: number): Declaration | undefined => {
    const all = files.get(file) ?? [];
    let [low, high] = [0, all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((all[middle]?.span.to ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    const found = all[low];
    return found !== undefined && found.span.from <= at ? found : undefined;
  };
  const found = new Map<Declaration, Set<Declaration>>(declarations.map((one) => [one, new Set()]));
  for (const { span, definition } of names) {
    if (definition === undefined) continue;
    const user = homeOf(span.file, span.from);
    const used = homeOf(definition.file, definition.from);
    if (user !== undefined && used !== undefined && used !== user) found.get(user)?.add(used);
  }
  return found;
}

function reached(root: Declaration, uses: ReadonlyMap<Declaration, ReadonlySet<Declaration>>): readonly Declaration[] {
  const met = new Set([root]);
  // What is added on the way is walked, too.
  for (const one of met) for (const next of uses.get(one) ?? []) met.add(next);
  return [...met];
}

/** What is called by itself: nothing else says which sizes it is called with. */
const alone: readonly string[] = ["block", "loss", "metric", "regularizer"];

export function plan(
  module: TypedModule,
  file: readonly Declaration[],
  uses: ReadonlyMap<Declaration, ReadonlySet<Declaration>>,
): readonly Planned[] {
  const models = module.models.map((target): Observed => ({ kind: "model", target }));
  const trains = module.trains.map((train): Observed => ({ kind: "train", train }));
  const called = [...models, ...trains].map((observed): Planned => ({
    observed,
    declarations: reached(observed.kind === "train" ? observed.train : observed.target.declaration, uses),
  }));
  const known = new Set(called.flatMap(({ declarations }) => declarations));
  const others = file.flatMap((declaration): readonly Planned[] => {
    if (!alone.includes(declaration.kind) || known.has(declaration) || !("body" in declaration)) return [];
    const found = lookUp(module.scope, nameSpaceOf(declaration), declaration.name.text);
    if (found?.declaration !== declaration) return [];
    const target: DeclaredCallable = { declaration, scope: found.scope };
    return [{ observed: { kind: "alone", target }, declarations: reached(declaration, uses) }];
  });
  return [...called, ...others];
}
