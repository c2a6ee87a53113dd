/** What the tests of the readers share: the message of an error, and fields in a few words. */
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Field } from "../../runtime/data/dataset.ts";

/** `NN0815 sentence (help)` of the `NncError` that `act` throws. */
export function errorOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    const { code, message, help } = error.diagnostic;
    return help === undefined ? `${code} ${message}` : `${code} ${message} (${help})`;
  }
  return "no error";
}

export function input(name: string, ...shape: number[]): Field {
  return { name, role: "input", dtype: "f32", shape };
}

export function ids(classes: number, ...shape: number[]): Field {
  return { name: "target", role: "target", dtype: "i32", shape, classes };
}

export function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}
