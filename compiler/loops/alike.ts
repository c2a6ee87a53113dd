/**
 * What is another one up to the names of tensors. A deep network repeats what is written out at length, such as Winograd's transforms: then
 * one is the model, the others are made by renaming it, and what is worked out of the model holds of them, too, with their names.
 */
import { mapDataScalars } from "./index.ts";
import { mapScalar } from "./scalar.ts";
import type { Index, Scalar } from "./types.ts";

export type Names = ReadonlyMap<string, string>;

/** How a form came from its model: each of the model's tensors, in their order there, and what it is called here. */
export interface Likeness<Form> {
  readonly model: Form;
  readonly names: Names;
}

/** Which forms of a kind are like which. Nothing is kept longer than the forms themselves. */
export class Likenesses<Form extends object> {
  readonly #known = new WeakMap<Form, Likeness<Form>>();

  of(form: Form): Likeness<Form> | undefined {
    return this.#known.get(form);
  }

  /** Declares the form a model with these tensors. */
  declare(form: Form, tensors: Iterable<string>): void {
    this.#known.set(form, { model: form, names: new Map([...tensors].map((tensor) => [tensor, tensor])) });
  }

  /** Says that `renamed` is the form with its tensors renamed: it is like the same model, if tensors that differ still do. */
  follow(form: Form, renamed: Form, rename: (tensor: string) => string): void {
    const like = this.of(form);
    if (like === undefined) return;
    const names = new Map([...like.names].map(([tensor, name]) => [tensor, rename(name)]));
    if (new Set(names.values()).size === names.size) this.#known.set(renamed, { model: like.model, names });
  }
}

/** Scalars in which nothing is to be renamed: what is like its model shares them. */
const withoutLoads = new WeakSet<Scalar>();

/** The scalar with the tensors that it loads renamed; itself where none is. */
export function renameLoads(scalar: Scalar, rename: (tensor: string) => string): Scalar {
  if (withoutLoads.has(scalar)) return scalar;
  let loads = false;
  const renamed = mapScalar(scalar, (node) => {
    if (node.kind !== "load") return node;
    loads = true;
    const tensor = rename(node.tensor);
    return tensor === node.tensor ? node : { ...node, tensor };
  });
  if (!loads) withoutLoads.add(renamed);
  return renamed;
}

export function renameLoadsInIndex(index: Index, rename: (tensor: string) => string): Index {
  return mapDataScalars(index, (value) => renameLoads(value, rename));
}
