/** Options that do not exist, or cannot have the value: an error that says what was meant, whichever call they were given to. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { compileFile, compileProject } from "../../compiler/files.ts";
import { render } from "../../compiler/diagnostics/render.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { load, predictor } from "../../runtime/load/index.ts";
import type { Network } from "../../runtime/load/index.ts";
import { prepare, train } from "../../runtime/train/index.ts";
import { errorOf, lineArtifact, points } from "./support.ts";

/** A function as plain JavaScript could call it. */
function loosely(call: unknown): (...values: readonly unknown[]) => unknown {
  // The test's purpose is to break the types.
  return call as never;
}

const artifact = lineArtifact();
const source = "model M(x: [N, 2]) -> [N, 2] = x";
const dataset = { rows: 0, tensors: new Map() };

function told(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code, message, help }) => `${code} ${message}${help === undefined ? "" : ` (${help})`}`);
}

const misspelt: readonly (readonly [call: string, act: (net: Network) => unknown, option: string, meant: string])[] = [
  ["load", () => loosely(load)(artifact, { seeed: 1 }), '"seeed"', "seed"],
  ["load", () => loosely(load)(artifact, { stepPerEpoch: 1 }), '"stepPerEpoch"', "stepsPerEpoch"],
  ["predictor", () => loosely(predictor)(artifact, new Uint8Array(0), { modal: "M" }), '"modal"', "model"],
  ["step", (net) => loosely(net.step.bind(net))(points(2), { trustd: true }), '"trustd"', "trusted"],
  ["stepSync", (net) => loosely(net.stepSync.bind(net))(points(2), { trustd: true }), '"trustd"', "trusted"],
  ["evaluate", (net) => loosely(net.evaluate.bind(net))(points(2), { Trusted: true }), '"Trusted"', "trusted"],
  ["evaluateSync", (net) => loosely(net.evaluateSync.bind(net))(points(2), { Trusted: true }), '"Trusted"', "trusted"],
  ["predict", (net) => loosely(net.predict.bind(net))({ x: points(2).x }, { sed: 1 }), '"sed"', "seed"],
  ["predict", (net) => loosely(net.predict.bind(net))("Line", { x: points(2).x }, { sed: 1 }), '"sed"', "seed"],
  ["predictSync", (net) => loosely(net.predictSync.bind(net))({ x: points(2).x }, { sed: 1 }), '"sed"', "seed"],
  ["restore", (net) => loosely(net.restore.bind(net))(net.save(), { optimiser: false }), '"optimiser"', "optimizer"],
  ["peek", (net) => loosely(net.peek.bind(net))(net.save(), { overide: true }), '"overide"', "override"],
  ["load", () => loosely(load)(artifact, Object.create({ seeed: 1 })), '"seeed"', "seed"],
  ["train", () => loosely(train)(artifact, { train: dataset }, { epoch: 3 }), '"epoch"', "epochs"],
  ["the data of `train`", () => loosely(train)(artifact, { train: dataset, hold_out: null }), '"hold_out"', "holdout"],
  ["prepare", () => loosely(prepare)(artifact.manifest, { reed: () => new Uint8Array(0) }), '"reed"', "read"],
  ["render", () => loosely(render)([], new Map(), { color: true }), '"color"', "colour"],
];

describe("an option that does not exist", () => {
  test.each(misspelt)("of %s", async (call, act, option, meant) => {
    const net = await load(artifact);
    const before = net.save();
    const result: unknown = await errorOf(async () => {
      const answer = await act(net);
      // The events of a training begin with the first one that is asked for.
      if (typeof answer === "object" && answer !== null && "next" in answer) await loosely(answer.next).call(answer);
    });
    expect(result).toMatch(
      new RegExp(`^NN0736 ${call} has no option ${option}; expected \`.*\\(did you mean \`${meant}\`\\?\\)$`),
    );
    expect(net.save()).toEqual(before);
  });

  test("of compile and compileFile is a diagnostic, among all that is wrong", () => {
    const { ok, diagnostics } = loosely(compile)(
      { name: "a.nn", source },
      { bound: { N: 4 }, targett: "wasm", verify: 1 },
    ) as never;
    expect(ok).toBe(false);
    expect(told(diagnostics)).toMatchInlineSnapshot(`
      [
        "NN0736 compile has no option "bound"; expected \`target\`, \`train\`, \`bounds\`, \`dims\`, \`consts\`, \`settings\`, \`probes\`, \`norms\` and 6 more (did you mean \`bounds\`?)",
        "NN0736 compile has no option "targett"; expected \`target\`, \`train\`, \`bounds\`, \`dims\`, \`consts\`, \`settings\`, \`probes\`, \`norms\` and 6 more (did you mean \`target\`?)",
        "NN0706 option \`verify\`: expected true or false, found 1",
      ]
    `);
    const file = loosely(compileFile)("a.nn", { rot: "." }) as never as { readonly diagnostics: readonly Diagnostic[] };
    expect(told(file.diagnostics)).toMatchInlineSnapshot(`
      [
        "NN0736 compileFile has no option "rot"; expected \`target\`, \`train\`, \`bounds\`, \`dims\`, \`consts\`, \`settings\`, \`probes\`, \`norms\` and 6 more (did you mean \`root\`?)",
      ]
    `);
    const main = loosely(compile)({ name: "a.nn", source, file: new Map() }) as never as {
      readonly diagnostics: readonly Diagnostic[];
    };
    expect(told(main.diagnostics)).toMatchInlineSnapshot(`
      [
        "NN0736 the source has no option "file"; expected \`name\`, \`source\`, \`files\` (did you mean \`files\`?)",
      ]
    `);
  });
});

