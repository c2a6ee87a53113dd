import { expect, test } from "vitest";
import { printProgram } from "../../compiler/program/print.ts";
import { program } from "./programs.ts";

test("a program prints its buffers, kernels and entries", () => {
  expect(printProgram(program())).toMatchInlineSnapshot(`
    "program Small for N ≤ 8

    arena of 448 bytes
      scale          parameter  f32[]      at 0    4 bytes
      b              parameter  f32[4]     at 64   16 bytes
      x              input      f32[N, 4]  at 128  128 bytes
      probabilities  result     f32[N, 4]  at 256  128 bytes
      a              temporary  f32[N, 4]  at 256  128 bytes
      total          temporary  f32[N]     at 384  32 bytes

    kernel elementwise(read x: f32, read scale: f32, read b: f32, write y: f32; N)
      let t_1: f32x4 = splat(scale[0])
      let b: f32x4 = b[0 ..4]
      parallel for i in 0 .. N
        y[4*i] = ((tanh(x[4*i ..4]) * t_1) + b)

    kernel softmax(read x: f32, write y: f32, write total: f32; N)
      array e: f32[4]
      parallel for i in 0 .. N
        var top: f32x4 = -Infinity
        let x: f32x4 = x[4*i ..4]
        top = maximum(top, x)
        e[0] = exp((x - splat(maximum(maximum(top.0, top.2), maximum(top.1, top.3)))))
        var sum: f32x4 = 0
        let e: f32x4 = e[0 ..4]
        sum = (sum + e)
        let sum_1: f32 = ((sum.0 + sum.2) + (sum.1 + sum.3))
        y[4*i] = (e / splat(sum_1))
        total[i] = log(sum_1)

    entry predict(x; N) -> probabilities
      elementwise(x, scale, b, a)
      softmax(a, probabilities, total)
    "
  `);
});
