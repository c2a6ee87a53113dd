/** What scans cost: how large programs are that run many steps, and what memory checkpoints save. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { buildProgram, type Built } from "../../compiler/middle.ts";
import type { Step } from "../../compiler/program/types.ts";
import { javascript } from "../../compiler/schedule/machine.ts";

/** A neural ordinary differential equation, by Euler's steps. */
function equation(steps: number, checkpoint?: number): string {
  const kept = checkpoint === undefined ? "" : ` checkpoint ${checkpoint}`;
  return `
model Flow(x: [N, 4]) -> [N, 4] {
  let end = scan t in range(${steps}) with h = x${kept} {
    next h = h + 0.01 * (h |> dense(16) |> tanh |> dense(4))
  }
  return end
}
train Flow { data: given  loss: mse  optimizer: sgd(lr: 0.01)  batch: 8  epochs: 1 }
`;
}

function built(source: string): Built {
  const compiled = compile({ name: "flow.nn", source }, { target: "typescript" });
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ message }) => message).join("\n"));
  return compiled.built;
}

/** What a program is but for sizes: its kernels' names, and what each entry calls, in which loops, on which buffers. */
function frameOf({ program }: Built) {
  const frame = (step: Step): unknown =>
    step.kind === "loop" ? { [step.index]: step.steps.map(frame) } : [step.kernel, ...step.buffers];
  return {
    kernels: program.kernels.map(({ name }) => name),
    buffers: program.buffers.map(({ name, role, slice }) => ({ name, role, of: slice?.of })),
    entries: program.entries.map(({ name, steps }) => ({ name, steps: steps.map(frame) })),
  };
}

test.each<[string, number?, number?]>([["kept whole"], ["in segments", 5, 100]])(
  "ten thousand steps, %s, are the program of ten: kernels, loops, calls and buffers",
  (_, short, long) => {
    expect(frameOf(built(equation(10_000, long)))).toEqual(frameOf(built(equation(10, short))));
  },
);

test("checkpoints bring the memory of T steps down to that of its root", () => {
  const bytes = (steps: number, checkpoint?: number): number => built(equation(steps, checkpoint)).program.arenaBytes;
  const [whole, segments] = [bytes(10_000), bytes(10_000, 100)];
  expect(whole / segments).toBeGreaterThan(50);
  // A hundred times as many steps in segments ten times as long: ten times the memory of steps, not a hundred times.
  expect((segments - bytes(1, 1)) / (bytes(100, 10) - bytes(1, 1))).toBeLessThan(12);
});

test("a whole arena is within a tenth of what any order of the steps would need", () => {
  for (const source of [equation(400), equation(400, 20)]) {
    const { elaboration } = built(source);
    const { plan } = buildProgram(elaboration, javascript, { verify: true, outline: true, compared: true });
    const { arenaBytes, leastOfAnyOrder = NaN } = plan;
    expect(arenaBytes / leastOfAnyOrder).toBeLessThan(1.1);
  }
});

// What is cheap and depends on no carry stands before the loop, in it, and was made a second time behind it.
test.each([
  [
    "three carries, one of which is another's",
    `model G(x: [N, T, 2], h0: [N, 2], s: [N, 2, 2]) -> ([N, 2], [N, T, 2]) {
      let (y, _, _, _) = scan r in x along axis 1 with h = h0, c = h0, d = h0 {
        let q = scan z in r[:, newaxis] * s along axis 1 with m = h { next m = m * z }
        next h = q
        next c = c * q
        next d = d * 0.9 + c * r
        emit d * h
      }
      let second = sum(grad(sum(y), wrt: x))
      return (grad(second, wrt: h0), grad(second, wrt: x))
    }`,
  ],
  [
    "from the last step, with a sigmoid within",
    `model G(x: [N, T, 2], h0: [N, 2], s: [N, 2, 2]) -> ([N, 2], [N, T, 2]) {
      let (y, e, _, _) = scan r in x along axis 1 reversed with h = zeros([N, 2]), c = h0 * 2, d = h0 {
        let q = scan z in r[:, newaxis] * s along axis 1 with m = h { next m = sigmoid(m * z + 0.1) }
        next h = q + 0.3 * c
        next c = c * 0.5 + q * 0.7
        next d = d * 0.9 + c * r
        emit d * h
      }
      let gx = grad(sum(y * y) + sum(e), wrt: x)
      let second = sum(gx * gx)
      return (grad(second, wrt: h0), grad(second, wrt: x))
    }`,
  ],
])("gradients of second order through a scan in a scan pass every verifier: %s", (_, source) => {
  const compiled = compile({ name: "nested.nn", source }, { target: "wasm", bounds: { N: 2, T: 3 }, verify: true });
  expect(compiled.ok ? [] : compiled.diagnostics).toEqual([]);
});
