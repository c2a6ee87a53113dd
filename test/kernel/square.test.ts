/** What is loaded across is transposed in registers, four vectors at a time; tails are exact, and all bits stay. */
import { describe, expect, test } from "vitest";
import { printKernel } from "../../compiler/program/print.ts";
import { schedule } from "../../compiler/schedule/schedule.ts";
import { simd } from "../../compiler/schedule/machine.ts";
import { binary, load } from "../../compiler/loops/scalar.ts";
import { expectEqual, typeIn } from "./equal.ts";
import { at, axis, dim, from, kernelOf, shifted, store, transpose, type Case, type Size } from "./kernels.ts";

const f32 = (...shape: readonly Size[]) => ({ dtype: "f32", shape: shape.map(dim) }) as const;
const i32 = (...shape: readonly Size[]) => ({ dtype: "i32", shape: shape.map(dim) }) as const;

/** y[b, j, i] = x[b, i, j]. */
function batched(n: Size, m: Size): Case {
  const grid = [axis("b", 2), axis("j", m), axis("i", n)];
  return kernelOf("batched", grid, [store("y", ["b", "j", "i"], from("x", "b", "i", "j"))], {
    x: f32(2, n, m),
    y: f32(2, m, n),
  });
}

/** y[j, i] = x[i, j] * z[j, i] + x[i, j + 1]: one operand lies straight, one begins at another place. */
function mixed(n: Size, m: number): Case {
  const grid = [axis("j", m), axis("i", n)];
  const product = binary("mul", from("x", "i", "j"), from("z", "j", "i"));
  const value = binary("add", product, from("x", "i", shifted("j", 1)));
  return kernelOf("mixed", grid, [store("y", ["j", "i"], value)], { x: f32(n, m + 1), z: f32(m, n), y: f32(m, n) });
}

/** y = y + xᵀ, in place. */
function updated(n: Size, m: Size): Case {
  const grid = [axis("j", m), axis("i", n)];
  const value = binary("add", from("y", "j", "i"), from("x", "i", "j"));
  return kernelOf("updated", grid, [store("y", ["j", "i"], value)], { x: f32(n, m), y: f32(m, n) });
}

function integers(n: Size, m: Size): Case {
  const grid = [axis("j", m), axis("i", n)];
  const stages = [store("y", ["j", "i"], load("x", "i32", at("i", "j")), "i32")];
  return kernelOf("integers", grid, stages, { x: i32(n, m), y: i32(m, n) });
}

const forms = { transpose, batched, mixed, updated, integers };
const sizes = [1, 2, 3, 4, 5, 7, 8, 15, 17, 63, 64, 65, 66];

describe.each(Object.entries(forms))("%s keeps its bits", (_, form) => {
  test.each(sizes)("of %i columns", (m) => {
    for (const n of sizes) expectEqual(form(n, m), simd, new Map());
    for (const n of sizes) expectEqual(form("N", m), simd, new Map([["N", n]]), new Map([["N", 66]]));
  });
});

test("rows and columns beyond whole squares: the last rows are those of a square that ends with them", () => {
  const one = transpose(4, 6);
  expect(printKernel(schedule(one.kernel, typeIn(one), new Map(), simd))).toMatchInlineSnapshot(`
    "kernel transpose(read x: f32, write y: f32)
      let x: f32x4 = x[0 ..4]
      let x_1: f32x4 = x[6 ..4]
      let x_2: f32x4 = x[12 ..4]
      let x_3: f32x4 = x[18 ..4]
      let t: f32x4 = shuffle(x, x_1; 0 4 1 5)
      let t_1: f32x4 = shuffle(x_2, x_3; 0 4 1 5)
      let t_4: f32x4 = shuffle(x, x_1; 2 6 3 7)
      let t_5: f32x4 = shuffle(x_2, x_3; 2 6 3 7)
      y[0] = shuffle(t, t_1; 0 1 4 5)
      y[4] = shuffle(t, t_1; 2 3 6 7)
      y[8] = shuffle(t_4, t_5; 0 1 4 5)
      y[12] = shuffle(t_4, t_5; 2 3 6 7)
      let t_8: f32x4 = shuffle(x[2 ..4], x[8 ..4]; 2 6 3 7)
      let t_9: f32x4 = shuffle(x[14 ..4], x[20 ..4]; 2 6 3 7)
      y[16] = shuffle(t_8, t_9; 0 1 4 5)
      y[20] = shuffle(t_8, t_9; 2 3 6 7)"
  `);
});
