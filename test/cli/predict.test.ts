/** Prediction and export: the same answers from the command, for every form of input, and from the exported module. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import { pointsProject } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

const project = folderWith(pointsProject);
const cwd = project.folder;
const params = ["--params", "run/parameters.safetensors"];
const wasm = ["--target", "wasm"];
beforeAll(async () => {
  await nnc(["train", "points.nn", "-o", "run", ...wasm], { cwd });
}, 60_000);

function predict(stdin: string, ...args: readonly string[]) {
  return nnc(["predict", "points.nn", ...params, ...wasm, ...args], { cwd, stdin });
}

describe("predict", () => {
  test("CSV in, CSV out: the class by its name, and the scores", async () => {
    const { stdout, code } = await predict("y,x\n0,-1.2\n0.5,1.4\n");
    expect(code).toBe(0);
    const [header, first, second, end] = stdout.split("\n");
    expect([header, first?.split(",")[0], second?.split(",")[0], end]).toEqual([
      "side,score left,score right",
      "left",
      "right",
      "",
    ]);
  });

  test("columns may stand in any order, and others are ignored", async () => {
    const plain = await predict("x,y\n-1.2,0\n");
    expect(await predict("side,y,x\nleft,0,-1.2\n")).toEqual(plain);
  });

  test("JSON lines in, JSON lines out: by input, by column, as a list", async () => {
    const { stdout } = await predict('{"point": [-1.2, 0]}\n{"x": -1.2, "y": 0}\n[-1.2, 0]\n');
    const rows = stdout.trim().split("\n");
    expect(new Set(rows).size).toBe(1);
    expect(JSON.parse(rows[0] ?? "")).toEqual({
      side: "left",
      scores: { left: expect.any(Number), right: expect.any(Number) },
    });
  });

  test("a model without parameters needs no file of them, and one with them does", async () => {
    const source = `model Twice(x: [N, 2]) -> [N, 2] = 2 * x
model Scaled(x: [N, 2]) -> [N, 2] { param w: [2] = ones  return w * Twice(x) }
`;
    const trained = `${source}train Scaled { data: csv("absent.csv", target: "y")  loss: mse  optimizer: sgd(lr: 0.1)  batch: 8 }\n`;
    writeFileSync(path.join(cwd, "twice.nn"), source);
    writeFileSync(path.join(cwd, "trained.nn"), trained);
    const run = (line: string) => nnc(["predict", ...line.split(" "), ...wasm], { cwd, stdin: "[1, 2]\n[3, 4]\n" });
    const answer = { code: 0, stdout: '{"output":[2,4]}\n{"output":[6,8]}\n' };
    for (const line of ["twice.nn", "twice.nn --model Twice", "trained.nn --model Twice"])
      expect(await run(line)).toMatchObject(answer);
    for (const line of ["twice.nn --model Scaled", "trained.nn", "trained.nn --model Scaled"]) {
      const { code, stderr } = await run(line);
      expect([line, code, stderr.split("\n")[0]]).toEqual([
        line,
        2,
        "error: --params is missing; expected it with a value",
      ]);
    }
    for (const flag of ["--override", "--label a"])
      expect((await run(`twice.nn ${flag}`)).stderr).toContain(
        `error: ${flag.split(" ")[0]}: expected --params beside it, found none`,
      );
  });

  test("a bool as true and false, or 1 and 0", async () => {
    const source = "model Kept(x: [N, 2], keep: bool[N]) -> [N, 2] = where(reshape(keep, [N, 1]), x, 0)\n";
    writeFileSync(path.join(cwd, "kept.nn"), source);
    const result = compile({ name: "kept.nn", source }, { target: "wasm" });
    if (!result.ok) throw new Error("it compiles");
    writeFileSync(path.join(cwd, "kept.safetensors"), (await load(result.artifact)).save());
    const given = ["kept.nn", "--params", "kept.safetensors"];
    const stdin = '{"x": [1, 2], "keep": true}\n{"x": [3, 4], "keep": false}\n{"x": [5, 6], "keep": 1}\n';
    const { stdout } = await nnc(["predict", ...given, ...wasm], { cwd, stdin });
    expect(stdout).toBe('{"output":[1,2]}\n{"output":[0,0]}\n{"output":[5,6]}\n');
    const wrong = await nnc(["predict", ...given, ...wasm], { cwd, stdin: '{"x": [1, 2], "keep": 2}\n' });
    expect(wrong.stderr).toContain("standard input:1: expected a whole number from 0 to 1 for `keep`, found 2");
    await nnc(["export", ...given, "--format", "js", "-o", "kept"], { cwd });
    const call = `import { predict } from "./kept/model.mjs"; console.log(JSON.stringify(predict(${JSON.stringify([{ x: [1, 2], keep: true }])})))`;
    expect(execFileSync(process.execPath, ["--input-type=module", "-e", call], { cwd, encoding: "utf8" })).toContain(
      "1,2",
    );
  });

  test("parameters of another way to train, found by what they say", async () => {
    await nnc(["train", "points.nn", "--label", "quick", "-o", "quick", ...wasm], { cwd });
    const quick = ["--params", "quick/parameters.safetensors", ...wasm];
    const { code, stderr } = await nnc(["predict", "points.nn", ...quick], { cwd, stdin: "x,y\n1,1\n" });
    expect([code, stderr]).toEqual([0, ""]);
    // The optimizer is of no account to a prediction.
    const plain = await nnc(["eval", "points.nn", "--label", "plain", ...quick], { cwd });
    expect([plain.code, plain.stderr]).toEqual([0, ""]);
    expect(plain.stdout).toContain("hold-out (10 rows)");
  });

  test("more rows than the bound are cut into batches", async () => {
    const { stdout } = await predict(`x,y\n${"-1.2,0\n".repeat(21)}`);
    expect(stdout.trim().split("\n")).toHaveLength(22);
    expect(new Set(stdout.trim().split("\n").slice(1)).size).toBe(1);
  });

  test.each([
    ["PNG", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
    ["JPEG", [0xff, 0xd8, 0xff]],
    ["WebP", [...Buffer.from("RIFF\0\0\0\0WEBP", "latin1")]],
  ])("a %s on standard input: where images are read from", async (_, magic) => {
    const stdin = Uint8Array.from([...magic, 0, 0]);
    const { stderr, code } = await nnc(["predict", "points.nn", ...params, ...wasm], { cwd, stdin });
    expect([code, stderr]).toEqual([
      2,
      "error: standard input: expected CSV, JSON lines, NPY or IDX, found an image: --data FILE reads it\n",
    ]);
  });

  const mistakes: readonly (readonly [name: string, stdin: string, message: string])[] = [
    ["no rows", "", "standard input"],
    ["a missing column", "x\n1\n", 'error[NN0810]: standard input has no column "y"'],
    ["an empty cell", "x,y\n1,\n", "standard input:2:3"],
    ["a ragged row", "x,y\n1,2\n3\n", "standard input:3"],
    ["no JSON", "{\n", 'standard input:1: expected one JSON value on each line, found "{"'],
    [
      "one array",
      '[{"x": 1, "y": 2}]\n',
      "standard input: expected an object or a list on each line, found one array of 1 element",
    ],
    [
      "a key twice",
      '{"x": 1, "y": 2}\n{"x": 1, "y": 2, "x": 3}\n',
      'standard input:2: expected each key once, found "x" twice',
    ],
    ["too few numbers", "[1, 2]\n[1]\n", "takes 2 numbers a row ([2]), found 1 in standard input:2"],
    ["a string", '[1, "a"]\n', 'standard input:1: expected a finite number for `y`, found "a"'],
    ["null", "[1, null]\n", "standard input:1: expected a finite number for `y`, found null"],
    ["a number beyond 32 bits", "[1, 1e39]\n", "standard input:1: expected a finite number for `y`, found 1e+39"],
    ["a missing key", '{"x": 1}\n', 'standard input:1: expected a value for `y`, found the keys "x"'],
  ];
  test.each(mistakes)("%s: the line and what was expected", async (_name, stdin, message) => {
    const { stdout, stderr, code } = await predict(stdin);
    expect(stderr).toContain(message);
    expect({ stdout, code }).toEqual({ stdout: "", code: 1 });
  });

  test("a model that is not there is wrong usage", async () => {
    expect(await predict("[1,2]", "--model", "Sid")).toEqual({
      stdout: "",
      stderr: 'error: --model: expected Side, found "Sid"; did you mean `Side`?\n',
      code: 2,
    });
  });

  test("parameters of another network are refused with every difference", async () => {
    const { stderr, code } = await predict("[1,2]", "--const", "x=1");
    expect(code).toBe(1);
    expect(stderr).toContain("there is no `const x`");
  });

  test("a file that is no checkpoint is refused by its name", async () => {
    const { stderr, code } = await nnc(["predict", "points.nn", "--params", "points.csv", ...wasm], {
      cwd,
      stdin: "[1,2]",
    });
    expect([stderr, code]).toEqual([
      "error[NN0903]: points.csv is no safetensors file: expected a header of at most 100000000 bytes, found 7306080438890081400\n",
      1,
    ]);
  });
});

describe("export", () => {
  let written = "";
  beforeAll(async () => {
    written = (await nnc(["export", "points.nn", ...params, "-o", "app"], { cwd })).stdout;
  }, 60_000);

  test("two files, with their sizes", () => {
    const sizes = ["app/model.d.mts", "app/model.mjs"].map((file) => {
      const kilobytes = statSync(path.join(cwd, file)).size / 1000;
      return `${file}  ${kilobytes.toPrecision(3)} kB\n`;
    });
    expect(written).toBe(sizes.join(""));
  });

  test("the module tests itself", () => {
    expect(execFileSync(process.execPath, ["app/model.mjs", "--selftest"], { cwd, encoding: "utf8" })).toBe(
      "4 examples as expected (largest difference 0)\n",
    );
  });

  test("one changed weight fails the test with exit code 1", () => {
    const text = readFileSync(path.join(cwd, "app/model.mjs"), "utf8");
    const changed = text.replace(/const weights = "(.{8})/, 'const weights = "AAAAQUFB');
    expect(changed).not.toBe(text);
    writeFileSync(path.join(cwd, "app/changed.mjs"), changed);
    const { status, stderr } = spawnSync(process.execPath, ["app/changed.mjs", "--selftest"], {
      cwd,
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^selftest failed: the largest difference is /),
    });
  });

  test("it predicts what the command predicts, and names the row that does not fit", async () => {
    const script = `import { predict } from "./model.mjs";
      console.log(JSON.stringify(predict([[-1.2, 0], { x: 1.4, y: 0.5 }])));
      try { predict([[1, 2], [1]]); } catch (error) { console.log(error.message); }`;
    writeFileSync(path.join(cwd, "app/use.mjs"), script);
    const [predicted = "", message] = execFileSync(process.execPath, ["app/use.mjs"], { cwd, encoding: "utf8" })
      .trim()
      .split("\n");
    const { stdout } = await predict("[-1.2, 0]\n[1.4, 0.5]\n");
    const command = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { scores: Record<string, number> });
    const module = (JSON.parse(predicted) as { scores: Record<string, number> }[]).map((one) => ({
      ...one,
      scores: Object.fromEntries(Object.entries(one.scores).map(([name, value]) => [name, Math.fround(value)])),
    }));
    expect(module).toEqual(
      command.map((one) => ({
        ...one,
        scores: Object.fromEntries(Object.entries(one.scores).map(([name, value]) => [name, Math.fround(value)])),
      })),
    );
    expect(message).toBe("row 1: expected 2 values for point, found 1");
  });

  test("of a train that reads columns which the model does not take, and of rows whose size the data gave", async () => {
    const source = `model Level(points: [N, T]) -> [N, 1] = mean(points, axis: -1)[:, newaxis] |> dense(1)
train Level(points: [N, T], level: [N, 1]) {
  data: csv("points.csv", points: ["x"], level: "y")  batch: 8  epochs: 1
  step main { minimize: mean((Level(points) - level) ** 2)  update: Level  optimizer: sgd(lr: 0.1) }
}
`;
    writeFileSync(path.join(cwd, "level.nn"), source);
    expect(await nnc(["train", "level.nn", "-o", "level", ...wasm], { cwd })).toMatchObject({ code: 0 });
    const exported = ["export", "level.nn", "--params", "level/parameters.safetensors", "-o", "level"];
    // A bound is the most that a row may be long, not how long it is.
    expect((await nnc([...exported, "--bounds", "T=4"], { cwd })).stderr).toBe(
      "error[NN0735]: expected rows of one size for `points`, found [N, T]; `--dim T=4` or `dims: { T: 4 }` says that T is 4\n",
    );
    expect(await nnc(exported, { cwd })).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^as level\/parameters\.safetensors was trained: --dim T=1\n/),
    });
    expect(execFileSync(process.execPath, ["level/model.mjs", "--selftest"], { cwd, encoding: "utf8" })).toBe(
      "4 examples as expected (largest difference 0)\n",
    );
  });

  test("it imports nothing", () => {
    expect(readFileSync(path.join(cwd, "app/model.mjs"), "utf8")).not.toMatch(/^\s*(import|require)\b/m);
  });
});

test("eval refuses numbers in the place of the names of classes", async () => {
  writeFileSync(path.join(cwd, "numbers.csv"), "x,y,side\n-1,0,0\n1,0,1\n");
  const { stderr, code } = await nnc(["eval", "points.nn", ...params, "--data", "numbers.csv"], { cwd });
  expect([stderr, code]).toEqual([
    'error[NN0834]: numbers.csv:2:6: expected one of the classes "left", "right" for `target`, found the number 0\n',
    1,
  ]);
});

test("parameters that are not finite are exported only where that is meant", async () => {
  const source = "model Twice(x: [N, 2]) -> [N, 2] = x |> dense(2)\n";
  const result = compile({ name: "twice.nn", source }, { target: "wasm" });
  if (!result.ok) throw new Error("it compiles");
  const net = await load(result.artifact);
  net.parameters.set("Twice.dense.b", Float32Array.of(1, NaN));
  const other = folderWith({ "twice.nn": source });
  writeFileSync(path.join(other.folder, "twice.safetensors"), net.save());
  const args = ["export", "twice.nn", "--params", "twice.safetensors", "-o", "out"];
  const refused = await nnc(args, { cwd: other.folder });
  expect(refused.stderr).toContain(
    "error[NN0930]: twice.safetensors holds numbers that are not finite; expected finite ones to export\n   = help: --allow-nonfinite exports them all the same",
  );
  expect(refused.code).toBe(1);
  expect(await nnc([...args, "--allow-nonfinite"], { cwd: other.folder })).toMatchObject({ code: 0 });
});

test("columns and keys that nothing reads are told of once; the target's are known", async () => {
  const { folder } = folderWith({
    "package.json": "{}",
    "d.csv": "a,b,y\n1,2,3\n",
    "n.nn": `model Sum(x: [N, 2]) -> [N] {
  param w: [2] = ones
  return sum(x * w, axis: -1)
}
train Sum { data: csv("d.csv", target: "y")  loss: mse  optimizer: sgd(lr: 1e-30)  batch: 2  epochs: 1 }
`,
    "more.csv": "id,b,a,y,note\n7,2,1,3,x\n8,2,1,3,z\n",
    "more.jsonl": '{"a": 1, "b": 2, "y": 3, "id": 7}\n{"x": [1, 2], "target": 3, "note": "x"}\n',
  });
  await nnc(["train", "n.nn", "-o", "run"], { cwd: folder });
  const run = (word: string, file: string) =>
    nnc([word, "n.nn", "--params", "run/parameters.safetensors", "--data", file], { cwd: folder });
  expect(await run("predict", "d.csv")).toMatchObject({ stdout: "y\n3\n", stderr: "" });
  expect(await run("predict", "more.csv")).toMatchObject({
    stdout: "y\n3\n3\n",
    stderr: 'more.csv: not used: "id", "note"\n',
  });
  expect((await run("predict", "more.jsonl")).stderr).toBe('more.jsonl: not used: "id", "note"\n');
  expect((await run("eval", "more.csv")).stderr).toBe('more.csv: not used: "id", "note"\n');
});

test("so are those of a table, where the network was trained from arrays", async () => {
  const idx = (...values: readonly number[]) => Uint8Array.of(0, 0, 8, 1, 0, 0, 0, values.length, ...values);
  const { folder } = folderWith({
    "package.json": "{}",
    "a.idx": idx(1, 2),
    "b.idx": idx(3, 4),
    "y.idx": idx(5, 6),
    "n.nn": `model Sum(a: [N], b: [N]) -> [N] {
  param w: [1] = ones
  return w * (a + b)
}
train Sum { data: idx(a: "a.idx", b: "b.idx", target: "y.idx")  loss: mse  optimizer: sgd(lr: 1e-30)  batch: 2  epochs: 1 }
`,
    "more.csv": "c,b,a,target\n7,2,1,0\n",
  });
  await nnc(["train", "n.nn", "-o", "run"], { cwd: folder });
  const run = (word: string) =>
    nnc([word, "n.nn", "--params", "run/parameters.safetensors", "--data", "more.csv"], { cwd: folder });
  expect(await run("predict")).toMatchObject({ stdout: "output\n3\n", stderr: 'more.csv: not used: "c"\n' });
  expect((await run("eval")).stderr).toBe('more.csv: not used: "c"\n');
});

test("a column of words may do without a name: what is a class is a row, what may be a name is told", async () => {
  const { folder } = folderWith({
    "package.json": "{}",
    "d.csv": "colour,size,y\nred,1,0\ngreen,2,0\nblue,3,0\n",
    "n.nn": `model Pick(colour: i32[N], size: [N]) -> [N] {
  param w: [1] = ones
  return w * (f32(colour) + 10 * size)
}
train Pick { data: csv("d.csv", target: "y")  loss: mse  optimizer: sgd(lr: 1e-30)  batch: 3  epochs: 1 }
`,
    "bare.csv": "red\ngreen\nblue\n",
    "named.csv": "colour\nred\ngreen\nblue\n",
    "sizes.csv": "1\n2\n3\n",
    "missing.csv": "nan\n2\n3\n",
  });
  await nnc(["train", "n.nn", "-o", "run"], { cwd: folder });
  const predict = (colours: string, sizes: string) =>
    nnc(
      ["predict", "n.nn", "--params", "run/parameters.safetensors"].concat(
        ["--data", `colour=${colours}`],
        ["--data", `size=${sizes}`],
      ),
      { cwd: folder },
    );
  const stdout = "y\n12\n21\n30\n";
  expect(await predict("bare.csv", "sizes.csv")).toEqual({ code: 0, stdout, stderr: "" });
  expect(await predict("named.csv", "sizes.csv")).toEqual({
    code: 0,
    stdout,
    stderr: 'named.csv: the first line is taken for names: "colour"\n',
  });
  expect((await predict("bare.csv", "missing.csv")).stderr).toContain(
    'error[NN0815]: missing.csv:1:1: expected a number in column "1", found "nan"',
  );
});
