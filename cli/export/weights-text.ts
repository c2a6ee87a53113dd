/**
 * The weights of an exported module: inside as text, or in a file beside it that `load` takes; how they are stored, and how they come into
 * memory. TypeScript without an import.
 */
import { literal } from "../../targets/typescript/code.ts";
import { comment } from "./comment.ts";
import type { FrameParts } from "./frame.ts";
import type { Stored, Weights } from "./storage.ts";

/** Every file of weights begins with it; 16 bytes, so that what follows lies as its numbers want it. */
export const weightsMark = "nnc weights v1 \n";

/** The bytes of the file of weights. */
export function weightsFile({ tensors }: Weights): Uint8Array {
  return Buffer.concat([Buffer.from(weightsMark), ...tensors.map(({ bytes }) => bytes)]);
}

/** The module's data on its weights, and the weights where they are inside. */
export function weightsText(weights: Weights): string {
  const { tensors, file } = weights;
  const bytes = file === undefined ? Buffer.concat(tensors.map((one) => one.bytes)) : weightsFile(weights);
  return [
    "/**",
    " * Parameters and state, and the seed of what draws, one after the other, each by the first byte of its place in the memory: little-endian numbers of",
    " * 32 bits, halves (binary16), or as many scales as channels and steps of 8 bits, each to be multiplied by the scale of its place along the last axis.",
    " */",
    `const tensors: readonly (readonly [offset: number, numbers: number, form?: string, channels?: number])[] = ${literal(partsOf(tensors))};`,
    ...(file === undefined
      ? [`const weights = ${literal(bytes.toString("base64"))};`]
      : [
          `/** Their file, and how many bytes it has. */`,
          `const weightsFile = ${literal(file)};`,
          `const weightsBytes = ${bytes.length};`,
        ]),
    `const fingerprint = ${fingerprintOf(bytes)};`,
    "",
  ].join("\n");
}

type Part = readonly [offset: number, numbers: number, form?: string, channels?: number];

/** Tensors of 32 bits that lie side by side in the memory, too, are one part. */
function partsOf(tensors: Weights["tensors"]): readonly Part[] {
  const parts: Part[] = [];
  for (const { offset, form, numbers, channels } of tensors) {
    const last = parts.at(-1);
    if (form !== "raw") parts.push(form === "f16" ? [offset, numbers, form] : [offset, numbers, form, channels]);
    else if (last?.length === 2 && last[0] + 4 * last[1] === offset)
      parts[parts.length - 1] = [last[0], last[1] + numbers];
    else parts.push([offset, numbers]);
  }
  return parts;
}

/** FNV-1a of 32 bits (Fowler, Noll, Vo; draft-eastlake-fnv): another byte anywhere gives another number. */
function fingerprintOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

const fingerprintText = `/** FNV-1a of 32 bits: another byte anywhere gives another number. */
function fingerprintOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash >>> 0;
}
`;

const loadForm = "load(bytes: ArrayBuffer | ArrayBufferView): void";

function loadDoc(file: string): string {
  return comment([
    `Takes the bytes of ${file}, however they were read; before any other call, and once is enough. Throws a TypeError for what holds no`,
    "bytes, a RangeError for another number of them, and an Error where they are not those that were exported with this module.",
  ]);
}

/** The declaration of `load`, where there is one. */
export function loadDeclaration({ file }: Weights): readonly string[] {
  return file === undefined ? [] : [`${loadDoc(file)}\nexport declare function ${loadForm};\n`];
}

/** `unpack`, which hands out what is to stand in memory, and what takes the bytes of weights to where they are asked for. */
export function openText({ weights: { tensors, file }, format }: Pick<FrameParts, "weights" | "format">): string {
  return [
    format === "wgsl" ? bytesText(file) : atOnceText(file),
    fillText(new Set(tensors.map(({ form }) => form))),
    ...(file === undefined ? [decodedText] : []),
    fingerprintText,
  ].join("\n");
}

/** `open`, which every call asks for the network. */
function atOnceText(file: string | undefined): string {
  return `let network: Opened | undefined;

${file === undefined ? insideText : apartText(file)}
function openWith(bytes: Uint8Array): Opened {
  const { memory, entries } = create();
  const all = new Uint8Array(memory);
  unpack(bytes, (part, offset) => all.set(part, offset));
  return (network = opened(memory, entries));
}
`;
}

/** Where they are in a file, it is kept until the model is opened, and then for the next time. */
function bytesText(file: string | undefined): string {
  if (file === undefined) return `const weightBytes = (): Uint8Array => decoded(weights);\n`;
  return `let loaded: Uint8Array | undefined;

${loadText(file, `  loaded = given.slice(${weightsMark.length});`)}
function weightBytes(): Uint8Array {
  if (loaded !== undefined) return loaded;
  ${notLoaded}
}
`;
}

