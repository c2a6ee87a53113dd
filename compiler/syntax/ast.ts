/**
 * The syntax tree of a `.nn` file: its declarations, and every node that may stand in them.
 */
import type {
  Along,
  Argument,
  Body,
  Branch,
  Carry,
  ChainLink,
  Expression,
  Ignored,
  IndexItem,
  Inferred,
  Let,
  ListType,
  Name,
  Parameter,
  Placed,
  ResultType,
  ScanInput,
  SettingType,
  Statement,
  StringLiteral,
  TensorInput,
  TensorType,
  TupleType,
  UnionType,
} from "./terms.ts";

export { maximalDepth } from "./terms.ts";
export type * from "./terms.ts";

/** `use "./blocks.nn"`. */
export interface Use extends Placed {
  readonly kind: "use";
  readonly path: StringLiteral;
  readonly doc?: string;
}

/** `const hidden = 128`, `data wine = csv(…)`. */
export interface Definition extends Placed {
  readonly kind: "const" | "data";
  readonly name: Name;
  readonly value: Expression;
  readonly doc?: string;
}

export type CallableKind =
  | "block"
  | "model"
  | "initializer"
  | "loss"
  | "metric"
  | "regularizer"
  | "optimizer"
  | "schedule";

/**
 * Everything that is declared with a signature and a body. `result` is there exactly for block, model, loss, metric and
 * regularizer. Bare inputs are only in optimizers and regularizers.
 */
export interface Callable extends Placed {
  readonly kind: CallableKind;
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly result?: ResultType;
  readonly body: Body;
  readonly doc?: string;
}

/** `train Name as label(inputs) { … }`; entries, lets and steps are each in the order written. */
export interface Train extends Placed {
  readonly kind: "train";
  readonly name: Name;
  readonly label?: Name;
  readonly inputs: readonly TensorInput[];
  readonly entries: readonly KeyValue[];
  readonly lets: readonly Let[];
  readonly steps: readonly Step[];
  readonly doc?: string;
}

/** `batch: 32`. A key may be spelt like a reserved word (`data`, `loss`). */
export interface KeyValue extends Placed {
  readonly kind: "keyValue";
  readonly key: Name;
  readonly value: Expression;
  /** With `=` in the place of the colon, which was said: perhaps a `let` was meant. */
  readonly assigned?: true;
  /** A setting behind what it belongs into, `optimizer: adam lr=0.01`, which was told. */
  readonly apart?: true;
}

/** `step critic { … }` in a train. */
export interface Step extends Placed {
  readonly kind: "step";
  readonly name: Name;
  readonly entries: readonly KeyValue[];
  readonly lets: readonly Let[];
  readonly doc?: string;
}

export type Declaration = Use | Definition | Callable | Train;

/** A file. `doc` is a doc comment at the very start that a blank line parts from what follows. */
export interface Module extends Placed {
  readonly kind: "module";
  readonly declarations: readonly Declaration[];
  readonly doc?: string;
}

export type Node =
  | Module
  | Declaration
  | KeyValue
  | Step
  | Statement
  | Body
  | Branch
  | Ignored
  | Parameter
  | TensorType
  | SettingType
  | ListType
  | TupleType
  | UnionType
  | Inferred
  | Expression
  | ChainLink
  | Argument
  | IndexItem
  | ScanInput
  | Along
  | Carry;
