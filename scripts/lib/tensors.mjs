/** Files of tensors as scripts read, write and compare them. */

/** The largest difference, relative to the largest number, or to 1e-3 where all are smaller. */
export function distance(found, expected) {
  if (found.length !== expected.length) return Infinity;
  let [scale, far] = [1e-3, 0];
  for (const [at, value] of expected.entries()) {
    scale = Math.max(scale, Math.abs(value));
    const apart = Object.is(found[at], value) ? 0 : Math.abs(found[at] - value);
    if (!(apart <= far)) far = apart;
  }
  return far / scale;
}

export function farthest(found, expected) {
  const names = [...expected.keys()].filter((name) => !name.startsWith("best:"));
  const strange = [...found.keys()].filter((name) => !expected.has(name));
  if (strange.length > 0) throw new Error(`${strange.join(", ")} are in one file alone`);
  return Math.max(...names.map((name) => distance(found.get(name) ?? [], expected.get(name))));
}

export function tensorsOf(bytes) {
  const buffer = Buffer.from(bytes);
  const size = Number(buffer.readBigUInt64LE(0));
  const header = JSON.parse(buffer.toString("utf8", 8, 8 + size));
  const tensors = new Map();
  for (const [
    name,
    {
      dtype,
      data_offsets: [begin, end],
    },
  ] of Object.entries(header).filter(([key]) => key !== "__metadata__")) {
    const own = Uint8Array.from(buffer.subarray(8 + size + begin, 8 + size + end));
    tensors.set(name, [
      ...(dtype === "F32" ? new Float32Array(own.buffer) : dtype === "I32" ? new Int32Array(own.buffer) : own),
    ]);
  }
  return tensors;
}

export function encode(tensors) {
  const header = {};
  let begin = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = {
      dtype: data instanceof Float32Array ? "F32" : "I32",
      shape,
      data_offsets: [begin, begin + data.byteLength],
    };
    begin += data.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...[...tensors.values()].map(({ data }) => Buffer.from(data.buffer))]);
}
