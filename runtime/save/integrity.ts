/**
 * Whether the tensors of a file, and what they were trained with, are those that were saved: a checksum in the metadata, which does not depend on how
 * they lie in the file. Files of others have none and are taken as they are.
 */
import { damagedTensors } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { hash, printChecksum } from "../../compiler/program/checksum.ts";
import { failure, quoted } from "./fail.ts";
import type { Saved } from "./saved.ts";

const key = "nnc.checksum";
/** What decides, beside the tensors, what a network computes. */
const covered: readonly string[] = ["nnc.fitted", "nnc.options"];

/** The metadata with the checksum of the tensors. */
export function sealed(saved: Saved): ReadonlyMap<string, string> {
  return new Map([...saved.metadata, [key, checksum(saved)]]);
}

/** Throws NN0929. */
export function verifySeal(file: string, saved: Saved): void {
  const expected = saved.metadata.get(key);
  if (expected === undefined) return;
  const found = checksum(saved);
  if (found === expected) return;
  throw failure(
    damagedTensors,
    { file, expected: quoted(expected), found: quoted(found) },
    `where they were changed on purpose, take \`${key}\` out of the metadata`,
  );
}

/** Name, type, shape and elements of each, in the order of the names, and the metadata that are covered. */
function checksum({ tensors, metadata }: Saved): string {
  const encoder = new TextEncoder();
  let value = 0;
  for (const name of [...tensors.keys()].toSorted()) {
    const tensor = tensors.get(name);
    if (tensor === undefined) continue;
    const { dtype, shape, data } = tensor;
    value = hash(encoder.encode(JSON.stringify([name, dtype, shape])), value);
    value = hash(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), value);
  }
  const texts = covered.flatMap((name) => (metadata.has(name) ? [[name, metadata.get(name)]] : []));
  return printChecksum(hash(encoder.encode(JSON.stringify(texts)), value));
}
