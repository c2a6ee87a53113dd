/** Exported modules that run by WebGPU, in Node beside a package that brings it: the bits of the target wgsl on the same device. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Compiled } from "../../compiler/compile.ts";
import type { TargetName } from "../../compiler/program/artifact.ts";
import { load } from "../../runtime/load/index.ts";
import { pointsProject } from "../cli/fixture.ts";
import { folderWith, nnc } from "../cli/helpers.ts";
import { compilers, complaints, strictest } from "../declarations/compilers.ts";
import { Gpu } from "./gpu.ts";
import { gpuEnvironment } from "./swiftshader.ts";

/** Layers, and scans forward and backward whose turns move what they read and write; more rows than a batch, and than are taken at once. */
const networks: Readonly<Record<string, string>> = {
  dense: `model M(x: [N, 6]) -> [N, 3] = x |> dense(16) |> relu |> layer_norm |> dense(3) |> softmax
train M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 8 }
`,
  scans: `model M(x: [N, 12]) -> [N, 4] {
  let s = reshape(x, [N, 6, 2]) |> gru(5) |> bidirectional(3)
  return mean(s, axis: 1) |> dense(4)
}
block bidirectional(x: [N, T, C], units: int) -> [N, T, 2 * units] = concat([x |> rnn(units), x[:, ::-1] |> rnn(units)], axis: -1)
train M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 8 }
`,
};
const letters = (
  body: string,
): string => `model Letters(text: i32[N, T]) -> [N, T, 6] = text |> embedding(6, 4) |> ${body} |> dense(6)
train Letters { data: text("letters.txt", window: 8, vocabulary: 6)  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 8  epochs: 1  seed: 3 }
`;
const texts = { parts: letters("rnn(4)"), windows: letters("positions |> self_attention(2, causal: true)") };

const { folder: cwd } = folderWith({
  ...pointsProject,
  "letters.txt": "abacabadabacabae".repeat(20),
  ...Object.fromEntries(Object.entries({ ...networks, ...texts }).map(([name, text]) => [`${name}.nn`, text])),
  "gpu.mjs": `import { create } from ${JSON.stringify(pathToFileURL(createRequire(import.meta.url).resolve("webgpu")).href)};
(globalThis.navigator ??= {}).gpu = create([]);
`,
});
const gpu = gpuEnvironment();
afterAll(gpu.remove);

async function run(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await nnc(args, { cwd });
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

interface Ran {
  readonly status: number | null;
  readonly said: string;
}

/** What Node says of a file, with WebGPU where it is asked for. */
function node(withGpu: boolean, ...args: readonly string[]): Ran {
  const before = withGpu ? ["--import", "./gpu.mjs"] : [];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...before, ...args], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...gpu.env },
  });
  return { status, said: stdout + stderr };
}

/** What a script prints as JSON; of an error, its name and its message. */
function asked(withGpu: boolean, script: string): unknown {
  const told = "const told = (error) => `${error.name}: ${error.message}`;";
  writeFileSync(path.join(cwd, "use.mjs"), `${told}\n${script}`);
  const { status, said } = node(withGpu, "use.mjs");
  if (status !== 0) throw new Error(said);
  return JSON.parse(said);
}

async function onGpu<Found>(work: (started: Gpu) => Promise<Found>): Promise<Found> {
  const started = await Gpu.start();
  try {
    return await work(started);
  } finally {
    await started.stop();
  }
}

function compiledOf(name: string, target: TargetName): Compiled {
  const result = compile({ name: `${name}.nn`, source: networks[name] ?? "" }, { target });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result;
}

beforeAll(async () => {
  for (const name of ["points", ...Object.keys(texts)]) {
    await run("train", `${name}.nn`, "-o", name);
    for (const format of ["js", "wgsl"])
      await run(
        "export",
        `${name}.nn`,
        "--params",
        `${name}/parameters.safetensors`,
        "--format",
        format,
        "-o",
        `${name}-${format}`,
      );
  }
}, 300_000);

