/** The manual stays true: every page's programs and commands run as they stand there, and print what it says. */
import { symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../folder.ts";
import { blocksOf, docs, pagesIn, pageText } from "./blocks.ts";
import { installLibrary } from "./library.ts";
import { rerun, shell, write } from "./page.ts";
import { elsewhere, pages } from "./pages.ts";

const installed = temporaryFolder("manual");

beforeAll(async () => {
  await installLibrary(installed);
  symlinkSync(path.resolve(docs, "../examples"), path.join(installed, "node_modules/nnc/examples"));
});

/** As a reader has it who installed nnc; the first page shows how. */
async function project(page: string): Promise<string> {
  const folder = temporaryFolder("page");
  const { files = {}, before = "" } = pages.get(page) ?? {};
  for (const [name, content] of Object.entries(files)) write(folder, name, content);
  if (page === "first-network.md") return folder;
  writeFileSync(path.join(folder, "package.json"), "{}");
  symlinkSync(path.join(installed, "node_modules"), path.join(folder, "node_modules"), "junction");
  await shell(before, folder, []);
  return folder;
}

test.each([...pages.keys()])(
  "docs/%s runs, and prints what it shows",
  async (page) => {
    await expect(await rerun(pageText(page), await project(page))).toMatchFileSnapshot(path.join(docs, page));
  },
  300_000,
);

test("every page with programs or commands is run", () => {
  const runnable = new Set(["nn", "ts", "js", "sh"]);
  const withBlocks = pagesIn("").filter(
    (page) => !page.startsWith("reference/") && blocksOf(pageText(page)).some(({ language }) => runnable.has(language)),
  );
  expect(withBlocks.toSorted()).toEqual([...pages.keys(), ...elsewhere].toSorted());
});
