/**
 * The kernels of an exported module, as TypeScript or as WebAssembly with its bytes in the text: either way a function `create` that gives them
 * memory; or as shaders, which are opened on a GPU. Of WebAssembly it takes what every engine has, and a page whose Content-Security-Policy allows 'wasm-unsafe-eval'.
 */
import type { Compiled } from "../../compiler/compile.ts";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { noThreads } from "../../compiler/program/thread-costs.ts";
import type { BufferRole, Program } from "../../compiler/program/types.ts";
import { briefJavascript, briefSimd, cpuAdapter, type Machine } from "../../compiler/schedule/machine.ts";
import { literal } from "../../targets/typescript/code.ts";
import { emitTypescript } from "../../targets/typescript/index.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { shadersText } from "./shaders.ts";
import type { SizeNames } from "./sizes-text.ts";

export type Format = "js" | "ts" | "wasm" | "wgsl" | "html";

export const machines: Readonly<Record<Format, Machine>> = {
  js: briefJavascript,
  ts: briefJavascript,
  wasm: briefSimd,
  wgsl: cpuAdapter,
  html: briefSimd,
};

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

const instanceText = `interface Instance { readonly buffers: ReadonlyMap<string, View>; readonly entries: Readonly<Record<string, (...dims: number[]) => void>> }
`;

/** As they were compiled, in a scope of their own: their names come from the program and could be any. */
function sourceText(program: Program, sources: Compiled["sources"]): string {
  const { files } = emitTypescript(program, sources);
  const kernels = Object.entries(files).find(([name]) => name.endsWith(".ts") && !name.endsWith(".d.ts"))?.[1];
  if (typeof kernels !== "string") throw new InternalError("export", "the target printed no TypeScript");
  return [
    "const create: () => Instance = (() => {",
    kernels.replace(/^export /gm, "").trimEnd(),
    "return create;",
    "})();",
    "",
  ].join("\n");
}

/** What the host never looks at. */
const within: readonly BufferRole[] = ["temporary", "segment", "slice"];

function placesText({ buffers }: Program): string {
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

${placesText(program)}
/** What is used of an engine's WebAssembly. */
interface Engine {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

function create(): Instance {
  const { WebAssembly: engine } = globalThis as unknown as { readonly WebAssembly?: Engine };
  if (engine === undefined) throw new Error("this model runs as WebAssembly, which this engine has not");
  const binary = binaries.map(decoded).find((bytes) => engine.validate(bytes));
  if (binary === undefined) throw new Error("this model runs as WebAssembly with vector instructions (SIMD), which this engine has not");
  const { exports } = new engine.Instance(new engine.Module(binary));
  const { buffer } = exports["memory"] as { readonly buffer: ArrayBuffer };
  const viewOf = (dtype: string, offset: number, length: number): View =>
    dtype === "f32" ? new Float32Array(buffer, offset, length) : new Int32Array(buffer, offset, length);
  const buffers = new Map(places.map(([name, dtype, offset, length]) => [name, viewOf(dtype, offset, length)]));
  return { buffers, entries: exports as Instance["entries"] };
}
`;
}

/** In base64. */
function moduleOf(program: Program, sources: Compiled["sources"], relaxed: boolean): string {
  const { manifest, files } = emitWasm(program, sources, noThreads, relaxed);
  const bytes = files[manifest.module];
  if (!(bytes instanceof Uint8Array)) throw new InternalError("export", "the target assembled no module");
  return Buffer.from(bytes).toString("base64");
}
