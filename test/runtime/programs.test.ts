/** Compiled programs, from source and data to a trained network, on the targets that must agree to the bit. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { load } from "../../runtime/load/index.ts";
import { prepare, train } from "../../runtime/train/index.ts";
import type { DoneEvent, TrainData, TrainEvent, TrainOptions } from "../../runtime/train/index.ts";
import { errorOf } from "./support.ts";

const targets = ["typescript", "wasm"] as const;

function artifactOf(source: string, target: (typeof targets)[number], bounds = {}): Artifact {
  const result = compile({ name: "test.nn", source }, { target, bounds });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

async function run(artifact: Artifact, data: TrainData, options: TrainOptions & { readonly stopAt?: number } = {}) {
  const { stopAt, ...others } = options;
  const stop = new AbortController();
  const training = train(artifact, data, { ...others, signal: stop.signal });
  let done: DoneEvent | undefined;
  for await (const event of training) {
    if (event.event === "step" && event.step === stopAt) stop.abort();
    if (event.event === "done") done = event;
  }
  return { done, network: training.network, saved: await training.save() };
}

describe("examples/digits", () => {
  const source = readFileSync("examples/digits/digits.nn", "utf8");
  const read = (path: string): Uint8Array => readFileSync(`examples/digits/${path}`);
  it("trains to the same bits on both targets, stopped or not", async () => {
    const saved: Uint8Array[] = [];
    for (const target of targets) {
      const artifact = artifactOf(source, target);
      const data = prepare(artifact.manifest, { read });
      const whole = await run(artifact, data, { epochs: 2 });
      const part = await run(artifact, data, { epochs: 2, stopAt: 50 });
      const rest = await run(artifact, data, { epochs: 2, resume: part.saved });
      expect(rest.saved).toEqual(whole.saved);
      expect(Number(whole.done?.holdout?.["accuracy"])).toBeGreaterThan(0.6);
      saved.push(whole.saved);
    }
    expect(saved[0]).toEqual(saved[1]);
  }, 120_000);
});

describe("sizes that a requirement divides", () => {
  const source = `
    block pool(x: [N, T], k: int) -> [N, T / k] {
      require T % k == 0, "the length must be a multiple of k"
      return mean(reshape(x, [N, T / k, k]), axis: 2)
    }
    block swapped(x: [N, T]) -> [N, T] {
      require T % 2 == 0, "the length must be even"
      let pairs = reshape(x, [N, -1, 2])
      return reshape(concat([pairs[:, :, 1:], pairs[:, :, 0:1]], axis: -1), [N, T])
    }
    model M(x: [N, T]) -> [N, _] = x * swapped(x) |> pool(2) |> pool(3)
  `;

  it("stay open, and are checked at each call", async () => {
    for (const target of targets) {
      const net = await load(artifactOf(source, target, { N: 4, T: 13 }));
      const call = async (N: number, T: number) => {
        const data = Float32Array.from({ length: N * T }, (_, at) => at + 1);
        return [...((await net.predict({ x: { shape: [N, T], data } }))[0]?.data ?? [])];
      };
      // (1·2 + 3·4 + 5·6) / 3 and so on.
      expect([await call(1, 6), await call(1, 12), await call(2, 6)]).toEqual([
        [44 / 3].map(Math.fround),
        [44 / 3, 278 / 3].map(Math.fround),
        [44 / 3, 278 / 3].map(Math.fround),
      ]);
      expect(await errorOf(() => call(1, 9))).toContain("the length must be even");
      expect(await errorOf(() => call(1, 8))).toContain("the length must be a multiple of k");
    }
  });
});

describe("a train with several steps", () => {
  const source = `
    model A(x: [N, 2]) -> [N, 1] = x |> dense(1)
    model B(x: [N, 2]) -> [N, 1] = x |> dense(1)
    train Both(x: [N, 2], target: [N, 1]) {
      data: csv("line.csv", target: "y", holdout: 25%)  batch: 4  epochs: 3  seed: 2
      step first { minimize: mse(A(x), target)  update: A  optimizer: sgd(lr: 0.01) }
      step second { minimize: mae(B(x), target)  update: B  optimizer: sgd(lr: 0.01) }
    }
  `;
  const csv = ["b,y,a", ...Array.from({ length: 19 }, (_, row) => `${row % 7},${row % 4},${row % 5}`)].join("\n");
  const read = (): Uint8Array => new TextEncoder().encode(csv);

  async function eventsOf(artifact: Artifact, options: TrainOptions & { readonly stopAt?: number }) {
    const { stopAt, ...others } = options;
    const stop = new AbortController();
    const training = train(artifact, prepare(artifact.manifest, { read }), { ...others, signal: stop.signal });
    const events: TrainEvent[] = [];
    for await (const event of training) {
      if (event.event === "step" && event.step === stopAt) stop.abort();
      events.push(event);
    }
    return { events, network: training.network, saved: await training.save() };
  }

  it.each(targets)("tells the loss of each: of a step, its average, of an epoch, of a set (%s)", async (target) => {
    const artifact = artifactOf(source, target);
    const { events, network } = await eventsOf(artifact, {});
    const steps = events.flatMap((event) => (event.event === "step" ? [event] : []));
    const epochs = events.flatMap((event) => (event.event === "epoch" ? [event] : []));
    const names = ["first", "second"] as const;
    // Fourteen rows: three batches of four, one of two.
    const weights = [4, 4, 4, 2];
    for (const name of names) {
      let running = 0;
      for (const [at, { losses, averages }] of steps.entries()) {
        running = 0.98 * running + 0.02 * Number(losses[name]);
        expect(averages[name]).toBeCloseTo(running / (1 - 0.98 ** (at + 1)), 10);
      }
      for (const [at, epoch] of epochs.entries()) {
        const own = steps.slice(4 * at, 4 * at + 4).map(({ losses }) => Number(losses[name]));
        const mean = own.reduce((sum, loss, batch) => sum + loss * Number(weights[batch]), 0) / 14;
        expect(epoch.train[name]).toBeCloseTo(mean, 10);
        expect(Object.keys(epoch.holdout ?? {})).toEqual(["loss", "first", "second"]);
      }
    }
    expect(epochs.map((epoch) => epoch.train["loss"])).toEqual(epochs.map((epoch) => epoch.train["first"]));
    const rows = prepare(artifact.manifest, { read }).holdout?.tensors;
    const [x = new Float32Array(), y = new Float32Array()] = ["x", "target"].map((name) =>
      Float32Array.from(rows?.get(name)?.data ?? []),
    );
    const { loss, losses } = await network.evaluate([
      { x: x.slice(0, 8), target: y.slice(0, 4) },
      { x: x.slice(8), target: y.slice(4) },
    ]);
    expect({ loss, ...losses }).toEqual(epochs.at(-1)?.holdout);
    expect(loss).toBe(losses["first"]);
  });

  it("goes on with the averages and means that it stopped with", async () => {
    const artifact = artifactOf(source, "wasm");
    const whole = await eventsOf(artifact, {});
    const part = await eventsOf(artifact, { stopAt: 6 });
    const rest = await eventsOf(artifact, { resume: part.saved });
    const told = ({ events }: { readonly events: readonly TrainEvent[] }) =>
      events.flatMap((event) =>
        event.event === "step" ? [event.averages] : event.event === "epoch" ? [event.train, event.holdout] : [],
      );
    expect([...told(part), ...told(rest)]).toEqual(told(whole));
    expect(rest.saved).toEqual(whole.saved);
  });

  it("ends where the loss of a later step is not finite, with that loss", async () => {
    const artifact = artifactOf(source.replace("mae(B(x), target)", "mse(B(1e30 * x), target)"), "wasm");
    const events: TrainEvent[] = [];
    const training = train(artifact, prepare(artifact.manifest, { read }));
    expect(
      await errorOf(async () => {
        for await (const event of training) events.push(event);
      }),
    ).toMatch(/^NN0724 expected a finite loss, found Infinity at step 1; /);
    expect(events.at(-1)).toMatchObject({ event: "diverged", loss: Infinity });
  });
});

describe("a program", () => {
  const source = `
    model Line(x: [N, 2]) -> [N, 1] = x |> dense(1)
    metric largest(output: [N, 1], target: [N, 1]) -> [] = max(abs(output - target))
    train Line {
      data: csv("line.csv", target: "y", standardize: true, holdout: 25%)
      loss: mse  optimizer: adam(lr: 0.1)  batch: 4  epochs: 40  metrics: [mean_absolute_error, largest]
      average: 0.5  clip_norm: 10  seed: 2
    }
  `;
  const rows = Array.from({ length: 21 }, (_, row) => [row % 5, (row * row) % 7] as const);
  const csv = ["b,y,a", ...rows.map(([a, b]) => `${b},${2 * a - b + 1},${a}`)].join("\n");
  const read = (): Uint8Array => new TextEncoder().encode(csv);

  it.each(targets)("is fitted to its data and predicts from what was saved (%s)", async (target) => {
    const artifact = artifactOf(source, target);
    const data = prepare(artifact.manifest, { read });
    expect([data.train.rows, data.holdout?.rows]).toEqual([16, 5]);
    const { done, saved } = await run(artifact, data);
    expect(done?.holdout?.["loss"]).toBeLessThan(0.05);
    expect(Object.keys(done?.holdout ?? {})).toEqual(["loss", "mean_absolute_error", "largest"]);
    const net = await load(artifact);
    net.restore(saved);
    expect(net.record.fitted.columns).toEqual([
      { name: "x", values: ["b", "a"] },
      { name: "target", values: ["y"] },
    ]);
    expect([...net.state.keys()]).toEqual([]);
    const { loss } = await net.evaluate(inputsOf(data));
    expect(loss).toBeCloseTo(Number(done?.holdout?.["loss"]), 5);
  });

  it.each(targets)("may have a loss that looks at no target (%s)", async (target) => {
    const looks = `loss size(output: [N, 1], target: [N, 1]) -> [] = mean(output * output)\n`;
    const artifact = artifactOf(looks + source.replace("loss: mse", "loss: size").replace(/metrics: .*]/, ""), target);
    const { done } = await run(artifact, prepare(artifact.manifest, { read }));
    expect(done?.holdout?.["loss"]).toBeLessThan(0.05);
  });

  it("refuses what does not fit it", async () => {
    const net = await load(artifactOf(source, "wasm"));
    expect([
      await errorOf(() => net.step({ x: new Float32Array(8), target: new Float32Array(3) })),
      await errorOf(() => net.step({ x: new Float32Array(10), target: new Float32Array(5) })),
      await errorOf(() => net.restore(new Uint8Array(8))),
    ]).toMatchInlineSnapshot(`
      [
        "NN0715 \`target\`: expected N = 4 as in \`x\`, found 3",
        "NN0714 \`x\`: expected N from 1 to 4, found 5",
        "NN0905 the header of the saved file is no JSON object: expected {, found nothing",
      ]
    `);
  });

  function inputsOf({ holdout }: TrainData): readonly { readonly x: Float32Array; readonly target: Float32Array }[] {
    const [x, target] = ["x", "target"].map((name) => Float32Array.from(holdout?.tensors.get(name)?.data ?? []));
    return [
      [0, 4],
      [4, 5],
    ].map(([from = 0, to = 0]) => ({
      x: x?.subarray(2 * from, 2 * to) ?? new Float32Array(0),
      target: target?.subarray(from, to) ?? new Float32Array(0),
    }));
  }
});

it.each(["M", "T"])("the train `%s` draws for itself, not what the model `M` draws", async (name) => {
  const source = `
    model M(x: [N, 3]) -> [N, 3] {
      param w: [] = ones
      return w * x + random_normal([N, 3])
    }
    train ${name}(x: [N, 3]) {
      data: given
      let noise = random_normal([N, 3])
      minimize: mean((M(x) - noise) ** 2)
      update: M
      optimizer: sgd(lr: 0.1)
    }
  `;
  const net = await load(artifactOf(source, "typescript"));
  expect((await net.step({ x: new Float32Array(6) })).loss).toBeGreaterThan(0.1);
});

describe("a custom train", () => {
  const source = `
    model Ids(ids: i32[N, T]) -> [N, T, 3] = ids |> embedding(5, 3)
    train Ids(ids: i32[N, T], next: i32[N, T], mask: [N, T]) {
      data: given  batch: 2  epochs: 1
      minimize: sum(mask * (logsumexp(Ids(ids)) - pick(Ids(ids), next))) / sum(mask)
      update: Ids
      optimizer: sgd(lr: 0.1)
    }
    block logsumexp(x: [.., K]) -> [..] = log(sum(exp(x), over: K))
  `;
  it("weighs losses by its mask, and is told shapes where a length does not tell them", async () => {
    const net = await load(artifactOf(source, "typescript", { T: 4 }));
    const shape = [2, 3];
    const batch = (mask: readonly number[]) => ({
      ids: { shape, data: Int32Array.of(0, 1, 2, 3, 4, 0) },
      next: { shape, data: Int32Array.of(1, 2, 0, 1, 2, 0) },
      mask: { shape, data: Float32Array.from(mask) },
    });
    const [a, b] = [batch([1, 1, 1, 1, 1, 1]), batch([0, 1, 0, 0, 0, 1])];
    const [lossA, lossB] = [(await net.evaluate(a)).loss, (await net.evaluate(b)).loss];
    expect((await net.evaluate([a, b])).loss).toBeCloseTo((6 * lossA + 2 * lossB) / 8, 6);
    expect([
      await errorOf(() => net.step({ ids: a.ids.data, next: a.next.data, mask: a.mask.data })),
      await errorOf(() => net.step({ ...a, ids: { shape, data: Int32Array.of(0, 1, 2, 5, 4, 0) } })),
      await errorOf(() => net.step({ ...a, next: a.next.data.subarray(1) })),
    ]).toMatchInlineSnapshot(`
      [
        "NN0716 \`ids\` of shape [N, T]: the length does not tell N and T; expected { shape, data }",
        "NN0717 \`ids\`: expected whole numbers from 0 to 4, found 5 in row 1 (rows count from 0)",
        "NN0713 \`next\`: expected 6 elements ([N, T]), found 5 elements",
      ]
    `);
    expect((await net.step({ ...a, next: a.next.data, mask: a.mask.data })).loss).toBe(lossA);
  });
});
