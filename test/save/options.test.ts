/** What a program was built with is kept with its parameters: to the bit, checked when it is read, and held against another program. */
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { CompileOptions } from "../../compiler/compile.ts";
import type { HostOptions } from "../../compiler/program/host.ts";
import { load } from "../../runtime/load/index.ts";
import type { Network, RestoreOptions } from "../../runtime/load/index.ts";
import { train } from "../../runtime/train/index.ts";
import type { TrainData, TrainEvent, TrainOptions } from "../../runtime/train/index.ts";
import { startFrom } from "../../runtime/train/start-from.ts";
import { printOptions } from "../../runtime/save/checkpoint.ts";
import { contradictions, otherSettings, parseOptions, sidesOf } from "../../runtime/save/options.ts";
import { encode } from "../../runtime/save/encode.ts";
import { decode } from "../../runtime/save/safetensors.ts";
import { errorOf } from "../runtime/support.ts";

const source = `const slope = 1/2
const name = "linear"
const bent = true
model Bend(x: [N, 2]) -> [N, 1] = where(x <= 0, slope * x, x) |> dense(1)
train Bend { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 2  epochs: 2 }
`;

async function network(options: CompileOptions = {}, text = source): Promise<Network> {
  return load(artifact(options, text));
}

function artifact(options: CompileOptions = {}, text = source) {
  const result = compile({ name: "bend.nn", source: text }, options);
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  return result.artifact;
}

const kept: HostOptions = {
  consts: [
    { name: "__proto__", value: 0.1 + 0.2, given: true },
    { name: "word", value: 'a"b', given: false },
    { name: "on", value: false, given: true },
  ],
  dims: [{ name: "F", value: 34, given: true }],
  settings: [{ name: "lr", value: 1e-310, given: true }],
};

describe("as text", () => {
  it.each([
    kept,
    { ...kept, winograd: false },
    { ...kept, winograd: true },
    { ...kept, relaxed: false },
    { ...kept, winograd: false, relaxed: true },
  ])("comes back as it was", (options) => expect(parseOptions(printOptions(options))).toEqual(options));

  it.each([
    ["", "no JSON"],
    ['{"consts":[],"dims":[],"settings":[],"winograd":1}', "a number for an algorithm"],
    ['{"consts":[],"dims":[],"settings":[],"relaxed":"yes"}', "a word for instructions"],
    ["[]", "a list"],
    ["{}", "without its lists"],
    ['{"consts":[],"dims":[],"settings":{}}', "an object in the place of a list"],
    ['{"consts":[{"name":"a","value":null,"given":true}],"dims":[],"settings":[]}', "a value that is none"],
    ['{"consts":[],"dims":[{"name":"F","value":"34","given":true}],"settings":[]}', "a size in words"],
    ['{"consts":[{"name":1,"value":1,"given":true}],"dims":[],"settings":[]}', "a name that is none"],
    ['{"consts":[{"name":"a","value":1}],"dims":[],"settings":[]}', "an entry that lacks a key"],
    ['{"consts":[null],"dims":[],"settings":[]}', "an entry that is none"],
    ['{"consts":[],"dims":[{"name":"F","value":0,"given":true}],"settings":[]}', "a size of 0"],
    ['{"consts":[],"dims":[{"name":"F","value":1.5,"given":true}],"settings":[]}', "a size that is not whole"],
    ['{"consts":[],"dims":[],"settings":[{"name":"lr","value":1e999,"given":true}]}', "a setting beyond all numbers"],
    [
      '{"consts":[{"name":"a","value":1,"given":true},{"name":"a","value":2,"given":true}],"dims":[],"settings":[]}',
      "a constant twice",
    ],
  ])("%s is refused: %s", (text) => expect(parseOptions(text)).toBeUndefined());
});

