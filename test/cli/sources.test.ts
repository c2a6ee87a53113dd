/**
 * Every source of data in every command, with values worked out by hand: the parameters are ones and do not move, so what a network
 * answers and loses follows from the rows alone.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { folderWith, nnc } from "./helpers.ts";

interface Table {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
}

/** Sums of rows are 2, 4, 1, 1 against 0: a loss of 22/4. */
const trained: Table = {
  x: [
    [1, 1],
    [2, 2],
    [0, 1],
    [1, 0],
  ],
  y: [0, 0, 0, 0],
};
/** 3, 7, 11 against 3, 7, 10: a loss of 1/3. */
const tested: Table = {
  x: [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
  y: [3, 7, 10],
};
/** 2 against 5: a loss of 9. */
const other: Table = { x: [[1, 1]], y: [5] };

function csv({ x, y }: Table): string {
  return `a,b,y\n${x.map((row, at) => `${row.join()},${y[at]}\n`).join("")}`;
}

/** As NumPy writes it. */
function npy(shape: readonly number[], values: readonly number[]): Uint8Array {
  const head = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const text = `${head.padEnd(117)}\n`;
  const start = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0);
  return Buffer.concat([start, Buffer.from(text), Buffer.from(Float32Array.from(values).buffer)]);
}

/** Bytes without a sign. */
function idx(shape: readonly number[], values: readonly number[]): Uint8Array {
  return Uint8Array.of(0, 0, 8, shape.length, ...shape.flatMap((size) => [0, 0, 0, size]), ...values);
}

function both(name: string, { x, y }: Table, write: typeof npy, end: string, zip = false): Record<string, Uint8Array> {
  const [rows, targets] = [write([x.length, 2], x.flat()), write([y.length], y)];
  return {
    [`${name}-x.${end}`]: zip ? gzipSync(rows) : rows,
    [`${name}-y.${end}`]: zip ? gzipSync(targets) : targets,
  };
}

const sum = `loss gap(output: [N], target: [N]) -> [] = mean((output - target) ** 2)
model Sum(x: [N, 2]) -> [N] {
  param w: [2] = ones
  return sum(x * w, axis: -1)
}
`;
/** A score of 1 for the character itself and 0 for the others: log(e + 2) where the next one differs, 1 less where it is the same. */
const echo = `model Echo(x: i32[N, T]) -> [N, T, 3] {
  param w: [3] = ones
  return one_hot(x, 3) * w
}
`;
const differs = Math.log(Math.E + 2);

function program(head: string, name: string, data: string, loss: string, batch: string): string {
  return `${head}train ${name} { data: ${data}  loss: ${loss}  optimizer: sgd(lr: 1e-30)  batch: ${batch}  epochs: 1  seed: 3 }\n`;
}

interface Source {
  readonly name: string;
  readonly source: string;
  readonly train: number;
  readonly test: number;
  /** The flags for other rows, and their loss. */
  readonly data: readonly string[];
  readonly other: number;
  /** Rows to predict from. */
  readonly predict: readonly string[];
}

const arrays = (end: string): string => `x: "train-x.${end}", target: "train-y.${end}"`;
const tests = (end: string): string => `x: "test-x.${end}", target: "test-y.${end}"`;
const given = (end: string): readonly string[] => ["--data", `x=other-x.${end}`, "--data", `target=other-y.${end}`];

const sources: readonly Source[] = [
  {
    name: "csv",
    source: program(sum, "Sum", 'csv("train.csv", target: "y", test: "test.csv")', "gap", "2"),
    train: 5.5,
    test: 1 / 3,
    data: ["--data", "other.csv"],
    other: 9,
    predict: ["--data", "test.csv"],
  },
  {
    name: "idx",
    source: program(sum, "Sum", `idx(${arrays("idx")}, test: idx(${tests("idx")}))`, "gap", "2"),
    train: 5.5,
    test: 1 / 3,
    data: given("idx"),
    other: 9,
    predict: ["--data", "test-x.idx"],
  },
  {
    name: "idx.gz",
    source: program(sum, "Sum", `idx(${arrays("idx.gz")}, test: idx(${tests("idx.gz")}))`, "gap", "2"),
    train: 5.5,
    test: 1 / 3,
    data: given("idx.gz"),
    other: 9,
    predict: ["--data", "x=test-x.idx.gz"],
  },
  {
    name: "npy",
    source: program(sum, "Sum", `npy(${arrays("npy")}, test: npy(${tests("npy")}))`, "gap", "2"),
    train: 5.5,
    test: 1 / 3,
    data: given("npy"),
    other: 9,
    predict: ["--data", "test-x.npy"],
  },
  {
    name: "arrays",
    source: program(sum, "Sum", `arrays(${arrays("npy")}, test: arrays(${tests("npy")}))`, "gap", "all"),
    train: 5.5,
    test: 1 / 3,
    data: given("npy"),
    other: 9,
    predict: ["--data", "x=test-x.npy"],
  },
];

