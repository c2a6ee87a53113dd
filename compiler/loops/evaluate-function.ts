/** Evaluates a function definition to the bit as targets must: float32 after every operation. */
import { compileFunction } from "./closures.ts";
import type { FunctionDefinition } from "./types.ts";

/** The definition as a function of its parameters, in order; f32 arguments must be float32 values. */
export function evaluateFunction(definition: FunctionDefinition): (...values: number[]) => number {
  return compileFunction(definition, "f32");
}
