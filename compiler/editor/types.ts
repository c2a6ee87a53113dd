/** What an editor is told of a file, as plain data. Places are spans: a file's name, and offsets in UTF-16 units as editors count them. */
import type { Diagnostic, Span } from "../diagnostics/diagnostic.ts";

/** What a name is: a kind of declaration, something bound in a body, or a word that the language itself knows. */
export type NameKind =
  | "block"
  | "model"
  | "const"
  | "data"
  | "initializer"
  | "loss"
  | "metric"
  | "regularizer"
  | "optimizer"
  | "schedule"
  | "input"
  | "setting"
  | "dimension"
  | "let"
  | "param"
  | "state"
  | "slice"
  | "carry"
  | "train"
  | "step"
  | "file"
  | "builtin"
  | "ambient"
  | "reader"
  | "key"
  | "argument";

/** A name where it stands. */
export interface NameInfo {
  readonly span: Span;
  readonly name: string;
  readonly kind: NameKind;
  /** Where it is declared or bound: the name there, or a whole file. What the language itself knows has no such place. */
  readonly definition?: Span;
  /** How it is declared, on one line. */
  readonly detail?: string;
  readonly doc?: string;
}

/** One value of an expression: `[N, 64]`, `i32[N]`, `3`, and by which paths the bodies are called that it has it in. */
export interface SeenValue {
  readonly value: string;
  readonly at: readonly string[];
  /** Whether only the signature tells the sizes, since no model leads there. */
  readonly symbolic: boolean;
}

export interface ExpressionInfo {
  readonly span: Span;
  readonly values: readonly SeenValue[];
}

/** One piece of text for another. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

export interface EditedDiagnostic extends Diagnostic {
  /** What mends it where that is certain, all of them together: a name that is wrong in several places has as many. */
  readonly edits: readonly Edit[];
}

export interface Folding {
  readonly span: Span;
  readonly kind: "braces" | "brackets" | "comment";
}

export interface DocumentSymbol {
  readonly name: string;
  readonly kind: NameKind;
  readonly span: Span;
  /** The name in it. */
  readonly nameSpan: Span;
  readonly doc?: string;
  readonly children: readonly DocumentSymbol[];
}

export interface Completion {
  readonly label: string;
  readonly kind: NameKind | "word";
  /** What to write, where that is more than the label: `units: `. */
  readonly text?: string;
  readonly detail?: string;
  readonly doc?: string;
}

export interface Completions {
  /** What has been typed of the name, which the completion takes the place of. */
  readonly span: Span;
  readonly items: readonly Completion[];
}

/** All that a file tells without a question. */
export interface Inspection {
  readonly file: string;
  readonly diagnostics: readonly EditedDiagnostic[];
  /** In source order; of expressions that begin alike the outer one first. */
  readonly expressions: readonly ExpressionInfo[];
  /** Every name of the file and of the files that it uses, in source order. */
  readonly names: readonly NameInfo[];
  readonly foldings: readonly Folding[];
  readonly symbols: readonly DocumentSymbol[];
  /** The text of every file that a span may name, the prelude's included. */
  readonly sources: ReadonlyMap<string, string>;
}
