/**
 * Checksums of the tensors of a file, of what they were trained with, and of what a run goes on from: in the metadata, and independent of how these lie in
 * the file. `seal.ts` looks whether they hold.
 */
import { hash, printChecksum } from "../../compiler/program/checksum.ts";
import type { Saved } from "./saved.ts";

export const key = "nnc.checksum";
/** What decides, beside the tensors, what a network computes. */
const covered: readonly string[] = ["nnc.fitted", "nnc.options"];
/** Of all that nnc says of a run, counters and the best epoch included; files of older versions have none. */
const runKey = "nnc.run_checksum";

/** The metadata with the checksums. */
export function sealed(saved: Saved): ReadonlyMap<string, string> {
  return new Map([...saved.metadata, ...checksumsOf(saved)]);
}

/** The checksums by their keys. */
export function checksumsOf(saved: Saved): readonly (readonly [key: string, checksum: string])[] {
  return [
    [key, checksum(saved)],
    [runKey, runChecksum(saved)],
  ];
}

/** The metadata of nnc, in the order of their names. */
function runChecksum({ metadata }: Saved): string {
  const texts = [...metadata].filter(([name]) => name.startsWith("nnc.") && name !== key && name !== runKey);
  const sorted = texts.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return printChecksum(hash(new TextEncoder().encode(JSON.stringify(sorted)), 0));
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
