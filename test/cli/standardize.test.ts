/**
 * A standardised target: learnt in its deviations, given back in its units by everything that predicts, and by metrics. The weights are ones and do
 * not move; the target has the mean 5 and the deviation 5, so that a row's sum s is answered by 5 s + 5.
 */
import path from "node:path";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { predictor } from "../../runtime/load/index.ts";
import { folderWith, nnc } from "./helpers.ts";

const source = `model Sum(x: [N, 2]) -> [N] {
  param w: [2] = ones
  return sum(x * w, axis: -1)
}
train Sum {
  data: csv("d.csv", target: "price", standardize: [target])
  loss: mse  optimizer: sgd(lr: 1e-30)  batch: 4  epochs: 1  metrics: [mean_absolute_error, rmse, largest, share]
}
/// Without state, and not blind to where 0 is.
metric largest(output: [N], target: [N]) -> [] = max(output) + 1000 * max(target)
metric share(output: [N], target: [N]) -> [] {
  state total: [] = zeros
  total <- total + sum(output) - 10 * sum(target)
  return total
}
`;

const { folder: cwd } = folderWith({
  "package.json": "{}",
  "d.csv": "a,b,price\n1,1,0\n-3,1,10\n0,0,10\n2,-1,0\n",
  "other.jsonl": '{"x": [1, 1], "target": 20}\n',
  "sum.nn": source,
});

const params = ["--params", "run/parameters.safetensors"];
let told = "";
beforeAll(async () => {
  told = (await nnc(["train", "sum.nn", "-o", "run"], { cwd })).stderr;
}, 60_000);

const sentence = "target: standardised; losses count in its standard deviation, 5, metrics in its own units";

test("training says what losses and metrics count in", () => {
  expect(told.split("\n")[1]).toBe(`Sum: ${sentence}`);
});

test.each([
  // 2, −2, 0 and 1 against −1, 1, 1 and −1: 15, −5, 5 and 10 against 0, 10, 10 and 0.
  [
    "d.csv",
    (9 + 9 + 1 + 4) / 4,
    {
      mean_absolute_error: (15 + 15 + 5 + 10) / 4,
      rmse: Math.sqrt((225 + 225 + 25 + 100) / 4),
      largest: 15 + 10_000,
      share: 25 - 10 * 20,
    },
  ],
  // 2 against 3: 15 against 20.
  ["other.jsonl", 1, { mean_absolute_error: 5, rmse: 5, largest: 20_015, share: 15 - 10 * 20 }],
])("eval of %s", async (file, loss, metrics) => {
  const { stdout } = await nnc(["eval", "sum.nn", ...params, "--data", file, "--json"], { cwd });
  const { scores, units } = JSON.parse(stdout);
  const near = Object.entries(metrics).map(([name, value]) => [name, expect.closeTo(value, 2)]);
  expect(scores).toEqual({ loss: expect.closeTo(loss, 5), ...Object.fromEntries(near) });
  expect(units).toEqual({ name: "target", scale: 1, mean: [5], deviation: [5] });
  const { stderr } = await nnc(["eval", "sum.nn", ...params, "--data", file], { cwd });
  expect(stderr).toBe(`${sentence}\n`);
});

test("predict", async () => {
  const predict = (format: string) =>
    nnc(["predict", "sum.nn", ...params, "--data", "d.csv", "--format", format], { cwd });
  expect((await predict("csv")).stdout).toBe("price\n15\n-5\n5\n10\n");
  expect((await predict("json")).stdout).toBe('{"price":15}\n{"price":-5}\n{"price":5}\n{"price":10}\n');
  const bytes = Buffer.from((await predict("npy")).stdout, "latin1");
  expect([0, 4, 8, 12].map((at) => bytes.subarray(-16).readFloatLE(at))).toEqual([15, -5, 5, 10]);
});

test("an exported module and a predictor", async () => {
  await nnc(["export", "sum.nn", ...params, "--format", "js", "-o", "out"], { cwd });
  const module = await import(pathToFileURL(path.join(cwd, "out/model.mjs")).href);
  expect(
    module.predict([
      [1, 1],
      [-3, 1],
    ]),
  ).toEqual([{ price: 15 }, { price: -5 }]);
  const built = compile({ name: "sum.nn", source });
  if (!built.ok) throw new Error(built.diagnostics[0]?.message);
  const it = await predictor(built.artifact, readFileSync(path.join(cwd, "run/parameters.safetensors")));
  expect(await it.predict([[1, 1]])).toEqual([[{ kind: "numbers", name: "price", shape: [], values: [15] }]]);
  it.close();
});

test("a target of seconds since 1970 is answered to the second", async () => {
  const { folder } = folderWith({
    "package.json": "{}",
    "d.csv": "a,b,price\n1,1,1700000000\n-3,1,1700000010\n0,0,1700000010\n2,-1,1700000000\n",
    "sum.nn": source,
  });
  await nnc(["train", "sum.nn", "-o", "run"], { cwd: folder });
  const predict = (format: string) =>
    nnc(["predict", "sum.nn", ...params, "--data", "d.csv", "--format", format], { cwd: folder });
  const { stdout } = await nnc(["eval", "sum.nn", ...params, "--data", "d.csv", "--json"], { cwd: folder });
  expect(JSON.parse(stdout).scores.mean_absolute_error).toBeCloseTo((15 + 15 + 5 + 10) / 4, 4);
  const expected = [1_700_000_015, 1_699_999_995, 1_700_000_005, 1_700_000_010];
  expect((await predict("csv")).stdout).toBe(`price\n${expected.join("\n")}\n`);
  const npy = Buffer.from((await predict("npy")).stdout, "latin1");
  expect(npy.toString("latin1")).toContain("'descr': '<f8'");
  expect([0, 8, 16, 24].map((at) => npy.subarray(-32).readDoubleLE(at))).toEqual(expected);
  const idx = Buffer.from((await predict("idx")).stdout, "latin1");
  expect([0, 8, 16, 24].map((at) => idx.subarray(-32).readDoubleBE(at))).toEqual(expected);
  await nnc(["export", "sum.nn", ...params, "--format", "js", "-o", "out"], { cwd: folder });
  const module = await import(pathToFileURL(path.join(folder, "out/model.mjs")).href);
  expect(module.predict([[1, 1]])).toEqual([{ price: expected[0] }]);
});
