/** Pixels as a PNG file in a `data:` address: eight bits a channel, of grey, colours, or colours with what is opaque. */
import { crc32, deflateSync } from "node:zlib";

/** Bytes row by row, one for each channel of each pixel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly bytes: Uint8Array;
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const kinds = { 1: 0, 3: 2, 4: 6 } as const;

export function pngAddress({ width, height, channels, bytes }: Pixels): string {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, kinds[channels], 0, 0, 0], 8);
  const line = width * channels;
  // Before each line stands its filter: none.
  const lines = Buffer.alloc(height * (line + 1));
  for (let row = 0; row < height; row += 1)
    lines.set(bytes.subarray(row * line, (row + 1) * line), row * (line + 1) + 1);
  const file = Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(lines)),
    chunk("IEND", new Uint8Array(0)),
  ]);
  return `data:image/png;base64,${file.toString("base64")}`;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
