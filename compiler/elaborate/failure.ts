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

/** Attempts that do not depend on each other: each reports its own mistake. */
export class Checks {
  #failed = false;

  /** What `attempt` answers, or undefined where it failed and reported why. */
  run<Result>(attempt: () => Result): Result | undefined {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#failed = true;
      return undefined;
    }
  }

  get failed(): boolean {
    return this.#failed;
  }
}
