/**
 * Every picture of every example, the lessons' among them, in Chromium: the graph, its backward pass, the step, kernels and memory, the report of a run,
 * and its comparison with another one. One example in a normal run, all in a deep one.
 */
import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { trainLabels } from "../../cli/source.ts";
import { readProject } from "../../compiler/project.ts";
import { nnc } from "../cli/helpers.ts";
import { temporaryFolder } from "../folder.ts";
import { settings } from "../random/settings.ts";
import { startChromium, type Chromium } from "./chromium.ts";
import { faults } from "./labels.ts";
import { openFile } from "./open-file.ts";
import { badWords, paleThings } from "./words.ts";

const root = path.resolve(import.meta.dirname, "../../examples");
const cwd = temporaryFolder("pictures");
/** Its data are not here. */
const untrained = ["fashion/full.nn"];
const sample = ["lessons/13-saddles/saddle.nn"];
/** What each of the others is compared with. */
const base = "linear/linear.nn";

const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((file) => file.split(path.sep).join("/"))
  .filter((file) => file.endsWith(".nn"))
  .toSorted();

let chromium: Chromium;
beforeAll(async () => {
  chromium = await startChromium();
  await done(["train", path.join(root, base), "-o", "base"]);
}, 300_000);
afterAll(() => chromium.close());

async function done(args: readonly string[]): Promise<void> {
  const { code, stderr } = await nnc(args, { cwd });
  if (code !== 0) throw new Error(`nnc ${args.join(" ")}\n${stderr}`);
}

/** What is wrong with a page at both widths, light and dark. */
async function wrong(file: string, checks: readonly (() => readonly string[])[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    const viewport = { width: 1200, height: 800 };
    const { page, complaints } = await openFile(chromium, path.join(cwd, file), { viewport, colorScheme });
    for (const width of [1200, 390]) {
      await page.setViewportSize({ ...viewport, width });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      const all: string[] = wide > width ? [`is ${wide} pixels wide`] : [];
      for (const check of checks) all.push(...(await page.evaluate(check)));
      found.push(...all.map((one) => `${file}, ${colorScheme}, ${width}: ${one}`));
    }
    found.push(...complaints);
    await page.context().close();
  }
  return found;
}

test.each(settings.deep ? files : sample)(
  "%s: nothing overlaps, leaves its place or is too pale, at both widths, light and dark",
  async (file) => {
    const place = path.join(root, file);
    const name = file.replaceAll(/\W/g, "_");
    const found: string[] = [];
    const [label] = trainLabels(readProject(place));
    const whole = label === undefined ? [] : ["--backward", "--step", "--step --kernels", "--step --memory"];
    for (const [at, flags] of ["", "--kernels", "--memory", ...whole].entries()) {
      const page = `${name}-${at}.html`;
      await done(["graph", place, ...flags.split(" ").filter((flag) => flag !== ""), "-o", page]);
      found.push(...(await wrong(page, [faults])));
    }
    if (label !== undefined && !untrained.includes(file)) {
      await done(["train", place, "--epochs", "1", "-o", name]);
      await done(["compare", "base", name, "-o", `${name}.html`]);
      for (const page of [`${name}/report.html`, `${name}.html`])
        found.push(...(await wrong(page, [badWords, paleThings])));
    }
    expect(found).toEqual([]);
  },
  600_000,
);

test("the samples are examples", () => {
  expect([base, ...sample, ...untrained].filter((file) => !files.includes(file))).toEqual([]);
});
