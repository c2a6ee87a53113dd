/** Programs with loops on TypeScript and WebAssembly: what they compute, to the bit, and what they look like. */
import { describe, expect, it } from "vitest";
import { constant } from "../../compiler/dimension/dimension.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import { emitTypescript } from "../../targets/typescript/index.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import {
  T,
  entries,
  expectedOf,
  inputsOf,
  layout,
  long,
  names,
  program,
  programOf,
  repeat,
  rowsOf,
  sizes,
} from "../program/loops.ts";
import { expectEqual, runTypescript, runWasm, textOf } from "./run.ts";

describe("an entry with loops", () => {
  it("is sound", () => {
    expect([...verifyProgram(program), ...verifyProgram(long)]).toEqual([]);
  });

  it("has its slices in no manifest", () => {
    const { buffers } = emitWasm(program).manifest;
    expect(buffers.map(({ name }) => name)).toEqual(Object.keys(layout.whole));
  });

  it.each(names)("computes what its steps say: %s", async (name) => {
    const [result] = entries[name].results;
    for (const [n, steps] of sizes) {
      const expected = expectedOf(n, steps)[name];
      for (const run of [runTypescript, runWasm]) {
        const found = (await run(program, inputsOf(n, steps), [n, steps], name)).get(result);
        expect(Array.from(found ?? []).slice(0, expected.length)).toEqual(expected);
      }
    }
  });

  it("is the same where its loop has so many steps that it is cut", async () => {
    const text = textOf(emitWasm(long), "loops.wat");
    expect(text.match(/\(func \$run\.part\S* \(param \$N i32\) \(param \$T i32\) \(param \$t i32\)/g)).toHaveLength(3);
    expectEqual(await runTypescript(long, inputsOf(3, 4), [3, 4]), runWasm(long, inputsOf(3, 4), [3, 4]));
  });

  it.each([
    ["forwards", 1, 0, [6, 4, 5]],
    ["backwards", -1, 1, [4, 6, 5]],
  ] as const)("may take any number of slots in turn, %s", async (_, times, plus, last) => {
    const slots = { loop: "t", modulo: 3, times, plus: constant(plus) };
    const turning = programOf(
      { run: { results: ["c"], steps: [repeat("t", T, ["copy", "x now", "c now"])] } },
      { whole: { c: constant(3) }, parts: { c: { "c now": slots } } },
    );
    expect(verifyProgram(turning)).toEqual([]);
    for (const run of [runTypescript, runWasm]) {
      const found = (await run(turning, inputsOf(2, 7), [2, 7])).get("c") ?? [];
      expect(Array.from(found).slice(0, 24)).toEqual(last.flatMap((step) => rowsOf("x", 2, 7)[step]));
    }
  });
});

/** The function that begins like this. */
function excerpt(text: string, first: string): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.trimStart().startsWith(first));
  const end = lines.findIndex((line, at) => at > start && (line === "" || line === ")"));
  return lines.slice(start, end).join("\n");
}

describe("a loop as text", () => {
  it("is a loop of TypeScript, with views of what moves", () => {
    const text = textOf(emitTypescript(program), "loops.ts");
    expect(["forward", "turns", "nested"].map((name) => excerpt(text, `function ${name}(`)).join("\n\n"))
      .toMatchInlineSnapshot(`
      "  function forward(N: number, T: number): void {
          start(h, N);
          for (let t = 0; t < T; t++) {
            step(x.subarray(N * t * 4), h.subarray(N * t * 4), h.subarray(N * t * 4 + N * 4), N);
          }
        }

        function turns(N: number, T: number): void {
          start(c, N);
          for (let t = 0; t < T; t++) {
            step(x.subarray(N * t * 4), c.subarray(N * (t & 1) * 4), c.subarray(N * (t + 1 & 1) * 4), N);
          }
          copy(c.subarray((T & 1) * N * 4), y, N);
        }

        function nested(N: number, T: number): void {
          for (let o = 0; o < 3; o++) {
            start(hs, N);
            for (let i = 0; i < T; i++) {
              step(xs.subarray(N * i * 4 + N * T * o * 4), hs.subarray(N * i * 4), hs.subarray(N * i * 4 + N * 4), N);
            }
            copy(hs.subarray(N * T * 4), ys.subarray(N * o * 4), N);
          }
        }"
    `);
  });

  it("is a loop of WebAssembly, with addresses of what moves, that is passed over where it may run no time", () => {
    const text = textOf(emitWasm(program), "loops.wat");
    expect(["turns", "nested", "never"].map((name) => excerpt(text, `(func $${name} `)).join("\n\n"))
      .toMatchInlineSnapshot(`
      "  (func $turns (export "turns") (param $N i32) (param $T i32)
          (local $t i32)
          (call $start (global.get $c) (local.get $N))
          (local.set $t (i32.const 0))
          (loop $t
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
              (local.get $N))
            (br_if $t (i32.lt_s (local.tee $t (i32.add (local.get $t) (i32.const 1))) (local.get $T))))
          (call $copy
            (i32.add
              (global.get $c)
              (i32.shl (i32.mul (i32.and (local.get $T) (i32.const 1)) (local.get $N)) (i32.const 4)))
            (global.get $y)
            (local.get $N)))

        (func $nested (export "nested") (param $N i32) (param $T i32)
          (local $o i32) (local $i i32)
          (local.set $o (i32.const 0))
          (loop $o
            (call $start (global.get $hs) (local.get $N))
            (local.set $i (i32.const 0))
            (loop $i
              (call $step
                (i32.add
                  (global.get $xs)
                  (i32.add
                    (i32.shl (i32.mul (local.get $N) (local.get $i)) (i32.const 4))
                    (i32.shl (i32.mul (i32.mul (local.get $N) (local.get $T)) (local.get $o)) (i32.const 4))))
                (i32.add (global.get $hs) (i32.shl (i32.mul (local.get $N) (local.get $i)) (i32.const 4)))
                (i32.add
                  (global.get $hs)
                  (i32.add
                    (i32.shl (i32.mul (local.get $N) (local.get $i)) (i32.const 4))
                    (i32.shl (local.get $N) (i32.const 4))))
                (local.get $N))
              (br_if $i (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $T))))
            (call $copy
              (i32.add (global.get $hs) (i32.shl (i32.mul (local.get $N) (local.get $T)) (i32.const 4)))
              (i32.add (global.get $ys) (i32.shl (i32.mul (local.get $N) (local.get $o)) (i32.const 4)))
              (local.get $N))
            (br_if $o (i32.lt_s (local.tee $o (i32.add (local.get $o) (i32.const 1))) (i32.const 3)))))

        (func $never (export "never") (param $N i32) (param $T i32)
          (local $t i32) (local $t.end i32)
          (call $start (global.get $y) (local.get $N))
          (local.set $t.end (i32.add (local.get $T) (i32.const -1)))
          (local.set $t (i32.const 0))
          (if
            (i32.gt_s (local.get $t.end) (i32.const 0))
            (then
              (loop $t
                (call $step
                  (i32.add (global.get $x) (i32.shl (i32.mul (local.get $N) (local.get $t)) (i32.const 4)))
                  (global.get $y)
                  (global.get $y)
                  (local.get $N))
                (br_if $t (i32.lt_s (local.tee $t (i32.add (local.get $t) (i32.const 1))) (local.get $t.end)))))))"
    `);
  });
});
