/**
 * `nnc eval` takes what was fitted from the parameters, whatever became of the data and the source since. The weights are ones and do not
 * move, so that each figure is a sum of a few numbers.
 */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { folderWith, nnc } from "./helpers.ts";

const model = (data: string, settings: string) => `model Sum(x: [N, 2]) -> [N] {
  param w: [2] = ones
  return sum(x * w, axis: -1)
}
train Sum as plain { data: csv("${data}", target: "price"${settings})  loss: mse  optimizer: sgd(lr: 1e-30)  batch: 8  epochs: 1 }
`;
/** The numbers of a row are the scores of its classes: a loss by which a flip of the ids can be seen. It has nothing to learn but a shift of 0. */
const classes = `model Side(x: [N, 2]) -> [N, 2] {
  param shift: [2] = zeros
  return x + shift
}
train Side as plain { data: csv("kinds.csv", target: "kind")  loss: cross_entropy  optimizer: sgd(lr: 1e-30)  batch: 8  epochs: 1  metrics: [accuracy] }
`;

/** The means are 2 and 0, the deviations 1 and 2. */
const rows = "a,b,price\n1,2,0\n3,-2,2\n";
const { folder: cwd } = folderWith({
  "package.json": "{}",
  "train.csv": rows,
  "test.csv": "a,b,price\n4,2,6\n2,-4,0\n",
  "kinds.csv": "a,b,kind\n2,0,dog\n0,2,eel\n",
  "many.csv": `a,b,price\n${Array.from({ length: 10 }, (_, at) => `${at},${at % 3},${at * 2}`).join("\n")}\n`,
  "tested.nn": model("train.csv", ', standardize: true, test: "test.csv"'),
  "units.nn": model("train.csv", ", standardize: [x, target]"),
  "whole.nn": model("train.csv", ", standardize: true"),
  "held.nn": model("many.csv", ", holdout: 20%"),
  "kinds.nn": classes,
});

beforeAll(async () => {
  for (const name of ["tested", "units", "whole", "held", "kinds"])
    await nnc(["train", `${name}.nn`, "-o", `run-${name}`], { cwd });
}, 60_000);

/** Runs `eval --json` in a folder of its own where some files have changed since training. */
async function evalWith(
  name: string,
  changed: Readonly<Record<string, string>>,
): Promise<{ stdout: string; stderr: string }> {
  const own = folderWith({});
  cpSync(cwd, own.folder, { recursive: true });
  for (const [file, content] of Object.entries(changed)) writeFileSync(path.join(own.folder, file), content);
  const params = `run-${name}/parameters.safetensors`;
  return await nnc(["eval", `${name}.nn`, "--params", params, "--json"], { cwd: own.folder });
}

const lossOf = (stdout: string): unknown => JSON.parse(stdout).scores?.loss;

describe("the statistics are those of the parameters", () => {
  // (4 − 2) / 1 + 2 / 2 = 3 against 6; 0 − 4 / 2 = −2 against 0.
  const expected = (9 + 4) / 2;

  test.each([
    ["as they were", {}],
    ["with rows appended", { "train.csv": `${rows}100,100,7\n-50,3,1\n` }],
    ["with columns in another order", { "test.csv": "price,b,a\n6,2,4\n0,-4,2\n" }],
  ])("of a test file, data %s", async (_, changed) => {
    const { stdout, stderr } = await evalWith("tested", changed);
    expect(lossOf(stdout)).toBeCloseTo(expected, 5);
    expect(stderr).toBe("");
  });

  // The prices have the mean 1 and the deviation 1: −1 and 1, against −1 + 1 = 0 and 1 − 1 = 0.
  test("whatever the source standardises today", async () => {
    const { stdout, stderr } = await evalWith("units", { "units.nn": model("train.csv", ", standardize: [x]") });
    expect(lossOf(stdout)).toBeCloseTo(1, 5);
    expect(stderr).toBe(
      "warning[NN0741]: `target` was standardised when the parameters were trained, expected the same of the source, found taken as it is; it is prepared as in training\n\n1 warning\n",
    );
  });
});

test("a class that was renamed is an error, not another id", async () => {
  const right = Math.log1p(Math.exp(-2));
  expect(lossOf((await evalWith("kinds", {})).stdout)).toBeCloseTo(right, 5);
  const { stderr } = await evalWith("kinds", { "kinds.csv": "a,b,kind\n2,0,fox\n0,2,eel\n" });
  expect(stderr).toContain(
    'error[NN0821]: kinds.csv:2:5: the class "fox" of `target` does not occur in the training rows',
  );
});