describe("an option of a wrong kind", () => {
  test("is refused with what was expected", async () => {
    const net = await load(artifact);
    const wrong: readonly (() => unknown)[] = [
      () => loosely(load)(artifact, null),
      () => loosely(load)(artifact, 7),
      () => loosely(load)(artifact, new Map([["seed", 1]])),
      () => loosely(load)(artifact, { seed: "1" }),
      () => loosely(load)(artifact, { threads: 2 ** 31 }),
      () => loosely(load)(artifact, { epochs: NaN }),
      () => loosely(load)(artifact, { parameters: "line.safetensors" }),
      () => loosely(load)(artifact, { gpu: {} }),
      () => loosely(predictor)(artifact, "line.safetensors"),
      () => loosely(predictor)(artifact, net.save(), { model: 3 }),
      () => loosely(net.step.bind(net))(points(2), null),
      () => loosely(net.step.bind(net))(points(2), { trusted: "yes" }),
      () => loosely(net.predict.bind(net))({ x: points(2).x }, null),
      () => loosely(net.restore.bind(net))(net.save(), { optimizer: true }),
      () => loosely(net.restore.bind(net))(net.save(), null),
      () => loosely(net.parameters.set)(3, Float32Array.of(1)),
      () => loosely(net.parameters.set)("Line.w", null),
      () => loosely(net.put.bind(net))(new Map([["Line.v", Float32Array.of(1)]])),
      () => loosely(prepare)(artifact.manifest, null),
      () => loosely(prepare)(artifact.manifest, { read: "line.csv" }),
      () => loosely(prepare)(artifact.manifest, { read: () => "x,y" }),
      () => loosely(prepare)(artifact.manifest, { read: () => new Uint8Array(0) }, 0.5),
      () => loosely(compileFile)(null),
    ];
    const messages = await Promise.all(
      wrong.map(async (act) => {
        let diagnostics: readonly string[] = [];
        const message = await errorOf(async () => {
          const answer = await act();
          if (typeof answer === "object" && answer !== null && "diagnostics" in answer)
            diagnostics = told(answer.diagnostics as never);
        });
        return [message, ...diagnostics].filter((one) => one !== "no error").join("; ");
      }),
    );
    expect(messages).toMatchInlineSnapshot(`
      [
        "NN0706 option \`options\`: expected an object, found null",
        "NN0706 option \`options\`: expected an object, found 7",
        "NN0706 option \`options\`: expected an object, found a Map",
        "NN0706 option \`seed\`: expected a whole number, found "1"",
        "NN0706 option \`threads\`: expected a whole number from 1 to 2147483647, found 2147483648",
        "NN0706 option \`epochs\`: expected a whole number from 1 to 2147483647, found NaN",
        "NN0706 option \`parameters\`: expected bytes as a Uint8Array, found "line.safetensors"",
        "NN0706 option \`gpu\`: expected a GPU, as \`navigator.gpu\` is, found an empty object",
        "NN0712 the saved file: expected its bytes as a Uint8Array, found a string",
        "NN0706 option \`model\`: expected the name of a model, found 3",
        "NN0706 option \`options\`: expected an object, found null",
        "NN0706 option \`trusted\`: expected true or false, found "yes"",
        "NN0706 option \`options\`: expected an object, found null",
        "NN0706 option \`optimizer\`: expected false, or nothing, found true",
        "NN0706 option \`options\`: expected an object, found null",
        "NN0712 the name of a parameter: expected a string, found 3",
        "NN0712 \`Line.w\`: expected a Float32Array of shape [2], found null",
        "NN0720 the network has no tensor \`Line.v\` (did you mean \`Line.w\`?)",
        "NN0706 option \`options\`: expected an object, found null",
        "NN0706 option \`read\`: expected a function from a path to bytes, found "line.csv"",
        "NN0712 \`read("line.csv")\`: expected bytes as a Uint8Array, found "x,y"",
        "NN0706 option \`seed\`: expected a whole number, found 0.5",
        "NN0706 option \`file\`: expected the path of a file, found null",
      ]
    `);
  });
});

