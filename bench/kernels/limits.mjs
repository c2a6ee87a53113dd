/**
 * What kernels are held against, as calls that take turns with them: the peak loop of bench:peers, and a plain copy in WebAssembly SIMD of as
 * many bytes as the kernel must read and write.
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
