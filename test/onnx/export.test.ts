/** Models exported as ONNX: their nodes, weights and what stands beside them. What they compute, `npm run verify:onnx` compares. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { onnxModel } from "../../cli/export/onnx/export.ts";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import { unfitted } from "../../runtime/save/fitted.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import { pointsProject } from "../cli/fixture.ts";
import { folderWith, nnc } from "../cli/helpers.ts";
import { readModel } from "./decode.ts";
import type { ReadModel } from "./decode.ts";
import { randomTrials, sampleTrials } from "./samples.ts";

/** The first model of a source, with the parameters that it begins with. */
async function exported(source: string, fitted: Fitted = unfitted, bounds = {}): Promise<ReadModel> {
  const compiled = compile({ name: "net.nn", source }, { bounds });
  if (!compiled.ok) throw new Error(compiled.diagnostics[0].message);
  const network = await load(compiled.artifact, { seed: 1, stepsPerEpoch: 1 });
  network.record = { ...network.record, fitted };
  const [model] = compiled.artifact.manifest.host.models;
  return readModel(onnxModel({ compiled, network, doc: "" }, model));
}

const trained = (model: string): string =>
  `${model}\ntrain Net { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 1 }\n`;

describe("a model's nodes", () => {
  test("are operators of ONNX, with any number of rows, named by layers", async () => {
    const { text } = await exported(trained("model Net(x: [N, 2]) -> [N, 3] = x |> dense(4) |> relu |> dense(3)"));
    expect(text).toMatchInlineSnapshot(`
      "input x: f32[N, 2]
      Net.dense/MatMul = MatMul(x, Net.dense.w)
      Net.dense/Add = Add(Net.dense/MatMul, Net.dense.b)
      Net.relu/Relu = Relu(Net.dense/Add)
      Net.dense_2/MatMul = MatMul(Net.relu/Relu, Net.dense_2.w)
      Net.dense_2/Add = Add(Net.dense_2/MatMul, Net.dense_2.b)
      output = Identity(Net.dense_2/Add)
      output output: f32[N, 3]"
    `);
  });

  test("have convolutions as they are written, and channels where ONNX has them", async () => {
    const source =
      'model Net(x: [N, 8, 8, 16]) -> [N, 64] = x |> conv2d(16, 3, padding: "same") |> max_pool2d(4) |> flatten';
    expect((await exported(trained(source))).text).toMatchInlineSnapshot(`
      "input x: f32[N, 8, 8, 16]
      Net.conv2d/Transpose = Transpose{perm: [0, 3, 1, 2]}(x)
      Net.conv2d/Transpose_2 = Transpose{perm: [3, 2, 0, 1]}(Net.conv2d.w)
      Net.conv2d/Conv = Conv{strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], group: 1}(Net.conv2d/Transpose, Net.conv2d/Transpose_2)
      Net.conv2d/Transpose_3 = Transpose{perm: [0, 2, 3, 1]}(Net.conv2d/Conv)
      Net.conv2d/Add = Add(Net.conv2d/Transpose_3, Net.conv2d.b)
      Net.max_pool2d/Transpose = Transpose{perm: [0, 3, 1, 2]}(Net.conv2d/Add)
      Net.max_pool2d/MaxPool = MaxPool{kernel_shape: [4, 4], strides: [4, 4], pads: [0, 0, 0, 0]}(Net.max_pool2d/Transpose)
      Net.max_pool2d/Transpose_2 = Transpose{perm: [0, 2, 3, 1]}(Net.max_pool2d/MaxPool)
      Net.flatten/Reshape = Reshape(Net.max_pool2d/Transpose_2, numbers/[-1, 64])
      output = Identity(Net.flatten/Reshape)
      output output: f32[N, 64]"
    `);
  });

  test("have a loop for a scan, which sees what it captures", async () => {
    const source = `model Net(x: [N, T, 2]) -> [N, T, 3] {
      param u: [3, 3] = orthogonal
      let (states, _) = scan r in x |> dense(3) along T with h = zeros([N, 3]) {
        next h = tanh(r + h @ u)
        emit h
      }
      return states
    }`;
    expect((await exported(trained(source), unfitted, { T: 8 })).text).toMatchInlineSnapshot(`
      "input x: f32[N, T, 2]
      sizes/Shape = Shape{start: 0, end: 1}(x)
      sizes/Concat = Concat{axis: 0}(sizes/Shape, numbers/[3])
      Net.dense/MatMul = MatMul(x, Net.dense.w)
      Net.dense/Add = Add(Net.dense/MatMul, Net.dense.b)
      Net/Transpose = Transpose{perm: [1, 0, 2]}(Net.dense/Add)
      Net/Expand = Expand(numbers/0, sizes/Concat)
      Net/Scan, Net/Scan_2 = Scan{num_scan_inputs: 1}(Net/Expand, Net/Transpose)
        input Net/carry: f32[N, 3]
        input Net/slice: f32[N, 3]
        Net/MatMul = MatMul(Net/carry, Net.u)
        Net/Add = Add(Net/slice, Net/MatMul)
        Net/Tanh = Tanh(Net/Add)
        Net/Identity = Identity(Net/Tanh)
        output Net/Identity: f32[N, 3]
        output Net/Tanh: f32[N, 3]
      Net/Transpose_2 = Transpose{perm: [1, 0, 2]}(Net/Scan_2)
      output = Identity(Net/Transpose_2)
      output output: f32[N, T, 3]"
    `);
  });

  test("say where they come from", async () => {
    const { docs } = await exported(trained("model Net(x: [N, 2]) -> [N, 2] = sin(x |> dense(2))"));
    expect([...docs]).toMatchInlineSnapshot(`
      [
        [
          "Net.dense/MatMul",
          "Net.dense (prelude/layers.nn:14:12): return x @ w + b",
        ],
        [
          "Net.dense/Add",
          "Net.dense (prelude/layers.nn:14:12): return x @ w + b",
        ],
        [
          "Net/Sin",
          "Net (net.nn:1:34): model Net(x: [N, 2]) -> [N, 2] = sin(x |> dense(2))",
        ],
        [
          "answer/output",
          "output",
        ],
      ]
    `);
  });
});

