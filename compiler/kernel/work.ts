/**
 * What kernels add to the operations of a program (NN0603): a kernel of another form than all before it takes as long to schedule and print as
 * hundreds of operations, and a long one, as Winograd's transforms are, takes its time wherever it stands.
 */
import { programTooLarge } from "../diagnostics/codes/limits.ts";
import { diagnose, label, NncError, type Span } from "../diagnostics/diagnostic.ts";
import type { Kernel } from "./types.ts";

/** What a form counts as, and how much of a kernel's form, as text, counts as one. */
const operationsOfForm = 250;
const charactersOfOne = 400;

/** What writing a program out took, and the limit on all of it, with the place that stands for the whole. */
interface Written {
  readonly operations?: number;
  readonly limit?: { readonly operations: number; readonly span: Span | undefined };
}

export class KernelWork {
  readonly #written: number;
  readonly #limit: Written["limit"];
  #forms = 0;
  #characters = 0;

  constructor({ operations = 0, limit }: Written) {
    this.#written = operations;
    this.#limit = limit;
  }

  /** With what writing the program out took. */
  get operations(): number {
    return this.#written + this.#forms * operationsOfForm + Math.floor(this.#characters / charactersOfOne);
  }

  /** Throws NN0603, with the path of the kernel, where it is one too many. */
  count({ origins }: Kernel, form: string, isNew: boolean): void {
    if (isNew) this.#forms += 1;
    this.#characters += form.length;
    if (this.#limit === undefined || this.operations <= this.#limit.operations) return;
    const { operations: limit, span } = this.#limit;
    const text = `written out from here; kernels up to that of \`${origins[0]?.path}\`, ${this.#forms} of which differ, count as ${this.operations - this.#written}`;
    throw new NncError(diagnose(programTooLarge, { limit }, span === undefined ? [] : [label(span, text)]));
  }
}
