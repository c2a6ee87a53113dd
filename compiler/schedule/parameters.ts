/** The signature of a scheduled kernel: its buffers in order of appearance, and the open dimensions that its body uses. */
import { symbolsOf } from "../dimension/dimension.ts";
import type { TensorType } from "../graph/types.ts";
import { dimensionsOf } from "../loops/index.ts";
import { allNodesOf, indicesOf } from "../program/traverse.ts";
import type { KernelParameter, Statement } from "../program/types.ts";
import { accountOf } from "../kernel/accesses.ts";
import { readsOf, writesOf } from "../kernel/tensors.ts";
import type { Kernel } from "../kernel/types.ts";

/**
 * Read ones first. `update` is what is loaded before it is stored: what a kernel stores and loads again, or a scatter's
 * target, is written, since what it held before does not matter.
 */
export function parametersOf(kernel: Kernel, tensors: (name: string) => TensorType): readonly KernelParameter[] {
  const { loads, stores } = accountOf(kernel);
  return [...new Set([...readsOf(kernel), ...writesOf(kernel)])].map((name) => {
    const [loaded] = loads.get(name) ?? [];
    const [stored] = stores.get(name) ?? [];
    const isUpdate = loaded !== undefined && stored !== undefined && loaded.moment < stored.moment;
    const access = stored === undefined ? "read" : isUpdate ? "update" : "write";
    return { name, dtype: tensors(name).dtype, access };
  });
}

/** The open dimensions in the statements, sorted by name. */
export function dimsOf(statements: readonly Statement[]): readonly string[] {
  const sizes = allNodesOf(statements).flatMap(indicesOf).flatMap(dimensionsOf);
  return [...new Set(sizes.flatMap((size) => [...symbolsOf(size)]))].sort();
}

/** The functions of the program that the statements call. */
export function functionsUsed(statements: readonly Statement[]): ReadonlySet<string> {
  return new Set(allNodesOf(statements).flatMap((node) => (node.kind === "call" ? [node.function] : [])));
}