const insideText = `/** The kernels with the weights in their memory; made when first asked for. */
const open = (): Opened => network ?? openWith(decoded(weights));
`;

const notLoaded =
  "throw new Error(`the weights are not loaded: expected load(bytes) with those of ${weightsFile} before any other call`);";

function apartText(file: string): string {
  return `${loadText(file, `  openWith(given.subarray(${weightsMark.length}));`)}
/** The kernels with the weights in their memory. */
function open(): Opened {
  if (network !== undefined) return network;
  ${notLoaded}
}
`;
}

/** `load`, which does `taken` with the bytes of the file as `given`. */
function loadText(file: string, taken: string): string {
  return `${loadDoc(file)}
export function ${loadForm} {
  const given = bytesOf(bytes);
  if (given.length !== weightsBytes) mistake("load", \`the \${weightsBytes} bytes of \${weightsFile}\`, given.length, RangeError);
  const found = fingerprintOf(given);
  if (found !== fingerprint) mistake("load", \`\${weightsFile} as it was exported with this module, with the checksum \${hex(fingerprint)}\`, hex(found), Error);
${taken}
}

const hex = (value: number): string => value.toString(16).padStart(8, "0");

/** Whatever realm they come from. */
function bytesOf(given: unknown): Uint8Array {
  if (ArrayBuffer.isView(given)) return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  if (Object.prototype.toString.call(given) === "[object ArrayBuffer]") return new Uint8Array(given as ArrayBuffer);
  return mistake("load", \`the bytes of \${weightsFile}, an ArrayBuffer or a Uint8Array\`, shown(given));
}
`;
}

/** Only for the forms that there are. */
function fillText(forms: ReadonlySet<Stored["form"]>): string {
  const [halves, steps] = [forms.has("f16"), forms.has("int8")];
  const head =
    "/** Hands over the weights, part by part, as the bytes of numbers of 32 bits and the first byte of their place. */";
  const start =
    "function unpack(bytes: Uint8Array, put: (part: Uint8Array, offset: number) => void): void {\n  let from = 0;";
  if (!halves && !steps)
    return `${head}
${start}
  for (const [offset, numbers] of tensors) put(bytes.subarray(from, (from += 4 * numbers)), offset);
}
`;
  const halfCase = `    else if (form === "f16") put(bytesOfFloats(numbers, (at) => floatOf(data.getUint16(from + 2 * at, true))), offset);`;
  const stepCase = `    else if (form === "int8") put(bytesOfFloats(numbers, (at) => data.getFloat32(from + 4 * (at % channels), true) * data.getInt8(from + 4 * channels + at)), offset);`;
  return `${head}
${start}
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [offset, numbers, form${steps ? ", channels = 0" : ""}] of tensors) {
    if (form === undefined) put(bytes.subarray(from, from + 4 * numbers), offset);
${[...(halves ? [halfCase] : []), ...(steps ? [stepCase] : [])].join("\n")}
    from += ${steps ? `form === "int8" ? 4 * channels + numbers : ` : ""}(form === "f16" ? 2 : 4) * numbers;
  }
}

const bytesOfFloats = (numbers: number, valueAt: (at: number) => number): Uint8Array =>
  new Uint8Array(Float32Array.from({ length: numbers }, (_, at) => valueAt(at)).buffer);

${halves ? halfText : ""}`;
}

/** Exact: its factors are powers of two. */
const halfText = `/** The number that 16 bits stand for (IEEE 754, binary16); none of them is infinite. */
function floatOf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const size = exponent === 0 ? (bits & 1023) / 16777216 : (1024 + (bits & 1023)) * ((1 << exponent) / 33554432);
  return bits >= 32768 ? -size : size;
}
`;

const decodedText = `/** The bytes of a text in base64 (RFC 4648); not every engine has \`atob\`. */
function decoded(text: string): Uint8Array {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const bytes = new Uint8Array((text.length / 4) * 3);
  for (let from = 0, to = 0; from < text.length; from += 4, to += 3) {
    let bits = 0;
    for (let at = from; at < from + 4; at += 1) bits = bits * 64 + Math.max(0, digits.indexOf(text.charAt(at)));
    bytes.set([bits >> 16, (bits >> 8) & 255, bits & 255], to);
  }
  return bytes.subarray(0, bytes.length - (text.endsWith("==") ? 2 : Number(text.endsWith("="))));
}
`;
