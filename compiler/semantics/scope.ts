/** The names of one body: what is bound, where, and what is bound further down. */
import type { Span } from "../diagnostics/diagnostic.ts";
import { walk } from "../syntax/children.ts";
import type { Node } from "../syntax/ast.ts";

export class Scope {
  readonly #names = new Map<string, Span>();
  readonly #outer: Scope | undefined;
  /** Where names are bound anywhere below, before they are. */
  readonly #later: ReadonlyMap<string, Span>;
  /** What the innermost scan around carries; undefined outside of every scan. */
  readonly carries: readonly string[] | undefined;

  constructor(outer?: Scope, below: readonly Node[] = [], carries = outer?.carries) {
    this.#outer = outer;
    this.#later = bindings(below);
    this.carries = carries;
  }

  bind(name: string, span: Span): void {
    this.#names.set(name, span);
  }

  find(name: string): Span | undefined {
    return this.#names.get(name) ?? this.#outer?.find(name);
  }

  /** The place that will bind a name which is not bound yet. */
  findLater(name: string): Span | undefined {
    return this.#later.get(name) ?? this.#outer?.findLater(name);
  }

  names(): readonly string[] {
    return [...this.#names.keys(), ...(this.#outer?.names() ?? [])];
  }
}

function bindings(nodes: readonly Node[]): ReadonlyMap<string, Span> {
  const found = new Map<string, Span>();
  for (const root of nodes) {
    for (const node of walk(root)) {
      if (node.kind === "param" || node.kind === "state") found.set(node.name.text, node.name.span);
      if (node.kind === "let")
        for (const target of node.targets) if (target.kind === "name") found.set(target.text, target.span);
    }
  }
  return found;
}
