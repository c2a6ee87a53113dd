/** The pages on training and inference from programs stay true: their commands run, and so do their programs, which import `nnc` by its name. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startChromium, type Chromium } from "../browser/chromium.ts";
import { pointsCsv } from "../cli/fixture.ts";
import { folderWith, nnc } from "../cli/helpers.ts";
import { serving } from "./serving.ts";
import { installLibrary } from "./library.ts";

interface Block {
  readonly language: string;
  readonly body: string;
}

function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(path.resolve(import.meta.dirname, `../../docs/${page}.md`), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", body = ""]) => ({ language, body }));
}

/** What each program prints, in its order, page by page; a worker is started by another. */
const programs: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  "training-from-a-program": {
    "train.mjs": /^(\d+ [\d.]+\n){12}done after 48 steps\n$/,
    "resume.mjs": /^10 48 true\n$/,
    "arrays.mjs": /^true\n2\.5\n$/,
    "steps.mjs": /^true\n200\n$/,
    "small.mjs": /^true\n300\n$/,
  },
  "inference-server": {
    "service.mjs": /^left right\n400 row 0: expected a finite number for y of point, found "up"\n$/,
    "library.mjs": /^left right 2\n$/,
    "stream.mjs": /^40\n$/,
  },
  "inference-worker": { "pool.mjs": /^2 4\npredict: expected 2 numbers a row for point, found 3 in all\n$/ },
};
const pages = [...Object.keys(programs), "inference-page"];
const started = ["worker.mjs", "page-worker.mjs"];
const nameOf = ({ body }: Block): string => /^\/\/ (\S+)\n/.exec(body)?.[1] ?? "";

const source = blocksOf("training-from-a-program").find(({ language }) => language === "nn")?.body ?? "";
const { folder: cwd } = folderWith({ "points.nn": source, "points.csv": pointsCsv, "package.json": "{}" });

beforeAll(async () => {
  await installLibrary(cwd);
  for (const page of pages)
    for (const block of blocksOf(page))
      if (block.language === "js") writeFileSync(path.join(cwd, nameOf(block)), block.body);
  const commands = new Set(
    pages.flatMap(blocksOf).flatMap(({ language, body }) => (language === "sh" ? body.trim().split("\n") : [])),
  );
  for (const command of commands) {
    const [, ...args] = command.split(" ");
    const { code, stderr } = await nnc(args, { cwd });
    if (code !== 0) throw new Error(stderr);
  }
}, 600_000);

const cases = Object.entries(programs).flatMap(([page, found]) =>
  Object.entries(found).map(([file, said]) => [page, file, said] as const),
);

test.each(cases)(
  "%s: %s",
  (_page, file, said) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(said);
  },
  120_000,
);

test("every program has a name, and is run", () => {
  const found = pages
    .flatMap(blocksOf)
    .filter(({ language }) => language === "js")
    .map(nameOf);
  expect(found.toSorted()).toEqual([...cases.map(([, file]) => file), ...started].toSorted());
});

describe("in Chromium", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  }, 300_000);
  afterAll(() => chromium.close());

  test("a page predicts, and says what does not fit", async () => {
    const page = blocksOf("inference-page").find(({ language }) => language === "html");
    writeFileSync(path.join(cwd, "index.html"), page?.body ?? "");
    await serving(cwd, async (origin) => {
      const opened = await chromium.browser.newPage();
      await opened.goto(`${origin}/index.html`);
      const said = (): Promise<string> => opened.locator("output").innerText();
      await opened.locator("button").click();
      expect(await said()).toBe("left");
      await opened.locator("[name=x]").fill("1.4");
      await opened.locator("button").click();
      expect(await said()).toBe("right");
      await opened.locator("[name=x]").fill("");
      await opened.locator("button").click();
      expect(await said()).toBe("row 0: expected a finite number for x of point, found NaN");
      await opened.close();
    });
  }, 120_000);

  test("a worker answers a page", async () => {
    const page = blocksOf("inference-worker").find(({ language }) => language === "html");
    writeFileSync(path.join(cwd, "worker.html"), `<!doctype html><body>${page?.body ?? ""}`);
    await serving(cwd, async (origin) => {
      const opened = await chromium.browser.newPage();
      await opened.goto(`${origin}/worker.html`);
      await expect.poll(() => opened.locator("body").innerText(), { timeout: 60_000 }).toBe("right");
      await opened.close();
    });
  }, 120_000);
});
