/** Runs: epochs, hold-out, early stopping, stopping and going on to the bit, divergence, and data that do not fit. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { train } from "../../runtime/train/index.ts";
import type { Dataset, DoneEvent, EpochEvent, TrainData, TrainEvent, TrainOptions } from "../../runtime/train/index.ts";
import { load } from "../../runtime/load/index.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import type { HostTrain } from "../../compiler/program/host.ts";
import { errorOf, lineArtifact, points } from "./support.ts";

function dataset(rows: number, offset = 0, scale = 1): Dataset {
  const { x, target } = points(rows, offset);
  return {
    rows,
    tensors: new Map([
      ["x", { dtype: "f32", shape: [2], rowStride: 2, data: x }],
      ["target", { dtype: "f32", shape: [], rowStride: 1, data: target.map((value) => scale * value) }],
    ]),
  };
}

const data: TrainData = { train: dataset(10), holdout: dataset(6, 100), seed: 3 };

async function run(artifact: Artifact, given: TrainData = data, options: TrainOptions = {}) {
  const training = train(artifact, given, options);
  const events: TrainEvent[] = [];
  for await (const event of training) events.push(event);
  return { events, training, last: events.at(-1) };
}

function doneOf(events: readonly TrainEvent[]): DoneEvent | undefined {
  return events.find((event) => event.event === "done");
}

function epochsOf(events: readonly TrainEvent[]): readonly EpochEvent[] {
  return events.filter((event) => event.event === "epoch");
}

describe("a run", () => {
  it("tells its start, steps and epochs, and what came of it", async () => {
    const { events, training } = await run(lineArtifact());
    expect(events[0]).toEqual({
      event: "start",
      name: "Line",
      rows: 10,
      holdoutRows: 6,
      stepsPerEpoch: 3,
      epochs: 10,
      steps: 0,
      parameters: 3,
      peakBytes: 24 * 128,
      threads: 1,
      classes: [],
      left: [],
      diagnostics: [],
    });
    expect(events.map(({ event }) => event).filter((event) => event === "step")).toHaveLength(30);
    const [first] = events.filter((event) => event.event === "step");
    expect(first?.average).toBeCloseTo(first?.loss ?? NaN, 10);
    expect(first).toMatchObject({ step: 1, epoch: 1, lr: Math.fround(0.1), losses: { main: first?.loss } });
    const epochs = epochsOf(events);
    expect(epochs.map(({ epoch, step, best }) => [epoch, step, best])).toEqual(
      Array.from({ length: 10 }, (_, at) => [at + 1, 3 * at + 3, true]),
    );
    expect(Object.keys(epochs[0]?.holdout ?? {})).toEqual(["loss", "error", "worst"]);
    const done = doneOf(events);
    expect(done).toMatchObject({ steps: 30, epochs: 10, bestEpoch: 10, early: false, holdout: epochs.at(-1)?.holdout });
    expect(done?.train["loss"]).toBeLessThan(0.1);
    expect(training.network.state.get("Line.seen")?.data[0]).toBe(100);
    expect(training.network.counters).toEqual({ seed: 3, step: 30, epoch: 10, stepInEpoch: 0 });
  });

  it("tells what is probed at each step, and its means over each epoch", async () => {
    const probes = [{ path: "Line", mean: "loss", spread: "rate", gradientNorm: "loss" }];
    const { events } = await run(lineArtifact({ train: { probes } }), data, { epochs: 2 });
    const steps = events.flatMap((event) => (event.event === "step" ? [event] : []));
    for (const { loss, lr, probes: told } of steps)
      expect(told).toEqual({ Line: { mean: loss, spread: lr, gradientNorm: loss } });
    for (const { epoch, probes: told } of epochsOf(events)) {
      const losses = steps.filter((step) => step.epoch === epoch).map(({ loss }) => loss);
      expect(told?.["Line"]?.mean).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / losses.length, 10);
      expect(told?.["Line"]?.spread).toBe(Math.fround(0.1));
    }
    const { events: without } = await run(lineArtifact(), data, { epochs: 1 });
    expect(without.filter((event) => "probes" in event)).toEqual([]);
  });

  it("is a function of the seed", async () => {
    const bits = async (seed: number): Promise<Uint8Array> =>
      (await run(lineArtifact(), { ...data, seed }, { epochs: 2 })).training.save();
    expect(await bits(1)).toEqual(await bits(1));
    expect(await bits(1)).not.toEqual(await bits(2));
  });

  it.each([1, 3, 4, "all"] as const)("takes minibatches of %s", async (batch) => {
    const artifact = lineArtifact({
      train: { batch },
      manifest: {
        dims: [
          { name: "N", bound: 10 },
          { name: "rows", bound: 16 },
        ],
      },
    });
    const free = {
      ...artifact,
      manifest: { ...artifact.manifest, host: { ...artifact.manifest.host, requirements: [] } },
    };
    const { events, training } = await run(free, data, { epochs: 3 });
    expect(training.network.state.get("Line.seen")?.data[0]).toBe(30);
    expect(doneOf(events)?.steps).toBe(3 * Math.ceil(10 / (batch === "all" ? 10 : batch)));
  });

  it("works without a hold-out", async () => {
    const { events } = await run(lineArtifact({ train: { stopEarly: 2 } }), { train: dataset(10) });
    expect(doneOf(events)).toMatchObject({ holdout: null });
    expect(epochsOf(events)[0]?.holdout).toBeNull();
  });
});

describe("early stopping", () => {
  // The hold-out lies on another line: fitting the training rows makes it worse from some epoch on.
  const apart: TrainData = { ...data, holdout: dataset(6, 100, 0.3) };
  it("ends the run and puts the best epoch back", async () => {
    const { events } = await run(lineArtifact({ lr: 0.02, train: { stopEarly: 3, epochs: 60 } }), apart);
    const epochs = epochsOf(events);
    const done = doneOf(events);
    const losses = epochs.map(({ holdout }) => holdout?.["loss"] ?? NaN);
    const best = losses.indexOf(Math.min(...losses.map(Number)));
    expect(done).toMatchObject({ early: true, bestEpoch: best + 1, epochs: best + 4 });
    expect(done?.holdout).toEqual(epochs[best]?.holdout);
    expect(losses.at(-1)).toBeGreaterThan(Number(losses[best]));
  });

  it("watches the training loss where nothing is held out, across interruptions too", async () => {
    // Minibatches of one row with a large rate: the mean loss of an epoch goes up and down.
    const artifact = lineArtifact({ lr: 0.9, train: { stopEarly: 2, epochs: 30, batch: 1 } });
    const given = { train: dataset(10) };
    const whole = await run(artifact, given);
    expect(doneOf(whole.events)).toMatchObject({ early: true, holdout: null });
    expect(await (await runInPieces(artifact, given, 7)).save()).toEqual(await whole.training.save());
  });

  it("does the same after having been stopped anywhere", async () => {
    const artifact = lineArtifact({ lr: 0.02, train: { stopEarly: 3, epochs: 60 } });
    const whole = await run(artifact, apart);
    const pieces = await runInPieces(artifact, apart, 5);
    expect(await pieces.save()).toEqual(await whole.training.save());
  });
});

/** Stops after every `every` steps and goes on from the checkpoint with a new network, until it is done. */
async function runInPieces(artifact: Artifact, given: TrainData, every: number) {
  let resume: Uint8Array | undefined;
  for (;;) {
    const stop = new AbortController();
    const training = train(artifact, given, { signal: stop.signal, ...(resume === undefined ? {} : { resume }) });
    let steps = 0;
    let checkpoint: Uint8Array | undefined;
    for await (const event of training) {
      if (event.event === "step" && ++steps === every) stop.abort();
      if (event.event === "stopped") ({ checkpoint } = event);
    }
    if (checkpoint === undefined) return training;
    training.network.close();
    resume = checkpoint;
  }
}

