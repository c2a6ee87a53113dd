/** The pictures of the lessons in Chromium: no words over others or out of the picture, all of them read, at both widths, light and dark. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startChromium, type Chromium } from "./chromium.ts";
import { badWords, paleThings } from "./words.ts";

const lessons = path.resolve(import.meta.dirname, "../../examples/lessons");
const pictures = readdirSync(lessons, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".svg"))
  .toSorted();

let chromium: Chromium;
beforeAll(async () => {
  chromium = await startChromium();
}, 120_000);
afterAll(() => chromium.close());

describe.each([390, 1200])("%d pixels wide", (width) => {
  test.each(["light", "dark"] as const)(
    "%s",
    async (colorScheme) => {
      const context = await chromium.browser.newContext({ viewport: { width, height: 800 }, colorScheme });
      const page = await context.newPage();
      const found: string[] = [];
      for (const file of pictures) {
        const svg = readFileSync(path.join(lessons, file), "utf8");
        const style = "margin: 16px; background: var(--card, var(--ground)); color: var(--ink)";
        await page.setContent(
          `<style>svg { max-width: 100%; height: auto }</style><body style="${style}">${svg}</body>`,
        );
        const wrong = [...(await page.evaluate(badWords)), ...(await page.evaluate(paleThings))];
        found.push(...wrong.map((one) => `${file}: ${one}`));
      }
      expect(found).toEqual([]);
      await context.close();
    },
    120_000,
  );
});
