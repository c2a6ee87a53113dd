/** How an expression without a value is left: the diagnostic is already recorded, the statement around it is given up. */

/** Thrown after reporting, caught at the next statement; no user sees it. */
export class Failure extends Error {
  constructor() {
    super("reported as a diagnostic");
    this.name = "Failure";
  }
}

/** What `attempt` answers, or undefined where it failed and reported why. */
export function recover<Result>(attempt: () => Result): Result | undefined {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
