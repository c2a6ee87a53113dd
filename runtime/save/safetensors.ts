/**
 * Reads the safetensors format: tensors by name, and strings by name beside them. They may come from anybody, so every number in the header is checked
 * against the file before anything is allocated. `encode.ts` writes it.
 */
import * as codes from "../../compiler/diagnostics/codes/checkpoint.ts";
import { failure, quoted, shapeText } from "./fail.ts";
import { parseHeader } from "./header.ts";
import type { HeaderEntry } from "./header.ts";
import { verifySeal } from "./seal.ts";
import { formats, sizeOf } from "./saved.ts";
import type { Saved, SavedTensor } from "./saved.ts";

/** What the reference implementation allows. */
const headerLimit = 100_000_000;

/**
 * The tensors and strings in a file, copied out of `bytes`. Throws NN0901 to NN0917, and NN0929 where they are not what was saved; `file` is what messages call it.
 */
export function decode(file: string, bytes: Uint8Array): Saved {
  const length = headerLength(file, bytes);
  const header = parseHeader(file, headerString(file, bytes.subarray(8, 8 + length)));
  const data = bytes.subarray(8 + length);
  checkEntries(file, header.entries, data.length);
  const tensors = new Map([...header.entries].map(([name, entry]) => [name, readTensor(entry, data)] as const));
  const saved = { tensors, metadata: header.metadata };
  verifySeal(file, saved);
  return saved;
}

/** Kept as a bigint until it is known to be small: a length of 2^63 must not round to something that fits. */
function headerLength(file: string, bytes: Uint8Array): number {
  if (bytes.length < 8) throw failure(codes.tooShort, { file, bytes: bytes.length });
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(headerLimit))
    throw failure(codes.headerTooLong, { file, header: String(length), limit: headerLimit });
  if (length > BigInt(bytes.length - 8))
    throw failure(codes.headerBeyondFile, { file, header: String(length), bytes: bytes.length - 8 });
  return Number(length);
}

function headerString(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw failure(codes.headerNotUtf8, { file });
  }
}

/** Each entry by itself, then all of them in the order of their bytes. */
function checkEntries(file: string, entries: ReadonlyMap<string, HeaderEntry>, available: number): void {
  for (const [name, entry] of entries) checkEntry(file, quoted(name), entry, available);
  const ordered = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  let previous = "";
  for (const [name, entry] of ordered) {
    const tensor = quoted(name);
    if (entry.begin < end)
      throw failure(codes.overlappingTensors, { file, tensor, other: quoted(previous), byte: entry.begin });
    if (entry.begin > end) throw failure(codes.holeBetweenTensors, { file, tensor, from: end, to: entry.begin - 1 });
    end = entry.end;
    previous = name;
  }
  if (end !== available) throw failure(codes.trailingBytes, { file, expected: end, found: available });
}

function checkEntry(file: string, tensor: string, entry: HeaderEntry, available: number): void {
  const format = formats.find(({ written }) => written === entry.dtype);
  const shape = shapeText(entry.shape);
  if (format === undefined) throw failure(codes.unsupportedDtype, { file, tensor, found: quoted(entry.dtype) });
  const expected = sizeOf(entry.shape) * format.bytes;
  if (!Number.isSafeInteger(expected)) throw failure(codes.shapeTooLarge, { file, tensor, shape });
  const { begin, end } = entry;
  if (begin > end) throw failure(codes.reversedOffsets, { file, tensor, begin, end });
  if (end - begin !== expected)
    throw failure(codes.wrongByteCount, { file, tensor, shape, expected, found: end - begin });
  if (end > available) throw failure(codes.dataBeyondFile, { file, tensor, end, bytes: available });
}

function readTensor({ dtype, shape, begin, end }: HeaderEntry, data: Uint8Array): SavedTensor {
  const copy = new Uint8Array(end - begin);
  copy.set(data.subarray(begin, end));
  if (dtype === "F32") return { dtype: "f32", shape, data: new Float32Array(copy.buffer) };
  if (dtype === "I32") return { dtype: "i32", shape, data: new Int32Array(copy.buffer) };
  return { dtype: "bool", shape, data: copy.map((byte) => (byte === 0 ? 0 : 1)) };
}
