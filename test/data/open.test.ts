/** `data` declarations opened, and data files found inside the project and nowhere else. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import type { HostSetting } from "../../compiler/program/host.ts";
import type { Field } from "../../runtime/data/dataset.ts";
import { arrayFiles, openSource, prepareOptions } from "../../runtime/data/open.ts";
import { readDataFile } from "../../runtime/data/files.ts";
import { bytes, errorOf, ids, input } from "./support.ts";
import { temporaryFolder } from "../folder.ts";

type Settings = Record<string, HostSetting>;

const files = new Map<string, Uint8Array>([
  ["t.csv", new TextEncoder().encode("a,b,y\n1,2,0\n3,4,1\n")],
  // Without a line end behind the last line, and with a byte order mark.
  ["u.csv", new TextEncoder().encode('\ufeffa,b,y\n5,"6",1')],
  ["w.csv", new TextEncoder().encode("a,b,y\n1,2,0\n3,two,1\n")],
  ["e.csv", new TextEncoder().encode("a;b;y\n1;2;0\n")],
  ["n.csv", new TextEncoder().encode("1,2,0\n3,4,1\n")],
  ["d.csv", new TextEncoder().encode("1,1,0\n3,4,1\n")],
  ["i.idx", bytes(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4)],
  ["l.idx", bytes(0, 0, 8, 1, 0, 0, 0, 2, 0, 1)],
  ["m.csv", new TextEncoder().encode("1,2\n3,4\n")],
  ["s.csv", new TextEncoder().encode("0\n1\n")],
]);
const contents = { read: (path: string): Uint8Array => files.get(path) ?? new Uint8Array(0) };

function x(reader: string, settings: Settings, given?: ReadonlyMap<string, unknown>): number[] {
  const source = openSource(
    { reader, settings },
    [input("x", 2), ids(2)],
    given === undefined ? contents : { ...contents, given },
  );
  return [...(source.prepare(prepareOptions({ reader, settings }, 1)).train.tensors.get("x")?.data ?? [])];
}

describe("a declaration is opened", () => {
  it.each<[string, Settings, number[]]>([
    ["csv", { path: "t.csv", target: "y" }, [1, 2, 3, 4]],
    ["csv", { path: "t.csv", target: "y", inputs: ["b", "a"], scale: 0.5 }, [1, 0.5, 2, 1.5]],
    ["csv", { path: ["t.csv", "u.csv", "t.csv"], target: "y" }, [1, 2, 3, 4, 5, 6, 1, 2, 3, 4]],
    ["csv", { path: "n.csv", target: "column_3", header: false }, [1, 2, 3, 4]],
    [
      "csv",
      { path: ["n.csv", "n.csv"], target: "column_3", inputs: ["column_2", "column_1"], header: false },
      [2, 1, 4, 3, 2, 1, 4, 3],
    ],
    ["idx", { x: "i.idx", target: "l.idx", scale: 2 }, [2, 4, 6, 8]],
  ])("%s(%j)", (reader, settings, expected) => {
    expect(x(reader, settings)).toEqual(expected);
  });

  it("given, with the host's arrays", () => {
    expect(
      x(
        "given",
        {},
        new Map<string, unknown>([
          ["x", Float32Array.of(1, 2)],
          ["target", Int32Array.of(0)],
        ]),
      ),
    ).toEqual([1, 2]);
    expect(errorOf(() => x("given", {}))).toBe(
      'NN0831 the data lack `x`; expected every input and what the loss takes, found none (`given` stands for arrays that a program passes; name files, as in `csv("data.csv")`, to read them here)',
    );
  });

  it("arrays, whose shapes are known before", () => {
    const data = { reader: "arrays", settings: { x: "m.csv", target: "s.csv" } };
    expect([...arrayFiles(data, contents)].map(([name, { shape }]) => [name, shape])).toEqual([
      ["x", [2, 2]],
      ["target", [2, 1]],
    ]);
    expect(openSource(data, [input("x", 2, 2), ids(2, 2)], contents).prepare({ seed: 1 }).train.rows).toBe(1);
  });

  it("with its hold-out", () => {
    const data = { reader: "csv", settings: { path: "t.csv", holdout: 0.5, scale: 2, standardize: true } };
    expect(prepareOptions(data, 7)).toEqual({
      seed: 7,
      holdout: { kind: "fraction", value: 0.5 },
      scale: 2,
      standardize: true,
    });
  });

  it.each<[string, Settings, string]>([
    [
      "csv",
      { path: "t.csv", target: "y", x: "*" },
      "NN0814 `x` takes 2 numbers a row ([2]), found 3 in the columns of t.csv",
    ],
    [
      "csv",
      { path: ["t.csv", "n.csv"], target: "y" },
      'NN0838 n.csv: expected the columns "a", "b", "y", as in t.csv, found the columns "1", "2", "0"',
    ],
    [
      "csv",
      { path: ["t.csv", "e.csv"], target: "y" },
      "NN0838 e.csv: expected cells between commas, as in t.csv, found cells between semicolons",
    ],
    [
      "csv",
      { path: ["n.csv", "m.csv"], target: "column_3", header: false },
      "NN0838 m.csv: expected 3 columns, as in n.csv, found 2 columns",
    ],
    [
      "csv",
      { path: ["t.csv", "w.csv"], target: "y" },
      'NN0815 w.csv:3:3: expected a number in column "b", found "two"',
    ],
    [
      "csv",
      { path: "t.csv", target: "column_3", header: false },
      'NN0815 t.csv:1:1: expected a number in column "column_1", found "a" (`header: false` takes the first line for a row: leave the setting out, or the line)',
    ],
    [
      "csv",
      { path: "n.csv", target: "y" },
      'NN0810 n.csv has no column "y", which `target` is read from; its columns are "1", "2", "0" (the first line holds numbers: `header: false` reads a file that does not name its columns)',
    ],
    [
      "csv",
      { path: "d.csv", target: "y" },
      'NN0808 d.csv:1: columns 1 and 2 are both called "1"; expected different names (the first line holds numbers: `header: false` reads a file that does not name its columns)',
    ],
    [
      "csv",
      { path: "n.csv", target: "column_4", header: false },
      'NN0810 n.csv has no column "column_4", which `target` is read from; its columns are "column_1", "column_2", "column_3" (did you mean `column_1`?)',
    ],
    ["csv", { path: "none.csv", header: false }, "NN0809 none.csv: expected at least one line of data, found nothing"],
    ["csv", {}, "NN0832 `path` of the data: expected the path of a file, found nothing"],
    ["csv", { path: 7 }, "NN0832 `path` of the data: expected the path of a file, found 7"],
    [
      "csv",
      { path: "t.csv", target: 3 },
      "NN0832 `target` of the data: expected the name of a column, a pattern or a list of them, found 3",
    ],
    ["csv", { path: "t.csv", target: "y", scale: "1" }, 'NN0832 `scale` of the data: expected a number, found "1"'],
    [
      "csv",
      { path: "t.csv", target: "y", holdout: true },
      "NN0832 `holdout` of the data: expected a part between 0% and 100%, or a number of rows, found true",
    ],
    ["text", { path: "t.csv" }, "NN0832 `window` of the data: expected a number, found nothing"],
    ["xlsx", {}, 'NN0832 `data` of the data: expected csv, text, images, idx, npy, arrays or given, found "xlsx"'],
  ])("%s(%j) is refused", (reader, settings, expected) => {
    expect(errorOf(() => x(reader, settings))).toBe(expected);
  });
});

describe("a table without names, read with what was fitted to another", () => {
  const data = { reader: "csv", settings: { path: "n.csv", target: "column_1", header: false } };
  const read = (text: string, fields: readonly Field[]): number[][] => {
    const other = { read: () => new TextEncoder().encode(text) };
    const { fitted } = openSource(data, [input("x", 2), ids(4)], contents).prepare(prepareOptions(data, 1));
    const { tensors } = openSource(data, fields, other, "other.csv").apply(fitted);
    return fields.map(({ name }) => [...(tensors.get(name)?.data ?? [])]);
  };

  it.each<[string, string, readonly Field[], number[][]]>([
    ["in the same places", "3,7,8\n", [input("x", 2), ids(4)], [[7, 8], [3]]],
    ["in the same places, the target unread", "9,7,8\n", [input("x", 2)], [[7, 8]]],
    ["where the target is left out", "7,8\n5,6\n", [input("x", 2)], [[7, 8, 5, 6]]],
    ["with columns behind those of training", "9,7,8,1,1\n", [input("x", 2)], [[7, 8]]],
  ])("has its columns %s", (_, text, fields, expected) => {
    expect(read(text, fields)).toEqual(expected);
  });

  it("is refused where it has others", () => {
    expect(errorOf(() => read("7\n", [input("x", 2)]))).toBe(
      'NN0810 other.csv has no column "column_2", which `x` is read from; its columns are "column_1" (did you mean `column_1`?)',
    );
  });
});

describe("a target that an input reads as well", () => {
  const told = (settings: Settings, width: number): readonly string[] => {
    const data = { reader: "csv", settings: { path: "t.csv", ...settings } };
    const target = {
      name: "target",
      role: "target",
      dtype: "f32",
      shape: settings["target"] === "*" ? [3] : [],
    } as const;
    const { warnings } = openSource(data, [input("x", width), target], contents).prepare(prepareOptions(data, 1));
    return warnings.map(({ code, message }) => `${code} ${message}`);
  };
  const warned =
    'NN0837 the column "y" is the target and is read for `x` as well: expected inputs without what is to be predicted, found it among them';

  it.each<[string, Settings, number, readonly string[]]>([
    ["by a pattern", { target: "y", inputs: "*" }, 3, [warned]],
    ["by name", { target: "y", x: ["y", "a"] }, 2, [warned]],
    ["not where the others are left", { target: "y" }, 2, []],
    ["not where it is all that the input has", { target: "y", x: "y" }, 1, []],
    ["not where all of the input's columns are wanted", { target: "*", x: "*" }, 3, []],
  ])("is warned of: %s", (_, settings, width, expected) => {
    expect(told(settings, width)).toEqual(expected);
  });
});

describe("a target that no loss takes", () => {
  const given = new Map<string, unknown>([
    ["x", Float32Array.of(1, 2)],
    ["target", Int32Array.of(0)],
  ]);
  const images = new Map([["t.csv", { shape: [2, 1, 1, 2], data: new Uint8Array(4), files: ["1.png", "2.png"] }]]);
  const told = (reader: string, settings: Settings, fields: readonly Field[] = [input("x", 2)]): readonly string[] => {
    const data = { reader, settings };
    const own = reader === "given" ? { ...contents, given } : reader === "images" ? { ...contents, images } : contents;
    const { warnings } = openSource(data, fields, own).prepare(prepareOptions(data, 1));
    return warnings.map(({ code, message, help = "" }) => `${code} ${message} (${help})`);
  };
  const idle = (setting: string): string =>
    `NN0835 \`${setting}\` of the data has no effect: expected a loss that takes a target, or a column to keep from the inputs, found neither (leave it out, or take \`target\` among the inputs of the train)`;

  it.each<[string, Settings, string]>([
    ["csv", { path: "t.csv", target: "y", inputs: ["a", "b"] }, 'target: "y"'],
    ["csv", { path: "t.csv", target: "label", x: ["a", "b"] }, 'target: "label"'],
    ["idx", { x: "i.idx", target: "l.idx" }, 'target: "l.idx"'],
    ["arrays", { x: "i.idx", target: "l.idx" }, 'target: "l.idx"'],
    ["given", {}, "target"],
    ["images", { path: "t.csv", size: [1, 2], target: "y", x: "a" }, 'target: "y"'],
  ])("%s(%j) is warned of", (reader, settings, setting) => {
    const whole = reader === "arrays" ? [input("x", 2, 2)] : undefined;
    expect(told(reader, settings, whole)).toEqual([idle(setting)]);
  });

  it("says which column of several is not there to be kept from the inputs, and nothing of those that are", () => {
    expect(told("csv", { path: "t.csv", target: "y" })).toEqual([]);
    expect(told("csv", { path: "t.csv", target: ["y", "yy"] })).toEqual([idle('target: "yy"')]);
  });

  it("is none where the train has an input of that name", () => {
    const extra: Field = { name: "target", role: "extra", dtype: "f32", shape: [] };
    expect(told("idx", { x: "i.idx", target: "l.idx" }, [input("x", 2), extra])).toEqual([]);
    expect(told("csv", { path: "t.csv", target: "y" }, [input("x", 2), extra])).toEqual([]);
  });
});

describe("a data file", () => {
  const folder = temporaryFolder("data");
  const project = join(folder, "project");
  beforeAll(() => {
    mkdirSync(join(project, "nets", "data"), { recursive: true });
    writeFileSync(join(project, "top.csv"), "top");
    writeFileSync(join(project, "nets", "..odd"), "odd");
    writeFileSync(join(project, "nets", "data", "a.gz"), gzipSync("packed"));
    writeFileSync(join(folder, "secret"), "secret");
    symlinkSync(join(folder, "secret"), join(project, "nets", "link"));
    symlinkSync(join(project, "top.csv"), join(project, "nets", "inner"));
  });
  const read = (path: string): string => new TextDecoder().decode(readDataFile(project, join(project, "nets"), path));

  it.each([
    ["../top.csv", "top"],
    ["./inner", "top"],
    ["..odd", "odd"],
    ["data/a.gz", "packed"],
  ])("at %s is read", (path, expected) => {
    expect(read(path)).toBe(expected);
  });

  const outside = "; expected a relative path inside the project, the folder PROJECT";
  const both =
    "copy it into the project; or put a `package.json` with nothing but `{}` into a folder that holds both the program and the file: the nearest one above a program makes its project";
  it.each([
    ["../../secret", `NN0802 the data file "../../secret" lies outside the project${outside} (${both})`],
    ["/etc/passwd", `NN0802 the data file "/etc/passwd" is an absolute path${outside} (${both})`],
    ["C:\\data.csv", `NN0802 the data file "C:\\\\data.csv" is an absolute path${outside} (${both})`],
    ["\\\\host\\data.csv", `NN0802 the data file "\\\\\\\\host\\\\data.csv" is an absolute path${outside} (${both})`],
    [
      "file:///etc/passwd",
      `NN0802 the data file "file:///etc/passwd" is a URL${outside} (load the file down into the project, and name it there)`,
    ],
    ["a\0b", `NN0802 the data file "a\\u0000b" holds a NUL character${outside}`],
    ["link", `NN0802 the data file "link" is a link that leads out of the project${outside} (${both})`],
    ["none.csv", "NN0801 cannot read the data file none.csv: there is no such file or folder"],
    ["data", "NN0801 cannot read the data file data: it is a folder, expected a file"],
    ["../top.csv/x", "NN0801 cannot read the data file ../top.csv/x: a part of its path is a file, expected a folder"],
  ])("at %j is refused", (path, expected) => {
    expect(errorOf(() => read(path)).replace(JSON.stringify(project), "PROJECT")).toBe(expected);
  });

  it.each([
    [["top.csv"], "../top.csv"],
    [["nets", "data", "a.gz"], "data/a.gz"],
  ])("named from the root of the disk is told as from the program: %j", (parts, mended) => {
    expect(errorOf(() => read(join(project, ...parts)))).toContain(`(write ${JSON.stringify(mended)})`);
  });
});
