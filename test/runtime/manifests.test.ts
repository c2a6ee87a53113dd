/** What stands in the place of a manifest or of an artifact and is none, in every public call that takes one: a mistake that is told, never a TypeError. */
import { describe, expect, test } from "vitest";
import { load, predictor } from "../../runtime/load/index.ts";
import { unfitted } from "../../runtime/save/fitted.ts";
import { fieldsOf, prepare, prepareFile, train } from "../../runtime/train/index.ts";
import { errorOf, lineArtifact } from "./support.ts";

/** A function as plain JavaScript could call it. */
function loosely(call: unknown): (...values: readonly unknown[]) => unknown {
  // The test's purpose is to break the types.
  return call as never;
}

const artifact = lineArtifact({ train: { data: { reader: "csv", settings: { path: "line.csv", target: "y" } } } });
const contents = { read: () => new TextEncoder().encode("y,a,b\n1,2,3\n") };
const data = { train: { rows: 0, tensors: new Map() } };

const ofManifest: readonly (readonly [string, (manifest: unknown) => unknown])[] = [
  ["prepare", (manifest) => loosely(prepare)(manifest, contents)],
  ["prepare with a seed", (manifest) => loosely(prepare)(manifest, contents, 3)],
  ["prepareFile", (manifest) => loosely(prepareFile)(manifest, contents, "line.csv", unfitted, "evaluate")],
  ["fieldsOf", (manifest) => loosely(fieldsOf)(manifest)],
];
const ofArtifact: readonly (readonly [string, (given: unknown) => unknown])[] = [
  ["load", (given) => loosely(load)(given)],
  ["predictor", (given) => loosely(predictor)(given, new Uint8Array(0))],
  ["train", (given) => (loosely(train)(given, data) as ReturnType<typeof train>).next()],
];
const odd: readonly unknown[] = [
  undefined,
  null,
  {},
  [],
  3,
  "line",
  new Map(),
  () => 0,
  { host: {} },
  { manifest: null },
];

describe("a manifest", () => {
  test.each(ofManifest)("that is none, for %s", async (_, act) => {
    expect(await errorOf(() => act(artifact.manifest))).toBe("no error");
    for (const value of odd) expect(await errorOf(() => act(value))).toMatch(/^NN0701 /);
  });

  test.each(ofManifest)("in whose place the artifact stands, for %s", async (_, act) => {
    expect(await errorOf(() => act(artifact))).toBe(
      'NN0701 this is no artifact that can be loaded: expected a manifest with format: "nnc-artifact", found an artifact: pass `artifact.manifest`',
    );
  });

  test("is shown as it is", async () => {
    const told = await Promise.all(
      [null, {}, { format: "other" }, "line"].map((value) => errorOf(() => loosely(fieldsOf)(value))),
    );
    expect(told.map((text) => text.slice(text.indexOf("found")))).toEqual([
      "found null",
      "found an empty object",
      'found { format: "other" }',
      'found "line"',
    ]);
  });
});

describe("an artifact", () => {
  test.each(ofArtifact)("that is none, for %s", async (_, act) => {
    for (const value of odd) expect(await errorOf(() => act(value))).toMatch(/^NN0701 /);
  });

  test.each(ofArtifact)("in whose place its manifest stands, for %s", async (_, act) => {
    expect(await errorOf(() => act(artifact.manifest))).toBe(
      "NN0701 this is no artifact that can be loaded: expected { manifest, files }, found a manifest: pass the artifact that it is of",
    );
  });
});

describe("what else `prepare` and `prepareFile` take", () => {
  const { manifest } = artifact;
  const file = loosely(prepareFile);
  test.each<[string, () => unknown, string]>([
    ["no contents", () => loosely(prepare)(manifest), "NN0706 option `options`: expected an object, found undefined"],
    [
      "contents that read nothing",
      () => loosely(prepare)(manifest, {}),
      "NN0706 option `read`: expected a function from a path to bytes, found undefined",
    ],
    [
      "no files",
      () => file(manifest, contents, undefined, unfitted, "predict"),
      "NN0706 option `files`: expected a path, a list of them, or an object with a path for each input, found undefined",
    ],
    [
      "a list of what are no files",
      () => file(manifest, contents, ["a.csv", 3], unfitted, "predict"),
      "NN0706 option `files`: expected a path, a list of them, or an object with a path for each input, found an Array",
    ],
    [
      "a number as a file",
      () => file(manifest, contents, { x: 3 }, unfitted, "predict"),
      "NN0706 option `files`: expected a path, a list of them, or an object with a path for each input, found { x: 3 }",
    ],
    [
      "nothing that was fitted",
      () => file(manifest, contents, "a.csv", null, "predict"),
      "NN0706 option `fitted`: expected what `prepare` fitted, found null",
    ],
    [
      "half of what was fitted",
      () => file(manifest, contents, "a.csv", { inputs: [] }, "predict"),
      "NN0706 option `fitted`: expected what `prepare` fitted, found { inputs: … }",
    ],
    [
      "another purpose",
      () => file(manifest, contents, "a.csv", unfitted, "train"),
      'NN0706 option `what`: expected "evaluate" or "predict", found "train"',
    ],
    [
      "no purpose",
      () => file(manifest, contents, "a.csv", unfitted),
      'NN0706 option `what`: expected "evaluate" or "predict", found undefined',
    ],
  ])("%s", async (_, act, message) => {
    expect(await errorOf(act)).toBe(message);
  });
});
