/** Instances of modules that the TypeScript target printed: plain JavaScript, imported from its text. */
import { brokenModule, notEnoughMemory } from "../../compiler/diagnostics/codes/runtime.ts";
import { isFields } from "../../compiler/diagnostics/values.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { guarded, moduleOf, requireEntries } from "./executable.ts";
import type { Executable } from "./executable.ts";
import { failure, named } from "./fail.ts";

/** What such a module exports. */
interface Module {
  readonly create: (memory: ArrayBuffer) => unknown;
  readonly arenaBytes?: unknown;
}

type Entries = Readonly<Record<string, (...dims: number[]) => void>>;

/** Imports the module and makes an instance with memory of its own. Throws NN0701, NN0702, NN0704. */
export async function openTypescript(artifact: Artifact): Promise<Executable> {
  const { module: file, arenaBytes } = artifact.manifest;
  const content = moduleOf(artifact);
  const text = typeof content === "string" ? content : new TextDecoder().decode(content);
  const module = await importText(file, text);
  const { arenaBytes: needed = arenaBytes } = module;
  if (needed !== arenaBytes)
    throw failure(brokenModule, {
      file: named(file),
      problem: `expected a memory of ${arenaBytes} bytes, found ${String(needed)}`,
    });
  const memory = allocate(arenaBytes);
  const entries = entriesOf(artifact, module, memory);
  const run = guarded(file, (entry, dims) => entries[entry]?.(...dims));
  return { kind: "sync", memory, run, close: () => undefined };
}

/** The functions of an instance, of which each entry has one that takes as many dimensions. */
function entriesOf({ manifest }: Artifact, { create }: Module, memory: ArrayBuffer): Entries {
  const entries = instanceOf(named(manifest.module), create, memory);
  requireEntries(manifest, new Map(Object.entries(entries)));
  return entries;
}

function instanceOf(file: string, create: Module["create"], memory: ArrayBuffer): Entries {
  try {
    const instance: unknown = create(memory);
    if (isFields(instance) && isFields(instance["entries"])) return instance["entries"] as Entries; // each is asked for its kind
  } catch (error) {
    throw failure(brokenModule, { file, problem: error instanceof Error ? error.message : String(error) });
  }
  throw failure(brokenModule, { file, problem: "expected `create` to answer with its entries" });
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
