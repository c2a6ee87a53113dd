/** Exported pages in Chromium, opened from the disk: what they ask, what they answer, at the width of a telephone and of a screen. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { crc32, deflateSync } from "node:zlib";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sealed } from "../../runtime/save/integrity.ts";
import { encode } from "../../runtime/save/encode.ts";
import { decode } from "../../runtime/save/safetensors.ts";
import { folderWith, nnc } from "../cli/helpers.ts";
import { startChromium, type Chromium } from "./chromium.ts";

/** Numbers, words, and names that could end a string, an element or a script, or are keys with a meaning of their own. */
const form = `/// </title><script>alert(1)</script> <!-- & "doc"
/// of two lines
model Form(__proto__: [N, 2], kind: i32[N]) -> [N, 2] =
  concat([__proto__, embedding(kind, 3, 2)], axis: -1) |> dense(2)

train Form {
  data: csv("form.csv", __proto__: ["<!--", "a&b"], kind: "</script>", target: "<b>", standardize: true)
  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8  epochs: 2
}
`;
const formCsv = [
  "<!--,a&b,</script>,<b>",
  ...Array.from(
    { length: 12 },
    (_, row) =>
      `${row - 2},${row / 8},${["<i>", "blue", "red"][row % 3]},${row % 2 === 0 ? "<img src=x onerror=alert(1)>" : "odd"}`,
  ),
  "",
].join("\n");
const price = `model Price(house: [N, 3]) -> [N] = sum(house |> dense(2), axis: -1)
train Price { data: csv("price.csv", target: "price", standardize: true)  loss: mse  optimizer: sgd(lr: 0.1)  batch: 8  epochs: 2 }
`;
const priceCsv = `area,rooms,age,price\n${Array.from({ length: 12 }, (_, row) => `${50 + 7 * row},${1 + (row % 4)},${row},${1000 * row + 150000}`).join("\n")}\n`;
/** Inputs of a column each: two are called as theirs are. */
const home = `model Home(size: [N], place: i32[N], at: i32[N]) -> [N] =
  sum(concat([stack([size, size * size], axis: -1), place |> embedding(2, 3), at |> embedding(12, 3)], axis: -1) |> dense(2), axis: -1)
train Home { data: csv("home.csv", size: "size", place: "place", at: "floor", target: "price")  loss: mse  optimizer: sgd(lr: 1e-6)  batch: 8  epochs: 1 }
`;
const homeCsv = `size,place,floor,price\n${Array.from({ length: 12 }, (_, row) => `${50 + 7 * row},${row % 2 === 0 ? "town" : "coast"},${row},${row}`).join("\n")}\n`;
/** Left and right halves of 6 × 6 pixels from 0 to 16. */
const halves = `model Halves(image: [N, 36]) -> [N, 2] = image |> dense(2)
train Halves { data: csv("halves.csv", image: "p*", target: "half", scale: 1/16)  loss: cross_entropy  optimizer: adam(lr: 0.1)  batch: 16  epochs: 20 }
`;
const halvesCsv = [
  [...Array.from({ length: 36 }, (_, at) => `p${at}`), "half"].join(","),
  ...Array.from({ length: 32 }, (_, row) => {
    const left = row % 2 === 0;
    const pixels = Array.from({ length: 36 }, (_pixel, at) =>
      at % 6 < 3 === left && (at + row) % 5 > 0 ? 16 - (row % 3) : 0,
    );
    return [...pixels, left ? "left" : "right"].join(",");
  }),
  "",
].join("\n");
const letters = `model Letters(text: i32[N, T]) -> [N, T, 6] = text |> embedding(6, 4) |> rnn(4) |> dense(6)
train Letters { data: text("letters.txt", window: 8, vocabulary: 6)  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 8  epochs: 1  seed: 3 }
`;
const wide = `model Wide(x: [N, 100]) -> [N, 2] = x |> dense(2)
train Wide { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 8 }
`;

