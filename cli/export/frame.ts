/**
 * What every exported module has around its model, as TypeScript without an import: its opening comment, the kernels, the weights and how they
 * come into memory, and the self-test's command.
 */
import { literal } from "../../targets/typescript/code.ts";
import { answeringOf } from "./answering.ts";
import { comment } from "./comment.ts";
import type { Format } from "./kernels.ts";
import type { Weights } from "./storage.ts";

/** What stands in a module whatever the model is of. */
export interface FrameParts {
  /** The file's name, for its own usage line: `model.mjs`. */
  readonly file: string;
  /** The doc comment of the model. */
  readonly doc: string;
  readonly format: Format;
  /** The kernels, and how they get memory: the declarations of `Instance` and `create`. */
  readonly kernels: string;
  /** Where buffers lie, by their names, unless the kernels say so. */
  readonly places: string;
  /** Lines on what must be there where the module runs. */
  readonly needs: readonly string[];
  readonly weights: Weights;
  /** How far what is computed again may be from what was stored, relative to values beyond 1. */
  readonly tolerance: number;
  /** `requireSizes`, which is called with the rows and their length before the kernels are; empty where nothing is required. */
  readonly requirements: string;
}

/** The first comment: the model's own words, then what the module is and how it is used. */
export function headerText({ doc, file, needs, format }: FrameParts, lines: readonly string[]): string {
  const own = doc.split("\n").filter((line) => line !== "");
  const where = format === "wgsl" ? ", where something brings WebGPU to Node," : "";
  const test = `\`node ${file} --selftest\`${where} computes a few stored examples again and exits with 1 if any differs.`;
  return `${comment([...own, ...lines, ...needs, test])}\n`;
}

/** The lines of an example that import these names, and load the weights where they are apart. */
export function importLines(names: readonly string[], { file, weights }: FrameParts): readonly string[] {
  const all = weights.file === undefined ? names : ["load", ...names];
  const place = weights.file === undefined ? "" : literal(`./${weights.file}`);
  return [
    `  import { ${all.join(", ")} } from "./${file.replace(/\.ts$/, ".js")}";`,
    ...(weights.file === undefined
      ? []
      : [`  load(await (await fetch(${place})).arrayBuffer()); // in Node: load(readFileSync(${place}))`]),
  ];
}

/** The sentence on what a module needs. */
export function needsOnly({ weights }: FrameParts): string {
  return `It needs nothing but this file${weights.file === undefined ? "" : ` and ${weights.file} beside it`}.`;
}

/** Any kind of numbers that JavaScript has in rows. */
export const numbersText =
  "export type Numbers = Float32Array | Float64Array | Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array;\n";

export const mistakeText = `/** What every mistake of a caller's says. */
function mistake(place: string, expected: string, found: string | number, Mistake: new (message: string) => Error = TypeError): never {
  throw new Mistake(\`\${place}: expected \${expected}, found \${found}\`);
}
`;

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

/** Numbers of 32 bits as a literal, those that JSON has not included: in as few digits as tell them from others. */
export function numbersLiteral(values: readonly number[]): string {
  return `[${values.map(shortest).join(",")}]`;
}

function shortest(value: number): string {
  const digits = [6, 7, 8].find((count) => Math.fround(Number(value.toPrecision(count))) === value);
  return String(digits === undefined ? value : Number(value.toPrecision(digits)));
}

/** What a module's `selftest` measures with, and how much it allows. */
export function distanceText({ tolerance }: FrameParts): string {
  return `/** How far a number is from the expected one, which few digits stand for, relative to those beyond 1. What is not finite is the same, or NaN apart. */
function distance(found: number, expected: number): number {
  return Object.is(found, Math.fround(expected)) ? 0 : Math.abs(found - expected) / Math.max(1, Math.abs(expected));
}

/** The largest distance that is none. */
const tolerance = ${tolerance};
`;
}

/** Behind those. A page may have a `process` with nothing in it. `examples` is the text of a template in the module, which says what is computed again. */
export function mainText({ weights, format }: FrameParts, examples: string): string {
  const { async, await: awaits, given } = answeringOf(format);
  const isLater = async !== "";
  const isApart = weights.file !== undefined;
  return `${isApart ? "interface Files { readonly readFileSync: (file: string) => Uint8Array }\n" : ""}interface Host { readonly argv?: readonly string[]; ${isApart ? "readonly getBuiltinModule?: (name: string) => Files; " : ""}exitCode?: number }
interface Terminal { readonly log: (text: string) => void; readonly error: (text: string) => void }
/** What Node has and other engines may not. */
const { process: host, console: terminal } = globalThis as { process?: Host; console?: Terminal };
const [, started = "", first${isApart ? ", second" : ""}] = host?.argv ?? [];
/** What an address or a path ends in: Node was started with this very file, whatever it is called by now, where both end alike. */
const ending = (place: string): string | undefined => place.split(/[\\\\/]/).at(-1);
${isLater ? "// No await outside of a function, which a service worker would not take.\n" : ""}if (first === "--selftest" && ending(started) === decodeURIComponent(ending((import.meta as { readonly url?: string }).url ?? "") ?? "")) ${isLater ? "void " : ""}test(host as Host);

${async}function test(host: Host): ${given("void")} {
  try {
${isApart ? readApart : ""}    const worst = ${awaits}selftest();
    if (!(worst <= tolerance)) throw new Error(\`the largest difference is \${worst}, expected at most \${tolerance}\`);
${isApart ? "" : checkInside}    terminal?.log(\`${examples} as expected (largest difference \${worst})\`);
  } catch (error) {
    terminal?.error(\`selftest failed: \${(error as Error).message}\`);
    host.exitCode = 1;
  }${isLater ? "\n  close();" : ""}
}
`;
}

/** A weight that no stored example depends on is looked at, too. */
const checkInside = `    if (fingerprintOf(decoded(weights)) !== fingerprint) throw new Error("the weights are not those that were exported");
`;

/** From the place that is named, else from beside the module. */
const readApart = `    const files = host.getBuiltinModule?.("node:fs");
    if (!files) throw new Error("expected Node 20.16 or later, which hands over its files without an import");
    load(files.readFileSync(second ?? started.replace(/[^\\\\/]*$/, weightsFile)));
`;
