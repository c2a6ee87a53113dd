/** From the bytes of a module to an instance for one thread, with what an instance for several has in common with it. */
import { brokenModule, notEnoughMemory } from "../../compiler/diagnostics/codes/runtime.ts";
import type { Artifact, ManifestThreads } from "../../compiler/program/artifact.ts";
import { guarded, moduleOf, requireEntries } from "./executable.ts";
import type { Executable } from "./executable.ts";
import { failure, named } from "./fail.ts";

const pageBytes = 65_536;
export type Running = Extract<Executable, { readonly kind: "sync" }>;

/** What threads agree by is imported, and never called by one alone. */
export async function openAlone(artifact: Artifact, sharing: ManifestThreads): Promise<Running> {
  const memory = makeMemory(artifact, sharing, 1, false);
  const module = await compile(artifact, bytesOf(artifact));
  const unused = Object.fromEntries(
    WebAssembly.Module.imports(module).flatMap(({ kind, name }) => (kind === "function" ? [[name, () => 0]] : [])),
  );
  const env = { memory, threads: 1, own: sharing.own };
  const { exports } = await instantiate(artifact, module, { env, threads: unused });
  return { kind: "sync", memory: memory.buffer, run: runnerOf(artifact, exports), close: () => undefined };
}

export function runnerOf({ manifest }: Artifact, exports: WebAssembly.Exports): Running["run"] {
  const calls = new Map(Object.entries(exports));
  requireEntries(manifest, calls);
  return guarded(manifest.module, (entry, dims) => {
    const call = calls.get(entry);
    if (typeof call === "function") call(...dims);
  });
}

export function makeMemory(
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
export function bytesOf(artifact: Artifact, file = artifact.manifest.module): Uint8Array<ArrayBuffer> {
  const content = moduleOf(artifact, file);
  if (typeof content === "string") throw broken(artifact, "it is text, expected bytes", file);
  return new Uint8Array(content);
}

export async function compile(artifact: Artifact, bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    (await import("./instructions.ts")).requireVectors();
    throw broken(artifact, messageOf(error));
  }
}

export async function instantiate(
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

export function broken({ manifest }: Artifact, problem: string, file = manifest.module): Error {
  return failure(brokenModule, { file: named(file), problem });
}