describe("a run that is stopped", () => {
  it.each([1, 2, 3, 7])("after every %i steps has the bits of one that is not", async (every) => {
    const artifact = lineArtifact({ train: { epochs: 6 } });
    const whole = await run(artifact);
    expect(await (await runInPieces(artifact, data, every)).save()).toEqual(await whole.training.save());
  });

  it.each([
    // Three steps are an epoch: a stop at the end of one is told with the epoch that goes on.
    { after: 0, told: { step: 0, epoch: 1 } },
    { after: 1, told: { step: 1, epoch: 1 } },
    { after: 3, told: { step: 3, epoch: 2 } },
    { after: 4, told: { step: 4, epoch: 2 } },
    { after: 8, told: { step: 8, epoch: 3 } },
  ])("after $after steps tells $told, as its checkpoint does", async ({ after, told }) => {
    const stop = new AbortController();
    if (after === 0) stop.abort();
    const training = train(lineArtifact(), data, { signal: stop.signal });
    let last: TrainEvent | undefined;
    for await (const event of training) {
      if (event.event === "step" && event.step === after) stop.abort();
      last = event;
    }
    expect(last).toEqual({ event: "stopped", ...told, checkpoint: expect.any(Uint8Array) });
    const net = await load(lineArtifact());
    if (last?.event === "stopped") net.restore(last.checkpoint);
    expect(net.counters).toEqual({ seed: 3, step: told.step, epoch: told.epoch - 1, stepInEpoch: after % 3 });
  });

  it("goes on for more epochs", async () => {
    const whole = await run(lineArtifact(), data, { epochs: 6 });
    const half = await run(lineArtifact(), data, { epochs: 3 });
    const rest = await run(lineArtifact(), data, { epochs: 6, resume: await half.training.save() });
    expect(await rest.training.save()).toEqual(await whole.training.save());
    expect(rest.events[0]).toMatchObject({ steps: 9 });
  });

  it("refuses another seed and other data", async () => {
    const saved = await (await run(lineArtifact(), data, { epochs: 3 })).training.save();
    const changed = dataset(data.train.rows);
    const x = changed.tensors.get("x")?.data ?? [];
    x[3] = 0.5;
    const go = (given: TrainData, options: TrainOptions): Promise<string> =>
      errorOf(() => run(lineArtifact(), given, { resume: saved, ...options }));
    expect([
      await go(data, { seed: 4 }),
      await go({ ...data, seed: 5 }, {}),
      await go({ ...data, train: dataset(20) }, {}),
      await go({ ...data, train: changed }, {}),
      await go(data, { resume: saved.slice(0, 99) }),
    ]).toMatchInlineSnapshot(`
      [
        "NN0725 this run cannot be resumed: expected the seed 3, found 4",
        "NN0725 this run cannot be resumed: expected the seed 3, found 5",
        "NN0732 the data have changed since the run was stopped: expected an epoch of 3 minibatches, found 5",
        "NN0732 the data have changed since the run was stopped: expected 10 rows with the checksum 04bf89bf, found 10 rows with the checksum 8bd0c40d",
        "NN0902 the saved file is cut short or no safetensors file: expected a header of 936 bytes, found 91 bytes after its length",
      ]
    `);
  });
});

