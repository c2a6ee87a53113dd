/** What a relaxed build prints and says, and what an engine without relaxed instructions is told. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { CompileOptions } from "../../compiler/compile.ts";
import { render } from "../../compiler/diagnostics/render.ts";
import { load } from "../../runtime/load/index.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { errorOf } from "../runtime/support.ts";
import {
  assign,
  at,
  binary,
  define,
  kernelOf,
  load as read,
  loop,
  parameter,
  programOf,
  store,
  variable,
} from "./programs.ts";
import { textOf } from "./run.ts";

const source = "model M(x: [N, 8]) -> [N, 8] = x |> dense(8)";

function complaints(options: CompileOptions): string {
  const { diagnostics, sources } = compile({ name: "main.nn", source }, options);
  return render(diagnostics, sources, { colour: false });
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a relaxed build", () => {
  it("adds and subtracts products in one instruction, on four lanes", () => {
    const [a, b, c] = ["a", "b", "c"].map((name) => read(name, at({ i: 1 }), "f32", 4));
    const [x, y] = ["x", "y"].map((name) => read(name, at({}), "f32"));
    const product = binary("mul", a, b);
    const body = [
      loop(
        "i",
        16,
        [
          define("sum", c, true),
          assign("sum", binary("add", variable("sum", "f32", 4), product)),
          assign("sum", binary("sub", variable("sum", "f32", 4), product)),
          assign("sum", binary("add", product, variable("sum", "f32", 4))),
          assign("sum", binary("sub", product, variable("sum", "f32", 4))),
          store("c", at({ i: 1 }), variable("sum", "f32", 4)),
        ],
        { step: 4 },
      ),
      store("y", at({}), binary("add", y, binary("mul", x, x))),
    ];
    const parameters = [parameter("a", "read"), parameter("b", "read"), parameter("x", "read")];
    const written = [parameter("c", "update"), parameter("y", "update")];
    const program = programOf(kernelOf("products", [...parameters, ...written], body), {
      a: 16,
      b: 16,
      c: 16,
      x: 1,
      y: 1,
    });
    expect(textOf(emitWasm(program, undefined, { relaxed: true }), "hand.wat")).toMatchInlineSnapshot(`
      ";; hand, compiled by nnc. Buffers are byte addresses in one memory.
      ;; Relaxed: a product that is added may be rounded once or twice, so results differ from machine to machine.
      (module
        (memory (export "memory") 1 1)
        (global $a i32 (i32.const 0)) ;; result: f32[16]
        (global $b i32 (i32.const 64)) ;; result: f32[16]
        (global $x i32 (i32.const 128)) ;; result: f32[1]
        (global $c i32 (i32.const 192)) ;; result: f32[16]
        (global $y i32 (i32.const 256)) ;; result: f32[1]

        (func $products (param $a i32) (param $b i32) (param $x i32) (param $c i32) (param $y i32)
          (local $c.i i32) (local $sum v128) (local $a.i i32) (local $b.i i32) (local $c.i.end i32)
          (local.set $c.i (local.get $c))
          (local.set $a.i (local.get $a))
          (local.set $b.i (local.get $b))
          (local.set $c.i.end (i32.add (local.get $c.i) (i32.const 64)))
          (loop $i
            (local.set $sum (v128.load (local.get $c.i)))
            (local.set $sum
              (f32x4.relaxed_madd (v128.load (local.get $a.i)) (v128.load (local.get $b.i)) (local.get $sum)))
            (local.set $sum
              (f32x4.relaxed_nmadd (v128.load (local.get $a.i)) (v128.load (local.get $b.i)) (local.get $sum)))
            (local.set $sum
              (f32x4.relaxed_madd (v128.load (local.get $a.i)) (v128.load (local.get $b.i)) (local.get $sum)))
            (local.set $sum
              (f32x4.sub (f32x4.mul (v128.load (local.get $a.i)) (v128.load (local.get $b.i))) (local.get $sum)))
            (v128.store (local.get $c.i) (local.get $sum))
            (local.set $a.i (i32.add (local.get $a.i) (i32.const 16)))
            (local.set $b.i (i32.add (local.get $b.i) (i32.const 16)))
            (br_if $i (i32.lt_u (local.tee $c.i (i32.add (local.get $c.i) (i32.const 16))) (local.get $c.i.end))))
          (f32.store
            (local.get $y)
            (f32.add (f32.load (local.get $y)) (f32.mul (f32.load (local.get $x)) (f32.load (local.get $x))))))

        (func $run (export "run")
          (call $products (global.get $a) (global.get $b) (global.get $x) (global.get $c) (global.get $y)))
      )
      "
    `);
  });

  it("says so in its manifest and in a warning; others say nothing", () => {
    const plain = compile({ name: "main.nn", source }, { target: "wasm" });
    const relaxed = compile({ name: "main.nn", source }, { target: "wasm", relaxed: true });
    expect(plain.ok && plain.artifact.manifest.relaxed).toBe(undefined);
    expect(relaxed.ok && relaxed.artifact.manifest.relaxed).toBe(true);
    expect(complaints({ target: "wasm", relaxed: true })).toMatchInlineSnapshot(`
      "warning[NN0655]: built with relaxed vector instructions: results differ from machine to machine
      "
    `);
  });

  it("is refused for targets that have none", () => {
    expect(complaints({ target: "typescript", relaxed: true })).toMatchInlineSnapshot(`
      "error[NN0706]: option \`target\`: expected wasm, where \`relaxed\` is true, found "typescript"
      "
    `);
    expect(complaints({ relaxed: true })).toMatchInlineSnapshot(`
      "error[NN0706]: option \`target\`: expected wasm, where \`relaxed\` is true, found "typescript"
      "
    `);
  });

  it("is refused by an engine that lacks the instructions, with what would help", async () => {
    const relaxed = compile({ name: "main.nn", source }, { target: "wasm", relaxed: true });
    if (!relaxed.ok) throw new Error("expected an artifact");
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    expect(await errorOf(() => load(relaxed.artifact))).toMatchInlineSnapshot(
      `"NN0703 this artifact is for the target wasm: expected WebAssembly with relaxed vector instructions (relaxed SIMD), found none (Node.js 20 has them with the flag --experimental-wasm-relaxed-simd; without \`relaxed\` the program runs here)"`,
    );
  });
});