describe("what was fitted to the data", () => {
  const source = trained("model Net(x: [N, 2]) -> [N, 1] = x |> dense(1)");
  const fit = (
    name: string,
    mean: readonly number[],
    deviation: readonly number[],
    scale = 1,
  ): Fitted["inputs"][number] => ({
    name,
    scale,
    mean,
    deviation,
  });

  test("comes before the first layer, and is undone behind the last", async () => {
    const inputs = [fit("x", [3, 0.1], [2, 0]), fit("target", [5], [4])];
    const { text, tensors } = await exported(source, { ...unfitted, inputs });
    expect(text).toMatchInlineSnapshot(`
      "input x: f32[N, 2]
      prepare/x/Sub = Sub(x, numbers/[3, 0.10000000149011612])
      prepare/x/Sub_2 = Sub(prepare/x/Sub, numbers/[0, -1.4901161138336505e-9])
      prepare/x/Mul = Mul(prepare/x/Sub_2, numbers/[0.5, 1])
      prepare/x/Where = Where(numbers/[0, 1], numbers/0, prepare/x/Mul)
      Net.dense/MatMul = MatMul(prepare/x/Where, Net.dense.w)
      Net.dense/Add = Add(Net.dense/MatMul, Net.dense.b)
      answer/output/Mul = Mul(Net.dense/Add, numbers/4)
      answer/output/Add = Add(answer/output/Mul, numbers/5)
      output = Identity(answer/output/Add)
      output output: f32[N, 1]"
    `);
    expect([...tensors.keys()]).toMatchInlineSnapshot(`
      [
        "numbers/[3, 0.10000000149011612]",
        "numbers/[0, -1.4901161138336505e-9]",
        "numbers/[0.5, 1]",
        "numbers/[0, 1]",
        "numbers/0",
        "Net.dense.w",
        "Net.dense.b",
        "numbers/4",
        "numbers/5",
      ]
    `);
  });

  test("takes numbers of 64 bits where 32 hold none of their digits", async () => {
    const { text } = await exported(source, { ...unfitted, inputs: [fit("x", [1.7e9, 0], [1000, 1])] });
    expect(text.split("\n").filter((line) => /^input|prepare/.test(line))).toMatchInlineSnapshot(`
      [
        "input x: f64[N, 2]",
        "prepare/x/Sub = Sub(x, numbers/[1700000000, 0])",
        "prepare/x/Mul = Mul(prepare/x/Sub, numbers/[0.001, 1])",
        "prepare/x/Cast = Cast{to: 1}(prepare/x/Mul)",
        "Net.dense/MatMul = MatMul(prepare/x/Cast, Net.dense.w)",
      ]
    `);
  });
});

/** How many the file says that it has. */
function outputsOf(model: Uint8Array): number {
  return readModel(model)
    .text.split("\n")
    .filter((line) => line.startsWith("output ") && line.includes(": ")).length;
}

