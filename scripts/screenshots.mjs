/**
 * `npm run screenshots`: takes the pictures of pages and of the terminal that docs/pictures.md and docs/reports.md show, of examples/digits, in a
 * headless Chromium. Needs a build, Linux, and `script` of util-linux for the terminal.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { startChromium } from "./lib/chromium.mjs";
import { ensureInstalled, nncOutput, root } from "./lib/project.mjs";

const most = 150_000;
/** What a terminal with a dark ground makes of the colours that the command asks for. */
const colours = {
  31: "#ff7b72",
  32: "#56d364",
  33: "#e3b341",
  34: "#6cb6ff",
  35: "#d2a8ff",
  36: "#56d4dd",
  90: "#9198a1",
};

ensureInstalled();
const scratch = mkdtempSync(path.join(tmpdir(), "nnc-screenshots-"));
cpSync(path.join(root, "examples/digits"), scratch, { recursive: true });
// Names of files are short then.
process.chdir(scratch);

/** An escape sequence with its numbers, or else a letter. */
// oxlint-disable-next-line no-control-regex -- a terminal's sequences begin with one
const escapes = /\u001b\[([\d;?]*)[A-Za-z]|(.|\n)/gu;

/** What a command prints on a terminal of 80 columns: lines of cells, each with its letter and its colour. */
function typed(args) {
  const command = [process.execPath, path.join(root, "dist/cli.js"), ...args].map((arg) => `'${arg}'`).join(" ");
  const printed = execFileSync("script", ["-qec", `stty cols 80; ${command}`, "/dev/null"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TERM: "xterm" },
  });
  let colour = "inherit";
  const lines = [[]];
  for (const [, code, letter] of printed.replaceAll("\r", "").matchAll(escapes)) {
    if (letter === undefined) colour = colours[code] ?? "inherit";
    else if (letter === "\n") lines.push([]);
    else lines.at(-1).push({ letter, colour });
  }
  return lines.slice(0, lines.findLastIndex((cells) => cells.length > 0) + 1);
}

async function written(png, name) {
  const { size } = await sharp(png)
    .png({ palette: true, colours: 64, effort: 10 })
    .toFile(path.join(root, "docs", name));
  if (size > most) throw new Error(`${name} has ${size} bytes, more than ${most}`);
  console.log(`docs/${name}: ${size} bytes`);
}

/** What a window of that size shows of a page, as a picture of few colours. */
async function taken(browser, file, name, viewport, prepare = async () => {}) {
  const page = await browser.newPage({ viewport, colorScheme: "light", locale: "en-US" });
  await page.goto(pathToFileURL(path.join(scratch, file)).href);
  await prepare(page);
  await written(await page.screenshot(), name);
  await page.close();
}

/** A terminal as a page: each letter in its cell, whatever font has it. */
async function terminalTaken(browser, lines, name) {
  const [wide, high, margin] = [8, 17, 16];
  const page = await browser.newPage({
    viewport: { width: 80 * wide + 2 * margin, height: lines.length * high + 2 * margin },
  });
  const style = `margin:0;background:#16191d;color:#dfe3e8;font:13px/${high}px 'DejaVu Sans Mono',monospace`;
  await page.setContent(`<body style="${style}">`);
  await page.evaluate(
    ({ all, size: [across, down, edge] }) => {
      for (const [row, cells] of all.entries())
        for (const [column, { letter, colour }] of cells.entries()) {
          const cell = document.body.appendChild(document.createElement("span"));
          cell.textContent = letter;
          const place = `left:${edge + column * across}px;top:${edge + row * down}px;width:${across}px`;
          cell.style = `position:absolute;white-space:pre;${place};color:${colour}`;
        }
    },
    { all: lines, size: [wide, high, margin] },
  );
  await written(await page.screenshot(), name);
  await page.close();
}

const { browser, close } = await startChromium();
try {
  nncOutput(["graph", "digits.nn", "-o", "graph.html"]);
  nncOutput(["graph", "digits.nn", "--kernels", "-o", "kernels.html"]);
  nncOutput(["graph", "digits.nn", "--step", "--memory", "-o", "memory.html"]);
  nncOutput(["train", "digits.nn", "-o", "slow"]);
  nncOutput(["train", "digits.nn", "-o", "fast", "--set", "lr=0.01"]);
  nncOutput(["compare", "slow", "fast", "-o", "runs.html"]);
  await taken(browser, "graph.html", "pictures/graph.png", { width: 1000, height: 880 }, (page) =>
    page.locator("svg .op").first().hover(),
  );
  await taken(browser, "kernels.html", "pictures/kernels.png", { width: 1000, height: 880 });
  await taken(browser, "memory.html", "pictures/memory-page.png", { width: 1240, height: 900 });
  await taken(browser, "slow/report.html", "pictures/report.png", { width: 1000, height: 1165 });
  await taken(browser, "runs.html", "pictures/compare.png", { width: 1000, height: 780 });
  await terminalTaken(browser, typed(["compare", "slow", "fast"]), "pictures/terminal.png");
} finally {
  await close();
  process.chdir(root);
  rmSync(scratch, { recursive: true, force: true });
}
