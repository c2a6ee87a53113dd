/** A row of the data is that row wherever it is handed over: as CSV, as a line of JSON, to a predictor and to an exported module. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { predictor } from "../../runtime/load/index.ts";
import type { Row } from "../../runtime/load/index.ts";
import { folderWith, nnc } from "./helpers.ts";

/** Trained by nothing, so that the answer is known: a + 100 b, or x + 100 y. */
const train = (data: string) => `{ data: csv(${data})  loss: mse  optimizer: sgd(lr: 1e-30)  batch: 2  epochs: 1 }\n`;
const swapped = `model Swapped(a: [N], b: [N]) -> [N] {
  param w: [1] = ones
  return w * a + 100 * b
}
train Swapped ${train('"swapped.csv", target: "z", a: "b", b: "a"')}`;
const plane = `model Plane(x: [N, 2]) -> [N] {
  param w: [1] = ones
  return w * x[:, 0] + 100 * x[:, 1]
}
train Plane ${train('"plane.csv", target: "z"')}`;

const { folder: cwd } = folderWith({
  "package.json": "{}",
  "swapped.nn": swapped,
  "swapped.csv": "a,b,z\n1,20,120\n",
  "plane.nn": plane,
  "plane.csv": "x,y,z\n1,2,201\n",
});
const sources: Readonly<Record<string, string>> = { swapped, plane };
const given = (name: string) => [`${name}.nn`, "--params", `${name}/parameters.safetensors`];

beforeAll(async () => {
  for (const name of ["swapped", "plane"]) {
    await nnc(["train", `${name}.nn`, "-o", name], { cwd });
    await nnc(["export", ...given(name), "--format", "js", "-o", `${name}-js`], { cwd });
  }
}, 60_000);

interface Exported {
  readonly predict: (rows: readonly object[]) => readonly { readonly z: number }[];
}

/** What each place answers to the row, or complains of. */
async function answers(name: string, row: Row): Promise<readonly (number | string)[]> {
  const built = compile({ name: `${name}.nn`, source: sources[name] ?? "" }, { target: "wasm" });
  if (!built.ok) throw new Error("it compiles");
  const it = await predictor(built.artifact, readFileSync(path.join(cwd, name, "parameters.safetensors")));
  // What `export` writes.
  const module = (await import(pathToFileURL(path.join(cwd, `${name}-js/model.mjs`)).href)) as Exported;
  const said = (call: () => number | undefined): number | string => {
    try {
      return call() ?? NaN;
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  };
  const { stdout, stderr } = await nnc(["predict", ...given(name), "--format", "json"], {
    cwd,
    stdin: `${JSON.stringify(row)}\n`,
  });
  return [
    stdout === "" ? stderr : Number(JSON.parse(stdout).z),
    said(() => it.predictSync([row]).flatMap(([answer]) => (answer?.kind === "numbers" ? answer.values : []))[0]),
    said(() => module.predict([row])[0]?.z),
  ];
}

describe("the command, a predictor and an exported module", () => {
  test("read what CSV says", async () => {
    const csv = (name: string, stdin: string) => nnc(["predict", ...given(name)], { cwd, stdin });
    expect(await csv("swapped", "a,b\n1,20\n")).toMatchObject({ stdout: "z\n120\n" });
    expect(await csv("plane", "x,y\n1,2\n")).toMatchObject({ stdout: "z\n201\n" });
  });

  test.each<[string, Row, number]>([
    ["swapped", { a: 1, b: 20 }, 120],
    ["swapped", { a: 1, b: 20, z: 0 }, 120],
    ["swapped", { a: [1], b: [20] }, 2001],
    ["plane", { x: 1, y: 2 }, 201],
    ["plane", { x: [1, 2] }, 201],
    ["plane", [1, 2], 201],
  ])("of %s, %j", async (name, row, expected) => {
    expect(await answers(name, row)).toEqual([expected, expected, expected]);
  });

  test.each<[string, Row, readonly string[]]>([
    ["swapped", { a: 1 }, ["expected a value for `b`", "expected a value for `b`", 'expected "b", found none']],
    ["plane", { x: 1 }, ["expected a value for `y`", "expected a value for `y`", 'expected "y", found none']],
    ["plane", { x: [1, 2], y: 3 }, Array<string>(3).fill('expected the keys "x", "z", "target", found "y", which')],
  ])("refuse of %s %j", async (name, row, expected) => {
    const found = await answers(name, row);
    expect(found).toEqual(expected.map((message) => expect.stringContaining(message)));
  });
});
