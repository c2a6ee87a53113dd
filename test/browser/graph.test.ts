/** Pictures of graphs in Chromium: labels lie in their boxes and apart from each other, and are read, light and dark; a page opens, closes and tells. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folderWith, nnc } from "../cli/helpers.ts";
import { startChromium, type Chromium } from "./chromium.ts";
import { faults } from "./labels.ts";
import { openFile } from "./open-file.ts";

const examples = path.resolve(import.meta.dirname, "../../examples");
/** Two convolutions and two normalisations a unit, 24 units. */
const deep = `block unit(x: [N, H, W, C]) -> [N, H, W, C] {
  let h = x |> conv2d(C, 3, padding: "same", bias: false) |> batch_norm |> relu
    |> conv2d(C, 3, padding: "same", bias: false) |> batch_norm
  return relu(x + h)
}

model Deep(image: [N, 16, 16, 3]) -> [N, 10] =
  image |> conv2d(16, 3, padding: "same") |> relu |> repeat(24, unit) |> global_avg_pool |> dense(10)

train Deep { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 4 }
`;
/** Eighty letters without a place to break. */
const long = `block ${"layer".repeat(16)}(x: [N, C]) -> [N, C] = relu(x |> dense(C))
model Long(x: [N, 5]) -> [N, 6] = x |> ${"layer".repeat(16)} |> layer_norm |> dense(6)
train Long { data: given  loss: cross_entropy  optimizer: adam(lr: 0.1)  batch: 32 }
`;
const { folder: cwd } = folderWith({ "deep.nn": deep, "long.nn": long });

const pictures: readonly (readonly [name: string, file: string, ...flags: readonly string[]])[] = [
  ["digits", path.join(examples, "digits/digits.nn")],
  ["digits-step", path.join(examples, "digits/digits.nn"), "--step"],
  ["digits-memory", path.join(examples, "digits/digits.nn"), "--step", "--memory"],
  ["long-kernels", "long.nn", "--step", "--kernels"],
  ["long-memory", "long.nn", "--step", "--memory"],
  ["digits-kernels", path.join(examples, "digits/digits.nn"), "--kernels"],
  ["deep", "deep.nn"],
  ["deep-step", "deep.nn", "--step"],
  ["recurrent", path.join(examples, "text/recurrent.nn")],
  ["transformer", path.join(examples, "text/transformer.nn")],
  ["gan", path.join(examples, "gan/gan.nn"), "--step"],
];

let chromium: Chromium;
beforeAll(async () => {
  chromium = await startChromium();
  for (const [name, file, ...flags] of pictures) {
    for (const form of ["svg", "html"]) {
      const { code, stderr } = await nnc(["graph", file, ...flags, "-o", `${name}.${form}`], { cwd });
      if (code !== 0) throw new Error(stderr);
    }
  }
}, 600_000);
afterAll(() => chromium.close());

const opened = (file: string, options: BrowserContextOptions) => openFile(chromium, path.join(cwd, file), options);

describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
  test.each(pictures.map(([name]) => name))(
    "the file %s.svg: labels in their boxes and apart, with contrast, and of 9 pixels at least where it is 1,200 wide",
    async (name) => {
      const it = await opened(`${name}.svg`, { viewport: { width: 1200, height: 800 }, colorScheme });
      expect(await it.page.evaluate(faults)).toEqual([]);
      const letters = await it.page.evaluate(() => {
        const svg = document.querySelector("svg");
        return 12 * Math.min(1, 1200 / Number(svg?.getAttribute("width")));
      });
      expect(letters).toBeGreaterThanOrEqual(9);
      expect(it.complaints).toEqual([]);
      await it.page.context().close();
    },
  );

  test.each(pictures.flatMap(([name]) => [1200, 390].map((width) => [name, width] as const)))(
    "the page %s.html, %d pixels wide, asks nobody, complains of nothing and is not wider than the screen",
    async (name, width) => {
      const it = await opened(`${name}.html`, { viewport: { width, height: 800 }, colorScheme });
      expect(it.complaints).toEqual([]);
      expect(await it.page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await it.page.evaluate(faults)).toEqual([]);
      const letters = await it.page.evaluate(() => {
        const svg = document.querySelector("svg");
        return (12 * (svg?.getBoundingClientRect().width ?? 0)) / Number(svg?.getAttribute("viewBox")?.split(" ")[2]);
      });
      expect(letters).toBeGreaterThanOrEqual(9);
      await it.page.context().close();
    },
  );
});

