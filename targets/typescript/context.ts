/** What printing a kernel or a function needs to know, and what it gathers on the way. */
import type { NameRule, Names } from "../../compiler/program/names.ts";
import type { Scope } from "../../compiler/program/scope.ts";
import type { Expression } from "../../compiler/program/types.ts";
import type { Code } from "./code.ts";
import type { Helper } from "./helpers.ts";

/** One module being printed. */
export interface ModuleContext {
  /** Printed names of Program.functions. */
  readonly functions: ReadonlyMap<string, string>;
  readonly helpers: Set<Helper>;
  /** Prints expressions: they stand in addresses, as addresses do in them. */
  readonly expressionCode: (expression: Expression, place: Place) => Code;
}

/** One block of a function being printed. */
export interface Block {
  readonly lines: string[];
  /** Constants that hold parts of addresses, by what they hold. */
  readonly hoisted: Map<string, string>;
  /** How often each address stands directly in this block, by its key. */
  readonly uses: ReadonlyMap<string, number>;
  /** The depth in `Names` at which what is defined here lives. */
  readonly nameDepth: number;
}

export interface Place {
  readonly module: ModuleContext;
  readonly names: Names;
  readonly scope: Scope<Block>;
}

const words =
  "abstract arguments as async await boolean break case catch class const continue debugger declare default delete do else enum eval " +
  "export extends false finally for from function get if implements import in infer instanceof interface is keyof let module namespace " +
  "never new null number object of package private protected public readonly require return set static string super switch symbol this " +
  "throw true try type typeof undefined unique unknown var void while with yield " +
  // What the module itself uses.
  "Math Number Float32Array Int32Array ArrayBuffer SharedArrayBuffer DataView Map ReadonlyMap Readonly Record RangeError Infinity NaN " +
  "Instance View create arenaBytes memory fround word entries buffers imul bits unbits truncate remainder";

/** JavaScript identifiers, as a person writes them. */
export const identifiers: NameRule = {
  illegal: /[^\p{ID_Continue}$]+/gu,
  badStart: /^[^\p{ID_Start}_$]/u,
  reserved: new Set(words.split(" ")),
};
