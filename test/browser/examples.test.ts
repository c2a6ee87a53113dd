/**
 * The examples as they are exported: in an empty folder in Node, in a page and in a worker of Chromium under a strict policy, they say what
 * `nnc predict` says. Some of each kind in a normal run, all in a deep one.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { trainLabels } from "../../cli/source.ts";
import { compileFile } from "../../compiler/files.ts";
import { readProject } from "../../compiler/project.ts";
import { prepare, train } from "../../runtime/train/index.ts";
import { nnc } from "../cli/helpers.ts";
import { compilers } from "../declarations/compilers.ts";
import { temporaryFolder } from "../folder.ts";
import { settings } from "../random/settings.ts";
import { startChromium, type Chromium } from "./chromium.ts";

const root = path.resolve(import.meta.dirname, "../../examples");

/** Its data are not here. */
const withoutData = "fashion/full.nn";
/** A graph is one example, which has no rows that could be told from each other. */
const graphs = ["karate/karate.nn", "karate/measured.nn"];
/** Where a model takes rows of any size, the export has to be told one. */
const sizes: Readonly<Record<string, readonly string[]>> = { "shapes/segment.nn": ["--dim", "H=37", "--dim", "W=37"] };
/** Columns and pixels with classes, numbers with units and fitted means, and texts. */
const sample = ["digits/digits.nn", "text/recurrent.nn"];

const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((file) => file.split(path.sep).join("/"))
  .filter((file) => file.endsWith(".nn") && file !== withoutData && !graphs.includes(file))
  .filter((file) => !file.startsWith("lessons/"))
  .sort();
const cases = (settings.deep ? files : sample).flatMap((file) => {
  const labels = trainLabels(readProject(path.join(root, file)));
  return (settings.deep ? labels : labels.slice(0, 1)).map((label) => [file, label] as const);
});

const steps = 3;

/** The parameters after a few steps. */
async function parametersOf(file: string, label: string): Promise<Uint8Array> {
  const place = path.join(root, file);
  const compiled = compileFile(place, { target: "wasm", train: label });
  if (!compiled.ok) throw new Error(compiled.diagnostics[0]?.message);
  const read = (name: string): Uint8Array => {
    const bytes = readFileSync(path.join(path.dirname(place), name));
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  };
  const { artifact } = compiled;
  const run = train(artifact, prepare(artifact.manifest, { read }));
  let taken = 0;
  for await (const { event } of run) if (event === "step" && ++taken === steps) break;
  return run.save();
}

