/**
 * Writes the nodes of an ONNX graph: fresh names, numbers as initializers, and open sizes, which are read off the shapes of the inputs once, in
 * front of all else, so that loops see them, too.
 */
import { constantValue } from "../../../compiler/dimension/dimension.ts";
import type { Atom, Dimension } from "../../../compiler/dimension/dimension.ts";
import { InternalError } from "../../../compiler/diagnostics/diagnostic.ts";
import { UniqueNames } from "../../../compiler/program/unique-names.ts";
import type { DataType, OnnxAttribute, OnnxNode, OnnxTensor } from "./model.ts";

export type Attributes = OnnxNode["attributes"];

/** Where a node comes from: the path of the layer, and a text on its place in the source. */
export interface Place {
  readonly path: string;
  readonly doc: string;
}

/** Where an open size is read: an axis of an input. */
export interface SizeSource {
  readonly input: string;
  readonly axis: number;
}

/** The nodes of a graph, or of what a loop runs, which also sees what was made outside before. */
class Scope {
  readonly nodes: OnnxNode[] = [];
  readonly made = new Set<string>();
  /** What was written out here, by what it was made of. */
  readonly expanded = new Map<string, string>();
  readonly outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.outer = outer;
  }
}

const arrays = {
  f32: (values: ArrayLike<number>) => Float32Array.from(values),
  f64: (values: ArrayLike<number>) => Float64Array.from(values),
  i32: (values: ArrayLike<number>) => Int32Array.from(values),
  i64: (values: ArrayLike<number>) => BigInt64Array.from(Array.from(values, BigInt)),
  bool: (values: ArrayLike<number>) => Uint8Array.from(values),
};

export class Emitter {
  readonly #names: UniqueNames;
  readonly #sources: ReadonlyMap<string, SizeSource>;
  readonly #initializers = new Map<string, OnnxTensor>();
  /** The name of each initializer without one of its own, and of each size, by what it is. */
  readonly #known = new Map<string, string>();
  readonly #sizes: OnnxNode[] = [];
  #scope = new Scope();
  place: Place = { path: "", doc: "" };

  /** `taken`: names that the graph's inputs, outputs and tensors have. */
  constructor(taken: Iterable<string>, sources: ReadonlyMap<string, SizeSource>) {
    this.#names = new UniqueNames(taken);
    this.#sources = sources;
  }

