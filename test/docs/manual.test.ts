/** The manual stays true: every page's programs and commands run as they stand there, and print what it says. */
import { symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../folder.ts";
import { docs, pageText } from "./blocks.ts";
import { installLibrary } from "./library.ts";
import { rerun } from "./page.ts";
import { pages } from "./pages.ts";

const installed = temporaryFolder("manual");

beforeAll(async () => {
  await installLibrary(installed);
  symlinkSync(path.resolve(docs, "../examples"), path.join(installed, "node_modules/nnc/examples"));
});

/** As a reader has it who installed nnc; the first page shows how. */
function project(page: string): string {
  const folder = temporaryFolder("page");
  if (page === "first-network.md") return folder;
  writeFileSync(path.join(folder, "package.json"), "{}");
  symlinkSync(path.join(installed, "node_modules"), path.join(folder, "node_modules"), "junction");
  return folder;
}

test.each(pages)(
  "docs/%s runs, and prints what it shows",
  async (page) => {
    await expect(await rerun(pageText(page), project(page))).toMatchFileSnapshot(path.join(docs, page));
  },
  120_000,
);
