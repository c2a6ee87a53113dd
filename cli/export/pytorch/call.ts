/** One primitive of a graph, about to be written: its operands as text, and what the function around it offers. */
import { product, type Dimension } from "../../../compiler/dimension/dimension.ts";
import type { Attributes, TensorType } from "../../../compiler/graph/types.ts";
import type { HelperName } from "./helpers.ts";
import { bound, level, numberCode, tuple, type Text } from "./python.ts";

/** What the function that is written offers to every line of it. */
export interface Surroundings {
  readonly size: (dimension: Dimension) => Text;
  /** Where new tensors are made. */
  readonly device: () => string;
  /** Asks for a function that stands above the class. */
  readonly use: (helper: HelperName) => string;
  /** The open dimension that counts the rows of a batch. */
  readonly rows: string | undefined;
}

export interface Operand {
  readonly text: Text;
  readonly type: TensorType;
}

const dtypes = { f32: "torch.float32", i32: "torch.int32", bool: "torch.bool" } as const;

export class Call {
  readonly attributes: Attributes;
  readonly output: TensorType;
  readonly operands: readonly Operand[];
  readonly around: Surroundings;

  constructor(attributes: Attributes, output: TensorType, operands: readonly Operand[], around: Surroundings) {
    this.attributes = attributes;
    this.output = output;
    this.operands = operands;
    this.around = around;
  }

  /** As it stands: a number, or a tensor that broadcasts to the operand's shape. */
  loose(at: number, least: number = level.call): string {
    return bound(this.operands[at].text, least);
  }

  /** A tensor that broadcasts to the operand's shape. */
  tensor(at: number, least: number = level.call): string {
    const { text, type } = this.operands[at];
    return text.number ? scalarCode(text.code, type) : bound(text, least);
  }

  /** The same at the place of new tensors. */
  placed(at: number): string {
    const { text, type } = this.operands[at];
    return text.number ? scalarCode(text.code, type).replace(/\)$/, `, device=${this.around.device()})`) : text.code;
  }

  /** A tensor of the operand's very shape. */
  whole(at: number, least: number = level.call): string {
    const { text, type } = this.operands[at];
    if (text.whole) return bound(text, least);
    if (text.number && type.shape.length === 0) return scalarCode(text.code, type);
    if (text.number) return filledCode(text.code, type, this.around);
    return `${bound(text, level.call)}.expand(${this.shape(type.shape)})`;
  }

  size(dimension: Dimension): string {
    return this.around.size(dimension).code;
  }

  sizes(dimensions: readonly Dimension[]): string {
    return tuple(dimensions.map((one) => this.size(one)));
  }

  /** The arguments of a method that takes a shape. */
  shape(dimensions: readonly Dimension[]): string {
    return dimensions.length === 0 ? "()" : dimensions.map((one) => this.size(one)).join(", ");
  }

  count(dimensions: readonly Dimension[]): string {
    return bound(this.around.size(product(dimensions)), level.call);
  }
}

/** A number as a tensor without axes. */
function scalarCode(code: string, { dtype }: TensorType): string {
  if (dtype !== "f32") return `torch.tensor(${code}, dtype=${dtypes[dtype]})`;
  return `torch.tensor(${/^-?[\d.]+(e[-+]?\d+)?$/.test(code) ? numberCode(Number(code), "f32") : `float(${code})`})`;
}

function filledCode(code: string, { dtype, shape }: TensorType, { size, device }: Surroundings): string {
  const sizes = tuple(shape.map((one) => size(one).code));
  const place = `${dtype === "f32" ? "" : `dtype=${dtypes[dtype]}, `}device=${device()}`;
  if (code === "0.0" || code === "0") return `torch.zeros(${sizes}, ${place})`;
  if (code === "1.0" || code === "1") return `torch.ones(${sizes}, ${place})`;
  return `torch.full(${sizes}, ${code}, dtype=${dtypes[dtype]}, device=${device()})`;
}

export function dtypeCode(dtype: TensorType["dtype"]): string {
  return dtypes[dtype];
}
