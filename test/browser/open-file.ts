/** A file of the disk in a page of its own, and all that it complained of or asked of anybody. */
import { pathToFileURL } from "node:url";
import type { BrowserContextOptions, Page } from "playwright-core";
import type { Chromium } from "./chromium.ts";

export interface Opened {
  readonly page: Page;
  /** What the page wrote to its console, threw, or asked of anybody; pictures that lie in it are its own. */
  readonly complaints: readonly string[];
}

/** The caller closes the page's context. */
export async function openFile({ browser }: Chromium, file: string, options: BrowserContextOptions): Promise<Opened> {
  const context = await browser.newContext({ locale: "en-US", ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const place = pathToFileURL(file).href;
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (request.url() !== place && !request.url().startsWith("data:image/png;")) complaints.push(request.url());
  });
  await page.goto(place);
  return { page, complaints };
}
