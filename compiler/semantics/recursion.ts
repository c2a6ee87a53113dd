/** Declarations that come to call themselves: the circle is printed. Iterative, so a chain of any length is fine. */
import { diagnose, label, type Diagnostic, type Span } from "../diagnostics/diagnostic.ts";
import { recursion } from "../diagnostics/codes/names.ts";
import { walk } from "../syntax/children.ts";
import type { Callable, Definition } from "../syntax/ast.ts";
import { unknownIn } from "./linear.ts";
import { lookUp, lookUpValue, type Declared, type FileScope } from "./module.ts";

interface Use {
  readonly declared: Declared;
  readonly span: Span;
}

/** The declarations that a declaration's text names, where no name of its own stands before them. */
function usesOf({ declaration, scope }: Declared): readonly Use[] {
  const own = namesBoundIn(declaration, scope);
  const uses: Use[] = [];
  for (const node of walk(declaration)) {
    if (node.kind !== "name" || own.has(node.text) || node === declaration.name) continue;
    const found =
      declaration.kind === "schedule" || declaration.kind === "initializer"
        ? (lookUp(scope, declaration.kind, node.text) ?? lookUpValue(scope, node.text))
        : lookUpValue(scope, node.text);
    if (found !== undefined && found.declaration.kind !== "data") uses.push({ declared: found, span: node.span });
  }
  return uses;
}

/** What stands in the declaration before names of the file: parameters, dimensions, bound names, and names of arguments. */
function namesBoundIn(declaration: Callable | Definition, scope: FileScope): ReadonlySet<string> {
  const isConstant = (name: string): boolean => lookUp(scope, "value", name)?.declaration.kind === "const";
  const names = new Set<string>();
  for (const node of walk(declaration)) {
    if (
      node.kind === "tensorInput" ||
      node.kind === "setting" ||
      node.kind === "bareInput" ||
      node.kind === "param" ||
      node.kind === "state" ||
      node.kind === "scanInput" ||
      node.kind === "carry"
    )
      names.add(node.name.text);
    if (node.kind === "let") for (const target of node.targets) if (target.kind === "name") names.add(target.text);
    if (node.kind === "tensorType")
      for (const dimension of node.shape)
        for (const name of dimension.kind === "inferred" ? [] : unknownIn(dimension, isConstant)) names.add(name.text);
    if (node.kind === "argument" && node.label !== undefined) names.add(node.label.text);
  }
  return names;
}

interface Frame {
  readonly declared: Declared;
  readonly uses: readonly Use[];
  next: number;
}

/** Reports each circle once, at the use that closes it. */
export function checkRecursion(scope: FileScope, diagnostics: Diagnostic[]): void {
  const state = new Map<unknown, "open" | "done">();
  const open = (declared: Declared): Frame => {
    state.set(declared.declaration, "open");
    return { declared, uses: usesOf(declared), next: 0 };
  };
  for (const names of scope.names.values()) {
    for (const root of names.values()) {
      if (state.has(root.declaration)) continue;
      const stack = [open(root)];
      for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
        const use = top.uses.at(top.next);
        top.next += 1;
        if (use === undefined) {
          state.set(top.declared.declaration, "done");
          stack.pop();
        } else if (state.get(use.declared.declaration) === "open") diagnostics.push(circle(stack, use));
        else if (!state.has(use.declared.declaration)) stack.push(open(use.declared));
      }
    }
  }
}

function circle(stack: readonly Frame[], { declared, span }: Use): Diagnostic {
  const from = stack.findIndex((frame) => frame.declared.declaration === declared.declaration);
  const names = [
    ...stack.slice(from).map((frame) => frame.declared.declaration.name.text),
    declared.declaration.name.text,
  ];
  return diagnose(recursion, { circle: names.join(" → ") }, [
    label(span, "closes the circle"),
    ...stack.slice(from, from + 8).map((frame) => label(frame.declared.declaration.name.span, "declared here")),
  ]);
}
