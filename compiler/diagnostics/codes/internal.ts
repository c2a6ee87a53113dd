/**
 * NN0002: the compiler failed, not the user. The command answers 70.
 */
import { define } from "../diagnostic.ts";

export const internalFailure = define<{ readonly phase: string; readonly what: string }>({
  code: "NN0002",
  severity: "error",
  message: ({ phase, what }) => `this is a bug in nnc, not in your file: ${phase} failed (${what})`,
  explanation:
    "A promise between two phases of the compiler was broken. Nothing was written. Please report it with the source file; " +
    "the phase and the place in the source, where known, are part of the message.",
});
