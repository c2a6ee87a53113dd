/** Which instructions a place's WebAssembly has; loaded where a program needs rare ones, or does not compile. */
import { noWebAssembly } from "../../compiler/diagnostics/codes/runtime.ts";
import { failure } from "./fail.ts";

/** A module with one function that makes a vector and drops it: valid where there are vector instructions. */
const vectorProbe = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
];

/** A module with one function that multiplies and adds three vectors: valid where there are relaxed vector instructions. */
const relaxedProbe = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 17, 65, 0, 253, 17, 65,
  0, 253, 17, 253, 133, 2, 11,
];
const relaxedHelp =
  "Node.js 20 has them with the flag --experimental-wasm-relaxed-simd; without `relaxed` the program runs here";

/** Throws NN0703. */
export function requireVectors(): void {
  requireValid(vectorProbe, "WebAssembly with vector instructions (SIMD)");
}

/** Throws NN0703. */
export function requireRelaxed(): void {
  requireValid(relaxedProbe, "WebAssembly with relaxed vector instructions (relaxed SIMD)", relaxedHelp);
}

function requireValid(probe: readonly number[], lacking: string, help?: string): void {
  if (!WebAssembly.validate(Uint8Array.from(probe))) throw failure(noWebAssembly, { lacking }, help);
}
