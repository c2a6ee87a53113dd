/** The steps of entries as lists: every call once, with the loops that it stands in. */
import type { Call, Loop, Step } from "./types.ts";

/** A call where it stands. */
export interface PlacedCall {
  readonly call: Call;
  /** Around it, the outermost first. */
  readonly loops: readonly Loop[];
  /** `2`, or `1.0` for the first step of a loop that is step 1. */
  readonly at: string;
}

/** In the order of the text. */
export function callsOf(steps: readonly Step[], loops: readonly Loop[] = [], before = ""): readonly PlacedCall[] {
  return steps.flatMap((step, n): readonly PlacedCall[] =>
    step.kind === "call"
      ? [{ call: step, loops, at: `${before}${n}` }]
      : callsOf(step.steps, [...loops, step], `${before}${n}.`),
  );
}
