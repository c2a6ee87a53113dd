/** docs/exporting.md stays true: its commands run, and its programs run beside what they write. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { pointsProject } from "../cli/fixture.ts";
import { folderWith, nnc } from "../cli/helpers.ts";

const text = readFileSync(path.resolve(import.meta.dirname, "../../docs/exporting.md"), "utf8");
const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", body = ""]) => ({
  language,
  body,
}));
const { folder: cwd } = folderWith(pointsProject);

const commands = blocks.filter(({ language }) => language === "sh").flatMap(({ body }) => body.trim().split("\n"));

/** What a command said that failed. */
async function problemOf(command: string): Promise<string> {
  const [program, ...args] = command.split(" ");
  if (program === "nnc") {
    const { code, stderr } = await nnc(args, { cwd });
    return code === 0 ? "" : stderr;
  }
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  return status === 0 ? "" : stderr;
}

// One after the other, as they stand there: the later take what the earlier wrote.
test.each(commands)(
  "%s",
  async (command) => {
    expect(await problemOf(command)).toBe("");
  },
  120_000,
);

const programs = blocks.filter(({ language, body }) => language === "js" && !body.startsWith("// worker"));

test.each(programs.map(({ body }) => body))("a program runs: %s", (body) => {
  writeFileSync(path.join(cwd, "use.mjs"), body);
  expect(execFileSync(process.execPath, ["use.mjs"], { cwd, encoding: "utf8" })).toMatch(/^left( right 4)?\n$/);
});

test("every block is a command, a program or a page", () => {
  expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(["sh", "js", "html"]));
  expect(programs).toHaveLength(2);
});
