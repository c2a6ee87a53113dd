/** How long an exported module takes from nothing to its first answer: in a fresh process, and in a page of a headless Chromium. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { startChromium } from "./chromium.mjs";

const times = 9;

/** Medians of some processes: `{ what, wallMs, importMs, times }`. */
export function inProcess({ what, file, width }) {
  const script = `const begun = performance.now();
const { predict } = await import(${JSON.stringify(pathToFileURL(file).href)});
predict(new Float32Array(${width}));
console.log(performance.timeOrigin + performance.now(), performance.now() - begun);`;
  const taken = Array.from({ length: times }, () => {
    const begun = performance.timeOrigin + performance.now();
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
    const [at, importing] = stdout.split(" ").map(Number);
    return { wall: at - begun, importing };
  });
  return {
    what,
    wallMs: median(taken.map(({ wall }) => wall)),
    importMs: median(taken.map(({ importing }) => importing)),
    times,
  };
}

/** Medians of some pages: `[{ what, answerMs }]`. */
export async function inPage(inputs) {
  const { browser, close } = await startChromium();
  const server = createServer(({ url = "" }, response) => answer(inputs, url, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const found = [];
    for (const [at, { what }] of inputs.entries()) {
      const taken = [];
      for (let time = 0; time < times; time++) {
        // One of its own has an empty cache.
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(`http://127.0.0.1:${server.address().port}/${at}/`);
        taken.push(await page.evaluate("globalThis.answered"));
        await context.close();
      }
      found.push({ what, answerMs: median(taken) });
    }
    return found;
  } finally {
    await close();
    server.close();
  }
}

function answer(inputs, url, response) {
  const [, at, name] = url.split("/");
  const { file, width } = inputs[at] ?? {};
  if (file === undefined) return response.writeHead(404).end();
  if (name !== "") return response.writeHead(200, { "Content-Type": "text/javascript" }).end(readFileSync(file));
  response.writeHead(200, { "Content-Type": "text/html" }).end(`<!doctype html><script type="module">
import { predict } from "./model.mjs";
predict(new Float32Array(${width}));
globalThis.answered = performance.now();
</script>`);
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
