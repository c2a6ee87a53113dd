/** Text from the file to the parameters and back: the programs of the field train on it, predict it and write it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { decode } from "../../runtime/save/safetensors.ts";
import { folderWith, nnc } from "./helpers.ts";

/** The King James Bible of 1611, in the public domain. */
const book = readFileSync(path.join(import.meta.dirname, "genesis.txt"), "utf8");
const program = readFileSync(path.join(import.meta.dirname, "../syntax/fixtures/recurrent.nn"), "utf8");
const { folder: cwd } = folderWith({ "package.json": "{}", "recurrent.nn": program, "data/book.txt": book });

/** The losses of the steps of a run. */
function losses(run: string): readonly number[] {
  const log = readFileSync(path.join(cwd, run, "log.jsonl"), "utf8");
  return [...log.matchAll(/"event":"step".*?"loss":([^,]+)/g)].map(([, loss]) => Number(loss));
}

beforeAll(async () => {
  for (const target of ["wasm", "typescript"])
    await nnc(["train", "recurrent.nn", "-o", target, "--target", target, "--epochs", "8"], { cwd });
}, 240_000);

describe("a character model on a real text", () => {
  test("lowers its loss, the same on TypeScript and WebAssembly", () => {
    const [first, ...more] = losses("wasm");
    expect(first).toBeCloseTo(Math.log(64), 1);
    expect(more.at(-1)).toBeLessThan(3.9);
    expect(losses("typescript")).toEqual([first, ...more]);
  });

  test("keeps its vocabulary with the parameters, the most frequent character first", () => {
    const { metadata } = decode("p", readFileSync(path.join(cwd, "wasm/parameters.safetensors")));
    const { vocabulary } = JSON.parse(metadata.get("nnc.fitted") ?? "{}") as {
      readonly vocabulary?: readonly string[];
    };
    expect(vocabulary?.slice(0, 3)).toEqual([" ", "e", "t"]);
    expect(new Set(vocabulary)).toEqual(new Set(book));
  });
});
