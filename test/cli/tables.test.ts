/**
 * Tables as people have them: in several files, packed, without a line of names, with any whole numbers as labels, with several columns to predict. The weights
 * are ones and do not move, so that each answer is known.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { predictor } from "../../runtime/load/index.ts";
import { folderWith, nnc } from "./helpers.ts";

const still = "optimizer: sgd(lr: 1e-30)  batch: 2  epochs: 1";
const sources = {
  /** Sums of rows against the first column. */
  bare: `loss gap(output: [N], target: [N]) -> [] = mean((output - target) ** 2)
model Sum(x: [N, F]) -> [N] {
  param w: [F] = ones
  return sum(x * w, axis: -1)
}
train Sum {
  data: csv(["a.csv.gz", "b.csv"], header: false, target: "column_1", test: ["t.csv", "t.csv"])
  loss: gap  ${still}
}
`,
  /** Each column is the score of a class. */
  labels: `model Scores(x: [N, 3]) -> [N, 3] {
  param w: [3] = ones
  return x * w
}
train Scores { data: csv("labels.csv", target: "kind")  loss: cross_entropy  ${still} }
`,
  several: `model Weather(x: [N, 2]) -> [N, 2] {
  param w: [2] = ones
  return x * w
}
train Weather { data: csv("weather.csv", target: ["rain", "wind"])  loss: binary_cross_entropy  ${still} }
`,
  units: `model Weather(x: [N, 2]) -> [N, 2] {
  param w: [2] = ones
  return x * w
}
train Weather { data: csv("units.csv", target: ["rain", "wind"], standardize: [target])  loss: mse  ${still} }
`,
};

const { folder: cwd } = folderWith({
  "package.json": "{}",
  ...Object.fromEntries(Object.entries(sources).map(([name, source]) => [`${name}.nn`, source])),
  // Sums of 2, 4, 1 and 1 against 0: a loss of 22/4. A gzip file of two members.
  "a.csv.gz": Buffer.concat([gzipSync("0,1,1\n0,"), gzipSync("2,2\n")]),
  "b.csv": "0,0,1\n0,1,0",
  // 3, 7 and 11 against 3, 7 and 10: a loss of 1/3.
  "t.csv": "3,1,2\n7,3,4\n10,5,6\n",
  "other.csv": "5,1,1\n",
  "labels.csv": "a,b,c,kind\n1,0,0,1000\n0,1,0,-1\n0,0,1,7\n",
  "weather.csv": "p,q,rain,wind\n1,2,0,1\n3,4,1,0\n",
  // Means of 5 and 10, deviations of 5 and 10.
  "units.csv": "p,q,rain,wind\n1,2,0,0\n3,4,10,20\n",
});

const params = (name: string): readonly string[] => ["--params", `${name}/parameters.safetensors`];
const predict = async (name: string, stdin: string | Uint8Array, ...more: readonly string[]) =>
  (await nnc(["predict", `${name}.nn`, ...params(name), ...more], { cwd, stdin })).stdout;

async function exported(name: string): Promise<{ readonly predict: (rows: unknown) => unknown }> {
  await nnc(["export", `${name}.nn`, ...params(name), "--format", "js", "-o", `${name}-js`], { cwd });
  return await import(pathToFileURL(path.join(cwd, `${name}-js/model.mjs`)).href);
}

/** What training told last. */
const told = new Map<string, Readonly<Record<string, unknown>>>();
beforeAll(async () => {
  for (const name of Object.keys(sources)) {
    const { stdout } = await nnc(["train", `${name}.nn`, "-o", name, "--json"], { cwd });
    told.set(name, JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}"));
  }
}, 120_000);

