/** Words for a target of two: told when training begins, and answered by what predicts. The weights are ones and do not move, so the logit is the row's sum. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { folderWith, nnc } from "./helpers.ts";

const model = `model Sum(x: [N, 2]) -> [N] {
  param w: [2] = ones
  return sum(x * w, axis: -1)
}
`;
const train = (loss: string): string =>
  `${model}train Sum { data: csv("d.csv", target: "sold")  loss: ${loss}  optimizer: sgd(lr: 1e-30)  batch: 4  epochs: 1 }\n`;
const truth = `loss logistic(output: [N], target: bool[N]) -> [] = binary_cross_entropy(output, f32(target))\n`;

const { folder: cwd } = folderWith({
  "package.json": "{}",
  "d.csv": "a,b,sold\n1,1,yes\n-3,1,no\n0,0,no\n2,-1,yes\n",
  "logit.nn": train("binary_cross_entropy"),
  "truth.nn": truth + train("logistic"),
  "number.nn": train("mse"),
});

const params = (name: string): readonly string[] => ["--params", `${name}/parameters.safetensors`];

beforeAll(async () => {
  for (const name of ["logit", "truth", "number"]) await nnc(["train", `${name}.nn`, "-o", name], { cwd });
}, 60_000);

test("training says which word is 0 and which is 1", async () => {
  const { stderr } = await nnc(["train", "logit.nn", "-o", "again"], { cwd });
  expect(stderr.split("\n")[1]).toBe('Sum: target: "no" is 0, "yes" is 1');
  const { stdout } = await nnc(["train", "logit.nn", "-o", "again", "--json"], { cwd });
  expect(JSON.parse(stdout.split("\n")[0] ?? "")).toMatchObject({
    classes: [{ name: "target", values: ["no", "yes"] }],
  });
});

test.each([
  // A single logit is that of the second class, beside 0 for the first, which a tie goes to.
  ["logit", "sold,score no,score yes\nyes,0,2\nno,0,-2\nno,0,0\nyes,0,1\n"],
  ["truth", "sold,score no,score yes\nyes,0,2\nno,0,-2\nno,0,0\nyes,0,1\n"],
  // What means yes, and from where on, nothing says of another loss.
  ["number", "sold\n2\n-2\n0\n1\n"],
])("predict of %s", async (name, expected) => {
  const { stdout } = await nnc(["predict", `${name}.nn`, ...params(name), "--data", "d.csv"], { cwd });
  expect(stdout).toBe(expected);
});

test.each([
  ["an array", '[{"x": [1, 1], "target": "yes"}]', ": expected an object on each line, found one array of 1 element"],
  ["a list", "[1, 1]", ":1: expected a value for `x`, found a list, which has no place for what else is read"],
])("eval says that each line is an object, not %s", async (_, text, message) => {
  const { folder } = folderWith({ "d.json": text });
  const file = path.join(folder, "d.json");
  const { stderr, code } = await nnc(["eval", "logit.nn", ...params("logit"), "--data", file], { cwd });
  expect(stderr).toContain(file + message);
  expect(code).toBe(1);
});

test("eval reads the words", async () => {
  const loss = (logit: number, target: number) => Math.log1p(Math.exp(target === 1 ? -logit : logit));
  const mean = (loss(2, 1) + loss(-2, 0) + loss(0, 0) + loss(1, 1)) / 4;
  for (const file of ["d.csv", "d.jsonl"]) {
    const rows =
      '{"x": [1, 1], "target": "yes"}\n{"x": [-3, 1], "target": "no"}\n{"x": [0, 0], "target": "no"}\n{"x": [2, -1], "target": "yes"}\n';
    const { folder } = folderWith({
      "d.jsonl": rows,
      "d.csv": "b,a,sold\n1,1,yes\n1,-3,no\n0,0,no\n-1,2,yes\n",
    });
    const args = ["eval", "logit.nn", ...params("logit"), "--data", path.join(folder, file), "--json"];
    const { stdout } = await nnc(args, { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ rows: 4, scores: { loss: expect.closeTo(mean, 6) } });
  }
});

test("an exported module answers as predict does", async () => {
  await nnc(["export", "logit.nn", ...params("logit"), "--format", "js", "-o", "out"], { cwd });
  const module = await import(pathToFileURL(path.join(cwd, "out/model.mjs")).href);
  expect(
    module.predict([
      [1, 1],
      [-3, 1],
    ]),
  ).toEqual([
    { sold: "yes", scores: { no: 0, yes: 2 } },
    { sold: "no", scores: { no: 0, yes: -2 } },
  ]);
});
