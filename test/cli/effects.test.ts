/**
 * Every flag of every command has its effect: what is seen of a run without it, and of the same run with it. The flags are those of the
 * commands' own definitions, so that one without a row here is a failure.
 */
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { routes } from "../../cli/routes.ts";
import { sealed } from "../../runtime/save/integrity.ts";
import { encode } from "../../runtime/save/encode.ts";
import { decode } from "../../runtime/save/safetensors.ts";
import { pointsCsv } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

// No machine's GPU is asked, and no clock: each case runs once a round, and its time is how long it would have been measured.
vi.mock("../../cli/gpu.ts", () => ({ gpuFor: async () => Promise.resolve({}) }));
vi.mock("benny", () => {
  interface Named {
    readonly name: string;
    readonly prepare: () => () => unknown;
  }
  const suite = async (_title: string, ...parts: readonly (Named | { readonly maxTime: number })[]) => {
    const cases = parts.filter((part) => "prepare" in part);
    const [{ maxTime }] = parts.filter((part) => "maxTime" in part);
    for (const { prepare } of cases) await prepare()();
    return { results: cases.map(({ name }) => ({ name, details: { median: maxTime } })) };
  };
  const add = (name: string, prepare: Named["prepare"]): Named => ({ name, prepare });
  return {
    default: {
      add,
      suite,
      cycle: () => ({ name: "cycle" }),
      configure: ({ cases }: { readonly cases: unknown }) => cases,
    },
  };
});

const source = `const width = 4
const gain = 1.0

/// Points in the plane, left or right.
model Side(point: [N, F]) -> [N, 2] = gain * point |> dense(width) |> relu |> dense(2)
model Twice(point: [N, F]) -> [N, 2] = 2 * Side(point)
model Tilt(point: [N, F]) -> [N, 1] = point |> dense(1)

train Side as plain { data: points  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8  epochs: 2  seed: 3 }
train Side as quick { data: points  loss: cross_entropy  optimizer: sgd(lr: 0.2)  batch: 4  epochs: 2  seed: 3  metrics: [accuracy] }
train Tilt as tilt { data: points  loss: binary_cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8  epochs: 1  seed: 3 }

data points = csv("points.csv", target: "side", standardize: true, holdout: 25%)
`;

/** With a convolution that is worth another algorithm. */
const pictures = `model Deep(point: [N, 2]) -> [N, 2] =
  point |> dense(512) |> reshape([N, 8, 8, 8]) |> conv2d(16, kernel: 3, padding: "same") |> flatten |> dense(2)
train Deep { data: points  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8  seed: 3 }
data points = csv("points.csv", target: "side", standardize: true, holdout: 25%)
`;
/** A text, and a model of it. */
const letters = `model Letters(text: i32[N, T]) -> [N, T, 6] = text |> embedding(6, 4) |> rnn(4) |> dense(6)
train Letters { data: text("letters.txt", window: 8, vocabulary: 6)  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 8  epochs: 1  seed: 3 }
`;
const rows = `${pointsCsv.split("\n").slice(0, 3).join("\n")}\n`;
const foreign = "somebody's own";

const { folder: cwd } = folderWith({
  "package.json": "{}",
  "points.nn": source,
  "pictures.nn": pictures,
  "points.csv": pointsCsv,
  "letters.nn": letters,
  "letters.txt": "abcdefabcabcdefabc".repeat(8),
  "built/manifest.json": foreign,
  "trained/plot.svg": foreign,
  "predicted.csv": foreign,
  "compared.svg": foreign,
  "drawn.svg": foreign,
  "exported/model.mjs": foreign,
  "measured/bench.html": foreign,
});

/** A run that others begin with; a file of parameters that are not finite, and one that is not formatted. */
beforeAll(async () => {
  await nnc(["train", "points.nn", "--out", "earlier"], { cwd });
  await nnc(["train", "letters.nn", "--out", "letters"], { cwd });
  await nnc(["bench", "points.nn", "--target", "wasm", "--rounds", "3", "--out", "earlier"], { cwd });
  const { tensors, metadata } = decode("p", readFileSync(path.join(cwd, "earlier/parameters.safetensors")));
  for (const { data } of tensors.values()) data.fill(NaN);
  writeFileSync(path.join(cwd, "broken.safetensors"), encode(tensors, sealed({ tensors, metadata })));
  writeFileSync(path.join(cwd, "earlier/ugly.nn"), "model M(x:[N,2])->[N,2]=x");
}, 300_000);

