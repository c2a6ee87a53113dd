/**
 * A random program: a graph, the bounds of its open dimensions, the sizes at which it is run, and how its inputs are
 * drawn. Everything follows from the seed.
 */
import { evaluate } from "../../compiler/dimension/dimension.ts";
import { stringOf } from "../../compiler/graph/attributes.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { GraphNode, InputRole } from "../../compiler/graph/types.ts";
import { newElements, type Interpreted } from "../../compiler/loops/interpret.ts";
import type { ElementType } from "../../compiler/loops/types.ts";
import { hashOf, Random } from "./random.ts";

export type Dims = ReadonlyMap<string, number>;
export type Tensors = ReadonlyMap<string, Interpreted>;

/**
 * How an input's numbers are drawn. `plain`: −2 to 2; `ties`: a few whole numbers and both zeros; `special`: infinities,
 * NaN, tiny and huge numbers among others; `ids`: −1 to 6; `wide`: every i32, the extremes often.
 */
export type Profile = "plain" | "ties" | "special" | "ids" | "wide";

export interface RandomProgram {
  /** The entry's name, which begins the names of all its inputs and outputs. */
  readonly name: string;
  readonly graph: Graph;
  readonly bounds: Dims;
  /** Values of the open dimensions at which it is run. */
  readonly sizes: readonly Dims[];
  readonly profiles: ReadonlyMap<string, Profile>;
  /** Where it can be differentiated: the loss, an output, and the inputs whose gradients are outputs `grad.<input>`. */
  readonly smooth: Smooth | undefined;
}

export interface Smooth {
  readonly loss: string;
  readonly wrt: readonly string[];
}

export function nameOf(node: GraphNode): string {
  return stringOf(node.attributes, "name");
}

export function roleOf(node: GraphNode): InputRole {
  // The generator and the shrinker write only roles there.
  return node.attributes["role"] as InputRole;
}

/** Values for all of a program's inputs. */
export function inputsOf({ graph, profiles }: Pick<RandomProgram, "graph" | "profiles">, dims: Dims): Tensors {
  return new Map(
    graph.inputs.map((node) => {
      const name = nameOf(node);
      const [{ dtype, shape }] = node.outputs;
      const sizes = shape.map((size) => evaluate(size, dims) ?? Number.NaN);
      const data = newElements(
        dtype,
        sizes.reduce((all, size) => all * size, 1),
        "f32",
      );
      const draw = drawing(dtype, profiles.get(name) ?? "plain", new Random(hashOf(name)));
      data.forEach((_, at) => (data[at] = draw()));
      return [name, { shape: sizes, data }] as const;
    }),
  );
}

const specials: readonly number[] = [0, -0, 1, -1, Infinity, -Infinity, NaN, 1e-40, -1e30, 3e38, 0.5, 2 ** 24 + 1];
const extremes: readonly number[] = [0, 1, -1, 2147483647, -2147483648, 65537, 7, -3];

function drawing(dtype: ElementType, profile: Profile, random: Random): () => number {
  if (dtype === "bool") return () => random.below(2);
  switch (profile) {
    case "plain":
      return dtype === "f32" ? () => random.next() * 4 - 2 : () => random.between(-4, 4);
    case "ties":
      return () => random.pick([-2, -1, -0, 0, 1, 2]);
    case "special":
      return () => (random.chance(0.4) ? random.pick(specials) : random.next() * 4 - 2);
    case "ids":
      return () => random.between(-1, 6);
    case "wide":
      return () => (random.chance(0.5) ? random.pick(extremes) : (random.next() * 2 ** 32) | 0);
  }
}
