/** A flag is refused or warned of where it can have no effect: nothing is read and dropped. Its effect is seen in effects.test.ts. */
import { describe, expect, test } from "vitest";
import { pointsProject, pointsSource } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

const { folder: cwd } = folderWith({
  ...pointsProject,
  "sized.nn": `const width = 4\n${pointsSource.replace("dense(4)", "dense(width)")}`,
  "bare.nn": pointsSource.split("\ntrain")[0] ?? "",
});

const cases: readonly (readonly [args: string, sentence: string])[] = [
  // A name that is given twice.
  ["check sized.nn --const width=4 --const width=8", "error: --const: expected one value for width, found two"],
  ["build sized.nn -o never --dim F=2 --dim F=3", "error: --dim: expected one value for F, found two"],
  ["build sized.nn -o never --bounds N=2 --bounds N=2", "error: --bounds: expected one value for N, found two"],
  ["train sized.nn --set lr=1 --set lr=2", "error: --set: expected one value for lr, found two"],
  // What would be lost.
  [
    "predict points.nn --params p --out y.PNG",
    "error: --out: expected a file that ends in .csv, .jsonl, .npy or .idx, the forms of predictions, found y.PNG",
  ],
  ["predict points.nn --params p --out y.npy.gz", "error: --out: expected a file that is not packed, found y.npy.gz"],
  // A name that is not there.
  ["check sized.nn --const widht=8", "error[NN0408]: there is no `const widht` to give another value"],
  ["check sized.nn --const width=wide", "error[NN0418]: `const width` is the number 4: expected a value of that kind"],
  ["check sized.nn --dim Q=2", "error[NN0409]: no input has the dimension `Q` to give a size: expected `N`"],
  [
    "build points.nn -o never --bounds n=2",
    "error[NN0409]: no input has the dimension `n` to give a size: expected `N`",
  ],
  [
    "build points.nn -o never --bounds N=0",
    '--bounds: expected NAME=SIZE such as F=34, from 1 to 2147483647, found "N=0"',
  ],
  ["build points.nn -o never --dim N=2 --bounds N=2", "error[NN0415]: `N` is 2: expected no bound beside a size"],
  ["train sized.nn -o never --set rate=1", "rate"],
  ["train sized.nn -o never --probe Side.dens", "error[NN0410]"],
  ["train sized.nn -o never --label plian", "error[NN0513]"],
  ["build sized.nn -o never --label plian", "error[NN0513]"],
  // What the target, the file or another flag leaves without effect.
  ["train points.nn -o never --relaxed --target wgsl", "error: --relaxed: expected the target wasm, found wgsl"],
  ["build points.nn -o never --compact", "error: --compact: expected the target wasm, found typescript"],
  [
    "predict points.nn --params p -o p.npy --format csv",
    "error: --format: expected npy, as the name p.npy says, found csv",
  ],
  ["train points.nn --all --label plain", "error: expected --all or --label, found both"],
  ["train bare.nn --all", "error: expected a file with a `train` for --all, found none in bare.nn"],
  ["train points.nn --override", "error: --override: expected --resume beside it, found none"],
  ["train bare.nn -o never", "error[NN0707]"],
  // Flags of other commands.
  ["eval points.nn --params p --epochs 3", "error: there is no flag --epochs"],
  ["eval points.nn --params p --force", "error: there is no flag --force"],
  ["predict points.nn --params p --seed 3", "error: --seed: expected --generate beside it, found none"],
  ["check points.nn --set lr=1", "error: there is no flag --set"],
  ["fmt points.nn --force", "error: there is no flag --force"],
  [
    "train points.nn -o never --bounds N=2",
    "error[NN0714]: the batches of `plain`: expected N from 1 to 2, found 8\n   = help: write `batch: 2` in the train, or build with `--bounds N=8` or without a bound of `N`",
  ],
  // Values that are none.
  ["predict points.nn --params p --data x=", '--data: expected FILE, or NAME=FILE such as image=x.npy, found "x="'],
  ["predict points.nn --params p --format yaml", '--format: expected csv, json, npy or idx, found "yaml"'],
];

describe("flags", () => {
  test.each(cases)("nnc %s", async (args, sentence) => {
    const { stdout, stderr, code } = await nnc(args.split(" "), { cwd });
    expect(stderr).toContain(sentence);
    expect([stdout, code === 0]).toEqual(["", false]);
  });

  test.each([
    [
      "build points.nn -o small --target wasm --bounds N=2",
      "warning[NN0416]: `N` has at most 2 rows, and the train's batches have 8",
    ],
    ["train points.nn -o one --epochs 1 --target typescript --threads 2", "warning[NN0726]"],
  ])("nnc %s warns", async (args, sentence) => {
    const { stderr, code } = await nnc(args.split(" "), { cwd });
    expect([stderr.includes(sentence), code]).toEqual([true, 0]);
  });
});

test.each([
  ["no colours where NO_COLOR is not set, since nothing is a terminal", {}, false, false],
  ["colours on a terminal", {}, true, true],
  ["none on a terminal with NO_COLOR", { NO_COLOR: "1" }, true, false],
  ["none where NO_COLOR is empty, which counts as not set, but nothing is a terminal", { NO_COLOR: "" }, false, false],
])("%s", async (_, env, terminal, expected) => {
  const { stdout } = await nnc(["check", "points.nn"], { cwd, env: { TERM: "xterm", ...env }, terminal });
  expect(stdout.includes("\u001b[1mSide\u001b[0m")).toBe(expected);
});
