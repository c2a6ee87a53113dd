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

/**
 * What is wrong with the options of `call`, each mistake for itself. What an object inherits counts, since whoever reads an option reads that, too;
 * what all objects inherit does not. A small network's step has options: right ones cost next to nothing.
 */
export function optionProblems<Options>(call: string, options: unknown, rules: Rules<Options>): readonly Diagnostic[] {
  if (!isFields(options)) return [unsuitable("options", "an object", options)];
  const problems: Diagnostic[] = [];
  for (const option in options)
    if (!Object.hasOwn(rules, option) && isSaid(options, option))
      problems.push(unknown(call, option, Object.keys(rules)));
  for (const option in rules) {
    const rule = rules[option];
    const value = options[option];
    if (value === undefined || rule.fits(value)) continue;
    const meant = typeof value === "string" ? didYouMean(value, rule.choices ?? []) : undefined;
    problems.push(unsuitable(option, rule.expected, value, meant));
  }
  return problems;
}

/** Whether the options have a field that is not that of every object. */
function isSaid(options: object, name: string): boolean {
  return Object.hasOwn(options, name) || !(name in Object.prototype);
}

/** The names of what the options say, of `names` those that they only answer to, as instances of a class do. */
export function saidIn(options: object, names: readonly string[]): readonly string[] {
  const said = new Set(names.filter((name) => name in options && isSaid(options, name)));
  for (const name in options) if (isSaid(options, name)) said.add(name);
  return [...said];
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
