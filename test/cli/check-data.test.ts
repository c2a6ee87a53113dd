/** `nnc check` finds in the first lines and heads of data what training would, with the sentences of training; and reads no further. */
import { symlinkSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { npy as npyForm } from "../../cli/rows/arrays.ts";
import { folderWith, nnc } from "./helpers.ts";

const program = (data: string, input = "[N, 2]"): string => `model M(x: ${input}) -> [N, 2] = x |> flatten |> dense(2)
train M { data: ${data}  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 2  epochs: 1 }
`;

function npy(shape: readonly number[]): Uint8Array {
  const values = new Float32Array(shape.reduce((all, size) => all * size, 1));
  return Buffer.concat([npyForm.head("f32", shape), npyForm.part("f32", values)]);
}

function idx(shape: readonly number[]): Uint8Array {
  const values = Array.from({ length: shape.reduce((all, size) => all * size, 1) }, () => 0);
  return Uint8Array.of(0, 0, 8, shape.length, ...shape.flatMap((size) => [0, 0, 0, size]), ...values);
}

const table = "a,b,side\n1,2,left\n3,4,right\n";
const files: Readonly<Record<string, string | Uint8Array>> = {
  "package.json": "{}",
  "d.csv": table,
  "d.csv.gz": gzipSync(table),
  "other.csv": "a,c,side\n1,2,left\n",
  "words.csv": "a,b,side\n1,two,left\n",
  "empty.csv": "a,b,side\n",
  "blank.csv": "a,b,side\n\n1,2,left\n",
  "bare.csv": "1,2,0\n3,4,1\n",
  "x.npy": npy([4, 2]),
  "wide.npy": npy([4, 3]),
  "turned.npy": npy([4, 3, 2]),
  "y.npy": npy([4]),
  "short.npy": npy([4, 2]).subarray(0, 140),
  "x.idx": idx([4, 2]),
  "y.idx": idx([3]),
  "y.idx.gz": gzipSync(idx([4])),
  "z.npy": gzipSync(npy([4, 3])),
};

/** The first sentence of `check`, and that of `train`. */
async function told(source: string): Promise<{ readonly check: string; readonly train: string }> {
  const { folder: own } = folderWith({ ...files, "net.nn": source });
  const run = async (...args: readonly string[]): Promise<string> => {
    const { stderr } = await nnc(args, { cwd: own });
    return stderr.split("\n")[0]?.replaceAll(own, "FOLDER") ?? "";
  };
  return { check: await run("check", "net.nn"), train: await run("train", "net.nn", "-o", "run") };
}

const outside = '; expected a relative path inside the project, the folder "FOLDER"';

describe("what is wrong with data is said by check as by train", () => {
  test.each<[string, string, string]>([
    [
      "a target that is not there",
      program('csv("d.csv", target: "sid")'),
      'error[NN0810]: d.csv has no column "sid", which `target` is read from; its columns are "a", "b", "side"',
    ],
    [
      "a target that is not told",
      program('csv("d.csv")'),
      'error[NN0812]: expected to be told which column of d.csv `target` is read from, as in `target: "column"`; its columns are "a", "b", "side"',
    ],
    [
      "too few columns",
      program('csv("d.csv", target: "side")', "[N, 3]"),
      "error[NN0814]: `x` takes 3 numbers a row ([3]), found 2 in the columns of d.csv",
    ],
    [
      "a pattern that nothing fits, in a packed file",
      program('csv("d.csv.gz", target: "side", x: "p*")'),
      'error[NN0811]: no column of d.csv.gz fits the pattern "p*", which `x` is read from; its columns are "a", "b", "side"',
    ],
    [
      "a word in the first row",
      program('csv("words.csv", target: "side")'),
      'error[NN0815]: words.csv:2:3: expected a number in column "b", found "two"',
    ],
    [
      "no rows",
      program('csv("empty.csv", target: "side")'),
      "error[NN0809]: empty.csv: expected a line of column names and at least one line of data, found only the column names",
    ],
    [
      "a blank line among those of data",
      program('csv("blank.csv", target: "side")'),
      "error[NN0807]: blank.csv:2: expected 3 cells as in the first line, found 1",
    ],
    [
      "other columns in a second file",
      program('csv(["d.csv", "other.csv"], target: "side")'),
      'error[NN0838]: other.csv: expected the columns "a", "b", "side", as in d.csv, found the columns "a", "c", "side"',
    ],
    [
      "other columns in the file of `test`",
      program('csv("d.csv", target: "side", test: "other.csv")'),
      'error[NN0810]: other.csv has no column "b", which `x` is read from; its columns are "a", "c", "side"',
    ],
    [
      "a first line of numbers",
      program('csv("bare.csv", target: "side")'),
      'error[NN0810]: bare.csv has no column "side", which `target` is read from; its columns are "1", "2", "0"',
    ],
    [
      "an array of other rows",
      program('npy(x: "wide.npy", target: "y.npy")'),
      "error[NN0814]: `x` takes 2 numbers a row ([2]), found 3 in wide.npy",
    ],
    [
      "a packed array of other rows",
      program('npy(x: "z.npy", target: "y.npy")'),
      "error[NN0814]: `x` takes 2 numbers a row ([2]), found 3 in z.npy",
    ],
    [
      "axes in another order",
      program('npy(x: "turned.npy", target: "y.npy")', "[N, 2, 3]"),
      "error[NN0836]: `x` takes rows of [2, 3], found the same sizes in another order in turned.npy: [3, 2]",
    ],
    [
      "arrays of different lengths",
      program('idx(x: "x.idx", target: "y.idx")'),
      "error[NN0824]: x.idx has 4 rows and y.idx has 3; expected the same number",
    ],
    ["an array that is cut short", program('npy(x: "short.npy", target: "y.npy")'), "error[NN0827]: short.npy"],
    ["a target without a file", program('npy(x: "x.npy")'), "error[NN0831]: the data lack `target`"],
    ["another format", program('idx(x: "x.npy", target: "y.idx")'), "error[NN0826]: x.npy"],
    [
      "a path that leaves the project",
      program('csv("../d.csv", target: "side")'),
      `error[NN0802]: the data file "../d.csv" lies outside the project${outside}`,
    ],
    [
      "an absolute path of `test`",
      program('csv("d.csv", target: "side", test: "/tmp/d.csv")'),
      `error[NN0802]: the data file "/tmp/d.csv" is an absolute path${outside}`,
    ],
  ])("%s", async (_, source, sentence) => {
    const { check, train } = await told(source);
    expect(check).toContain(sentence);
    expect(train).toBe(check);
  });
});

test("what a link leads to outside is refused with the folder that is taken for the project", async () => {
  const { folder: own } = folderWith({
    "project/package.json": "{}",
    "project/a/net.nn": program('csv("l.csv")'),
    "d.csv": table,
  });
  symlinkSync(path.join(own, "d.csv"), path.join(own, "project/a/l.csv"));
  const { stderr, code } = await nnc(["check", "net.nn"], { cwd: path.join(own, "project/a") });
  expect([stderr.split("\n")[0], code]).toEqual([
    `error[NN0802]: the data file "l.csv" is a link that leads out of the project; expected a relative path inside the project, the folder ${JSON.stringify(path.join(own, "project"))}`,
    1,
  ]);
});

test("what training starts from may not lie outside either, but need not be there yet", async () => {
  const started = (file: string) =>
    program('csv("d.csv", target: "side")').replace("epochs: 1", `epochs: 1  start_from: "${file}"`);
  expect((await told(started("../m.safetensors"))).check).toBe(
    `error[NN0802]: the data file "../m.safetensors" lies outside the project${outside}`,
  );
  expect((await told(started("m.safetensors"))).check).toBe("");
});

test("a warning of training is one of check", async () => {
  const { check } = await told(
    program('csv("bare.csv", header: false, target: "column_3", x: ["column_1", "column_3"])'),
  );
  expect(check).toContain('warning[NN0837]: the column "column_3" is the target and is read for `x` as well');
});

test.each(["d.csv", "d.csv.gz"])("rows behind the first of %s are not read", async (file) => {
  const rows = Array.from({ length: 20_000 }, (_, at) => `${Math.sin(at)},${Math.cos(at)},left\n`).join("");
  const text = `a,b,side\n${rows}1,2\n`;
  const { folder } = folderWith({
    ...files,
    [file]: file.endsWith(".gz") ? gzipSync(text) : text,
    "net.nn": program(`csv("${file}", target: "side")`),
  });
  expect((await nnc(["check", "net.nn"], { cwd: folder })).stderr).toBe("");
  expect((await nnc(["train", "net.nn", "-o", "run"], { cwd: folder })).stderr).toContain("NN0807");
});
