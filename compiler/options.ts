/**
 * What a program passes to `compile`, looked at before anything is done with it: TypeScript checks the types of who writes TypeScript, and
 * nobody the numbers. A wrong value is a diagnostic, never an exception.
 */
import { unsuitableOption } from "./diagnostics/codes/runtime.ts";
import { diagnose, type Diagnostic } from "./diagnostics/diagnostic.ts";
import { didYouMean } from "./diagnostics/suggest.ts";

type Test = (value: unknown) => boolean;

interface Rule {
  readonly option: string;
  readonly expected: string;
  readonly fits: Test;
}

const isString: Test = (value) => typeof value === "string";
const isSize: Test = (value) => Number.isSafeInteger(value) && Number(value) >= 1;
const isConstant: Test = (value) => isString(value) || typeof value === "boolean" || Number.isFinite(value);

/** A plain object all of whose values pass. A Map has no keys of its own, so what it holds would be lost. */
function recordOf(fits: Test): Test {
  return (value) =>
    typeof value === "object" && value !== null && !(value instanceof Map) && Object.values(value).every(fits);
}

/** Every option that a wrong value would lead astray; all may be left out. */
function rulesFor(targets: readonly string[]): readonly Rule[] {
  return [
    { option: "target", expected: targets.join(", "), fits: (value) => targets.some((one) => one === value) },
    {
      option: "train",
      expected: "the label of a train, or null for none",
      fits: (value) => isString(value) || value === null,
    },
    { option: "bounds", expected: "whole numbers from 1 by name, such as { N: 128 }", fits: recordOf(isSize) },
    { option: "dims", expected: "whole numbers from 1 by name, such as { F: 34 }", fits: recordOf(isSize) },
    { option: "consts", expected: "numbers, strings, true or false by name", fits: recordOf(isConstant) },
    { option: "settings", expected: "numbers by name, such as { lr: 0.01 }", fits: recordOf(Number.isFinite) },
    { option: "relaxed", expected: "true or false", fits: (value) => typeof value === "boolean" },
    { option: "verify", expected: "true or false", fits: (value) => typeof value === "boolean" },
  ];
}

/** What is wrong with the arguments of `compile`. */
export function argumentProblems(main: unknown, options: unknown, targets: readonly string[]): readonly Diagnostic[] {
  const { name, source, files } = fieldsOf(main);
  if (!isString(name) || !isString(source)) return [problem("source", '{ name: "net.nn", source: "…" }', main)];
  if (files !== undefined && !(files instanceof Map)) return [problem("files", "a Map from paths to texts", files)];
  if (typeof options !== "object" || options === null) return [problem("options", "an object", options)];
  const given = fieldsOf(options);
  const { target = "typescript", relaxed } = given;
  const misplaced = relaxed === true && target !== "wasm" && targets.some((one) => one === target);
  const apart = misplaced ? [problem("target", "wasm, where `relaxed` is true", target)] : [];
  const single = rulesFor(targets).flatMap(({ option, expected, fits }) => {
    const value = given[option];
    return value === undefined || fits(value)
      ? []
      : [
          problem(
            option,
            expected,
            value,
            option === "target" && typeof value === "string" ? didYouMean(value, targets) : undefined,
          ),
        ];
  });
  return [...single, ...apart];
}

function problem(option: string, expected: string, value: unknown, help?: string): Diagnostic {
  return diagnose(unsuitableOption, { option, expected, found: shown(value) }, [], help);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** A value in a few letters. */
function shown(value: unknown): string {
  if (value instanceof Map) return "a Map";
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([key, one]) => `${key}: ${typeof one === "object" ? "…" : shown(one)}`);
    return fields.length === 0 ? "an empty object" : `{ ${fields.slice(0, 4).join(", ")} }`;
  }
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : String(value);
}
