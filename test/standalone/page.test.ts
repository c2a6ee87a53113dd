/** The pages of examples/standalone in Chromium, as its service hands them out: a digit that is drawn, and a file that a worker reads. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startChromium, type Chromium } from "../browser/chromium.ts";
import { data, rowsOf, standalone, startService, type Service } from "./fixture.ts";

let folder = "";
let service: Service;
let chromium: Chromium;
beforeAll(async () => {
  folder = await standalone();
  service = await startService(folder);
  chromium = await startChromium();
}, 300_000);
afterAll(async () => {
  service.child.kill("SIGKILL");
  await chromium.close();
});

type Row = readonly number[];

/** The module in this process. */
async function predict(rows: readonly Row[]): Promise<readonly { readonly digit: string }[]> {
  const module = (await import(pathToFileURL(path.join(folder, "digits.mjs")).href)) as {
    readonly predict: (rows: readonly Row[]) => readonly { readonly digit: string }[];
  };
  return module.predict(rows);
}

async function opened(place: string): Promise<{ readonly page: Page; readonly problems: readonly string[] }> {
  const page = await chromium.browser.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await page.goto(`${service.origin}${place}`);
  return { page, problems };
}

/** Through these places of the pad, in shares of its size. */
async function draw(page: Page, places: readonly (readonly [x: number, y: number])[]): Promise<void> {
  const box = await page.locator("#pad").boundingBox();
  if (box === null) throw new Error("there is no pad");
  const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  const [first = [0, 0] as const, ...others] = places;
  await page.mouse.move(...at(first));
  await page.mouse.down();
  for (const place of others) await page.mouse.move(...at(place), { steps: 2 });
  await page.mouse.up();
}

const ring = Array.from({ length: 25 }, (_, at): [number, number] => [
  0.5 + 0.2 * Math.sin((at * Math.PI) / 12),
  0.5 - 0.35 * Math.cos((at * Math.PI) / 12),
]);

describe.sequential("the pad", () => {
  test("says what was drawn, and what it made of it is what the module says of the same pixels", async () => {
    const { page, problems } = await opened("/");
    await draw(page, ring);
    const answer = page.locator("#answer");
    expect(await answer.innerText()).toBe("0");
    // The page's own function, in the page.
    const pixels = await page.evaluate<Row>(
      `import("/pad.mjs").then(({ pixelsOf }) => pixelsOf(document.getElementById("pad")))`,
    );
    expect(await predict([pixels])).toMatchObject([{ digit: "0" }]);
    expect(await page.locator("#scores tr").count()).toBe(10);
    await page.locator("#clear").click();
    expect(await answer.innerText()).toBe("");
    expect(problems).toEqual([]);
    await page.close();
  }, 120_000);

  test("sees the same digit wherever it stands, and however large", async () => {
    const { page } = await opened("/");
    const small = ring.map(([x, y]): [number, number] => [0.1 + x / 2, 0.3 + y / 2]);
    await draw(page, small);
    expect(await page.locator("#answer").innerText()).toBe("0");
    await page.close();
  }, 120_000);
});

describe.sequential("the worker", () => {
  test("reads a file, and tells the page what is in it", async () => {
    const { page, problems } = await opened("/worker.html");
    await page.locator("#file").setInputFiles(data);
    const rows = rowsOf(readFileSync(data, "utf8"));
    const answers = await predict(rows.map(({ pixels }) => pixels));
    const right = rows.filter(({ digit }, at) => answers[at]?.digit === digit).length;
    const nines = answers.filter(({ digit }) => digit === "9").length;
    const said = page.locator("#said");
    await expect.poll(() => said.innerText(), { timeout: 60_000 }).toContain(`${rows.length} rows, ${right} right: `);
    expect(await said.innerText()).toContain(`${nines} × 9`);
    expect(problems).toEqual([]);
    await page.close();
  }, 120_000);

  test("says what does not fit", async () => {
    const { page } = await opened("/worker.html");
    const buffer = Buffer.from(
      readFileSync(data, "utf8")
        .split("\n")
        .slice(0, 3)
        .join("\n")
        .replace(/,0,5,13,/, ",0,x,13,"),
    );
    await page.locator("#file").setInputFiles({ name: "bad.csv", mimeType: "text/csv", buffer });
    const said = page.locator("#said");
    await expect
      .poll(() => said.innerText(), { timeout: 60_000 })
      .toBe("row 0: expected a finite number for p2 of image, found NaN");
    await page.close();
  }, 120_000);
});
