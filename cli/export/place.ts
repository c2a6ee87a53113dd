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

/** Of each format, how its file may end; the first is that in a folder. */
const ends: Readonly<Record<Format, readonly string[]>> = {
  js: ["mjs", "js"],
  ts: ["ts"],
  wasm: ["mjs", "js"],
  html: ["html"],
};

/** `asked`: the format, if one was asked for. Throws a UsageError where that is another than the name of the file says. */
export function modulePlace(out: string, asked: Format | undefined): ModulePlace {
  const [, stem = "model", end] = /^(.*)\.(mjs|js|ts|html)$/.exec(path.basename(out)) ?? [];
  const format = asked ?? (end === "ts" || end === "html" ? end : "js");
  const [first = "mjs"] = ends[format];
  if (end !== undefined && !ends[format].includes(end)) {
    const expected = ends[format].map((one) => `.${one}`).join(" or ");
    throw new UsageError(
      `--out: expected a folder, or a file that ends in ${expected} for --format ${format}, found ${JSON.stringify(out)}`,
    );
  }
  const [folder, module] = end === undefined ? [out, first] : [path.dirname(out), end];
  const base = { format, folder, module: `${stem}.${module}` };
  return module === "js" || module === "mjs"
    ? { ...base, declarations: `${stem}.d.${module.replace("js", "ts")}` }
    : base;
}
