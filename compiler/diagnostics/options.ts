/**
 * What a program passes as options, looked at before anything is done with it: TypeScript checks who writes TypeScript, and nobody the
 * numbers. An option that does not exist is as wrong as one with a value that it cannot have: it would be lost without a word.
 */
import { unknownOption, unsuitableOption } from "./codes/runtime.ts";
import { diagnose, NncError } from "./diagnostic.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { listOf } from "./lists.ts";
import { didYouMean } from "./suggest.ts";
import { isFields, shown } from "./values.ts";

export type Test = (value: unknown) => boolean;

export interface Rule {
  readonly expected: string;
  readonly fits: Test;
  /** All that it can be, where a slip of the fingers can be told. */
  readonly choices?: readonly string[];
}

/** A rule for each option of a call. Every option may be left out, or be undefined. */
export type Rules<Options> = { readonly [Name in keyof Required<Options>]: Rule };

export const isString: Test = (value) => typeof value === "string";
export const isBoolean: Test = (value) => typeof value === "boolean";
const isCount: Test = (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) < 2 ** 31;

export const trueOrFalse: Rule = { expected: "true or false", fits: isBoolean };

export function oneOf(choices: readonly string[]): Rule {
  return { expected: listOf(choices), fits: (value) => choices.some((one) => one === value), choices };
}

/** What counters can hold. */
export const count: Rule = { expected: "a whole number from 1 to 2147483647", fits: isCount };
/** A whole number that doubles hold exactly; the program takes its lower 32 bits. */
export const seed: Rule = { expected: "a whole number", fits: Number.isSafeInteger };
/** Of another realm, too. */
export const bytes: Rule = {
  expected: "bytes as a Uint8Array",
  fits: (value) => Object.prototype.toString.call(value) === "[object Uint8Array]",
};

/** What is wrong with the options of `call`, each mistake for itself. A small network's step has options: right ones cost next to nothing. */
export function optionProblems<Options>(call: string, options: unknown, rules: Rules<Options>): readonly Diagnostic[] {
  if (!isFields(options)) return [unsuitable("options", "an object", options)];
  const problems: Diagnostic[] = [];
  for (const option in options) {
    if (!Object.hasOwn(options, option)) continue;
    // Its own keys are those of the options.
    const rule = Object.hasOwn(rules, option) ? rules[option as keyof Rules<Options>] : undefined;
    const value = options[option];
    if (rule === undefined) problems.push(unknown(call, option, Object.keys(rules)));
    else if (value !== undefined && !rule.fits(value)) {
      const meant = typeof value === "string" ? didYouMean(value, rule.choices ?? []) : undefined;
      problems.push(unsuitable(option, rule.expected, value, meant));
    }
  }
  return problems;
}

/** Throws the first of the problems: NN0706, NN0736. */
export function checkOptions<Options>(call: string, options: unknown, rules: Rules<Options>): void {
  const [problem] = optionProblems(call, options, rules);
  if (problem !== undefined) throw new NncError(problem);
}

export function unsuitable(option: string, expected: string, value: unknown, help?: string): Diagnostic {
  return diagnose(unsuitableOption, { option, expected, found: shown(value) }, [], help);
}

function unknown(call: string, option: string, names: readonly string[]): Diagnostic {
  const options = names.length === 0 ? "none" : listOf(names.map((name) => `\`${name}\``));
  return diagnose(unknownOption, { call, option: shown(option), options }, [], didYouMean(option, names));
}