const text: Source = {
  name: "text",
  source: program(echo, "Echo", 'text("train.txt", window: 4, vocabulary: 3, test: "test.txt")', "cross_entropy", "2"),
  train: differs,
  test: differs - 1,
  data: ["--data", "other.txt"],
  other: differs - 0.5,
  predict: [],
};

const { folder: cwd } = folderWith({
  "package.json": "{}",
  "train.csv": csv(trained),
  "test.csv": csv(tested),
  "other.csv": csv(other),
  "train.txt": "abcabcabcabcabcab",
  "test.txt": "aaaaaaaaa",
  "other.txt": "aabbaabba",
  ...["train", "test", "other"].reduce((all, name, at) => {
    const table = [trained, tested, other][at] ?? other;
    return {
      ...all,
      ...both(name, table, npy, "npy"),
      ...both(name, table, idx, "idx"),
      ...both(name, table, idx, "idx.gz", true),
    };
  }, {}),
  "other.jsonl": '{"x": [1, 1], "target": 5}\n',
  "latin1.jsonl": Buffer.from('{"x": "\u00ff"}', "latin1"),
  "table.csv": "a,b,target\n1,1,5\n",
  "inputs.csv": "a,b\n1,1\n",
  "targets.csv": "y\n5\n",
  "ids.jsonl": '{"x": [0, 0, 1, 1], "target": [0, 0, 1, 2]}\n',
  "ids-alone.jsonl": "[0, 1, 2, 0]\n",
  "ids-x.npy": npy([1, 4], [0, 0, 1, 1]),
  "ids-y.npy": npy([1, 4], [0, 0, 1, 2]),
  "given.nn": program(sum, "Sum", "given", "gap", "2"),
  ...Object.fromEntries([...sources, text].map(({ name, source }) => [`${name}.nn`, source])),
  ...Object.fromEntries(
    [...sources, text].map(({ name, source }) => [`${name}-none.nn`, source.replaceAll('"test', '"none')]),
  ),
});