describe("options that throw when they are read", () => {
  const fails = (thrown: unknown) => () => {
    throw thrown;
  };
  const getter = (name: string, rest: object = {}, thrown: unknown = new Error("no")): object =>
    Object.defineProperty({ ...rest }, name, { enumerable: true, get: fails(thrown) });
  const proxy = (): object => new Proxy({}, { ownKeys: fails(new Error("no")) });
  const main = { name: "a.nn", source };

  test.each<[string, () => unknown, string]>([
    ["a target", () => loosely(compile)(main, getter("target")), "no"],
    ["constants", () => loosely(compile)(main, { consts: getter("size") }), "no"],
    ["a proxy", () => loosely(compile)(main, proxy()), "no"],
    ["a proxy as dimensions", () => loosely(compile)(main, { dims: proxy() }), "no"],
    ["a source", () => loosely(compile)(getter("source", { name: "a.nn" })), "no"],
    ["a word", () => loosely(compile)(main, getter("target", {}, "word")), "word"],
    [
      "what cannot be said",
      () => loosely(compile)(main, getter("target", {}, Object.create(null))),
      "nothing readable",
    ],
    ["a target of compileFile", () => loosely(compileFile)("a.nn", getter("target")), "no"],
  ])("are a diagnostic of compile: %s", (_, act, found) => {
    const { ok, diagnostics } = act() as never as { readonly ok: boolean; readonly diagnostics: readonly Diagnostic[] };
    expect([ok, ...told(diagnostics)]).toEqual([
      false,
      `NN0706 option \`options\`: expected fields that can be read, found one that throws: ${found}`,
    ]);
  });

  test("are read one time by compile: what answers otherwise the next is as it was", () => {
    let asked = 0;
    const twice = { enumerable: true, get: () => (asked++ === 0 ? "wasm" : "wgsl") };
    const result = loosely(compile)(main, Object.defineProperty({}, "target", twice)) as ReturnType<typeof compile>;
    expect([asked, result.ok && result.artifact.manifest.target]).toEqual([1, "wasm"]);
  });

  test("are not asked where they are the wrong value itself, but for what it is", async () => {
    await expect(async () => await loosely(load)(artifact, { seed: getter("low") })).rejects.toThrow(
      "option `seed`: expected a whole number, found { low: … }",
    );
    await expect(async () => await loosely(load)(artifact, { seed: proxy() })).rejects.toThrow(
      "option `seed`: expected a whole number, found one that throws",
    );
  });

  test("throw what is theirs out of the calls of a network, which is then as it was", async () => {
    const net = await load(artifact);
    const before = net.save();
    for (const act of [
      () => loosely(load)(artifact, getter("seed")),
      () => loosely(net.step.bind(net))(points(2), getter("trusted")),
      () => loosely(net.step.bind(net))(getter("x")),
      () => loosely(net.restore.bind(net))(net.save(), getter("seed")),
    ])
      await expect(async () => await act()).rejects.toThrow(/^no$/);
    expect(net.save()).toEqual(before);
  });
});

describe("inputs of a kind that no network takes", () => {
  async function* later() {
    yield points(2);
  }
  test.each<[string, (net: Network) => unknown, string]>([
    ["batches that come later", (net) => loosely(net.evaluate.bind(net))(later()), "an AsyncGenerator"],
    ["batches that come later, at once", (net) => loosely(net.evaluateSync.bind(net))(later()), "an AsyncGenerator"],
    ["a promise", (net) => loosely(net.step.bind(net))(Promise.resolve(points(2))), "a Promise"],
    ["a date", (net) => loosely(net.predict.bind(net))(new Date(0)), "a Date"],
    ["numbers as batches", (net) => loosely(net.evaluate.bind(net))([1, 2]), "1"],
    ["a set of words", (net) => loosely(net.evaluate.bind(net))(new Set(["x"])), "a string"],
  ])("are refused by what they are: %s", async (_, act, found) => {
    const net = await load(artifact);
    expect(await errorOf(async () => await act(net))).toMatch(
      new RegExp(`^NN0712 inputs: expected \\{ x: Float32Array.* \\}, found ${found}$`),
    );
  });

  test("are refused by `train`, too", async () => {
    expect(await errorOf(async () => await train(artifact, later() as never).next())).toBe(
      "NN0712 data: expected what `prepare` answers, { train: { rows, tensors }, … }, found an AsyncGenerator",
    );
  });
});

