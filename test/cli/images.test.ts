/** Folders and lists of images in every command, and what is said of those that are missing or damaged. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compileFile, readImages } from "../../compiler/files.ts";
import { hasSharp, picture } from "../data/pictures.ts";
import { folderWith, nnc } from "./helpers.ts";

function source(data: string): string {
  return `/// What colour?
model Hue(image: [N, H, W, C]) -> [N, 2] = image |> flatten |> dense(2, init: zeros)
train Hue { data: ${data}  loss: cross_entropy  optimizer: adam(lr: 0.05)  batch: 4  epochs: 8  metrics: [accuracy]  seed: 2 }
`;
}

const project = folderWith({
  "package.json": "{}",
  "net.nn": source('images("photos", size: [4, 3], scale: 1/255, test: "test", augment: [flip, crop(1)])'),
  "list.nn": source('images("photos/list.csv", image: "name", target: "hue", size: [4, 3], scale: 1/255, holdout: 2)'),
  "column.nn": source('images("photos", size: [4, 3], target: "hue")'),
  "last.nn": source('images("photos", size: [4, 3], holdout: last(2))'),
  "two.nn": source('images("loose", size: [4, 3], scale: 1/255)'),
  "bad.nn": source('images("bad", size: [4, 3], scale: 1/255)'),
  "fixed.nn": source('images("photos", size: [4, 3])').replace("[N, H, W, C]", "[N, 8, 8, 3]"),
  "turned.nn": source('images("photos", size: [4, 3])').replace("[N, H, W, C]", "[N, 3, 4, 3]"),
  "points.nn":
    'model P(x: [N, 2]) -> [N, 1] = x |> dense(1)\ntrain P { data: csv("p.csv", target: "y")  loss: mse  optimizer: sgd(lr: 0.1)  batch: 2  epochs: 1 }\n',
  "p.csv": "a,b,y\n1,2,3\n4,5,6\n",
  "photos/blue/notes.txt": "",
  "test/red/notes.txt": "",
  "bad/blue/1.png": "GIF89a",
  "bad/red/1.png": "GIF89a",
  "loose/1.png": "",
});
const cwd = project.folder;

/** A picture of one colour with a little of another. */
async function paint(file: string, colour: readonly number[], at: number): Promise<void> {
  const [width, height] = [3 + (at % 3), 4 + (at % 2)];
  const pixels = Array.from(
    { length: width * height * 3 },
    (_, index) => (colour[index % 3] ?? 0) + ((index * at) % 40),
  );
  const one = picture(width, height, 3, pixels);
  const made = file.endsWith(".png") ? one.png() : file.endsWith(".jpg") ? one.jpeg() : one.webp();
  const place = path.join(cwd, file);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, await made.toBuffer());
}

/** By the trainings. */
let told = "";

const endings = ["png", "jpg", "webp"];
const hues = [
  ["blue", [10, 20, 200]],
  ["red", [200, 20, 10]],
] as const;

beforeAll(async () => {
  if (!hasSharp) return;
  const names: string[] = [];
  for (const [hue, colour] of hues) {
    for (let at = 0; at < 5; at++) {
      const name = `${hue}/${at}.${endings[at % 3]}`;
      names.push(`${name},${hue}`);
      await paint(`photos/${name}`, colour, at);
    }
    await paint(`test/${hue}/x.png`, colour, 7);
  }
  writeFileSync(path.join(cwd, "photos/list.csv"), ["name,hue", ...names, ""].join("\n"));
  for (const name of ["net", "list"]) {
    const { code, stderr } = await nnc(["train", `${name}.nn`, "-o", name], { cwd });
    if (code !== 0) throw new Error(stderr);
    told += stderr;
  }
}, 60_000);

/** The output of a command, or its complaints. */
async function said(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await nnc(args, { cwd });
  return code === 0 ? stdout : stderr;
}

