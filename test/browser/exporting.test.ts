/** The page and the worker of docs/exporting.md, in Chromium, under a policy that allows what the text says. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pointsProject } from "../cli/fixture.ts";
import { folderWith, nnc } from "../cli/helpers.ts";
import { startChromium, type Chromium } from "./chromium.ts";

const text = readFileSync(path.resolve(import.meta.dirname, "../../docs/exporting.md"), "utf8");
const blockOf = (form: RegExp): string => form.exec(text)?.[1] ?? "";
const { folder: cwd } = folderWith({
  ...pointsProject,
  "index.html": `<!doctype html><body>${blockOf(/```html\n([\s\S]*?)```/)}`,
  "worker.mjs": blockOf(/```js\n(\/\/ worker[\s\S]*?)```/),
});
let chromium: Chromium;
beforeAll(async () => {
  chromium = await startChromium();
  await nnc(["train", "points.nn", "-o", "run"], { cwd });
}, 300_000);
afterAll(() => chromium.close());

test.each([
  ["js", "script-src 'self' 'nonce-own'", "left, right"],
  ["wasm", "script-src 'self' 'nonce-own' 'wasm-unsafe-eval'", "left, right"],
  ["wasm", "script-src 'self' 'nonce-own'", "CompileError"],
] as const)(
  "as %s, allowed %s, it says %s",
  async (format, policy, said) => {
    const params = ["--params", "run/parameters.safetensors"];
    const { code, stderr } = await nnc(["export", "points.nn", ...params, "--format", format, "-o", "app/points.mjs"], {
      cwd,
    });
    expect([code, stderr.includes("error")]).toEqual([0, false]);
    const server = createServer(({ url = "" }, response) => {
      const file = url === "/" ? "index.html" : url.slice(1);
      const type = file.endsWith("html") ? "text/html" : "text/javascript";
      try {
        const body = readFileSync(path.join(cwd, file), "utf8").replace("<script ", '<script nonce="own" ');
        response.writeHead(200, { "Content-Type": type, "Content-Security-Policy": policy }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    // It listens on a port, not on a pipe.
    const { port } = server.address() as AddressInfo;
    const page = await chromium.browser.newPage();
    try {
      let problem = "";
      page.on("pageerror", (error) => (problem = String(error)));
      await page.goto(`http://127.0.0.1:${port}/`);
      const found = async (): Promise<string> =>
        problem === "" ? `${await page.title()}, ${await page.locator("body").innerText()}` : problem;
      await expect.poll(found, { timeout: 60_000 }).toContain(said);
    } finally {
      await page.close();
      await new Promise((resolve) => server.close(resolve));
    }
  },
  120_000,
);
