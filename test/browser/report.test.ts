/** Reports and comparisons in Chromium, opened from the disk: nothing is asked of anybody, nothing overlaps, and all of it is read at both widths, light and dark. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pointsCsv, stepsSource } from "../cli/fixture.ts";
import { folderWith, nnc } from "../cli/helpers.ts";
import { startChromium, type Chromium } from "./chromium.ts";
import { openFile } from "./open-file.ts";
import { badWords, paleThings } from "./words.ts";

/** Names, words and cells that could end a string, an element or a script, turn the direction of writing, or are keys with a meaning of their own. */
const hostile = `/// </script><img src=x onerror=alert(1)>
model Form(__proto__: [N, 2]) -> [N, 2] = __proto__ |> dense(2)
train Form {
  data: csv("form.csv", __proto__: ["</script>", "a&b"], target: "<b>", holdout: 25%)
  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8  epochs: 3
  metrics: [accuracy, recall(average: "none") as "__proto__"]
}
`;
const hostileCsv = [
  "</script>,a&b,<b>",
  ...Array.from(
    { length: 24 },
    (_, row) => `${row - 2},${row / 8},${row % 2 === 0 ? "<img src=x onerror=alert(1)>" : "\u202eodd</td>"}`,
  ),
  "",
].join("\n");
/** Left and right halves of 6 × 6 pixels. */
const halves = `model Halves(image: [N, 36]) -> [N, 2] = image |> dense(2)
train Halves { data: csv("halves.csv", image: "p*", target: "half", scale: 1/16, holdout: 25%)  loss: cross_entropy  optimizer: adam(lr: 0.1)  batch: 8  epochs: 4 }
`;
const halvesCsv = [
  [...Array.from({ length: 36 }, (_, at) => `p${at}`), "half"].join(","),
  ...Array.from({ length: 32 }, (_, row) => {
    const left = row % 2 === 0;
    return [
      ...Array.from({ length: 36 }, (_pixel, at) => (at % 6 < 3 === left ? 16 : 0)),
      left ? "left" : "right",
    ].join(",");
  }),
  "",
].join("\n");
const letters = `model Letters(text: i32[N, T]) -> [N, T, 6] = text |> embedding(6, 4) |> rnn(4) |> dense(6)
train Letters { data: text("letters.txt", window: 8, vocabulary: 6)  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 8  epochs: 2  seed: 3 }
`;

/** Classes of ninety letters without a place to break, half of them told wrong: the parameters stay as they begin. */
const longName = "kind".repeat(22);
const long = `model Long(x: [N, 2]) -> [N, 2] { param w: [2, 2] = zeros  return x @ w }
train Long { data: csv("long.csv", target: "kind")  loss: cross_entropy  optimizer: sgd(lr: 1e-9)  batch: 8  epochs: 2  metrics: [accuracy] }
`;
const longCsv = `a,b,kind\n${Array.from({ length: 16 }, (_, row) => `${row},1,${longName}${row % 2}\n`).join("")}`;

const { folder: cwd } = folderWith({
  "package.json": "{}",
  "hostile.nn": hostile,
  "form.csv": hostileCsv,
  "halves.nn": halves,
  "halves.csv": halvesCsv,
  // Losses of 4.84e-4, 9e-4 and 1.225e-3.
  "tiny.nn": `model Tiny(x: [N]) -> [N] { param w: [] = ones  return w * x }
train Tiny { data: csv("tiny.csv", target: "y")  loss: mse  optimizer: sgd(lr: 1e-9)  batch: all  epochs: 2 }
`,
  "tiny.csv": "x,y\n0.5,0.478\n1,1.03\n2,2.035\n",
  "long.nn": long,
  "long.csv": longCsv,
  "letters.nn": letters,
  "letters.txt": "a cab, a bad cab.\n".repeat(12),
  "steps.nn": stepsSource,
  "points.csv": pointsCsv,
});
const pages = [
  `${longName}/report.html`,
  "long.html",
  "hostile/report.html",
  "halves/report.html",
  "letters/report.html",
  "steps/report.html",
  "both.html",
];

let chromium: Chromium;
beforeAll(async () => {
  chromium = await startChromium();
  const commands: readonly (readonly string[])[] = [
    ["train", "hostile.nn", "-o", "hostile"],
    ["train", "halves.nn", "-o", "halves", "--probe", "Halves.dense"],
    ["train", "letters.nn", "-o", "letters"],
    ["train", "steps.nn", "-o", "steps"],
    ["train", "tiny.nn", "-o", "tiny"],
    ["train", "long.nn", "-o", longName],
    ["compare", "halves", longName, "-o", "long.html"],
    ["compare", "hostile", "steps", "-o", "both.html"],
  ];
  for (const args of commands) {
    const { code, stderr } = await nnc(args, { cwd });
    if (code !== 0) throw new Error(stderr);
  }
}, 300_000);
afterAll(() => chromium.close());

