/** `nnc export --format pytorch` as a user runs it: what it writes, and what it says of what it cannot. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { decode } from "../../runtime/save/safetensors.ts";
import { pointsProject } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

const { folder: cwd } = folderWith(pointsProject);
const params = ["--params", "run/parameters.safetensors"];

beforeAll(async () => {
  await nnc(["train", "points.nn", "-o", "run", "--label", "quick", "--target", "wasm"], { cwd });
}, 120_000);

describe("into a folder", () => {
  test("the module comes with its parameters and the rows of its train", async () => {
    const { code, stderr } = await nnc(["export", "points.nn", ...params, "--format", "pytorch", "-o", "app"], { cwd });
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(
        "torchrun --nproc_per_node 2 app/network.py trains it, python app/network.py in one process",
      ),
    ]);
    const bytes = (name: string): Uint8Array => readFileSync(path.join(cwd, name));
    expect(bytes("app/parameters.safetensors")).toEqual(bytes("run/parameters.safetensors"));
    expect(Buffer.from(bytes("app/network.py")).toString()).toContain("Points in the plane, left or right.");
    const { tensors } = decode("data", bytes("app/data.safetensors"));
    expect([...tensors].map(([name, { dtype, shape }]) => [name, dtype, shape])).toEqual([
      ["train.point", "f32", [30, 2]],
      ["train.target", "i32", [30]],
      ["holdout.point", "f32", [10, 2]],
      ["holdout.target", "i32", [10]],
    ]);
  });

  test("rows are standardised as training had them", () => {
    const { tensors } = decode("data", readFileSync(path.join(cwd, "app/data.safetensors")));
    const values = [...(tensors.get("train.point")?.data ?? [])];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(1e-6);
  });

  test("what nnc wrote is replaced, and nothing else", async () => {
    const again = await nnc(["export", "points.nn", ...params, "--format", "pytorch", "-o", "app"], { cwd });
    expect(again.code).toBe(0);
    const own = folderWith({ ...pointsProject, "app/network.py": "print('mine')\n" }).folder;
    await nnc(["train", "points.nn", "-o", "run", "--label", "quick", "--target", "wasm"], { cwd: own });
    const { code, stderr } = await nnc(["export", "points.nn", ...params, "--format", "pytorch", "-o", "app"], {
      cwd: own,
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining("app/network.py")]);
  });

  test("where the data are gone, it says so", async () => {
    const own = folderWith(pointsProject).folder;
    await nnc(["train", "points.nn", "-o", "run", "--label", "quick", "--target", "wasm"], { cwd: own });
    rmSync(path.join(own, "points.csv"));
    const { code, stderr } = await nnc(["export", "points.nn", ...params, "--format", "pytorch", "-o", "app"], {
      cwd: own,
    });
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining("without data.safetensors, the rows to train on: cannot read the data file points.csv"),
    ]);
    expect(existsSync(path.join(own, "app/data.safetensors"))).toBe(false);
  });
});

test("into a file goes the module alone", async () => {
  const { code, stdout } = await nnc(["export", "points.nn", ...params, "-o", "own/side.py", "--json"], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, folder: "own", files: [{ file: "side.py" }] });
});

test.for([
  [
    ["--format", "pytorch", "-o", "x.mjs"],
    'expected a folder, or a file that ends in .py for --format pytorch, found "x.mjs"',
  ],
  [
    ["--format", "js", "-o", "x.py"],
    'expected a folder, or a file that ends in .mjs or .js for --format js, found "x.py"',
  ],
] as const)("%j is refused", async ([flags, message]) => {
  const { code, stderr } = await nnc(["export", "points.nn", ...params, ...flags], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});
