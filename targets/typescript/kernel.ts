/** Kernels and functions of a program as TypeScript functions: what stands in their parentheses, and their lines. */
import type { Facts } from "../../compiler/program/integer.ts";
import type { FunctionDefinition, ScheduledKernel } from "../../compiler/program/types.ts";
import { printBody, printFunction as functionParts, startOf } from "../c-like/statements.ts";
import type { Module } from "../c-like/syntax.ts";
import { scalarType } from "./syntax.ts";

/** A function as text: what stands in its parentheses, and its body line by line. */
export interface PrintedFunction {
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
  readonly lines: readonly string[];
}

/** The kernel as a function of typed arrays and sizes. `arrays` gives the module's names of its private arrays. */
export function printKernel(
  kernel: ScheduledKernel,
  arrays: ReadonlyMap<string, string>,
  facts: Facts,
  module: Module,
): PrintedFunction {
  const place = startOf(kernel.body, facts, module, new Set(arrays.keys()));
  const bind = (space: "buffer" | "dimension", name: string, type: string): PrintedFunction["parameters"][number] => {
    const printed = place.names.give(name);
    place.scope.bind(space, name, printed);
    return { name: printed, type };
  };
  const buffers = kernel.parameters.map(({ name, dtype }) => bind("buffer", name, arrayType(dtype)));
  for (const [name, printed] of arrays) place.scope.bind("buffer", name, printed);
  const dims = kernel.dims.map((name) => bind("dimension", name, "number"));
  printBody(kernel.body, place);
  return { parameters: [...buffers, ...dims], lines: place.scope.state.lines };
}

/** The function of scalars under the names of its parameters and lets. */
export function printFunction(definition: FunctionDefinition, module: Module): PrintedFunction {
  const { parameters, lines } = functionParts(definition, module);
  return { parameters: parameters.map(({ name, dtype }) => ({ name, type: scalarType(dtype) })), lines };
}

export function arrayType(dtype: FunctionDefinition["dtype"]): string {
  return dtype === "f32" ? "Float32Array" : "Int32Array";
}
