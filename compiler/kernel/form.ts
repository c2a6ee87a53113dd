/**
 * The form of a kernel: what it is up to the names of its tensors, axes and locals. Kernels of one form are scheduled once, since a
 * deep network has few forms and many kernels, and parameters whose updates have one form move as one.
 */
import type { TensorType } from "../graph/types.ts";
import { indexForm, scalarForm, type Naming } from "../loops/keys.ts";
import type { Axis, Index, Scalar } from "../loops/types.ts";
import { likenesses } from "./alike.ts";
import type { Kernel, Let, Stage, Store } from "./types.ts";

export interface Form {
  /** Equal for kernels that differ in names alone. */
  readonly key: string;
  /** The tensors by first appearance in the key, without those that count by name. */
  readonly tensors: readonly string[];
}

/** What writes the parts of a kernel. */
interface Writer extends Naming {
  readonly scalar: (scalar: Scalar) => string;
  readonly index: (index: Index) => string;
}

/** The form of a kernel whose tensors have these types; `byName` says which of them are a part of it themselves. */
export function formOf(
  kernel: Kernel,
  typeOf: (tensor: string) => TensorType,
  byName?: (tensor: string) => boolean,
): Form {
  const { body, tensors } = byName === undefined ? knownBodyOf(kernel) : bodyOf(kernel, byName);
  const types = tensors.map(typeOf).map(({ dtype, shape }) => `${dtype}${shapeForm(shape)}`);
  return { key: [...types, body].join("\n"), tensors };
}

/** A form without the types. */
interface Body {
  readonly body: string;
  readonly tensors: readonly string[];
}

/** Of models: what the kernels like them have in common, in the model's names, and the loops around the stages that this holds of. */
const bodies = new WeakMap<readonly Stage[], Body & Pick<Kernel, "grid" | "rows">>();

function knownBodyOf(kernel: Kernel): Body {
  const like = likenesses.of(kernel.stages);
  if (like === undefined) return bodyOf(kernel);
  const { model, names } = like;
  const known = bodies.get(model);
  if (known !== undefined && known.grid === kernel.grid && haveEqualShapes(known.rows, kernel.rows))
    return { body: known.body, tensors: known.tensors.map((tensor) => names.get(tensor) ?? tensor) };
  const made = bodyOf(kernel);
  const models = new Map([...names].map(([tensor, name]) => [name, tensor]));
  const tensors = made.tensors.map((tensor) => models.get(tensor) ?? tensor);
  bodies.set(model, { body: made.body, tensors, grid: kernel.grid, rows: kernel.rows });
  return made;
}

function haveEqualShapes(rows: Kernel["rows"], others: Kernel["rows"]): boolean {
  return rows.length === others.length && rows.every((row, n) => row.shape === others[n].shape);
}

function bodyOf({ grid, rows, stages }: Kernel, byName: (tensor: string) => boolean = () => false): Body {
  const numbers = new Map<string, number>();
  const tensor = numbering("#", numbers);
  // Rows are no tensors, though they share a name space with them.
  const row = new Map(rows.map(({ name }, position) => [name, `row${position}`]));
  const naming: Naming = {
    tensor: (name) => row.get(name) ?? (byName(name) ? name : tensor(name)),
    axis: numbering("a"),
    local: numbering("$"),
  };
  const writer: Writer = {
    ...naming,
    scalar: (scalar) => scalarForm(scalar, naming),
    index: (index) => indexForm(index, naming),
  };
  const body = [
    axesForm(grid, writer),
    ...rows.map(({ dtype, shape }) => `row: ${dtype}${shapeForm(shape)}`),
    ...stages.map((stage) => stageForm(stage, writer)),
  ];
  return { body: body.join("\n"), tensors: [...numbers.keys()] };
}

/** Names by first appearance. */
function numbering(prefix: string, numbers = new Map<string, number>()): (name: string) => string {
  return (name) => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return `${prefix}${number}`;
  };
}

function shapeForm(shape: TensorType["shape"]): string {
  return `[${shape.map(({ key }) => key).join(", ")}]`;
}

function axesForm(axes: readonly Axis[], { axis }: Writer): string {
  return axes.map(({ name, extent }) => `${axis(name)} < ${extent.key}`).join(", ");
}

function stageForm(stage: Stage, writer: Writer): string {
  const { tensor, local, scalar, index } = writer;
  const named = (lets: readonly Let[]): string =>
    lets.map((one) => `${local(one.name)} = ${scalar(one.value)}`).join("; ");
  const stores = (list: readonly Store[]): string => list.map((store) => storeForm(store, writer)).join("; ");
  switch (stage.kind) {
    case "let":
      return `let ${named([stage])}`;
    case "store":
      return `store ${stores([stage.store])}`;
    case "reduce": {
      const combines = stage.results.map(({ combine, dtype }) => `${combine} ${dtype}`).join(", ");
      const order = JSON.stringify(stage.order);
      return `reduce ${axesForm(stage.over, writer)} ${order}: ${named(stage.lets)} | ${combines} | ${named(stage.results)}`;
    }
    case "sweep":
      return `sweep ${axesForm(stage.over, writer)}: ${named(stage.lets)} | ${stores(stage.stores)}`;
    case "nest":
      return `nest ${axesForm(stage.over, writer)}: { ${stage.stages.map((one) => stageForm(one, writer)).join("; ")} }`;
    case "scatter": {
      const zero = `${axesForm(stage.zero, writer)} | ${stage.zeroIndices.map(index).join(", ")}`;
      const at = `${tensor(stage.tensor)}: ${stage.dtype}[${stage.at.map(index).join(", ")}]`;
      return `scatter ${zero} | ${axesForm(stage.over, writer)}: ${named(stage.lets)} | ${at} += ${scalar(stage.value)}`;
    }
  }
}

function storeForm(store: Store, { tensor, scalar, index }: Writer): string {
  return `${tensor(store.tensor)}: ${store.dtype}[${store.indices.map(index).join(", ")}] = ${scalar(store.value)}`;
}
