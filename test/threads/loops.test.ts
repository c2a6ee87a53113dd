/** Loops that several threads run: each meets the others in every turn, and the results have the bits of one thread. */
import { describe, expect, it } from "vitest";
import { boundsOf } from "../../compiler/program/integer.ts";
import { share } from "../../compiler/program/share.ts";
import { verifySharing } from "../../compiler/program/verify-sharing.ts";
import type { Program } from "../../compiler/program/types.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { entries, expectedOf, inputsOf, long, names, program, sizes } from "../program/loops.ts";
import { eager, startThreads, type Running } from "../random/start.ts";
import { runWasm, textOf } from "../targets/run.ts";
import { inAnyOrder } from "./any-order.ts";

/** Fills the inputs, runs the entry, and gives a buffer of it. */
function answer({ memory, entries: run }: Running, { buffers }: Program, entry: string, dims: readonly number[]) {
  const view = (name: string): Float32Array => {
    const { offset, bytes } = buffers.find((one) => one.name === name) ?? { offset: 0, bytes: 0 };
    return new Float32Array(memory, offset, bytes / 4);
  };
  for (const [name, values] of Object.entries(inputsOf(dims[0], dims[1]))) view(name).set(values);
  run[entry](...dims);
  return (buffer: string): readonly number[] => Array.from(view(buffer));
}

describe("a loop in which kernels are shared", () => {
  const artifact = emitWasm(program, undefined, { costs: eager });

  it("is run by every thread, which takes parts in each of its turns", () => {
    const text = textOf(artifact, "loops.wat");
    const start = text.indexOf("  (func $turns.job");
    expect(text.slice(start, text.indexOf("\n\n", start))).toMatchInlineSnapshot(`
      "  (func $turns.job (param $N i32) (param $T i32)
          (local $part i32) (local $t i32)
          (local.set $part (i32.const -1))
          (loop $phase0
            (if
              (i32.ge_s (local.tee $part (call $next (local.get $part) (i32.const 20))) (i32.const 0))
              (then (call $start (global.get $c) (local.get $N) (local.get $part) (i32.const 20)) (br $phase0))))
          (local.set $t (i32.const 0))
          (loop $t
            (local.set $part (i32.const -1))
            (loop $phase1
              (if
                (i32.ge_s (local.tee $part (call $next (local.get $part) (i32.const 20))) (i32.const 0))
                (then
                  (call $step
                    (i32.add (global.get $x) (i32.shl (i32.mul (local.get $N) (local.get $t)) (i32.const 4)))
                    (i32.add
                      (global.get $c)
                      (i32.shl (i32.mul (local.get $N) (i32.and (local.get $t) (i32.const 1))) (i32.const 4)))
                    (i32.add
                      (global.get $c)
                      (i32.shl
                        (i32.mul (local.get $N) (i32.and (i32.add (local.get $t) (i32.const 1)) (i32.const 1)))
                        (i32.const 4)))
                    (local.get $N)
                    (local.get $part)
                    (i32.const 20))
                  (br $phase1))))
            (br_if $t (i32.lt_s (local.tee $t (i32.add (local.get $t) (i32.const 1))) (local.get $T))))
          (local.set $part (i32.const -1))
          (loop $phase2
            (if
              (i32.ge_s (local.tee $part (call $next (local.get $part) (i32.const 20))) (i32.const 0))
              (then
                (call $copy
                  (i32.add
                    (global.get $c)
                    (i32.shl (i32.mul (i32.and (local.get $T) (i32.const 1)) (local.get $N)) (i32.const 4)))
                  (global.get $y)
                  (local.get $N)
                  (local.get $part)
                  (i32.const 20))
                (br $phase2)))))"
    `);
    expect(verifySharing(program, share(program, boundsOf(program), eager))).toEqual([]);
  });

  it("is worth sharing by how often threads wait in it, at the sizes of the call", async () => {
    const costs = { ...eager, barrier: 0.25, wake: 1.5 };
    const waiting = emitWasm(program, undefined, { costs });
    expect(textOf(waiting, "loops.wat").replace(/\s+/g, " ")).toContain(
      "(f64.add (f64.mul (f64.add (f64.convert_i32_u (local.get $T)) (f64.const 2)) (f64.const 0.5)) (f64.const 3))",
    );
    const running = await startThreads(waiting, 2);
    const found = answer(running, program, "turns", [5, 7])("y");
    expect(found).toEqual(expectedOf(5, 7).turns);
    running.close();
  });

  it("has the bits of one thread, with parts in any order", () => {
    const running = inAnyOrder(artifact);
    for (const [n, steps] of sizes)
      for (const name of names) {
        const expected = expectedOf(n, steps)[name];
        const found = answer(running, program, name, [n, steps])(entries[name].results[0]);
        expect(found.slice(0, expected.length)).toEqual(expected);
      }
  });

  it.each([1, 2, 3])("has them on %i threads, time and again", async (threads) => {
    const running = await startThreads(artifact, threads);
    for (let round = 0; round < 20; round++)
      for (const [n, steps] of sizes)
        for (const name of names) {
          const expected = expectedOf(n, steps)[name];
          const found = answer(running, program, name, [n, steps])(entries[name].results[0]);
          expect(found.slice(0, expected.length)).toEqual(expected);
        }
    running.close();
  });

  it("has them where its phases are so many that they are cut", async () => {
    const shared = emitWasm(long, undefined, { costs: eager });
    expect(textOf(shared, "loops.wat")).toMatch(
      /\(func \$run\.job\.part\S* \(param \$N i32\) \(param \$T i32\) \(param \$t i32\)/,
    );
    const expected = Array.from(runWasm(long, inputsOf(3, 4), [3, 4]).get("c") ?? []);
    const running = await startThreads(shared, 3);
    expect(answer(running, long, "run", [3, 4])("c")).toEqual(expected);
    running.close();
  });
});
