/** Modules are assembled as watr does from the same text, to the byte. */
import { expect, test } from "vitest";
import { compile as assembled } from "watr";
import { compile } from "../../compiler/compile.ts";
import { assemble } from "../../targets/wasm/assemble.ts";

test.each([
  [
    "blocks, loops and branches",
    '(func (export "f") (param $n i32) (result i32) (local $s i32) (block $out (loop $again (br_if $out (i32.eqz (local.get $n))) (local.set $s (i32.add (local.get $s) (local.get $n))) (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br $again))) (local.get $s))',
  ],
  [
    "an if with a result and both sides",
    "(func (param i32) (result i32) (if (result i32) (local.get 0) (then (i32.const 1) (drop) (i32.const 2)) (else (i32.const 3))))",
  ],
  [
    "an if within a condition",
    "(func (param i32) (if (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 0))) (then (drop (i32.const 2)))))",
  ],
  [
    "immediates before operands",
    "(memory 1) (func (result v128) (v128.load32_lane offset=8 align=4 2 (i32.const 16) (v128.const i32x4 1 2 3 4)))",
  ],
  [
    "a choice of vectors",
    "(func (param v128 i32) (result v128) (select (result v128) (local.get 0) (local.get 0) (local.get 1)))",
  ],
  [
    "calls through a table",
    "(type $t (func (param i32) (result i32))) (table 1 funcref) (elem (i32.const 0) $f) (func $f (type $t) (call_indirect (type $t) (local.get 0) (i32.const 0)))",
  ],
  [
    "comments, and strings that look like them",
    '(memory (export "a;; (b)\\22 b") 1) ;; (func)\n(func ;; nothing\n nop)',
  ],
])("%s", (_, fields) => {
  const text = `(module ${fields})`;
  expect(assemble(text)).toEqual(assembled(text));
});

test.each([
  ["of a network", "x |> dense(8) |> relu |> dense(2)"],
  ["with loops of steps", "(x |> reshape([N, 2, 2]) |> lstm(3))[:, -1] |> dense(2)"],
])("a program %s", (_, body) => {
  const source = `model M(x: [N, 4]) -> [N, 2] = ${body}\ntrain M { data: given  loss: mse  optimizer: adam(lr: 0.1)  batch: 8 }`;
  const result = compile({ name: "m.nn", source }, { target: "wasm" });
  const files = result.ok ? result.artifact.files : {};
  expect(files["M.wasm"]).toEqual(assembled(String(files["M.wat"])));
});

test("what is no module is a bug of who printed it", () => {
  expect(() => assemble("(module (func)")).toThrow("the text is no module");
});
