/**
 * What `node dist/cli.js` runs: loads the command with V8's code cache, so that a start does not compile what it compiled before.
 * Node.js from 22.8 keeps such a cache itself; for older ones the build leaves it in `dist/cache/` (scripts/build.mjs). Where there is none that fits the
 * file and this V8, the command starts all the same, a quarter of a second later.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import module, { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

/** What the types of Node.js 20 leave out. */
interface Loader {
  readonly enableCompileCache?: () => unknown;
  readonly prototype: { _compile: (this: NodeJS.Module, source: string, file: string) => unknown };
}

const folder = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
/** Small files cost more to look up than to compile. */
const leastBytes = 100_000;

function start(): void {
  // The class of CommonJS modules, whose types do not tell how a module is compiled.
  const loader = module as unknown as Loader;
  const write = process.env["NNC_WRITE_CACHE"] !== undefined;
  if (loader.enableCompileCache !== undefined && !write) loader.enableCompileCache();
  else useCache(loader, write);
  require(path.join(folder, "command", "nnc.cjs"));
}

/** CommonJS modules compile from their caches; with `write` they leave them behind, with all functions that ran. */
function useCache(loader: Loader, write: boolean): void {
  const compile = loader.prototype._compile;
  loader.prototype._compile = function compileWithCache(source, file) {
    const place = source.length < leastBytes ? undefined : cacheOf(file);
    const cachedData = place === undefined || write ? undefined : read(place);
    if (place === undefined || (cachedData === undefined && !write)) return compile.call(this, source, file);
    const script = new vm.Script(module.wrap(source), { filename: file, cachedData });
    if (write) process.once("exit", () => writeFileSync(place, script.createCachedData()));
    // The wrapper is a function of `exports` and the other names of a module.
    const run = script.runInThisContext() as (this: unknown, ...values: readonly unknown[]) => unknown;
    return run.call(this.exports, this.exports, createRequire(file), this, file, path.dirname(file));
  };
  if (write) mkdirSync(path.join(folder, "cache"), { recursive: true });
}

/** Another version of the file has another cache; V8 itself refuses what another V8 wrote. */
function cacheOf(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return path.join(folder, "cache", `${path.basename(file)}-${size}-${Math.round(mtimeMs)}`);
}

function read(place: string): Buffer | undefined {
  try {
    return readFileSync(place);
  } catch {
    return undefined;
  }
}

start();
