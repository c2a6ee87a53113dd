/** Instances of modules that the TypeScript target printed: plain JavaScript, imported from its text. */
import { brokenModule, notEnoughMemory } from "../../compiler/diagnostics/codes/runtime.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { moduleOf } from "./executable.ts";
import type { Executable } from "./executable.ts";
import { failure, named } from "./fail.ts";

/** What such a module exports. */
interface Module {
  readonly create: (memory: ArrayBuffer) => { readonly entries: Readonly<Record<string, (...dims: number[]) => void>> };
}

/** Imports the module and makes an instance with memory of its own. Throws NN0701, NN0702, NN0704. */
export async function openTypescript(artifact: Artifact): Promise<Executable> {
  const { module: file, arenaBytes } = artifact.manifest;
  const content = moduleOf(artifact);
  const text = typeof content === "string" ? content : new TextDecoder().decode(content);
  const module = await importText(file, text);
  const memory = allocate(arenaBytes);
  const { entries } = module.create(memory);
  return { kind: "sync", memory, run: (entry, dims) => entries[entry]?.(...dims), close: () => undefined };
}

async function importText(file: string, text: string): Promise<Module> {
  const page = "document" in globalThis;
  const url = page
    ? URL.createObjectURL(new Blob([text], { type: "text/javascript" }))
    : `data:text/javascript,${encodeURIComponent(text)}`;
  try {
    const module: unknown = await import(/* @vite-ignore */ /* webpackIgnore: true */ url);
    if (isModule(module)) return module;
  } catch (error) {
    throw failure(brokenModule, { file: named(file), problem: error instanceof Error ? error.message : String(error) });
  } finally {
    if (page) URL.revokeObjectURL(url);
  }
  throw failure(brokenModule, { file: named(file), problem: "it exports no function `create`" });
}

function isModule(value: unknown): value is Module {
  return typeof value === "object" && value !== null && "create" in value && typeof value.create === "function";
}

function allocate(bytes: number): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes);
  } catch {
    throw failure(notEnoughMemory, { bytes });
  }
}