describe("a loss that is not finite", () => {
  it.each([
    [1e4, null],
    [1e39, "Line.w"],
  ])("stops the run (rate %d), names %s and keeps the last good state", async (lr, tensor) => {
    const training = train(lineArtifact({ lr, train: { epochs: 100 } }), data);
    const events: TrainEvent[] = [];
    const message = await errorOf(async () => {
      for await (const event of training) events.push(event);
    });
    const last = events.at(-1);
    const found =
      tensor === null
        ? "expected a finite loss, found Infinity at step 6; all parameters are finite still"
        : "expected a finite loss, found NaN at step 2; the first tensor that is not finite is `Line.w` (NaN at element 0)";
    expect(message).toBe(
      `NN0724 ${found} (try a learning rate ten times smaller, \`clip_norm: 1\`, or \`standardize: true\` for the data)`,
    );
    expect(last).toMatchObject({ event: "diverged", tensor });
    if (last?.event !== "diverged") return;
    expect(last.diagnostic.message).toBe(found);
    const good = await load(lineArtifact());
    good.restore(last.checkpoint);
    expect([...good.parameters.values()].flatMap(({ data: values }) => [...values]).every(Number.isFinite)).toBe(true);
    expect(await training.save()).toEqual(last.checkpoint);
    expect(good.counters.step).toBe(3 * epochsOf(events).length);
  });
});

describe("start_from", () => {
  it("takes equal paths and lists the others", async () => {
    const trained = await run(lineArtifact(), data, { epochs: 3 });
    const saved = await trained.training.save();
    const renamed = lineArtifact({
      manifest: {
        buffers: lineArtifact().manifest.buffers.map((one) =>
          one.name === "Line.b" ? { ...one, name: "Line.bias" } : one,
        ),
      },
    });
    const training = train(renamed, { ...data, startFrom: saved });
    const { value } = await training.next();
    expect(value).toMatchObject({
      event: "start",
      steps: 0,
      left: [
        '"Line.bias" is missing, expected [] (renamed from "Line.b"?)',
        '"Line.b" is not in the program, found []',
      ],
    });
    expect(training.network.parameters.get("Line.w")).toEqual(trained.training.network.parameters.get("Line.w"));
    await training.return();
  });
});

describe("a run that is finished", () => {
  const finished = async (artifact: Artifact, options: TrainOptions): Promise<readonly string[]> => {
    const saved = await (await run(artifact, data, options)).training.save();
    const { events } = await run(artifact, data, { ...options, resume: saved });
    expect(events.map(({ event }) => event)).toEqual(["start", "done"]);
    const [start] = events;
    return start?.event === "start" ? start.diagnostics.map(({ code, message }) => `${code} ${message}`) : [];
  };

  it("says so when it is resumed, and trains nothing", async () => {
    expect(await finished(lineArtifact(), { epochs: 3 })).toEqual([
      "NN0733 this run is finished: it has done 3 epochs, expected more than 3 in all, found 3; nothing is trained",
    ]);
    expect(await finished(lineArtifact(), { epochs: 1 })).toEqual([
      "NN0733 this run is finished: it has done 1 epoch, expected more than 1 in all, found 1; nothing is trained",
    ]);
  });
});

