/** Targets that a loss takes for probabilities: what arrays of a program hold is looked at as what files hold is (NN0851). */
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { load } from "../../runtime/load/index.ts";
import { train } from "../../runtime/train/index.ts";
import type { Dataset, TrainData } from "../../runtime/train/index.ts";
import { errorOf } from "./support.ts";

function artifact(loss: string, target: "typescript" | "wasm" = "typescript"): Artifact {
  const source = `model Yes(x: [N, 2]) -> [N, 1] = x |> dense(1)
train Yes { data: given  loss: ${loss}  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 1 }`;
  const result = compile({ name: "yes.nn", source }, { target, bounds: { N: 4 } });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

const x = Float32Array.of(1, 2, 3, 4, 5, 6);
const targetOf = (...values: readonly number[]): Float32Array => Float32Array.from(values);

function dataset(...values: readonly number[]): Dataset {
  return {
    rows: 3,
    tensors: new Map([
      ["x", { dtype: "f32", shape: [2], rowStride: 2, data: x }],
      ["target", { dtype: "f32", shape: [1], rowStride: 1, data: targetOf(...values) }],
    ]),
  };
}

async function finish(built: Artifact, given: TrainData): Promise<void> {
  for await (const _event of train(built, given)) continue;
}

const beyond = (found: string): string =>
  `NN0743 \`target\`: expected 0 or 1, or what lies between, found ${found} (rows count from 0)`;

describe("a target of binary_cross_entropy", () => {
  it.each(["typescript", "wasm"] as const)(
    "must lie between 0 and 1 in each call of a network (%s)",
    async (target) => {
      const net = await load(artifact("binary_cross_entropy", target));
      expect([
        await errorOf(() => net.step({ x, target: targetOf(0, 2, -1) })),
        await errorOf(() => net.stepSync({ x, target: targetOf(0, 1, -0.5) })),
        await errorOf(() => net.evaluate({ x, target: targetOf(1.5, 0, 0) })),
        await errorOf(() =>
          net.evaluateSync([
            { x, target: targetOf(0, 0.5, 1) },
            { x, target: targetOf(0, 0, 9) },
          ]),
        ),
        await errorOf(() => net.step({ x, target: targetOf(0, NaN, 7) })),
      ]).toEqual([
        beyond("2 in row 1"),
        beyond("-0.5 in row 2"),
        beyond("1.5 in row 0"),
        beyond("9 in row 2"),
        "NN0718 `target`: expected finite numbers, found NaN in row 1 (rows count from 0)",
      ]);
      expect(await errorOf(() => net.step({ x, target: targetOf(0, 2, -1) }, { trusted: true }))).toBe("no error");
      // The shapes are known from before.
      expect(await errorOf(() => net.step({ x, target: targetOf(0, 2, -1) }))).toBe(beyond("2 in row 1"));
      expect(await errorOf(() => net.step({ x, target: targetOf(0, 0.25, 1) }))).toBe("no error");
    },
  );

  it("must lie between 0 and 1 in the rows of a run, held out or not", async () => {
    const built = artifact("binary_cross_entropy");
    expect([
      await errorOf(() => finish(built, { train: dataset(0, 1, 3) })),
      await errorOf(() => finish(built, { train: dataset(0, 1, 1), holdout: dataset(1, -1, 0) })),
      await errorOf(() => finish(built, { train: dataset(0, 1, 1), holdout: dataset(1, 0.5, 0) })),
    ]).toEqual([beyond("3 in row 2"), beyond("-1 in row 1"), "no error"]);
  });
});

describe("a target of mse", () => {
  it("may be any number", async () => {
    expect(await errorOf(() => finish(artifact("mse"), { train: dataset(-7, 0, 9) }))).toBe("no error");
  });
});
