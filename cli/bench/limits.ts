/**
 * What this machine does at most, on one thread of WebAssembly: how fast it multiplies and adds, and how fast it copies as many bytes as asked. Measured
 * a few times in a run, of which the best counts: whatever else the machine does only makes it slower.
 */
import { copyPlaces, peakOperations } from "../../targets/wasm/limit-loops.mjs";
import { limitModules } from "../../targets/wasm/limits.ts";

/** About 0.2 ms. */
const peakTurns = 44_000;
/** Milliseconds that a figure is looked for. */
const patience = 20;
const leastBytes = 4096;
const mostBytes = 2 ** 25;

export class Limits {
  readonly #now: () => number;
  readonly #copyModule: WebAssembly.Module;
  readonly #peak: () => unknown;
  /** Bytes read and written in a second, by how many are copied. */
  readonly #rates = new Map<number, number>();
  #flops = 0;

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    const { peak, copy } = limitModules();
    this.#now = now;
    this.#copyModule = new WebAssembly.Module(Uint8Array.from(copy));
    const run = functionOf(new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(peak))));
    this.#peak = () => run(peakTurns);
  }

  /** Operations in a second, the best of all measurements so far. */
  get flopsPerSecond(): number {
    return this.#flops;
  }

  /** By how many bytes are copied, the smallest first. */
  get copies(): readonly { readonly bytes: number; readonly bytesPerSecond: number }[] {
    const sorted = [...this.#rates].toSorted(([a], [b]) => a - b);
    return sorted.map(([bytes, bytesPerSecond]) => ({ bytes, bytesPerSecond }));
  }

  /** Measures the peak loop once more. */
  measure(): number {
    this.#flops = Math.max(this.#flops, peakOperations(peakTurns) / this.#fastest(this.#peak));
    return this.#flops;
  }

  /** The seconds that so much work takes at least: the longer of computing it and of a copy that reads and writes as many bytes in all. */
  secondsOf({ flops, bytes }: { readonly flops: number; readonly bytes: number }): number {
    return Math.max(flops / this.#flops, bytes === 0 ? 0 : bytes / this.#rateOf(bytes / 2));
  }

  #rateOf(bytes: number): number {
    const size = Math.min(mostBytes, Math.max(leastBytes, 2 ** Math.ceil(Math.log2(bytes))));
    const known = this.#rates.get(size);
    if (known !== undefined) return known;
    const { length, target, pages } = copyPlaces(size);
    const memory = new WebAssembly.Memory({ initial: pages });
    new Float32Array(memory.buffer).fill(1);
    const run = functionOf(new WebAssembly.Instance(this.#copyModule, { env: { memory } }));
    const rate = (2 * length) / this.#fastest(() => run(0, target, length));
    this.#rates.set(size, rate);
    return rate;
  }

  /** Seconds of the fastest call; short ones are timed in groups. */
  #fastest(call: () => unknown): number {
    const now = this.#now;
    call();
    const begun = now();
    call();
    const group = Math.max(1, Math.round(0.1 / Math.max(1e-6, now() - begun)));
    let best = Infinity;
    for (const until = now() + patience; best === Infinity || now() < until;) {
      const before = now();
      for (let i = 0; i < group; i += 1) call();
      best = Math.min(best, (now() - before) / group / 1000);
    }
    return best;
  }
}

function functionOf({ exports }: WebAssembly.Instance): (...values: number[]) => unknown {
  // The module is our own: it exports this one function.
  return exports["run"] as (...values: number[]) => unknown;
}
