/** What commands say on a narrow terminal: no line is wider than it, and what is too wide for one is told in several, without a word lost. */
import { stripVTControlCharacters } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { pointsProject, pointsSource } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

const { folder: cwd } = folderWith({
  ...pointsProject,
  "points.nn": pointsSource.replace("adam(lr: 0.01)", "momentum(lr: 0.01, beta: 0.9)"),
});
const env = { NO_COLOR: "1", TERM: "xterm" };

/** Lines as they stay on the screen: of what was written over itself, the last. */
function linesOf(printed: string): readonly string[] {
  return printed.split("\n").map((line) => stripVTControlCharacters(line).split("\r").at(-1) ?? "");
}

async function told(args: readonly string[], terminal: boolean): Promise<readonly string[]> {
  const { stdout, stderr, code } = await nnc(args, { cwd, env, terminal, columns: 60 });
  expect([code, stderr.includes("error")]).toEqual([0, false]);
  return linesOf(stdout + stderr);
}

beforeAll(async () => {
  for (const label of ["plain", "quick"]) await told(["train", "points.nn", "--label", label, "-o", label], false);
}, 60_000);

describe.each<readonly [what: string, ...args: readonly string[]]>([
  ["the layers of a file and what it needs", "check", "points.nn"],
  ["a graph", "graph", "points.nn"],
  ["an arena", "graph", "points.nn", "--step", "--memory"],
  ["what was drawn", "graph", "points.nn", "--step", "-o", "a-folder-for-pictures/step.svg"],
  ["two runs", "compare", "plain", "quick"],
  ["a training", "train", "points.nn", "--label", "plain", "-o", "again", "--probe", "Side.dense"],
  ["all trainings", "train", "points.nn", "--all", "-o", "all", "--set", "beta=0.8"],
])("%s", (_, ...args) => {
  test("is no wider than the terminal", async () => {
    const lines = await told(args, true);
    expect(lines.filter((line) => Array.from(line).length > 60)).toEqual([]);
  });
});

test("a line that is too wide goes on in the next, and is one in a pipe", async () => {
  const [narrow, wide] = [await told(["check", "points.nn"], true), await told(["check", "points.nn"], false)];
  const memory = wide.find((line) => line.startsWith("memory ")) ?? "";
  expect(memory.length).toBeGreaterThan(100);
  const start = narrow.findIndex((line) => line.startsWith("memory "));
  expect(narrow.slice(start, start + 3).join(" ")).toContain(memory);
});
