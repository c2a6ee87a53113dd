/**
 * The kernels of an exported module, as TypeScript or as WebAssembly with its bytes in the text: either way a function `create` that gives them
 * memory; or as shaders, which are opened on a GPU. Of WebAssembly it takes what every engine has, and a page whose Content-Security-Policy allows 'wasm-unsafe-eval'.
 */
import type { Compiled } from "../../compiler/compile.ts";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { noThreads } from "../../compiler/program/thread-costs.ts";
import type { BufferRole, Program } from "../../compiler/program/types.ts";
import { aloneSimd, briefJavascript, briefSimd, cpuAdapter, type Machine } from "../../compiler/schedule/machine.ts";
import { literal } from "../../targets/typescript/code.ts";
import { kernelsOf } from "../../targets/typescript/index.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { shadersText } from "./shaders.ts";
import type { SizeNames } from "./sizes-text.ts";

export type Format = "js" | "ts" | "wasm" | "wgsl" | "html";

/** Beside weights of so many bytes the code is little, and may be long where that is faster. */
const heavyBytes = 2 ** 20;

/** `bytes`: what the weights take. */
export function machineOf(format: Format, bytes: number): Machine {
  switch (format) {
    case "js":
    case "ts":
      return briefJavascript;
    case "wgsl":
      return cpuAdapter;
    case "wasm":
    case "html":
      return bytes < heavyBytes ? briefSimd : aloneSimd;
  }
}

/** Whether the kernels are WebAssembly. */
export function isBinary(format: Format): boolean {
  return format === "wasm" || format === "html";
}

/** What must be there where the module runs, beside the language; lines for its first comment. */
export function needsOf(format: Format, relaxed: boolean): readonly string[] {
  if (format === "wgsl")
    return [
      "It runs by WebGPU, and so answers later: every call gives a promise. Results differ from GPU to GPU in the last bits.",
      "Where there is no `navigator.gpu`, as in Node, `open` takes what brings one, before any other call.",
      "",
    ];
  if (!isBinary(format)) return [];
  return [
    "It runs as WebAssembly with vector instructions (SIMD). A page with a Content-Security-Policy",
    "must allow 'wasm-unsafe-eval' for scripts.",
    ...(relaxed
      ? [
          "Where the engine has relaxed vector instructions they are used: a product that is added may be rounded",
          "once or twice, so results differ from machine to machine.",
        ]
      : []),
    "",
  ];
}

/** What the kernels of a module are printed from; `sizes` is what the module calls the open dimensions. */
export interface KernelParts {
  readonly program: Program;
  readonly sources: Compiled["sources"];
  readonly format: Format;
  readonly relaxed: boolean;
  readonly sizes: SizeNames;
}

/** The text that declares `View`, `Instance` and what makes one. `relaxed`: with a relaxed module beside the plain one of WebAssembly. */
export function kernelsText({ program, sources, format, relaxed, sizes }: KernelParts): string {
  if (format === "wgsl") return `${viewText}\n${shadersText(program, sources, placesText(program), sizes)}`;
  const create = isBinary(format) ? binaryText(program, sources, relaxed) : sourceText(program, sources);
  return `${viewText}${instanceText}\n${create}`;
}

const viewText = `type View = Float32Array | Int32Array;
`;

const instanceText = `interface Instance { readonly memory: ArrayBuffer; readonly entries: Readonly<Record<string, (...dims: number[]) => void>> }
`;

/** As they were compiled, in a scope of their own: their names come from the program and could be any. */
function sourceText(program: Program, sources: Compiled["sources"]): string {
  return ["const create: () => Instance = (() => {", kernelsOf(program, sources), "return create;", "})();", ""].join(
    "\n",
  );
}

/** What the host never looks at. */
const within: readonly BufferRole[] = ["temporary", "segment", "slice"];

/** The places of buffers by their names, for a module that speaks of them so. */
export function placesText({ buffers }: Program): string {
  const places = buffers
    .filter(({ role }) => !within.includes(role))
    .map((buffer) => [buffer.name, buffer.dtype === "f32" ? "f32" : "i32", buffer.offset, buffer.bytes / 4]);
  return `/** Where in its memory lies what goes in, what comes out and what lasts: the name, the type, the first byte, and how many numbers. */
const places: readonly (readonly [name: string, dtype: string, offset: number, length: number])[] = ${literal(places)};
`;
}

function binaryText(program: Program, sources: Compiled["sources"], relaxed: boolean): string {
  const plain = moduleOf(program, sources, false);
  const binaries = relaxed ? [moduleOf(program, sources, true), plain] : [plain];
  return `/** The kernels, a module of WebAssembly${relaxed ? ": one with relaxed instructions, for engines that have them, and one without" : ""}. */
const binaries: readonly string[] = ${literal(binaries)};

/** The bytes of a text: a character is a byte, or those of two, the first of which says how many times ${single} the second begins; the most frequent need one. */
function bytesIn(text: string): Uint8Array {
  const bytes: number[] = [];
  let begin = ${-rotated};
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const place = code - ${firstCode} - Number(code > 60) - Number(code > 92);
    if (place < ${single}) bytes.push(begin + place);
    begin = Math.max(0, place - ${single - 1}) * ${single} - ${rotated};
  }
  return Uint8Array.from(bytes);
}

/** What is used of an engine's WebAssembly. */
interface Engine {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

function create(): Instance {
  const engine = (globalThis as unknown as { readonly WebAssembly?: Engine }).WebAssembly;
  const binary = engine && binaries.map(bytesIn).find((bytes) => engine.validate(bytes));
  if (!engine || !binary) throw new Error(\`this model runs as WebAssembly\${engine ? " with vector instructions (SIMD)" : ""}, which this engine has not\`);
  const { exports } = new engine.Instance(new engine.Module(binary));
  return { memory: (exports["memory"] as { readonly buffer: ArrayBuffer }).buffer, entries: exports as Instance["entries"] };
}
`;
}

/** Of ASCII behind the quotation mark, without what is escaped in texts: `<` and the backslash. */
const firstCode = 35;
const alphabet = Array.from({ length: 92 }, (_, at) => String.fromCharCode(firstCode + at)).filter(
  (one) => one !== "<" && one !== "\\",
);
/** Bytes of a single character, from the prefix of vector instructions on; behind them two characters stand for further ones. */
const single = 88;
const rotated = 3;

/** Text whose repetitions are those of the bytes, as base64's are only by chance: compressed it is hardly longer than they are. */
function textOf(bytes: Uint8Array): string {
  const characters = Array.from(bytes, (byte) => {
    const place = (byte + rotated) % 256;
    const further = Math.floor(place / single);
    return `${further === 0 ? "" : alphabet[single - 1 + further]}${alphabet[place % single]}`;
  });
  return characters.join("");
}

function moduleOf(program: Program, sources: Compiled["sources"], relaxed: boolean): string {
  const { manifest, files } = emitWasm(program, sources, { costs: noThreads, relaxed });
  const bytes = files[manifest.module];
  if (!(bytes instanceof Uint8Array)) throw new InternalError("export", "the target assembled no module");
  return textOf(bytes);
}
