/** In place: which outputs of a kernel may lie where an operand lies that dies in it. */
import type { ScheduledKernel } from "../program/types.ts";
import { accountOf, mayOverwrite } from "../kernel/accesses.ts";
import type { Kernel } from "../kernel/types.ts";

/** Positions among a kernel's parameters: `output` may take the place of `input`. */
export interface InPlace {
  readonly output: number;
  readonly input: number;
}

/** Every pair that may share a place, as positions among the scheduled kernel's parameters. */
export function inPlacePairs(kernel: Kernel, { parameters }: ScheduledKernel): readonly InPlace[] {
  const account = accountOf(kernel);
  const outputs = [...parameters.entries()].filter(([, { access }]) => access === "write");
  const inputs = [...parameters.entries()].filter(([, { access }]) => access === "read");
  return outputs.flatMap(([output, into]) =>
    inputs.flatMap(([input, from]) =>
      into.dtype === from.dtype && mayOverwrite(account, into.name, from.name) ? [{ output, input }] : [],
    ),
  );
}
