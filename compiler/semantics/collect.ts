/**
 * The names of files: what each declares and, through `use`, what it sees of others. Paths are resolved as text, inside the
 * project only; whoever reads files has read them before.
 */
import { diagnose, label, type Diagnostic, type Span } from "../diagnostics/diagnostic.ts";
import { duplicateName, useCircle, useMissing, useOutside } from "../diagnostics/codes/names.ts";
import type { Callable, Declaration, Definition, Use } from "../syntax/ast.ts";
import {
  HiddenNames,
  nameSpaceOf,
  nameSpaces,
  type Declared,
  type DeclaredCallable,
  type FileScope,
  type NameSpace,
  type SourceModule,
} from "./module.ts";

type Names = Map<NameSpace, Map<string, Declared>>;

function emptyNames(): Names {
  return new Map(nameSpaces.map((space) => [space, new Map()]));
}

function isNamed(declaration: Declaration): declaration is Callable | Definition {
  return declaration.kind !== "use" && declaration.kind !== "train";
}

/** Where a declaration says its name. */
function nameSpan({ declaration }: Declared): Span {
  return declaration.name.span;
}

function add(names: Names, name: string, declared: Declared, diagnostics: Diagnostic[]): void {
  const space = names.get(nameSpaceOf(declared.declaration));
  const earlier = space?.get(name);
  if (earlier === undefined) space?.set(name, declared);
  else if (earlier.declaration !== declared.declaration) {
    diagnostics.push(
      diagnose(duplicateName, { name }, [
        label(nameSpan(declared), "again here"),
        label(nameSpan(earlier), "first here"),
      ]),
    );
  }
}

/** One scope with the declarations of all the prelude's files. */
export function collectPrelude(files: readonly SourceModule[], diagnostics: Diagnostic[]): FileScope {
  const names = emptyNames();
  const scope: FileScope = { file: "prelude", outer: undefined, names };
  for (const { module } of files) {
    for (const declaration of module.declarations) {
      if (isNamed(declaration)) add(names, declaration.name.text, { declaration, scope }, diagnostics);
    }
  }
  return scope;
}

/** The path of a used file relative to the project, or what is wrong with it. */
export function resolveUse(from: string, path: string): { readonly path: string } | { readonly problem: string } {
  if (path.includes("\0")) return { problem: "holds a NUL character" };
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(path)) return { problem: "is an address or names a drive" };
  if (path.startsWith("/") || path.startsWith("\\")) return { problem: "is absolute" };
  if (path.includes("\\")) return { problem: "has a backslash" };
  const parts = from.split("/").slice(0, -1);
  for (const part of path.split("/")) {
    if (part === "." || part === "") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return { problem: "leads out of the project" };
  }
  return { path: parts.join("/") };
}

/** The declarations of a file that were read wholly. */
export function wholeDeclarations({ module, broken }: SourceModule): readonly Declaration[] {
  return module.declarations.filter((declaration) => broken?.declarations.has(declaration) !== true);
}

function hiddenIn({ broken }: SourceModule): HiddenNames {
  const hidden = new HiddenNames();
  if (broken !== undefined) hidden.add(broken.names);
  if (broken?.uses === true) hidden.addAll();
  return hidden;
}

export interface Collected {
  readonly scope: FileScope;
  /** Every file that is reached, the main one last. */
  readonly files: readonly { readonly file: SourceModule; readonly scope: FileScope }[];
  readonly models: readonly DeclaredCallable[];
}

interface Reached {
  readonly file: SourceModule;
  readonly names: Names;
  readonly hidden: HiddenNames;
  readonly scope: FileScope;
  readonly uses: readonly { readonly use: Use; readonly path: string }[];
}

/**
 * Collects the main file and, by iteration, everything that it uses. A file sees the declarations of the files that it names
 * and of those that they use.
 */
export function collectFiles(
  main: SourceModule,
  others: ReadonlyMap<string, SourceModule>,
  prelude: FileScope,
  diagnostics: Diagnostic[],
): Collected {
  const reached = new Map<string, Reached>();
  const waiting = [main];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file.name)) continue;
    const names = emptyNames();
    const hidden = hiddenIn(file);
    const scope: FileScope = { file: file.name, outer: prelude, names, hidden };
    for (const declaration of wholeDeclarations(file)) {
      if (isNamed(declaration)) add(names, declaration.name.text, { declaration, scope }, diagnostics);
    }
    const uses = usesOf(file, others, main, hidden, diagnostics);
    reached.set(file.name, { file, names, hidden, scope, uses });
    for (const { path } of uses) {
      const next = path === main.name ? main : others.get(path);
      if (next !== undefined) waiting.push(next);
    }
  }
  const order = inOrder(main.name, reached, diagnostics);
  for (const { names, hidden, uses } of order) {
    for (const { path } of uses) {
      const used = reached.get(path);
      merge(names, used, diagnostics);
      if (used !== undefined) hidden.merge(used.hidden);
    }
  }
  const own = reached.get(main.name);
  const models = order.flatMap(({ file, scope }) =>
    wholeDeclarations(file).flatMap((declaration) => (declaration.kind === "model" ? [{ declaration, scope }] : [])),
  );
  return { scope: own?.scope ?? prelude, files: order.map(({ file, scope }) => ({ file, scope })), models };
}

function usesOf(
  file: SourceModule,
  others: ReadonlyMap<string, SourceModule>,
  main: SourceModule,
  hidden: HiddenNames,
  diagnostics: Diagnostic[],
): Reached["uses"] {
  return file.module.declarations.flatMap((use) => {
    if (use.kind !== "use") return [];
    const written = use.path.value;
    const resolved = resolveUse(file.name, written);
    if ("problem" in resolved) {
      hidden.addAll();
      diagnostics.push(
        diagnose(useOutside, { path: written, problem: resolved.problem }, [label(use.path.span, "this path")]),
      );
      return [];
    }
    if (resolved.path !== main.name && !others.has(resolved.path)) {
      hidden.addAll();
      diagnostics.push(diagnose(useMissing, { path: written }, [label(use.path.span, `looked for ${resolved.path}`)]));
      return [];
    }
    return [{ use, path: resolved.path }];
  });
}

/** Used files before their users; a circle is reported and cut. */
function inOrder(main: string, reached: ReadonlyMap<string, Reached>, diagnostics: Diagnostic[]): readonly Reached[] {
  const done: Reached[] = [];
  const state = new Map<string, "open" | "done">();
  const stack: { readonly name: string; next: number }[] = [{ name: main, next: 0 }];
  state.set(main, "open");
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const file = reached.get(top.name);
    const next = file?.uses.at(top.next);
    top.next += 1;
    if (file === undefined || next === undefined) {
      if (file !== undefined) done.push(file);
      state.set(top.name, "done");
      stack.pop();
    } else if (state.get(next.path) === "open") {
      const circle = [
        ...stack.slice(stack.findIndex(({ name }) => name === next.path)).map(({ name }) => name),
        next.path,
      ];
      diagnostics.push(
        diagnose(useCircle, { circle: circle.join(" → ") }, [label(next.use.path.span, "closes the circle")]),
      );
    } else if (state.get(next.path) === undefined) {
      state.set(next.path, "open");
      stack.push({ name: next.path, next: 0 });
    }
  }
  return done;
}

function merge(names: Names, used: Reached | undefined, diagnostics: Diagnostic[]): void {
  for (const space of used?.names.values() ?? [])
    for (const [name, declared] of space) add(names, name, declared, diagnostics);
}
