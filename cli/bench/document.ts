/** What a run of `nnc bench` found, as plain data: what `--json` prints and `-o` keeps, and what `--compare` reads again. */
import { printable } from "../../compiler/diagnostics/display.ts";
import { isFields, shown } from "../../compiler/diagnostics/values.ts";
import { marginOf, medianOf } from "./figures.ts";
import type { Rounds } from "./figures.ts";
import type { Profile } from "./profile/profile.ts";

export const format = "nnc-bench";

/** A target, or a way to build for it. */
export type BuildName = "typescript" | "wasm" | "wasm relaxed" | "wgsl";

export interface Result {
  readonly target: BuildName;
  readonly threads: number;
  /** `training step` or `inference`. */
  readonly case: string;
  readonly rows: number;
  /** Of one call: the median over the rounds. */
  readonly seconds: number;
  /** Half of what lies between the fastest and the slowest round, as a share of the median; NaN, in JSON null, of one round. */
  readonly margin: number;
  /** The median of each round. */
  readonly rounds: Rounds;
  readonly rowsPerSecond: number;
}

/** What the rounds of a case come to. */
export function resultOf(
  { target, threads, case: what, rows }: Pick<Result, "target" | "threads" | "case" | "rows">,
  rounds: Rounds,
): Result {
  const seconds = medianOf(rounds);
  return {
    target,
    threads,
    case: what,
    rows,
    seconds,
    margin: marginOf(rounds),
    rounds,
    rowsPerSecond: rows / seconds,
  };
}

export interface BuildFacts {
  readonly target: BuildName;
  /** From source text to artifact: the median over the rounds. */
  readonly compileSeconds: number;
  readonly compileRounds: Rounds;
  /** What a program loads: the manifest and the modules, without the text for readers; as it is, and as gzip packs it. */
  readonly artifactBytes: number;
  readonly gzipBytes: number;
  /** The arena: all the memory that the program ever uses, but for private arrays of threads. */
  readonly peakBytes: number;
}

/** A target that was not measured, or one case of it, and why. */
export interface Skipped {
  readonly target: BuildName;
  readonly threads?: number;
  readonly case?: string;
  readonly rows?: number;
  readonly reason: string;
}

export interface Document {
  readonly format: typeof format;
  readonly version: 1;
  readonly network: NetworkFacts;
  readonly machine: MachineFacts;
  readonly settings: { readonly rounds: number; readonly seconds: number };
  readonly results: readonly Result[];
  readonly builds: readonly BuildFacts[];
  readonly skipped: readonly Skipped[];
  readonly profiles?: readonly Profile[];
}

export interface NetworkFacts {
  readonly file: string;
  readonly model: string;
  /** The label of the `train`; null without one. */
  readonly train: string | null;
  readonly parameters: number;
}

export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  /** Of the peak loop, on one thread. */
  readonly flopsPerSecond: number;
}

/** The document of an earlier run, or what is wrong with it, as the end of a sentence: "expected …, found …". */
export function readDocument(text: string): Document | { readonly problem: string } {
  const value = parsed(text);
  if (value === undefined) return { problem: "expected what `nnc bench --json` prints, found no JSON" };
  if (!isFields(value) || value["format"] !== format)
    return { problem: 'expected what `nnc bench --json` prints, found JSON without `"format":"nnc-bench"`' };
  if (value["version"] !== 1)
    return {
      problem: `expected version 1 of the form, found ${value["version"] === undefined ? "none" : printable(shown(value["version"]))}`,
    };
  const found = misfitOf(value);
  if (found !== undefined) return { problem: `expected ${found}, found something else: the file is damaged` };
  // Its form was looked at.
  return value as unknown as Document;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);
const isCount = (value: unknown): boolean => typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
const areBytes = (value: unknown): boolean => value === 0 || isCount(value);
/** Of what takes time. */
const isRate = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value > 0;
const areRounds = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isRate);

/** What a comparison reads of it. */
const networkForm = { file: isText, model: isText, train: isTextOrNull } as const;
const machineForm = { cpu: isText, node: isText, flopsPerSecond: isRate } as const;
const resultForm = {
  target: isText,
  threads: isCount,
  case: isText,
  rows: isCount,
  seconds: isRate,
  rounds: areRounds,
} as const;
const buildForm = {
  target: isText,
  compileSeconds: isRate,
  compileRounds: areRounds,
  artifactBytes: areBytes,
  peakBytes: areBytes,
} as const;

/** The first place that is not what a comparison needs. */
function misfitOf(value: Fields): string | undefined {
  return (
    misfitIn(value["network"], networkForm, "network") ??
    misfitIn(value["machine"], machineForm, "machine") ??
    misfitInList(value["results"], resultForm, "results") ??
    misfitInList(value["builds"], buildForm, "builds")
  );
}

function misfitInList(value: unknown, form: Readonly<Record<string, (one: unknown) => boolean>>, place: string) {
  if (!Array.isArray(value) || value.length === 0) return `a list of one or more as \`${place}\``;
  for (const [at, one] of value.entries()) {
    const found = misfitIn(one, form, `${place}[${at}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function misfitIn(value: unknown, form: Readonly<Record<string, (one: unknown) => boolean>>, place: string) {
  if (!isFields(value)) return `an object as \`${place}\``;
  const wrong = Object.entries(form).find(([key, fits]) => !fits(value[key]));
  return wrong === undefined ? undefined : `a figure of the run as \`${place}.${wrong[0]}\``;
}
