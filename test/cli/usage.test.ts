/** Wrong usage: one sentence, "did you mean" where a name is near, exit code 2, nothing on standard output. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { nnc } from "./helpers.ts";

const hint = "`nnc --help` lists the commands, `nnc COMMAND --help` explains one\n";

const cases: readonly (readonly [args: string, sentence: string])[] = [
  ["chek x.nn", 'there is no command "chek"; did you mean `check`?'],
  ["draw x.nn", 'there is no command "draw"'],
  ["check", "expected FILE, found no argument"],
  ["check a.nn b.nn", 'expected no further argument, found "b.nn"'],
  ["check --jsn x.nn", "there is no flag --jsn; did you mean `--json`?"],
  ["check --frobnicate x.nn", "there is no flag --frobnicate"],
  ["train --lr 0.1 x.nn", "there is no flag --lr; `nnc train` takes it as `--set lr=0.01`"],
  ["train --learning-rate 0.1 x.nn", "there is no flag --learning-rate; `nnc train` takes it as `--set lr=0.01`"],
  ["train --batch-size 4 x.nn", "there is no flag --batch-size; the key `batch` of the `train` says it"],
  ["check -x y.nn", "there is no flag -x"],
  ["check --no-json x.nn", "there is no flag --no-json"],
  ["check --verify --verify x.nn", "--verify: expected it once, found it twice"],
  ["train x.nn --epochs", "--epochs is missing; expected it with a value"],
  ["train x.nn --epochs --all", "--epochs is missing; expected it with a value"],
  ["train x.nn --epochs 0", '--epochs: expected a whole number from 1 to 2147483647, found "0"'],
  ["train x.nn --epochs 1.5", '--epochs: expected a whole number from 1 to 2147483647, found "1.5"'],
  ["train x.nn --epochs 2147483648", '--epochs: expected a whole number from 1 to 2147483647, found "2147483648"'],
  ["train x.nn --threads 2147483648", '--threads: expected a whole number from 1 to 2147483647, found "2147483648"'],
  ["train x.nn --seed 4294967296", '--seed: expected a whole number from 0 to 4294967295, found "4294967296"'],
  [
    "train x.nn --dim F=2147483648",
    '--dim: expected NAME=SIZE such as F=34, from 1 to 2147483647, found "F=2147483648"',
  ],
  ["train x.nn --epochs ten", '--epochs: expected a whole number from 1 to 2147483647, found "ten"'],
  ["train x.nn --seed=-1", '--seed: expected a whole number from 0 to 4294967295, found "-1"'],
  ["train x.nn --target cuda", '--target: expected typescript, wasm or wgsl, found "cuda"'],
  ["train x.nn --target wsm", '--target: expected typescript, wasm or wgsl, found "wsm"; did you mean `wasm`?'],
  ["train x.nn --set lr", '--set: expected NAME=NUMBER such as lr=0.01, found "lr"'],
  ["train x.nn --set lr=fast", '--set: expected NAME=NUMBER such as lr=0.01, found "lr=fast"'],
  ["train x.nn --set lr=", '--set: expected NAME=NUMBER such as lr=0.01, found "lr="'],
  ["train x.nn --const =3", '--const: expected NAME=VALUE such as hidden=256, found "=3"'],
  ["train x.nn --dim F=0", '--dim: expected NAME=SIZE such as F=34, from 1 to 2147483647, found "F=0"'],
  [
    "train x.nn --bounds N=99999999999",
    '--bounds: expected NAME=SIZE such as F=34, from 1 to 2147483647, found "N=99999999999"',
  ],
  ["build x.nn", "--out is missing; expected it with a value"],
  ["eval x.nn", "--params is missing; expected it with a value"],
  [
    "export x.nn --params p --out d --format py",
    '--format: expected js, ts, wasm, wgsl, html, onnx or pytorch, found "py"',
  ],
];

describe("wrong usage", () => {
  test.each(cases)("nnc %s", async (args, sentence) => {
    expect(await nnc(args.split(" "))).toEqual({ stdout: "", stderr: `error: ${sentence}\n${hint}`, code: 2 });
  });

  test.each([
    ["train x.nn --all --label a", "expected --all or --label, found both"],
    ["train x.nn --relaxed --target typescript", "--relaxed: expected the target wasm, found typescript"],
    ["build x.nn -o out --relaxed", "--relaxed: expected the target wasm, found typescript"],
    ["fmt", "expected at least one FILE, found no argument"],
    ["explain NN9999", 'expected a code such as NN0102, found "NN9999"'],
  ])("nnc %s, which only the command itself sees", async (args, sentence) => {
    expect(await nnc(args.split(" "))).toEqual({ stdout: "", stderr: `error: ${sentence}\n`, code: 2 });
  });

  test.each([
    [
      "check --jsn --json x.nn",
      { ok: false, message: "there is no flag --jsn; did you mean `--json`?", diagnostics: [] },
    ],
    ["chek x.nn --json", { ok: false, message: 'there is no command "chek"; did you mean `check`?', diagnostics: [] }],
    [
      "train x.nn --json --epochs 0",
      {
        event: "failed",
        message: '--epochs: expected a whole number from 1 to 2147483647, found "0"',
        diagnostics: [],
      },
    ],
    [
      "explain NN9999 --json",
      { ok: false, message: 'expected a code such as NN0102, found "NN9999"', diagnostics: [] },
    ],
  ])("nnc %s tells a program, too", async (args, document) => {
    const { stdout, stderr, code } = await nnc(args.split(" "));
    expect(JSON.parse(stdout)).toEqual(document);
    expect(stderr).toContain(`error: ${document.message}`);
    expect(code).toBe(2);
  });

  test("what follows -- is an argument", async () => {
    const { stderr, code } = await nnc(["check", "--", "--json"]);
    expect(stderr).toContain("cannot read --json: there is no such file or folder");
    expect(code).toBe(1);
  });
});

describe("help", () => {
  test("without a command, the commands are listed", async () => {
    const { stdout, code } = await nnc([]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      "Exit codes: 0 fine, 1 a mistake in files or data, 2 wrong usage, 70 a bug of nnc, 130 stopped by Ctrl-C.",
    );
    const listed = stdout
      .slice(stdout.indexOf("Commands\n"))
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s/)[0]);
    expect(listed).toEqual([
      "check",
      "build",
      "train",
      "compare",
      "eval",
      "predict",
      "export",
      "graph",
      "bench",
      "fmt",
      "explain",
      "",
    ]);
  });

  test.each(["check", "build", "train", "compare", "eval", "predict", "export", "graph", "bench", "fmt", "explain"])(
    "%s begins with an example",
    async (command) => {
      const { stdout, code } = await nnc([command, "--help"]);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage\\n {2}nnc ${command} \\S`));
    },
  );

  test("--version", async () => {
    const manifest = readFileSync(path.join(import.meta.dirname, "../../package.json"), "utf8");
    const { version } = JSON.parse(manifest) as { version: string };
    expect(await nnc(["--version"])).toEqual({ stdout: `${version}\n`, stderr: "", code: 0 });
  });
});