const opened = (name: string, width: number, colorScheme: "light" | "dark") =>
  openFile(chromium, path.join(cwd, name), { viewport: { width, height: 800 }, colorScheme });

describe.each([390, 1200])("%d pixels wide", (width) => {
  test.each(pages.flatMap((name) => (["light", "dark"] as const).map((scheme) => [name, scheme] as const)))(
    "%s, %s, asks nobody, is not wider than the screen, and is read",
    async (name, scheme) => {
      const { page, complaints } = await opened(name, width, scheme);
      expect(complaints).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(ground).toBe(scheme === "light" ? "rgb(246, 247, 249)" : "rgb(20, 23, 27)");
      expect(await page.evaluate(badWords)).toEqual([]);
      expect(await page.evaluate(paleThings)).toEqual([]);
      await page.context().close();
    },
    60_000,
  );
});

test.each([
  ["hostile/report.html", "\\u{202E}odd</td>"],
  ["both.html", "steps.nn of steps, beside that of hostile"],
])(
  "in %s names, classes and cells are texts, whatever is in them",
  async (name, also) => {
    const { page } = await opened(name, 1200, "light");
    expect(await page.locator("script, b, iframe, object").count()).toBe(0);
    expect(await page.locator("img").count()).toBe(0);
    const text = await page.locator("body").innerText();
    for (const one of ["__proto__", "</script><img src=x onerror=alert(1)>", also]) expect(text).toContain(one);
    expect(text).not.toContain("\u202e");
    await page.context().close();
  },
  60_000,
);

test.each([`${longName}/report.html`, "long.html"])(
  "in %s a name that is long is broken, so that no column of a table is out of sight",
  async (name) => {
    const { page } = await opened(name, 1200, "light");
    const shown = await page.locator(".scroll:visible").evaluateAll((all) =>
      all.map((one) => ({
        hidden: one.scrollWidth - one.clientWidth,
        narrowest: Math.min(...[...one.querySelectorAll(".long")].map((cell) => cell.getBoundingClientRect().width)),
      })),
    );
    expect(shown.map(({ hidden }) => hidden)).toEqual(shown.map(() => 0));
    expect(Math.min(...shown.map(({ narrowest }) => narrowest))).toBeGreaterThan(100);
    expect(Math.min(...shown.map(({ narrowest }) => narrowest))).toBeLessThan(600);
    await page.context().close();
  },
  60_000,
);

test("a number stays in one line, on a telephone, too", async () => {
  const { page } = await opened("tiny/report.html", 390, "light");
  const lines = await page.locator("#rows dd").evaluateAll((all) =>
    all.map((one) => {
      const range = document.createRange();
      range.selectNodeContents(one);
      return { text: one.textContent, lines: range.getClientRects().length };
    }),
  );
  expect(lines.filter(({ text }) => /e-\d$/.test(text ?? "")).length).toBeGreaterThan(0);
  expect(lines.filter((one) => one.lines > 1)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.context().close();
}, 60_000);

test("rows are shown as what they are: pictures, columns, texts with what was said otherwise", async () => {
  const shown = async (name: string, selector: string): Promise<number> => {
    const { page } = await opened(`${name}/report.html`, 1200, "light");
    const count = await page.locator(`#rows ${selector}`).count();
    await page.context().close();
    return count;
  };
  expect(await shown("halves", "img")).toBe(8);
  expect(await shown("hostile", "img")).toBe(0);
  expect(await shown("hostile", "dt:text-is('a&b')")).toBe(6);
  expect(await shown("letters", ".letters mark")).toBeGreaterThan(0);
}, 60_000);

test("the best epoch is marked, a program with steps has the loss of each, and what was probed is drawn", () => {
  const text = (name: string): string => readFileSync(path.join(cwd, name, "report.html"), "utf8");
  expect(text("halves")).toContain(">best: 4<");
  expect(text("halves")).toContain(">gradient norm of probes<");
  expect(text("hostile")).toContain("--probe Form.dense.w");
  for (const title of ["losses", "classify, hold-out", "judge, training", "widest[0]", "confusion"])
    expect(text("steps")).toContain(`>${title}<`);
});
