/**
 * What a program passes to `compile`, looked at before anything is done with it: TypeScript checks the types of who writes TypeScript, and
 * nobody the numbers. A wrong value, or an option that does not exist, is a diagnostic, never an exception.
 */
import { unsuitableOption } from "./diagnostics/codes/runtime.ts";
import { diagnose } from "./diagnostics/diagnostic.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { isBoolean, isString, oneOf, optionProblems, saidIn, trueOrFalse, unsuitable } from "./diagnostics/options.ts";
import type { Rules, Test } from "./diagnostics/options.ts";
import { hasTexts, isFields } from "./diagnostics/values.ts";
import type { FrontOptions } from "./front.ts";
import { targetNames, type TargetName } from "./program/artifact.ts";
import type { SourceText } from "./sources.ts";

export interface CompileOptions extends Omit<FrontOptions, "allowOpen" | "apart"> {
  /** Default: "typescript". */
  readonly target?: TargetName;
  /**
   * Multiplies and adds in one instruction where the target is wasm: results then differ from machine to machine, and need an engine with
   * relaxed SIMD.
   */
  readonly relaxed?: boolean;
  /**
   * Whether convolutions of 3 × 3 taps may be computed by Winograd's algorithm where their shapes make it pay: faster, with an error of up to
   * four times that of direct sums. Default: true.
   */
  readonly winograd?: boolean;
  /**
   * A shorter program, for one thread, where the target is wasm: for a page that is to load it soon. It takes a little more time where a minibatch is no
   * multiple of four rows, or many exponentials are computed side by side. Default: false.
   */
  readonly compact?: boolean;
  /** Runs the verifier of every form after every pass. */
  readonly verify?: boolean;
}

export interface FileOptions extends Omit<CompileOptions, "dataFacts"> {
  /** The folder that nothing is read outside of. By default the nearest one above the file with a package.json or a .git, else the file's own. */
  readonly root?: string;
}

const isSize: Test = (value) => Number.isSafeInteger(value) && Number(value) >= 1;
const isConstant: Test = (value) => isString(value) || isBoolean(value) || Number.isFinite(value);

/** A plain object all of whose values pass. A Map has no keys of its own, so what it holds would be lost. */
function recordOf(fits: Test): Test {
  return (value) => isFields(value) && Object.values(value).every(fits);
}

function listOfAll(fits: Test): Test {
  return (value) => Array.isArray(value) && value.every(fits);
}

const compileRules: Rules<CompileOptions> = {
  target: oneOf(targetNames),
  train: { expected: "the label of a train, or null for none", fits: (value) => isString(value) || value === null },
  bounds: { expected: "whole numbers from 1 by name, such as { N: 128 }", fits: recordOf(isSize) },
  dims: { expected: "whole numbers from 1 by name, such as { F: 34 }", fits: recordOf(isSize) },
  consts: { expected: "numbers, strings, true or false by name", fits: recordOf(isConstant) },
  settings: { expected: "numbers by name, such as { lr: 0.01 }", fits: recordOf(Number.isFinite) },
  probes: { expected: 'a list of paths, such as ["Digits.dense_2"]', fits: listOfAll(isString) },
  norms: trueOrFalse,
  dataFacts: { expected: "an object", fits: isFields },
  operations: { expected: "a whole number from 1", fits: isSize },
  relaxed: trueOrFalse,
  winograd: trueOrFalse,
  compact: trueOrFalse,
  verify: trueOrFalse,
};

const sourceRules: Rules<SourceText> = {
  name: { expected: "a name for messages", fits: isString },
  source: { expected: "the text of a program", fits: isString },
  files: {
    expected: "a Map from paths to texts",
    fits: (value) => value instanceof Map && [...value].flat().every(isString),
  },
};

const { dataFacts: _, ...others } = compileRules;
const fileRules: Rules<FileOptions> = { ...others, root: { expected: "the path of a folder", fits: isString } };

/** Arguments as they were when they were looked at, and what is wrong with them. */
export interface Arguments<Main, Options> {
  readonly main: Main;
  readonly options: Options;
  readonly problems: readonly Diagnostic[];
}

/** The arguments of `compileFile`. */
export function fileArguments(file: string, options: FileOptions): Arguments<string, FileOptions> {
  return readOnce(file, options, Object.keys(fileRules), fileProblems);
}

/** The arguments of `compile`. */
export function sourceArguments(main: SourceText, options: CompileOptions): Arguments<SourceText, CompileOptions> {
  return readOnce(main, options, [...Object.keys(sourceRules), ...Object.keys(compileRules)], sourceProblems);
}

/** Reads every field one time: getters and proxies of a program may answer otherwise the next, or throw. */
function readOnce<Main, Options>(
  main: Main,
  options: Options,
  names: readonly string[],
  problemsOf: (main: unknown, options: unknown) => readonly Diagnostic[],
): Arguments<Main, Options> {
  try {
    const own = { main: copyOf(main, names), options: copyOf(options, names) };
    return { ...own, problems: problemsOf(own.main, own.options) };
  } catch (error) {
    const found = `one that throws: ${messageOf(error)}`;
    return {
      main,
      options,
      problems: [diagnose(unsuitableOption, { option: "options", expected: "fields that can be read", found }, [])],
    };
  }
}

/** With copies of the objects, lists and Maps in it, down to two levels; of `names` also what it only answers to. */
function copyOf<Value>(value: Value, names: readonly string[]): Value {
  return copyIn(value, 2, names) as Value; // Of the same form.
}

function copyIn(value: unknown, levels: number, names: readonly string[] = []): unknown {
  const inner = (one: unknown): unknown => copyIn(one, levels - 1);
  if (levels === 0 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Array.from(value, inner);
  if (value instanceof Map) return new Map(value);
  return isFields(value) ? Object.fromEntries(saidIn(value, names).map((name) => [name, inner(value[name])])) : value;
}

function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "nothing readable";
  }
}

/** What is wrong with the arguments of `compileFile`. */
function fileProblems(file: unknown, options: unknown): readonly Diagnostic[] {
  if (!isString(file)) return [unsuitable("file", "the path of a file", file)];
  return optionProblems("compileFile", options, fileRules);
}

function isSource(main: unknown): boolean {
  return hasTexts(main, "name", "source");
}

/** What is wrong with a source. */
export function textProblems(main: unknown): readonly Diagnostic[] {
  if (!isSource(main)) return [unsuitable("source", '{ name: "net.nn", source: "…" }', main)];
  return optionProblems("the source", main, sourceRules);
}

/** What is wrong with the arguments of `compile`. */
function sourceProblems(main: unknown, options: unknown): readonly Diagnostic[] {
  const ofSource = textProblems(main);
  if (!isSource(main)) return ofSource;
  const problems = [...ofSource, ...optionProblems("compile", options, compileRules)];
  const { target = "typescript", ...own } = isFields(options) ? options : {};
  const misplaced = target !== "wasm" && targetNames.some((one) => one === target);
  const only = ["relaxed", "compact"].filter((name) => misplaced && own[name] === true);
  return [...problems, ...only.map((name) => unsuitable("target", `wasm, where \`${name}\` is true`, target))];
}
