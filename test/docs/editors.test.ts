/** docs/editors.md stays true: its programs print what it says, and what it formats becomes what it shows. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { format } from "../../compiler/syntax/format.ts";
import { folderWith } from "../cli/helpers.ts";
import { installLibrary } from "./library.ts";

const text = readFileSync(path.resolve(import.meta.dirname, "../../docs/editors.md"), "utf8");
const blocks = [...text.matchAll(/^```(\w+) ?(\S*)\n([\s\S]*?)^```$/gm)].map(
  ([, language = "", name = "", body = ""]) => ({ language, name, body }),
);
const { folder: cwd } = folderWith({ "package.json": '{ "type": "module" }' });

beforeAll(async () => {
  await installLibrary(cwd);
}, 120_000);

const programs = blocks.filter(({ language }) => language === "js");

test.each(programs)(
  "$name prints what the page says",
  ({ name, body }) => {
    writeFileSync(path.join(cwd, name), body);
    const { stdout, stderr } = spawnSync(process.execPath, [name], { cwd, encoding: "utf8" });
    const expected = blocks.find((block) => block.language === "text" && block.name === name)?.body;
    expect([stderr, stdout]).toEqual(["", expected]);
  },
  60_000,
);

test("what is too wide becomes what the page shows", () => {
  const [before, after] = blocks.filter(({ language }) => language === "nn").map(({ body }) => body);
  expect(format({ name: "a.nn", text: before ?? "" })).toEqual({ text: after, diagnostics: [] });
});

test("no block stands there unread", () => {
  expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(["nn", "js", "text"]));
  expect(programs).toHaveLength(3);
});
