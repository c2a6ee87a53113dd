/** Artifacts brought to life in this process: their memory and their entries. */
import type { Artifact } from "../../compiler/program/artifact.ts";

export interface Running {
  readonly memory: ArrayBuffer;
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

export function startWasm({ manifest, files }: Artifact): Running {
  const bytes = files[manifest.module];
  if (typeof bytes === "string") throw new Error("expected bytes");
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)));
  const { memory, ...entries } = exports;
  if (!(memory instanceof WebAssembly.Memory)) throw new Error("expected a memory");
  // All other exports are entries, functions of i32.
  return { memory: memory.buffer, entries: entries as unknown as Running["entries"] };
}
