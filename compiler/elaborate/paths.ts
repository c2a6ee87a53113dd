/**
 * The paths of parameters: a tree of instances, one for each place where a call stands in the text. A path is fixed when the
 * instance is first asked for it, so that names count in the order of first application; the tree outlives an entry, so every
 * entry finds the same parameters.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import { UniqueNames } from "../program/unique-names.ts";

export class Instance {
  #parent: Instance | undefined;
  #name: string;
  #path: string | undefined;
  #settled = false;
  #place: Span | undefined;
  /** What sets the draws below a root apart from those below another root of the same name. */
  #apart = "";
  readonly #children = new Map<unknown, Instance>();
  readonly #taken = new UniqueNames();

  private constructor(parent: Instance | undefined, name: string) {
    this.#parent = parent;
    this.#name = name;
  }

  /** A model, whose path is its name. */
  static root(name: string, apart = ""): Instance {
    const root = new Instance(undefined, name);
    root.#path = name;
    root.#apart = apart;
    return root;
  }

  get parent(): Instance | undefined {
    return this.#parent;
  }

  /** Whether its path can no longer change. */
  get fixed(): boolean {
    return this.#path !== undefined;
  }

  /** The instance for what stands at `key` (a node of the syntax tree, an index), the same at each asking. */
  child(key: unknown, name: string): Instance {
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    const made = new Instance(this, name);
    this.#children.set(key, made);
    return made;
  }

  /** What stands at `key`, where something does and is directly below. */
  made(key: unknown): Instance | undefined {
    const known = this.#children.get(key);
    return known?.parent === this ? known : undefined;
  }

  /** Whether a `let` has named it, so that another one must not. */
  get settled(): boolean {
    return this.#settled;
  }

  settle(): void {
    this.#settled = true;
  }

  /** Gives a name in place of the block's, while the path is open: a `let`, or `as "name"` at `place`. */
  rename(name: string, place?: Span): void {
    if (this.fixed) return;
    this.#name = name;
    this.#place = place;
  }

  /** The `as` that gave it a name which another instance beside it has. */
  get displaced(): { readonly name: string; readonly place: Span } | undefined {
    const isOwn = this.#path === undefined || this.#path.endsWith(`.${this.#name}`);
    return isOwn || this.#place === undefined ? undefined : { name: this.#name, place: this.#place };
  }

  /** Puts it below another instance, while the path is open: a composition that a `let` binds, a layer that a call holds. */
  moveBelow(parent: Instance): void {
    if (!this.fixed && parent !== this) this.#parent = parent;
  }

  /** `Digits.dense_2`. */
  get path(): string {
    this.#path ??= `${this.#parent === undefined ? "" : `${this.#parent.path}.`}${this.#unique()}`;
    return this.#path;
  }

  /** Where the calls of the instances below it stand in the text, by their paths; of those that were applied. */
  places(): ReadonlyMap<string, Span> {
    const found = new Map<string, Span>();
    const instances: Instance[] = [this];
    // What is added on the way is walked, too.
    for (const instance of instances) {
      for (const [key, child] of instance.#children) {
        instances.push(child);
        const span = spanOf(key);
        if (child.#path !== undefined && span !== undefined) found.set(child.#path, span);
      }
    }
    return found;
  }

  /** By what a draw here differs from all others. */
  get drawKey(): string {
    return `${this.#set}${this.path}`;
  }

  get #set(): string {
    return this.#parent === undefined ? this.#apart : this.#parent.#set;
  }

  /** The name itself the first time below its parent, then with `_2`, `_3`, …, skipping what somebody wrote so. */
  #unique(): string {
    return this.#parent === undefined ? this.#name : this.#parent.#taken.take(this.#name);
  }
}

/** Of a node of the syntax tree. */
function spanOf(key: unknown): Span | undefined {
  return typeof key === "object" && key !== null && "span" in key ? (key as { readonly span: Span }).span : undefined;
}

/** FNV-1a over UTF-16 units as an i32: the random stream of a path. */
export function streamOf(path: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < path.length; index += 1) hash = Math.imul(hash ^ path.charCodeAt(index), 0x01000193);
  return hash | 0;
}