function documents(stdout: string): readonly Record<string, unknown>[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function lossOf(scores: unknown): unknown {
  return typeof scores === "object" && scores !== null && "loss" in scores ? scores.loss : undefined;
}

/** What each training tells last; every test may use the parameters of all. */
const told = new Map<string, Readonly<Record<string, unknown>> | undefined>();
beforeAll(async () => {
  for (const { name } of [...sources, text])
    told.set(name, documents((await nnc(["train", `${name}.nn`, "-o", name, "--json"], { cwd })).stdout).at(-1));
}, 120_000);

describe.each([...sources, text])("$name", ({ name, train, test: held, data, other: loss, predict }) => {
  const params = ["--params", `${name}/parameters.safetensors`];

  test("train: the rows of the source, and those of `test` held out", () => {
    const done = told.get(name);
    expect([lossOf(done?.["train"]), lossOf(done?.["holdout"])]).toEqual([
      expect.closeTo(train, 5),
      expect.closeTo(held, 5),
    ]);
  });

  test("train: a file of `test` that is not there is missed", async () => {
    const { stderr, code } = await nnc(["train", `${name}-none.nn`, "-o", "never"], { cwd });
    expect({ stderr, code }).toEqual({
      stderr: expect.stringMatching(/NN0801.*cannot read the data file none/),
      code: 1,
    });
  });

  test("eval: the rows of `test`", async () => {
    const [document] = documents((await nnc(["eval", `${name}.nn`, ...params, "--json"], { cwd })).stdout);
    expect([document?.["data"], lossOf(document?.["scores"])]).toEqual(["hold-out", expect.closeTo(held, 5)]);
  });

  test("eval --data: other rows", async () => {
    const [document] = documents((await nnc(["eval", `${name}.nn`, ...params, ...data, "--json"], { cwd })).stdout);
    expect(lossOf(document?.["scores"])).toEqual(expect.closeTo(loss, 5));
  });

  test.runIf(predict.length > 0)("predict --data", async () => {
    const { stdout, stderr } = await nnc(["predict", `${name}.nn`, ...params, ...predict, "--format", "csv"], { cwd });
    expect([stdout.trim().split("\n").slice(1), stderr]).toEqual([["3", "7", "11"], ""]);
  });
});

describe("text", () => {
  const predict = (stdin: string, ...args: readonly string[]) =>
    nnc(["predict", "text.nn", "--params", "text/parameters.safetensors", "--dim", "T=4", ...args], { cwd, stdin });

  test.each([["standard input"], ["test.txt", "--data", "test.txt"]])(
    "predict reads %s as text",
    async (_, ...args) => {
      expect(await predict("abca", ...args)).toEqual({
        stdout: args.length === 0 ? "abca" : "aaaaaaaaa",
        stderr: "",
        code: 0,
      });
    },
  );

  test("predict takes rows of ids in files that are called so", async () => {
    const { stdout } = await predict("", "--data", "ids-alone.jsonl");
    expect(JSON.parse(stdout)).toEqual({ output: [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0] });
  });
});

/** Every form of rows: one of 1 and 1 with the target 5. */
const forms: readonly {
  readonly form: string;
  readonly files: readonly string[];
  readonly inputs: readonly string[];
}[] = [
  { form: "a table in CSV", files: ["table.csv"], inputs: ["inputs.csv"] },
  { form: "JSON lines", files: ["other.jsonl"], inputs: ["other.jsonl"] },
  { form: "NPY", files: ["x=other-x.npy", "target=other-y.npy"], inputs: ["other-x.npy"] },
  { form: "IDX", files: ["x=other-x.idx", "target=other-y.idx.gz"], inputs: ["x=other-x.idx.gz"] },
  { form: "a matrix in CSV for each", files: ["x=inputs.csv", "target=targets.csv"], inputs: ["x=inputs.csv"] },
  { form: "several forms", files: ["x=other-x.npy", "target=targets.csv"], inputs: ["x=other-x.npy"] },
];

describe.each(["csv", "idx", "npy", "arrays", "given"])("a network trained on %s takes rows in every form", (name) => {
  const command = (word: string, files: readonly string[]): readonly string[] => [
    word,
    `${name}.nn`,
    "--params",
    // A program passes what `given` stands for, so that no command trains on it.
    `${name === "given" ? "npy" : name}/parameters.safetensors`,
    ...files.flatMap((file) => ["--data", file]),
  ];

  test.each(forms)("eval: $form", async ({ files }) => {
    const table = name === "csv" ? files.map((file) => (file === "table.csv" ? "other.csv" : file)) : files;
    const { stdout, stderr } = await nnc([...command("eval", table), "--json"], { cwd });
    expect([stderr, lossOf(documents(stdout)[0]?.["scores"])]).toEqual(["", expect.closeTo(9, 5)]);
  });

  test.each(forms)("predict: $form", async ({ inputs }) => {
    const { stdout, stderr } = await nnc([...command("predict", inputs), "--format", "csv"], { cwd });
    expect([stdout, stderr]).toEqual([name === "csv" ? "y\n2\n" : "output\n2\n", ""]);
  });
});

test("whole arrays are not counted as a row", async () => {
  const { stderr } = await nnc(["train", "arrays.nn", "-o", "whole"], { cwd });
  expect(stderr.split("\n")[0]).toBe("Sum: 2 parameters, whole arrays, others held out, 1 epoch of 1 step");
  const { stdout } = await nnc(["eval", "arrays.nn", "--params", "whole/parameters.safetensors"], { cwd });
  expect(stdout).toContain("hold-out (whole arrays)");
});

describe("a network trained on text takes rows of ids", () => {
  test.each([["ids.jsonl"], ["x=ids-x.npy", "target=ids-y.npy"]])("eval: %s %s", async (...files) => {
    const data = files.flatMap((file) => ["--data", file]);
    const args = ["eval", "text.nn", "--params", "text/parameters.safetensors", ...data, "--json"];
    const { stdout, stderr } = await nnc(args, { cwd });
    // Three of four are followed by themselves.
    expect([stderr, lossOf(documents(stdout)[0]?.["scores"])]).toEqual(["", expect.closeTo(differs - 0.75, 5)]);
  });
});

describe("files that do not fit", () => {
  test.each([
    [
      ["other-x.npy"],
      'error[NN0833]: expected a file for each of "x", "target", as in --data x=other-x.npy, found other-x.npy alone',
    ],
    [["x=other-x.npy"], "error[NN0831]: the data lack `target`"],
    [["y=other-x.npy", "target=other-y.npy"], "error[NN0813]: the data give `y`, which nothing takes"],
    [["x=other-x.npy", "x=other-x.npy"], "error: --data: expected one file for x, found a second, other-x.npy"],
    [
      ["x=other.jsonl", "target=other-y.npy"],
      "error[NN0833]: expected an array for x in NPY, IDX or CSV, found JSON in other.jsonl",
    ],
    [["x=test-x.npy", "target=other-y.npy"], "error[NN0824]: test-x.npy has 3 rows and other-y.npy has 1"],
    [["other.csv"], "error[NN0812]: expected to be told which column of other.csv `target` is read from"],
    [["none.npy"], "error[NN0925]: cannot read none.npy"],
    [["latin1.jsonl"], "error[NN0803]: latin1.jsonl is not UTF-8 text: expected UTF-8, found 0xff at byte 7"],
  ])("eval --data %j is refused", async (files, sentence) => {
    const data = files.flatMap((file) => ["--data", file]);
    const args = ["eval", "npy.nn", "--params", "npy/parameters.safetensors", ...data];
    expect((await nnc(args, { cwd })).stderr).toContain(sentence);
  });
});

describe("predictions in every form", () => {
  const predict = (stdin: string | Uint8Array, ...args: readonly string[]) =>
    nnc(["predict", "npy.nn", "--params", "npy/parameters.safetensors", ...args], { cwd, stdin });
  const rows = "x\n";
  const arrayOf = { npy: npy([2, 2], [1, 2, 3, 4]), idx: idx([2, 2], [1, 2, 3, 4]) };
  const answers = {
    csv: "output\n3\n7\n",
    json: '{"output":3}\n{"output":7}\n',
    npy: Buffer.from(npy([2], [3, 7])).toString("latin1"),
    idx: Buffer.from([0, 0, 0x0d, 1, 0, 0, 0, 2, 0x40, 0x40, 0, 0, 0x40, 0xe0, 0, 0]).toString("latin1"),
  };
  const given = { csv: "a,b\n1,2\n3,4\n", json: "[1, 2]\n[3, 4]\n", ...arrayOf };

  test.each(["csv", "json", "npy", "idx"] as const)(
    "%s on standard input is answered in its own form",
    async (form) => {
      expect(await predict(given[form])).toEqual({ stdout: answers[form], stderr: "", code: 0 });
    },
  );

  test.each(["csv", "json", "npy", "idx"] as const)("--format %s", async (form) => {
    expect((await predict(given.json, "--format", form)).stdout).toBe(answers[form]);
  });

  test.each(["p.csv", "p.jsonl", "p.npy", "p.idx"])("--out %s", async (file) => {
    const { stdout, stderr, code } = await predict(given.json, "--out", file);
    expect({ stdout, stderr, code }).toEqual({ stdout: "", stderr: `wrote ${file}\n`, code: 0 });
    const form = file === "p.jsonl" ? "json" : file.slice(2);
    expect(readFileSync(path.join(cwd, file), "latin1")).toBe(
      Object.entries(answers).find(([key]) => key === form)?.[1],
    );
  });

  test("--json is the rows, or with --out a document about the file", async () => {
    expect((await predict(given.npy, "--json")).stdout).toBe(answers.json);
    const { stdout, stderr } = await predict(given.npy, "--json", "--out", "doc.csv");
    expect([JSON.parse(stdout), stderr]).toEqual([{ ok: true, file: "doc.csv", diagnostics: [] }, ""]);
    expect(readFileSync(path.join(cwd, "doc.csv"), "utf8")).toBe(answers.csv);
  });

  test.each([
    [["--force"], "error: --force: expected --out beside it, found none\n"],
    [
      ["--out", "test.csv"],
      "error[NN0928]: test.csv stands in the way: nothing says that nnc wrote it; nothing was written\n",
    ],
    [
      ["--data", "test.csv", "--out", "test.csv"],
      "error[NN0928]: test.csv stands in the way: this command reads it; nothing was written\n",
    ],
  ])("%j is refused", async (args, sentence) => {
    const { stdout, stderr } = await predict(rows, ...args);
    expect([stdout, stderr.split("   = help")[0]]).toEqual(["", sentence]);
    expect(readFileSync(path.join(cwd, "test.csv"), "utf8")).toBe(csv(tested));
  });

  test("--json with another form is wrong usage", async () => {
    const { stderr, code } = await predict(given.json, "--json", "--format", "csv");
    expect([stderr, code]).toEqual([
      "error: --format: expected json beside --json, found csv; --out FILE takes any form\n",
      2,
    ]);
  });

  test("no array goes to a terminal", async () => {
    const args = ["predict", "npy.nn", "--params", "npy/parameters.safetensors", "--format", "npy"];
    const { stdout, stderr } = await nnc(args, { cwd, stdin: given.json, terminal: true });
    expect([stdout, stderr]).toEqual([
      "",
      "error: --format: expected csv or json on a terminal, or --out FILE, found npy\n",
    ]);
  });
});
