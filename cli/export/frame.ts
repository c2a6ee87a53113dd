/**
 * What every exported module has around its model, as TypeScript without an import: its opening comment, the kernels, the weights and how they
 * come into memory, and the self-test's command.
 */
import { commentText, literal } from "../../targets/typescript/code.ts";

/** What stands in a module whatever the model is of. */
export interface FrameParts {
  /** The file's name, for its own usage line: `model.mjs`. */
  readonly file: string;
  /** The doc comment of the model. */
  readonly doc: string;
  /** The kernels, and how they get memory: the declarations of `Instance` and `create`. */
  readonly kernels: string;
  /** Lines on what must be there where the module runs. */
  readonly needs: readonly string[];
  /** What lasts, by name, in the order in which the bytes stand in `weights`. */
  readonly tensors: readonly { readonly name: string; readonly bytes: number }[];
  readonly weights: Uint8Array;
  /** `requireSizes`, which is called with the rows and their length before the kernels are; empty where nothing is required. */
  readonly requirements: string;
}

/** The first comment: the model's own words, then what the module is and how it is used. */
export function headerText({ doc, file, needs }: FrameParts, lines: readonly string[]): string {
  const own = doc.split("\n").filter((line) => line !== "");
  const test = `\`node ${file} --selftest\` computes a few stored examples again and exits with 1 if any differs.`;
  return `${comment([...own, ...lines, ...needs, test])}\n`;
}

/** The line of an example that imports these names. */
export function importLine(names: string, { file }: FrameParts): string {
  return `  import { ${names} } from "./${file.replace(/\.ts$/, ".js")}";`;
}

export function weightsText({ tensors, weights }: FrameParts): string {
  const text = Buffer.from(weights).toString("base64");
  return [
    "/** Parameters and state, and the seed of what draws, little-endian, one after the other. */",
    `const tensors: readonly (readonly [name: string, bytes: number])[] = ${literal(tensors.map(({ name, bytes }) => [name, bytes]))};`,
    `const weights = ${literal(text)};`,
    `const fingerprint = ${fingerprintOf(text)};`,
    "",
  ].join("\n");
}

/** FNV-1a of 32 bits (Fowler, Noll, Vo; draft-eastlake-fnv): another character anywhere gives another number. */
function fingerprintOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** Any kind of numbers that JavaScript has in rows. */
export const numbersText =
  "export type Numbers = Float32Array | Float64Array | Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array;\n";

/** How values of any kind are told from each other and told of. */
export const valuesText = `const isNumbers = (value: unknown): value is Numbers => ArrayBuffer.isView(value) && Symbol.iterator in value;

/** A value in a few words. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? \`\${value.slice(0, 40)}…\` : value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (isNumbers(value)) return "typed numbers";
  return Array.isArray(value) ? "a list" : "an object";
}
`;

export const openText = `let network: Instance | undefined;

/** The kernels with the weights in their memory; made when first asked for. */
function open(): Instance {
  if (network !== undefined) return network;
  const made = create();
  const bytes = decoded(weights);
  let from = 0;
  for (const [name, length] of tensors) {
    const view = made.buffers.get(name);
    if (view !== undefined) new Uint8Array(view.buffer, view.byteOffset, length).set(bytes.subarray(from, from + length));
    from += length;
  }
  network = made;
  return made;
}

/** The bytes of a text in base64 (RFC 4648); not every engine has \`atob\`. */
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

/** The first of the largest; a NaN is the largest, as for the language's own. */
export const argmaxText = `/** The place of the first of the largest; a NaN is larger than all. */
function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? 0;
    if (Number.isNaN(value)) return at;
    if (value > (values[best] ?? 0)) best = at;
  }
  return best;
}
`;

/** Numbers as a literal, those that JSON has not included. */
export function numbersLiteral(values: readonly number[]): string {
  return `[${values.map(String).join(",")}]`;
}

/** Behind a module's \`selftest\`; `examples` is the text of a template in it, which says what is computed again. */
export function mainText(examples: string): string {
  return `/** How far a number is from the expected one, relative to those beyond 1. What is not finite is the same, or NaN apart. */
function distance(found: number, expected: number): number {
  return Object.is(found, expected) ? 0 : Math.abs(found - expected) / Math.max(1, Math.abs(expected));
}

/** FNV-1a of 32 bits: another character anywhere gives another number. */
function fingerprintOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

interface Host { readonly argv: readonly string[]; exitCode?: number }
interface Terminal { readonly log: (text: string) => void; readonly error: (text: string) => void }
/** What Node has and other engines may not. */
const { process: host, console: terminal } = globalThis as { process?: Host; console?: Terminal };
const address = (import.meta as { readonly url?: string }).url ?? "";
/** Whether Node was started with this very file, whatever it is called by now. */
const isMain = host?.argv[1]?.split(/[\\\\/]/).at(-1) === decodeURIComponent(address.split("/").at(-1) ?? "");
if (host !== undefined && isMain && host.argv[2] === "--selftest") {
  const worst = selftest();
  const isWhole = fingerprintOf(weights) === fingerprint;
  if (isWhole && worst <= 1e-6) terminal?.log(\`${examples} as expected (largest difference \${worst})\`);
  else {
    terminal?.error(worst <= 1e-6 ? "selftest failed: the weights are not those that were exported" : \`selftest failed: the largest difference is \${worst}, expected at most 1e-6\`);
    host.exitCode = 1;
  }
}
`;
}

/** A doc comment. */
export function comment(lines: readonly string[]): string {
  return ["/**", ...lines.map((line) => ` * ${commentText(line)}`.trimEnd()), " */"].join("\n");
}
