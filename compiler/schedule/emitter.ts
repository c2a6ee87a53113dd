/**
 * Writes statements: every expression gets a name once, in the outermost loop where all that it reads is known, so that
 * common subexpressions are shared and invariant ones leave their loops. `tidy` puts back what is used once.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { axisIndex } from "../loops/index.ts";
import type { ElementType, Index } from "../loops/types.ts";
import { nodesOf } from "../program/traverse.ts";
import type { Expression, Statement, ValueType } from "../program/types.ts";
import { namesRead } from "../program/uses.ts";
import type { Variable } from "./expressions.ts";
import { expressionKey, isTrivial, variableOf } from "./expressions.ts";

interface Scope {
  readonly statements: Statement[];
  readonly shared: Map<string, Variable>;
  /** Nothing inside may be moved out: it stands under a condition. */
  readonly barrier: boolean;
}

interface PendingStore {
  readonly buffer: string;
  readonly address: Index;
  readonly value: Expression;
}

interface PrivateArray {
  readonly name: string;
  readonly dtype: ElementType;
  readonly elements: number;
}

export interface Loop {
  readonly hint: string;
  readonly from: Index;
  readonly to: Index;
  readonly step: number;
  readonly role: "serial" | "parallel";
  /** The loop may be empty where what it reads is not there: nothing moves out of it. */
  readonly guarded?: boolean;
}

function newScope(barrier: boolean): Scope {
  return { statements: [], shared: new Map(), barrier };
}

export class Emitter {
  readonly #scopes: Scope[] = [newScope(false)];
  /** The scope of each name, counted from the outermost. */
  readonly #depths = new Map<string, number>();
  readonly #used = new Map<string, number>();
  /** Buffers that the kernel writes: loads of them stay where they are written. Counts the stores so far. */
  readonly #versions: Map<string, number>;
  /** How often each variable was given another value. */
  readonly #assigned = new Map<string, number>();
  /** What each private array was last filled with, where that was at the outermost level. */
  readonly #fills = new Map<string, string>();
  #pending: PendingStore[] = [];
  /** Nothing moves out of the scope of this depth for now. */
  #floor = 0;

  /** By what they are for and hold. */
  readonly #arrays = new Map<string, PrivateArray>();
  readonly #buffers: ReadonlySet<string>;

  /** `buffers` are all that the kernel has, `written` those that it writes. */
  constructor(buffers: Iterable<string>, written: Iterable<string>) {
    this.#buffers = new Set(buffers);
    this.#versions = new Map([...written].map((name) => [name, 0]));
  }

  /** The private array of a type for a purpose, of at least this many elements. */
  array(purpose: string, dtype: ElementType, elements: number): string {
    const own = dtype === "f32" ? purpose : `${purpose}_${dtype}`;
    const known = this.#arrays.get(own);
    const name = known?.name ?? this.#freeBuffer(own);
    this.#arrays.set(own, { name, dtype, elements: Math.max(elements, known?.elements ?? 0) });
    if (known === undefined) this.#versions.set(name, 0);
    return name;
  }

  #freeBuffer(purpose: string): string {
    let name = purpose;
    while (this.#buffers.has(name)) name = `${name}_`;
    return name;
  }

  get arrays(): readonly PrivateArray[] {
    return [...this.#arrays.values()];
  }

  /** A name like the hint that nothing else in the kernel has. */
  #fresh(hint: string): string {
    const count = this.#used.get(hint);
    this.#used.set(hint, (count ?? 0) + 1);
    return count === undefined ? hint : this.#fresh(`${hint}_${count}`);
  }

  /** The variable that holds this value; constants and variables are themselves. */
  define(value: Expression, hint = "t"): Expression {
    if (isTrivial(value)) return value;
    const [buffers, names] = [buffersOf(value), namesRead(value)];
    const moving = !buffers.some((buffer) => this.#versions.has(buffer));
    const depth = moving ? this.#depthOf(names) : this.#scopes.length - 1;
    const key = `${this.#versionOf(buffers, names)}${expressionKey(value)}`;
    for (const scope of this.#scopes.slice(depth)) {
      const known = scope.shared.get(key);
      if (known !== undefined) return known;
    }
    return this.#define(value, hint, key, depth);
  }

  #define(value: Expression, hint: string, key: string, depth: number): Variable {
    const name = this.#fresh(hint);
    const variable = variableOf(name, value.type);
    this.#depths.set(name, depth);
    this.#scopes[depth].statements.push({ kind: "define", name, type: value.type, mutable: false, value });
    this.#scopes[depth].shared.set(key, variable);
    return variable;
  }