describe("two programs", () => {
  const built = (consts: HostOptions["consts"], settings: HostOptions["settings"] = []): HostOptions => ({
    consts,
    dims: [],
    settings,
  });
  const slope = (value: number, given: boolean) => [{ name: "slope", value, given }];

  it.each([
    ["one was given another value", slope(0.5, false), slope(0.1, true), ["slope=0.5", "slope=0.1"]],
    ["the other was", slope(0.5, true), slope(0.1, false), ["slope=0.5", "slope=0.1"]],
    ["one was given the value of the other", slope(0.5, true), slope(0.5, false), undefined],
    ["the source was changed", slope(0.5, false), slope(0.1, false), undefined],
    ["the constant is gone", slope(0.5, true), [], undefined],
  ])("%s", (_name, saved, now, sides) => {
    const found = contradictions(built(saved), built(now));
    expect(found.length === 0 ? undefined : Object.values(sidesOf(found))).toEqual(sides);
  });

  it.each<[string | boolean, string | number | boolean, string[]]>([
    ["2", 2, ['mode="2"', "mode=2"]],
    ["true", true, ['mode="true"', "mode=true"]],
    ['"a"', "a", ['mode=""a""', "mode=a"]],
    ["", "wide", ['mode=""', "mode=wide"]],
  ])("a string is told from what it looks like: %j and %j", (saved, now, sides) => {
    const mode = (value: string | number | boolean) => built([{ name: "mode", value, given: true }]);
    expect(Object.values(sidesOf(contradictions(mode(saved), mode(now))))).toEqual(sides);
  });

  it("settings that only one was given differ", () => {
    const lr = (value: number) => [{ name: "lr", value, given: true }];
    expect(otherSettings(built([], lr(1)), built([]))).toEqual([{ saved: "lr=1", built: "lr as in the source" }]);
    expect(otherSettings(built([]), built([], lr(1)))).toEqual([{ saved: "lr as in the source", built: "lr=1" }]);
    expect(otherSettings(built([], lr(1)), built([], lr(1)))).toEqual([]);
  });
});

describe("a program and its parameters", () => {
  it("has the constants of the file as it was built", () => {
    const { host } = artifact({ consts: { slope: 0.1 }, settings: { lr: 1 }, dims: {} }).manifest;
    expect(host.options).toEqual({
      consts: [
        { name: "slope", value: 0.1, given: true },
        { name: "name", value: "linear", given: false },
        { name: "bent", value: true, given: false },
      ],
      dims: [],
      settings: [{ name: "lr", value: 1, given: true }],
    });
  });

  const restoring: readonly (readonly [string, CompileOptions, CompileOptions, string, RestoreOptions, string])[] = [
    ["the same", { consts: { slope: 0.1 } }, { consts: { slope: 0.1 } }, source, {}, "no error"],
    [
      "the source's value in the place of the given one",
      { consts: { slope: 0.1 } },
      {},
      source,
      {},
      "NN0926 the saved file was trained with slope=0.1; expected the same of the program, found slope=0.5",
    ],
    [
      "another given value",
      {},
      { consts: { slope: 0.1, bent: false } },
      source,
      {},
      "NN0926 the saved file was trained with slope=0.5, bent=true; expected the same of the program, found slope=0.1, bent=false",
    ],
    ["a source that has the value now", { consts: { slope: 0.1 } }, {}, source.replace("1/2", "0.1"), {}, "no error"],
    ["a source that was changed", {}, {}, source.replace("1/2", "0.1"), {}, "no error"],
    ["what is asked for", { consts: { slope: 0.1 } }, {}, source, { override: true }, "no error"],
  ];
  it.each(restoring)("restored into %s", async (_name, before, now, text, options, message) => {
    const saved = (await network(before)).save();
    const other = await network(now, text);
    expect(await errorOf(() => other.restore(saved, options))).toBe(message);
  });

  const pictures = `model P(x: [N, 8, 8, 16]) -> [N, 8, 8, 16] = x |> conv2d(16, 3, padding: "same")
train P { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 2 }`;
  const direct = { winograd: false };
  it.each<readonly [string, CompileOptions, CompileOptions, string, RestoreOptions, string]>([
    ["the same algorithm", direct, direct, pictures, {}, "no error"],
    [
      "Winograd's in the place of direct sums",
      direct,
      {},
      pictures,
      {},
      "NN0926 the saved file was trained with winograd=false; expected the same of the program, found winograd=true",
    ],
    [
      "direct sums in the place of Winograd's",
      {},
      direct,
      pictures,
      {},
      "NN0926 the saved file was trained with winograd=true; expected the same of the program, found winograd=false",
    ],
    ["another algorithm, where that is asked for", direct, {}, pictures, { override: true }, "no error"],
    ["a program without such convolutions", direct, {}, source, {}, "no error"],
  ])("restored into %s", async (_name, before, now, text, options, message) => {
    const saved = (await network(before, text)).save();
    const other = await network(now, text);
    expect(await errorOf(() => other.restore(saved, options))).toBe(message);
  });

  it("knows the sizes that the data gave apart from those of the caller", () => {
    const open = source.replace("[N, 2]", "[N, F]");
    const dataFacts = { shapes: new Map([["x", [100, 3]]]) };
    expect(artifact({ dataFacts }, open).manifest.host.options?.dims).toEqual([{ name: "F", value: 3, given: false }]);
    expect(artifact({ dims: { F: 4 } }, open).manifest.host.options?.dims).toEqual([
      { name: "F", value: 4, given: true },
    ]);
  });

  it("files of older versions say nothing and are taken", async () => {
    const { tensors, metadata: sealed } = decode("file", (await network({ consts: { slope: 0.1 } })).save());
    const metadata = new Map([...sealed].filter(([key]) => key !== "nnc.checksum"));
    const old = encode(tensors, new Map([...metadata].filter(([key]) => key !== "nnc.options")));
    expect(await errorOf(async () => (await network()).restore(old))).toBe("no error");
    const odd = encode(tensors, new Map([...metadata, ["nnc.options", "{"]]));
    expect(await errorOf(async () => (await network()).restore(odd))).toBe(
      'NN0920 the saved file: expected what the program was built with, as JSON for `nnc.options` in the metadata, found "{"',
    );
  });
});

