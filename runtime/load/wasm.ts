/** Instances of modules that the WebAssembly target assembled; they export their memory and a function for each entry. */
import { brokenModule, notEnoughMemory, noWebAssembly } from "../../compiler/diagnostics/codes/runtime.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { moduleOf } from "./executable.ts";
import type { Executable } from "./executable.ts";
import { failure, named } from "./fail.ts";

/** A module with one function that makes a vector and drops it: valid where there are vector instructions. */
const vectorProbe = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
];

/** Compiles the module and makes an instance with memory of its own. Throws NN0701 to NN0704. */
export async function openWasm(artifact: Artifact): Promise<Executable> {
  if (typeof WebAssembly === "undefined") throw failure(noWebAssembly, { lacking: "WebAssembly" });
  const { exports } = await instantiate(artifact);
  const { memory } = exports;
  if (!(memory instanceof WebAssembly.Memory)) throw broken(artifact, "it exports no memory");
  const run = (entry: string, dims: readonly number[]): void => {
    const { [entry]: call } = exports;
    if (typeof call === "function") call(...dims);
  };
  return { kind: "sync", memory: memory.buffer, run, close: () => undefined };
}

async function instantiate(artifact: Artifact): Promise<WebAssembly.Instance> {
  const content = moduleOf(artifact);
  if (typeof content === "string") throw broken(artifact, "it is text, expected bytes");
  try {
    // A copy in an ArrayBuffer, which the type of `instantiate` asks for.
    return (await WebAssembly.instantiate(new Uint8Array(content), {})).instance;
  } catch (error) {
    if (!WebAssembly.validate(Uint8Array.from(vectorProbe)))
      throw failure(noWebAssembly, { lacking: "WebAssembly with vector instructions (SIMD)" });
    if (error instanceof RangeError) throw failure(notEnoughMemory, { bytes: artifact.manifest.arenaBytes });
    throw broken(artifact, error instanceof Error ? error.message : String(error));
  }
}

function broken({ manifest }: Artifact, problem: string): Error {
  return failure(brokenModule, { file: named(manifest.module), problem });
}
