/**
 * Instances of modules that the WebAssembly target assembled: a function for each entry, and a memory that the module brings
 * or, where threads can share the program, is given.
 */
import { noWebAssembly } from "../../compiler/diagnostics/codes/runtime.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import type { Executable } from "./executable.ts";
import { failure } from "./fail.ts";
import { broken, bytesOf, compile, instantiate, openAlone, runnerOf } from "./wasm-instance.ts";
import type { Running } from "./wasm-instance.ts";

/** A module with one function that multiplies and adds three vectors: valid where there are relaxed vector instructions. */
const relaxedProbe = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 17, 65, 0, 253, 17, 65,
  0, 253, 17, 253, 133, 2, 11,
];
const relaxedHelp =
  "Node.js 20 has them with the flag --experimental-wasm-relaxed-simd; without `relaxed` the program runs here";

/**
 * Compiles the module and makes an instance with memory of its own, on as many threads as are wanted and possible. Throws
 * NN0701 to NN0704, and NN0727 where a worker does not start.
 */
export async function openWasm(artifact: Artifact, threads = 1): Promise<Executable> {
  if (typeof WebAssembly === "undefined") throw failure(noWebAssembly, { lacking: "WebAssembly" });
  if (artifact.manifest.relaxed && !WebAssembly.validate(Uint8Array.from(relaxedProbe)))
    throw failure(
      noWebAssembly,
      { lacking: "WebAssembly with relaxed vector instructions (relaxed SIMD)" },
      relaxedHelp,
    );
  const sharing = artifact.manifest.threads;
  if (sharing === undefined) return openOwn(artifact);
  if (threads === 1) return openAlone(artifact, sharing);
  // A page that trains on one thread does not load it.
  const { openTeam } = await import("./wasm-team.ts");
  return openTeam(artifact, sharing, threads);
}

/** A module that no threads can share brings its memory. */
async function openOwn(artifact: Artifact): Promise<Running> {
  const { exports } = await instantiate(artifact, await compile(artifact, bytesOf(artifact)), {});
  const { memory } = exports;
  if (!(memory instanceof WebAssembly.Memory)) throw broken(artifact, "it exports no memory");
  const { arenaBytes } = artifact.manifest;
  const { byteLength } = memory.buffer;
  if (byteLength < arenaBytes) throw broken(artifact, `expected a memory of ${arenaBytes} bytes, found ${byteLength}`);
  return { kind: "sync", memory: memory.buffer, run: runnerOf(artifact, exports), close: () => undefined };
}
