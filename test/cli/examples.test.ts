/** The examples on real data: the losses of their first steps, which are the same everywhere. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { compileFile } from "../../compiler/files.ts";
import { prepare, train } from "../../runtime/train/index.ts";

const root = path.resolve(import.meta.dirname, "../..");
const steps = 3;

function unzipped(bytes: Buffer): Buffer {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

async function firstLosses(file: string): Promise<readonly number[]> {
  const compiled = compileFile(path.join(root, "examples", file), { target: "wasm" });
  if (!compiled.ok) throw new Error(compiled.diagnostics[0]?.message);
  const folder = path.dirname(path.join(root, "examples", file));
  const data = prepare(compiled.artifact.manifest, { read: (name) => unzipped(readFileSync(path.join(folder, name))) });
  const losses: number[] = [];
  for await (const event of train(compiled.artifact, data)) {
    if (event.event === "step") losses.push(event.loss);
    if (losses.length === steps) break;
  }
  return losses;
}

test.each<[string, readonly number[]]>([
  ["digits/digits.nn", [2.7512545585632324, 3.130624771118164, 2.6810524463653564]],
  ["fashion/fashion.nn", [2.6415019035339355, 2.1692938804626465, 2.138679027557373]],
  ["fashion/residual.nn", [2.6714963912963867, 2.8644232749938965, 2.4029345512390137]],
])("%s", async (file, losses) => {
  expect(await firstLosses(file)).toEqual(losses);
});