  /** A variable of the innermost scope that `assign` may change. */
  mutable(hint: string, type: ValueType, value: Expression): Variable {
    const name = this.#fresh(hint);
    this.#depths.set(name, this.#scopes.length - 1);
    this.#push({ kind: "define", name, type, mutable: true, value });
    return variableOf(name, type);
  }

  /** What was defined by the variable's value so far does not stand for what is defined by its new one. */
  assign(variable: Variable, value: Expression): void {
    this.#push({ kind: "assign", name: variable.name, value });
    this.#assigned.set(variable.name, (this.#assigned.get(variable.name) ?? 0) + 1);
  }

  /** Stores at the next `flush`, the latest where a loop begins or this one ends: loads come first, then stores. */
  store(buffer: string, address: Index, value: Expression): void {
    this.#pending.push({ buffer, address, value });
  }

  /** A loop over a new variable, which `body` gets as an index. */
  loop(loop: Loop, body: (variable: Index) => void): void {
    this.flush();
    const { hint, from, to, step, role, guarded } = loop;
    const variable = this.#fresh(hint);
    this.#depths.set(variable, this.#scopes.length);
    const inner = this.#inside(newScope(guarded === true), () => body(axisIndex(variable)));
    if (inner.length > 0) this.#push({ kind: "for", variable, from, to, step, role, body: inner });
  }

  /** Runs `whenTrue` where the condition holds, else `otherwise`. */
  when(condition: Expression, whenTrue: () => void, otherwise: () => void = () => {}): void {
    this.flush();
    const yes = this.#inside(newScope(true), whenTrue);
    const no = this.#inside(newScope(true), otherwise);
    this.#push({ kind: "if", condition, whenTrue: yes, otherwise: no });
  }

  /** Fills private arrays, unless the outermost level has just done so: `key` says with what, and where, if it is always the same. */
  fill(arrays: readonly string[], key: string | undefined, body: () => void): void {
    const known = this.#scopes.length === 1 ? key : undefined;
    if (known !== undefined && arrays.every((array) => this.#fills.get(array) === known)) return;
    body();
    for (const array of arrays) {
      if (known === undefined) this.#fills.delete(array);
      else this.#fills.set(array, known);
    }
  }

  /** Runs `body` with what it defines kept in this scope: where registers are scarce a hoisted value would cost a spill. */
  pinned<Result>(body: () => Result): Result {
    const before = this.#floor;
    this.#floor = this.#scopes.length - 1;
    const result = body();
    this.#floor = before;
    return result;
  }

  /** Everything written so far at the outermost level. */
  finish(): readonly Statement[] {
    this.flush();
    if (this.#scopes.length !== 1) throw new InternalError("schedule", "finished inside a loop");
    return this.#scopes[0].statements;
  }

  /** Writes the stores that wait. */
  flush(): void {
    for (const { buffer, address, value } of this.#pending) {
      this.#push({ kind: "store", buffer, address, value });
      this.#versions.set(buffer, (this.#versions.get(buffer) ?? 0) + 1);
    }
    this.#pending = [];
  }

  #inside(scope: Scope, body: () => void): readonly Statement[] {
    this.#scopes.push(scope);
    body();
    this.flush();
    this.#scopes.pop();
    return scope.statements;
  }

  #push(statement: Statement): void {
    this.#scopes[this.#scopes.length - 1].statements.push(statement);
  }

  /** How often what it reads has changed; empty of what never does. */
  #versionOf(buffers: readonly string[], names: readonly string[]): string {
    const stores = buffers.map((buffer) => this.#versions.get(buffer) ?? 0);
    const assigned = names.map((name) => this.#assigned.get(name) ?? 0);
    const versions = [...stores, ...assigned];
    return versions.some((count) => count > 0) ? `${versions.join(".")} ` : "";
  }

  /** The outermost scope where everything that the expression reads is known and no condition is left. */
  #depthOf(names: readonly string[]): number {
    const barrier = this.#scopes.findLastIndex((scope) => scope.barrier);
    return Math.max(this.#floor, barrier, ...names.map((name) => this.#depthOfName(name)));
  }

  #depthOfName(name: string): number {
    const depth = this.#depths.get(name);
    if (depth === undefined) throw new InternalError("schedule", `'${name}' is read before it is defined`);
    return depth;
  }
}

function buffersOf(expression: Expression): readonly string[] {
  return nodesOf(expression).flatMap((node) => (node.kind === "load" ? [node.buffer] : []));
}