  get nodes(): readonly OnnxNode[] {
    return [...this.#sizes, ...this.#scope.nodes];
  }

  get initializers(): readonly OnnxTensor[] {
    return [...this.#initializers.values()];
  }

  /** A name that nothing has yet. */
  fresh(name: string): string {
    return this.#names.take(name);
  }

  /** A node with one output. */
  op(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = this.#nameFor(op);
    this.nodeOf(op, name, inputs, [name], attributes);
    return name;
  }

  /** A node whose outputs have these names. */
  nodeOf(
    op: string,
    name: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes,
  ): void {
    this.#scope.nodes.push({ op, name, inputs, outputs, attributes, doc: this.place.doc });
    for (const output of outputs) this.#scope.made.add(output);
  }

  #nameFor(op: string): string {
    const { path } = this.place;
    return this.#names.take(path === "" ? op : `${path}/${op}`);
  }

  /** What `build` emits, as the nodes of a loop's body. */
  body<Result>(build: () => Result): { readonly result: Result; readonly nodes: readonly OnnxNode[] } {
    const outer = this.#scope;
    const inner = new Scope(outer);
    this.#scope = inner;
    try {
      return { result: build(), nodes: inner.nodes };
    } finally {
      this.#scope = outer;
    }
  }

  /** Whether a node of this graph or body, and not of one around it, has made the value. */
  isMade(name: string): boolean {
    return this.#scope.made.has(name);
  }

  /** What `make` emits under this key, here or outside, once. */
  once(key: string, make: () => string): string {
    for (let scope: Scope | undefined = this.#scope; scope !== undefined; scope = scope.outer) {
      const found = scope.expanded.get(key);
      if (found !== undefined) return found;
    }
    const made = make();
    this.#scope.expanded.set(key, made);
    return made;
  }

  /** A tensor of the file under a name of its own. */
  tensor(name: string, type: DataType, shape: readonly number[], data: ArrayBufferView): string {
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#initializers.set(name, { name, type, shape, data: raw });
    return name;
  }

  /** Numbers; equal ones are one tensor. */
  numbers(type: DataType, shape: readonly number[], values: ArrayLike<number>): string {
    const data = arrays[type](values);
    const key = `${type}[${shape.join(", ")}] ${Buffer.from(data.buffer).toString("latin1")}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const name = this.#names.take(nameOfNumbers(type, shape, values));
    this.#known.set(key, name);
    return this.tensor(name, type, shape, data);
  }

  scalar(type: DataType, value: number): string {
    return this.numbers(type, [], [value]);
  }

  /** Axes and other whole numbers, as operators take them. */
  ints(...values: readonly number[]): string {
    return this.numbers("i64", [values.length], values);
  }

  /** Sizes, as operators take them. */
  sizes(shape: readonly Dimension[]): string {
    const known = shape.map(constantValue);
    if (known.every((value) => value !== undefined)) return this.ints(...known);
    if (shape.length === 1) return this.#size(shape[0]);
    const parts: (readonly number[] | Dimension)[] = [];
    for (const [axis, size] of shape.entries()) {
      const value = known[axis];
      const last = parts.at(-1);
      if (value === undefined) parts.push(size);
      else if (last !== undefined && !("key" in last)) parts.splice(-1, 1, [...last, value]);
      else parts.push([value]);
    }
    const key = `sizes ${shape.map((size) => size.key).join(", ")}`;
    return this.#once(
      key,
      "Concat",
      () => parts.map((part) => ("key" in part ? this.#size(part) : this.ints(...part))),
      {
        axis: 0,
      },
    );
  }

  /** The size as an i32 scalar. */
  sizeScalar(size: Dimension): string {
    const value = constantValue(size);
    if (value !== undefined) return this.scalar("i32", value);
    const scalar = this.#once(`scalar ${size.key}`, "Squeeze", () => [this.#size(size), this.ints(0)]);
    return this.#once(`i32 ${size.key}`, "Cast", () => [scalar], { to: 6 });
  }

  /** One number in a list. Sums, products and quotients are worked out where the model runs. */
  #size(size: Dimension): string {
    const value = constantValue(size);
    if (value !== undefined) return this.ints(value);
    const terms = size.monomials.map(({ coefficient, atoms }) => {
      const factors = [
        ...(coefficient === 1 ? [] : [this.ints(coefficient)]),
        ...atoms.map((atom) => this.#atom(atom)),
      ];
      if (factors.length === 0) return this.ints(coefficient);
      return factors.reduce((left, right) => this.#computed("Mul", left, right));
    });
    return terms.reduce((left, right) => this.#computed("Add", left, right));
  }

  #atom(atom: Atom): string {
    switch (atom.kind) {
      case "symbol": {
        const source = this.#sources.get(atom.name);
        if (source === undefined) throw new InternalError("export", `no input tells the size ${atom.name}`);
        const { input, axis } = source;
        return this.#once(`size ${atom.name}`, "Shape", () => [input], { start: axis, end: axis + 1 });
      }
      case "quotient": {
        const [numerator, denominator] = [this.#size(atom.numerator), this.#size(atom.denominator)];
        // Division by the operator goes towards zero; of what is divisible it is the floor.
        const rest = this.#computed("Mod", numerator, denominator);
        return this.#computed("Div", this.#computed("Sub", numerator, rest), denominator);
      }
      case "remainder":
        return this.#computed("Mod", this.#size(atom.numerator), this.#size(atom.denominator));
      case "maximum":
        return this.#computed("Max", this.#size(atom.left), this.#size(atom.right));
      case "minimum":
        return this.#computed("Min", this.#size(atom.left), this.#size(atom.right));
    }
  }

  #computed(op: string, left: string, right: string): string {
    return this.#once(`${op} ${left} ${right}`, op, () => [left, right]);
  }

  /** A node in front of all others. */
  #once(
    key: string,
    op: string,
    inputs: () => readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const read = inputs();
    const name = this.#names.take(`sizes/${op}`);
    this.#sizes.push({ op, name, inputs: read, outputs: [name], attributes, doc: "" });
    this.#known.set(key, name);
    return name;
  }
}

/** As a reader would call them: `2`, `[0, 1]`. */
function nameOfNumbers(type: DataType, shape: readonly number[], values: ArrayLike<number>): string {
  if (values.length > 8) return `numbers/${type}[${shape.join(", ")}]`;
  const list = Array.from(values, (value) => (Object.is(value, -0) ? "-0" : String(value))).join(", ");
  return `numbers/${shape.length === 0 ? list : `[${list}]`}`;
}
