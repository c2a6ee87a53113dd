/** WebAssembly that threads share: as many of them as are wanted and start, each with an instance in one memory. */
import { workerLost } from "../../compiler/diagnostics/codes/runtime.ts";
import type { Artifact, ManifestThreads } from "../../compiler/program/artifact.ts";
import type { Executable, View } from "./executable.ts";
import { failure } from "./fail.ts";
import { broken, bytesOf, compile, instantiate, makeMemory, openAlone, runnerOf } from "./wasm-instance.ts";
import type { Running } from "./wasm-instance.ts";
import { findWorkers, NotStarted, startWorkers } from "./workers.ts";
import type { Team, Workers } from "./workers.ts";

/** In the byte that begins a memory's limits: it has a maximum, and is not or is shared. */
const ownMemory = 1;
const sharedMemory = 3;

/** Threads that find no place leave the work to fewer, or to one. Throws NN0702 to NN0704, and NN0727 where a worker does not start. */
export async function openTeam(artifact: Artifact, sharing: ManifestThreads, threads: number): Promise<Executable> {
  const found = await findWorkers();
  if (!("start" in found)) return { ...(await openAlone(artifact, sharing)), ...found };
  let lacking: { readonly lacking?: string; readonly found?: string } = {};
  for (let count = Math.min(threads, sharing.most); count > 1;) {
    try {
      const shared = await openShared(artifact, sharing, count, (team, stop) => startWorkers(found.start, team, stop));
      return { ...shared, ...lacking };
    } catch (error) {
      if (!(error instanceof NotStarted)) throw error;
      lacking = { lacking: "threads that start", found: error.message };
      count = Math.min(count - 1, error.threads);
    }
  }
  return { ...(await openAlone(artifact, sharing)), ...lacking };
}

async function openShared(
  artifact: Artifact,
  sharing: ManifestThreads,
  threads: number,
  start: (team: Team, stop: () => void) => Promise<Workers>,
): Promise<Executable> {
  const memory = makeMemory(artifact, sharing, threads, true);
  const bytes = bytesOf(artifact);
  if (bytes[sharing.flag] !== ownMemory && bytes[sharing.flag] !== sharedMemory)
    throw broken(artifact, `expected the limits of a memory at byte ${sharing.flag}, found ${bytes[sharing.flag]}`);
  bytes[sharing.flag] = sharedMemory;
  const program = await compile(artifact, bytes);
  const agreement = await compile(artifact, bytesOf(artifact, sharing.module));
  const crew: { workers?: Workers } = {};
  const env = { memory, above: 0, stalled: () => crew.workers?.look() };
  const { exports: agreed } = await instantiate(artifact, agreement, { env });
  const { stop, stopped } = agreed;
  if (typeof stop !== "function" || typeof stopped !== "function") throw broken(artifact, "it has no `stop`");
  const led = "document" in globalThis;
  const workers = await start({ program, agreement, memory, sharing, threads, led }, () => void stop());
  if (led) return ledBy(workers, artifact, memory, threads);
  crew.workers = workers;
  const call = await callerOf(artifact, program, { env: { memory, threads, own: sharing.own }, threads: agreed }).catch(
    (error: unknown) => {
      workers.close();
      throw error;
    },
  );
  const run = (entry: string, dims: readonly number[]): void => {
    try {
      if (stopped() === 0) call(entry, dims);
    } catch (error) {
      // Others are in the middle of what this thread has left.
      stop();
      throw error;
    }
    if (stopped() !== 0) throw failure(workerLost, { reason: workers.reason() });
  };
  return { kind: "sync", memory: memory.buffer, threads, run, close: () => workers.close() };
}

/** This thread's own instance of a shared program. */
async function callerOf(
  artifact: Artifact,
  program: WebAssembly.Module,
  imports: WebAssembly.Imports,
): Promise<Running["run"]> {
  const { exports } = await instantiate(artifact, program, imports);
  return runnerOf(artifact, exports);
}

/** A page's own thread may not wait for others: it sends its calls to a worker, and looks into the memory when they are done. */
function ledBy(workers: Workers, { manifest }: Artifact, memory: WebAssembly.Memory, threads: number): Executable {
  const buffers = new Map(manifest.buffers.map((buffer) => [buffer.name, buffer]));
  const view = (name: string): View => {
    const { dtype = "f32", offset = 0, bytes = 0 } = buffers.get(name) ?? {};
    return new (dtype === "f32" ? Float32Array : Int32Array)(memory.buffer, offset, bytes / 4);
  };
  return {
    kind: "async",
    threads,
    write: (name, data) => view(name).set(data),
    read: async (name) => view(name).slice(),
    run: (entry, dims) => workers.ask(entry, dims),
    close: () => workers.close(),
  };
}