describe("several files without names, one of them packed", () => {
  test("train: all rows, and those of all files of `test` held out", () => {
    const { train, holdout } = told.get("bare") ?? {};
    expect([train, holdout]).toEqual([{ loss: expect.closeTo(5.5, 5) }, { loss: expect.closeTo(1 / 3, 5) }]);
  });

  test.each([
    ["the rows of `test`", [], 6, 1 / 3],
    ["other rows", ["--data", "other.csv"], 1, 9],
    ["rows in packed files", ["--data", "a.csv.gz"], 2, 10],
  ])("eval: %s", async (_, data, rows, loss) => {
    const { stdout } = await nnc(["eval", "bare.nn", ...params("bare"), ...data, "--json"], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ rows, scores: { loss: expect.closeTo(loss, 5) } });
  });

  test.each([
    ["with the target", "9,1,1\n9,2,3\n"],
    ["without the target", "1,1\n2,3\n"],
  ])("predict: rows %s", async (_, rows) => {
    expect(await predict("bare", rows)).toBe("column_1\n2\n5\n");
  });

  test("predict: packed rows on standard input", async () => {
    expect(await predict("bare", gzipSync("1,1\n"))).toBe("column_1\n2\n");
  });

  test("predict says what columns it does not use, and which are lacking", async () => {
    const run = (stdin: string) => nnc(["predict", "bare.nn", ...params("bare")], { cwd, stdin });
    expect(await run("0,1,1,7\n")).toEqual({
      stdout: "column_1\n2\n",
      stderr: 'standard input: not used: "column_4"\n',
      code: 0,
    });
    expect((await run("1\n")).stderr).toContain(
      'NN0810]: standard input has no column "column_2", which `x` is read from; its columns are "column_1"',
    );
  });

  test("predict: by the names of columns in JSON", async () => {
    expect(await predict("bare", '{"column_2": 1, "column_3": 4}\n')).toBe('{"column_1":5}\n');
  });

  test("an exported module", async () => {
    const module = await exported("bare");
    expect(module.predict([[1, 1], { column_2: 1, column_3: 4 }])).toEqual([{ column_1: 2 }, { column_1: 5 }]);
  });

  test("--resume goes on with them", async () => {
    const run = await nnc(["train", "bare.nn", "-o", "bare", "--resume", "--epochs", "2"], { cwd });
    expect([run.code, run.stderr.split("\n")[0]]).toEqual([0, expect.stringContaining("going on after step 2")]);
  });

  test("check reads the size of a row off the first line", async () => {
    const { stdout, stderr } = await nnc(["check", "bare.nn"], { cwd });
    expect([stdout.split("\n")[0], stderr]).toEqual(["Sum(x: [N, 2]) -> [N]", ""]);
  });
});

describe("whole numbers as labels", () => {
  test("are answered as they are in the data", async () => {
    expect(await predict("labels", "a,b,c\n2,0,1\n0,0,1\n", "--format", "json")).toBe(
      '{"kind":"-1","scores":{"7":0,"1000":1,"-1":2}}\n{"kind":"1000","scores":{"7":0,"1000":1,"-1":0}}\n',
    );
    const module = await exported("labels");
    expect(module.predict([[0, 3, 1]])).toEqual([{ kind: "7", scores: { "-1": 0, "7": 3, "1000": 1 } }]);
  });

  test("are what rows to evaluate have", async () => {
    // The label's score is 2 beside 0 and 0.
    const { folder } = folderWith({ "d.jsonl": '{"x": [2, 0, 0], "target": -1}\n{"x": [0, 0, 2], "target": 1000}\n' });
    const data = ["--data", path.join(folder, "d.jsonl"), "--json"];
    const { stdout } = await nnc(["eval", "labels.nn", ...params("labels"), ...data], { cwd });
    expect(JSON.parse(stdout).scores.loss).toBeCloseTo(Math.log(Math.E ** 2 + 2) - 2, 5);
  });
});

describe("several columns to predict", () => {
  test("head the answers", async () => {
    expect(await predict("several", "p,q\n1,-2\n")).toBe("rain,wind\n1,-2\n");
    expect(await predict("several", "p,q\n1,-2\n", "--format", "json")).toBe('{"rain":1,"wind":-2}\n');
    const module = await exported("several");
    expect(module.predict([[1, -2]])).toEqual([{ rain: 1, wind: -2 }]);
    expect(readFileSync(path.join(cwd, "several-js/model.d.mts"), "utf8")).toContain(
      '  readonly "rain": number;\n  readonly "wind": number;\n',
    );
  });

  test("are in their own units where they were standardised", async () => {
    expect(await predict("units", "p,q\n1,-2\n")).toBe("rain,wind\n10,-10\n");
    expect((await exported("units")).predict([[1, -2]])).toEqual([{ rain: 10, wind: -10 }]);
  });

  test("are told by a predictor", async () => {
    const built = compile({ name: "several.nn", source: sources.several });
    if (!built.ok) throw new Error(built.diagnostics[0]?.message);
    const it = await predictor(built.artifact, readFileSync(path.join(cwd, "several/parameters.safetensors")));
    expect(await it.predict([[1, -2]])).toEqual([
      [{ kind: "numbers", name: "output", shape: [2], values: [1, -2], columns: ["rain", "wind"] }],
    ]);
    it.close();
  });

  test("stand in an ONNX model", async () => {
    await nnc(["export", "several.nn", ...params("several"), "-o", "several.onnx"], { cwd });
    expect(readFileSync(path.join(cwd, "several.onnx"), "latin1")).toContain('targets\u0012\u000f["rain","wind"]');
  });
});