describe("data that are not those of training", () => {
  const many = (count: number) =>
    `a,b,price\n${Array.from({ length: count }, (_, at) => `${at},${at % 3},${at * 2}`).join("\n")}\n`;

  test.each([
    ["more rows", { "many.csv": many(20) }, "found 16 rows with the checksum"],
    ["another share", { "held.nn": model("many.csv", ", holdout: 50%") }, "found 5 rows with the checksum"],
  ])("%s: the hold-out may hold what was trained on", async (_, changed, found) => {
    const { stdout, stderr } = await evalWith("held", changed);
    expect(stderr).toMatch(
      /^warning\[NN0740\]: the training data are not those that the parameters were trained on: expected 8 rows with the checksum \w{8}, /,
    );
    expect(stderr).toContain(found);
    expect(stderr).toContain("; the hold-out may hold rows that were trained on\n");
    expect(JSON.parse(stdout).diagnostics).toMatchObject([{ code: "NN0740", severity: "warning" }]);
  });

  test.each([
    ["the file that it held rows out of", "held", "many.csv", /expected 2 rows with the checksum \w{8}, found 10 rows/],
    ["other rows than it tested on", "tested", "train.csv", /expected 2 rows with the checksum \w{8}, found 2 rows/],
    ["what it was trained on", "whole", "train.csv", /expected rows that were not trained on, found 2 rows/],
  ])("a `test` that is %s may hold what was trained on", async (_, name, file, found) => {
    const { stdout, stderr } = await evalWith(name, {
      [`${name}.nn`]: model(
        name === "held" ? "many.csv" : "train.csv",
        `, standardize: ${name !== "held"}, test: "${file}"`,
      ),
    });
    expect(stderr).toMatch(
      /^warning\[NN0740\]: the rows of `test` are not those that were held out when the parameters were trained: /,
    );
    expect(stderr).toMatch(found);
    expect(stderr).toContain("; they may hold rows that were trained on\n");
    expect(JSON.parse(stdout).diagnostics).toMatchObject([{ code: "NN0740", severity: "warning" }]);
  });

  test("a `test` that has the rows which were held out is as good as they are", async () => {
    const last = {
      "held.nn": model("many.csv", ", holdout: last(2)"),
      "last.csv": many(10).replace(/\n.*(?=\n8,)/s, ""),
    };
    const own = folderWith({ "package.json": "{}", "many.csv": many(10), ...last });
    await nnc(["train", "held.nn", "-o", "run"], { cwd: own.folder });
    writeFileSync(path.join(own.folder, "held.nn"), model("many.csv", ', test: "last.csv"'));
    const { stderr, code } = await nnc(["eval", "held.nn", "--params", "run/parameters.safetensors"], {
      cwd: own.folder,
    });
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  });

  test("of a run that held nothing out, a `test` of other rows is no matter", async () => {
    const tested = { "whole.nn": model("train.csv", ', standardize: true, test: "test.csv"') };
    expect((await evalWith("whole", tested)).stderr).toBe("");
  });

  test("without a hold-out the figures are of other rows, with the statistics of training", async () => {
    const { stdout, stderr } = await evalWith("whole", { "train.csv": "a,b,price\n4,2,6\n2,-4,0\n" });
    expect(lossOf(stdout)).toBeCloseTo(6.5, 5);
    expect(stderr).toContain("; these are the figures of other rows\n");
  });

  test("nothing is said where nothing changed", async () => {
    expect((await evalWith("held", {})).stderr).toBe("");
  });
});

test.each(["eval", "predict", "export"])(
  "%s of a train that the source has no more names it and those there are",
  async (command) => {
    const source = model("train.csv", ", standardize: true").replace("plain", "other");
    const two = source + source.slice(source.indexOf("train")).replace("other", "second");
    writeFileSync(path.join(cwd, "gone.nn"), two);
    const args = [command, "gone.nn", "--params", "run-whole/parameters.safetensors"];
    const more = command === "export" ? ["-o", "gone"] : ["--data", "test.csv"];
    const { stdout, stderr, code } = await nnc([...args, ...more], { cwd });
    expect({ stdout, stderr, code }).toEqual({
      stdout: "",
      stderr:
        "error[NN0931]: run-whole/parameters.safetensors was trained by the train `plain`; expected it in gone.nn, found `other`, `second`\n" +
        "   = help: --label other means that one\n",
      code: 1,
    });
    expect(await nnc([...args, ...more, "--label", "second"], { cwd })).toMatchObject({ code: 0 });
  },
);

test("an export whose data have changed does without them", async () => {
  const own = folderWith({});
  cpSync(cwd, own.folder, { recursive: true });
  writeFileSync(path.join(own.folder, "train.csv"), "a,b,price\nmany,2,0\n");
  const { stderr, code } = await nnc(
    ["export", "whole.nn", "--params", "run-whole/parameters.safetensors", "-o", "out"],
    { cwd: own.folder },
  );
  const text = code === 0 ? readFileSync(path.join(own.folder, "out/model.mjs"), "utf8") : "";
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("4 stored examples") });
  expect(text).toContain("selftest");
});
