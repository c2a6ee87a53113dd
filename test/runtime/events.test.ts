/** Every event of a run with exactly its fields, and values that are known beforehand: what others read line by line. */
import { describe, expect, test } from "vitest";
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import { load } from "../../runtime/load/index.ts";
import type { Dataset, TrainEvent, TrainOptions } from "../../runtime/train/index.ts";
import { train } from "../../runtime/train/index.ts";
import { errorOf, lineArtifact, points } from "./support.ts";

function dataset(rows: number, offset = 0): Dataset {
  const { x, target } = points(rows, offset);
  return {
    rows,
    tensors: new Map([
      ["x", { dtype: "f32", shape: [2], rowStride: 2, data: x }],
      ["target", { dtype: "f32", shape: [], rowStride: 1, data: target }],
    ]),
  };
}

const data = { train: dataset(10), holdout: dataset(6, 100), seed: 3 };

/** The events of a run, up to and with its end or its failure. */
async function eventsOf(artifact = lineArtifact(), options: TrainOptions = {}): Promise<readonly TrainEvent[]> {
  const events: TrainEvent[] = [];
  try {
    for await (const event of train(artifact, data, options)) events.push(event);
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
  }
  return events;
}

const number: unknown = expect.any(Number);
const scores = { loss: number, error: number, worst: number };

describe("a run of two epochs of three steps", () => {
  test("tells exactly this", async () => {
    const events = await eventsOf(lineArtifact(), { epochs: 2 });
    const step = (at: number, epoch: number): unknown => ({
      event: "step",
      step: at,
      epoch,
      loss: number,
      losses: { main: number },
      average: number,
      averages: { main: number },
      lr: Math.fround(0.1),
    });
    const epoch = (at: number): unknown => ({
      event: "epoch",
      epoch: at,
      step: 3 * at,
      // As they were trained on; `done` has all scores of the finished network.
      train: { loss: number },
      holdout: scores,
      best: true,
      seconds: number,
      diagnostics: [],
    });
    expect(events).toEqual([
      {
        event: "start",
        classes: [],
        name: "Line",
        rows: 10,
        holdoutRows: 6,
        stepsPerEpoch: 3,
        epochs: 2,
        steps: 0,
        parameters: 3,
        peakBytes: 24 * 128,
        threads: 1,
        left: [],
        diagnostics: [],
      },
      step(1, 1),
      step(2, 1),
      step(3, 1),
      epoch(1),
      step(4, 2),
      step(5, 2),
      step(6, 2),
      epoch(2),
      {
        event: "done",
        holdout: scores,
        train: scores,
        steps: 6,
        epochs: 2,
        bestEpoch: 2,
        early: false,
        seconds: number,
        diagnostics: [],
      },
    ]);
  });

  test("tells losses that belong together", async () => {
    const events = await eventsOf(lineArtifact(), { epochs: 2 });
    const steps = events.flatMap((event) => (event.event === "step" ? [event] : []));
    for (const { loss, losses, average, averages } of steps)
      expect([loss, average]).toEqual([losses["main"], averages["main"]]);
    const [first] = steps;
    expect(first?.average).toBe(first?.loss);
    const last = events.flatMap((event) => (event.event === "epoch" ? [event] : [])).at(-1);
    const done = events.at(-1);
    expect(done).toMatchObject({ holdout: last?.holdout });
    // The mean of an epoch weighs minibatches of 4, 4 and 2 rows by their rows.
    const [a = NaN, b = NaN, c = NaN] = steps.slice(3).map(({ loss }) => loss);
    expect(last?.train["loss"]).toBeCloseTo((4 * a + 4 * b + 2 * c) / 10, 6);
  });
});

test("without a hold-out", async () => {
  const events: TrainEvent[] = [];
  for await (const event of train(lineArtifact(), { train: data.train }, { epochs: 1 })) events.push(event);
  expect(events.map(({ event }) => event)).toEqual(["start", "step", "step", "step", "epoch", "done"]);
  expect(events[0]).toMatchObject({ rows: 10, holdoutRows: 0 });
  expect(events[4]).toMatchObject({ holdout: null, best: true });
  expect(events[5]).toMatchObject({ holdout: null, bestEpoch: 1 });
});

test("with probes, steps and epochs have them, too", async () => {
  const probes = [{ path: "Line", mean: "loss", spread: "rate", gradientNorm: "loss" }];
  const events = await eventsOf(lineArtifact({ train: { probes } }), { epochs: 1 });
  const probed = { Line: { mean: number, spread: Math.fround(0.1), gradientNorm: number } };
  const told = events.map((event) => ("probes" in event ? event.probes : null));
  expect(told).toEqual([null, probed, probed, probed, probed, null]);
});

