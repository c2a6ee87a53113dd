/** What of a program WebGPU does not run, said before anything is printed. */
import { rowsTooLarge } from "../../compiler/diagnostics/codes/targets.ts";
import { diagnose, label } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { Program } from "../../compiler/program/types.ts";

/** What the standard promises of a function's own variables: the rest is taken by scalars. */
const arrayBytes = 8192;

/** Errors NN0650, one for each kernel whose private arrays are too large. */
export function checkWgsl({ kernels }: Program): readonly Diagnostic[] {
  return kernels.flatMap(({ name, arrays, origins }) => {
    const found = arrays.reduce((sum, { elements }) => sum + 4 * elements, 0);
    if (found <= arrayBytes) return [];
    const labels = origins.flatMap(({ span }) => (span === undefined ? [] : [label(span, "computed here")]));
    return [diagnose(rowsTooLarge, { kernel: `\`${name}\``, limit: arrayBytes, found }, labels.slice(0, 1))];
  });
}
