/**
 * What kernels are held against, as calls that take turns with them: the peak loop of bench:peers, a plain copy in WebAssembly SIMD of as
 * many bytes as the kernel must read and write, and a loop that takes the larger of two numbers and does nothing else.
 */
import { compile } from "watr";
import { accumulators, copyPlaces, copySource, eachAccumulator } from "../../targets/wasm/limit-loops.mjs";
import { openShortPeak } from "../peers/peak.mjs";

/** Copies so many bytes, rounded up to whole turns of the loop. */
function copying(module, bytes) {
  const { length, target, pages } = copyPlaces(bytes);
  const memory = new WebAssembly.Memory({ initial: pages });
  new Float32Array(memory.buffer).fill(1);
  const { run } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  return () => run(0, target, length);
}

const largestTurns = 4000;

/** \`f32x4.max\` on independent accumulators: engines make several instructions of it, for NaNs and the signs of zeros. */
const largestSource = `(module (func (export "run") (param $n i32) (result f32)
  (local $x v128) ${eachAccumulator((a) => `(local ${a} v128)`)}
  ${eachAccumulator((a, at) => `(local.set ${a} (f32x4.splat (f32.const ${at + 1})))`)}
  (local.set $x (f32x4.splat (f32.const 5)))
  (loop $again
    ${eachAccumulator((a) => `(local.set ${a} (f32x4.max (local.get ${a}) (local.get $x)))`)}
    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
    (br_if $again (local.get $n)))
  ${eachAccumulator((a) => `(local.set $x (f32x4.add (local.get $x) (local.get ${a})))`)}
  (f32x4.extract_lane 0 (local.get $x))))`;

function openLargest() {
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(compile(largestSource))).exports;
  return { call: () => run(largestTurns), operations: 4 * accumulators * largestTurns };
}

/** `(work) => { call, calls }`: the limit of a case's work is the time of so many calls. */
export async function openLimits() {
  const module = new WebAssembly.Module(compile(copySource));
  const peak = await openShortPeak();
  const largest = openLargest();
  return (work) => {
    switch (work.kind) {
      case "copy":
        return { call: copying(module, work.bytes), calls: 1 };
      case "peak":
        return { call: peak.call, calls: work.operations / peak.operations };
      case "largest":
        return { call: largest.call, calls: work.operations / largest.operations };
      default:
        throw new Error(`a limit for ${work.kind}`);
    }
  };
}
