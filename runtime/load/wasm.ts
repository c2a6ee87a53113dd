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

/**
 * Compiles the module and makes an instance with memory of its own, on as many threads as are wanted and possible. Throws
 * NN0701 to NN0704, and NN0727 where a worker does not start.
 */
export async function openWasm(artifact: Artifact, threads = 1): Promise<Executable> {
  if (typeof WebAssembly === "undefined") throw failure(noWebAssembly, { lacking: "WebAssembly" });
  // Most programs need none of them.
  if (artifact.manifest.relaxed) (await import("./instructions.ts")).requireRelaxed();
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