test.each(["digits-memory", "long-memory"])(
  "the page %s.html has every column of its table in sight, however long a name is",
  async (name) => {
    const { page } = await opened(`${name}.html`, { viewport: { width: 1200, height: 800 } });
    const hidden = await page
      .locator(".lists > div")
      .evaluateAll((all) => all.map((one) => one.scrollWidth - one.clientWidth));
    expect(hidden).toEqual([0, 0]);
    await page.context().close();
  },
);

describe("a page", () => {
  const names = (page: Page): Promise<readonly string[]> => page.locator("svg .name").allTextContents();
  const viewport = { width: 1200, height: 800 };

  test("a group opens and closes on a click and on Enter, and keeps the focus", async () => {
    const { page, complaints } = await opened("deep.html", { viewport });
    const closed = await names(page);
    expect(closed).toContain("repeat.3.unit");
    expect(closed).not.toContain("batch_norm");
    const unit = page.getByRole("button", { name: /^repeat\.3\.unit/ });
    await unit.click();
    expect(await names(page)).toContain("batch_norm");
    expect(await unit.getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("Enter");
    expect(await names(page)).toEqual(closed);
    await page.keyboard.press("Space");
    expect(await names(page)).toContain("batch_norm_2");
    await unit.locator(".head").first().click();
    expect(await names(page)).toEqual(closed);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("it opens all of a network, closes it, and goes back; labels stay apart", async () => {
    const { page } = await opened("recurrent.html", { viewport });
    const first = await names(page);
    await page.getByRole("button", { name: "Open all" }).click();
    expect(await page.evaluate(faults)).toEqual([]);
    await page.getByRole("button", { name: "Close all" }).click();
    expect((await names(page)).length).toBeLessThan(first.length);
    await page.getByRole("button", { name: "Layers" }).click();
    expect(await names(page)).toEqual(first);
    await page.context().close();
  });

  test("the pointer and the focus tell which lines a box comes from: its own, and the calls of the layers around it", async () => {
    const { page } = await opened("deep.html", { viewport });
    await page.getByRole("button", { name: /^repeat\.3\.unit/ }).click();
    await page.getByRole("button", { name: /^conv2d_2/ }).hover();
    const told = page.locator("#told");
    expect(await told.locator(".path").innerText()).toBe("Deep.repeat.3.unit.conv2d_2");
    const source = [
      '|> conv2d(C, 3, padding: "same", bias: false) |> batch_norm',
      'image |> conv2d(16, 3, padding: "same") |> relu |> repeat(24, unit) |> global_avg_pool |> dense(10)',
    ];
    expect(await told.locator(".source").allInnerTexts()).toEqual(source);
    expect(await told.locator(".file").allInnerTexts()).toEqual(["deep.nn:3", "deep.nn:8"]);
    await page.locator("svg .input").focus();
    expect(await told.locator("h2").innerText()).toBe("image");
    await page.context().close();
  });

  test("names and texts of a program are texts, whatever is in them", async () => {
    const name = 'a"<b>--\u202e.nn';
    const source = `model __proto__(constructor: [N, 2]) -> [N, 2] {
  param toString: [2] = ones
  return constructor * toString // </script><script>document.title = "out"</script><img src=x onerror="document.title = 'out'">
}
`;
    writeFileSync(path.join(cwd, name), source);
    expect((await nnc(["graph", name, "-o", "hostile.html"], { cwd })).code).toBe(0);
    const { page, complaints } = await opened("hostile.html", { viewport });
    expect(await page.title()).toBe("__proto__: forward, as predict.__proto__ computes it");
    expect(await names(page)).toEqual(expect.arrayContaining(["constructor", "toString", "mul"]));
    await page.locator("svg .op").hover();
    expect(await page.locator("#told .source").first().innerText()).toContain("</script><script>");
    expect(await page.locator("#told .file").first().innerText()).toBe('a"<b>--\\u{202E}.nn:3');
    expect(await page.locator("img").count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
