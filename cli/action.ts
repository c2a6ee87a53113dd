/** Actions: what a command does with its flags and arguments. An action answers with its exit code; what it throws is reported here, once. */
import type { CommandFunction } from "@stricli/core";
import type { Context } from "./context.ts";
import { reportFailure } from "./exit.ts";

export type Flags = Readonly<Record<string, unknown>>;
export type Action<F extends Flags, A extends readonly unknown[]> = (
  context: Context,
  flags: F,
  ...values: A
) => number | Promise<number>;

/** The action in the form that the frame calls. */
export function entry<F extends Flags, A extends readonly unknown[]>(
  action: Action<F, A>,
): CommandFunction<F, A, Context> {
  return async function run(this: Context, flags: F, ...values: A): Promise<void> {
    try {
      this.process.exitCode = await action(this, flags, ...values);
    } catch (error) {
      this.process.exitCode = reportFailure(this, error);
    }
  };
}
