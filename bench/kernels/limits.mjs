/**
 * What kernels are held against, as calls that take turns with them: the peak loop of bench:peers, and a plain copy in WebAssembly SIMD of as
 * many bytes as the kernel must read and write.
 */
import { compile } from "watr";
import { copyPlaces, copySource } from "../../targets/wasm/limit-loops.mjs";
import { openShortPeak } from "../peers/peak.mjs";

/** Copies so many bytes, rounded up to whole turns of the loop. */
function copying(module, bytes) {
  const { length, target, pages } = copyPlaces(bytes);
  const memory = new WebAssembly.Memory({ initial: pages });
  new Float32Array(memory.buffer).fill(1);
  const { run } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  return () => run(0, target, length);
}

/** `(work) => { call, calls }`: the limit of a case's work is the time of so many calls. */
export async function openLimits() {
  const module = new WebAssembly.Module(compile(copySource));
  const peak = await openShortPeak();
  return (work) => {
    switch (work.kind) {
      case "copy":
        return { call: copying(module, work.bytes), calls: 1 };
      case "peak":
        return { call: peak.call, calls: work.operations / peak.operations };
      default:
        throw new Error(`a limit for ${work.kind}`);
    }
  };
}
