/** With `--json`, standard output is JSON and nothing else, whatever happens; its last line tells whether the command did its work. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { pointsProject, pointsSource } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

const { folder: cwd } = folderWith({
  ...pointsProject,
  "wrong.nn": pointsSource.replace("dense(4)", "dens(4)"),
  "nodata.nn": pointsSource.replaceAll("points.csv", "none.csv"),
  "bad.safetensors": "no checkpoint",
});
const params = ["--params", "run/parameters.safetensors"];

beforeAll(async () => {
  await nnc(["train", "points.nn", "-o", "run", "--target", "wasm"], { cwd });
}, 60_000);

function documents(text: string): readonly Readonly<Record<string, unknown>>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

describe("what succeeds", () => {
  test.each([
    [
      ["check", "points.nn"],
      ["ok", "models", "diagnostics"],
    ],
    [
      ["build", "points.nn", "-o", "built"],
      ["ok", "target", "folder", "files", "arenaBytes", "diagnostics"],
    ],
    [
      ["eval", "points.nn", ...params],
      ["ok", "data", "rows", "scores", "diagnostics"],
    ],
    [
      ["export", "points.nn", ...params, "-o", "out"],
      ["ok", "folder", "files", "diagnostics"],
    ],
    [
      ["fmt", "points.nn"],
      ["ok", "files", "diagnostics"],
    ],
    [
      ["explain", "NN0201"],
      ["ok", "code", "severity", "explanation", "example"],
    ],
  ])("nnc %j is one document", async (args, keys) => {
    const { stdout, code } = await nnc([...args, "--json"], { cwd });
    const all = documents(stdout);
    expect(all.map((one) => Object.keys(one))).toEqual([keys]);
    expect(all[0]?.["ok"]).toBe(true);
    expect(code).toBe(0);
  });
});

test("weights that are not finite are a warning, and said to programs too", async () => {
  const bytes = readFileSync(path.join(cwd, "run/parameters.safetensors"));
  // The first tensor's first number.
  bytes.writeFloatLE(NaN, 8 + Number(bytes.readBigUInt64LE(0)));
  // As of another program, which writes no checksum.
  const text = bytes.toString("latin1").replace("nnc.checksum", "its.checksum");
  writeFileSync(path.join(cwd, "nan.safetensors"), text, "latin1");
  const { stdout, stderr, code } = await nnc(["eval", "points.nn", "--params", "nan.safetensors", "--json"], { cwd });
  const message = 'nan.safetensors: expected finite numbers, found NaN at element 0 of tensor "Side.dense.w"';
  expect(documents(stdout)).toMatchObject([
    { ok: true, diagnostics: [{ code: "NN0923", severity: "warning", message }] },
  ]);
  expect(stderr).toContain(`warning[NN0923]: ${message}`);
  expect(code).toBe(0);
});

test.each([
  [["check", "none/here.nn"], "cannot read none/here.nn: there is no such file or folder"],
  [["check", "run"], "cannot read run: it is a folder, expected a file"],
  [["eval", "points.nn", "--params", "run"], "cannot read run: it is a folder, expected a file"],
])("nnc %j names the file as the user does", async (args, message) => {
  expect((await nnc(args, { cwd })).stderr).toBe(`error[NN0925]: ${message}\n`);
});

describe("what fails", () => {
  test.each([
    [["check", "wrong.nn"], "NN0201"],
    [["check", "."], "NN0925"],
    [["build", "wrong.nn", "-o", "built"], "NN0201"],
    [["build", "points.nn", "-o", "points.csv"], "NN0924"],
    [["eval", "points.nn", "--params", "none"], "NN0925"],
    [["eval", "points.nn", "--params", "bad.safetensors"], "NN0903"],
    [["predict", "wrong.nn", ...params], "NN0201"],
    [["predict", "points.nn", ...params, "--data", "none.csv"], "NN0925"],
    [["export", "points.nn", "--params", "none", "-o", "out"], "NN0925"],
    [["graph", "wrong.nn"], "NN0201"],
    [["graph", "points.nn", "-o", "points.csv/x.svg"], "NN0924"],
    [["bench", "wrong.nn"], "NN0201"],
    [["fmt", "none.nn"], "NN0925"],
  ])("nnc %j is a document with the diagnostics", async (args, expected) => {
    const { stdout, stderr, code } = await nnc([...args, "--json"], { cwd });
    const all = documents(stdout);
    expect(all).toMatchObject([{ ok: false, diagnostics: [{ code: expected, severity: "error" }] }]);
    expect(stderr).toContain(`error[${expected}]`);
    expect(code).toBe(1);
  });

  test.each([
    [["train", "wrong.nn", "-o", "x"], "NN0201"],
    [["train", "nodata.nn", "-o", "x"], "NN0801"],
    [["train", "points.nn", "-o", "x", "--resume"], "NN0725"],
  ])("nnc %j ends with an event that has the diagnostics", async (args, expected) => {
    const { stdout, code } = await nnc([...args, "--json"], { cwd });
    expect(documents(stdout)).toMatchObject([{ event: "failed", diagnostics: [{ code: expected }] }]);
    expect(code).toBe(1);
  });

  test("labels name files as the user does", async () => {
    const { stdout } = await nnc(["build", "wrong.nn", "-o", "built", "--json"], { cwd });
    expect(documents(stdout)[0]?.["diagnostics"]).toMatchObject([{ labels: [{ file: "wrong.nn" }] }]);
  });
});
