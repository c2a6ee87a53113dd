/** docs/exporting.md stays true: its commands run, and its programs run beside what they write. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { pointsProject } from "../cli/fixture.ts";
import { folderWith, nnc } from "../cli/helpers.ts";
import { gpuEnvironment } from "../wgsl/swiftshader.ts";

const text = readFileSync(path.resolve(import.meta.dirname, "../../docs/exporting.md"), "utf8");
const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", body = ""]) => ({
  language,
  body,
}));
const gpuBlock = blocks.find(({ body }) => body.startsWith("// gpu.mjs"))?.body ?? "";
const { folder: cwd } = folderWith({ ...pointsProject, "gpu.mjs": gpuBlock });
// As if it had been installed there.
mkdirSync(path.join(cwd, "node_modules"));
symlinkSync(path.resolve(import.meta.dirname, "../../node_modules/webgpu"), path.join(cwd, "node_modules/webgpu"));
const gpu = gpuEnvironment();
afterAll(gpu.remove);
const env = { ...process.env, ...gpu.env };

const commands = blocks.filter(({ language }) => language === "sh").flatMap(({ body }) => body.trim().split("\n"));

/** What a command said that failed. */
async function problemOf(command: string): Promise<string> {
  const [program, ...args] = command.split(" ");
  if (program === "nnc") {
    const { code, stderr } = await nnc(args, { cwd });
    return code === 0 ? "" : stderr;
  }
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8", env });
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

const programs = blocks.filter(({ language, body }) => language === "js" && !/^\/\/ \w+\.mjs/.test(body));

test.each(programs.map(({ body }) => body))("a program runs: %s", (body) => {
  writeFileSync(path.join(cwd, "use.mjs"), body);
  const before = body.includes("./gpu/") ? ["--import", "./gpu.mjs"] : [];
  const said = execFileSync(process.execPath, [...before, "use.mjs"], { cwd, encoding: "utf8", env });
  expect(said).toMatch(/^left( right 4)?\n$/);
});

test("every block is a command, a program or a page", () => {
  expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(["sh", "js", "html"]));
  expect(programs).toHaveLength(3);
});