describe("a file", () => {
  test("holds the weights as they are, little-endian, row by row", async () => {
    const source = trained("model Net(x: [N, 2]) -> [N, 3] = x |> dense(3)");
    const compiled = compile({ name: "net.nn", source });
    if (!compiled.ok) throw new Error(compiled.diagnostics[0].message);
    const network = await load(compiled.artifact, { seed: 1, stepsPerEpoch: 1 });
    const values = network.parameters.get("Net.dense.w")?.data ?? [];
    const { type, data } = (await exported(source)).tensors.get("Net.dense.w") ?? { type: "none", data: Buffer.of() };
    expect(type).toBe("f32[2, 3]");
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    expect(Array.from(values, (_, at) => view.getFloat32(4 * at, true))).toEqual([...values]);
  });

  test("is of opset 17 and IR version 8, and says who made it", async () => {
    const { version, opset, producer } = await exported(trained("model Net(x: [N, 2]) -> [N, 2] = x |> dense(2)"));
    expect({ version, opset, producer }).toEqual({ version: 8, opset: 17, producer: "nnc" });
  });

  test("has a form for every sample of every primitive that does not draw, and for programs of many", () => {
    const trials = [...sampleTrials(), ...randomTrials(1, 20)];
    const wrong = trials.filter(({ model, expected }) => outputsOf(model) !== expected.length);
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

describe("the command", () => {
  const { folder: cwd } = folderWith({
    ...pointsProject,
    "noise.nn": trained(
      "model Net(x: [N, 2]) -> [N, 2] = x |> dense(2) |> noisy\nblock noisy(x: [N, 2]) -> [N, 2] = x + random_normal([N, 2])",
    ),
  });
  const params = ["--params", "run/parameters.safetensors"];
  const run = async (...args: readonly string[]) => nnc(["export", "points.nn", ...params, ...args], { cwd });
  const read = (...names: readonly string[]): ReadModel => readModel(readFileSync(path.join(cwd, ...names)));

  beforeAll(async () => {
    const { code, stderr } = await nnc(["train", "points.nn", "-o", "run", "--target", "typescript"], { cwd });
    if (code !== 0) throw new Error(stderr);
  }, 120_000);

  test("writes a model under the name that ends in .onnx, with its doc, classes and columns", async () => {
    const { code, stdout, stderr } = await run("-o", "side.onnx");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^side\.onnx  \d/);
    const { doc, metadata, text } = read("side.onnx");
    expect(doc).toBe("Points in the plane, left or right.");
    expect([...metadata]).toEqual([
      ["classes", '["left","right"]'],
      ["columns", '{"point":["x","y"]}'],
    ]);
    expect(text.split("\n").filter((line) => /^(in|out)put/.test(line))).toEqual([
      "input point: f32[N, 2]",
      "output side: f32[N, 2]",
    ]);
  });

  test("writes model.onnx into a folder for --format onnx, and one document for --json", async () => {
    const { stdout } = await run("--format", "onnx", "-o", "out", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, folder: "out", files: [{ file: "model.onnx" }] });
    expect(read("out", "model.onnx").text).toBe(read("side.onnx").text);
  });

  test("replaces a model of its own, and none of others", async () => {
    expect((await run("-o", "side.onnx")).code).toBe(0);
    writeFileSync(path.join(cwd, "other.onnx"), Buffer.from([8, 8, 18, 7, ...Buffer.from("pytorch")]));
    const { code, stderr } = await run("-o", "other.onnx");
    expect(code).toBe(1);
    expect(stderr).toContain("nothing says that nnc wrote it");
  });

  test.each([
    ["--format js -o side.onnx", 'a folder, or a file that ends in .mjs or .js for --format js, found "side.onnx"'],
    ["--format ts -o side.onnx", 'a folder, or a file that ends in .ts for --format ts, found "side.onnx"'],
    ["--format onnx -o side.mjs", 'a folder, or a file that ends in .onnx for --format onnx, found "side.mjs"'],
  ])("is used wrongly with %s", async (args, complaint) => {
    const { code, stderr } = await run(...args.split(" "));
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`--out: expected ${complaint}`) });
  });

  test("says what ONNX cannot", async () => {
    const compiled = compile({ name: "noise.nn", source: readFileSync(path.join(cwd, "noise.nn"), "utf8") });
    if (!compiled.ok) throw new Error(compiled.diagnostics[0].message);
    const network = await load(compiled.artifact, { seed: 1, stepsPerEpoch: 1 });
    writeFileSync(path.join(cwd, "noise.safetensors"), network.save());
    const { code, stderr } = await nnc(["export", "noise.nn", "--params", "noise.safetensors", "-o", "noise.onnx"], {
      cwd,
    });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        "error[NN0933]: Net cannot be exported as ONNX: Net.noisy draws random numbers, whose bits opset 17 has no operators for\n",
    });
    expect(existsSync(path.join(cwd, "noise.onnx"))).toBe(false);
  });
});
