/**
 * The blocks around a statement while it is printed: which names are visible, what they are called in the target's
 * text, where loop variables run, and in which block the value of an index first exists.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { axesOf } from "../loops/index.ts";
import type { Index, IndexTerm } from "../loops/types.ts";
import type { Facts } from "./integer.ts";
import type { Expression } from "./types.ts";
import { localsOfIndex } from "./uses.ts";
import { constant } from "../dimension/dimension.ts";

/** Names of different kinds never meet, even where they are spelled alike. */
export type NameSpace = "axis" | "dimension" | "local" | "buffer";

export interface Binding {
  /** As the target spells it. */
  readonly printed: string;
  readonly mutable: boolean;
  /** Of a local, what it was defined as. */
  readonly value?: Expression;
}

/** One block; `State` is what a target keeps for each. */
export class Scope<State> {
  readonly parent: Scope<State> | undefined;
  /** The variable where the block is the body of a loop. */
  readonly variable: string | undefined;
  readonly depth: number;
  readonly facts: Facts;
  readonly state: State;
  private readonly bindings = new Map<string, Binding>();

  constructor(state: State, facts: Facts, parent?: Scope<State>, variable?: string) {
    this.state = state;
    this.facts = facts;
    this.parent = parent;
    this.variable = variable;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
  }

  bind(space: NameSpace, name: string, printed: string, mutable = false, value?: Expression): void {
    this.bindings.set(`${space} ${name}`, { printed, mutable, ...(value === undefined ? {} : { value }) });
  }

  /** What the name means here, and the block that binds it. */
  find(space: NameSpace, name: string): { readonly binding: Binding; readonly scope: Scope<State> } {
    const binding = this.bindings.get(`${space} ${name}`);
    if (binding !== undefined) return { binding, scope: this };
    if (this.parent === undefined) throw new InternalError("target", `no ${space} named ${name} is visible here`);
    return this.parent.find(space, name);
  }

  /** The body of the innermost loop around this place, or the whole function's. */
  get loop(): Scope<State> {
    return this.parent === undefined || this.variable !== undefined ? this : this.parent.loop;
  }

  /** The outermost block in which the term has its value; `steady` unless an assignment may change it. */
  homeOf(term: IndexTerm): { readonly home: Scope<State>; readonly steady: boolean } {
    const index: Index = { terms: [term], constant: constant(0) };
    const locals = localsOfIndex(index);
    const found = [
      ...[...axesOf(index)].map((name) => this.find("axis", name)),
      ...locals.map((name) => this.find("local", name)),
    ];
    let home: Scope<State> = this.root;
    for (const { scope } of found) if (scope.depth > home.depth) home = scope;
    return { home, steady: found.every(({ binding }) => !binding.mutable) };
  }

  /** The innermost of the blocks in which the terms have their values. */
  homeOfAll(terms: readonly IndexTerm[]): Scope<State> {
    const homes = terms.map((term) => this.homeOf(term).home);
    return homes.reduce((deepest, home) => (home.depth > deepest.depth ? home : deepest), this.root);
  }

  /** The function's own block. */
  get root(): Scope<State> {
    return this.parent === undefined ? this : this.parent.root;
  }
}
