/** Data that a program hands to `train` without `prepare`, or with another seed: what the source says of them has its effect, or is told. */
import { describe, expect, test } from "vitest";
import type { HostData, HostTrain } from "../../compiler/program/host.ts";
import { unfitted } from "../../runtime/save/fitted.ts";
import { prepare, train } from "../../runtime/train/index.ts";
import type { Dataset, TrainData, TrainOptions } from "../../runtime/train/index.ts";
import { errorOf, lineArtifact, points } from "./support.ts";

function dataset(rows: number): Dataset {
  const { x, target } = points(rows);
  return {
    rows,
    tensors: new Map([
      ["x", { dtype: "f32", shape: [2], rowStride: 2, data: x }],
      ["target", { dtype: "f32", shape: [], rowStride: 1, data: target }],
    ]),
  };
}

/** The warnings that a run starts with. */
async function told(
  settings: HostData["settings"],
  data: Partial<TrainData>,
  changes: Partial<HostTrain> = {},
  options: TrainOptions = {},
): Promise<readonly string[]> {
  const artifact = lineArtifact({ train: { data: { reader: "given", settings }, ...changes } });
  const training = train(artifact, { train: dataset(8), ...data }, options);
  const { value } = await training.next();
  await training.return();
  return value?.event === "start" ? value.diagnostics.map(({ code, message }) => `${code} ${message}`) : [];
}

const idle = (setting: string, field: string): string =>
  `NN0744 \`${setting}\` of the train has no effect: expected \`${field}\` in the data that \`train\` was given, found none`;

describe("data as they are", () => {
  const whole = { holdout: 0.25, scale: 0.5, standardize: true };
  const startFrom = { startFrom: "earlier.safetensors" };
  test.each<[string, HostData["settings"], Partial<TrainData>, Partial<HostTrain>, readonly string[]]>([
    ["nothing that they lack", {}, {}, {}, []],
    [
      "settings of data",
      whole,
      {},
      {},
      [idle("holdout", "holdout"), idle("scale", "fitted"), idle("standardize", "fitted")],
    ],
    ["what names a test", { test: "test.csv" }, {}, {}, [idle("test", "holdout")]],
    ["what is false", { standardize: false }, {}, {}, []],
    ["start_from", {}, {}, startFrom, [idle("start_from", "startFrom")]],
    ["what stands beside them", whole, { holdout: null, fitted: unfitted }, {}, []],
  ])("%s", async (_, settings, data, changes, expected) => {
    expect(await told(settings, data, changes)).toEqual(expected);
  });

  test("of a run that is resumed the file of start_from is read no more", async () => {
    const training = train(lineArtifact({ train: { data: { reader: "given", settings: {} } } }), { train: dataset(8) });
    await training.next();
    await training.next();
    const resume = await training.save();
    await training.return();
    expect(await told({}, {}, startFrom, { resume })).toEqual([]);
  });

  test("and nothing is said of what `prepare` has made", async () => {
    const { manifest } = lineArtifact({ train: { data: { reader: "given", settings: whole } } });
    const given = new Map([...dataset(8).tensors].map(([name, { data }]) => [name, data]));
    const read = (): Uint8Array => new Uint8Array();
    expect(await told(whole, prepare(manifest, { read, given }))).toEqual([]);
  });
});

describe("a seed beside data that were prepared with another", () => {
  const asked = (settings: HostData["settings"], data: Partial<TrainData>, seed: number): Promise<string> =>
    errorOf(() => told(settings, { seed: 3, ...data }, {}, { seed }));
  const holdout = dataset(2);

  test("is refused where the hold-out was drawn from it", async () => {
    expect(await asked({ holdout: 0.25 }, { holdout }, 9)).toBe(
      "NN0706 option `seed`: expected 3, from which the hold-out was drawn, found 9 (`prepare(manifest, contents, 9)` draws it from this one)",
    );
  });

  test.each<[string, HostData["settings"], Partial<TrainData>, number]>([
    ["it is the same", { holdout: 0.25 }, { holdout }, 3],
    ["nothing is held out", {}, { holdout: null }, 9],
    ["the rows of a test are", { test: "test.csv" }, { holdout }, 9],
  ])("is taken where %s", async (_, settings, data, seed) => {
    expect(await asked(settings, data, seed)).toBe("no error");
  });
});