async function run(args: readonly string[], stdin = ""): Promise<string> {
  const { code, stdout, stderr } = await nnc(args, { cwd: root, stdin });
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

/** Asks a module what it says of its own examples, more than it takes at once; of texts, also what it writes. */
const asking = `
export const asked = ({ predict, generate }, rows) =>
  JSON.stringify({ said: predict(rows), written: generate === undefined ? "" : [...generate("", { length: 40, seed: 3 })].join("") });
`;

/** The rows that an exported module keeps to test itself, as JSON; of texts the one. */
function rowsOf(folder: string): string {
  const module = readFileSync(path.join(folder, "model.mjs"), "utf8");
  const isText = /^export function\* generate|^export function generate/m.test(module);
  const rows = isText
    ? "[example.text, example.text.repeat(2)]"
    : "Array.from({ length: 68 }, (_, at) => Object.fromEntries(examples[at % examples.length].row))";
  writeFileSync(path.join(folder, "own.mjs"), `${module}\nprocess.stdout.write(JSON.stringify(${rows}));`);
  return execFileSync(process.execPath, ["own.mjs"], { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 30 });
}

/** Floats as JSON has them, in as few digits as tell them or in all. */
const floats = (text: string): unknown =>
  JSON.parse(text, (_key, value: unknown) => (typeof value === "number" ? Math.fround(value) : value));

/** What `nnc predict` says of the same rows, in the module's words. */
async function predicted(args: readonly string[], rows: string): Promise<unknown> {
  const given = JSON.parse(rows) as readonly unknown[];
  const isText = typeof given[0] === "string";
  const parsed = (text: string): readonly unknown[] => text.trim().split("\n").map(floats);
  if (!isText)
    return {
      said: parsed(await run(["predict", ...args, "--json"], given.map((row) => JSON.stringify(row)).join("\n"))),
      written: "",
    };
  const said: unknown[] = [];
  for (const text of given) {
    const places = parsed(await run(["predict", ...args, "--json"], String(text)));
    said.push({ text: places.map((place) => (place as { readonly output: string }).output).join(""), places });
  }
  return { said, written: await run(["predict", ...args, "--generate", "40", "--seed", "3"]) };
}

/** The module in an empty folder, without what only Node has. */
function inNode(folder: string, name: string, module: string, rows: string): string {
  const alone = path.join(folder, `alone-${name}`);
  mkdirSync(alone);
  copyFileSync(path.join(folder, module), path.join(alone, "model.mjs"));
  const script = `import { readFileSync, writeFileSync } from "node:fs";
    ${asking.replace("export ", "")}
    const rows = JSON.parse(readFileSync(0, "utf8"));
    delete globalThis.process;
    delete globalThis.Buffer;
    writeFileSync(1, asked(await import(${JSON.stringify(`file://${alone}/model.mjs`)}), rows));`;
  const args = ["--disallow-code-generation-from-strings", "--input-type=module", "--eval", script];
  return execFileSync(process.execPath, args, { cwd: alone, input: rows, encoding: "utf8", maxBuffer: 2 ** 30 });
}

const page = `import * as model from "./model.mjs";
import { asked } from "./asked.mjs";
import rows from "./rows.mjs";
const worker = new Worker("worker.mjs", { type: "module" });
worker.onmessage = ({ data }) => (globalThis.told = [asked(model, rows), data]);
worker.onerror = ({ message }) => (globalThis.told = [message]);
`;
const worker = `import * as model from "./model.mjs";
import { asked } from "./asked.mjs";
import rows from "./rows.mjs";
self.postMessage(asked(model, rows));
`;
const policy = (isBinary: boolean): string =>
  `default-src 'none'; script-src 'self'${isBinary ? " 'wasm-unsafe-eval'" : ""}; worker-src 'self'`;

/** What is served under `/name/…`, and the policy there. */
const served = new Map<string, { readonly policy: string; readonly files: ReadonlyMap<string, string> }>();
let chromium: Chromium;
let server: Server;
let origin = "";
beforeAll(async () => {
  chromium = await startChromium();
  server = createServer(({ url = "" }, response) => {
    const [, place = "", file = ""] = url.split("/");
    const body = served.get(place)?.files.get(file);
    const type = file === "" || file.endsWith(".html") ? "text/html" : "text/javascript";
    const headers = { "Content-Type": type, "Content-Security-Policy": served.get(place)?.policy ?? "" };
    response.writeHead(body === undefined ? 404 : 200, headers).end(body ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 300_000);
afterAll(async () => {
  await chromium.close();
  server.close();
});

/** In a page and in its worker. */
async function inChromium(folder: string, name: string, module: string, rows: string): Promise<unknown> {
  const own = new Map([
    ["", `<!doctype html><script type="module" src="page.mjs"></script>`],
    ["page.mjs", page],
    ["worker.mjs", worker],
    ["asked.mjs", asking],
    ["rows.mjs", `export default ${rows};`],
    ["model.mjs", readFileSync(path.join(folder, module), "utf8")],
  ]);
  served.set(name, { policy: policy(name === "wasm"), files: own });
  const opened = await chromium.browser.newPage();
  try {
    let problem: unknown;
    opened.on("pageerror", (error) => (problem = String(error)));
    await opened.goto(`${origin}/${name}/`);
    const told = (): Promise<unknown> => opened.evaluate(() => (globalThis as { readonly told?: unknown }).told);
    await expect.poll(async () => (await told()) ?? problem, { timeout: 120_000 }).toBeDefined();
    return (await told()) ?? problem;
  } finally {
    await opened.close();
  }
}

/** A page under its own policy: what it says of itself, and what it complains of. */
async function pageSays(html: string): Promise<readonly string[]> {
  served.set("html", { policy: "", files: new Map([["model.html", html]]) });
  const opened = await chromium.browser.newPage();
  try {
    const complaints: string[] = [];
    opened.on("console", (message) => complaints.push(message.text()));
    opened.on("pageerror", (error) => complaints.push(String(error)));
    opened.on("request", (request) => {
      if (!request.url().endsWith("/model.html")) complaints.push(request.url());
    });
    await opened.goto(`${origin}/html/model.html`);
    const tested = opened.locator("#tested");
    await expect.poll(() => tested.innerText(), { timeout: 120_000 }).not.toBe("");
    return [await tested.innerText(), ...complaints];
  } finally {
    await opened.close();
  }
}

/** The script of a page up to where the page begins: a module of its own. */
function scriptIn(html: string): string {
  const script = /<script type="module">([\s\S]*)<\/script>/.exec(html)?.[1] ?? "";
  return script.slice(0, script.lastIndexOf("\n{\n"));
}

describe.each(cases)("%s, %s", (file, label) => {
  test("says in Node, in a page and in a worker what `nnc predict` says, and imports nothing", async () => {
    const folder = temporaryFolder("example");
    writeFileSync(path.join(folder, "p.safetensors"), await parametersOf(file, label));
    const args = [file, "--params", path.join(folder, "p.safetensors"), "--label", label, ...(sizes[file] ?? [])];
    const formats = ["model.mjs", "model.ts", "model.html"].map((name) => path.join(folder, name));
    for (const place of formats) await run(["export", ...args, "-o", place]);
    await run(["export", ...args, "--format", "wasm", "-o", path.join(folder, "binary.mjs")]);
    const typed = readFileSync(path.join(folder, "model.ts"), "utf8");
    const html = readFileSync(path.join(folder, "model.html"), "utf8");
    writeFileSync(path.join(folder, "typed.mjs"), ts.transpile(typed, { target: ts.ScriptTarget.ES2022 }));
    writeFileSync(path.join(folder, "page.mjs"), scriptIn(html));
    const rows = rowsOf(folder);
    const expected = await predicted(args, rows);
    const modules = [
      ["js", "model.mjs"],
      ["ts", "typed.mjs"],
      ["wasm", "binary.mjs"],
      ["html", "page.mjs"],
    ] as const;
    for (const [name, module] of modules) {
      const text = readFileSync(path.join(folder, module), "utf8");
      expect([name, ts.preProcessFile(text, true, true).importedFiles]).toEqual([name, []]);
      const said = inNode(folder, name, module, rows);
      expect([name, floats(said)]).toEqual([name, expected]);
      const elsewhere = name === "html" ? said : await inChromium(folder, name, module, rows);
      expect([name, elsewhere]).toEqual([name, name === "html" ? said : [said, said]]);
    }
    const header = readFileSync(path.join(folder, "binary.mjs"), "utf8");
    expect(header.slice(0, header.indexOf("*/"))).toContain("must allow 'wasm-unsafe-eval' for scripts");
    expect(await pageSays(html)).toEqual([
      "The examples that are stored in this page come out as they did when it was exported.",
    ]);
    // As slow as all else together, and of every form in a normal run: `test/export/typed.test.ts`.
    for (const [version, check] of settings.deep ? compilers : [])
      expect([version, check(new Map([["/model.ts", typed]]), ["/model.ts"])]).toEqual([version, []]);
  }, 600_000);
});

test.each(graphs)("%s, a graph, is refused by a sentence", { timeout: 120_000 }, async (file) => {
  const folder = temporaryFolder("example");
  const [label = ""] = trainLabels(readProject(path.join(root, file)));
  writeFileSync(path.join(folder, "p.safetensors"), await parametersOf(file, label));
  const args = [file, "--params", path.join(folder, "p.safetensors"), "-o", path.join(folder, "model.mjs")];
  await expect(run(["export", ...args])).rejects.toThrow(
    "error[NN0755]: expected one row or many for `adjacency`, found [V, V], whose V rows belong together; `net.predict` and `nnc predict --data` take them as a whole",
  );
});

test("the sample is of the examples, and each of these has a `train`", () => {
  expect(sample.filter((file) => !files.includes(file))).toEqual([]);
  expect(files.filter((file) => trainLabels(readProject(path.join(root, file))).length === 0)).toEqual([]);
});
