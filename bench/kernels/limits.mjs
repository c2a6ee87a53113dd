/**
 * What kernels are held against, as calls that take turns with them: the peak loop of bench:peers, a plain copy in WebAssembly SIMD of as
 * many bytes as the kernel must read and write, and a loop that takes the larger of two numbers and does nothing else.
 */
import { compile } from "watr";
import { openShortPeak } from "../peers/peak.mjs";

const pageBytes = 65_536;
const vectorBytes = 16;
const unrolled = 4;
const stepBytes = unrolled * vectorBytes;

const moves = Array.from(
  { length: unrolled },
  (_, at) =>
    `(v128.store offset=${at * vectorBytes} (local.get $to) (v128.load offset=${at * vectorBytes} (local.get $from)))`,
).join("\n");

const copySource = `(module (import "env" "memory" (memory 1))
  (func (export "run") (param $from i32) (param $to i32) (param $bytes i32) (local $end i32)
    (local.set $end (i32.add (local.get $from) (local.get $bytes)))
    (loop $again
      ${moves}
      (local.set $to (i32.add (local.get $to) (i32.const ${stepBytes})))
      (br_if $again
        (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const ${stepBytes}))) (local.get $end))))))`;

/** Copies so many bytes, rounded up to four vectors. A store never meets the low bits of a load that follows it: half a page lies between. */
function copying(module, bytes) {
  const [page, half] = [4096, 2048];
  const length = stepBytes * Math.ceil(bytes / stepBytes);
  const target = page * Math.ceil(length / page) + half;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((target + length) / pageBytes) });
  new Float32Array(memory.buffer).fill(1);
  const { run } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  return () => run(0, target, length);
}

const accumulators = 12;
const largestTurns = 4000;
const each = (form) => Array.from({ length: accumulators }, (_, at) => form(`$a${at}`, at)).join("\n");

/** \`f32x4.max\` on independent accumulators: engines make several instructions of it, for NaNs and the signs of zeros. */
const largestSource = `(module (func (export "run") (param $n i32) (result f32)
  (local $x v128) ${each((a) => `(local ${a} v128)`)}
  ${each((a, at) => `(local.set ${a} (f32x4.splat (f32.const ${at + 1})))`)}
  (local.set $x (f32x4.splat (f32.const 5)))
  (loop $again
    ${each((a) => `(local.set ${a} (f32x4.max (local.get ${a}) (local.get $x)))`)}
    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
    (br_if $again (local.get $n)))
  ${each((a) => `(local.set $x (f32x4.add (local.get $x) (local.get ${a})))`)}
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
