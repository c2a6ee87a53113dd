/** What a module that threads share looks like. */
import { describe, expect, it } from "vitest";
import { emitWasm } from "../../targets/wasm/index.ts";
import { N, at, kernelOf, load, loop, parameter, programOf, store } from "../targets/programs.ts";
import { eager } from "../random/start.ts";
import { textOf } from "../targets/run.ts";

const rows = loop("i", N, [store("y", at({ i: 1 }), load("x", at({ i: 1 })))], { role: "parallel" });
const copy = kernelOf("copy", [parameter("x", "read"), parameter("y", "write")], [rows], { dims: ["N"] });
const program = programOf(copy, { x: 64, y: 64 });

describe("a shared module", () => {
  const { files, manifest } = emitWasm(program, undefined, { costs: eager });
  const text = textOf({ files, manifest }, "hand.wat");

  it("takes its memory and what threads agree by, cuts its kernels, and runs an entry alone or as a job", () => {
    expect(text).toMatchInlineSnapshot(`
      ";; hand, compiled by nnc. Buffers are byte addresses in one memory.
      (module
        (import "env" "memory" (memory 1 1))
        (import "env" "threads" (global $threads i32)) ;; how many
        (import "env" "own" (global $own i32)) ;; where this thread's private arrays begin
        (import "threads" "put" (func $put (param i32 i32)))
        (import "threads" "begin" (func $begin))
        (import "threads" "end" (func $end))
        (import "threads" "next" (func $next (param i32 i32) (result i32)))
        (import "threads" "job" (func $job (result i32)))
        (import "threads" "get" (func $get (param i32) (result i32)))
        (import "threads" "current" (func $current (result i32)))
        (global $x i32 (i32.const 0)) ;; result: f32[64]
        (global $y i32 (i32.const 256)) ;; result: f32[64]

        (func $copy (param $x i32) (param $y i32) (param $N i32) (param $part i32) (param $parts i32)
          (local $i.first i32) (local $i.end i32) (local $held i32) (local $y.i i32) (local $x.i i32)
          (local $y.i.end i32)
          (local.set $i.first
            (i32.mul
              (local.get $part)
              (local.tee $i.end
                (i32.div_u (i32.add (local.get $N) (i32.sub (local.get $parts) (i32.const 1))) (local.get $parts)))))
          (local.set $i.end
            (select
              (local.tee $held (i32.add (local.get $i.first) (local.get $i.end)))
              (local.get $N)
              (i32.lt_s (local.get $held) (local.get $N))))
          (if
            (i32.lt_s (local.get $i.first) (local.get $i.end))
            (then
              (local.set $y.i (i32.add (local.get $y) (i32.shl (local.get $i.first) (i32.const 2))))
              (local.set $x.i (i32.add (local.get $x) (i32.shl (local.get $i.first) (i32.const 2))))
              (local.set $y.i.end
                (i32.add
                  (local.get $y.i)
                  (i32.shl (i32.add (local.get $i.end) (i32.mul (local.get $i.first) (i32.const -1))) (i32.const 2))))
              (loop $i
                (f32.store (local.get $y.i) (f32.load (local.get $x.i)))
                (local.set $x.i (i32.add (local.get $x.i) (i32.const 4)))
                (br_if $i (i32.lt_u (local.tee $y.i (i32.add (local.get $y.i) (i32.const 4))) (local.get $y.i.end)))))))

        (func $run (export "run") (param $N i32)
          (if
            (i32.and
              (i32.gt_u (global.get $threads) (i32.const 1))
              (f64.ge
                (f64.add (f64.mul (f64.const 0) (f64.const 1)) (f64.mul (f64.const 0) (f64.const 1)))
                (f64.const 0)))
            (then
              (call $put (i32.const 0) (i32.const 0))
              (call $put (i32.const 1) (local.get $N))
              (call $begin)
              (call $run.job (local.get $N))
              (call $end)
              (return)))
          (call $copy (global.get $x) (global.get $y) (local.get $N) (i32.const 0) (i32.const 1)))

        (func $run.job (param $N i32)
          (local $part i32)
          (local.set $part (i32.const -1))
          (loop $phase0
            (if
              (i32.ge_s (local.tee $part (call $next (local.get $part) (i32.const 2))) (i32.const 0))
              (then
                (call $copy (global.get $x) (global.get $y) (local.get $N) (local.get $part) (i32.const 2))
                (br $phase0)))))

        (func (export "worker")
          (local $entry i32) (local $size0 i32)
          (loop $again
            (if
              (call $job)
              (then
                (local.set $entry (call $get (i32.const 0)))
                (local.set $size0 (call $get (i32.const 1)))
                (if
                  (call $current)
                  (then
                    (if
                      (i32.eq (local.get $entry) (i32.const 0))
                      (then (call $run.job (local.get $size0))))))
                (br $again)))))
      )
      "
    `);
  });

  it("says in the manifest where the threads' own memory is", () => {
    expect(manifest.threads).toMatchInlineSnapshot(`
      {
        "control": 512,
        "flag": 62,
        "module": "hand.threads.wasm",
        "most": 64,
        "own": 768,
        "ownBytes": 0,
        "useful": 1,
      }
    `);
  });

  it("brings its own memory where nothing is shared", () => {
    const alone = emitWasm(program);
    expect(alone.manifest.threads).toBe(undefined);
    expect(Object.keys(alone.files)).toEqual(["hand.wat", "hand.wasm"]);
    expect(textOf(alone, "hand.wat")).not.toContain("import");
  });
});
