/** compileFile: the files that a file uses, none outside the project, and the sizes that its data give. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { compileFile } from "../../compiler/files.ts";
import type { FileOptions } from "../../compiler/files.ts";
import { printShape } from "../../compiler/dimension/dimension.ts";
import { pointsProject, pointsSource } from "./fixture.ts";
import { folderWith } from "./helpers.ts";

function compiled(
  files: Readonly<Record<string, string>>,
  name = "main.nn",
  options: FileOptions = {},
  prepare: (folder: string) => void = () => undefined,
) {
  const { folder } = folderWith({ "package.json": "{}", ...files });
  prepare(folder);
  return compileFile(path.join(folder, name), { target: "wasm", ...options });
}

const wide = "block wide(x: [.., C]) -> [.., 8] = x |> dense(8)\n";
const main = 'use "./blocks/wide.nn"\nmodel M(x: [N, 2]) -> [N, 8] = x |> wide\n';

describe("use", () => {
  test("a file of the project, and what that uses", () => {
    const result = compiled({
      "main.nn": main,
      "blocks/wide.nn": `use "../more.nn"\n${wide}`,
      "more.nn": "const unused = 1\n",
    });
    expect(result.diagnostics).toEqual([]);
    expect([...result.sources.keys()]).toEqual(expect.arrayContaining(["main.nn", "blocks/wide.nn", "more.nn"]));
  });

  test.each([
    ["a file that is not there", "./nosuch.nn", "NN0207"],
    ["outside the project", "../../../../../../../../etc/passwd", "NN0206"],
    ["an absolute path", "/etc/passwd", "NN0206"],
    ["a folder", "./", "NN0925"],
    ["a URL", "https://example.com/a.nn", "NN0206"],
  ])("%s", (_name, used, code) => {
    const result = compiled({ "main.nn": main.replace("./blocks/wide.nn", used) });
    expect(result.ok).toBe(false);
    expect(result.diagnostics.map((one) => one.code)).toContain(code);
    expect(result.diagnostics[0]?.labels[0]).toMatchObject({ file: "main.nn", from: 4 });
  });

  test("a link that leads out of the project", () => {
    const result = compiled({ "main.nn": main }, "main.nn", {}, (folder) => {
      mkdirSync(path.join(folder, "blocks"));
      symlinkSync("/etc/hostname", path.join(folder, "blocks/wide.nn"));
    });
    expect(result.diagnostics.map(({ code, message }) => [code, message])).toEqual([
      [
        "NN0206",
        'expected a relative path inside the project, found "./blocks/wide.nn", which is a link that leads out of the project',
      ],
    ]);
  });

  test("a circle is shown", () => {
    const result = compiled({
      "main.nn": 'use "./a.nn"\nmodel M(x: [N, 2]) -> [N, 2] = x\n',
      "a.nn": 'use "./main.nn"\n',
    });
    expect(result.diagnostics.map(({ message }) => message)).toContain(
      "expected files that do not use each other in a circle, found main.nn → a.nn → main.nn",
    );
  });
});

describe("the file itself", () => {
  test("its name is relative to the project", () => {
    const { diagnostics } = compiled({ "nets/main.nn": "model M(" }, "nets/main.nn");
    expect(diagnostics[0]?.labels[0]?.file).toBe("nets/main.nn");
  });

  test("other encodings than UTF-8", () => {
    const result = compiled({}, "main.nn", {}, (folder) =>
      writeFileSync(path.join(folder, "main.nn"), Buffer.from("\ufeffmodel", "utf16le")),
    );
    expect(result.diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining("UTF-16")]);
  });

  test("a folder, and nothing at all", () => {
    expect(compiled({}, ".").diagnostics.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^cannot read .*: it is a folder, expected a file$/),
    ]);
    expect(compiled({}, "nosuch.nn").diagnostics.map(({ message }) => message)).toEqual([
      "cannot read nosuch.nn: there is no such file or folder",
    ]);
  });
});

describe("sizes from the data", () => {
  const open = { ...pointsProject, "points.nn": pointsSource.replace("[N, 2]) ->", "[N, F]) ->") };
  function shapeOf(result: ReturnType<typeof compiled>): string | undefined {
    return result.ok
      ? result.elaboration.host.models.map(({ inputs: [first] }) => printShape(first?.shape ?? [])).join()
      : result.diagnostics.map(({ message }) => message).join();
  }

  test("the columns close a dimension", () => {
    expect(shapeOf(compiled(open, "points.nn"))).toBe("[N, 2]");
  });

  test("given ones come first, even where they do not fit", () => {
    expect(shapeOf(compiled(open, "points.nn", { dims: { F: 3 } }))).toBe("[N, 3]");
  });

  test("without the data, both what is missing and how to give it is said", () => {
    const { diagnostics } = compiled({ "points.nn": open["points.nn"] }, "points.nn");
    expect(diagnostics.map(({ code }) => code)).toEqual(["NN0801", "NN0327"]);
    expect(diagnostics.find(({ code }) => code === "NN0327")?.help).toContain("--dim F=");
  });

  test.each([
    ["a ragged row", "x,y,side\n1,2,left\n3,left\n", "NN0807"],
    ["a column twice", "x,x,side\n1,2,left\n", "NN0808"],
    ["no column of the target", "x,y\n1,2\n", "NN0810"],
    ["no rows", "x,y,side\n", "NN0809"],
  ])("of data with %s only that is told, not the sizes that they would give", (_, csv, code) => {
    const all = pointsSource.replaceAll("batch: 8", "batch: all");
    for (const source of [all, open["points.nn"], all.replace("[N, 2]) ->", "[N, F]) ->")]) {
      const { ok, diagnostics } = compiled({ "points.nn": source, "points.csv": csv }, "points.nn");
      expect([ok, diagnostics.map((one) => one.code)]).toEqual([false, [code]]);
    }
  });

  test("what is odd about the program is told beside it", () => {
    const source = `const unused = 1\n${pointsSource.replaceAll("batch: 8", "batch: all")}`;
    const { diagnostics } = compiled(
      { "points.nn": source, "points.csv": "x,y,side\n1,2,left\n3,left\n" },
      "points.nn",
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(["NN0807", "NN0215"]);
  });

  test("batch: all is bounded by the rows of the training part", () => {
    const all = { ...pointsProject, "points.nn": pointsSource.replaceAll("batch: 8", "batch: all") };
    const result = compiled(all, "points.nn");
    expect(result.ok ? result.artifact.manifest.dims : result.diagnostics).toEqual([{ name: "N", bound: 30 }]);
  });
});

test("a train with steps reads its target by name, and leaves the other columns to the model", () => {
  const source =
    'model M(x: [N, F]) -> [N, 1] = x |> dense(1)\ntrain M(x: [N, F], target: [N, 1]) { data: csv("d.csv", target: "c")  epochs: 1\n  step fit { minimize: mean((M(x) - target) ** 2)  update: M  optimizer: sgd(lr: 0.1) } }';
  const result = compiled({ "main.nn": source, "d.csv": "a,b,c\n1,2,3\n4,5,6\n" });
  expect(result.diagnostics).toEqual([]);
  const w = result.ok ? result.elaboration.variables.find(({ name }) => name === "M.dense.w") : undefined;
  expect(w === undefined ? "" : printShape(w.type.shape)).toBe("[2, 1]");
});
