/** How a language that looks like C writes what the printer hands it: a table that each of them fills. */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Integer } from "../../compiler/program/integer.ts";
import type { Index } from "../../compiler/program/linear.ts";
import type { NameRule, Names } from "../../compiler/program/names.ts";
import type { Scope } from "../../compiler/program/scope.ts";
import type { Expression, Statement } from "../../compiler/program/types.ts";
import type { Code } from "./code.ts";
import { call, infix } from "./code.ts";

export type Of<Kind extends Expression["kind"]> = Extract<Expression, { readonly kind: Kind }>;
type Unary = Of<"unary">["operator"];
type Binary = Of<"binary">["operator"];
type Comparison = Of<"compare">["operator"];

export interface Access {
  readonly buffer: string;
  readonly address: Index;
}

/** An operator, given the code of its operands. */
export type Operator = (left: Code, right: Code, expression: Of<"binary" | "compare">, place: Place) => Code;

export interface Syntax {
  readonly target: string;
  readonly identifiers: NameRule;
  /** The words before what never changes, and before what does. */
  readonly constant: string;
  readonly variable: string;
  /** What is added to a loop variable's name for its bound. */
  readonly end: string;
  readonly minimum: string;
  readonly maximum: string;
  /** Whether the number stands before what it multiplies. */
  readonly numberFirst: boolean;

  /** The text that ends no comment. */
  readonly comment: (text: string) => string;
  /** What follows the name that is defined. */
  readonly annotation: (definition: Extract<Statement, { readonly kind: "define" }>) => string;
  /** Whether the bound of a loop may stand in its head: it is worked out at every turn. */
  readonly isCheap: (bound: Code) => boolean;
  readonly element: (access: Access, place: Place) => string;
  /** The value of an element, and the element of a value. */
  readonly loaded: (load: Of<"load">, element: Code, place: Place) => Code;
  readonly stored: (buffer: string, value: Expression, code: Code, place: Place) => Code;
  readonly literal: (literal: Of<"constant">, place: Place) => Code;
  /** An integer as an i32. */
  readonly index: (index: Of<"index">, code: Code, place: Place) => Code;
  readonly quotient: (value: Code, division: Division, place: Place) => Code;
  readonly remainder: (value: Code, division: Division, place: Place) => Code;
  readonly clamp: (value: Code, limit: Code) => Code;
  readonly select: (condition: Code, whenTrue: Code, otherwise: Code) => Code;
  /** Between two types. */
  readonly cast: (cast: Of<"cast">, value: Code, place: Place) => Code;
  readonly unary: Readonly<Record<Unary, (value: Code, expression: Of<"unary">, place: Place) => Code>>;
  readonly f32: Readonly<Record<"add" | "sub" | "mul" | "div" | "maximum" | "greatest" | "minimum", Operator>>;
  readonly i32: Readonly<Record<Exclude<Binary, "div" | "greatest">, Operator>>;
  readonly bool: Readonly<Record<"and" | "or" | "xor", Operator>>;
  readonly compare: Readonly<Record<Comparison, Operator>>;
  /** The operand of an operator with these operands. */
  readonly operand: (code: Code, operand: Expression, all: readonly Expression[], place: Place) => Code;
  /** What a function of numbers calls by a name. */
  readonly named: (value: Expression, code: Code, place: Place) => Code;
}

export type Division = Extract<Integer, { readonly kind: "quotient" | "remainder" }>;

/** One module being printed. */
export interface Module {
  readonly syntax: Syntax;
  /** Printed names of Program.functions. */
  readonly functions: ReadonlyMap<string, string>;
  /** The helpers of the target that are used. */
  readonly helpers: Set<string>;
  /** Names that functions must not hide. */
  readonly taken: ReadonlySet<string>;
}

/** One block of a function being printed. */
export interface Block {
  readonly lines: string[];
  /** What stands directly in it. */
  readonly body: readonly Statement[];
  /** Constants that hold parts of addresses, by what they hold. */
  readonly hoisted: Map<string, string>;
  /** The depth in `Names` at which what is defined here lives. */
  readonly nameDepth: number;
}

export interface Place {
  readonly module: Module;
  readonly names: Names;
  /** Private arrays of the kernel. */
  readonly arrays: ReadonlySet<string>;
  readonly scope: Scope<Block>;
  /** True in a function of numbers. */
  readonly inFunction: boolean;
}

/** A sign between the operands. */
export function between(sign: string, level: number): Operator {
  return (left, right) => infix(left, sign, right, level);
}

/** A function of the language. */
export function called(name: string): Operator {
  return (left, right) => call(name, left, right);
}

/** A helper of the target, which its module then has. */
export function helped<Helper extends string>(name: Helper): Operator {
  return (left, right, _, place) => helper(name, place, left, right);
}

export function helper<Helper extends string>(name: Helper, { module }: Place, ...operands: readonly Code[]): Code {
  module.helpers.add(name);
  return call(name, ...operands);
}

/** The printed name of a function of the program. */
export function functionName(name: string, module: Module): string {
  const printed = module.functions.get(name);
  if (printed === undefined) throw new InternalError(module.syntax.target, `the program has no function ${name}`);
  return printed;
}