const { folder: cwd } = folderWith({
  "package.json": "{}",
  "form.nn": form,
  "form.csv": formCsv,
  "price.nn": price,
  "price.csv": priceCsv,
  "home.nn": home,
  "home.csv": homeCsv,
  "halves.nn": halves,
  "halves.csv": halvesCsv,
  "letters.nn": letters,
  "letters.txt": "abacabadabacabae".repeat(20),
  "wide.nn": wide,
});

async function run(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await nnc(args, { cwd });
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

const names = ["form", "price", "home", "halves", "letters"];
let chromium: Chromium;
beforeAll(async () => {
  chromium = await startChromium();
  for (const name of names) {
    await run("train", `${name}.nn`, "-o", name);
    await run("export", `${name}.nn`, "--params", `${name}/parameters.safetensors`, "-o", `${name}.html`);
  }
}, 300_000);
afterAll(() => chromium.close());

interface Opened {
  readonly page: Page;
  /** What the page wrote to its console, threw, asked of anybody, or opened. */
  readonly complaints: string[];
}

async function opened(name: string, options: BrowserContextOptions = {}, script?: string): Promise<Opened> {
  const context = await chromium.browser.newContext({ locale: "en-US", ...options });
  const page = await context.newPage();
  const found: string[] = [];
  const place = pathToFileURL(path.join(cwd, `${name}.html`)).href;
  page.on("console", (message) => found.push(message.text()));
  page.on("pageerror", (error) => found.push(String(error)));
  page.on("dialog", (dialog) => {
    found.push(dialog.message());
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url() !== place) found.push(request.url());
  });
  if (script !== undefined) await page.addInitScript(script);
  await page.goto(place);
  return { page, complaints: found };
}

async function close({ page }: Opened): Promise<void> {
  await page.context().close();
}

const answer = (page: Page): Promise<string> => page.locator("#answer").innerText();
/** The class that has the longest bar. */
const best = (page: Page): Promise<string> => page.locator("#answer .best").innerText();

