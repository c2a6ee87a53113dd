/** How a command ends: its exit code, and what it throws where it was used wrongly. */

/** 0 fine, 1 a mistake in files or data, 2 wrong usage, 70 a bug of ours, 130 stopped by Ctrl-C. */
export const exitCodes = { success: 0, mistake: 1, usage: 2, bug: 70, interrupted: 130 } as const;

/** The command was given what it cannot work with; the message says what was expected. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** The exit code of what the argument scanner answered, whose own codes are negative. */
export function exitCodeOf(code: number | string | null | undefined): number {
  const number = Number(code ?? 0);
  if (number >= 0) return number;
  return number === -4 || number === -5 ? exitCodes.usage : exitCodes.bug;
}
