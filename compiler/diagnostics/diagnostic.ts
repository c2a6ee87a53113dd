/**
 * What every phase says to the user: diagnostics as plain data, and the definitions they are made from.
 * A diagnostic never carries a stack trace; the catalogue (`codes/`) owns every sentence.
 */

/** A half-open range of UTF-16 offsets in one source file. */
export interface Span {
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

/** A span with a remark; the first label of a diagnostic is the primary one, the place to mend. */
export interface Label extends Span {
  readonly text: string;
}

export type Severity = "error" | "warning";

export interface Diagnostic {
  /** `NN0102`; stable, explained by `nnc explain`. */
  readonly code: string;
  readonly severity: Severity;
  /** One line in the user's terms. */
  readonly message: string;
  readonly labels: readonly Label[];
  /** How one edit would mend it, where one would. */
  readonly help?: string;
}

/** One entry of the catalogue: the sentence as a function of its arguments, and what `explain` and the docs show. */
export interface DiagnosticDefinition<Arguments> {
  readonly code: string;
  readonly severity: Severity;
  readonly message: (values: Arguments) => string;
  /** A paragraph for `nnc explain`: what it means, and why it is an error. */
  readonly explanation: string;
  /** Sources for the docs and the golden tests: one that has the error, one that has not. */
  readonly example?: { readonly bad: string; readonly good: string };
}

/** Fixes the type of a catalogue entry's arguments. */
export function define<Arguments>(definition: DiagnosticDefinition<Arguments>): DiagnosticDefinition<Arguments> {
  return definition;
}

/** Makes the diagnostic that `definition` describes. */
export function diagnose<Arguments>(
  definition: DiagnosticDefinition<Arguments>,
  values: Arguments,
  labels: readonly Label[],
  help?: string,
): Diagnostic {
  const { code, severity, message } = definition;
  const shown = labels.map((one) => ({ ...one, text: withShortWords(one.text) }));
  const base = { code, severity, message: withShortWords(message(values)), labels: shown };
  return help === undefined ? base : { ...base, help: withShortWords(help) };
}

/** The longest word that a message shows whole: as long as a part of a path may be. */
const longestWord = 256;
const tooLong = new RegExp(`([\\p{L}\\p{N}_]{${longestWord - 1}})[\\p{L}\\p{N}_]{2,}`, "gu");

/** Names may be of any length, sentences may not: a longer word is cut, wherever it came from. */
function withShortWords(text: string): string {
  return text.length > longestWord ? text.replace(tooLong, "$1…") : text;
}

/** A label from a span. */
export function label(span: Span, text: string): Label {
  return { file: span.file, from: span.from, to: span.to, text };
}

/**
 * Raised by code that has no place to collect diagnostics: the runtime's public functions, and a phase that cannot go on.
 * Carries the same data; the command prints it, never its stack.
 */
export class NncError extends Error {
  readonly code: string;
  /** No property of its own: who prints an error that nobody caught prints the message, not all of it once more. */
  readonly #diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.name = "NncError";
    this.code = diagnostic.code;
    this.#diagnostic = diagnostic;
  }

  get diagnostic(): Diagnostic {
    return this.#diagnostic;
  }
}

/** A broken promise between phases: a bug of ours, never of the user's. The command answers 70. */
export class InternalError extends Error {
  readonly phase: string;
  readonly span: Span | undefined;

  constructor(phase: string, message: string, span?: Span) {
    super(`${phase}: ${message}`);
    this.name = "InternalError";
    this.phase = phase;
    this.span = span;
  }
}
