/**
 * Optimizers and `clip_norm` over the whole range of gradients, as both CPU targets compute them in f32, against their formulas in
 * float64. Where a formula's squares leave the range, the run stops and says where.
 */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { load } from "../../runtime/load/index.ts";
import { train, type Dataset } from "../../runtime/train/index.ts";
import { errorOf } from "../runtime/support.ts";

const targets = ["typescript", "wasm"] as const;
const weights = 6;
/** The gradients of the weights at each step, in units of the magnitude; the last weight's are all 0. */
const rows = [
  [0.5, -0.25, 1, 0.125, -0.75, 0],
  [-0.5, 0.5, 0.25, 0.0625, -0.5, 0],
  [0.25, 0.75, -0.5, 0.5, -0.25, 0],
  [1, -0.125, 0.25, -0.5, 0.5, 0],
];

/** A train whose gradients are its data; `m` and `n` so that norms are over several parameters. */
function artifactOf(target: (typeof targets)[number], optimizer: string, more = ""): Artifact {
  const source = `
    model M(g: [N, 6]) -> [N] {
      param m: [2, 2] = zeros
      param n: [2] = zeros
      return sum(g[:, 0:4] * reshape(m, [4]), axis: -1) + sum(g[:, 4:6] * n, axis: -1)
    }
    loss itself(output: [N], target: [N]) -> [] = mean(output - target)
    train M { data: given  loss: itself  optimizer: ${optimizer}  batch: 1  ${more} }`;
  const result = compile({ name: "main.nn", source }, { target });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

/** The weights after each step. */
async function trajectory(artifact: Artifact, given: readonly (readonly number[])[]): Promise<readonly number[][]> {
  const net = await load(artifact, { seed: 1 });
  const after = given.map((row) => {
    net.stepSync({ g: Float32Array.from(row), target: new Float32Array(1) }, { trusted: true });
    return ["M.m", "M.n"].flatMap((name) => Array.from(net.parameters.get(name)?.data ?? []));
  });
  net.close();
  return after;
}

function dataset(given: readonly (readonly number[])[]): Dataset {
  const g = Float32Array.from(given.flat());
  return {
    rows: given.length,
    tensors: new Map([
      ["g", { dtype: "f32", shape: [weights], rowStride: weights, data: g }],
      ["target", { dtype: "f32", shape: [], rowStride: 1, data: new Float32Array(given.length) }],
    ]),
  };
}

/** What a run over the rows ends with. */
function complaintOf(artifact: Artifact, own: Dataset, resume?: Uint8Array): Promise<string> {
  return errorOf(async () => {
    for await (const _ of train(artifact, { train: own }, resume === undefined ? {} : { resume }));
  });
}

/** One weight's move at a step, in float64; `kept` is what it remembers. */
type Formula = (g: number, kept: { v: number; s: number }, t: number) => number;

const lr = 0.1;
function adam(inside: boolean, eps = 1e-8): Formula {
  return (g, kept, t) => {
    kept.v = 0.9 * kept.v + 0.1 * g;
    kept.s = 0.999 * kept.s + 0.001 * g * g;
    const [v, s] = [kept.v / (1 - 0.9 ** t), kept.s / (1 - 0.999 ** t)];
    return -lr * (inside ? v / Math.sqrt(s + eps) : v / (Math.sqrt(s) + eps));
  };
}
const rmsprop: Formula = (g, kept) => {
  kept.s = 0.9 * kept.s + 0.1 * g * g;
  return (-lr * g) / (Math.sqrt(kept.s) + 1e-8);
};
const adagrad: Formula = (g, kept) => {
  kept.s += g * g;
  return (-lr * g) / (Math.sqrt(kept.s) + 1e-10);
};

/** With the largest power of ten whose squares, as the formula weighs them, are within f32. */
const optimizers: readonly (readonly [string, Formula, number])[] = [
  ["adam(lr: 0.1)", adam(false), 20],
  ["adam(lr: 0.1, eps: 1e-14)", adam(false, 1e-14), 20],
  ["adam(lr: 0.1, eps_inside: true)", adam(true), 20],
  ["adamw(lr: 0.1, decay: 0)", adam(false), 20],
  ["rmsprop(lr: 0.1)", rmsprop, 19],
  ["adagrad(lr: 0.1)", adagrad, 19],
];

function scaled(exponent: number): readonly (readonly number[])[] {
  return rows.map((row) => row.map((value) => Math.fround(value * 10 ** exponent)));
}

/** Where each weight is after each step; and how far it has gone in all, which its rounding is measured by. */
function expectedOf(formula: Formula, given: readonly (readonly number[])[]) {
  const kept = Array.from({ length: weights }, () => ({ v: 0, s: 0, at: 0, gone: 0 }));
  return given.map((row, step) =>
    row.map((g, weight) => {
      const own = kept[weight];
      const move = formula(g, own, step + 1);
      own.at += move;
      own.gone += Math.abs(move);
      return { at: own.at, gone: own.gone };
    }),
  );
}

/** The largest error of a weight, in parts of the way that it has gone. */
function worst(found: readonly (readonly number[])[], expected: ReturnType<typeof expectedOf>): number {
  const errors = expected.flatMap((row, step) =>
    row.map(({ at, gone }, weight) => {
      const error = Math.abs(found[step][weight] - at);
      return error === 0 ? 0 : error / gone;
    }),
  );
  return Math.max(...errors);
}

const tamer = "try a learning rate ten times smaller, `clip_norm: 1`, or `standardize: true` for the data";
const magnitudes = [-30, -25, -20, -15, -10, -7, -3, 0, 3, 10, 15, 18, 19];

describe.each(targets)("%s", (target) => {
  describe.each(optimizers)("%s", (optimizer, formula, largest) => {
    const artifact = artifactOf(target, optimizer);
    test.each([...magnitudes, largest])("gradients of 1e%i move as its formula", async (exponent) => {
      const given = scaled(exponent);
      expect(worst(await trajectory(artifact, given), expectedOf(formula, given))).toBeLessThan(3e-6);
    });

    test.each([22, 25, 30])("gradients of 1e%i stop the run at their step", async (exponent) => {
      expect(await complaintOf(artifact, dataset(scaled(exponent).slice(0, 1)))).toBe(
        `NN0728 expected finite numbers in \`optimizer.main.s.M.m\`, found Infinity at element 0 after step 1 (${tamer})`,
      );
    });
  });

  test("a sum of squares that grows beyond the range is found at the step that it does so, also in a run that goes on", async () => {
    const artifact = artifactOf(target, "adagrad(lr: 0.1)");
    const eight = dataset(Array.from({ length: 8 }, () => [1, 1, 1, 1e19, 1, 1]));
    const message = `NN0728 expected finite numbers in \`optimizer.main.s.M.m\`, found Infinity at element 3 after step 4 (${tamer})`;
    expect(await complaintOf(artifact, eight)).toBe(message);
    const stop = new AbortController();
    const first = train(artifact, { train: eight }, { signal: stop.signal });
    let checkpoint: Uint8Array | undefined;
    for await (const event of first) {
      if (event.event === "step" && event.step === 2) stop.abort();
      if (event.event === "stopped") ({ checkpoint } = event);
    }
    expect(checkpoint).toBeDefined();
    expect(await complaintOf(artifact, eight, checkpoint)).toBe(message);
  });

  describe("clip_norm", () => {
    const clipped = (limit: number | string, more = "") =>
      artifactOf(target, "sgd(lr: 1)", `clip_norm: ${limit}  ${more}`);

    test.each([
      [-30, 1e-31],
      [-30, 1],
      [-25, 1e-20],
      [-19, 1e-19],
      [-3, 0.5],
      [0, 0.75],
      [0, 1e30],
      [10, 1],
      [19, 1e19],
      [20, 1e-3],
      [30, 1],
      [38, 1],
      [38, 3e38],
    ])("of gradients of 1e%i to %d", async (exponent, limit) => {
      const given = scaled(exponent);
      // A step of sgd at rate 1 moves by the gradient; \`m\` alone is regularised, by w itself.
      const at = [0, 0, 0, 0, 0, 0];
      const expected = given.map((row) => {
        const gradient = row.map((g, weight) => g + (weight < 4 ? at[weight] : 0));
        const norm = Math.hypot(...gradient);
        for (const [weight, g] of gradient.entries()) at[weight] -= g * Math.min(1, Math.fround(limit) / norm);
        return [...at];
      });
      const found = await trajectory(clipped(limit, "regularize: l2(0.5)"), given);
      const size = Math.max(...expected.flat().map(Math.abs));
      const errors = expected.flatMap((row, step) => row.map((value, weight) => Math.abs(found[step][weight] - value)));
      expect(Math.max(...errors) / size).toBeLessThan(1e-6);
    });

    test("of gradients that are all 0 leaves them 0", async () => {
      expect(await trajectory(clipped(1), [[0, 0, 0, 0, 0, 0]])).toEqual([[0, 0, 0, 0, 0, 0]]);
    });

    test.each([Infinity, -Infinity, NaN])("does not hide a gradient of %d", async (bad) => {
      const [after] = await trajectory(clipped(1), [[1, bad, 0, 0, 0, 2]]);
      expect(after).toEqual([-1, -bad, 0, 0, 0, -2]);
    });
  });
});
