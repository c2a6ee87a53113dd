/** What printing a function needs to know, and what it gathers on the way: locals, helpers, versions of functions. */
import type { Index } from "../../compiler/program/linear.ts";
import { constantIndex } from "../../compiler/program/linear.ts";
import type { NameRule, Names } from "../../compiler/program/names.ts";
import type { Scope } from "../../compiler/program/scope.ts";
import type { Expression, FunctionDefinition, Statement, ValueType } from "../../compiler/program/types.ts";
import type { Helper } from "./helpers.ts";
import { isList } from "./text.ts";
import type { Text } from "./text.ts";

/** One module being printed. */
export interface ModuleContext {
  /** Printed names of Program.functions, without lanes. */
  readonly functions: ReadonlyMap<string, string>;
  /** Functions that kernels contain instead of calling them. */
  readonly inlined: ReadonlyMap<string, FunctionDefinition>;
  readonly helpers: Set<Helper>;
  /** Functions that are called, with their lanes: `exp 4`. */
  readonly called: Set<string>;
  /** Addresses may be compared as i32 without a sign: nothing reaches 2³¹ bytes. */
  readonly small: boolean;
  /** Whether products that are added are one instruction, which rounds as the processor likes. */
  readonly relaxed: boolean;
  /** What the addresses of private arrays are added to: where the thread's own memory begins. */
  readonly own: Text;
  /** Prints expressions: they stand in addresses, as addresses do in them. */
  readonly expressionText: (expression: Expression, place: Place) => Text;
}

/** A local that holds a byte address and moves with the loop. */
export interface Pointer {
  readonly local: string;
  /** Bytes a turn of the loop's variable by one, where they are a number. */
  readonly stride: number | undefined;
  /** Added after each turn. */
  readonly bump: Text;
}

/** One block of a function being printed. */
export interface Block {
  readonly lines: Text[];
  /** Where the loop starts and how it steps; 0 and 1 for a block that is not a loop's body. */
  readonly from: Index;
  readonly step: number;
  /** What must happen before the loop, where the block is a loop's body. */
  readonly before: Text[];
  readonly pointers: Map<string, Pointer>;
  /** Addresses that do not move in the loop, computed before it. */
  readonly fixed: Map<string, Text>;
  /** True as soon as the loop's variable itself is read. */
  counted: boolean;
}

/** A block in which nothing has been printed, of a loop's body where there is one. */
export function emptyBlock(loop?: Extract<Statement, { readonly kind: "for" }>): Block {
  const from = loop?.from ?? constantIndex(0);
  return { lines: [], from, step: loop?.step ?? 1, before: [], pointers: new Map(), fixed: new Map(), counted: false };
}

export interface Place {
  readonly module: ModuleContext;
  readonly names: Names;
  readonly locals: Locals;
  /** Where the kernel's private arrays begin, in bytes from the module's `own`. */
  readonly arrays: ReadonlyMap<string, number>;
  readonly scope: Scope<Block>;
}

export type LocalType = "i32" | "f32" | "v128";

/** The locals of a function. A name is used again where its scope has closed, but never with another type. */
export class Locals {
  private readonly types = new Map<string, LocalType>();

  /** A local that is free from here to the end of the innermost scope. */
  give(wanted: string | readonly string[], type: LocalType, names: Names): string {
    const candidates = typeof wanted === "string" ? [wanted] : wanted;
    const named = names.give(candidates.map((name) => `$${name}`));
    const known = this.types.get(named);
    if (known !== undefined && known !== type)
      return this.give(
        candidates.map((name) => `${name}.${type}`),
        type,
        names,
      );
    this.types.set(named, type);
    return named;
  }

  /** A local of its own for the whole function. */
  keep(wanted: string, type: LocalType, names: Names): string {
    let named = names.give(`$${wanted}`, 0);
    while (this.types.has(named)) named = names.give(`$${wanted}`, 0);
    this.types.set(named, type);
    return named;
  }

  /** Of the locals that `body` names. */
  declarations(body: readonly Text[]): readonly Text[] {
    const used = new Set<string>();
    collectLocals(body, used);
    return [...this.types].filter(([name]) => used.has(name)).map(([name, type]) => ["local", name, type]);
  }
}

function collectLocals(text: Text, names: Set<string>): void {
  if (typeof text === "string" || !isList(text)) return;
  const [instruction, name] = text;
  if (typeof instruction === "string" && instruction.startsWith("local.") && typeof name === "string") names.add(name);
  for (const part of text) collectLocals(part, names);
}

/** How a value is held. */
export function localType({ dtype, lanes }: ValueType): LocalType {
  return lanes === 4 ? "v128" : scalarType(dtype);
}

function scalarType(dtype: ValueType["dtype"]): "i32" | "f32" {
  return dtype === "f32" ? "f32" : "i32";
}

/** The characters of the text format's identifiers, `$` in front. */
export const identifiers: NameRule = {
  illegal: /[^A-Za-z0-9_.$'+\-/<=>?^|~!#%&*@:]+/g,
  badStart: /^(?!\$)/,
  reserved: new Set(["$"]),
};
