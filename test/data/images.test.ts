/** Decoded images as rows with their classes, or with the columns of their list. */
import { describe, expect, it } from "vitest";
import type { HostSetting } from "../../compiler/program/host.ts";
import type { Field } from "../../runtime/data/dataset.ts";
import { imageSize } from "../../runtime/data/images.ts";
import type { DecodedImages } from "../../runtime/data/images.ts";
import { openSource, prepareOptions } from "../../runtime/data/open.ts";
import { errorOf, ids, input } from "./support.ts";

type Settings = Readonly<Record<string, HostSetting>>;

const data = Uint8Array.from({ length: 16 }, (_, at) => at * 10);
const files = ["p/b/1.png", "p/b/2.png", "p/a/1.png", "p/a/2.png"];
const decoded: DecodedImages = { shape: [4, 2, 2, 1], data, files };
const folders: DecodedImages = { ...decoded, labels: ["b", "b", "a", "a"] };
const alike: DecodedImages = { ...decoded, labels: ["b", "b", "b", "b"] };
const list = "file,kind,weight\n1.png,x,1\n2.png,y,2\n3.png,x,3\n4.png,y,4\n";

function opened(images: DecodedImages | undefined, settings: Settings, fields: readonly Field[], text = list) {
  const declared = { reader: "images", settings: { path: "p", size: [2, 2], channels: 1, ...settings } };
  const read = (): Uint8Array => new TextEncoder().encode(text);
  const contents = images === undefined ? { read } : { read, images: new Map([["p", images]]) };
  return { source: openSource(declared, fields, contents), options: prepareOptions(declared, 1) };
}

function prepared(images: DecodedImages | undefined, settings: Settings, fields: readonly Field[], text = list) {
  const { source, options } = opened(images, settings, fields, text);
  return source.prepare(options);
}

const image = input("image", 2, 2, 1);

describe("images", () => {
  it("are scaled rows, and folders classes in the order of their names", () => {
    const { train, fitted } = prepared(folders, { scale: 0.5 }, [image, ids(2)]);
    expect([...(train.tensors.get("image")?.data ?? [])]).toEqual([...data].map((one) => one / 2));
    expect([...(train.tensors.get("target")?.data ?? [])]).toEqual([1, 1, 0, 0]);
    expect(fitted.classes).toEqual([{ name: "target", values: ["a", "b"] }]);
    expect(fitted.columns).toEqual([]);
  });

  it("have their classes and what the loss takes from a list", () => {
    const weight: Field = { name: "weight", role: "extra", dtype: "f32", shape: [] };
    const { train, fitted } = prepared(decoded, { image: "file", target: "kind" }, [image, ids(2), weight]);
    expect([...(train.tensors.get("target")?.data ?? [])]).toEqual([0, 1, 0, 1]);
    expect([...(train.tensors.get("weight")?.data ?? [])]).toEqual([1, 2, 3, 4]);
    expect(fitted.columns).toEqual([
      { name: "target", values: ["kind"] },
      { name: "weight", values: ["weight"] },
    ]);
  });

  it("of another list are read by the same columns", () => {
    const settings = { target: "kind" };
    const { fitted } = prepared(decoded, settings, [image, ids(2)], "file,kind\na,x\nb,y\nc,x\nd,x\n");
    const other = opened(decoded, settings, [image, ids(2)], "kind,file\ny,a\ny,b\nx,c\ny,d\n");
    expect([...(other.source.apply(fitted).tensors.get("target")?.data ?? [])]).toEqual([1, 1, 0, 1]);
  });

  it("are held out, flattened where the input is, and need no target", () => {
    const { train, holdout } = prepared(decoded, { holdout: { last: 0.25 } }, [input("image", 4)]);
    expect([train.rows, holdout?.rows]).toEqual([3, 1]);
    expect([...(holdout?.tensors.get("image")?.data ?? [])]).toEqual([120, 130, 140, 150]);
  });

  it("tell what was odd about their files", () => {
    const odd = { code: "NN0875", severity: "warning", message: "odd", labels: [] } as const;
    expect(prepared({ ...folders, warnings: [odd] }, {}, [image, ids(2)]).warnings).toEqual([odd]);
  });

  it.each<[string, () => unknown, string]>([
    [
      "that nobody decoded",
      () => prepared(undefined, {}, [image]),
      "NN0878 the images of p are not there; expected them decoded, as `images` beside `read`",
    ],
    [
      "of another size than the input",
      () => prepared(folders, {}, [input("image", 3, 3)]),
      "NN0814 `image` takes 9 numbers a row ([3, 3]), found 4 in p",
    ],
    [
      "for two inputs",
      () => prepared(folders, {}, [image, input("age", 1)]),
      'NN0877 `images` gives a network its one input, found "image", "age"',
    ],
    [
      "in folders, with a column",
      () => prepared(folders, { target: "kind" }, [image, ids(2)]),
      'NN0832 `target` of the data: expected a list in CSV, which has columns, or no such setting, where the classes are folders, found "kind"',
    ],
    [
      "in folders, with the last rows held out",
      () => prepared(folders, { holdout: { last: 0.25 } }, [image, ids(2)]),
      "NN0832 `holdout` of the data: expected 25%, which are drawn, or a list in CSV, where the classes are folders, whose last rows are of the last class alone, found last(25%)",
    ],
    [
      "in folders, with what the loss takes",
      () => prepared(folders, {}, [image, ids(2), { name: "mask", role: "extra", dtype: "f32", shape: [] }]),
      "NN0831 the data lack `mask`; expected every input and what the loss takes, found images and their classes",
    ],
    [
      "in folders, for a target of several numbers",
      () => prepared(folders, {}, [image, ids(2, 3)]),
      'NN0814 `target` takes 3 numbers a row ([3]), found 1 in the folder of "p/b/1.png"',
    ],
    [
      "of a list with other rows",
      () => prepared(decoded, { target: "kind" }, [image, ids(2)], "file,kind\na,x\n"),
      "NN0824 p has 1 rows and what was decoded for it has 4; expected the same number",
    ],
    [
      "of a class that training had not",
      () => opened(folders, {}, [image, ids(2)]).source.apply(prepared(alike, {}, [image, ids(2)]).fitted),
      'NN0821 p/a/1.png: the class "a" of `target` does not occur in the training rows, which have "b"',
    ],
  ])("%s are refused", (_, act, message) => {
    expect(errorOf(act)).toBe(message);
  });
});

it.each<[HostSetting, HostSetting, string]>([
  [[2], 3, "NN0832 `size` of the data: expected a height and a width, as in [32, 32], found [2]"],
  [[2, 0], 3, "NN0832 `size` of the data: expected a height and a width, as in [32, 32], found [2,0]"],
  [[2, 2], 2, "NN0832 `channels` of the data: expected 1, 3 or 4, found 2"],
])("size %j and channels %j of a manifest are refused", (size, channels, message) => {
  expect(errorOf(() => imageSize({ reader: "images", settings: { size, channels } }))).toBe(message);
});
