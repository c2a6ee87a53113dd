/**
 * The form of a kernel: what it is up to the names of its tensors. Kernels of one form are scheduled once, since a deep
 * network has few forms and many kernels.
 */
import type { TensorType } from "../graph/types.ts";
import { indexForm, scalarForm } from "../loops/keys.ts";
import type { Axis, Index, Scalar } from "../loops/types.ts";
import type { Kernel, Let, Stage, Store } from "./types.ts";

export interface Form {
  /** Equal for kernels that differ in the names of tensors alone. */
  readonly key: string;
  /** The tensors by first appearance in the key. */
  readonly tensors: readonly string[];
}

/** What writes the parts of a kernel, its tensors by number. */
interface Writer {
  readonly name: (tensor: string) => string;
  readonly scalar: (scalar: Scalar) => string;
  readonly index: (index: Index) => string;
}

/** The form of a kernel whose tensors have these types. */
export function formOf({ grid, rows, stages }: Kernel, typeOf: (tensor: string) => TensorType): Form {
  const numbers = new Map<string, number>();
  const own = new Set(rows.map((row) => row.name));
  const name = (tensor: string): string => {
    // Rows are no tensors: they keep their names, which others of the form have, too.
    if (own.has(tensor)) return tensor;
    const number = numbers.get(tensor) ?? numbers.size;
    numbers.set(tensor, number);
    return `#${number}`;
  };
  const writer: Writer = {
    name,
    scalar: (scalar) => scalarForm(scalar, name),
    index: (index) => indexForm(index, name),
  };
  const body = [
    axesForm(grid),
    ...rows.map((row) => `row ${row.name}: ${row.dtype}[${row.shape.map(({ key }) => key).join(", ")}]`),
    ...stages.map((stage) => stageForm(stage, writer)),
  ];
  const tensors = [...numbers.keys()];
  const types = tensors.map(typeOf).map(({ dtype, shape }) => `${dtype}[${shape.map(({ key }) => key).join(", ")}]`);
  return { key: [...types, ...body].join("\n"), tensors };
}

function axesForm(axes: readonly Axis[]): string {
  return axes.map(({ name, extent }) => `${name} < ${extent.key}`).join(", ");
}

function stageForm(stage: Stage, writer: Writer): string {
  const { name, scalar, index } = writer;
  const named = (lets: readonly Let[]): string => lets.map((one) => `${one.name} = ${scalar(one.value)}`).join("; ");
  const stores = (list: readonly Store[]): string => list.map((store) => storeForm(store, writer)).join("; ");
  switch (stage.kind) {
    case "let":
      return `let ${named([stage])}`;
    case "store":
      return `store ${stores([stage.store])}`;
    case "reduce": {
      const combines = stage.results.map(({ combine, dtype }) => `${combine} ${dtype}`).join(", ");
      const order = JSON.stringify(stage.order);
      return `reduce ${axesForm(stage.over)} ${order}: ${named(stage.lets)} | ${combines} | ${named(stage.results)}`;
    }
    case "sweep":
      return `sweep ${axesForm(stage.over)}: ${named(stage.lets)} | ${stores(stage.stores)}`;
    case "scatter": {
      const zero = `${axesForm(stage.zero)} | ${stage.zeroIndices.map(index).join(", ")}`;
      const at = `${name(stage.tensor)}: ${stage.dtype}[${stage.at.map(index).join(", ")}]`;
      return `scatter ${zero} | ${axesForm(stage.over)}: ${named(stage.lets)} | ${at} += ${scalar(stage.value)}`;
    }
  }
}

function storeForm({ tensor, dtype, indices, value }: Store, { name, scalar, index }: Writer): string {
  return `${name(tensor)}: ${dtype}[${indices.map(index).join(", ")}] = ${scalar(value)}`;
}
