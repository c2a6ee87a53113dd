/**
 * Whether the tensors of a file, what they were trained with, and what a run goes on from are those that were saved: checksums in the metadata, which
 * do not depend on how these lie in the file. Files of others have none and are taken as they are.
 */
import { damagedTensors } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { hash, printChecksum } from "../../compiler/program/checksum.ts";
import { failure, quoted } from "./fail.ts";
import type { Saved } from "./saved.ts";

const key = "nnc.checksum";
/** What decides, beside the tensors, what a network computes. */
const covered: readonly string[] = ["nnc.fitted", "nnc.options"];
/** Of all that nnc says of a run, counters and the best epoch included; files of older versions have none. */
const runKey = "nnc.run_checksum";

/** The metadata with the checksums. */
export function sealed(saved: Saved): ReadonlyMap<string, string> {
  return new Map([...saved.metadata, [key, checksum(saved)], [runKey, runChecksum(saved)]]);
}

/** Throws NN0929. Who takes the first checksum out has changed the file on purpose. */
export function verifySeal(file: string, saved: Saved): void {
  const { metadata } = saved;
  if (!metadata.has(key)) return;
  for (const [name, found] of [
    [key, checksum(saved)],
    [runKey, runChecksum(saved)],
  ] as const) {
    const expected = metadata.get(name);
    if (expected !== undefined && found !== expected)
      throw failure(
        damagedTensors,
        { file, expected: quoted(expected), found: quoted(found) },
        `where they were changed on purpose, take \`${key}\` out of the metadata`,
      );
  }
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