/** What is seen of a run. */
interface Seen {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
  /** How many WebAssembly modules were compiled. */
  readonly modules: number;
  /** A file of its folder; undefined where there is none. */
  readonly file: (name: string) => string | undefined;
}

const known = new Map<string, Promise<Seen>>();

/** A run that was asked for before is not run again. */
async function seenOf(line: string): Promise<Seen> {
  const seen = known.get(line) ?? run(line, `own-${known.size}`);
  known.set(line, seen);
  return seen;
}

/** Runs in a folder OUT of its own, or in a copy RUN of the earlier run. */
async function run(line: string, own: string): Promise<Seen> {
  if (line.includes("RUN")) cpSync(path.join(cwd, "earlier"), path.join(cwd, own), { recursive: true });
  const compiling = vi.spyOn(WebAssembly, "compile");
  const { stdout, stderr, code } = await nnc(line.replaceAll(/OUT|RUN/g, own).split(" "), { cwd, stdin: rows });
  const modules = compiling.mock.calls.length;
  compiling.mockRestore();
  const file = (name: string): string | undefined => {
    const place = path.join(cwd, own, name);
    return existsSync(place) ? readFileSync(place, "utf8") : undefined;
  };
  return { stdout, stderr: stderr.replaceAll(own, "OUT"), code, modules, file };
}

type Look = (seen: Seen) => unknown;
type Text = "stdout" | "stderr" | "manifest.json" | "log.jsonl" | "model.mjs";

/** The first group of every match. */
const all =
  (pattern: RegExp, of: Text = "stdout"): Look =>
  (seen) =>
    [...((of === "stdout" || of === "stderr" ? seen[of] : seen.file(of)) ?? "").matchAll(pattern)].map(
      ([, group]) => group,
    );
const has =
  (name: string): Look =>
  ({ file }) =>
    file(name) !== undefined;
const code: Look = (seen) => seen.code;
const modules: Look = (seen) => seen.modules;
const isJson: Look = ({ stdout }) => stdout.startsWith("{");
/** The mistake, by its code; the exit code where there is none. */
const mistake: Look = ({ stderr, code: exit }) => /error\[(NN\d+)\]/.exec(stderr)?.[1] ?? exit;

type Row = readonly [flag: string, without: string, given: string, look: Look, before: unknown, after: unknown];

const [built, trained] = ["points.nn --out OUT --target wasm", "points.nn --out OUT --epochs 1"];
const params = "--params earlier/parameters.safetensors";
const used = `points.nn ${params}`;
const exported = `${used} --out OUT`;
const read = "letters.nn --params letters/parameters.safetensors --data letters.txt";
const written = "letters.nn --params letters/parameters.safetensors --generate 9";
/** Larger than any memory, where a size changes nothing that is printed. */
const [wide, long] = ["--const width=100000000", "--bounds N=400000000"];

const [one, three] = ["points.nn --target wasm --rounds 1", "points.nn --target wasm --rounds 3"];
const timed = "--compare earlier/bench.json";
/** Of the training steps in a table of times. */
const training = ({ source: pattern }: RegExp): Look => all(new RegExp(`^training step +${pattern}`, "gm"));

