/**
 * What a command may know of the world: streams, folder, environment, interruption. `main.ts` makes it of the process, tests of
 * strings, so that no command reads arguments, prints elsewhere or exits.
 */
import type { CommandContext } from "@stricli/core";

/** A stream to write to; what a terminal adds is there only on one. */
export interface Output {
  readonly write: (content: string | Uint8Array) => unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Standard input: its chunks, and whether a person types it. */
interface Input extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean;
}

export interface Context extends CommandContext {
  readonly process: {
    readonly stdout: Output;
    readonly stderr: Output;
    readonly env: Readonly<Partial<Record<string, string>>>;
    exitCode?: number | string | null;
  };
  readonly stdin: Input;
  /** Paths of arguments are relative to this folder. */
  readonly cwd: string;
  /** Milliseconds from any fixed moment. */
  readonly now: () => number;
  /** From here to the call of `release`, Ctrl-C aborts `signal` instead of ending the process; a second one ends it. */
  readonly catchInterrupt: () => Interrupt;
}

export interface Interrupt {
  readonly signal: AbortSignal;
  readonly release: () => void;
}

/** Whether escape sequences for colours may go to `stream` (https://no-color.org, https://force-color.org). */
export function hasColour(stream: Output, env: Context["process"]["env"]): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"] ?? "";
  if (forced !== "") return forced !== "0";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** Whether a line on `stream` can be drawn over. */
export function isTerminal(stream: Output, env: Context["process"]["env"]): boolean {
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** Columns of a terminal, 80 where nobody knows. */
export function widthOf(stream: Output): number {
  const columns = stream.columns ?? 80;
  return columns >= 20 ? columns : 80;
}
