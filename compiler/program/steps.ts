/** The steps of entries as lists of calls. */
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { Call, Loop, Step } from "./types.ts";

/** A call with the loops around it, the outermost first. */
export interface PlacedCall {
  readonly call: Call;
  readonly loops: readonly Loop[];
}

/** Every call once, in the order of the text. */
export function callsOf(steps: readonly Step[], loops: readonly Loop[] = []): readonly PlacedCall[] {
  return steps.flatMap((step): readonly PlacedCall[] =>
    step.kind === "call" ? [{ call: step, loops }] : callsOf(step.steps, [...loops, step]),
  );
}

/** The same steps, where none is a loop. */
export function withoutLoops(steps: readonly Step[]): readonly Call[] {
  return steps.map((step) => {
    if (step.kind === "loop") throw new InternalError("program", `the loop over ${step.index} is not known here yet`);
    return step;
  });
}
