/** Arrays of images with one channel, with several, or without an axis for them: sizes are read off the file, rows reach the network whole. */
import path from "node:path";
import { describe, expect, test } from "vitest";
import { compileFile } from "../../compiler/files.ts";
import { constantValue } from "../../compiler/dimension/dimension.ts";
import { prepare } from "../../runtime/train/index.ts";
import { idx as idxForm, npy as npyForm } from "../../cli/rows/arrays.ts";
import { readDataFile } from "../../runtime/data/files.ts";
import { folderWith, nnc } from "./helpers.ts";

const rows = 4;

/** An array of whole numbers; IDX of bytes. */
function array(reader: "idx" | "npy", shape: readonly number[]): Uint8Array {
  const values = Float32Array.from({ length: shape.reduce((all, size) => all * size, 1) }, (_, at) => at % 200);
  if (reader === "npy") return Buffer.concat([npyForm.head("f32", shape), npyForm.part("f32", values)]);
  return Buffer.concat([idxForm.head("bool", shape), Uint8Array.from(values)]);
}

function program(reader: string, shape: string): string {
  return `model Mean(image: ${shape}) -> [N, 1] = image |> flatten |> dense(1, init: ones)
train Mean { data: ${reader}(image: "x", target: "y", scale: 1/2)  loss: mse  optimizer: sgd(lr: 1e-6)  batch: 2  epochs: 1 }
`;
}

/** A project with an array of this shape. */
function project(reader: "idx" | "npy", file: readonly number[], shape: string): string {
  return folderWith({
    "package.json": "{}",
    "net.nn": program(reader, shape),
    x: array(reader, file),
    y: array(reader, [rows, 1]),
  }).folder;
}

describe.each(["idx", "npy"] as const)("%s", (reader) => {
  test.each<[readonly number[], string, readonly number[]]>([
    [[rows, 3, 2], "[N, H, W, 1]", [3, 2, 1]],
    [[rows, 3, 2, 1], "[N, H, W, 1]", [3, 2, 1]],
    [[rows, 3, 2, 1], "[N, H, W]", [3, 2]],
    [[rows, 3, 2, 3], "[N, H, W, C]", [3, 2, 3]],
    [[rows, 3, 2, 3], "[N, 3, 2, 3]", [3, 2, 3]],
    [[rows, 3, 2, 3], "[N, F]", [18]],
    [[rows, 3, 2], "[N, 6]", [6]],
    [[rows, 2, 2, 2, 2], "[N, D, H, W, C]", [2, 2, 2, 2]],
  ])("of %j feeds %s", (file, shape, expected) => {
    const folder = project(reader, file, shape);
    const compiled = compileFile(path.join(folder, "net.nn"));
    if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ message }) => message).join("\n"));
    const { manifest } = compiled.artifact;
    const { train } = prepare(manifest, { read: (name) => readDataFile(folder, folder, name) });
    expect(manifest.host.models[0]?.inputs[0]?.shape.slice(1).map((size) => constantValue(size))).toEqual(expected);
    const image = train.tensors.get("image");
    expect(image?.shape).toEqual(expected);
    expect([...(image?.data ?? [])]).toEqual(
      Array.from({ length: file.reduce((all, size) => all * size, 1) }, (_, at) => (at % 200) / 2),
    );
  });

  test("with several channels is trained on, evaluated and predicted from", async () => {
    const cwd = project(reader, [rows, 3, 2, 3], "[N, H, W, C]");
    const run = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await nnc(args, { cwd });
      if (code !== 0) throw new Error(stderr);
      return stdout;
    };
    await run("train", "net.nn", "-o", "run");
    const ofNet = ["net.nn", "--params", "run/parameters.safetensors"];
    expect(JSON.parse(await run("eval", ...ofNet, "--json")).rows).toBe(rows);
    const answers = await run("predict", ...ofNet, "--data", "image=x", "--format", "csv");
    expect(answers.trimEnd().split("\n")).toHaveLength(1 + rows);
  });
});