describe.each(Object.keys(networks))("%s", (name) => {
  test("has the bits of the target wgsl, on the same device", { timeout: 240_000 }, async () => {
    const network = await load(compiledOf(name, "wasm").artifact, { seed: 5 });
    writeFileSync(path.join(cwd, `${name}.safetensors`), network.save());
    await run("export", `${name}.nn`, "--params", `${name}.safetensors`, "--format", "wgsl", "-o", `${name}-wgsl`);
    const { artifact } = compiledOf(name, "wgsl");
    const [{ entry, inputs, results }] = artifact.manifest.host.models;
    const [width, answers] = [Number(inputs[0].shape[1].key), Number(results[0].shape[1].key)];
    // The batch of training is what the target takes at once.
    const rows = 150;
    const x = Float32Array.from({ length: rows * width }, (_, at) => Math.sin(at));
    const parts = Array.from({ length: Math.ceil(rows / 8) }, (_, part) =>
      x.subarray(part * 8 * width, (part + 1) * 8 * width),
    );
    const calls = [
      { entry: "init", dims: [], inputs: {}, wanted: [] },
      ...parts.map((part) => ({
        entry,
        dims: [part.length / width],
        inputs: { ...Object.fromEntries(network.snapshot()), [inputs[0].buffer]: part },
        wanted: [results[0].buffer],
      })),
    ];
    const found = await onGpu((started) => started.runAll(artifact, calls));
    const expected = parts.flatMap((part, at) => [
      ...(found[at + 1].get(results[0].buffer)?.subarray(0, (part.length / width) * answers) ?? []),
    ]);
    const script = `import { close, predict } from "./${name}-wgsl/model.mjs";
      const x = Float32Array.from({ length: ${x.length} }, (_, at) => Math.sin(at));
      const [all, one] = await Promise.all([predict(x, new Float32Array(${rows * answers})), predict(x.slice(0, ${width}), new Float32Array(${answers}))]);
      close();
      console.log(JSON.stringify([[...all], [...one]]));`;
    expect(asked(true, script)).toEqual([expected, expected.slice(0, answers)]);
  });
});