describe("arguments of a kind that no call takes", () => {
  const models = "in this artifact; it has `Table`, `Line`";
  test.each<[string, (net: Network) => unknown, string]>([
    ["a number for a model", (net) => loosely(net.predict.bind(net))(5, {}), "NN0712 inputs: "],
    [
      "a number for a model to read on",
      (net) => loosely(net.readOn.bind(net))(5, "step", {}),
      `NN0708 there is no model 5 ${models}`,
    ],
    [
      "none",
      (net) => loosely(net.readOnSync.bind(net))(undefined, "step", {}),
      `NN0708 there is no model undefined ${models}`,
    ],
    [
      "a list for a part",
      (net) => loosely(net.readOn.bind(net))("Line", [], {}),
      "NN0706 option `part`: expected a model that reads a text in parts, found an Array of `Line`",
    ],
    [
      "a record for a Map of tensors",
      (net) => loosely(net.put.bind(net))({}),
      "NN0712 `tensors`: expected a Map by name, found an Object",
    ],
    [
      "nothing for one",
      (net) => loosely(net.put.bind(net))(),
      "NN0712 `tensors`: expected a Map by name, found undefined",
    ],
  ])("are refused by what they are: %s", async (_, act, message) => {
    const net = await load(artifact);
    expect(await errorOf(async () => await act(net))).toContain(message);
  });

  test.each([[{}], [5], ["x"], [[]], [undefined], [{ main: {}, root: "", folder: "" }]])(
    "so is a project: %j",
    (project) => {
      const result = loosely(compileProject)(project) as ReturnType<typeof compileProject>;
      expect(told(result.diagnostics)[0]).toMatch(/^NN0706 option `source`: expected what `readProject` read, found /);
    },
  );
});

describe("epochs that nobody counts", () => {
  const scheduled = (schedule: string) => {
    const result = compile(
      {
        name: "a.nn",
        source: `model M(x: [N, 2]) -> [N, 2] = x |> dense(2)
train M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  schedule: ${schedule}  batch: 4  epochs: 3 }`,
      },
      { target: "wasm" },
    );
    if (!result.ok) throw new Error(result.diagnostics[0]?.message);
    return result.artifact;
  };
  const warnings = async (schedule: string, options = {}) => told((await load(scheduled(schedule), options)).warnings);

  test("are a warning that names the option, where the program follows them", async () => {
    expect(await warnings("inverse_time(decay: 0.5)")).toMatchInlineSnapshot(`
      [
        "NN0737 the steps of this program follow the epochs, in its schedule for instance, and no epoch ends: expected the option \`stepsPerEpoch\` of \`load\`, the number of minibatches in an epoch, found none",
      ]
    `);
    for (const schedule of [
      "exponential",
      "cosine",
      "inverse_sqrt",
      'staircase(every: 1, per: "epoch")',
      "warmup(2, cosine)",
    ])
      expect([schedule, (await warnings(schedule)).length]).toEqual([schedule, 1]);
  });

  test("are none where it does not, or where the host counts", async () => {
    for (const schedule of ["constant", "warmup(2)", "staircase(every: 3)", 'inverse_sqrt(per: "step")'])
      expect([schedule, await warnings(schedule)]).toEqual([schedule, []]);
    expect(await warnings("cosine", { stepsPerEpoch: 1 })).toEqual([]);
  });
});

describe("options that an object inherits or answers to", () => {
  const inherited = (options: object): object => Object.create(options) as object;
  class Answering {
    readonly #target = "wasm";
    get target(): string {
      return this.#target;
    }
  }

  test.each([
    ["inherited", inherited({ target: "wasm" })],
    ["answered", new Answering()],
  ])("have their effect in compile: %s", (_, options) => {
    const result = compile({ name: "m.nn", source }, options);
    expect(result.ok && result.artifact.manifest.target).toBe("wasm");
  });

  test("do, one by one, where they are a record", () => {
    const text = "const width = 2\nmodel M(x: [N, 2]) -> [N, width] = x |> dense(width)";
    const result = compile(
      { name: "m.nn", source: text },
      { consts: inherited({ width: 4 }) as Record<string, number> },
    );
    expect(result.ok && result.artifact.manifest.host.models[0]?.parameters).toBe(12);
  });

  test("are looked at as others", async () => {
    expect(told(compile({ name: "m.nn", source }, inherited({ targte: "wasm" })).diagnostics)).toEqual([
      expect.stringMatching(/^NN0736 compile has no option "targte".*did you mean `target`/),
    ]);
    expect(await errorOf(() => load(artifact, inherited({ seed: "x" })))).toBe(
      'NN0706 option `seed`: expected a whole number, found "x"',
    );
  });
});

test("peek changes nothing, so it has no seed, and a network that is closed has none", async () => {
  const net = await load(artifact);
  const saved = net.save();
  expect(await errorOf(() => loosely(net.peek.bind(net))(saved, { seed: 1 }))).toBe(
    'NN0736 peek has no option "seed"; expected `optimizer`, `override`',
  );
  net.close();
  expect(await errorOf(() => net.peek(saved))).toMatch(/^NN0705 /);
});
