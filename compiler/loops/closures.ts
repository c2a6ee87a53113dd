/**
 * Scalars and indices compiled to closures, the interpreter's engine. Names live in numbered slots of one array; the
 * closures of "f32" round after every operation and take the polynomials, those of "f64" use plain doubles and Math.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { Dimension } from "../dimension/dimension.ts";
import { evaluate } from "../dimension/dimension.ts";
import { binaryF32, binaryI32, comparisons, greatest, modI32, toI32, unaryF32, unaryI32 } from "./arithmetic.ts";
import type {
  BinaryOperator,
  ElementType,
  FunctionDefinition,
  Index,
  IndexAtom,
  NumberFunction,
  Scalar,
} from "./types.ts";
import { dtypeOf } from "./scalar.ts";

export type Precision = "f32" | "f64";
export type Evaluate = () => number;

/** A tensor's concrete shape and its elements in row-major order. */
export interface TensorData {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** What names mean while closures are made, and the slots they run on. */
export class Environment {
  readonly precision: Precision;
  readonly tensors: (name: string) => TensorData;
  readonly slots: number[] = [];
  readonly #dims: ReadonlyMap<string, number>;
  readonly #names = new Map<string, number>();

  constructor(precision: Precision, tensors: (name: string) => TensorData, dims: ReadonlyMap<string, number>) {
    this.precision = precision;
    this.tensors = tensors;
    this.#dims = dims;
  }