describe("a module", () => {
  test.each(["points", "parts", "windows"])(
    "of %s tests itself; another weight is told",
    { timeout: 120_000 },
    (name) => {
      const file = path.join(cwd, `${name}-wgsl`, "model.mjs");
      const text = readFileSync(file, "utf8");
      expect(text).not.toMatch(/^\s*import\s[^(]|\brequire\(|\bimport\(|\beval\b|new Function/m);
      expect(node(true, file, "--selftest")).toEqual({
        status: 0,
        said: expect.stringContaining(" as expected (largest difference "),
      });
      const [, weights = ""] = /const weights = "([^"]*)"/.exec(text) ?? [];
      writeFileSync(file, text.replace(weights, (weights.startsWith("P") ? "Q" : "P") + weights.slice(1)));
      expect(node(true, file, "--selftest")).toMatchObject({
        status: 1,
        said: expect.stringContaining("selftest failed: "),
      });
      writeFileSync(file, text);
    },
  );

  test(
    "answers in every form as the one of JavaScript, within 10⁻⁵: classes, one row, calls side by side",
    { timeout: 120_000 },
    () => {
      const script = `import { predict } from "./points-js/model.mjs"; import * as gpu from "./points-wgsl/model.mjs";
      const rows = Array.from({ length: 150 }, (_, row) => [(row % 13) / 4 - 1, (row % 7) / 2 - 1]);
      const expected = predict(rows);
      const [all, named, single, none] = await Promise.all([gpu.predict(rows), gpu.predict(rows.map(([x, y]) => ({ x, y }))), gpu.predict(rows[3]), gpu.predict([])]);
      gpu.close();
      const apart = (a, b) => Math.max(...["left", "right"].map((side) => Math.abs(a.scores[side] - b.scores[side])));
      console.log(JSON.stringify([
        all.every(({ side }, at) => side === expected[at].side), all.every((one, at) => apart(one, expected[at]) < 1e-5),
        JSON.stringify(named) === JSON.stringify(all), JSON.stringify(single) === JSON.stringify(all[3]), none.length,
      ]));`;
      expect(asked(true, script)).toEqual([true, true, true, true, 0]);
    },
  );

  test("of text writes what the one of JavaScript writes", { timeout: 120_000 }, () => {
    const script = `const options = { length: 30, temperature: 0, seed: 3 };
      const found = [];
      for (const name of ["parts", "windows"]) {
        const [js, gpu] = await Promise.all([import(\`./\${name}-js/model.mjs\`), import(\`./\${name}-wgsl/model.mjs\`)]);
        let written = "";
        for await (const character of gpu.generate("aba", options)) written += character;
        const [next] = await gpu.predict(["abacabad"]);
        found.push(written === [...js.generate("aba", options)].join(""), next.text === js.predict(["abacabad"])[0].text);
        try { gpu.generate("aba", { length: -1 }); } catch (error) { found.push(told(error)); }
        gpu.close();
      }
      console.log(JSON.stringify(found));`;
    const problem = "RangeError: generate: expected a whole number from 0 for length, found -1";
    expect(asked(true, script)).toEqual([true, true, problem, true, true, problem]);
  });

  test("with weights of eight bits beside it takes them before it is opened", { timeout: 120_000 }, async () => {
    const params = ["--params", "points/parameters.safetensors", "--max-change", "50%"];
    await run(
      "export",
      "points.nn",
      ...params,
      "--format",
      "wgsl",
      "--dtype",
      "int8",
      "--weights",
      "points.weights",
      "-o",
      "apart",
    );
    const script = `import { readFileSync } from "node:fs";
      import { close, load, predict } from "./apart/model.mjs";
      const before = await predict([1, 2]).catch(told);
      load(readFileSync("apart/points.weights"));
      const { side } = await predict([1, 2]);
      close();
      console.log(JSON.stringify([before, side]));`;
    const before =
      "Error: the weights are not loaded: expected load(bytes) with those of points.weights before any other call";
    expect(asked(true, script)).toEqual([before, "right"]);
    expect(node(true, "apart/model.mjs", "--selftest").status).toBe(0);
  });
});

describe("what it runs on", () => {
  test("may be given: a GPU, an adapter or a device, which stays open", { timeout: 120_000 }, () => {
    const script = `import { close, open, predict } from "./points-wgsl/model.mjs";
      const { gpu } = navigator;
      const found = [];
      const adapter = () => gpu.requestAdapter();
      const device = await (await adapter()).requestDevice();
      for (const options of [{ gpu }, { adapter: await adapter() }, { device }, {}]) {
        await open(options);
        await open();
        found.push((await predict([1, 2])).side, await open({ device }).catch(told));
        close();
      }
      device.createBuffer({ size: 16, usage: 8 }).destroy();
      device.destroy();
      await open({ gpu });
      const running = predict([1, 2]);
      close();
      found.push(await running.then(({ side }) => side, told), (await predict([1, 2])).side);
      close();
      console.log(JSON.stringify(found));`;
    const again = "Error: open: the model is open already; close() comes before";
    const opened = ["right", again];
    expect(asked(true, script)).toEqual([
      ...opened,
      ...opened,
      ...opened,
      ...opened,
      "Error: the model was closed while it ran",
      "right",
    ]);
  });

  const sentences: readonly (readonly [call: string, sentence: string])[] = [
    [
      "predict([1, 2])",
      "Error: this model runs by WebGPU, which this engine has not: expected navigator.gpu, or open({ gpu }), open({ adapter }) or open({ device }) before any other call",
    ],
    [
      "open({ gpu: { requestAdapter: async () => null } })",
      "Error: this model runs by WebGPU, which found no GPU here",
    ],
    ["open({ gpu: {} })", "TypeError: open: expected a GPU of WebGPU, found an object"],
    ["open({ adapter: 5 })", "TypeError: open: expected an adapter of WebGPU, found 5"],
    ["open({ device: null })", "TypeError: open: expected a device of WebGPU, found null"],
    ["open({ gqu: {} })", 'TypeError: open: expected the options "gpu", "adapter" and "device", found "gqu"'],
    ["open(null)", "TypeError: open: expected options as an object, found null"],
    [
      "open({ adapter: { requestDevice: async () => ({}), limits: { maxStorageBufferBindingSize: 128, maxBufferSize: 2 ** 20 } } })",
      "RangeError: the GPU is too small for this model: expected a maxStorageBufferBindingSize of at least 2304, found 128",
    ],
    ["predict([1, NaN])", "TypeError: row 0: expected a finite number for y of point, found NaN"],
    ["predict([1, 2], [])", "TypeError: predict: expected a Float32Array for the answer, found a list"],
    ["predict(new Float32Array(3))", "RangeError: predict: expected 2 numbers a row for point, found 3 in all"],
    ["predict(new Float32Array(4), new Float32Array(3))", "RangeError: predict: expected room for 4 numbers, found 3"],
  ];

  test("is asked for where it is missing; what does not fit rejects the promise", { timeout: 60_000 }, () => {
    const script = `import { open, predict } from "./points-wgsl/model.mjs";
      const found = [];
      for (const call of [${sentences.map(([call]) => `() => ${call}`).join(", ")}]) found.push(await call().then(() => "taken", told));
      console.log(JSON.stringify(found));`;
    expect(asked(false, script)).toEqual(sentences.map(([, sentence]) => sentence));
  });

  test("is not there in Node alone, and the self-test says so", { timeout: 60_000 }, () => {
    expect(node(false, "points-wgsl/model.mjs", "--selftest")).toEqual({
      status: 1,
      said: expect.stringMatching(/^selftest failed: this model runs by WebGPU, which this engine has not: /),
    });
  });
});

describe.each(compilers)(
  "under TypeScript %s with every strict option, and no library but ES2022's",
  (_version, check) => {
    test("a program that uses the declarations has no mistake", { timeout: 60_000 }, () => {
      const use = `import { close, open, predict, type Prediction } from "./model.mjs";
    export async function found(rows: Float32Array): Promise<readonly Prediction[]> {
      await open({ gpu: { requestAdapter: async () => null } });
      const [first] = await predict(rows);
      await predict(rows, new Float32Array(4));
      close();
      return first === undefined ? [] : [first, await predict([1, 2])];
    }`;
      const write = `import { generate } from "./text.mjs";
    export async function written(): Promise<string> {
      let text = "";
      for await (const character of generate("a", { length: 3 })) text += character;
      return text;
    }`;
      const textOf = (name: string): string => readFileSync(path.join(cwd, `${name}-wgsl`, "model.d.mts"), "utf8");
      const files = new Map([
        ["/model.d.mts", textOf("points")],
        ["/text.d.mts", textOf("parts")],
        ["/use.mts", use],
        ["/write.mts", write],
      ]);
      expect(check(files, ["/use.mts", "/write.mts"])).toEqual([]);
    });
  },
);

test("WebGPU's own objects fit the declarations", { timeout: 60_000 }, () => {
  const use = `/// <reference path="/webgpu.d.ts" />
    import { open } from "./model.mjs";
    export const opened = (gpu: GPU, adapter: GPUAdapter, device: GPUDevice): readonly Promise<void>[] => [open({ gpu }), open({ adapter }), open({ device })];`;
  const files = new Map([
    ["/webgpu.d.ts", readFileSync(createRequire(import.meta.url).resolve("@webgpu/types/dist/index.d.ts"), "utf8")],
    ["/model.d.mts", readFileSync(path.join(cwd, "points-wgsl", "model.d.mts"), "utf8")],
    ["/use.mts", use],
  ]);
  const options = {
    ...strictest,
    skipLibCheck: true,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  };
  expect(complaints(files, ["/use.mts"], undefined, undefined, options)).toEqual([]);
});
