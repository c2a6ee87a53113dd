/**
 * SwiftShader, a Vulkan driver that runs on the CPU, unpacked from the npm package of a headless Chromium: what gives Dawn
 * an adapter on any Linux machine. Only the three files that Dawn needs are taken out of the archive.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { filesOf } from "../targets/tar.ts";

export interface SwiftShader {
  /** To be set before the process starts that uses it. */
  readonly env: Readonly<Record<string, string>>;
  readonly remove: () => void;
}

const needed = new Set(["libvulkan.so.1", "libvk_swiftshader.so", "vk_swiftshader_icd.json"]);

/** What a process needs to have a GPU: with NNC_GPU=native, and where there is no SwiftShader, nothing but the machine's own. */
export function gpuEnvironment(): SwiftShader {
  const isOwn = process.platform !== "linux" || process.arch !== "x64" || process.env.NNC_GPU === "native";
  return isOwn ? { env: {}, remove: () => undefined } : unpackSwiftShader();
}

/** Unpacks it into a folder of its own. */
function unpackSwiftShader(): SwiftShader {
  const folder = mkdtempSync(path.join(tmpdir(), "nnc-swiftshader-"));
  const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
  const archive = path.join(
    entry.slice(0, entry.lastIndexOf(`${path.sep}build${path.sep}`)),
    "bin",
    "swiftshader.tar.br",
  );
  for (const { name, data } of filesOf(brotliDecompressSync(readFileSync(archive)))) {
    if (needed.has(name)) writeFileSync(path.join(folder, name), data, { mode: 0o755 });
  }
  return {
    env: { LD_LIBRARY_PATH: folder, VK_ICD_FILENAMES: path.join(folder, "vk_swiftshader_icd.json") },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