test("a run that is stopped ends with its checkpoint", async () => {
  const stop = new AbortController();
  stop.abort();
  expect((await eventsOf(lineArtifact(), { signal: stop.signal })).slice(1)).toEqual([
    { event: "stopped", step: 0, epoch: 1, checkpoint: expect.any(Uint8Array) },
  ]);
});

describe("a run whose loss leaves the numbers ends with what diverged", () => {
  test.each<readonly [number, Partial<TrainEvent>, string]>([
    [
      1e4,
      { step: 6, epoch: 2, loss: Infinity, tensor: null },
      "expected a finite loss, found Infinity at step 6; all parameters are finite still",
    ],
    [
      1e39,
      { step: 2, epoch: 1, loss: NaN, tensor: "Line.w" },
      "expected a finite loss, found NaN at step 2; the first tensor that is not finite is `Line.w` (NaN at element 0)",
    ],
  ])("at the rate %d", async (lr, told, message) => {
    const events = await eventsOf(lineArtifact({ lr, train: { epochs: 100 } }));
    expect(events.at(-1)).toEqual({
      event: "diverged",
      ...told,
      diagnostic: expect.objectContaining({ code: "NN0724", severity: "error", message }),
      checkpoint: expect.any(Uint8Array),
    });
  });
});

test("another number that is none ends its epoch: the run tells after which step it came, and goes back to the epoch before", async () => {
  const line = lineArtifact();
  // What the optimizer keeps is not used, so the loss stays finite; the rate tells in which step of epoch 2 row 5 came.
  const overflow = `for (let n = 0; n < rows; n++) if (epoch[0] === 1 && x[2 * n] === ${Math.fround(Math.sin(5))}) {
        vw[1] = Infinity;
        rate[0] = 7;
      }
      seen[0] += rows;`;
  const text = String(line.files["line.js"]);
  const module = text.replace("p[i] -= 0.1 * v[i]", "p[i] -= 0.1 * g").replace("seen[0] += rows;", overflow);
  const artifact = { ...line, files: { "line.js": module } };
  const events = await eventsOf(artifact);
  const steps = events.flatMap((event) => (event.event === "step" && event.lr === 7 ? [event.step] : []));
  expect(steps).toHaveLength(1);
  const [epoch] = events.flatMap((event) => (event.event === "epoch" ? [event] : []));
  const tensor = "optimizer.main.v.Line.w";
  expect(events.slice(-2)).toEqual([
    expect.objectContaining({ event: "step", step: 6 }),
    {
      event: "diverged",
      step: steps[0],
      epoch: 2,
      loss: number,
      tensor,
      diagnostic: expect.objectContaining({
        code: "NN0728",
        severity: "error",
        labels: [],
        message: `expected finite numbers in \`${tensor}\`, found Infinity at element 1 after step ${steps[0]}`,
      }),
      checkpoint: expect.any(Uint8Array),
    },
  ]);
  const last = events.at(-1);
  const net = await load(artifact);
  net.restore(last?.event === "diverged" ? last.checkpoint : new Uint8Array(0));
  expect(net.counters).toMatchObject({ step: 3, epoch: epoch?.epoch });
  expect(net.firstNotFinite()).toBeNull();
});

test("a run that is finished tells that nothing is trained", async () => {
  const training = train(lineArtifact(), data, { epochs: 1 });
  for await (const event of training) expect(event.event).not.toBe("failed");
  const events = await eventsOf(lineArtifact(), { epochs: 1, resume: await training.save() });
  expect(events).toEqual([
    expect.objectContaining({
      event: "start",
      epochs: 1,
      steps: 3,
      diagnostics: [expect.objectContaining({ code: "NN0733" })],
    }),
    {
      event: "done",
      holdout: expect.anything(),
      train: expect.anything(),
      steps: 3,
      epochs: 1,
      bestEpoch: 1,
      early: false,
      seconds: number,
      diagnostics: [],
    },
  ]);
});

test("before its first event a training has no network, and says so", async () => {
  const training = train(lineArtifact(), data, { epochs: 1 });
  const told = (asked: string): string =>
    `NN0747 ${asked} of a training that has not begun: expected a first event before, found none`;
  expect(await errorOf(() => training.network)).toBe(told("`network`"));
  expect(await errorOf(() => training.save())).toBe(told("`save`"));
  await training.next();
  expect(await training.save()).toBeInstanceOf(Uint8Array);
});
