/** Where an exported module goes: into a folder under names of its own, or under the file's name that `-o` gives. */
import path from "node:path";
import { UsageError } from "../exit.ts";
import type { Format } from "./kernels.ts";

/** Code, or a model for others to run. */
export type ExportFormat = Format | "onnx";

export interface ModulePlace {
  readonly format: ExportFormat;
  readonly folder: string;
  /** The name of the module or model, and that of a module's declarations beside JavaScript. */
  readonly module: string;
  readonly declarations?: string;
}

/** What a file of each format may end in. */
const ends: Readonly<Record<ExportFormat, readonly string[]>> = {
  js: ["mjs", "js"],
  ts: ["ts"],
  wasm: ["mjs", "js"],
  onnx: ["onnx"],
};

/** `asked`: the format, if one was asked for. Throws a UsageError where that is another than the name of the file says. */
export function modulePlace(out: string, asked: ExportFormat | undefined): ModulePlace {
  const [, stem = "model", end] = /^(.*)\.(mjs|js|ts|onnx)$/.exec(path.basename(out)) ?? [];
  const format = asked ?? (end === "ts" || end === "onnx" ? end : "js");
  if (end !== undefined && !ends[format].includes(end)) {
    const expected = ends[format].map((one) => `.${one}`).join(" or ");
    throw new UsageError(
      `--out: expected a folder, or a file that ends in ${expected} for --format ${format}, found ${JSON.stringify(out)}`,
    );
  }
  const folder = end === undefined ? out : path.dirname(out);
  if (format === "ts" || format === "onnx") return { format, folder, module: `${stem}.${format}` };
  const [module, declarations] = end === "js" ? ["js", "d.ts"] : ["mjs", "d.mts"];
  return { format, folder, module: `${stem}.${module}`, declarations: `${stem}.${declarations}` };
}
