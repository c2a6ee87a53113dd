/** What README.md says of sizes is what `npm run sizes` found, and exported modules and the runtime have not grown since. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import { folderWith, nnc } from "../cli/helpers.ts";

interface Found {
  readonly rows: Readonly<Record<string, number>>;
  readonly peers: readonly { readonly what: string; readonly bytes: number }[];
}

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
// The scripts are plain JavaScript; these are their promises.
const { asked, gzipped, moduleBytes, runtimeBytes, sizesTable, withSizes } = (await import(
  pathToFileURL(path.join(root, "scripts/lib/sizes.mjs")).href
)) as {
  readonly asked: readonly { readonly name: string; readonly most: number }[];
  readonly gzipped: (content: string | Uint8Array) => number;
  readonly moduleBytes: (text: string) => Promise<number>;
  readonly runtimeBytes: () => Promise<number>;
  readonly sizesTable: (found: Found) => string;
  readonly withSizes: (text: string, table: string) => string;
};
const found = JSON.parse(read("bench/results/sizes.json")) as Found;

/** Digits of stored answers differ from run to run. */
const slack = 1.02;

test("README.md has the table that the script makes", () => {
  const text = read("README.md");
  expect(withSizes(text, sizesTable(found))).toBe(text);
});

test("a text without the markers is refused", () => {
  expect(() => withSizes("# nnc", "")).toThrow("README.md has no markers <!-- sizes --> and <!-- /sizes -->");
});

function compiled(source: string, compact = false) {
  const result = compile({ name: path.basename(source), source: read(source) }, { target: "wasm", compact });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

/** Digits are trained, since names and preprocessing come with that; the others have no data. */
async function exported(source: string, format: string): Promise<string> {
  const name = path.basename(source, ".nn");
  const { folder: cwd } = folderWith({ "drawn.safetensors": (await load(compiled(source), { seed: 1 })).save() });
  const file = path.join(root, source);
  const params = source === digits ? "run/parameters.safetensors" : "drawn.safetensors";
  const args = ["export", file, "--params", params, "--format", format, "--weights", `${name}.weights`];
  const trained = source === digits ? [["train", file, "--epochs", "1", "-o", "run"]] : [];
  for (const command of [...trained, [...args, "-o", `${name}.mjs`]]) {
    const { code, stderr } = await nnc(command, { cwd });
    if (code !== 0) throw new Error(stderr);
  }
  return readFileSync(path.join(cwd, `${name}.mjs`), "utf8");
}

async function trainer(source: string): Promise<number> {
  const { manifest, files } = compiled(source, true);
  return gzipped(files[manifest.module] ?? "") + gzipped(JSON.stringify(manifest)) + (await runtimeBytes());
}

const digits = "examples/digits/digits.nn";
const sizes: Readonly<Record<string, () => Promise<number>>> = {
  "digits-js": async () => moduleBytes(await exported(digits, "js")),
  "digits-wasm": async () => moduleBytes(await exported(digits, "wasm")),
  "W4-wasm": async () => moduleBytes(await exported("bench/workloads/W4.nn", "wasm")),
  "W2-trainer": async () => trainer("bench/workloads/W2.nn"),
};

test("all that is asked is measured", () => {
  expect(asked.map(({ name }) => name)).toEqual(Object.keys(sizes));
  expect(Object.keys(found.rows)).toEqual(Object.keys(sizes));
});

test.each(Object.entries(sizes))(
  "%s keeps the bar that it held, or has not grown",
  async (name, bytes) => {
    const now = await bytes();
    const before = found.rows[name] ?? NaN;
    const most = asked.find((one) => one.name === name)?.most ?? NaN;
    expect(now).toBeLessThanOrEqual(before <= most ? most : before * slack);
  },
  120_000,
);
