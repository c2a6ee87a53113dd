/** What `nnc export` is asked for beside a format, as far as that takes it: what has no effect is refused. */
import { alternatives } from "../../compiler/diagnostics/lists.ts";
import { UsageError } from "../exit.ts";
import type { Format } from "./kernels.ts";
import type { ExportFormat, ExportPlace } from "./place.ts";
import type { Storage } from "./storage.ts";

export type StorageFlags = {
  readonly weights?: string;
  readonly dtype: Storage;
  readonly "max-change"?: number;
  readonly relaxed: boolean;
};

/** Of the change that fewer bits make, unless another bound was asked for. */
export const defaultMaxChange = 0.01;

const withWeights: readonly Format[] = ["js", "ts", "wasm", "wgsl"];
const withStorage: readonly Format[] = ["js", "ts", "wasm", "wgsl", "html"];
const withRelaxed: readonly Format[] = ["wasm", "html"];

/** Throws a UsageError. */
export function checkStorage(flags: StorageFlags, { format, module, declarations }: ExportPlace): void {
  const { weights, dtype, relaxed } = flags;
  if (weights !== undefined) {
    requireFormat("--weights", withWeights, format);
    requireName(weights, [module, declarations]);
  }
  if (dtype !== "f32") requireFormat(`--dtype ${dtype}`, withStorage, format);
  if (relaxed) requireFormat("--relaxed", withRelaxed, format);
  if (flags["max-change"] !== undefined && dtype === "f32")
    throw new UsageError(
      "--max-change: expected --dtype f16 or --dtype int8 beside it, found f32, which changes nothing",
    );
}

function requireFormat(flag: string, formats: readonly Format[], found: ExportFormat): void {
  if (formats.some((one) => one === found)) return;
  throw new UsageError(`${flag}: expected --format ${alternatives(formats)}, found ${found}`);
}

/** The module finds its weights beside it under the name alone. */
function requireName(weights: string, others: readonly (string | undefined)[]): void {
  if (/[\\/]/.test(weights) || weights === "." || weights === "..")
    throw new UsageError(
      `--weights: expected a file name such as model.weights, which is put beside the module, found ${JSON.stringify(weights)}`,
    );
  if (others.includes(weights))
    throw new UsageError(`--weights: expected another name than the module's, found ${JSON.stringify(weights)}`);
}
