/** The same artifact in a browser: Chromium, from an npm package, with pages that are isolated and one that is not. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import chromium from "@sparticuz/chromium";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { eager } from "../random/start.ts";
import type { Report } from "./page.ts";

const source = `
model Line(x: [N, 8]) -> [N, 4] = x |> dense(16) |> relu |> dense(4)
train Line { data: arrays("line.csv")  loss: mse  optimizer: sgd(lr: 0.01)  batch: 32  epochs: 1  seed: 1 }
`;
const result = compile({ name: "line.nn", source }, { target: "wasm" });
if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
const { manifest, files } = emitWasm(result.built.program, undefined, eager);

const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

let folder: string;
let server: Server;
let reported: (report: string) => void = () => undefined;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nnc-page-"));
  const script = buildSync({
    entryPoints: [path.join(import.meta.dirname, "page.ts")],
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
    logLevel: "error",
  }).outputFiles[0]?.text;
  const lists = Object.entries(files).map(([name, content]) => [name, [...Buffer.from(content)]]);
  const artifact = JSON.stringify({ manifest, files: Object.fromEntries(lists) });
  server = createServer((request, response) => {
    if (request.method === "POST") {
      let text = "";
      request.on("data", (part) => (text += String(part)));
      request.on("end", () => reported(text));
      response.end();
    } else if (request.url === "/artifact.json") response.end(artifact);
    else if (request.url === "/page.js") {
      response.writeHead(200, { "Content-Type": "text/javascript", ...isolation }).end(script);
    } else {
      const headers = request.url === "/isolated" ? isolation : {};
      response.writeHead(200, { "Content-Type": "text/html", ...headers });
      response.end(`<!doctype html><script type="module" src="/page.js"></script>`);
    }
  });
  server.listen(0, "127.0.0.1");
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** Opens the page in a browser of its own until it reports. */
async function visit(page: string): Promise<{ readonly page: Report; readonly worker: Report }> {
  // The package unpacks into the temporary folder; this one goes with the test.
  vi.stubEnv("TMPDIR", folder);
  const executable = await chromium.executablePath();
  vi.unstubAllEnvs();
  const { port } = server.address() as AddressInfo;
  const switches = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-dev-shm-usage"];
  let browser: ChildProcess | undefined;
  try {
    return await new Promise((resolve, reject) => {
      reported = (text) => resolve(JSON.parse(text));
      const profile = `--user-data-dir=${path.join(folder, page)}`;
      browser = spawn(executable, [...switches, profile, `http://127.0.0.1:${port}/${page}`], { stdio: "ignore" });
      browser.on("error", reject);
      browser.on("exit", (code) => reject(new Error(`the browser ended with code ${code}`)));
    });
  } finally {
    browser?.removeAllListeners("exit");
    browser?.kill("SIGKILL");
  }
}

describe("a page", () => {
  async function expected(): Promise<readonly number[]> {
    const net = await load({ manifest, files });
    const batch = { x: new Float32Array(256).fill(0.5), target: new Float32Array(128).fill(1) };
    for (let step = 0; step < 4; step += 1) net.stepSync(batch);
    return [...net.save()];
  }

  it("that is isolated trains on threads, in the page without waiting and in a worker, to the bits of Node", async () => {
    const saved = await expected();
    expect(await visit("isolated")).toEqual({
      page: { threads: 3, warnings: [], saved, sync: "NN0709" },
      worker: { threads: 3, warnings: [], saved, sync: "" },
    });
  }, 60_000);

  it("that is not runs on one thread and says so", async () => {
    const saved = await expected();
    expect(await visit("open")).toEqual({
      page: { threads: 1, warnings: ["NN0726"], saved, sync: "" },
      worker: { threads: 1, warnings: ["NN0726"], saved, sync: "" },
    });
  }, 60_000);
});
