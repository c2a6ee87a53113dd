/** Where an exported module goes: into a folder under names of its own, or under the file's name that `-o` gives. */
import path from "node:path";
import { UsageError } from "../exit.ts";
import type { Format } from "./kernels.ts";

export interface ModulePlace {
  readonly format: Format;
  readonly folder: string;
  /** The module's name, and that of its declarations beside JavaScript. */
  readonly module: string;
  readonly declarations?: string;
}

/** `asked`: the format, if one was asked for. Throws a UsageError where that is another than the name of the file says. */
export function modulePlace(out: string, asked: Format | undefined): ModulePlace {
  if (isForPytorch(out))
    throw new UsageError(`--format ${asked ?? "js"}: expected no file that ends in .py, found ${JSON.stringify(out)}`);
  const [, stem = "model", end] = /^(.*)\.(mjs|js|ts)$/.exec(path.basename(out)) ?? [];
  const format = asked ?? (end === "ts" ? "ts" : "js");
  if (end !== undefined && (end === "ts") !== (format === "ts")) {
    const expected = format === "ts" ? ".ts" : ".mjs or .js";
    throw new UsageError(
      `--out: expected a folder, or a file that ends in ${expected} for --format ${format}, found ${JSON.stringify(out)}`,
    );
  }
  const folder = end === undefined ? out : path.dirname(out);
  if (format === "ts") return { format, folder, module: `${stem}.ts` };
  const [module, declarations] = end === "js" ? ["js", "d.ts"] : ["mjs", "d.mts"];
  return { format, folder, module: `${stem}.${module}`, declarations: `${stem}.${declarations}` };
}

/** Where a network for PyTorch goes: a file of Python, or a folder with its parameters and rows, too. */
export interface NetworkPlace {
  readonly folder: string;
  /** Missing where a folder is asked for. */
  readonly module: string | undefined;
}

export function isForPytorch(out: string): boolean {
  return out.endsWith(".py");
}

/** Throws a UsageError for a file of another kind. */
export function networkPlace(out: string): NetworkPlace {
  if (isForPytorch(out)) return { folder: path.dirname(out), module: path.basename(out) };
  if (/\.(mjs|js|ts)$/.test(out)) {
    const found = JSON.stringify(out);
    throw new UsageError(`--out: expected a folder, or a file that ends in .py for --format pytorch, found ${found}`);
  }
  return { folder: out, module: undefined };
}
