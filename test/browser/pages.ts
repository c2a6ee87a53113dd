/** Pages of a headless Chromium that answer questions, served by this process: isolated from other origins, or plain. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { startChromium } from "./chromium.ts";
import type { Answer, Question } from "./questions.ts";

export interface Pages {
  readonly open: (kind: "isolated" | "plain") => Promise<Asked>;
  readonly close: () => Promise<void>;
}

export interface Asked {
  /** Answered on the page's own thread, or in its worker, where one comes after the other. */
  readonly ask: (question: Question, where?: "page" | "worker") => Promise<Answer>;
  /** The workers that it has now, those of workers included. */
  readonly workers: () => number;
  readonly endWorker: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export async function startPages(): Promise<Pages> {
  const scripts = await bundles();
  const server = createServer(({ url = "" }, response) => {
    const [, kind, file] = url.split("/");
    const script = scripts.get(file);
    const headers = kind === "isolated" ? isolation : {};
    response.writeHead(200, { ...headers, "Content-Type": script === undefined ? "text/html" : "text/javascript" });
    response.end(script ?? `<!doctype html><script src="page.js"></script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // It listens on a port, not on a pipe.
  const { port } = server.address() as AddressInfo;
  const { browser, close } = await startChromium();
  const context = await browser.newContext({ locale: "en-US" });
  return {
    open: async (kind) => {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${port}/${kind}/`);
      return {
        ask: (question, where = "worker") => ask(page, question, where),
        workers: () => page.workers().length,
        endWorker: () => page.evaluate(() => (globalThis as unknown as Scope).asked.end()),
        close: () => page.close(),
      };
    },
    close: async () => {
      await close();
      server.close();
    },
  };
}

/** The page's script and its worker's, by the names of their files. */
async function bundles(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: ["page.ts", "trainer.ts"].map((file) => path.join(import.meta.dirname, file)),
    bundle: true,
    platform: "browser",
    target: "es2022",
    outdir: import.meta.dirname,
    write: false,
    logLevel: "error",
  });
  return new Map(outputFiles.map(({ path: file, text }) => [path.basename(file), text]));
}

/** What `page.ts` puts there. */
interface Scope {
  readonly asked: Readonly<Record<"page" | "worker", (question: unknown) => Promise<Answer>>> & {
    readonly end: () => void;
  };
}

/** Both functions run in the page. */
const asking = {
  page: (question: unknown) => (globalThis as unknown as Scope).asked.page(question),
  worker: (question: unknown) => (globalThis as unknown as Scope).asked.worker(question),
};

function ask(page: Page, question: Question, where: "page" | "worker"): Promise<Answer> {
  const { manifest, files } = question.artifact;
  const needed = [manifest.module, manifest.threads?.module ?? manifest.module];
  const carried = Object.fromEntries(needed.map((file) => [file, files[file]]));
  // Playwright's types would follow a question into its depths.
  const all: unknown = { ...question, artifact: { manifest, files: carried } };
  return page.evaluate(asking[where], all);
}
