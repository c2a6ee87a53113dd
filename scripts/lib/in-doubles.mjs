/**
 * A program for the target typescript that computes in 64 bits, to tell what rounding makes of one from what is wrong in it. Outside it is as it was: what a
 * call is given and what it leaves behind have 32 bits, and are kept in 64 inside.
 */

/** Mathematics that the printed module has in 32 bits. */
const polynomial = /^function (\w+)\(x\) \{\n(?:(?!^\}).*\n)*?.*\bbits\((?:(?!^\}).*\n)*?\}/gm;

/** `0.000009999999747378752` as it was meant: `0.00001`. */
function meant(text) {
  const value = Number(text);
  for (let digits = 1; digits <= 9; digits++) {
    const short = value.toPrecision(digits);
    if (Math.fround(Number(short)) === value) return String(Number(short));
  }
  return text;
}

function bodyInDoubles(text) {
  return text
    .replace(polynomial, (whole, name) => (name in Math ? `const ${name} = Math.${name};` : whole))
    .replace("const fround = Math.fround;", "const fround = (x) => x;")
    .replace(/\b\d+\.\d{6,}(?:e-?\d+)?\b/g, meant)
    .replaceAll("new Float32Array(", "new Float64Array(")
    .replace(
      /new (Float64|Int32)Array\(memory, (\d+), /g,
      (_, kind, offset) => `new ${kind}Array(memory, ${2 * offset}, `,
    )
    .replace("export function create(memory = new ArrayBuffer(arenaBytes))", "function createInside(memory)")
    .replace(/^ *if \(memory\.byteLength < arenaBytes\).*\n/m, "");
}

/** Around it, what every target looks like from outside. */
const outside = (buffers, read) => `
const outer = ${JSON.stringify(buffers)};
// Results and others' inputs may lie where inputs do.
const read = new Set(${JSON.stringify(read)});
export function create(memory = new ArrayBuffer(arenaBytes)) {
  const inside = createInside(new ArrayBuffer(2 * arenaBytes));
  const pairs = outer.flatMap(({ name, dtype, offset, bytes }) => {
    const own = inside.buffers.get(name);
    const kind = dtype === "f32" ? Float32Array : Int32Array;
    return own === undefined ? [] : [[own, new kind(memory, offset, bytes / 4), read.has(name)]];
  });
  // What was changed from outside is what is no longer what it was rounded to.
  const take = () => {
    for (const [own, given, isRead] of pairs)
      for (let at = 0; isRead && at < own.length; at++) if (given[at] !== Math.fround(own[at])) own[at] = given[at];
  };
  const give = () => {
    for (const [own, given] of pairs) for (let at = 0; at < own.length; at++) given[at] = own[at];
  };
  const entries = Object.fromEntries(
    Object.entries(inside.entries).map(([name, entry]) => [name, around(entry, take, give)]),
  );
  return { memory, buffers: inside.buffers, entries };
}
function around(entry, take, give) {
  const call = (...dims) => {
    take();
    entry(...dims);
    give();
  };
  // As many parameters as the entry has, by which the manifest knows it.
  return Object.defineProperty(call, "length", { value: entry.length });
}
`;

const lasting = new Set(["parameter", "state", "optimizer", "metric", "counter"]);

/** Steps and evaluations are as they were but for rounding; what models say alone is not to be asked for. */
export function inDoubles({ manifest, files }) {
  const { checksum: _, checksums: __, ...rest } = manifest;
  const given = new Set(manifest.host.train.inputs.map(({ buffer }) => buffer));
  const isRead = ({ name, role }) => lasting.has(role) || given.has(name);
  const buffers = manifest.buffers.filter((buffer) => isRead(buffer) || buffer.role === "result");
  const read = buffers.filter(isRead).map(({ name }) => name);
  const text = `${bodyInDoubles(files[manifest.module])}${outside(buffers, read)}`;
  return { manifest: rest, files: { ...files, [manifest.module]: text } };
}
