/**
 * Loops that kernels are held against, as WebAssembly text: how fast a machine multiplies and adds, and how fast it copies. `nnc bench --profile` and
 * the scripts of bench/ measure the same ones. Plain JavaScript, since those scripts run without a build.
 */

/** How many sums a loop keeps that do not wait for each other. */
const accumulators = 12;
const unrolled = 2;

/** Operations of `turns` turns of the peak loop: two for each multiply-add of four lanes. */
export const peakOperations = (turns) => turns * unrolled * accumulators * 8;

/** A line for each of the independent accumulators. */
const eachAccumulator = (form) => Array.from({ length: accumulators }, (_, at) => form(`$a${at}`, at)).join("\n");

/** Independent multiply-adds on twelve accumulators and nothing else: `run(turns)`. */
export const peakSource = `(module (func (export "run") (param $n i32) (result f32)
  (local $x v128) (local $y v128) ${eachAccumulator((a) => `(local ${a} v128)`)}
  (local.set $x (f32x4.splat (f32.const 0.999)))
  (local.set $y (f32x4.splat (f32.const 0.001)))
  ${eachAccumulator((a, at) => `(local.set ${a} (f32x4.splat (f32.const ${at + 1})))`)}
  (loop $again
    ${eachAccumulator((a) => `(local.set ${a} (f32x4.add (f32x4.mul (local.get ${a}) (local.get $x)) (local.get $y)))`).repeat(unrolled)}
    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
    (br_if $again (local.get $n)))
  ${eachAccumulator((a) => `(local.set $x (f32x4.add (local.get $x) (local.get ${a})))`)}
  (f32x4.extract_lane 0 (local.get $x))))`;

const vectorBytes = 16;
const vectors = 4;
const stepBytes = vectors * vectorBytes;

const moves = Array.from(
  { length: vectors },
  (_, at) =>
    `(v128.store offset=${at * vectorBytes} (local.get $to) (v128.load offset=${at * vectorBytes} (local.get $from)))`,
).join("\n");

/** Four vectors a turn from one place of the memory `env.memory` to another: `run(from, to, bytes)`. */
export const copySource = `(module (import "env" "memory" (memory 1))
  (func (export "run") (param $from i32) (param $to i32) (param $bytes i32) (local $end i32)
    (local.set $end (i32.add (local.get $from) (local.get $bytes)))
    (loop $again
      ${moves}
      (local.set $to (i32.add (local.get $to) (i32.const ${stepBytes})))
      (br_if $again
        (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const ${stepBytes}))) (local.get $end))))))`;

/**
 * Where so many bytes, rounded up to whole turns, are copied from 0 to. A store never meets the low bits of a load that follows it: half a page lies
 * between.
 */
export function copyPlaces(bytes) {
  const [page, half] = [4096, 2048];
  const length = stepBytes * Math.ceil(bytes / stepBytes);
  const target = page * Math.ceil(length / page) + half;
  return { length, target, pages: Math.ceil((target + length) / 65_536) };
}
