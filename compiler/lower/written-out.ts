/**
 * Computes that are written out element by element, as Winograd's transforms are, for all the nodes of a program: one for each form, of which
 * the others are renamed, so that whoever comes later works each form out once. It lives as long as the lowering of one program.
 */
import { printAttributes, printType } from "../graph/print.ts";
import type { GraphNode, TensorType } from "../graph/types.ts";
import { asModel, renamedCompute } from "../loops/compute.ts";
import type { Compute } from "../loops/types.ts";
import type { Tensors } from "./tensors.ts";

interface Model {
  readonly compute: Compute;
  /** The tensor that it loads. */
  readonly source: string;
}

interface Input {
  readonly tensor: string;
  readonly type: TensorType;
}

export class WrittenOut {
  /** By op, since hardly any has such computes, then by all else that makes the compute. */
  readonly #models = new Map<string, Map<string, Model>>();

  /** The compute of a node like one that was kept. */
  find(node: GraphNode, [input]: readonly Input[], tensors: Tensors): Compute | undefined {
    const model = this.#models.get(node.op)?.get(keyOf(node, input, tensors));
    return model && renamedCompute(model.compute, (tensor) => (tensor === model.source ? input.tensor : tensor));
  }

  /** Keeps the compute of a node for others, where it is of that kind. */
  keep(node: GraphNode, [input, ...others]: readonly Input[], tensors: Tensors, compute: Compute): void {
    if (compute.kind !== "unrolled" || others.length > 0 || node.outputs.length > 1) return;
    const ofOp = this.#models.get(node.op) ?? new Map<string, Model>();
    this.#models.set(node.op, ofOp);
    asModel(compute);
    ofOp.set(keyOf(node, input, tensors), { compute, source: input.tensor });
  }
}

function keyOf({ attributes, outputs }: GraphNode, { tensor, type }: Input, tensors: Tensors): string {
  const seen = tensors.find(tensor);
  const types = [...outputs, type, ...(seen === undefined ? [] : [seen.declared, seen.type])];
  return [printAttributes(attributes), ...types.map(printType)].join(" ");
}
