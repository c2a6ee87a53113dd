/** Artifacts brought to life in this process: their memory and their entries. */
import type { Artifact } from "../../compiler/program/artifact.ts";
import type { ThreadCosts } from "../../compiler/program/thread-costs.ts";
import { openWasm } from "../../runtime/load/wasm.ts";

export interface Running {
  readonly memory: ArrayBufferLike;
  readonly entries: Readonly<Record<string, (...dims: number[]) => void>>;
}

export async function startTypescript({ manifest, files }: Artifact): Promise<Running> {
  const code = files[manifest.module];
  if (typeof code !== "string") throw new Error("expected text");
  const url = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
  // The module's shape is what the target promises.
  const module = (await import(/* @vite-ignore */ url)) as { create(): Running };
  return module.create();
}

/** On one thread; a module that threads can share is given the memory, and is alone with it. */
export function startWasm({ manifest, files }: Artifact): Running {
  const bytes = files[manifest.module];
  if (typeof bytes === "string") throw new Error("expected bytes");
  const module = new WebAssembly.Module(new Uint8Array(bytes));
  const { threads } = manifest;
  const pages = threads === undefined ? 0 : Math.ceil((threads.own + threads.ownBytes) / 65_536);
  const given = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const calls = WebAssembly.Module.imports(module).filter(({ kind }) => kind === "function");
  const { exports } = new WebAssembly.Instance(module, {
    env: { memory: given, threads: 1, own: threads?.own ?? 0 },
    threads: Object.fromEntries(calls.map(({ name }) => [name, refuse])),
  });
  const { memory = given, ...entries } = exports;
  if (!(memory instanceof WebAssembly.Memory)) throw new Error("expected a memory");
  // All other exports are entries, functions of i32.
  return { memory: memory.buffer, entries: entries as unknown as Running["entries"] };
}

/** On several threads of this process, until it is closed. */
export async function startThreads(
  artifact: Artifact,
  threads: number,
): Promise<Running & { readonly close: () => void }> {
  const running = await openWasm(artifact, threads);
  if (running.kind !== "sync") throw new Error("expected a target that answers at once");
  const { memory, run, close } = running;
  const names = artifact.manifest.entries.map(({ name }) => name);
  const entries = names.map((name) => [name, (...dims: readonly number[]): void => run(name, dims)] as const);
  return { memory, entries: Object.fromEntries(entries), close };
}

/** Nothing costs anything, so that everything is shared that can be, in as many parts as possible. */
export const eager: ThreadCosts = { barrier: 0, wake: 0, part: 1e-9, flop: 1, byte: 1 };

function refuse(): never {
  throw new Error("a thread that is alone agrees with nobody");
}
