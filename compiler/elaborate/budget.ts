/**
 * How much a program may become once every call is written out. What elaboration makes and what it looks at is counted, so that no source,
 * however short, keeps the compiler busy for long; the diagnostic names the expression that used most of it.
 */
import { Failure } from "./failure.ts";

/** Nodes of all graphs, expressions evaluated, parts of layers and items of lists. A network of a thousand trained layers takes nine tenths of it, one of 120 trained transformer blocks all but a little. */
export const maximalWork = 300_000;

/** Thrown where the budget ends, until somebody knows a place to report. */
export class BudgetExceeded extends Error {
  constructor() {
    super(`more than ${maximalWork} operations`);
    this.name = "BudgetExceeded";
  }
}

export class Budget {
  #spent = 0;
  #reported = false;

  get spent(): number {
    return this.#spent;
  }

  /** Throws BudgetExceeded where nothing is left, and Failure once that is reported. */
  spend(count = 1): void {
    this.#spent += count;
    if (this.#spent <= maximalWork) return;
    throw this.#reported ? new Failure() : new BudgetExceeded();
  }

  /** Whether most of the budget went since `before` was spent: who began then is to be named. */
  mostSince(before: number): boolean {
    return this.#spent - before > maximalWork / 2;
  }

  /** From here on, going beyond the budget is an old complaint. */
  reported(): void {
    this.#reported = true;
  }
}
