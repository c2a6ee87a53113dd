/** The losses of the first steps of a training, which are the same on every machine. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { compileFile } from "../../../compiler/files.ts";
import type { TargetName } from "../../../compiler/program/artifact.ts";
import { prepare, train } from "../../../runtime/train/index.ts";

/** As many as are committed. */
const steps = 3;

export function unzipped(bytes: Buffer): Buffer {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

/** Of the `train` with this label, or of the first; `count` of them. */
export async function firstLosses(
  file: string,
  label: string | undefined,
  target: TargetName = "wasm",
  count = steps,
): Promise<readonly number[]> {
  const options = { target, ...(label === undefined ? {} : { train: label }) } as const;
  const compiled = compileFile(file, options);
  if (!compiled.ok) throw new Error(`${file}: ${compiled.diagnostics[0]?.message}`);
  const folder = path.dirname(file);
  const data = prepare(compiled.artifact.manifest, { read: (name) => unzipped(readFileSync(path.join(folder, name))) });
  const losses: number[] = [];
  for await (const event of train(compiled.artifact, data)) {
    if (event.event === "step") losses.push(event.loss);
    if (losses.length === count) break;
  }
  return losses;
}
