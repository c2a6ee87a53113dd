/**
 * Computes that are like one model, with the values that are never stored written into them: done once for each model and each form of
 * what is written in, then renamed.
 */
import { asModel, likenesses, renamedCompute } from "../loops/compute.ts";
import { scalarForm } from "../loops/keys.ts";
import type { Compute } from "../loops/types.ts";

/** What is never stored, by its name. */
type Virtual = ReadonlyMap<string, Extract<Compute, { readonly kind: "map" }>>;

interface Expanded {
  readonly compute: Compute;
  /** The tensors that it may load, by first appearance in the form. */
  readonly tensors: readonly string[];
}

/** For one level, where the ranges of a model's axes and the bounds stay the same. */
export class ExpandedModels {
  readonly #known = new Map<Compute, Map<string, Expanded>>();

  /** The compute as `expand` makes it. */
  expand(compute: Compute, virtual: Virtual, expand: () => Compute): Compute {
    const like = likenesses.of(compute);
    if (like === undefined) return expand();
    const ofModel = this.#known.get(like.model) ?? new Map<string, Expanded>();
    this.#known.set(like.model, ofModel);
    const { key, tensors } = formOf(like.names.values(), virtual);
    const known = ofModel.get(key);
    if (known !== undefined) {
      const names = new Map(known.tensors.map((tensor, n) => [tensor, tensors[n]]));
      return renamedCompute(known.compute, (tensor) => names.get(tensor) ?? tensor);
    }
    const made = asModel(expand());
    ofModel.set(key, { compute: made, tensors });
    return made;
  }
}

/** What stands for each tensor, up to the names of the tensors that are loaded then. */
function formOf(
  loaded: Iterable<string>,
  virtual: Virtual,
): { readonly key: string; readonly tensors: readonly string[] } {
  const numbers = new Map<string, number>();
  const tensor = (name: string): string => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return `#${number}`;
  };
  const own = (name: string): string => name;
  let key = "";
  for (const name of loaded) {
    const definition = virtual.get(name);
    if (definition === undefined) {
      key += `${tensor(name)}\n`;
      continue;
    }
    const { axes, value } = definition;
    const loops = axes.map((axis) => `${axis.name} < ${axis.extent.key}`).join(", ");
    key += `${loops}: ${scalarForm(value, { tensor, axis: own, local: own })}\n`;
  }
  return { key, tensors: [...numbers.keys()] };
}