describe.each([
  { width: 390, height: 800 },
  { width: 1200, height: 800 },
])("$width pixels wide", (viewport) => {
  test.each(names.flatMap((name) => (["light", "dark"] as const).map((colorScheme) => [name, colorScheme] as const)))(
    "the page of %s, %s, runs, asks nobody, complains of nothing, and is not wider than the screen",
    async (name, colorScheme) => {
      const it = await opened(name, { viewport, colorScheme });
      await it.page.locator("#app").waitFor();
      expect(it.complaints).toEqual([]);
      expect(await it.page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
      expect(await it.page.locator("#tested").innerText()).toContain("come out as they did when it was exported");
      const ground = await it.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(ground).toBe(colorScheme === "light" ? "rgb(246, 247, 249)" : "rgb(20, 23, 27)");
      // Everything that is asked has a name, for those who do not see it.
      const unnamed = await it.page.evaluate(
        () =>
          [...document.querySelectorAll("input, select, textarea, button, canvas[role]")].filter((one) => {
            const labels = "labels" in one ? [...((one as HTMLInputElement).labels ?? [])] : [];
            return [...labels.map((label) => label.textContent), one.textContent, one.getAttribute("aria-label")].every(
              (text) => (text ?? "") === "",
            );
          }).length,
      );
      expect(unnamed).toBe(0);
      await close(it);
    },
    60_000,
  );
});

describe("a form", () => {
  test("names of columns, words and classes are texts, whatever is in them; the answer is that of `nnc predict`", async () => {
    const it = await opened("form");
    const { page } = it;
    expect(await page.title()).toBe("Form");
    expect(await page.locator(".doc").allInnerTexts()).toEqual([
      '</title><script>alert(1)</script> <!-- & "doc"',
      "of two lines",
    ]);
    await page.getByLabel("<!--").fill("3.5");
    await page.getByLabel("a&b").fill("0.25");
    await page.getByLabel("</script>").selectOption("<i>");
    const row = { "<!--": 3.5, "a&b": 0.25, "</script>": "<i>" };
    writeFileSync(path.join(cwd, "row.json"), JSON.stringify(row));
    const predicted = JSON.parse(
      await run("predict", "form.nn", "--params", "form/parameters.safetensors", "--data", "row.json", "--json"),
    ) as { "<b>": string; scores: Readonly<Record<string, number>> };
    expect(await best(page)).toBe(`<b>: ${predicted["<b>"]}`);
    const scores = Object.values(predicted.scores);
    const share = Math.exp(Math.max(...scores)) / scores.reduce((sum, score) => sum + Math.exp(score), 0);
    expect(await page.locator("#answer .first .share").innerText()).toBe(`${(100 * share).toFixed(1)} %`);
    expect(await page.locator("script").count()).toBe(1);
    expect(await page.locator("img").count()).toBe(0);
    expect(it.complaints).toEqual([]);
    await close(it);
  }, 60_000);

  test("it begins with a row of the data, says which numbers the data have, marks others, and answers in the target's units", async () => {
    const it = await opened("price");
    const { page } = it;
    const area = page.getByLabel("area");
    expect(await area.inputValue()).toBe("50");
    expect(await page.locator(".hint").allInnerTexts()).toEqual(["50 to 127", "1 to 4", "0 to 11"]);
    const classOfHint = (): Promise<string> =>
      page
        .locator(".hint")
        .first()
        .evaluate((one) => one.className);
    expect(await classOfHint()).toBe("hint");
    await area.fill("128");
    expect(await classOfHint()).toBe("hint beyond");
    const number = Number(await page.locator("#answer .one").innerText());
    expect(number).toBeGreaterThan(100_000);
    writeFileSync(path.join(cwd, "row.csv"), "area,rooms,age\n128,1,0\n");
    const predicted = (
      await run("predict", "price.nn", "--params", "price/parameters.safetensors", "--data", "row.csv")
    )
      .trim()
      .split("\n")
      .at(-1);
    expect(number).toBe(Number(Number(predicted).toPrecision(6)));
    await close(it);
  }, 60_000);

  test("an input of one value is named once, by its column and, where that is another, by its own name", async () => {
    const it = await opened("home");
    expect(await it.page.locator("#app fieldset legend, #app label, #app .note.above").allInnerTexts()).toEqual([
      "size",
      "place",
      "at",
      "floor",
      "Examples of the data",
    ]);
    expect(await it.page.locator(".hint").first().innerText()).toBe("50 to 127 in the data");
    await close(it);
  }, 60_000);

  test("where the data are gone it says the ranges and the words of training; parameters from before these were kept have none", async () => {
    const gone = folderWith({ "package.json": "{}", "form.nn": form, "price.nn": price }).folder;
    const exportThere = async (name: string, params: string): Promise<void> => {
      const args = ["export", `${name}.nn`, "--params", params, "-o", path.join(cwd, `gone-${name}.html`)];
      const { code, stderr } = await nnc(args, { cwd: gone });
      if (code !== 0) throw new Error(stderr);
    };
    const hints = async (name: string): Promise<readonly string[]> => {
      const it = await opened(`gone-${name}`);
      const found = await it.page.locator(".hint, option").allInnerTexts();
      await close(it);
      return found;
    };
    for (const name of ["form", "price"]) await exportThere(name, path.join(cwd, name, "parameters.safetensors"));
    expect(await hints("price")).toEqual(["50 to 127", "1 to 4", "0 to 11"]);
    expect(await hints("form")).toEqual(["-2 to 9", "0 to 1.375", "<i>", "blue", "red"]);
    const { tensors, metadata } = decode("p", readFileSync(path.join(cwd, "price", "parameters.safetensors")));
    const { ranges: _, ...before } = JSON.parse(metadata.get("nnc.fitted") ?? "") as Record<string, unknown>;
    const changed = { tensors, metadata: new Map([...metadata, ["nnc.fitted", JSON.stringify(before)]]) };
    const old = path.join(gone, "old.safetensors");
    writeFileSync(old, encode(tensors, sealed(changed)));
    await exportThere("price", old);
    expect(await hints("price")).toEqual([]);
  }, 120_000);

  test("what is no number is asked for by the name of its column", async () => {
    const it = await opened("price");
    await it.page.getByLabel("rooms").fill("");
    expect(await answer(it.page)).toBe("expected a number for rooms");
    await it.page.getByLabel("rooms").fill("2");
    expect(await answer(it.page)).toContain("price");
    await it.page.getByRole("button", { name: "Example 3 of the data" }).click();
    expect(await it.page.getByLabel("area").inputValue()).toBe("92");
    await close(it);
  }, 60_000);

  test("many numbers without names are a list", async () => {
    const { compile } = await import("../../compiler/compile.ts");
    const { load } = await import("../../runtime/load/index.ts");
    const result = compile({ name: "wide.nn", source: wide }, { target: "wasm" });
    if (!result.ok) throw new Error("it compiles");
    writeFileSync(path.join(cwd, "wide.safetensors"), (await load(result.artifact)).save());
    await run("export", "wide.nn", "--params", "wide.safetensors", "-o", "wide.html");
    const it = await opened("wide");
    const area = it.page.getByLabel("x: 100 numbers");
    await area.fill(Array.from({ length: 100 }, (_, at) => at).join(", "));
    expect(await answer(it.page)).toMatch(/^output\[0\]\n+-?[\d.]+\n+output\[1\]/);
    for (const [given, problem] of [
      ["1 2 3", "expected 100 values for x, found 3"],
      ["1 2 three", "expected 100 values for x, found 3"],
      [`${"1 ".repeat(99)}three`, 'expected a finite number for x[99], found "three"'],
    ] as const) {
      await area.fill(given);
      expect(await answer(it.page)).toBe(problem);
    }
    await close(it);
  }, 60_000);
});

describe("a pad", () => {
  /** Draws down one half. */
  async function draw(page: Page, part: number): Promise<void> {
    const box = await page.locator("canvas.pad").boundingBox();
    if (box === null) throw new Error("there is no pad");
    await page.mouse.move(box.x + box.width * part, box.y + box.height * 0.1);
    await page.mouse.down();
    for (const down of [0.3, 0.5, 0.7, 0.9]) await page.mouse.move(box.x + box.width * part, box.y + box.height * down);
    await page.mouse.up();
  }

  test.each([390, 1200])(
    "what is drawn is what the model sees, %d pixels wide",
    async (width) => {
      const it = await opened("halves", { viewport: { width, height: 900 } });
      const { page } = it;
      for (const [part, half] of [
        [0.2, "left"],
        [0.8, "right"],
        [0.3, "left"],
      ] as const) {
        await page.getByRole("button", { name: "Clear" }).click();
        await draw(page, part);
        expect(await best(page)).toBe(`half: ${half}`);
      }
      await page.getByRole("button", { name: "Example 2 of the data" }).click();
      expect(await best(page)).toMatch(/^half: (left|right)$/);
      expect(it.complaints).toEqual([]);
      await close(it);
    },
    60_000,
  );

  /** A grey PNG of 60 × 60 pixels: white on black on one side. */
  function picture(left: boolean): Buffer {
    const rows = Array.from({ length: 60 }, () => [
      0,
      ...Array.from({ length: 60 }, (_, x) => (x < 30 === left ? 255 : 0)),
    ]).flat();
    const chunk = (type: string, data: Uint8Array): Buffer => {
      const body = Buffer.concat([Buffer.from(type), data]);
      const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
      length.writeUInt32BE(data.length);
      sum.writeUInt32BE(crc32(body));
      return Buffer.concat([length, body, sum]);
    };
    const head = Buffer.from([0, 0, 0, 60, 0, 0, 0, 60, 8, 0, 0, 0, 0]);
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    return Buffer.concat([
      signature,
      chunk("IHDR", head),
      chunk("IDAT", deflateSync(Buffer.from(rows))),
      chunk("IEND", Buffer.alloc(0)),
    ]);
  }

  test("a file of an image becomes as small as the model's; inverted, it is its negative; another file is answered by a sentence", async () => {
    const it = await opened("halves");
    const { page } = it;
    const chooser = page.locator('input[type="file"]');
    await chooser.setInputFiles({ name: "left.png", mimeType: "image/png", buffer: picture(true) });
    await expect.poll(() => best(page)).toBe("half: left");
    await page.getByLabel("Invert the image").check();
    await expect.poll(() => best(page)).toBe("half: right");
    await chooser.setInputFiles({ name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
    await expect.poll(() => answer(page)).toBe("expected a file of an image, such as PNG or JPEG, found notes.png");
    expect(it.complaints).toEqual([]);
    await close(it);
  }, 60_000);
});

describe("a writer", () => {
  test("writes what the module writes, and a mistake in a number is told", async () => {
    await run("export", "letters.nn", "--params", "letters/parameters.safetensors", "-o", "letters.mjs");
    const module = (await import(pathToFileURL(path.join(cwd, "letters.mjs")).href)) as {
      readonly generate: (prompt: string, options: object) => Iterable<string>;
    };
    const it = await opened("letters");
    const { page } = it;
    await page.getByLabel("Text to go on from").fill("abac");
    await page.getByLabel("Characters").fill("300");
    await page.getByLabel("Temperature").fill("0.5");
    await page.getByLabel("Seed").fill("9");
    await page.getByRole("button", { name: "Generate" }).click();
    const expected = `abac${[...module.generate("abac", { length: 300, temperature: 0.5, seed: 9 })].join("")}`;
    await expect.poll(() => page.locator("#answer .text").innerText()).toBe(expected);
    await page.getByLabel("Temperature").fill("-1");
    await page.getByRole("button", { name: "Generate" }).click();
    await expect.poll(() => answer(page)).toBe("expected a number from 0 for temperature, found -1");
    // It ends when it is told to.
    await page.getByLabel("Temperature").fill("1");
    await page.getByLabel("Characters").fill("100000000");
    await page.getByRole("button", { name: "Generate" }).click();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Generate" }).waitFor();
    expect(it.complaints).toEqual([]);
    await close(it);
  }, 60_000);
});

test.each([
  ["delete globalThis.WebAssembly", "this model runs as WebAssembly, which this engine has not"],
  [
    "WebAssembly.validate = () => false",
    "this model runs as WebAssembly with vector instructions (SIMD), which this engine has not",
  ],
])(
  "where the page cannot run it says so: %s",
  async (script, reason) => {
    const it = await opened("price", {}, script);
    expect(await it.page.locator("#starting").innerText()).toBe(`This page cannot run here: ${reason}.`);
    expect(await it.page.locator("#app").isVisible()).toBe(false);
    await close(it);
  },
  60_000,
);

test("without scripts it says what it needs", async () => {
  const it = await opened("price", { javaScriptEnabled: false });
  expect(await it.page.locator("#starting").innerText()).toContain("with JavaScript and WebAssembly");
  await close(it);
}, 60_000);

test("weights in eight bits and relaxed instructions are for pages, too; weights beside them are not", async () => {
  const args = ["price.nn", "--params", "price/parameters.safetensors", "-o", "small.html"];
  await run("export", ...args, "--dtype", "int8", "--relaxed", "--max-change", "50%");
  const it = await opened("small");
  expect(await it.page.locator("#tested").innerText()).toContain("come out as they did");
  await close(it);
  const { code, stderr } = await nnc(["export", ...args, "--weights", "w"], { cwd });
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining("--weights: expected --format js, ts, wasm or wgsl, found html"),
  ]);
}, 60_000);

test("the policy names the script and the style by their hashes, and nothing in the page's texts ends an element", () => {
  for (const name of names) {
    const text = readFileSync(path.join(cwd, `${name}.html`), "utf8");
    expect(text).toMatch(
      /content="default-src 'none'; script-src 'sha256-[\w+/=]{44}' 'wasm-unsafe-eval'; style-src 'sha256-[\w+/=]{44}'; base-uri 'none'; form-action 'none'"/,
    );
    expect(text.match(/<\/?script|<!--/gi)).toEqual(["<!--", "<script", "</script"]);
  }
});
