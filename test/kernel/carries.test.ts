/** Carries in place: which lie in one slot for all steps, which in two that take turns, and that both keep every bit. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { constantValue, isConstant } from "../../compiler/dimension/dimension.ts";
import { fuse } from "../../compiler/fuse/index.ts";
import { verifyKernel } from "../../compiler/kernel/verify.ts";
import { kernelsOf } from "../../compiler/kernel/steps.ts";
import { lower } from "../../compiler/lower/lower.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { UniqueNames } from "../../compiler/program/unique-names.ts";
import { evaluateFused, evaluateLowered, randomInputs } from "./evaluate.ts";

/** What a body makes of x[t], `r`, and of two carries `a` and `b`, and in how many slots they lie. */
const cases: readonly (readonly [name: string, body: string, slots: readonly number[]])[] = [
  ["each element of itself", "next a = a * r + 1\nnext b = b - r", [1, 1]],
  ["of what a product makes of the other", "next a = a + b @ w\nnext b = b * r", [1, 1]],
  ["of a product of itself, in the product's kernel", "next a = tanh(r + a @ w)\nnext b = b - r", [2, 1]],
  [
    "of a product of itself, by gates in a kernel of their own",
    "let g = sigmoid(r + a @ w)\nnext a = a * g + (1 - g) * softmax(g)\nnext b = b - r",
    [1, 1],
  ],
  ["of itself elsewhere", "next a = reverse(a, axis: 1) + r\nnext b = b @ w", [2, 2]],
  ["of nothing, and read by nobody", "next a = r * 2\nnext b = zeros([N, 4])", [1, 1]],
  ["exchanged", "let old = a\nnext a = b\nnext b = old + r", [1, 1]],
  [
    "each of a product of the other, one of which must come first",
    "let old = a\nnext a = tanh(b @ w)\nnext b = exp(old @ w)",
    [1, 2],
  ],
  ["that is kept of every step", "next a = a + r\nnext b = b * a\nemit a", [6, 1]],
  [
    "read by the other everywhere, before it is overwritten",
    "let old = a\nnext a = a + r\nnext b = b * r + old @ w",
    [1, 1],
  ],
];

function built(source: string) {
  const compiled = compile({ name: "carries.nn", source }, { target: "typescript", bounds: { N: 3 }, verify: true });
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ message }) => message).join("\n"));
  const { entries, bounds } = compiled.elaboration;
  const [predict] = entries.filter(({ name }) => name.startsWith("predict"));
  const lowered = lower(runPasses(predict.graph, { verify: true }), bounds);
  return { lowered, fused: fuse(lowered, bounds, new UniqueNames(), { verify: true, nests: true }) };
}

/** How many slots each carry's stack has; that of the steps' inputs has five. */
function slotsIn({ fused: { tensors } }: ReturnType<typeof built>): readonly number[] {
  const stacks = new Set([...tensors.values()].flatMap(({ slot }) => (slot === undefined ? [] : [slot.of])));
  return [...tensors.values()].flatMap(({ name, declared: { shape } }) =>
    stacks.has(name) && !isConstant(shape[0], 5) ? [constantValue(shape[0]) ?? NaN] : [],
  );
}

function expectEqualBits({ lowered, fused }: ReturnType<typeof built>): void {
  const dims = new Map([["N", 3]]);
  expect(kernelsOf(fused.steps).flatMap(verifyKernel)).toEqual([]);
  const inputs = randomInputs(lowered, dims);
  const expected = evaluateLowered(lowered, inputs, dims, "f32");
  const found = evaluateFused(fused, inputs, dims, "f32");
  for (const [name, { data }] of expected) expect([name, found.get(name)?.data]).toEqual([name, data]);
}

describe("a carry made", () => {
  test.each(cases)("%s", (_, body, slots) => {
    const made = built(`model M(x: [N, 5, 4], w: [4, 4], a0: [N, 4], b0: [N, 4]) -> ([N, 4], [N, 4]) {
  let (${body.includes("emit") ? "e, " : ""}u, v) = scan r in x along axis 1 with a = a0, b = b0 {
    ${body}
  }
  return (u ${body.includes("emit") ? "+ sum(e, axis: 1)" : ""}, v + 0 * sum(w))
}`);
    expectEqualBits(made);
    expect(slotsIn(made)).toEqual(slots);
  });
});
