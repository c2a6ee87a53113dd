/**
 * Instances of modules that the WebAssembly target assembled: a function for each entry, and a memory that the module brings
 * or, where threads can share the program, is given.
 */
import { brokenModule, notEnoughMemory, noWebAssembly, workerLost } from "../../compiler/diagnostics/codes/runtime.ts";
import type { Artifact, ManifestThreads } from "../../compiler/program/artifact.ts";
import { guarded, moduleOf, requireEntries } from "./executable.ts";
import type { Executable, View } from "./executable.ts";
import { failure, named } from "./fail.ts";
import type { Team, Workers } from "./workers.ts";

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

const pageBytes = 65_536;
/** In the byte that begins a memory's limits: it has a maximum, and is not or is shared. */
const ownMemory = 1;
const sharedMemory = 3;

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
  const { findWorkers, NotStarted, startWorkers } = await import("./workers.ts");
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

type Running = Extract<Executable, { readonly kind: "sync" }>;

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

/** What threads agree by is imported, and never called by one alone. */
async function openAlone(artifact: Artifact, sharing: ManifestThreads): Promise<Running> {
  const memory = makeMemory(artifact, sharing, 1, false);
  const module = await compile(artifact, bytesOf(artifact));
  const unused = Object.fromEntries(
    WebAssembly.Module.imports(module).flatMap(({ kind, name }) => (kind === "function" ? [[name, () => 0]] : [])),
  );
  const env = { memory, threads: 1, own: sharing.own };
  const { exports } = await instantiate(artifact, module, { env, threads: unused });
  return { kind: "sync", memory: memory.buffer, run: runnerOf(artifact, exports), close: () => undefined };
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

function runnerOf({ manifest }: Artifact, exports: WebAssembly.Exports): Running["run"] {
  const calls = new Map(Object.entries(exports));
  requireEntries(manifest, calls);
  return guarded(manifest.module, (entry, dims) => {
    const call = calls.get(entry);
    if (typeof call === "function") call(...dims);
  });
}

function makeMemory(
  { manifest }: Artifact,
  { own, ownBytes }: ManifestThreads,
  threads: number,
  shared: boolean,
): WebAssembly.Memory {
  const pages = Math.ceil((own + threads * ownBytes) / pageBytes);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch {
    throw failure(notEnoughMemory, { bytes: manifest.arenaBytes });
  }
}

/** A copy, in an ArrayBuffer. */
function bytesOf(artifact: Artifact, file = artifact.manifest.module): Uint8Array<ArrayBuffer> {
  const content = moduleOf(artifact, file);
  if (typeof content === "string") throw broken(artifact, "it is text, expected bytes", file);
  return new Uint8Array(content);
}

async function compile(artifact: Artifact, bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    if (!WebAssembly.validate(Uint8Array.from(vectorProbe)))
      throw failure(noWebAssembly, { lacking: "WebAssembly with vector instructions (SIMD)" });
    throw broken(artifact, messageOf(error));
  }
}

async function instantiate(
  artifact: Artifact,
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
): Promise<WebAssembly.Instance> {
  try {
    return await WebAssembly.instantiate(module, imports);
  } catch (error) {
    if (error instanceof RangeError) throw failure(notEnoughMemory, { bytes: artifact.manifest.arenaBytes });
    throw broken(artifact, messageOf(error));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function broken({ manifest }: Artifact, problem: string, file = manifest.module): Error {
  return failure(brokenModule, { file: named(file), problem });
}
