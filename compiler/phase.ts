/**
 * What a phase is, and phases in a row: each turns one form into the next. Whoever verifies, prints or draws what is between
 * them reads the same list, so that each form that has a verifier is checked.
 */
import { internalFailure } from "./diagnostics/codes/internal.ts";
import { diagnose, InternalError, label, NncError, type Diagnostic } from "./diagnostics/diagnostic.ts";

export interface Phase<Input, Output, Context> {
  /** As internal errors and pictures call it. */
  readonly name: string;
  /** Throws Rejected where the source is wrong and the context was told why. */
  run(input: Input, context: Context): Output;
  /** What does not hold of the form, in sentences; empty where all is well. */
  verify(output: Output, input: Input): readonly string[];
  print(output: Output): string;
}

export interface Watch {
  /** Runs the verifier of every form after its phase. */
  readonly verify: boolean;
  /** Is told of every form, which it may print. */
  readonly seen?: (phase: string, print: () => string) => void;
}

/** The source is wrong; the context holds the diagnostics that say how. */
export class Rejected extends Error {
  constructor() {
    super("the source was rejected");
    this.name = "Rejected";
  }
}

/** Phases in a row, as one function of the first one's input. */
export interface Stretch<Input, Output, Context> {
  readonly phases: readonly string[];
  run(input: Input, context: Context & Watch): Output;
  to<Next, More>(next: Phase<Output, Next, More>): Stretch<Input, Next, Context & More>;
  join<Next, More>(rest: Stretch<Output, Next, More>): Stretch<Input, Next, Context & More>;
}

export function begin<Input, Output, Context>(phase: Phase<Input, Output, Context>): Stretch<Input, Output, Context> {
  return stretch([phase.name], (input, context) => step(phase, input, context));
}

function stretch<Input, Output, Context>(
  phases: readonly string[],
  run: (input: Input, context: Context & Watch) => Output,
): Stretch<Input, Output, Context> {
  return {
    phases,
    run,
    to: (next) => stretch([...phases, next.name], (input, context) => step(next, run(input, context), context)),
    join: (rest) => stretch([...phases, ...rest.phases], (input, context) => rest.run(run(input, context), context)),
  };
}

/** Runs one phase; throws InternalError, with its name, for what it throws unforeseen and for a form that does not hold. */
function step<Input, Output, Context>(
  phase: Phase<Input, Output, Context>,
  input: Input,
  context: Context & Watch,
): Output {
  try {
    const output = phase.run(input, context);
    if (context.verify) expectSound(phase.name, phase.verify(output, input));
    context.seen?.(phase.name, () => phase.print(output));
    return output;
  } catch (error) {
    if (error instanceof Rejected || error instanceof NncError || error instanceof InternalError) throw error;
    throw new InternalError(phase.name, error instanceof Error ? error.message : String(error));
  }
}

function expectSound(phase: string, [first]: readonly string[]): void {
  if (first !== undefined) throw new InternalError(phase, first);
}

/** What a phase threw, as data: a target that refuses the program, or a bug of ours. A source that was rejected has said why. */
export function complaints(error: unknown): readonly Diagnostic[] {
  if (error instanceof Rejected) return [];
  if (error instanceof NncError) return [error.diagnostic];
  if (!(error instanceof InternalError)) {
    return [
      diagnose(internalFailure, { phase: "compile", what: error instanceof Error ? error.message : String(error) }, []),
    ];
  }
  const { phase, message, span } = error;
  const labels = span === undefined ? [] : [label(span, "while compiling this")];
  return [diagnose(internalFailure, { phase, what: message }, labels)];
}
