/**
 * A module after analysis: what every name of its files means. Plain data; elaboration evaluates bodies against it.
 */
import type { Callable, Definition, Module, Train } from "../syntax/ast.ts";
import { builtins, nameInPrelude, preludePrefix } from "./builtins.ts";
import type { Broken } from "../syntax/parse.ts";

/** A parsed file under the name that diagnostics show and `use` resolves against. */
export interface SourceModule {
  readonly name: string;
  readonly module: Module;
  /** What mistakes of syntax left unknown of it. */
  readonly broken?: Broken;
}

/** Models, blocks, constants and data sources share "value"; the others have a name space each. */
export type NameSpace = "value" | "initializer" | "loss" | "metric" | "regularizer" | "optimizer" | "schedule";

export const nameSpaces: readonly NameSpace[] = [
  "value",
  "loss",
  "initializer",
  "metric",
  "regularizer",
  "optimizer",
  "schedule",
];

/** A declaration, and the scope in which its body's names are looked up. */
export interface Declared {
  readonly declaration: Callable | Definition;
  readonly scope: FileScope;
}

export interface DeclaredCallable {
  readonly declaration: Callable;
  readonly scope: FileScope;
}

/** The names of a file and of what it uses, by name space; `outer` is the prelude, which has none. */
export interface FileScope {
  readonly file: string;
  readonly outer: FileScope | undefined;
  readonly names: ReadonlyMap<NameSpace, ReadonlyMap<string, Declared>>;
  /** What a declaration that could not be read, or a file that is not there, may have declared. */
  readonly hidden?: HiddenNames;
}

/** Names of which nothing is known but that they may be there. */
export class HiddenNames {
  readonly #names = new Set<string>();
  #all = false;

  add(names: Iterable<string>): void {
    for (const name of names) this.#names.add(name);
  }

  /** From here on any name may be one of them. */
  addAll(): void {
    this.#all = true;
  }

  merge(other: HiddenNames): void {
    this.add(other.#names);
    this.#all ||= other.#all;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Whether a name that nothing declares may be one of them. */
  mayHave(name: string): boolean {
    return this.#all || this.#names.has(name);
  }

  get any(): boolean {
    return this.#all || this.#names.size > 0;
  }
}

export interface TypedModule {
  /** The main file's name. */
  readonly name: string;
  readonly scope: FileScope;
  /** Models in the order declared, used files' first. */
  readonly models: readonly DeclaredCallable[];
  /** The main file's trains in the order declared. */
  readonly trains: readonly Train[];
  /** Those of the files that it uses, which are neither checked nor built with it. */
  readonly usedTrains: readonly { readonly train: Train; readonly file: string }[];
}

export function isCallable(declared: Declared | undefined): declared is DeclaredCallable {
  return declared !== undefined && declared.declaration.kind !== "const" && declared.declaration.kind !== "data";
}

/** The name space that a declaration's name lives in. */
export function nameSpaceOf({ kind }: Callable | Definition): NameSpace {
  return kind === "const" || kind === "data" || kind === "block" || kind === "model" ? "value" : kind;
}

/** What `name` means in a file: its own declaration or the prelude's; `prelude.relu` is the prelude's `relu`. */
export function lookUp(scope: FileScope, space: NameSpace, name: string): Declared | undefined {
  const inPrelude = nameInPrelude(name);
  if (inPrelude !== undefined) return (scope.outer ?? scope).names.get(space)?.get(inPrelude);
  return (
    scope.names.get(space)?.get(name) ?? (scope.outer === undefined ? undefined : lookUp(scope.outer, space, name))
  );
}

/** What a name in an expression means: values first, then losses, then initialisers. */
export function lookUpValue(scope: FileScope, name: string): Declared | undefined {
  return lookUp(scope, "value", name) ?? lookUp(scope, "loss", name) ?? lookUp(scope, "initializer", name);
}

/** What a name that nothing has may have been meant for: of names in the prelude, the prelude's. */
export function candidatesFor(name: string, names: readonly string[], scope: FileScope): readonly string[] {
  if (nameInPrelude(name) === undefined) return names;
  const prelude = scope.outer ?? scope;
  return names
    .filter((one) => builtins.has(one) || nameSpaces.some((space) => prelude.names.get(space)?.has(one) === true))
    .map((one) => `${preludePrefix}${one}`);
}

/** Every name of a name space that is visible in a file. */
export function visibleNames(scope: FileScope, space: NameSpace): readonly string[] {
  const own = [...(scope.names.get(space)?.keys() ?? [])];
  return scope.outer === undefined ? own : [...own, ...visibleNames(scope.outer, space)];
}
