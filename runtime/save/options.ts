/**
 * What a program was built with beside its source, kept with its parameters: as a line of JSON whose form is checked in full when it is read
 * back, and compared with what another program was built with.
 */
import type { HostOption, HostOptions } from "../../compiler/program/host.ts";

type Plain = number | string | boolean;

/** With what the artifact says of its instructions; missing in files of older versions. */
export type SavedOptions = HostOptions & { readonly relaxed?: boolean };

/** What two sides say about a name: `slope=0.5` and `slope=0.1`. */
export interface Contradiction {
  readonly saved: string;
  readonly built: string;
}

/** What `printOptions` of `checkpoint.ts` wrote, or undefined where the text is anything else. */
export function parseOptions(text: string): SavedOptions | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  // Each is looked at below.
  const { consts, dims, bounds, settings, winograd, relaxed } = value as {
    readonly [key in keyof SavedOptions]?: unknown;
  };
  if (!isList(consts, isPlain) || !isList(dims, isSize) || !isList(settings, isNumber)) return undefined;
  if (bounds !== undefined && !isList(bounds, isSize)) return undefined;
  if (!isFlag(winograd) || !isFlag(relaxed)) return undefined;
  return {
    consts,
    dims,
    ...(bounds === undefined ? {} : { bounds }),
    settings,
    ...(winograd === undefined ? {} : { winograd }),
    ...(relaxed === undefined ? {} : { relaxed }),
  };
}

/**
 * The constants and dimensions that differ. A constant that neither side was given, but the source, is the source's affair: whoever changes
 * it there means it.
 */
export function contradictions(saved: HostOptions, built: HostOptions): readonly Contradiction[] {
  return [...differing(saved.consts, built.consts), ...differing(saved.dims, built.dims)];
}

/** The algorithm of convolutions, where both sides say and it differs: other roundings, and so another run. */
export function otherAlgorithm(saved: HostOptions, built: HostOptions): readonly Contradiction[] {
  const [before, now] = [saved.winograd, built.winograd];
  if (before === undefined || now === undefined || before === now) return [];
  return [{ saved: `winograd=${before}`, built: `winograd=${now}` }];
}

/** The instructions, where the file says which it was trained with: a run goes on with the same, and any may predict. */
export function otherInstructions({ relaxed }: SavedOptions, built: boolean): readonly Contradiction[] {
  return relaxed === undefined || relaxed === built ? [] : [{ saved: `relaxed=${relaxed}`, built: `relaxed=${built}` }];
}

/** The settings of optimizers that differ, one that only one side was given included: the other has the source's. */
export function otherSettings(saved: HostOptions, built: HostOptions): readonly Contradiction[] {
  const names = new Set([...saved.settings, ...built.settings].map(({ name }) => name));
  return [...names].flatMap((name) => {
    const [before, now] = [saved.settings, built.settings].map((list) => list.find((one) => one.name === name)?.value);
    return before === now ? [] : [{ saved: settingText(name, before), built: settingText(name, now) }];
  });
}

/** Both sides of all contradictions, for a message: `slope=0.5, deep=true` and `slope=0.1, deep=false`. */
export function sidesOf(all: readonly Contradiction[]): { readonly saved: string; readonly built: string } {
  return { saved: all.map(({ saved }) => saved).join(", "), built: all.map(({ built }) => built).join(", ") };
}

/** `hidden=256`, as `--const` takes it: a string that could be taken for something else stands in quotes. */
export function optionText({ name, value }: Pick<HostOption<Plain>, "name" | "value">): string {
  const isOdd = typeof value === "string" && (/^(true|false|".*")$/s.test(value) || Number.isFinite(Number(value)));
  return `${name}=${isOdd ? `"${value}"` : value}`;
}

function differing(saved: readonly HostOption<Plain>[], built: readonly HostOption<Plain>[]): readonly Contradiction[] {
  const now = new Map(built.map((one) => [one.name, one]));
  return saved.flatMap(({ name, value, given }) => {
    const other = now.get(name);
    const differs = other !== undefined && other.value !== value && (given || other.given);
    return differs ? [{ saved: optionText({ name, value }), built: optionText(other) }] : [];
  });
}

function settingText(name: string, value: number | undefined): string {
  return value === undefined ? `${name} as in the source` : optionText({ name, value });
}

/** Of each name one entry. */
function isList<Value>(list: unknown, fits: (value: unknown) => value is Value): list is readonly HostOption<Value>[] {
  const names = new Set<string>();
  return (
    Array.isArray(list) &&
    list.every((one: unknown) => {
      if (typeof one !== "object" || one === null) return false;
      const { name, value, given } = one as { readonly [key in keyof HostOption<Value>]?: unknown }; // Each is looked at here.
      if (typeof name !== "string" || !fits(value) || typeof given !== "boolean") return false;
      names.add(name);
      return true;
    }) &&
    names.size === list.length
  );
}

function isPlain(value: unknown): value is Plain {
  return typeof value === "string" || typeof value === "boolean" || isNumber(value);
}

/** Or nothing. */
function isFlag(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === "boolean";
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
