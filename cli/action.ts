/**
 * Actions: what a command does with its flags and arguments. An action answers with its exit code; what it throws is reported here, once:
 * on standard error, and with `--json` on standard output too, so that a program that reads it always finds a document.
 */
import type { CommandFunction } from "@stricli/core";
import type { Context } from "./context.ts";
import { reportFailure, writeFailure } from "./failure.ts";
import type { FailureForm } from "./failure.ts";

export type Flags = Readonly<Record<string, unknown>>;
export type Action<F extends Flags, A extends readonly unknown[]> = (
  context: Context,
  flags: F,
  ...values: A
) => number | Promise<number>;

/** The action in the form that the frame calls. */
export function entry<F extends Flags, A extends readonly unknown[]>(
  action: Action<F, A>,
  form: FailureForm = "document",
): CommandFunction<F, A, Context> {
  return async function run(this: Context, flags: F, ...values: A): Promise<void> {
    try {
      this.process.exitCode = await action(this, flags, ...values);
    } catch (error) {
      this.process.exitCode = reportFailure(this, error);
      if (flags["json"] === true) writeFailure(this, error, form);
    }
  };
}
