/**
 * The program: what every target gets. Plain versioned data that can be written as JSON: scheduled kernels, the calls of
 * each entry, buffers with fixed offsets in one arena, and what the host must know.
 */
import type { Dimension } from "../dimension/dimension.ts";
import type { Origin } from "../graph/types.ts";
import type {
  BinaryOperator,
  Comparison,
  ElementType,
  FunctionDefinition,
  Index,
  UnaryOperator,
} from "../loops/types.ts";
import type { Host } from "./host.ts";

export type { FunctionDefinition } from "../loops/types.ts";

export interface Program {
  readonly version: 1;
  readonly name: string;
  /** The open dimensions: integer arguments of the entries, 1 ≤ value ≤ bound. */
  readonly dims: readonly { readonly name: string; readonly bound: number }[];
  readonly buffers: readonly ProgramBuffer[];
  readonly arenaBytes: number;
  readonly functions: readonly FunctionDefinition[];
  readonly kernels: readonly ScheduledKernel[];
  readonly entries: readonly Entry[];
  readonly host: Host;
}

export type BufferRole =
  | "parameter"
  | "state"
  | "optimizer"
  | "counter"
  | "metric"
  | "input"
  | "result"
  | "temporary"
  /** A run of the arena that several parameters, gradients or optimiser states lie in, side by side. */
  | "segment"
  /** A part of another buffer that moves with the steps of a loop. */
  | "slice";

export interface ProgramBuffer {
  /** A user's name (`Digits.dense.w`), or a readable one that the planner made. Unique. */
  readonly name: string;
  readonly role: BufferRole;
  readonly dtype: ElementType;
  /** Open dimensions may occur; the bytes are those at the bounds. */
  readonly shape: readonly Dimension[];
  /** Bytes from the arena's start, a multiple of 64. Temporaries may overlap where their lives do not. */
  readonly offset: number;
  readonly bytes: number;
  /** Where it is a part of another buffer; its `offset` and `bytes` are then that buffer's, since it may lie anywhere in it. Role "slice". */
  readonly slice?: Slice;
}

/**
 * Which part of a stack of slots: slot number ((±steps done of the loop) + plus) mod modulo, each slot `stride` elements long; so it
 * begins stride · slot elements behind where the stack does. No slot number is negative.
 */
export interface SlotPlace {
  /** The loop whose steps move it, by its `index`; undefined: it stays at `plus`. */
  readonly loop?: string;
  /** 1 forward, -1 backward. */
  readonly times: 1 | -1;
  /** A polynomial of the open dimensions, may be 0. */
  readonly plus: Dimension;
  /** 2 where two slots take turns. */
  readonly modulo?: number;
  /** Elements of one slot: a polynomial of the open dimensions. */
  readonly stride: Dimension;
}

export interface Slice extends SlotPlace {
  /** Into Program.buffers; may itself be a slice (of an outer loop). */
  readonly of: number;
}

/**
 * `init` (draws parameters from the counter `seed`), `train_step`, `evaluate_start`, `evaluate`, `predict.Name`, `metric.name`, `continue.Name`,
 * `continue_start.Name`.
 */
export interface Entry {
  readonly name: string;
  /** Names of the buffers that the host fills before, and reads after. */
  readonly inputs: readonly string[];
  readonly results: readonly string[];
  /** Names of the open dimensions it takes, in order. */
  readonly dims: readonly string[];
  readonly steps: readonly Step[];
}

export type Step = Call | Loop;

export interface Call {
  readonly kind: "call";
  /** Into `Program.kernels`. */
  readonly kernel: number;
  /** Into `Program.buffers`, one for each of the kernel's parameters. */
  readonly buffers: readonly number[];
}

/**
 * Runs its steps `extent` times, one time after the other. The index counts from 0 and is no dimension: it moves slices, and kernels do
 * not know it. Index names are unique within an entry; loops may nest.
 */
export interface Loop {
  readonly kind: "loop";
  readonly index: string;
  readonly extent: Dimension;
  readonly steps: readonly Step[];
}