const data: TrainData = {
  train: {
    rows: 4,
    tensors: new Map([
      ["x", { dtype: "f32", shape: [2], rowStride: 2, data: Float32Array.of(-1, 2, 3, -4, 5, 6, -7, 8) }],
      ["target", { dtype: "f32", shape: [1], rowStride: 1, data: Float32Array.of(1, 2, 3, 4) }],
    ]),
  },
};

describe("a run", () => {
  async function run(built: CompileOptions, options: TrainOptions = {}, given: TrainData = data, text = source) {
    const training = train(artifact(built, text), given, options);
    const events: TrainEvent[] = [];
    for await (const event of training) events.push(event);
    return { saved: await training.save(), events };
  }

  it("goes on only with the options that it was begun with, unless it is asked to", async () => {
    const { saved } = await run({ settings: { lr: 0.01 }, consts: { slope: 0.1 } }, { epochs: 1 });
    const same = { settings: { lr: 0.01 }, consts: { slope: 0.1 } };
    const go = (built: CompileOptions, options: TrainOptions = {}, text = source): Promise<string> =>
      errorOf(() => run(built, { resume: saved, ...options }, data, text));
    expect([
      await go(same),
      await go({ settings: { lr: 0.01 } }),
      await go({ consts: { slope: 0.1 } }),
      await go({ ...same, settings: { lr: 0.02 } }),
      await go({}, { override: true }),
      await go(same, {}, source.replace("train Bend", "train Bend as other")),
    ]).toMatchInlineSnapshot(`
      [
        "no error",
        "NN0926 the saved file was trained with slope=0.1; expected the same of the program, found slope=0.5",
        "NN0926 the checkpoint was trained with lr=0.01; expected the same of the program, found lr as in the source",
        "NN0926 the checkpoint was trained with lr=0.01; expected the same of the program, found lr=0.02",
        "no error",
        "NN0725 this run cannot be resumed: expected the train \`Bend\`, found \`other\`",
      ]
    `);
  });

  it("warns where it starts from parameters of another program", async () => {
    const { saved } = await run({ consts: { slope: 0.1 } }, { epochs: 1 });
    const { events } = await run({}, {}, { ...data, startFrom: saved });
    expect(
      events
        .flatMap((one) => (one.event === "start" ? one.diagnostics : []))
        .map(({ code, message, labels }) => [`${code} ${message}`, labels]),
    ).toEqual([
      ["NN0927 the file of `start_from` was trained with slope=0.1, this program is built with slope=0.5", []],
    ]);
  });

  it("says nothing where it starts from parameters of the same program, or one of the two does not say what it was built with", async () => {
    const here = artifact({ consts: { slope: 0.1 } });
    const { tensors, metadata } = decode("file", (await network()).save());
    const silent = new Map([...metadata].filter(([key]) => key !== "nnc.options" && key !== "nnc.checksum"));
    const { checksum: _, ...manifest } = here.manifest;
    const { options: __, ...host } = manifest.host;
    const older = { ...here, manifest: { ...manifest, host } };
    const started = [
      startFrom(await load(here), (await network({ consts: { slope: 0.1 } })).save()),
      startFrom(await load(here), encode(tensors, silent)),
      startFrom(await load(older), (await network()).save()),
    ];
    expect(started.map(({ warnings }) => warnings)).toEqual([[], [], []]);
  });
});
