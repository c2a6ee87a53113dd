/** What scans cost: how large programs are that run many steps, and what memory checkpoints save. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { buildProgram, type Built } from "../../compiler/middle.ts";
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

const kernelsOf = ({ program }: Built): readonly string[] => program.kernels.map(({ name }) => name);

test("ten thousand steps are the program of ten", () => {
  expect(kernelsOf(built(equation(10_000)))).toEqual(kernelsOf(built(equation(10))));
});

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
