/** Where an exported model goes: into a folder under names of its own, or under the file's name that `-o` gives. */
import path from "node:path";
import { alternatives } from "../../compiler/diagnostics/lists.ts";
import { UsageError } from "../exit.ts";
import type { Format } from "./kernels.ts";

/** Code that runs the model, or what others run it with. */
export type ExportFormat = Format | "onnx" | "pytorch";

export interface ExportPlace {
  readonly format: ExportFormat;
  readonly folder: string;
  /** The name of the module or model, and that of a module's declarations beside JavaScript. */
  readonly module: string;
  readonly declarations?: string;
  /** Whether `-o` names the file itself. */
  readonly named: boolean;
}

/** Of each format, how its file may end; the first is that in a folder. */
const ends: Readonly<Record<ExportFormat, readonly [first: string, ...others: readonly string[]]>> = {
  js: ["mjs", "js"],
  ts: ["ts"],
  wasm: ["mjs", "js"],
  wgsl: ["mjs", "js"],
  html: ["html"],
  onnx: ["onnx"],
  pytorch: ["py"],
};

/** What a file's end alone asks for. */
const byEnd: Readonly<Record<string, ExportFormat>> = {
  mjs: "js",
  js: "js",
  ts: "ts",
  html: "html",
  onnx: "onnx",
  py: "pytorch",
};

/** Files that no format writes: a folder of such a name would be a surprise. */
const noFolder =
  /^(wasm|wat|cjs|mts|tsx|jsx|htm|json|txt|pt|pth|safetensors|tflite|h5|hdf5|keras|pb|ort|gguf|mlmodel|npz|zip)$/;

/** `asked`: the format, if one was asked for. Throws a UsageError where that is another than the name of the file says. */
export function exportPlace(out: string, asked: ExportFormat | undefined): ExportPlace {
  const [, stem, written] = /^(.*)\.([a-z0-9]+)$/i.exec(path.basename(out)) ?? [];
  const end = written?.toLowerCase();
  const told = end !== undefined && Object.hasOwn(byEnd, end) ? byEnd[end] : undefined;
  const format = asked ?? told ?? "js";
  const [first] = ends[format];
  if (end !== undefined && told === undefined && noFolder.test(end)) {
    const expected = asked === undefined ? Object.keys(byEnd) : ends[format];
    const inside = end === "wasm" ? "; the module of --format wasm has its WebAssembly inside" : "";
    const found = `found ${JSON.stringify(out)}${inside}`;
    throw new UsageError(`--out: expected a folder, or a file that ends in ${endsText(expected)}, ${found}`);
  }
  if (stem === undefined || written === undefined || end === undefined || told === undefined)
    return placed(format, out, format === "pytorch" ? "network" : "model", first, false);
  if (!ends[format].includes(end)) {
    throw new UsageError(
      `--out: expected a folder, or a file that ends in ${endsText(ends[format])} for --format ${format}, found ${JSON.stringify(out)}`,
    );
  }
  return placed(format, path.dirname(out), stem, written, true);
}

function endsText(some: readonly string[]): string {
  return alternatives(some.map((one) => `.${one}`));
}

function placed(format: ExportFormat, folder: string, stem: string, end: string, named: boolean): ExportPlace {
  const base = { format, folder, module: `${stem}.${end}`, named };
  return /^m?js$/i.test(end) ? { ...base, declarations: `${stem}.d.${end.toLowerCase().replace("js", "ts")}` } : base;
}
