/** Index movement costs no calls: indices are held in range by choices, which processors make in one step. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import { textOf } from "./run.ts";

const source = `model Concat(x: [N, 5], y: [N, 5]) -> [N, 10] = concat([x, y], axis: 1)
model Pad(x: [N, 5]) -> [N, 9] = pad(x, [[0, 0], [1, 3]])
model Roll(x: [N, 5]) -> [N, 5] = concat([x[:, 2:], x[:, :2]], axis: 1) + x
model Take(table: [3, 5], ids: i32[N]) -> [N, 5] = take(table, ids)
model Pick(x: [N, 5], ids: i32[N]) -> [N] = pick(x, ids)
model Elements(table: [3], ids: i32[N, 2]) -> [N, 2] = take(table, ids)
model Limits(a: i32[N], b: i32[N]) -> i32[N] = maximum(minimum(a, b), minimum(a + b, 3)) + maximum(a, 0)
`;

const x = Float32Array.from({ length: 10 }, (_, n) => n);
const y = x.map((value) => -value);
const table = Float32Array.from({ length: 15 }, (_, n) => n);
const expected = {
  Concat: [{ x, y }, [0, 1, 2, 3, 4, -0, -1, -2, -3, -4, 5, 6, 7, 8, 9, -5, -6, -7, -8, -9]],
  Pad: [{ x }, [0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8, 9, 0, 0, 0]],
  Roll: [{ x }, [2, 4, 6, 3, 5, 12, 14, 16, 13, 15]],
  Take: [{ table, ids: Int32Array.of(2, 0) }, [10, 11, 12, 13, 14, 0, 1, 2, 3, 4]],
  Pick: [{ x, ids: Int32Array.of(4, 0) }, [4, 5]],
  Elements: [{ table: table.slice(0, 3), ids: Int32Array.of(2, 1, 0, 2) }, [2, 1, 0, 2]],
  Limits: [{ a: Int32Array.of(-2147483648, 7), b: Int32Array.of(-1, -9) }, [3, 5]],
} as const;

test.each(["typescript", "wasm"] as const)("on %s", async (target) => {
  const result = compile({ name: "movement.nn", source }, { target, bounds: { N: 2 } });
  if (!result.ok) throw new Error(result.diagnostics[0].message);
  const text = textOf(result.artifact, result.artifact.manifest.module.replace(/wasm$/, "wat"));
  expect(text).not.toMatch(target === "wasm" ? /\(call \$i32\./ : /\b(remainder|truncate)\(/);
  const network = await load(result.artifact);
  for (const [model, [inputs, values]] of Object.entries(expected))
    expect([model, ...network.predictSync(model, inputs)[0].data]).toEqual([model, ...values]);
});
