/** From a manifest and files to data sets: fields and their roles, splits, test files, files to predict. */
import { describe, expect, it } from "vitest";
import type { HostData, HostTrain } from "../../compiler/program/host.ts";
import { fieldsOf, prepare, prepareFile } from "../../runtime/train/index.ts";
import { unfitted } from "../../runtime/save/fitted.ts";
import { errorOf, lineArtifact } from "./support.ts";

const files = new Map([
  ["line.csv", "y,a,b\n1,2,3\n2,4,6\n3,6,9\n4,8,12\n"],
  ["test.csv", "b,a,y\n3,2,1\n"],
  ["new.csv", "b,a\n6,4\n"],
]);

function read(path: string): Uint8Array {
  const text = files.get(path);
  if (text === undefined) throw new Error(`no file ${path}`);
  return new TextEncoder().encode(text);
}

function manifestWith(settings: HostData["settings"], changes: Partial<HostTrain> = {}) {
  return lineArtifact({
    train: { data: { reader: "csv", settings: { path: "line.csv", target: "y", ...settings } }, ...changes },
  }).manifest;
}

describe("prepare", () => {
  it("knows what the program wants", () => {
    expect(fieldsOf(manifestWith({}))).toEqual([
      { name: "x", role: "input", dtype: "f32", shape: [2] },
      { name: "target", role: "target", dtype: "f32", shape: [] },
    ]);
  });

  it("reads, splits and fits", () => {
    const { train, holdout, fitted, seed } = prepare(manifestWith({ holdout: 0.25, standardize: true }), { read }, 5);
    expect([train.rows, holdout?.rows, seed]).toEqual([3, 1, 5]);
    const sum = [...(train.tensors.get("x")?.data ?? [])].reduce((total, value) => total + value, 0);
    expect(sum).toBeCloseTo(0, 5);
    expect(fitted?.columns).toEqual([
      { name: "x", values: ["a", "b"] },
      { name: "target", values: ["y"] },
    ]);
  });

  it("refuses labels that a loss takes for probabilities, of training and of a test", async () => {
    const [x, y] = lineArtifact().manifest.host.train?.inputs ?? [];
    const inputs = x === undefined || y === undefined ? [] : [x, { ...y, probability: true }];
    const message = "expected 0 or 1, or what lies between, for `target`, found 2";
    expect(await errorOf(() => prepare(manifestWith({}, { inputs }), { read }))).toBe(
      `NN0851 line.csv:3:1: ${message}`,
    );
    files.set("binary.csv", "y,a,b\n1,2,3\n0,4,6\n");
    files.set("other.csv", "y,a,b\n1,2,3\n2,4,6\n");
    const tested = manifestWith({ path: "binary.csv", test: "other.csv" }, { inputs });
    expect(await errorOf(() => prepare(tested, { read }))).toBe(`NN0851 other.csv:3:1: ${message}`);
  });

  it("takes a test file for a hold-out, and other files in any order of columns", () => {
    const manifest = manifestWith({ test: "test.csv", scale: 0.5 });
    const { train, holdout, fitted } = prepare(manifest, { read });
    expect([train.rows, [...(holdout?.tensors.get("x")?.data ?? [])]]).toEqual([4, [1, 1.5]]);
    if (fitted === undefined) return;
    const rows = prepareFile(manifest, { read }, "new.csv", fitted, "predict");
    expect([rows.rows, [...rows.tensors.keys()], [...(rows.tensors.get("x")?.data ?? [])]]).toEqual([1, ["x"], [2, 3]]);
    expect(prepareFile(manifest, { read }, "test.csv", fitted, "evaluate").tensors.get("target")?.data[0]).toBe(1);
  });

  it("reads the file of start_from", () => {
    files.set("old.safetensors", "bytes");
    expect(prepare(manifestWith({}, { startFrom: "old.safetensors" }), { read }).startFrom).toEqual(
      read("old.safetensors"),
    );
  });

  it("takes arrays of the host program", async () => {
    const { manifest } = lineArtifact({ train: { data: { reader: "given", settings: {} } } });
    const given = new Map<string, unknown>([
      ["x", Float32Array.of(1, 2, 3, 4)],
      ["target", Float32Array.of(5, 6)],
    ]);
    expect(prepare(manifest, { read, given }).train.rows).toBe(2);
    expect(await errorOf(() => prepare(lineArtifact({ train: "none" }).manifest, { read }))).toBe(
      "NN0707 prepare needs an artifact with a `train`; this one only predicts",
    );
  });
});

it("a manifest that is none is refused, as by `load`", async () => {
  const damaged = { format: "nnc-artifact", version: 1, host: { train: {} } } as never;
  const none = { read: () => new Uint8Array() };
  for (const call of [
    () => prepare(damaged, none),
    () => fieldsOf(damaged),
    () => prepareFile(damaged, none, "x.csv", unfitted, "predict"),
  ])
    expect(await errorOf(call)).toMatch(/^NN0701 /);
});
