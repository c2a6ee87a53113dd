/**
 * What a program passes to `compile`, looked at before anything is done with it: TypeScript checks the types of who writes TypeScript, and
 * nobody the numbers. A wrong value, or an option that does not exist, is a diagnostic, never an exception.
 */
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { isBoolean, isString, oneOf, optionProblems, trueOrFalse, unsuitable } from "./diagnostics/options.ts";
import type { Rules, Test } from "./diagnostics/options.ts";
import { isFields } from "./diagnostics/values.ts";
import type { CompileOptions } from "./compile.ts";
import type { FileOptions } from "./files.ts";
import { targetNames } from "./program/artifact.ts";
import type { SourceText } from "./sources.ts";

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
  dataFacts: { expected: "an object", fits: isFields },
  relaxed: trueOrFalse,
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

/** What is wrong with the arguments of `compileFile`. */
export function fileArgumentProblems(file: unknown, options: unknown): readonly Diagnostic[] {
  if (!isString(file)) return [unsuitable("file", "the path of a file", file)];
  return optionProblems("compileFile", options, fileRules);
}

/** What is wrong with the arguments of `compile`. */
export function argumentProblems(main: unknown, options: unknown): readonly Diagnostic[] {
  if (!isFields(main) || !isString(main["name"]) || !isString(main["source"]))
    return [unsuitable("source", '{ name: "net.nn", source: "…" }', main)];
  const problems = [
    ...optionProblems("the source", main, sourceRules),
    ...optionProblems("compile", options, compileRules),
  ];
  const { target = "typescript", relaxed } = isFields(options) ? options : {};
  const misplaced = relaxed === true && target !== "wasm" && targetNames.some((one) => one === target);
  return misplaced ? [...problems, unsuitable("target", "wasm, where `relaxed` is true", target)] : problems;
}
