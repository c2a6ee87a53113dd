/**
 * Writes the safetensors format, whole and in memory. It is apart from what reads it: who trains and saves need not load what looks at the files of others.
 */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { quoted, shapeText } from "./fail.ts";
import { formats, sizeOf } from "./saved.ts";
import type { Format, SavedTensor } from "./saved.ts";

/**
 * The file's bytes. Tensors of four bytes an element come first, each kind in the order of the map, and the header is
 * padded to a multiple of 8, so that every tensor is aligned. Equal arguments give equal bytes.
 */
export function encode(tensors: ReadonlyMap<string, SavedTensor>, metadata: ReadonlyMap<string, string>): Uint8Array {
  const ordered = [...tensors].sort(([, a], [, b]) => formatOf(b).bytes - formatOf(a).bytes);
  const header = new TextEncoder().encode(headerText(ordered, metadata));
  const start = 8 + Math.ceil(header.length / 8) * 8;
  const size = ordered.reduce((sum, [, tensor]) => sum + tensor.data.byteLength, 0);
  const bytes = new Uint8Array(start + size).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(header, 8);
  let at = start;
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

function headerText(
  tensors: readonly (readonly [string, SavedTensor])[],
  metadata: ReadonlyMap<string, string>,
): string {
  const strings = [...metadata].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  const members = metadata.size === 0 ? [] : [`"__metadata__":{${strings.join(",")}}`];
  let begin = 0;
  for (const [name, tensor] of tensors) {
    const { written } = formatOf(tensor);
    if (name === "__metadata__" || tensor.data.length !== sizeOf(tensor.shape)) {
      throw new InternalError(
        "save",
        `tensor ${quoted(name)} of shape ${shapeText(tensor.shape)} with ${tensor.data.length} elements`,
      );
    }
    const end = begin + tensor.data.byteLength;
    members.push(
      `${JSON.stringify(name)}:{"dtype":"${written}","shape":[${tensor.shape.join(",")}],"data_offsets":[${begin},${end}]}`,
    );
    begin = end;
  }
  return `{${members.join(",")}}`;
}

function formatOf(tensor: SavedTensor): Format {
  const format = formats.find(({ dtype }) => dtype === tensor.dtype);
  if (format === undefined) throw new InternalError("save", `no format for ${tensor.dtype}`);
  return format;
}
