/** Times of cases by benny, which is loaded only here. It prints to standard output on its own; that goes to standard error instead. */
import type * as Benny from "benny";
import { codeOf } from "../../runtime/save/file-problem.ts";
import { UsageError } from "../exit.ts";
import type { Output } from "../context.ts";

export interface Case {
  readonly name: string;
  /** One call; a promise where the target answers later. */
  readonly run: () => unknown;
  readonly isAsync: boolean;
}

export interface Timing {
  readonly name: string;
  /** Of one call. */
  readonly seconds: number;
  /** Half of the 95 % interval, relative. */
  readonly margin: number;
}

export async function measure(
  title: string,
  cases: readonly Case[],
  seconds: number,
  notes: Output,
): Promise<readonly Timing[]> {
  const { suite, add, configure } = await loadBenny();
  const print = console.log;
  console.log = (text: unknown): void => {
    notes.write(`${String(text)}\n`);
  };
  try {
    const options = { minSamples: 5, maxTime: seconds };
    // Two arrows: benny takes what the outer one returns for the case, and looks whether that answers with a promise.
    const added = cases.map(({ name, run, isAsync }) =>
      add(
        name,
        isAsync
          ? () => async () => {
              await run();
            }
          : () => () => {
              run();
            },
      ),
    );
    const { results } = await suite(title, ...added, configure({ cases: options }));
    return results.map(({ name, details, margin }) => ({ name, seconds: details.mean, margin: margin / 100 }));
  } finally {
    console.log = print;
  }
}

async function loadBenny(): Promise<Pick<typeof Benny, "suite" | "add" | "configure">> {
  try {
    const module = await import("benny");
    return module.default ?? module;
  } catch (error) {
    if (codeOf(error) !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UsageError("expected the package benny beside nnc, found none; `npm install benny` brings it");
  }
}
