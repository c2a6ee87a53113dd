/** Scheduled kernels as text: what becomes of loops, tiles, lanes and tails. */
import { describe, expect, test } from "vitest";
import type { Machine } from "../../compiler/schedule/machine.ts";
import { cpuAdapter, javascript, simd } from "../../compiler/schedule/machine.ts";
import { schedule } from "../../compiler/schedule/schedule.ts";
import { printKernel } from "../../compiler/program/print.ts";
import type { Case } from "./kernels.ts";
import * as kernels from "./kernels.ts";

function printed({ kernel, tensors }: Case, machine: Machine): string {
  const type = (name: string) => tensors.get(name) ?? ({ dtype: "f32", shape: [] } as const);
  return printKernel(schedule(kernel, type, new Map([["N", 64]]), machine));
}

describe("schedule", () => {
  test("makes one vector loop of an elementwise update, loads before stores", () => {
    expect(printed(kernels.momentum("N", 32), simd)).toMatchInlineSnapshot(`
      "kernel momentum(update v: f32, read g: f32, update w: f32; N)
        parallel for i in 0 .. 32*N by 4
          let next: f32x4 = ((v[i ..4] * 0.8999999761581421) + g[i ..4])
          let w: f32x4 = w[i ..4]
          v[i] = next
          w[i] = (w - (0.10000000149011612 * next))"
    `);
  });

  test("hoists what a loop does not change, and overlaps the last vector of a row", () => {
    expect(printed(kernels.elementwise("N", 10), simd)).toMatchInlineSnapshot(`
      "kernel elementwise(read x: f32, read scale: f32, read b: f32, write y: f32; N)
        let t_1: f32x4 = splat(scale[0])
        let b: f32x4 = b[0 ..4]
        let b_1: f32x4 = b[4 ..4]
        let b_2: f32x4 = b[6 ..4]
        parallel for i in 0 .. N
          let x_1: f32x4 = x[10*i + 4 ..4]
          let t_9: f32x4 = ((tanh(x[10*i + 6 ..4]) * t_1) + b_2)
          y[10*i] = ((tanh(x[10*i ..4]) * t_1) + b)
          y[10*i + 4] = ((tanh(x_1) * t_1) + b_1)
          y[10*i + 8] = t_9.2
          y[10*i + 9] = t_9.3"
    `);
  });

  test("cuts a map where a border begins, so that nothing is asked inside", () => {
    expect(printed(kernels.padded("N", 4), javascript)).toMatchInlineSnapshot(`
      "kernel padded(read x: f32, read z: f32, write y: f32; N)
        parallel for i in 0 .. N
          y[6*i] = (0 + z[6*i])
        parallel for i_1 in 0 .. N
          parallel for j_2 in 0 .. 2
            y[6*i_1 + 2*j_2 + 1] = (x[4*i_1 + 2*j_2] + z[6*i_1 + j_2])
        parallel for i_2 in 0 .. N
          parallel for j_2_1 in 0 .. 2
            y[6*i_2 + 2*j_2_1 + 2] = (x[4*i_2 + 2*j_2_1 + 1] + z[6*i_2 + j_2_1 + 1])
        parallel for i_3 in 0 .. N
          y[6*i_3 + 5] = (0 + z[6*i_3 + 2])"
    `);
  });

  test("tiles a contraction: rows share the columns' vectors", () => {
    expect(printed(kernels.dense(2, 8, 64), simd)).toMatchInlineSnapshot(`
      "kernel dense(read x: f32, read w: f32, read b: f32, write y: f32)
        var sum: f32x4 = 0
        var sum_1: f32x4 = 0
        var sum_2: f32x4 = 0
        var sum_3: f32x4 = 0
        for k in 0 .. 64
          let w: f32x4 = w[8*k ..4]
          let t: f32x4 = splat(x[k])
          sum = (sum + (t * w))
          let w_1: f32x4 = w[8*k + 4 ..4]
          sum_1 = (sum_1 + (t * w_1))
          let t_3: f32x4 = splat(x[k + 64])
          sum_2 = (sum_2 + (t_3 * w))
          sum_3 = (sum_3 + (t_3 * w_1))
        let b: f32x4 = b[0 ..4]
        let b_1: f32x4 = b[4 ..4]
        y[0] = maximum((sum + b), 0)
        y[4] = maximum((sum_1 + b_1), 0)
        y[8] = maximum((sum_2 + b), 0)
        y[12] = maximum((sum_3 + b_1), 0)"
    `);
  });

  test("keeps scalars in registers where there are no vectors", () => {
    expect(printed(kernels.dense("N", 2, 16), cpuAdapter)).toMatchInlineSnapshot(`
      "kernel dense(read x: f32, read w: f32, read b: f32, write y: f32; N)
        let b: f32 = b[0]
        let b_1: f32 = b[1]
        parallel for i in 0 .. 4*floor((N)/(4)) by 4
          var sum: f32 = 0
          var sum_1: f32 = 0
          var sum_2: f32 = 0
          var sum_3: f32 = 0
          var sum_4: f32 = 0
          var sum_5: f32 = 0
          var sum_6: f32 = 0
          var sum_7: f32 = 0
          for k in 0 .. 16
            let x: f32 = x[16*i + k]
            let w: f32 = w[2*k]
            sum = (sum + (x * w))
            let w_1: f32 = w[2*k + 1]
            sum_1 = (sum_1 + (x * w_1))
            let x_1: f32 = x[16*i + k + 16]
            sum_2 = (sum_2 + (x_1 * w))
            sum_3 = (sum_3 + (x_1 * w_1))
            let x_2: f32 = x[16*i + k + 32]
            sum_4 = (sum_4 + (x_2 * w))
            sum_5 = (sum_5 + (x_2 * w_1))
            let x_3: f32 = x[16*i + k + 48]
            sum_6 = (sum_6 + (x_3 * w))
            sum_7 = (sum_7 + (x_3 * w_1))
          y[2*i] = maximum((sum + b), 0)
          y[2*i + 1] = maximum((sum_1 + b_1), 0)
          y[2*i + 2] = maximum((sum_2 + b), 0)
          y[2*i + 3] = maximum((sum_3 + b_1), 0)
          y[2*i + 4] = maximum((sum_4 + b), 0)
          y[2*i + 5] = maximum((sum_5 + b_1), 0)
          y[2*i + 6] = maximum((sum_6 + b), 0)
          y[2*i + 7] = maximum((sum_7 + b_1), 0)
        parallel for i_1 in 4*floor((N)/(4)) .. N
          var sum_8: f32 = 0
          var sum_9: f32 = 0
          for k_1 in 0 .. 16
            let x_4: f32 = x[16*i_1 + k_1]
            sum_8 = (sum_8 + (x_4 * w[2*k_1]))
            sum_9 = (sum_9 + (x_4 * w[2*k_1 + 1]))
          y[2*i_1] = maximum((sum_8 + b), 0)
          y[2*i_1 + 1] = maximum((sum_9 + b_1), 0)"
    `);
  });

  test("reduces rows in lanes with an exact tail", () => {
    expect(printed(kernels.softmax("N", 22), simd)).toMatchInlineSnapshot(`
      "kernel softmax(read x: f32, write y: f32, write total: f32; N)
        array e: f32[22]
        parallel for i in 0 .. N
          var top: f32x4 = -Infinity
          let x: f32x4 = x[22*i ..4]
          let x_1: f32x4 = x[22*i + 4 ..4]
          let x_2: f32x4 = x[22*i + 8 ..4]
          let x_3: f32x4 = x[22*i + 12 ..4]
          top = maximum(top, maximum(maximum(x, x_1), maximum(x_2, x_3)))
          let x_4: f32x4 = x[22*i + 16 ..4]
          top = maximum(top, x_4)
          top = maximum(top, pack(x[22*i + 20], x[22*i + 21], -Infinity, -Infinity))
          let t_6: f32x4 = splat(maximum(maximum(top.0, top.2), maximum(top.1, top.3)))
          e[0] = exp((x - t_6))
          e[4] = exp((x_1 - t_6))
          e[8] = exp((x_2 - t_6))
          e[12] = exp((x_3 - t_6))
          let t_18: f32x4 = exp((x[22*i + 18 ..4] - t_6))
          e[16] = exp((x_4 - t_6))
          e[20] = t_18.2
          e[21] = t_18.3
          var sum: f32x4 = 0
          for r in 0 .. 20 by 4
            sum = (sum + e[r ..4])
          sum = (sum + pack(e[20], e[21], 0, 0))
          let sum_1: f32 = ((sum.0 + sum.2) + (sum.1 + sum.3))
          let t_24: f32x4 = splat(sum_1)
          for r_1 in 0 .. 20 by 4
            y[22*i + r_1] = (e[r_1 ..4] / t_24)
          let t_26: f32x4 = (e[18 ..4] / t_24)
          y[22*i + 20] = t_26.2
          y[22*i + 21] = t_26.3
          total[i] = log(sum_1)"
    `);
  });

  test("spells the lanes as four accumulators where there are no vectors", () => {
    expect(printed(kernels.fullSum(1, 7, { lanes: 4 }), javascript)).toMatchInlineSnapshot(`
      "kernel full_sum(read x: f32, write y: f32)
        var sum: f32 = 0
        var sum_1: f32 = 0
        var sum_2: f32 = 0
        var sum_3: f32 = 0
        sum = (sum + x[0])
        sum_1 = (sum_1 + x[1])
        sum_2 = (sum_2 + x[2])
        sum_3 = (sum_3 + x[3])
        sum = (sum + x[4])
        sum_1 = (sum_1 + x[5])
        sum_2 = (sum_2 + x[6])
        y[0] = ((sum + sum_2) + (sum_1 + sum_3))"
    `);
  });

  test("sums columns in registers, chunk by chunk", () => {
    expect(printed(kernels.columnSums("N", 1, 4, { lanes: 1, chunk: 2048 }), simd)).toMatchInlineSnapshot(`
      "kernel column_sums(read x: f32, write mean: f32, write variance: f32; N)
        var sum: f32x4 = 0
        var top: f32x4 = -Infinity
        for chunk in 0 .. floor((N)/(2048))
          var sum_1: f32x4 = 0
          var top_1: f32x4 = -Infinity
          for n in 2048*chunk .. 2048*chunk + 2048
            let x: f32x4 = x[4*n ..4]
            sum_1 = (sum_1 + x)
            top_1 = maximum(top_1, x)
          sum = (sum + sum_1)
          top = maximum(top, top_1)
        var sum_2: f32x4 = 0
        var top_2: f32x4 = -Infinity
        for n_1 in 2048*floor((N)/(2048)) .. N
          let x_1: f32x4 = x[4*n_1 ..4]
          sum_2 = (sum_2 + x_1)
          top_2 = maximum(top_2, x_1)
        sum = (sum + sum_2)
        top = maximum(top, top_2)
        let mean: f32x4 = (sum / 7)
        var square: f32x4 = 0
        for chunk_1 in 0 .. floor((N)/(2048))
          var square_1: f32x4 = 0
          for n_2 in 2048*chunk_1 .. 2048*chunk_1 + 2048
            let t: f32x4 = (x[4*n_2 ..4] - mean)
            square_1 = (square_1 + (t * t))
          square = (square + square_1)
        var square_2: f32x4 = 0
        for n_3 in 2048*floor((N)/(2048)) .. N
          let t_2: f32x4 = (x[4*n_3 ..4] - mean)
          square_2 = (square_2 + (t_2 * t_2))
        square = (square + square_2)
        mean[0] = (mean + top)
        variance[0] = square"
    `);
  });

  test("scatters columns of rows in ascending order", () => {
    expect(printed(kernels.scatter("N", 8, 6), simd)).toMatchInlineSnapshot(`
      "kernel scatter(read d: f32, read ids: i32, write y: f32; N)
        for z in 0 .. 6
          y[8*z] = 0
          y[8*z + 4] = 0
        for i in 0 .. N
          let at: i32 = minimum(maximum(ids[i], 0), 5)
          let d_1: f32x4 = d[8*i + 4 ..4]
          let y_1: f32x4 = y[8*at + 4 ..4]
          y[8*at] = (y[8*at ..4] + d[8*i ..4])
          y[8*at + 4] = (y_1 + d_1)"
    `);
  });
});
