/** `net.parameters` and `net.state`: a Map from names to tensors, in the program's order, whose `set` checks what it is given. */
import * as codes from "../../compiler/diagnostics/codes/runtime.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { withArticle } from "../../compiler/diagnostics/lists.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import { warnNotFinite } from "../save/not-finite.ts";
import { evaluate } from "./dimensions.ts";
import type { View } from "./executable.ts";
import { countOf, failure, kindOf, named } from "./fail.ts";
import { arrayName, isView } from "./inputs.ts";
import type { TensorInput } from "./inputs.ts";
import type { Store } from "./store.ts";

/** For the targets typescript and wasm `data` is the program's own memory: it changes as training goes on, and may be written. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: View;
}

export type TensorMap = ReadonlyMap<string, Tensor> & {
  /** Copies `values` in: what calls made before read is unchanged, what calls made after read is new. Throws NN0705 after `close`, NN0720 for an unknown name, NN0712 and NN0713 for a wrong type, length or shape; then nothing is changed. Numbers that are not finite are warnings of the network (NN0923). */
  readonly set: (name: string, values: TensorInput) => void;
};

type Buffer = Manifest["buffers"][number];

/**
 * `kind` is what messages call one of them; reading throws NN0721 where a GPU has newer values. What is set and not finite stands in `warned`, by
 * its name, until it is set anew. `requireOpen` throws where nothing can be set any more.
 */
export function tensorMap(
  kind: string,
  buffers: readonly Buffer[],
  store: Store,
  warned: Map<string, Diagnostic>,
  requireOpen: (call: string) => void,
): TensorMap {
  const types = new Map(buffers.map((buffer) => [buffer.name, buffer]));
  const tensors = new Map(
    buffers.map((buffer) => [buffer.name, { shape: shapeOf(buffer), data: store.view(buffer.name) }]),
  );
  const fresh = (): ReadonlyMap<string, Tensor> => {
    store.requireFresh(`reading a ${kind}`);
    return tensors;
  };
  return {
    get size() {
      return tensors.size;
    },
    has: (name) => tensors.has(name),
    keys: () => tensors.keys(),
    get: (name) => fresh().get(name),
    values: () => fresh().values(),
    entries: () => fresh().entries(),
    forEach: (visit, self) => fresh().forEach(visit, self),
    [Symbol.iterator]: () => fresh()[Symbol.iterator](),
    set: (name, values) => {
      requireOpen(`\`set\` of the ${kind}s`);
      const data = checkedTensor(kind, types, name, values);
      store.set(name, data);
      warned.delete(name);
      const tensor =
        data instanceof Float32Array ? [[name, { dtype: "f32", shape: [data.length], data }] as const] : [];
      for (const warning of warnNotFinite(`what was set of the ${kind}s`, new Map(tensor))) warned.set(name, warning);
    },
  };
}

/** Tensors by name, each as the buffer of that name takes it; callers without types may hand over anything. Throws NN0712, NN0713, NN0720. */
export function checkedTensors(
  buffers: readonly Buffer[],
  tensors: unknown,
): readonly (readonly [name: string, data: View])[] {
  if (!(tensors instanceof Map))
    throw failure(codes.wrongType, { name: "`tensors`", expected: "a Map by name", found: kindOf(tensors) });
  const types = new Map(buffers.map((buffer) => [buffer.name, buffer]));
  return [...tensors].map(([name, data]: [unknown, unknown]) => {
    const view = checkedTensor("tensor", types, name, data);
    return [String(name), view];
  });
}

/** The values of a tensor that is there and that they fit. Throws NN0712, NN0713, NN0720. */
function checkedTensor(kind: string, types: ReadonlyMap<string, Buffer>, name: unknown, values: unknown): View {
  if (typeof name !== "string")
    throw failure(codes.wrongType, { name: `the name of a ${kind}`, expected: "a string", found: kindOf(name) });
  const buffer = types.get(name);
  if (buffer !== undefined) return checkedValues(buffer, values);
  throw failure(codes.unknownTensor, { name: named(name), kind }, didYouMean(name, types.keys()));
}

/** Sizes of a buffer without open dimensions. */
export function shapeOf({ shape }: Buffer): readonly number[] {
  return shape.map((dimension) => evaluate(dimension, new Map()));
}

function checkedValues(buffer: Buffer, values: unknown): View {
  const { dtype } = buffer;
  const shape = shapeOf(buffer);
  const expected = `${withArticle(arrayName(dtype))} of shape [${shape.join(", ")}]`;
  const hasShape = typeof values === "object" && values !== null && "data" in values && "shape" in values;
  const shaped = hasShape ? values : { data: values, shape };
  if (!isView(shaped.data, dtype))
    throw failure(codes.wrongType, { name: named(buffer.name), expected, found: kindOf(shaped.data) });
  const found = Array.isArray(shaped.shape) ? shaped.shape.join(", ") : kindOf(shaped.shape);
  const count = shape.reduce((product, size) => product * size, 1);
  if (found === shape.join(", ") && shaped.data.length === count) return shaped.data;
  throw failure(codes.wrongLength, {
    name: named(buffer.name),
    expected,
    found: `${countOf(shaped.data.length)}${hasShape ? ` of shape [${found}]` : ""}`,
  });
}

/** A number that is not finite: of which tensor, and where in it. */
export interface NotFinite {
  readonly name: string;
  readonly index: number;
  readonly value: number;
}

/** The first of them: among the parameters, then the state, then what the optimiser keeps. */
export function firstNotFinite(
  buffers: readonly Pick<Manifest["buffers"][number], "name" | "role">[],
  view: (name: string) => View,
): NotFinite | null {
  const order = ["parameter", "state", "optimizer"];
  for (const { name } of order.flatMap((role) => buffers.filter((buffer) => buffer.role === role))) {
    const data = view(name);
    const index = data.findIndex((value) => !Number.isFinite(value));
    if (index >= 0) return { name, index, value: data[index] ?? NaN };
  }
  return null;
}