  /** The slot of an axis or a local; defining a name again reuses its slot. */
  define(kind: "axis" | "local", name: string): number {
    const key = `${kind} ${name}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const slot = this.slots.push(0) - 1;
    this.#names.set(key, slot);
    return slot;
  }

  slotOf(kind: "axis" | "local", name: string): number {
    const slot = this.#names.get(`${kind} ${name}`);
    if (slot === undefined)
      throw new InternalError("interpret", `expected ${kind} ${name} to be bound, found no binding`);
    return slot;
  }

  /** A dimension's value. */
  size(dimension: Dimension): number {
    const value = evaluate(dimension, this.#dims);
    if (value === undefined)
      throw new InternalError("interpret", `expected a value for every name in ${dimension.key}`);
    return value;
  }
}

/** The closure that gives an index's value. */
function compileIndex(index: Index, environment: Environment): Evaluate {
  const constant = environment.size(index.constant);
  const terms = index.terms.map(({ atom, coefficient }) =>
    scaled(compileAtom(atom, environment), environment.size(coefficient)),
  );
  const [first, second] = terms;
  if (terms.length === 0) return () => constant;
  if (terms.length === 1) return constant === 0 ? first : () => first() + constant;
  if (terms.length === 2) return () => first() + second() + constant;
  return () => terms.reduce((sum, term) => sum + term(), constant);
}

/** Zero is added because integers have no -0. */
function scaled(value: Evaluate, by: number): Evaluate {
  return by === 1 ? value : () => value() * by + 0;
}

function compileAtom(atom: IndexAtom, environment: Environment): Evaluate {
  switch (atom.kind) {
    case "axis": {
      const { slots } = environment;
      const slot = environment.slotOf("axis", atom.axis);
      return () => slots[slot];
    }
    case "quotient": {
      const value = compileIndex(atom.value, environment);
      const divisor = environment.size(atom.divisor);
      return () => Math.floor(value() / divisor);
    }
    case "remainder": {
      const value = compileIndex(atom.value, environment);
      const divisor = environment.size(atom.divisor);
      return () => modI32(value(), divisor);
    }
    case "data": {
      const value = compileScalar(atom.value, environment);
      const last = environment.size(atom.size) - 1;
      return () => Math.max(0, Math.min(last, value()));
    }
  }
}

/** The row-major address of a point of `tensor`; evaluating it outside the shape throws InternalError. */
export function compileAddress(
  tensor: string,
  indices: readonly Index[],
  shape: readonly number[],
  environment: Environment,
): Evaluate {
  if (indices.length !== shape.length) {
    throw new InternalError("interpret", `expected ${shape.length} indices of ${tensor}, found ${indices.length}`);
  }
  const outside = (value: number, d: number): never => {
    throw new InternalError("interpret", `expected index ${d} of ${tensor} in [0, ${shape[d]}), found ${value}`);
  };
  return indices.reduce<Evaluate>(
    (outer, index, d) => {
      const inner = compileIndex(index, environment);
      const size = shape[d];
      const check = (value: number): number => (value >= 0 && value < size ? value : outside(value, d));
      return d === 0 ? () => check(inner()) : () => outer() * size + check(inner());
    },
    () => 0,
  );
}

/** The closure that gives a scalar's value. */
export function compileScalar(scalar: Scalar, environment: Environment): Evaluate {
  const inner = (child: Scalar): Evaluate => compileScalar(child, environment);
  switch (scalar.kind) {
    case "constant": {
      const { value } = scalar;
      return () => value;
    }
    case "index":
      return compileIndex(scalar.index, environment);
    case "dimension": {
      const value = environment.size(scalar.dimension);
      return () => value;
    }
    case "load": {
      const { shape, data } = environment.tensors(scalar.tensor);
      const address = compileAddress(scalar.tensor, scalar.indices, shape, environment);
      return () => data[address()];
    }
    case "local": {
      const { slots } = environment;
      const slot = environment.slotOf("local", scalar.name);
      return () => slots[slot];
    }
    case "unary":
      return compileUnary(scalar, inner(scalar.value), environment);
    case "binary":
      return compileBinary(scalar, inner(scalar.left), inner(scalar.right), environment);
    case "compare": {
      const [left, right] = [inner(scalar.left), inner(scalar.right)];
      const holds = comparisons[scalar.operator];
      return () => (holds(left(), right()) ? 1 : 0);
    }
    case "select": {
      const [condition, whenTrue, otherwise] = [
        inner(scalar.condition),
        inner(scalar.whenTrue),
        inner(scalar.otherwise),
      ];
      return () => (condition() === 0 ? otherwise() : whenTrue());
    }
    case "cast":
      return compileCast(dtypeOf(scalar.value), scalar.dtype, inner(scalar.value), environment.precision);
    case "call":
      return compileCall(scalar.function, scalar.arguments.map(inner), environment.precision);
  }
}

function compileCast(from: ElementType, to: ElementType, value: Evaluate, precision: Precision): Evaluate {
  if (to === "bool") return () => (value() === 0 ? 0 : 1);
  if (to === "i32") return from === "f32" ? () => toI32(value()) : value;
  return from === "i32" && precision === "f32" ? () => Math.fround(value()) : value;
}

/** Calls a function's own closures, made once for this place. */
function compileCall(
  { definition, float64 }: NumberFunction,
  values: readonly Evaluate[],
  precision: Precision,
): Evaluate {
  const run = precision === "f32" || float64 === "defined" ? compileFunction(definition, precision) : float64;
  const [a, b, c, d] = values;
  if (values.length === 1) return () => run(a());
  return values.length === 2 ? () => run(a(), b()) : () => run(a(), b(), c(), d());
}

/** A definition as a JavaScript function of its (at most four) parameters. */
export function compileFunction(definition: FunctionDefinition, precision: Precision): (...values: number[]) => number {
  const none = (name: string): never => {
    throw new InternalError("interpret", `expected ${definition.name} to load nothing, found ${name}`);
  };
  const environment = new Environment(precision, none, new Map());
  const slots = definition.parameters.map(({ name }) => environment.define("local", name));
  const lets = definition.lets.map(({ name, value }) => {
    const evaluateLet = compileScalar(value, environment);
    return { slot: environment.define("local", name), evaluate: evaluateLet };
  });
  const result = compileScalar(definition.result, environment);
  const values = environment.slots;
  return (...operands) => {
    for (let p = 0; p < slots.length; p += 1) values[slots[p]] = operands[p];
    for (const { slot, evaluate: evaluateLet } of lets) values[slot] = evaluateLet();
    return result();
  };
}

type UnaryScalar = Extract<Scalar, { readonly kind: "unary" }>;
type BinaryScalar = Extract<Scalar, { readonly kind: "binary" }>;
type Operation = (...values: number[]) => number;
type Operations = Readonly<Partial<Record<string, Operation>>>;

function compileUnary(scalar: UnaryScalar, value: Evaluate, { precision }: Environment): Evaluate {
  const { operator } = scalar;
  if (operator === "sqrt" && precision === "f64") return () => Math.sqrt(value());
  const apply = operationOf(dtypeOf(scalar.value) === "f32" ? unaryF32 : unaryI32, operator);
  return () => apply(value());
}

function operationOf(table: Operations, operator: string): Operation {
  const apply = table[operator];
  if (apply === undefined) throw new InternalError("interpret", `expected an operator of the type, found ${operator}`);
  return apply;
}

function compileBinary(
  { operator, dtype }: BinaryScalar,
  left: Evaluate,
  right: Evaluate,
  environment: Environment,
): Evaluate {
  if (dtype === "f32")
    return environment.precision === "f32" ? binaryOfF32(operator, left, right) : binaryOfF64(operator, left, right);
  const apply = operationOf(binaryI32, operator);
  return () => apply(left(), right());
}

/** The frequent operators have closures of their own, which the engine inlines. */
function binaryOfF32(operator: BinaryOperator, left: Evaluate, right: Evaluate): Evaluate {
  switch (operator) {
    case "add":
      return () => Math.fround(left() + right());
    case "sub":
      return () => Math.fround(left() - right());
    case "mul":
      return () => Math.fround(left() * right());
    default: {
      const apply = operationOf(binaryF32, operator);
      return () => apply(left(), right());
    }
  }
}

function binaryOfF64(operator: BinaryOperator, left: Evaluate, right: Evaluate): Evaluate {
  switch (operator) {
    case "add":
      return () => left() + right();
    case "sub":
      return () => left() - right();
    case "mul":
      return () => left() * right();
    case "div":
      return () => left() / right();
    case "maximum":
      return () => Math.max(left(), right());
    case "greatest":
      return () => greatest(left(), right());
    case "minimum":
      return () => Math.min(left(), right());
    default:
      throw new InternalError("interpret", `expected an operator of f32, found ${operator}`);
  }
}
