/**
 * A headless Chromium from npm packages alone, with the system libraries that it needs, unpacked into a folder of its own. It
 * runs for one test file and leaves nothing behind.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { chromium, type Browser } from "playwright-core";
import { filesOf } from "../targets/tar.ts";

export interface Chromium {
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

/** Throws where the package has no Chromium for this machine, or it does not start: such a test is not skipped. */
export async function startChromium(): Promise<Chromium> {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new Error(`@sparticuz/chromium is for Linux on x64, found ${process.platform} on ${process.arch}`);
  const folder = mkdtempSync(path.join(tmpdir(), "nnc-chromium-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const executablePath = path.join(folder, "chromium");
    writeFileSync(executablePath, packed("chromium.br"), { mode: 0o755 });
    for (const { name, data } of filesOf(packed("al2023.tar.br"))) writeFileSync(path.join(folder, name), data);
    // The package's own arguments switch cross-origin isolation off.
    const browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
      env: { ...process.env, LD_LIBRARY_PATH: folder, HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder },
    });
    return { browser, close: () => browser.close().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

function packed(file: string): Buffer {
  const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
  const root = entry.slice(0, entry.lastIndexOf(`${path.sep}build${path.sep}`));
  return brotliDecompressSync(readFileSync(path.join(root, "bin", file)));
}