/** A kernel made explicit for a machine: a function of buffers and open dimensions. Equal loops over different buffers are one. */
export interface ScheduledKernel {
  readonly name: string;
  readonly parameters: readonly KernelParameter[];
  /** The open dimensions that it uses, integer arguments in this order. */
  readonly dims: readonly string[];
  /** Private arrays of a fixed number of elements, for one worker at a time. */
  readonly arrays: readonly { readonly name: string; readonly dtype: ElementType; readonly elements: number }[];
  readonly body: readonly Statement[];
  readonly origins: readonly Origin[];
  readonly cost: Cost;
}

export interface KernelParameter {
  readonly name: string;
  readonly dtype: ElementType;
  readonly access: "read" | "write" | "update";
}

/** Polynomials of the open dimensions. */
export interface Cost {
  /** Whatever is computed, comparisons of places among it: what time is reckoned by. */
  readonly flops: Dimension;
  /** Of values alone, as networks are compared by: a product that is added up is two, a look at where padding begins none. */
  readonly arithmetic: Dimension;
  readonly bytesRead: Dimension;
  readonly bytesWritten: Dimension;
}

/** A scalar, or four lanes of it. */
export interface ValueType {
  readonly dtype: ElementType;
  readonly lanes: 1 | 4;
}

/**
 * Statements. Integer expressions are `Index`es whose axes are loop variables; addresses count elements from the
 * buffer's start. A `parallel` loop's iterations are independent (a GPU maps the outermost ones to threads).
 */
export type Statement =
  | {
      readonly kind: "for";
      readonly variable: string;
      readonly from: Index;
      readonly to: Index;
      readonly step: number;
      readonly role: "serial" | "parallel";
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: "define";
      readonly name: string;
      readonly type: ValueType;
      readonly mutable: boolean;
      readonly value: Expression;
    }
  | { readonly kind: "assign"; readonly name: string; readonly value: Expression }
  /** Stores as many lanes as the value has, contiguous from `address`. `buffer` is a parameter's or an array's name. */
  | { readonly kind: "store"; readonly buffer: string; readonly address: Index; readonly value: Expression }
  | {
      readonly kind: "if";
      readonly condition: Expression;
      readonly whenTrue: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | { readonly kind: "comment"; readonly text: string };

/** Expressions; `data` atoms in an Index hold Scalars that are locals (defined before). Every operand has the expression's lanes unless said. */
export type Expression =
  | { readonly kind: "constant"; readonly type: ValueType; readonly value: number }
  | { readonly kind: "variable"; readonly name: string; readonly type: ValueType }
  /** An integer expression as an i32; with four lanes, lane l adds l. */
  | { readonly kind: "index"; readonly index: Index; readonly type: ValueType }
  /** Four lanes are contiguous from `address`. */
  | { readonly kind: "load"; readonly buffer: string; readonly address: Index; readonly type: ValueType }
  /** One lane to four. */
  | { readonly kind: "splat"; readonly value: Expression; readonly type: ValueType }
  /** Lane `lane` of four. */
  | { readonly kind: "lane"; readonly value: Expression; readonly lane: 0 | 1 | 2 | 3; readonly type: ValueType }
  /** Four scalars to four lanes. */
  | {
      readonly kind: "pack";
      readonly values: readonly [Expression, Expression, Expression, Expression];
      readonly type: ValueType;
    }
  /** Four of eight lanes: 0 to 3 are those of `left`, 4 to 7 those of `right`. */
  | {
      readonly kind: "shuffle";
      readonly left: Expression;
      readonly right: Expression;
      readonly lanes: readonly [number, number, number, number];
      readonly type: ValueType;
    }
  | {
      readonly kind: "unary";
      readonly operator: UnaryOperator;
      readonly value: Expression;
      readonly type: ValueType;
    }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly type: ValueType;
    }
  | {
      readonly kind: "compare";
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
      readonly type: ValueType;
    }
  /** Both sides may be evaluated: the scheduler has made every load in them safe (clamped, or in an `if`). */
  | {
      readonly kind: "select";
      readonly condition: Expression;
      readonly whenTrue: Expression;
      readonly otherwise: Expression;
      readonly type: ValueType;
    }
  | { readonly kind: "cast"; readonly value: Expression; readonly type: ValueType }
  /** A function of `Program.functions`, lane by lane. */
  | {
      readonly kind: "call";
      readonly function: string;
      readonly arguments: readonly Expression[];
      readonly type: ValueType;
    };
