/** Parsers of flag values. Each throws an error whose message completes "expected …, found …". */
import { composed, identifier } from "../compiler/syntax/identifiers.ts";
import { UsageError } from "./exit.ts";

export interface Assignment<Value> {
  readonly name: string;
  readonly value: Value;
}

/** What a counter of the program holds. */
const most = 2 ** 31 - 1;

/** A whole number from 1. */
export function parseCount(text: string): number {
  return whole(text, 1, most, `a whole number from 1 to ${most}`);
}

/** A whole number from 0 to 2³² − 1. */
export function parseSeed(text: string): number {
  return whole(text, 0, 2 ** 32 - 1, "a whole number from 0 to 4294967295");
}

/** A number from 0, such as 0.8. */
export function parseTemperature(text: string): number {
  const value = numberOf(text);
  if (value === undefined || value < 0) throw new Error("a number from 0, such as 0.8");
  return value;
}

/** Whole numbers from 1 with commas between, each once, the largest first. */
export function parseCounts(text: string): readonly number[] {
  const expected = "whole numbers from 1 with commas between, such as 1,8,32";
  const counts = text.split(",").map((part) => whole(part.trim(), 1, most, expected));
  return [...new Set(counts)].toSorted((a, b) => b - a);
}

/** A number above 0, such as 0.5. */
export function parseSeconds(text: string): number {
  const value = numberOf(text);
  if (value === undefined || value <= 0) throw new Error("a number of seconds above 0, such as 0.5");
  return value;
}

/** A part of a whole from 0: `0.02` or `2%`. */
export function parseShare(text: string): number {
  const [, digits = text, percent] = /^(.*?)(%)?$/s.exec(text) ?? [];
  const value = numberOf(digits);
  if (value === undefined || value < 0) throw new Error("a number from 0, such as 0.02 or 2%");
  return percent === undefined ? value : value / 100;
}

/** `F=34`: a dimension's name and size. */
export function parseDimension(text: string): Assignment<number> {
  const expected = `NAME=SIZE such as F=34, from 1 to ${most}`;
  const { name, value } = assignment(text, expected);
  return { name, value: whole(value, 1, most, expected) };
}

/** `lr=0.01`, or of one of several steps `critic.lr=0.01`, or another part than the optimizer `schedule.decay=0.1`: a setting's name and a number. */
export function parseSetting(text: string): Assignment<number> {
  const expected = "NAME=NUMBER such as lr=0.01";
  const { name, value } = assignment(text, expected, settingForm);
  const number = numberOf(value);
  if (number === undefined) throw new Error(expected);
  return { name, value: number };
}

/** `hidden=256`, `name=relu`, `deep=true`: a constant's name and its new value; in quotes of its own, `name="2"`, a string whatever it looks like. */
export function parseConstant(text: string): Assignment<number | string | boolean> {
  const { name, value } = assignment(text, "NAME=VALUE such as hidden=256");
  const [, string] = /^"(.*)"$/s.exec(value) ?? [];
  if (string !== undefined) return { name, value: string };
  if (value === "true" || value === "false") return { name, value: value === "true" };
  return { name, value: numberOf(value) ?? value };
}

/** The assignments by name. Names are own keys, `__proto__` too. Throws a UsageError where a name is given twice. */
export function recordOf<Value>(
  flag: string,
  assignments: readonly Assignment<Value>[] = [],
): Readonly<Record<string, Value>> {
  const names = new Set<string>();
  for (const { name } of assignments) {
    if (names.has(name)) throw new UsageError(`--${flag}: expected one value for ${name}, found two`);
    names.add(name);
  }
  return Object.fromEntries(assignments.map(({ name, value }) => [name, value]));
}

const nameForm = new RegExp(`^(${identifier})=(.+)$`, "su");
const settingForm = new RegExp(`^((?:${identifier}\\.){0,3}${identifier})=(.+)$`, "su");

function assignment(text: string, expected: string, form = nameForm): Assignment<string> {
  const match = form.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) throw new Error(expected);
  return { name: composed(match[1]), value: match[2] };
}

/** A decimal number; `Number` alone would take the empty text, `0x10` and `Infinity`. Throws where it would be another without a word: 0, or another whole one. */
function numberOf(text: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined;
  const value = Number(text);
  const [digits = ""] = text.toLowerCase().split("e");
  if (!Number.isFinite(value)) return undefined;
  if (value === 0 && /[1-9]/.test(digits)) throw new Error(`0, or a number of at least ${Number.MIN_VALUE} in size`);
  if (/^[+-]?\d+$/.test(text) && BigInt(text.replace("+", "")) !== BigInt(value))
    throw new Error(`a whole number that is exact in 64 bits, such as ${BigInt(value)}`);
  return value;
}

function whole(text: string, least: number, largest: number, expected: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= largest)) throw new Error(expected);
  return value;
}

/** A file, and the input that it is given for. */
export interface FileFlag {
  readonly field: string | undefined;
  readonly file: string;
}

const fileForm = new RegExp(`^(${identifier})=(.*)$`, "su");

/** `rows.csv`, or `image=x.npy` for one input; a path with `=` in its first part is written `./a=b`. */
export function parseFile(text: string): FileFlag {
  const [, name, file] = fileForm.exec(text) ?? [undefined, undefined, text];
  if (file === undefined || file === "") throw new Error("FILE, or NAME=FILE such as image=x.npy");
  return { field: name === undefined ? undefined : composed(name), file };
}
