/**
 * The part of a module that its mistakes leave alone: what neither has one nor names, directly or not, what has. One run reports the
 * mistakes of that part, too; what the others lead to is never reported.
 */
import type { Declaration } from "../syntax/ast.ts";
import { walk } from "../syntax/children.ts";
import { lookUp, nameSpaces, type Declared, type FileScope, type NameSpace, type TypedModule } from "./module.ts";

export interface Placed {
  readonly declaration: Declaration;
  readonly scope: FileScope;
}

/** All declarations that `wrong` ones leave standing. */
export function standing(all: readonly Placed[], wrong: ReadonlySet<Declaration>): ReadonlySet<Declaration> {
  const users = new Map<Declaration, Declaration[]>();
  const fallen = new Set<Declaration>(wrong);
  for (const { declaration, scope } of all) {
    if (declaration.kind === "train" && lacksModel(declaration.name.text, scope)) fallen.add(declaration);
    const labels = new Set<unknown>([nameOf(declaration)]);
    const own = boundIn(declaration);
    for (const node of walk(declaration)) {
      if (node.kind === "argument") labels.add(node.label);
      if (node.kind === "keyValue") labels.add(node.key);
      if (node.kind !== "name" || labels.has(node)) continue;
      if (!own.has(node.text) && scope.hidden?.has(node.text) === true) fallen.add(declaration);
      for (const space of nameSpaces) {
        const found = lookUp(scope, space, node.text)?.declaration;
        if (found === undefined || found === declaration) continue;
        const known = users.get(found);
        if (known === undefined) users.set(found, [declaration]);
        else known.push(declaration);
      }
    }
  }
  const waiting = [...fallen];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const user of users.get(next) ?? []) {
      if (fallen.has(user)) continue;
      fallen.add(user);
      waiting.push(user);
    }
  }
  return new Set(all.map(({ declaration }) => declaration).filter((declaration) => !fallen.has(declaration)));
}

/** Whether what a train is named after may be something that could not be read. */
function lacksModel(name: string, scope: FileScope): boolean {
  return scope.hidden?.mayHave(name) === true && lookUp(scope, "value", name) === undefined;
}

/** What inputs, settings and statements of a declaration are called, which is nothing of the file's. A dimension may be a constant that is hidden. */
function boundIn(declaration: Declaration): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of walk(declaration)) {
    switch (node.kind) {
      case "tensorInput":
      case "bareInput":
      case "setting":
      case "param":
      case "state":
      case "scanInput":
      case "carry":
        names.add(node.name.text);
        break;
      case "let":
        for (const target of node.targets) if (target.kind === "name") names.add(target.text);
        break;
      default:
    }
  }
  return names;
}

/** A train's own name is that of its model. */
function nameOf(declaration: Declaration): unknown {
  return declaration.kind === "use" || declaration.kind === "train" ? undefined : declaration.name;
}

/** The module with nothing but what stands. */
export function restrictedTo(module: TypedModule, kept: ReadonlySet<Declaration>): TypedModule {
  const scopes = new Map<FileScope, FileScope>();
  // Files may use each other in a long chain, so scopes are filled one after the other.
  const waiting: { readonly scope: FileScope; readonly names: Map<NameSpace, Map<string, Declared>> }[] = [];
  const isKept = ({ declaration }: { readonly declaration: Declaration }): boolean => kept.has(declaration);
  const restricted = (scope: FileScope): FileScope => {
    if (scope.outer === undefined) return scope;
    const known = scopes.get(scope);
    if (known !== undefined) return known;
    const names = new Map<NameSpace, Map<string, Declared>>();
    const made: FileScope = { ...scope, names };
    scopes.set(scope, made);
    waiting.push({ scope, names });
    return made;
  };
  const restrictedModule = {
    ...module,
    scope: restricted(module.scope),
    models: module.models.filter(isKept).map((model) => ({ ...model, scope: restricted(model.scope) })),
    trains: module.trains.filter((train) => kept.has(train)),
  };
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [space, declared] of next.scope.names) {
      const left = [...declared].filter(([, one]) => isKept(one));
      next.names.set(space, new Map(left.map(([name, one]) => [name, { ...one, scope: restricted(one.scope) }])));
    }
  }
  return restrictedModule;
}
