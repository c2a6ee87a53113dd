/** A program as text. */
import { expect, test } from "vitest";
import { constant } from "../../compiler/dimension/dimension.ts";
import { dataIndex } from "../../compiler/loops/index.ts";
import { load, local } from "../../compiler/loops/scalar.ts";
import { kernelOf, literal, store } from "../targets/programs.ts";
import { printKernel, printProgram } from "../../compiler/program/print.ts";
import * as loops from "./loops.ts";
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
      parallel for i in 0 .. 4*floor((N)/(4)) by 4
        let t: f32x4 = pack(x[4*i], x[4*i + 4], x[4*i + 8], x[4*i + 12])
        let t_1: f32x4 = pack(x[4*i + 2], x[4*i + 6], x[4*i + 10], x[4*i + 14])
        let t_3: f32x4 = pack(x[4*i + 1], x[4*i + 5], x[4*i + 9], x[4*i + 13])
        let t_4: f32x4 = pack(x[4*i + 3], x[4*i + 7], x[4*i + 11], x[4*i + 15])
        let top: f32x4 = maximum(maximum(t, t_1), maximum(t_3, t_4))
        let e: f32x4 = exp((t - top))
        let e_2: f32x4 = exp((t_3 - top))
        let e_3: f32x4 = exp((t_1 - top))
        let e_4: f32x4 = exp((t_4 - top))
        let sum: f32x4 = (((0 + e) + (0 + e_3)) + ((0 + e_2) + (0 + e_4)))
        let t_16: f32x4 = (e / sum)
        let t_21: f32x4 = (e_2 / sum)
        let t_26: f32x4 = (e_3 / sum)
        let t_31: f32x4 = (e_4 / sum)
        y[4*i] = t_16.0
        y[4*i + 4] = t_16.1
        y[4*i + 8] = t_16.2
        y[4*i + 12] = t_16.3
        y[4*i + 1] = t_21.0
        y[4*i + 5] = t_21.1
        y[4*i + 9] = t_21.2
        y[4*i + 13] = t_21.3
        y[4*i + 2] = t_26.0
        y[4*i + 6] = t_26.1
        y[4*i + 10] = t_26.2
        y[4*i + 14] = t_26.3
        y[4*i + 3] = t_31.0
        y[4*i + 7] = t_31.1
        y[4*i + 11] = t_31.2
        y[4*i + 15] = t_31.3
        total[i] = log(sum)
      parallel for i_1 in 4*floor((N)/(4)) .. N
        let x_16: f32 = x[4*i_1]
        let x_17: f32 = x[4*i_1 + 2]
        let x_18: f32 = x[4*i_1 + 1]
        let x_19: f32 = x[4*i_1 + 3]
        let top_1: f32 = maximum(maximum(x_16, x_17), maximum(x_18, x_19))
        let e_1: f32 = exp((x_16 - top_1))
        let e_2_1: f32 = exp((x_18 - top_1))
        let e_3_1: f32 = exp((x_17 - top_1))
        let e_4_1: f32 = exp((x_19 - top_1))
        let sum_1: f32 = (((0 + e_1) + (0 + e_3_1)) + ((0 + e_2_1) + (0 + e_4_1)))
        y[4*i_1] = (e_1 / sum_1)
        y[4*i_1 + 1] = (e_2_1 / sum_1)
        y[4*i_1 + 2] = (e_3_1 / sum_1)
        y[4*i_1 + 3] = (e_4_1 / sum_1)
        total[i_1] = log(sum_1)

    entry predict(x; N) -> probabilities
      elementwise(x, scale, b, a)
      softmax(a, probabilities, total)
    "
  `);
});

test("a place that data tell is the name of what was read, or what is still to be", () => {
  const [held, read] = [local("id", "i32"), load("ids", "i32", [])].map((value) => dataIndex(value, constant(4)));
  const body = [held, read].map((address) => store("y", address, literal(1)));
  expect(printKernel(kernelOf("k", [], body))).toBe(`kernel k()
  y[id] = 1
  y[{load}] = 1`);
});

test("loops indent their steps, and slices are slots of what they are parts of", () => {
  const { program: looped } = loops;
  expect(printProgram({ ...looped, kernels: [], entries: [] })).toMatchInlineSnapshot(`
    "program loops for N ≤ 5, T ≤ 7

    arena of 4160 bytes
      x         input   f32[T, N, 4]      at 0              560 bytes
      h         result  f32[T + 1, N, 4]  at 576            640 bytes
      c         result  f32[2, N, 4]      at 1216           160 bytes
      y         result  f32[1, N, 4]      at 1408           80 bytes
      xs        input   f32[3*T, N, 4]    at 1536           1680 bytes
      hs        result  f32[T + 1, N, 4]  at 3264           640 bytes
      ys        result  f32[3, N, 4]      at 3904           240 bytes
      x now     slice   f32[N, 4]         x[t]              4*N elements a slot
      x last    slice   f32[N, 4]         x[T - 1 - t]      4*N elements a slot
      h first   slice   f32[N, 4]         h[0]              4*N elements a slot
      h now     slice   f32[N, 4]         h[t]              4*N elements a slot
      h next    slice   f32[N, 4]         h[t + 1]          4*N elements a slot
      h end     slice   f32[N, 4]         h[T]              4*N elements a slot
      h back    slice   f32[N, 4]         h[T - t]          4*N elements a slot
      h before  slice   f32[N, 4]         h[T - 1 - t]      4*N elements a slot
      c first   slice   f32[N, 4]         c[0]              4*N elements a slot
      c now     slice   f32[N, 4]         c[t mod 2]        4*N elements a slot
      c next    slice   f32[N, 4]         c[(t + 1) mod 2]  4*N elements a slot
      c end     slice   f32[N, 4]         c[T mod 2]        4*N elements a slot
      x block   slice   f32[T, N, 4]      xs[o]             4*N*T elements a slot
      x inner   slice   f32[N, 4]         xs[o][i]          4*N elements a slot
      hs first  slice   f32[N, 4]         hs[0]             4*N elements a slot
      hs now    slice   f32[N, 4]         hs[i]             4*N elements a slot
      hs next   slice   f32[N, 4]         hs[i + 1]         4*N elements a slot
      hs end    slice   f32[N, 4]         hs[T]             4*N elements a slot
      y block   slice   f32[N, 4]         ys[o]             4*N elements a slot
    "
  `);
  const text = printProgram(looped);
  expect(text.slice(text.indexOf("entry"))).toMatchInlineSnapshot(`
    "entry forward(x, xs; N, T) -> h
      start(h[0])
      for t in T
        step(x[t], h[t], h[t + 1])

    entry backward(x, xs; N, T) -> h
      start(h[T])
      for t in T
        step(x[T - 1 - t], h[T - t], h[T - 1 - t])

    entry turns(x, xs; N, T) -> y
      start(c[0])
      for t in T
        step(x[t], c[t mod 2], c[(t + 1) mod 2])
      copy(c[T mod 2], y)

    entry nested(x, xs; N, T) -> ys
      for o in 3
        start(hs[0])
        for i in T
          step(xs[o][i], hs[i], hs[i + 1])
        copy(hs[T], ys[o])

    entry never(x, xs; N, T) -> y
      start(y)
      for t in T - 1
        step(x[t], y, y)
    "
  `);
});