const ofNet = ["net.nn", "--params", "net/parameters.safetensors"] as const;
const ofList = ["list.nn", "--params", "list/parameters.safetensors"] as const;

describe.skipIf(!hasSharp)("a network of images", () => {
  test("has the sizes of the data", async () => {
    const { models } = JSON.parse(await said("check", "net.nn", "--json"));
    expect(models[0].inputs[0].shape).toEqual(["N", 4, 3, 3]);
  });

  test("is evaluated on its test, a folder with classes, or a list", async () => {
    for (const [args, data, rows] of [
      [ofNet, [], 2],
      [ofList, [], 2],
      [ofList, ["--data", "test"], 2],
      [ofList, ["--data", "photos/list.csv"], 10],
    ] as const) {
      const { rows: found, scores } = JSON.parse(await said("eval", ...args, ...data, "--json"));
      expect([found, scores.accuracy]).toEqual([rows, 1]);
    }
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ["a folder", ["test"], ["test/blue/x.png,blue", "test/red/x.png,red"]],
    [
      "a folder for its input",
      ["image=photos/red"],
      [0, 1, 2, 3, 4].map((at) => `photos/red/${at}.${endings[at % 3]},red`),
    ],
    ["files and folders", ["photos/red/1.jpg", "test/blue"], ["photos/red/1.jpg,red", "test/blue/x.png,blue"]],
  ])("predicts from %s, and names each file", async (_, files, expected) => {
    const text = await said("predict", ...ofNet, ...files.flatMap((file) => ["--data", file]));
    const [head, ...lines] = text.trimEnd().split("\n");
    expect(head).toBe("file,output,score blue,score red");
    expect(lines.map((line) => line.split(",").slice(0, 2).join())).toEqual(expected);
  });

  test("predicts from a list, in JSON, and as bare scores in NPY", async () => {
    const lines = (await said("predict", ...ofList, "--data", "photos/list.csv", "--json")).trimEnd().split("\n");
    const answers = lines.map((line) => JSON.parse(line));
    expect(answers.map(({ file, hue }) => [file, hue])).toEqual(
      hues.flatMap(([hue]) => [0, 1, 2, 3, 4].map((at) => [`photos/${hue}/${at}.${endings[at % 3]}`, hue])),
    );
    expect(await said("predict", ...ofNet, "--data", "test", "--format", "npy")).toContain("'shape': (2, 2)");
  });

  test("says in an exported module what its rows are", async () => {
    await said("export", ...ofNet, "--format", "js", "-o", "out");
    const text = readFileSync(path.join(cwd, "out/model.mjs"), "utf8");
    expect(text).toContain(` * "image" was read from images: 4 rows of 3 pixels, from the top left, each
 * red, green and blue from 0 to 255. They were turned upright as EXIF says, in sRGB,
 * transparent parts over white, and stretched to that size as Pillow's BILINEAR does.`);
  });

  test("is fed by a program with `readImages`", async () => {
    const file = path.join(cwd, "net.nn");
    const compiled = compileFile(file);
    if (!compiled.ok) throw new Error("does not compile");
    const images = await readImages(file, compiled.artifact.manifest);
    expect([...images].map(([name, { shape, labels }]) => [name, shape, labels?.length])).toEqual([
      ["photos", [10, 4, 3, 3], 10],
      ["test", [2, 4, 3, 3], 2],
    ]);
    const others = await readImages(file, compiled.artifact.manifest, { path: "photos/red", what: "predict" });
    expect([...others].map(([name, { labels, shape }]) => [name, labels, shape[0]])).toEqual([
      ["photos/red", undefined, 5],
    ]);
    const wrong = readImages(file, compiled.artifact.manifest, { what: "train" as never });
    await expect(wrong).rejects.toThrow("option `what`: expected evaluate or predict");
    const without = readImages(file, compiled.artifact.manifest, { what: "predict" });
    await expect(without).rejects.toThrow("option `what`: expected a `path` beside it");
  });

  test("goes on from a checkpoint as if it had not stopped", async () => {
    await said("train", "net.nn", "-o", "part", "--epochs", "3");
    await said("train", "net.nn", "-o", "part", "--epochs", "8", "--resume");
    const bytes = (folder: string) => readFileSync(path.join(cwd, folder, "parameters.safetensors"));
    expect(bytes("part").equals(bytes("net"))).toBe(true);
  });

  test("tells of files that it left out", () => {
    expect(told).toContain(
      'warning[NN0875]: photos holds 2 files that are no PNG, JPEG or WebP by name and left out: "photos/list.csv", "photos/blue/notes.txt"',
    );
    expect(told).toContain("warning[NN0875]: test holds 1 file that is no");
  });

  test.each<[string, readonly string[], string]>([
    [
      "an image that is none",
      ["train", "bad.nn", "-o", "x"],
      "error[NN0873]: bad/blue/1.png: expected a whole PNG, JPEG or WebP image, found something else",
    ],
    [
      "images without classes",
      ["train", "two.nn", "-o", "x"],
      'error[NN0874]: loose: expected a folder for each class, with its images, found the image "1.png"',
    ],
    [
      "another size than the network's",
      ["train", "fixed.nn", "-o", "x"],
      "error[NN0814]: `image` takes 192 numbers a row ([8, 8, 3]), found 36 in an image of 4×3 pixels with 3 channels",
    ],
    ...["check", "train"].map((command): [string, readonly string[], string] => [
      `height and width the other way round, by ${command}`,
      [command, "turned.nn", ...(command === "train" ? ["-o", "x"] : [])],
      "error[NN0836]: `image` takes rows of [3, 4, 3], found the same sizes in another order in an image of 4×3 pixels with 3 channels: [4, 3, 3]",
    ]),
    ...["check", "train"].flatMap((command): readonly [string, readonly string[], string][] => [
      [
        `a column of folders, by ${command}`,
        [command, "column.nn", ...(command === "train" ? ["-o", "x"] : [])],
        "error[NN0832]: `target` of the data: expected a list in CSV, which has columns",
      ],
      [
        `the last rows of folders, by ${command}`,
        [command, "last.nn", ...(command === "train" ? ["-o", "x"] : [])],
        "error[NN0832]: `holdout` of the data: expected 2, which are drawn",
      ],
    ]),
    [
      "an image without its class",
      ["eval", ...ofNet, "--data", "test/red/x.png"],
      "--data: expected a folder with one for each class, or a list in CSV, found the image test/red/x.png",
    ],
    [
      "an image beside numbers",
      ["predict", ...ofNet, "--data", "test/red/x.png", "--data", "rows.npy"],
      "--data: expected images and folders, or one list of names, found rows.npy beside test/red/x.png",
    ],
    [
      "an image for what is no input",
      ["predict", ...ofNet, "--data", "imag=test/red/x.png"],
      'error[NN0813]: the data give `imag`, which nothing takes; expected "image"',
    ],
    ["a folder that is not there", ["predict", ...ofNet, "--data", "nowhere"], "error[NN0925]: cannot read nowhere"],
  ])("%s is an error that says so", async (_, args, message) => {
    const { code, stderr } = await nnc(args, { cwd });
    expect(stderr).toContain(message);
    expect(code).toBeGreaterThan(0);
  });

  test("images are no rows of other networks", async () => {
    await said("train", "points.nn", "-o", "points");
    const args = ["predict", "points.nn", "--params", "points/parameters.safetensors", "--data", "test"];
    expect(await said(...args)).toContain(
      "--data: expected CSV, JSON lines, NPY or IDX for a network that was not trained on images(…), found test",
    );
  });
});

test("check looks at folders without decoding what is in them", async () => {
  const { code, stderr } = await nnc(["check", "two.nn"], { cwd });
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining("error[NN0874]: loose: expected a folder for each class"),
  ]);
});
