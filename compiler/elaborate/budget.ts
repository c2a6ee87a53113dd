/**
 * How much a program may become once every call is written out. What elaboration makes and what it looks at is counted, so that no source,
 * however short, keeps the compiler busy for long unless its user allows that; the diagnostic names the expression that used most of it.
 */
import { Failure } from "./failure.ts";

/**
 * Nodes of all graphs, expressions evaluated, parts of layers and items of lists: about five seconds of compiling, whatever they are
 * (bench/results/compile.md).
 */
const usualOperations = 220_000;

/** Thrown where the budget ends, until somebody knows a place to report. */
export class BudgetExceeded extends Error {
  constructor(limit: number) {
    super(`more than ${limit} operations`);
    this.name = "BudgetExceeded";
  }
}

export class Budget {
  readonly limit: number;
  #spent = 0;
  #reported = false;

  constructor(limit = usualOperations) {
    this.limit = limit;
  }

  get spent(): number {
    return this.#spent;
  }

  /** Throws BudgetExceeded where nothing is left, and Failure once that is reported. */
  spend(count = 1): void {
    this.#spent += count;
    if (this.#spent <= this.limit) return;
    throw this.#reported ? new Failure() : new BudgetExceeded(this.limit);
  }

  /** Whether most of the budget went since `before` was spent: who began then is to be named. */
  mostSince(before: number): boolean {
    return this.#spent - before > this.limit / 2;
  }

  /** From here on, going beyond the budget is an old complaint. */
  reported(): void {
    this.#reported = true;
  }
}
