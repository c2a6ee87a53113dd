/** Runs side by side: figures, what differs, what does not compare, and what is said of what is no run. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { differingLines } from "../../cli/compare/lines.ts";
import { pointsProject, stepsSource } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

const { folder: cwd } = folderWith({ ...pointsProject, "steps.nn": stepsSource });
const compare = (...args: readonly string[]) => nnc(["compare", ...args], { cwd });

beforeAll(async () => {
  const runs: readonly (readonly string[])[] = [
    ["points.nn", "-o", "slow"],
    ["points.nn", "-o", "fast", "--set", "lr=0.5", "--epochs", "2"],
    ["points.nn", "-o", "all", "--all", "--epochs", "1"],
    ["steps.nn", "-o", "steps", "--epochs", "2"],
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

describe("what is no run", () => {
  const log = (...lines: readonly string[]): string => lines.join("\n");
  test.each([
    [["slow"], 2, "error: expected two runs or more to compare, found 1\n"],
    [[], 2, "error: expected two runs or more to compare, found none\n"],
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
});

test.each([
  ["a\nb\nc", "a\nb\nc", []],
  ["a\nb\nc", "a\nx\nc", ["same a", "gone b", "come x", "same c"]],
  ["1\n2\n3\n4\n5\n6", "1\n2\n3\n4\n5\n6\n7", ["same 5", "same 6", "come 7"]],
  ["x\n1\n2\n3\n4\n5\n6\ny", "1\n2\n3\n4\n5\n6", ["gone x", "same 1", "same 2", "gap …", "same 5", "same 6", "gone y"]],
])("lines of %j and %j", (before, after, expected) => {
  expect(differingLines(before, after).map(({ kind, text }) => `${kind} ${text}`)).toEqual(expected);
});