const cases: Readonly<Record<string, readonly Row[]>> = {
  check: [
    ["label", "points.nn", "--label quick", all(/step of (\w+)/g), ["plain", "quick", "tilt"], ["quick"]],
    ["const", "points.nn --label plain", "--const width=8", all(/(\d+) parameters,/g), ["22", "22"], ["42", "42"]],
    ["dim", "points.nn --label tilt", "--dim F=7", all(/(\d+) parameters,/g), ["3"], ["8"]],
    ["bounds", "points.nn --label plain", "--bounds N=16", all(/N ≤ (\d+)/g), ["8"], ["16"]],
    ["operations", "points.nn", "--operations 9", mistake, 0, "NN0603"],
    ["verify", "points.nn", "--verify", all(/^verified every form of (.*)$/gm, "stderr"), [], ["3 programs"]],
    ["json", "points.nn", "--json", isJson, false, true],
  ],
  build: [
    ["out", "points.nn --target wasm", "--out OUT", has("manifest.json"), false, true],
    ["force", "points.nn --target wasm --out built", "--force", code, 1, 0],
    ["target", "points.nn --out OUT", "--target wasm", has("plain.wasm"), false, true],
    ["relaxed", built, "--relaxed", ({ file }) => file("plain.wat")?.includes("relaxed_madd"), false, true],
    // What is left over beside whole vectors and tiles has one form.
    ["compact", built, "--compact", ({ file }) => (file("plain.wat")?.length ?? 0) < 130_000, false, true],
    [
      "no-winograd",
      "pictures.nn --out OUT --target wasm",
      "--no-winograd",
      ({ file }) => file("Deep.wat")?.includes("1.265625"),
      true,
      false,
    ],
    ["label", built, "--label quick", has("quick.wasm"), false, true],
    ["const", built, "--const width=8", all(/"name":"width","value":(\d+)/g, "manifest.json"), ["4"], ["8"]],
    ["dim", built, "--dim F=7", all(/"name":"F","value":(\d+)/g, "manifest.json"), ["2"], ["7"]],
    ["bounds", built, "--bounds N=16", all(/"name":"N","bound":(\d+)/g, "manifest.json"), ["8"], ["16"]],
    ["operations", built, "--operations 9", mistake, 0, "NN0603"],
    ["json", built, "--json", isJson, false, true],
  ],
  train: [
    ["out", "points.nn --epochs 1", "--out OUT", has("parameters.safetensors"), false, true],
    ["force", "points.nn --epochs 1 --out trained", "--force", code, 1, 0],
    ["target", trained, "--target typescript", modules, 1, 0],
    ["relaxed", trained, "--relaxed", all(/(NN0655)/g, "stderr"), [], ["NN0655"]],
    [
      "no-winograd",
      "pictures.nn --out OUT --epochs 1",
      "--no-winograd",
      all(/"step":1,.*"loss":(\d\.\d{6})/g, "log.jsonl"),
      ["3.408210"],
      ["3.408209"],
    ],
    ["label", trained, "--label quick", all(/"name":"(\w+)","rows"/g, "log.jsonl"), ["plain"], ["quick"]],
    ["all", trained, "--all", has("tilt/log.jsonl"), false, true],
    ["epochs", "points.nn --out OUT", "--epochs 1", all(/"epoch","epoch":(\d+)/g, "log.jsonl"), ["1", "2"], ["1"]],
    ["set", trained, "--set lr=0.5", all(/"step":1,.*"lr":(...)/g, "log.jsonl"), ["0.1"], ["0.5"]],
    ["const", trained, "--const width=8", all(/"parameters":(\d+)/g, "log.jsonl"), ["22"], ["42"]],
    ["dim", trained, "--dim F=7", mistake, 0, "NN0814"],
    ["bounds", trained, "--bounds N=2", mistake, 0, "NN0714"],
    ["operations", trained, "--operations 9", mistake, 0, "NN0603"],
    ["seed", trained, "--seed 4", all(/"step":1,.*"loss":(....)/g, "log.jsonl"), ["1.45"], ["0.44"]],
    ["threads", trained, "--threads 2", all(/(NN0726)/g, "stderr"), [], ["NN0726"]],
    ["threads", `${trained} --const width=8192`, "--threads 3", all(/on (3) threads/g, "stderr"), [], ["3"]],
    ["probe", trained, "--probe Side.dense", all(/(Side\.dense)\b/g), [], ["Side.dense"]],
    ["norms", trained, "--norms", all(/"epoch","epoch":1,.*"norms":\{"(main)"/g, "log.jsonl"), [], ["main"]],
    ["resume", "points.nn --out RUN", "--resume", all(/"start".*"steps":(\d+)/g, "log.jsonl"), ["0"], ["8"]],
    ["override", "points.nn --out RUN --resume --set lr=0.5", "--override", mistake, "NN0926", 0],
    ["json", trained, "--json", isJson, false, true],
  ],
  compare: [
    ["out", "earlier letters", "--out OUT.html", all(/^wrote (.*)/gm, "stderr"), [], ["OUT.html"]],
    ["force", "earlier letters --out compared.svg", "--force", mistake, "NN0928", 0],
    ["json", "earlier letters", "--json", isJson, false, true],
  ],
  eval: [
    ["params", "points.nn", params, code, 2, 0],
    ["data", used, "--data points.csv", all(/\((\d+) rows\)/g), ["10"], ["40"]],
    ["target", used, "--target typescript", modules, 1, 0],
    ["label", used, "--label quick", all(/(accuracy)/g), [], ["accuracy"]],
    ["const", used, "--const width=8", mistake, 0, "NN0926"],
    ["dim", used, "--dim F=7", code, 0, 1],
    ["bounds", used, long, mistake, 0, "NN0602"],
    ["operations", used, "--operations 9", mistake, 0, "NN0603"],
    ["override", `${used} --const gain=2`, "--override", mistake, "NN0926", 0],
    ["json", used, "--json", isJson, false, true],
  ],
  predict: [
    ["params", "points.nn", params, code, 2, 0],
    ["data", used, "--data points.csv", ({ stdout }) => stdout.split("\n").length, 4, 42],
    ["format", used, "--format json", isJson, false, true],
    ["generate", read, "--generate 9", code, 0, 2],
    ["prompt", written, "--prompt cafe", all(/^(.{4})/g), ["eaeb"], ["cafe"]],
    ["temperature", written, "--temperature 0", all(/^(.*)$/g), ["eaebcabaa"], ["baabaabaa"]],
    ["seed", written, "--seed 4", all(/^(.*)$/g), ["eaebcabaa"], ["babfaefab"]],
    ["out", used, "--out OUT", all(/^wrote (.*)/gm, "stderr"), [], ["OUT"]],
    ["force", `${used} --out predicted.csv`, "--force", code, 1, 0],
    ["model", used, "--model Twice", all(/^(.*),/g), ["side,score left"], ["output 0"]],
    ["target", used, "--target typescript", modules, 1, 0],
    ["label", used, "--label tilt", mistake, 0, "NN0921"],
    ["const", used, "--const width=8", mistake, 0, "NN0926"],
    ["dim", used, "--dim F=7", code, 0, 1],
    ["bounds", used, long, mistake, 0, "NN0602"],
    ["operations", used, "--operations 9", mistake, 0, "NN0603"],
    ["override", `${used} --const gain=2`, "--override", mistake, "NN0926", 0],
    ["json", used, "--json", isJson, false, true],
  ],
  export: [
    ["params", "points.nn --out OUT", params, code, 2, 0],
    ["out", used, "--out OUT", has("model.mjs"), false, true],
    ["force", `${used} --out exported`, "--force", code, 1, 0],
    ["format", exported, "--format ts", has("model.ts"), false, true],
    ["model", exported, "--model Twice", all(/Inference with the model (\w+)/g, "model.mjs"), ["Side"], ["Twice"]],
    ["weights", exported, "--weights own.bin", has("own.bin"), false, true],
    ["dtype", exported, "--dtype f16", all(/\d, "(f16)"\]/g, "model.mjs"), [], ["f16", "f16"]],
    ["max-change", `${exported} --dtype int8`, "--max-change 0", code, 0, 1],
    [
      "relaxed",
      `${exported} --format wasm`,
      "--relaxed",
      all(/(validate: .*\n|relaxed instructions)/g, "model.mjs"),
      [],
      ["relaxed instructions"],
    ],
    ["allow-nonfinite", "points.nn --params broken.safetensors --out OUT", "--allow-nonfinite", mistake, "NN0930", 0],
    ["label", exported, "--label tilt", mistake, 0, "NN0921"],
    ["const", exported, "--const width=8", mistake, 0, "NN0926"],
    ["dim", exported, "--dim F=7", code, 0, 1],
    ["bounds", exported, "--bounds N=128", all(/const most = (\d+)/g, "model.mjs"), ["64"], ["128"]],
    ["operations", exported, "--operations 9", mistake, 0, "NN0603"],
    ["override", `${exported} --const gain=2`, "--override", mistake, "NN0926", 0],
    ["json", exported, "--json", isJson, false, true],
  ],
  graph: [
    ["out", "points.nn", "--out OUT/x.svg", has("x.svg"), false, true],
    ["force", "points.nn --out drawn.svg", "--force", code, 1, 0],
    ["backward", "points.nn", "--backward", all(/(backward pass)/g), [], ["backward pass"]],
    ["step", "points.nn", "--step", all(/(whole training step)/g), [], ["whole training step"]],
    ["kernels", "points.nn", "--kernels", all(/as \d (kernel)/g), [], ["kernel"]],
    ["memory", "points.nn", "--memory", all(/(memory of predict)/g), [], ["memory of predict"]],
    ["depth", "points.nn --out OUT/x.svg", "--depth 1", ({ file }) => file("x.svg")?.includes("contract"), true, false],
    ["model", "points.nn", "--model Twice", all(/^(\w+): forward/g), ["Side"], ["Twice"]],
    ["label", "points.nn", "--label tilt", all(/^(\w+): forward/g), ["Side"], ["Tilt"]],
    ["const", "points.nn", "--const width=8", all(/\[N, (4|8)\]/g), ["4", "4"], ["8", "8"]],
    ["dim", "points.nn --label tilt --json", "--dim F=7", all(/"text":"\[(\d), 1\]"/g), ["2"], ["7"]],
    ["bounds", "points.nn --memory", "--bounds N=16", all(/Side\.point.*? (\d+) B/g), ["64"], ["128"]],
    ["operations", "points.nn", "--operations 9", mistake, 0, "NN0603"],
    ["json", "points.nn", "--json", isJson, false, true],
  ],
  bench: [
    ["label", one, "--label quick", training(/(\d+) +wasm/), ["8", "4", "1"], ["4", "2", "1"]],
    ["target", "points.nn --rounds 1", "--target wasm", training(/8 +(\w+)/), ["typescript", "wasm"], ["wasm"]],
    ["relaxed", one, "--relaxed", training(/8 +wasm (relaxed)/), [], ["relaxed"]],
    ["threads", one, "--threads 2", all(/^(.*) is left out/gm, "stderr"), [], ["wasm, 2 threads"]],
    ["const", one, wide, mistake, 0, "NN0602"],
    ["dim", one, "--dim F=100000000", mistake, 0, "NN0602"],
    ["bounds", one, "--bounds N=16", training(/(\d+) +wasm/), ["8", "4", "1"], ["16", "4", "1"]],
    ["operations", one, "--operations 9", mistake, 0, "NN0603"],
    ["batches", one, "--batches 2,1", training(/(\d+) +wasm/), ["8", "4", "1"], ["2", "1"]],
    ["rounds", "points.nn --target wasm", "--rounds 3", all(/medians of (\d+)/g), ["5"], ["3"]],
    ["seconds", one, "--seconds 5", training(/8 +wasm .* (\d\.\d\d) s/), ["1.00"], ["5.00"]],
    ["profile", `${one} --seconds 0.01`, "--profile", all(/^Profile of (\w+): training/gm), [], ["wasm"]],
    ["compare", three, timed, all(/^Beside (.*)/gm), [], ["earlier/bench.json"]],
    ["fail-above", `${three} ${timed} --seconds 300`, "--fail-above 10%", code, 0, 1],
    ["out", one, "--out OUT", has("bench.html"), false, true],
    ["force", `${one} --out measured`, "--force", mistake, "NN0928", 0],
    ["json", one, "--json", isJson, false, true],
  ],
  fmt: [
    ["check", "RUN/ugly.nn", "--check", ({ file }) => file("ugly.nn")?.includes(" -> "), true, false],
    ["json", "RUN/ugly.nn", "--json", isJson, false, true],
  ],
  explain: [["json", "NN0102", "--json", isJson, false, true]],
};

test("every flag of every command has a row", () => {
  const flags = Object.entries(routes).map(([command, { parameters }]) => [
    command,
    Object.keys(parameters.flags ?? {}),
  ]);
  const rowsOf = ([command, own]: readonly [string, readonly Row[]]) => [
    command,
    [...new Set(own.map(([flag]) => flag))],
  ];
  expect(Object.entries(cases).map(rowsOf)).toEqual(flags);
});

describe.each(Object.entries(cases))("nnc %s", (command, own) => {
  test.each(own)("--%s", async (_flag, without, given, look, before, after) => {
    const runs = [await seenOf(`${command} ${without}`), await seenOf(`${command} ${without} ${given}`)];
    expect(runs.map(look)).toEqual([before, after]);
  });

  test("--help", async () => {
    const { stdout, code: exit } = await nnc([command, "--help"], { cwd });
    expect([exit, stdout.startsWith(`Usage\n  nnc ${command} `)]).toEqual([0, true]);
  });
});
