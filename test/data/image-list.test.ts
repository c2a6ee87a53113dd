/** Which files are images of a folder or a list, and of which class. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectFiles } from "../../runtime/data/files.ts";
import { listImages } from "../../runtime/data/image-list.ts";
import { temporaryFolder } from "../folder.ts";
import { folderOf } from "./pictures.ts";
import { errorOf } from "./support.ts";

const image = { name: "image", role: "input" } as const;
const target = { name: "target", role: "target" } as const;
const none = { fields: new Map<string, readonly string[]>() };

/** Paths → what is found for the columns of `mapping`. */
function listed(contents: Readonly<Record<string, string>>, path: string, fields = [image, target], mapping = none) {
  const { files, labels, warnings } = listImages(folderOf(contents), path, mapping, fields);
  return { files, labels, warnings: warnings.map(({ code, message }) => `${code} ${message}`) };
}

const photos = {
  "p/cat/2.PNG": "",
  "p/cat/10.jpeg": "",
  "p/cat/deep/er/1.webp": "",
  "p/cat/.DS_Store": "",
  "p/Zebra/a.jpg": "",
  "p/ant/a.jpg": "",
  "p/ant/Thumbs.db": "",
  "p/ant/a.gif": "",
  "p/.git/head.png": "",
  "p/readme.md": "",
};

describe("a folder", () => {
  it("has a folder for each class, in the order of their code units, with images at any depth", () => {
    const { files, labels, warnings } = listed(photos, "p");
    expect(files).toEqual(["p/Zebra/a.jpg", "p/ant/a.jpg", "p/cat/10.jpeg", "p/cat/2.PNG", "p/cat/deep/er/1.webp"]);
    expect(labels).toEqual(["Zebra", "ant", "cat", "cat", "cat"]);
    expect(warnings).toEqual([
      'NN0875 p holds 2 files that are no PNG, JPEG or WebP by name and left out: "p/readme.md", "p/ant/a.gif"',
    ]);
  });

  it("needs no classes where no target is wanted", () => {
    expect(listed({ "p/b.png": "", "p/a/c.png": "" }, "p/", [image])).toEqual({
      files: ["p/a/c.png", "p/b.png"],
      labels: undefined,
      warnings: [],
    });
  });

  it.each<[string, Readonly<Record<string, string>>, boolean, string]>([
    [
      "images beside the classes",
      { "p/a/1.png": "", "p/2.png": "" },
      true,
      'NN0874 p: expected a folder for each class, with its images, found the image "2.png"',
    ],
    [
      "no classes",
      { "p/notes.txt": "" },
      true,
      'NN0874 p: expected a folder for each class, with its images, found 1 other file: "notes.txt"',
    ],
    [
      "a class without images",
      { "p/a/1.png": "", "p/b/1.gif": "" },
      true,
      'NN0874 p/b: expected images, since each folder is a class, found 1 other file: "p/b/1.gif"',
    ],
    ["no images", { "p/.hidden": "" }, false, "NN0874 p: expected images, found none"],
  ])("with %s is refused", (_, contents, hasTarget, message) => {
    expect(errorOf(() => listed(contents, "p", hasTarget ? [image, target] : ([image] as never)))).toBe(message);
  });

  it("is read once where links lead back to it, and never outside the project", () => {
    const folder = temporaryFolder("images");
    const project = join(folder, "project");
    mkdirSync(join(project, "p", "a"), { recursive: true });
    writeFileSync(join(project, "p", "a", "1.png"), "");
    writeFileSync(join(folder, "secret.png"), "");
    symlinkSync(join(project, "p"), join(project, "p", "a", "up"));
    symlinkSync(join(project, "p", "a", "1.png"), join(project, "p", "a", "2.png"));
    const place = projectFiles(project, project);
    const { files } = listImages(place, "p/a", none, [image]);
    expect(files).toEqual(["p/a/1.png", "p/a/2.png"]);
    symlinkSync(folder, join(project, "p", "a", "out"));
    expect(errorOf(() => listImages(place, "p/a", none, [image]))).toContain("NN0802");
    expect(errorOf(() => listImages(place, "q", none, [image]))).toContain("NN0801 cannot read the data file q");
  });
});

describe("a list", () => {
  const of = (text: string, fields = [image, target], columns: Readonly<Record<string, string>> = {}) => {
    const mapping = { fields: new Map(Object.entries(columns).map(([name, column]) => [name, [column]])) };
    return listed({ "p/list.csv": text }, "p/list.csv", fields, mapping).files;
  };

  it.each<[string, string, Readonly<Record<string, string>>, boolean]>([
    ["the one column beside the target", "file,target\na.png,x\nsub/b.png,y\n", {}, true],
    ["the one column beside a named target", "kind,file\nx,a.png\ny,sub/b.png\n", { target: "kind" }, true],
    ["a named column", "n,kind,file\n1,x,a.png\n2,y,sub/b.png\n", { target: "kind", image: "file" }, true],
    ["a column of the input's name", "image\na.png\nsub/b.png\n", {}, false],
    ["a column of the input's name among others", "n,image,target\n1,a.png,x\n2,sub/b.png,y\n", {}, true],
    ["the column beside a target that nobody wants", "file,target\na.png,x\nsub/b.png,y\n", {}, false],
  ])("names files relative to its folder by %s", (_, text, columns, hasTarget) => {
    expect(of(text, hasTarget ? [image, target] : ([image] as never), columns)).toEqual(["p/a.png", "p/sub/b.png"]);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    [
      "a,b,target\n1,2,3\n",
      {},
      'NN0876 expected to be told which column of p/list.csv has the names of image files, as in `image: "file"`, or by calling it `image`; it may be "a", "b"',
    ],
    ["file,target\n,x\n", {}, "NN0828 p/list.csv:2:1: expected the name of an image file, found an empty cell"],
    [
      "file,target\na.png,x\n",
      { imag: "file" },
      'NN0813 the data give `imag`, which nothing takes; expected "image", "target" (did you mean `image`?)',
    ],
  ])("%j with %j is refused", (text, columns, message) => {
    expect(errorOf(() => of(text, [image, target], columns))).toBe(message);
  });

  it("leaves places that are absolute to the reader, which refuses them in a project", () => {
    expect(of("file,target\n/etc/a.png,x\n")).toEqual(["/etc/a.png"]);
  });
});

it("several inputs are refused", () => {
  const age = { name: "age", role: "input" } as const;
  expect(errorOf(() => listed(photos, "p", [image, age] as never))).toBe(
    'NN0877 `images` gives a network its one input, found "image", "age"',
  );
});
