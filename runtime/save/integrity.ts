/**
 * Whether the tensors of a file are those that were saved: a checksum in the metadata, which does not depend on how they lie in the file. Files of
 * others have none and are taken as they are.
 */
import { damagedTensors } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { hash, printChecksum } from "../../compiler/program/checksum.ts";
import { failure, quoted } from "./fail.ts";
import type { Saved, SavedTensor } from "./safetensors.ts";

const key = "nnc.checksum";

/** The metadata with the checksum of the tensors. */
export function sealed({ tensors, metadata }: Saved): ReadonlyMap<string, string> {
  return new Map([...metadata, [key, checksum(tensors)]]);
}

/** Throws NN0929. */
export function verifySeal(file: string, { tensors, metadata }: Saved): void {
  const expected = metadata.get(key);
  const found = expected === undefined ? undefined : checksum(tensors);
  if (expected === undefined || found === undefined || found === expected) return;
  throw failure(
    damagedTensors,
    { file, expected: quoted(expected), found: quoted(found) },
    `where the tensors were changed on purpose, take \`${key}\` out of the metadata`,
  );
}

/** Name, type, shape and elements of each, in the order of the names. */
function checksum(tensors: ReadonlyMap<string, SavedTensor>): string {
  const encoder = new TextEncoder();
  let value = 0;
  for (const name of [...tensors.keys()].toSorted()) {
    const tensor = tensors.get(name);
    if (tensor === undefined) continue;
    const { dtype, shape, data } = tensor;
    value = hash(encoder.encode(JSON.stringify([name, dtype, shape])), value);
    value = hash(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), value);
  }
  return printChecksum(value);
}
