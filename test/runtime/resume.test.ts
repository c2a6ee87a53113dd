/**
 * Which run a checkpoint is of: what is judged by another hold-out or another loss is refused, or told and judged anew. Files of older versions,
 * which do not say what they were judged by, are gone on from as they were.
 */
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { CompileOptions } from "../../compiler/compile.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { encode } from "../../runtime/save/encode.ts";
import { decode } from "../../runtime/save/safetensors.ts";
import { train } from "../../runtime/train/index.ts";
import type { Dataset, TrainData, TrainEvent, TrainOptions } from "../../runtime/train/index.ts";
import { errorOf } from "./support.ts";

const near = "loss near(output: [..], target: [..]) -> [] = mean(abs(output - target))";
const model = "model Line(x: [N, 2]) -> [N, 1] = x |> dense(1)";

function artifact(loss: string, options: CompileOptions = {}, further = "", { seed = 3, batch = "4" } = {}): Artifact {
  const text = `${further}\n${model}\ntrain Line { data: given  loss: ${loss}  optimizer: sgd(lr: 0.05)  batch: ${batch}  epochs: 3  seed: ${seed}  stop_early: 9 }`;
  const result = compile({ name: "line.nn", source: text }, { target: "typescript", bounds: { N: 8 }, ...options });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

function dataset(rows: number, shift = 0, scale = 1): Dataset {
  const x = Float32Array.from({ length: 2 * rows }, (_, at) => Math.sin(at + shift));
  const data = Float32Array.from({ length: rows }, (_, row) => scale * (2 * x[2 * row] - x[2 * row + 1]));
  return {
    rows,
    tensors: new Map([
      ["x", { dtype: "f32", shape: [2], rowStride: 2, data: x }],
      ["target", { dtype: "f32", shape: [1], rowStride: 1, data }],
    ]),
  };
}

const data: TrainData = { train: dataset(8), holdout: dataset(4, 50), seed: 3 };
const { holdout: _, ...whole } = data;
const others: TrainData = { ...data, holdout: dataset(4, 90, 10) };

async function run(built: Artifact, given: TrainData, options: TrainOptions = {}) {
  const training = train(built, given, options);
  const events: TrainEvent[] = [];
  for await (const event of training) events.push(event);
  const told = events.flatMap((event) => (event.event === "start" ? event.diagnostics : []));
  return { events, saved: await training.save(), told: told.map(({ code, message }) => `${code} ${message}`) };
}

/** The same bytes as a version wrote that kept nothing of these. */
function without(saved: Uint8Array, ...keys: readonly string[]): Uint8Array {
  const { tensors, metadata } = decode("saved", saved);
  return encode(tensors, new Map([...metadata].filter(([key]) => ![...keys, "nnc.run_checksum"].includes(key))));
}

const bests = (events: readonly TrainEvent[]) => events.flatMap((one) => (one.event === "epoch" ? [one.best] : []));
const mse = (): Artifact => artifact("mse");

describe("another seed in the source", () => {
  const seeded = (seed: number): Artifact => artifact("mse", {}, "", { seed });
  const goOn = async (from: TrainOptions, now: TrainOptions, given = data): Promise<string> => {
    const { saved } = await run(seeded(3), given, { epochs: 1, ...from });
    return errorOf(() => run(seeded(4), given, { resume: saved, ...now }));
  };
  const refused =
    "NN0725 this run cannot be resumed: expected the source's seed 3, found 4 (`--seed 3` or `seed: 3` of `train` goes on with the seed of the run)";
  const { seed: __, ...unseeded } = data;

  it("is refused, whoever says which seed the rows were split by", async () => {
    expect([await goOn({}, {}), await goOn({}, {}, unseeded)]).toEqual([refused, refused]);
  });

  it("is of no account where the caller says which", async () => {
    expect(await goOn({}, { seed: 3 })).toBe("no error");
  });

  it("is told from a run that was begun with another than the source's", async () => {
    const { saved } = await run(seeded(3), unseeded, { epochs: 1, seed: 8 });
    expect(await errorOf(() => run(seeded(3), unseeded, { resume: saved }))).toBe("no error");
    expect(await errorOf(() => run(seeded(4), unseeded, { resume: saved }))).toBe(refused.replaceAll(" 3`", " 8`"));
  });

  it("is taken where the file does not say which it was", async () => {
    const { saved } = await run(seeded(3), data, { epochs: 1 });
    expect((await run(seeded(4), data, { resume: without(saved, "nnc.source_seed") })).told).toEqual([]);
  });
});

describe("another batch", () => {
  // Of eight rows, three and four at a time make minibatches of different rows; five to seven make as many as four.
  it.each<[before: number | "all", after: number | "all"]>([
    [4, 3],
    [4, 5],
    [4, "all"],
    ["all", 8],
    [8, 9],
  ])("than %s is told apart from the data: %s", async (before, after) => {
    const batched = (batch: number | "all"): Artifact =>
      artifact("mse", { bounds: { N: 9 } }, "", { batch: String(batch) });
    const { saved } = await run(batched(before), data, { epochs: 1 });
    expect(await errorOf(() => run(batched(after), data, { resume: saved, override: true }))).toBe(
      `NN0725 this run cannot be resumed: expected the batch ${before}, found ${after}`,
    );
    expect((await run(batched(before), data, { resume: saved })).told).toEqual([]);
  });

  it("is told by the minibatches of an epoch where the file does not say which it was", async () => {
    const { saved } = await run(mse(), data, { epochs: 1 });
    const older = without(saved, "nnc.batch");
    const batched = (batch: string): Artifact => artifact("mse", {}, "", { batch });
    expect(await errorOf(() => run(batched("3"), data, { resume: older }))).toBe(
      "NN0732 the data have changed since the run was stopped: expected an epoch of 2 minibatches, found 3",
    );
    expect(await errorOf(() => run(batched("5"), data, { resume: older }))).toBe("no error");
  });
});

describe("another hold-out", () => {
  it.each([
    ["other rows", data, others, "4 rows with the checksum 370bed36", "4 rows with the checksum f28bfa11"],
    ["none any more", data, whole, "4 rows with the checksum 370bed36", "no rows"],
    ["one where there was none", whole, data, "no rows", "4 rows with the checksum 370bed36"],
  ])("is refused, unless it is meant: %s", async (_title, before, after, expected, found) => {
    const { saved } = await run(mse(), before, { epochs: 2 });
    const changed = `the hold-out has changed since the run was stopped: expected ${expected}, found ${found}`;
    expect(await errorOf(() => run(mse(), after, { resume: saved }))).toBe(
      `NN0732 ${changed} (\`--override\` or \`override: true\` goes on with the other rows)`,
    );
    const { told, events, saved: later } = await run(mse(), after, { resume: saved, override: true });
    expect(told).toEqual([`NN0742 ${changed}; the best epoch so far is forgotten`]);
    // The first epoch that is judged by other rows is the best of them.
    expect(bests(events)).toEqual([true]);
    expect((await run(mse(), after, { resume: later, epochs: 4 })).told).toEqual([]);
  });

  it("is taken where the file does not say which it was", async () => {
    const { saved } = await run(mse(), data, { epochs: 2 });
    expect((await run(mse(), others, { resume: without(saved, "nnc.holdout") })).told).toEqual([]);
  });
});

describe("another loss", () => {
  it.each([
    ["another name", () => artifact("mse"), "huber", "mse"],
    ["another setting", () => artifact("huber(delta: 9)"), "huber", "huber"],
    ["a program's own of the same name", () => artifact("huber", {}, near.replace("near", "huber")), "huber", "huber"],
  ])("is told, and the best is forgotten: %s", async (_title, other, expected, found) => {
    const { saved } = await run(artifact("huber(delta: 0.5)"), data, { epochs: 2 });
    const { told, events } = await run(other(), data, { resume: saved });
    expect(told.map((line) => line.replaceAll(/checksum [0-9a-f]{8}/g, "checksum …"))).toEqual([
      `NN0742 the loss has changed since the run was stopped: expected ${expected} with the checksum …, found ${found} with the checksum …; ` +
        "the best epoch so far is forgotten, and averages mix both losses for a while",
    ]);
    expect(bests(events)).toEqual([true]);
  });

  it("begins the mean of an epoch that was broken off anew", async () => {
    const stop = new AbortController();
    const training = train(mse(), data, { signal: stop.signal });
    let checkpoint: Uint8Array | undefined;
    for await (const event of training) {
      if (event.event === "step") stop.abort();
      if (event.event === "stopped") ({ checkpoint } = event);
    }
    const { events } = await run(artifact("near", {}, near), data, {
      resume: checkpoint ?? new Uint8Array(0),
      epochs: 1,
    });
    const steps = events.flatMap((one) => (one.event === "step" ? [one.loss] : []));
    const means = events.flatMap((one) => (one.event === "epoch" ? [one.train["loss"]] : []));
    expect([steps.length, means]).toEqual([1, steps]);
  });

  it.each([
    [
      "written in another way",
      () => artifact("near", {}, near.replace("abs(output - target)", "output - target |> abs")),
      "near",
    ],
    ["beside a probe", () => artifact("near", { probes: ["Line"] }, near), "near"],
    ["on another target", () => artifact("near", { target: "wasm" }, near), "near"],
  ])("is none: %s", async (_title, same) => {
    const { saved } = await run(artifact("near", {}, near), data, { epochs: 2 });
    expect((await run(same(), data, { resume: saved })).told).toEqual([]);
  });

  it("is taken where the file does not say which it was", async () => {
    const { saved } = await run(mse(), data, { epochs: 2 });
    expect((await run(artifact("huber"), data, { resume: without(saved, "nnc.loss") })).told).toEqual([]);
  });
});