it("a run that goes on says nothing of an end", async () => {
  const saved = await (await run(lineArtifact(), data, { epochs: 2 })).training.save();
  const { events } = await run(lineArtifact(), data, { epochs: 3, resume: saved });
  expect(events.at(0)).toMatchObject({ event: "start", diagnostics: [] });
  expect(epochsOf(events).map(({ epoch }) => epoch)).toEqual([3]);
});

describe("minibatches of more rows than the program has room for", () => {
  const refused = (found: number): string =>
    `NN0714 the batches of \`Line\`: expected N from 1 to 4, found ${found} (write \`batch: 4\` in the train, or build with \`--bounds N=${found}\` or without a bound of \`N\`)`;
  it.each<[HostTrain["batch"], number, string]>([
    [5, 10, refused(5)],
    ["all", 10, refused(10)],
    [4, 10, "no error"],
    ["all", 4, "no error"],
    [5, 4, "no error"],
  ])("batch: %s of %i rows", async (batch, rows, expected) => {
    const artifact = lineArtifact({ train: { batch } });
    const { host } = artifact.manifest;
    const free = { ...artifact, manifest: { ...artifact.manifest, host: { ...host, requirements: [] } } };
    expect(await errorOf(() => run(free, { train: dataset(rows) }, { epochs: 1 }))).toBe(expected);
  });
});

describe("between steps, others have their turn", () => {
  /** After which step a timer went off that was set before the first, on a clock that stands at 1000 and goes on by so much after the second. */
  async function turnAfter(milliseconds: number): Promise<number | undefined> {
    let now = 1000;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    let steps = 0;
    let seen: number | undefined;
    for await (const { event } of train(lineArtifact(), data, { epochs: 2 })) {
      if (event === "start") setTimeout(() => (seen ??= steps), 0);
      if (event === "step") steps += 1;
      if (event === "step" && steps === 2) now += milliseconds;
      if (event === "done") return seen;
    }
    return undefined;
  }
  afterEach(() => void vi.restoreAllMocks());

  it.each([
    [0, undefined],
    [49, undefined],
    [50, 2],
    [1000, 2],
  ])("once %i milliseconds have gone by: after step %s", async (milliseconds, step) => {
    expect(await turnAfter(milliseconds)).toBe(step);
  });
});

describe("data that do not fit", () => {
  it("are refused before the first step", async () => {
    const { tensors } = dataset(4);
    const set = (changes: readonly (readonly [string, unknown])[]): TrainData => {
      // Some of the changes break the type on purpose.
      const changed = new Map([...tensors, ...changes]) as Dataset["tensors"];
      return { train: { rows: 4, tensors: new Map([...changed].filter(([, tensor]) => tensor !== undefined)) } };
    };
    const target = (values: readonly number[]) => ({
      dtype: "f32",
      shape: [],
      rowStride: 1,
      data: Float32Array.from(values),
    });
    const messages = [];
    for (const given of [
      { train: { rows: 0, tensors } },
      { ...data, holdout: { rows: 0, tensors } },
      set([["target", undefined]]),
      set([["target", target([1, 2, NaN, 4])]]),
      set([["target", { ...target([1, 2, 3, 4]), dtype: "i32", data: Int32Array.of(1, 2, 3, 4) }]]),
      set([["x", { dtype: "f32", shape: [3], rowStride: 3, data: new Float32Array(12) }]]),
    ])
      messages.push(await errorOf(() => run(lineArtifact(), given)));
    messages.push(await errorOf(() => run(lineArtifact({ train: "none" }))));
    messages.push(await errorOf(() => run(lineArtifact(), data, { epochs: 0 })));
    messages.push(await errorOf(() => run(undefined as never, data)));
    messages.push(await errorOf(() => run(lineArtifact(), { x: Float32Array.of(1) } as never)));
    expect(messages).toMatchInlineSnapshot(`
      [
        "NN0722 expected at least one row in the training data, found none",
        "NN0722 expected at least one row in the hold-out, found none",
        "NN0711 input \`target\` is missing; expected a Float32Array of shape [N]",
        "NN0718 \`target\`: expected finite numbers, found NaN in row 2 (rows count from 0)",
        "NN0712 \`target\`: expected a Float32Array of shape [N], found { shape, data } with an Int32Array as its data",
        "NN0715 \`x\`: expected axis 1 (2) = 2 as in the shape, found 3",
        "NN0707 train needs an artifact with a \`train\`; this one only predicts",
        "NN0706 option \`epochs\`: expected a whole number from 1 to 2147483647, found 0",
        "NN0701 this is no artifact that can be loaded: expected { manifest, files }, found undefined",
        "NN0712 data: expected what \`prepare\` answers, { train: { rows, tensors }, … }, found { x: … }",
      ]
    `);
  });
});
