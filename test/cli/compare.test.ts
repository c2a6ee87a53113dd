/** Runs side by side: figures, what differs, what does not compare, and what is said of what is no run. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { figureTable } from "../../cli/compare/figures.ts";
import { differingLines } from "../../cli/compare/lines.ts";
import { readRun } from "../../cli/compare/run.ts";
import type { Context } from "../../cli/context.ts";
import { pointsProject, pointsSource, stepsSource } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

const whole = pointsSource.replace(", holdout: 25%", "");
const { folder: cwd } = folderWith({ ...pointsProject, "steps.nn": stepsSource, "whole.nn": whole });
const compare = (...args: readonly string[]) => nnc(["compare", ...args], { cwd });

beforeAll(async () => {
  const runs: readonly (readonly string[])[] = [
    ["points.nn", "-o", "slow"],
    ["points.nn", "-o", "fast", "--set", "lr=0.5", "--epochs", "2"],
    ["points.nn", "-o", "all", "--all", "--epochs", "1"],
    ["steps.nn", "-o", "steps", "--epochs", "2"],
    ["whole.nn", "-o", "whole", "--epochs", "2"],
  ];
  for (const args of runs) {
    const { code, stderr } = await nnc(["train", ...args], { cwd });
    if (code !== 0) throw new Error(stderr);
  }
}, 120_000);

test("what two runs of one program were given differs, and nothing else", async () => {
  const { stdout, stderr, code } = await compare("slow", "fast/");
  expect([stderr, code]).toEqual(["", 0]);
  const lines = stdout.split("\n").map((line) => line.trim().split(/ {2,}/));
  expect(lines[0]).toEqual([
    "run",
    "hold-out loss",
    "accuracy",
    "best epoch",
    "epochs",
    "steps",
    "time",
    "parameters",
    "memory",
  ]);
  expect(lines.filter(([name]) => name === "epochs" || name === "--set lr")).toEqual([
    ["epochs", "4", "2"],
    ["--set lr", "—", "0.5"],
  ]);
  expect(stdout).not.toContain("checksum");
  expect(stdout).not.toContain("say");
});

test.each([
  [["slow", "fast"], ["hold-out loss", "accuracy"], []],
  [["whole", "copy"], ["loss", "accuracy"], []],
  [
    ["slow", "whole"],
    ["hold-out loss", "hold-out accuracy", "training loss", "training accuracy"],
    ["hold-out loss", "hold-out accuracy"],
  ],
] as const)("scores of %j: what was not held out is no figure of a hold-out", async (names, heads, none) => {
  if (!existsSync(path.join(cwd, "copy"))) cpSync(path.join(cwd, "whole"), path.join(cwd, "copy"), { recursive: true });
  const runs = names.map((name) => readRun({ cwd } as Context, name)); // Reading asks for nothing else.
  const { heads: all, rows } = figureTable(runs);
  expect(all.slice(1, all.indexOf("best epoch"))).toEqual(heads);
  expect(all.filter((_, at) => rows[1]?.[at] === "—")).toEqual(none);
  expect(rows[0]).not.toContain("—");
});

test("of programs that are not alike it says what does not compare, and shows the lines", async () => {
  const { stdout, code } = await compare("slow", "steps");
  expect(code).toBe(0);
  for (const sentence of [
    "steps has not the loss `loss`.",
    "slow has not the loss `classify`.",
    "slow has not the metric `clean`.",
    "steps.nn of steps, beside that of slow",
    "+ model Left(point: [N, 2]) -> [N, 1] = point |> dense(1)",
    "- /// Points in the plane, left or right.",
  ])
    expect(stdout).toContain(sentence);
});

test("--json has figures, differences and notes", async () => {
  const { stdout } = await compare("slow", "fast", "--json");
  const { ok, runs, settings, data, sources, notes } = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  expect({ ok, settings, data, sources, notes }).toEqual({
    ok: true,
    settings: [
      { name: "epochs", values: ["4", "2"] },
      { name: "--set lr", values: ["—", "0.5"] },
    ],
    data: [],
    sources: [],
    notes: [],
  });
  expect(runs).toMatchObject([
    { run: "slow", label: "plain", epochs: 4, steps: 16, parameters: 22, ended: true },
    { run: "fast", label: "plain", epochs: 2, steps: 8, parameters: 22, ended: true },
  ]);
});

test("--json tells the same of a run that ended and of one that did not, scores and nothing of the log's events", async () => {
  const log = readFileSync(path.join(cwd, "slow/log.jsonl"), "utf8").trimEnd().split("\n");
  mkdirSync(path.join(cwd, "cut"));
  writeFileSync(path.join(cwd, "cut/log.jsonl"), log.filter((line) => !line.includes('"event":"done"')).join("\n"));
  const { stdout } = await compare("slow", "cut", "--json");
  const { runs } = JSON.parse(stdout) as { readonly runs: readonly Readonly<Record<string, unknown>>[] };
  const keys = "run label train holdout epochs steps seconds parameters peakBytes bestEpoch ended".split(" ");
  expect(runs.map((run) => Object.keys(run))).toEqual([keys, keys]);
  expect(runs.map(({ ended, epochs }) => [ended, epochs])).toEqual([
    [true, 4],
    [false, 4],
  ]);
});

test("a log of more lines than a call takes arguments is read", async () => {
  mkdirSync(path.join(cwd, "long"));
  const line = '{"event":"step","step":1,"epoch":1,"loss":1}\n';
  writeFileSync(path.join(cwd, "long/log.jsonl"), line.repeat(200_000));
  const { stderr, code } = await compare("slow", "long");
  rmSync(path.join(cwd, "long"), { recursive: true });
  expect([stderr, code]).toEqual(["", 0]);
});

test("-o makes the folder with those above it", async () => {
  expect(await compare("slow", "fast", "-o", "new/deep/c.html")).toMatchObject({ code: 0 });
  expect(readdirSync(path.join(cwd, "new/deep"))).toEqual(["c.html"]);
});

test.each(["svg", "html"])("-o x.%s is written, known again and replaced", async (end) => {
  const file = `both.${end}`;
  for (let time = 0; time < 2; time += 1) {
    const { stderr, code } = await compare("slow", "fast", "-o", file);
    expect([stderr, code]).toEqual([`wrote ${file}\n`, 0]);
  }
  expect(readFileSync(path.join(cwd, file), "utf8")).toContain("loss on the hold-out");
});

test("a run that kept only its log is compared as far as that goes", async () => {
  mkdirSync(path.join(cwd, "old"));
  writeFileSync(path.join(cwd, "old/log.jsonl"), readFileSync(path.join(cwd, "slow/log.jsonl")));
  const { stdout, code } = await compare("slow", "old");
  expect(code).toBe(0);
  expect(stdout).toContain("old kept no run.json: in what source, settings and data differ is not known.");
});

test("one folder is one run, whatever links lead to it, and the end of a picture's name may be in capitals", async () => {
  symlinkSync(path.join(cwd, "slow"), path.join(cwd, "linked"));
  const twice = await nnc(["compare", "slow", "linked"], { cwd });
  expect([twice.code, twice.stderr]).toEqual([
    2,
    expect.stringContaining("expected different runs, found linked twice"),
  ]);
  const { code } = await nnc(["compare", "slow", "fast", "-o", "runs.SVG"], { cwd });
  expect([code, existsSync(path.join(cwd, "runs.SVG"))]).toEqual([0, true]);
});

describe("what is no run", () => {
  const log = (...lines: readonly string[]): string => lines.join("\n");
  test.each([
    [["slow"], 2, "error: expected two runs or more to compare, found 1\n"],
    [[], 2, "error: expected two runs or more to compare, found none\n"],
    [
      ["slow", "fast", "--force"],
      2,
      "error: --force: expected -o FILE with it, found none: nothing is written that could be replaced\n",
    ],
    [["slow", "slow/"], 2, "error: expected different runs, found slow/ twice\n"],
    [["slow", "fast", "-o", "x.png"], 2, 'error: --out: expected a name that ends in .html or .svg, found "x.png"\n'],
    [
      ["slow", "nowhere"],
      1,
      "error[NN0941]: nowhere is no run: expected a folder that `nnc train -o` wrote, found nothing there\n",
    ],
    [
      ["slow", "points.nn"],
      1,
      "error[NN0941]: points.nn is no run: expected a folder that `nnc train -o` wrote, found a file\n",
    ],
    [
      ["slow", "all"],
      1,
      "error[NN0941]: all is no run: expected a folder that `nnc train -o` wrote, found no log.jsonl in it\n   = help: runs lie in all/plain, all/quick\n",
    ],
  ] as const)("%j", async (args, expected, message) => {
    const { stdout, stderr, code } = await compare(...args);
    expect([stdout, stderr, code]).toEqual(["", message, expected]);
  });

  test.each([
    [
      "log.jsonl",
      log('{"event":"start","name":"a","epochs":1}', "{"),
      'log.jsonl, line 2: expected an event of a run, found "{"',
    ],
    ["log.jsonl", log('{"event":"epoch"}'), 'line 1: expected an event of a run, found "{\\"event\\":\\"epoch\\"}"'],
    ["log.jsonl", "", "line 1: expected an event of a run, found an empty file"],
    [
      "log.jsonl",
      '{"event":"start","name":"a","epochs":1,"units":{"name":"y","deviation":"abc"}}',
      "line 1: expected an event of a run, found",
    ],
    ["log.jsonl", '{"event":"start","name":"a","epochs":1,"peakBytes":"abc"}', "line 1: expected an event of a run"],
    ["log.jsonl", '{"event":"done","train":{},"holdout":"abc","steps":1}', "line 1: expected an event of a run"],
    ["run.json", '{"format":"nnc-run"}', "run.json, line 1: expected what a run was made of, found"],
  ])("a broken %s: %j", async (name, content, message) => {
    mkdirSync(path.join(cwd, "broken"));
    writeFileSync(path.join(cwd, "broken/log.jsonl"), readFileSync(path.join(cwd, "slow/log.jsonl")));
    writeFileSync(path.join(cwd, "broken", name), content);
    const { stderr, code } = await compare("slow", "broken");
    rmSync(path.join(cwd, "broken"), { recursive: true });
    expect(stderr).toContain(`error[NN0942]: broken/`);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });

  // Whoever may read all there is, as root, is refused nothing.
  const isRoot = process.getuid?.() === 0;
  test.each([
    ["log.jsonl", "a folder", "it is a folder, expected a file"],
    ["run.json", "a folder", "it is a folder, expected a file"],
    ...(isRoot
      ? []
      : [
          ["log.jsonl", "locked", "permission denied"],
          ["run.json", "locked", "permission denied"],
        ]),
  ])("%s that is %s", async (name, how, problem) => {
    mkdirSync(path.join(cwd, "odd"));
    writeFileSync(path.join(cwd, "odd/log.jsonl"), readFileSync(path.join(cwd, "slow/log.jsonl")));
    const place = path.join(cwd, "odd", name);
    rmSync(place, { force: true });
    if (how === "a folder") mkdirSync(place);
    else writeFileSync(place, "", { mode: 0 });
    const { stderr, code } = await compare("slow", "odd");
    rmSync(path.join(cwd, "odd"), { recursive: true });
    expect([stderr, code]).toEqual([`error[NN0925]: cannot read odd/${name}: ${problem}\n`, 1]);
  });

  test("a name that no disk takes", async () => {
    const { stderr, code } = await compare("slow", "x".repeat(300));
    expect(stderr).toMatch(/^error\[NN0925\]: cannot read x+…: its name is too long\n/);
    expect(code).toBe(1);
  });
});

test.each([
  ["a\nb\nc", "a\nb\nc", []],
  ["a\nb\nc", "a\nx\nc", ["same a", "gone b", "come x", "same c"]],
  ["1\n2\n3\n4\n5\n6", "1\n2\n3\n4\n5\n6\n7", ["same 5", "same 6", "come 7"]],
  ["x\n1\n2\n3\n4\n5\n6\ny", "1\n2\n3\n4\n5\n6", ["gone x", "same 1", "same 2", "gap …", "same 5", "same 6", "gone y"]],
])("lines of %j and %j", (before, after, expected) => {
  expect(differingLines(before, after).map(({ kind, text }) => `${kind} ${text}`)).toEqual(expected);
});
