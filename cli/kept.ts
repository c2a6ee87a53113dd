/**
 * What parameters were trained with, as their file keeps it: the commands that use them take it over and say so. A flag that says otherwise
 * is a mistake, unless `--override` puts flags and source in its place.
 */
import { otherOptions } from "../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose, NncError } from "../compiler/diagnostics/diagnostic.ts";
import type { TargetName } from "../compiler/program/artifact.ts";
import type { HostOption } from "../compiler/program/host.ts";
import { optionText, otherInstructions } from "../runtime/save/options.ts";
import type { SavedOptions } from "../runtime/save/options.ts";
import type { Context } from "./context.ts";
import type { Assignment } from "./flags.ts";
import type { ClosingFlags } from "./source.ts";

type Plain = number | string | boolean;

/** The flags that a file of parameters keeps. */
export type KeptFlags = Pick<ClosingFlags, "const" | "dim" | "bounds"> & {
  readonly set?: readonly Assignment<number>[];
  readonly "no-winograd"?: boolean;
  readonly relaxed?: boolean;
  readonly target?: TargetName;
};

/** A file of parameters, and what it says about its program; undefined in those of others and of older versions. */
export interface KeptFile {
  readonly file: string;
  readonly options: SavedOptions | undefined;
}

/** What was taken from the file, by flag, for programs that read the command's answer. */
export interface Taken {
  readonly const: readonly Assignment<Plain>[];
  readonly dim: readonly Assignment<number>[];
  readonly bounds: readonly Assignment<number>[];
  readonly set: readonly Assignment<number>[];
  readonly "no-winograd": boolean;
  readonly relaxed: boolean;
}

export const nothing: Taken = { const: [], dim: [], bounds: [], set: [], "no-winograd": false, relaxed: false };
const switches = ["no-winograd", "relaxed"] as const;

/** What the flags leave to the file. With `resume` that includes the settings of optimizers, and the instructions. Throws NN0926. */
export function takeKept(
  context: Context,
  { file, options }: KeptFile,
  flags: KeptFlags & { readonly override: boolean },
  resume = false,
): Taken {
  if (options === undefined || flags.override) return nothing;
  const { consts, dims, settings } = options;
  const direct = flags["no-winograd"] === true;
  const algorithm = direct && options.winograd === true ? [{ saved: "winograd=true", built: "winograd=false" }] : [];
  const lists = [differing(flags.const, consts), differing(flags.dim, dims), algorithm];
  if (resume) lists.push(differing(flags.set, settings), added(flags.set, settings));
  if (resume && flags.relaxed === true) lists.push(otherInstructions(options, true));
  const [wrong] = lists.flat();
  if (wrong !== undefined)
    throw new NncError(
      diagnose(otherOptions, { file, ...wrong }, [], "leave the flag out, or add --override to mean it"),
    );
  const taken: Taken = {
    const: missing(flags.const, consts),
    dim: missing(flags.dim, dims),
    bounds: [],
    set: resume ? missing(flags.set, settings) : [],
    "no-winograd": options.winograd === false && !direct,
    // Of another target there is no such build, which `resume` of the library tells.
    relaxed: resume && options.relaxed === true && flags.relaxed !== true && flags.target === "wasm",
  };
  tellTaken(context, file, taken);
  return taken;
}

/** The sizes that the data of the training gave, for a program that lacks them: its data are not there to tell. */
export function sizesOf(
  { options }: KeptFile,
  { dim, bounds, override }: KeptFlags & { readonly override: boolean },
  { lacksSizes, lacksBound }: { readonly lacksSizes: boolean; readonly lacksBound: (name: string) => boolean },
): Taken {
  if (options === undefined || override) return nothing;
  const open = options.dims.filter(({ given }) => lacksSizes && !given);
  const unbounded = (options.bounds ?? []).filter(({ name }) => lacksBound(name));
  return { ...nothing, dim: without(dim, open), bounds: without(bounds, unbounded) };
}

/** What was taken, and more. */
export function together(one: Taken, { dim, bounds }: Taken): Taken {
  return { ...one, dim: [...one.dim, ...dim], bounds: [...one.bounds, ...bounds] };
}

/** Says what is taken from the file, as flags. */
export function tellTaken({ process: { stderr } }: Context, file: string, taken: Taken): void {
  const text = [
    ...listsOf(taken).flatMap(([flag, list]) => list.map((one) => `--${flag} ${optionText(one)}`)),
    ...switches.filter((name) => taken[name]).map((name) => `--${name}`),
  ];
  if (text.length > 0) stderr.write(`as ${file} was trained: ${text.join(" ")}\n`);
}

function listsOf({
  const: consts,
  dim,
  bounds,
  set,
}: Taken): readonly (readonly [string, readonly Assignment<Plain>[]])[] {
  return Object.entries({ const: consts, dim, bounds, set });
}

/** The flags with what was taken behind them. */
export function withTaken<Flags extends KeptFlags>(
  flags: Flags,
  taken: Taken,
): Flags & { readonly "no-winograd": boolean; readonly relaxed: boolean } {
  return {
    ...flags,
    const: [...(flags.const ?? []), ...taken.const],
    dim: [...(flags.dim ?? []), ...taken.dim],
    bounds: [...(flags.bounds ?? []), ...taken.bounds],
    set: [...(flags.set ?? []), ...taken.set],
    "no-winograd": flags["no-winograd"] === true || taken["no-winograd"],
    relaxed: flags.relaxed === true || taken.relaxed,
  };
}

/** As a field of a JSON document: nothing where nothing was taken. */
export function takenJson(taken: Taken): { readonly taken?: object } {
  const lists = listsOf(taken).filter(([, list]) => list.length > 0);
  const entries: readonly (readonly [string, unknown])[] = [
    ...lists.map(([flag, list]) => [flag, new Map(list.map(({ name, value }) => [name, value]))] as const),
    ...switches.filter((name) => taken[name]).map((name) => [name, true] as const),
  ];
  return entries.length === 0 ? {} : { taken: new Map(entries) };
}

type Sides = { readonly saved: string; readonly built: string };

function differing(flags: readonly Assignment<Plain>[] = [], kept: readonly HostOption<Plain>[]): readonly Sides[] {
  return flags.flatMap((flag) => {
    const saved = kept.find(({ name }) => name === flag.name);
    return saved === undefined || saved.value === flag.value
      ? []
      : [{ saved: optionText(saved), built: optionText(flag) }];
  });
}

/** Settings that the run was begun without. */
function added(flags: readonly Assignment<number>[] = [], kept: readonly HostOption<number>[]): readonly Sides[] {
  return flags
    .filter((flag) => !kept.some(({ name }) => name === flag.name))
    .map((flag) => ({ saved: `${flag.name} as in the source`, built: optionText(flag) }));
}

function missing<Value extends Plain>(
  flags: readonly Assignment<Value>[] = [],
  kept: readonly HostOption<Value>[],
): readonly Assignment<Value>[] {
  return without(
    flags,
    kept.filter(({ given }) => given),
  );
}

/** As flags, but for those that are given. */
function without<Value extends Plain>(
  flags: readonly Assignment<Value>[] = [],
  kept: readonly HostOption<Value>[],
): readonly Assignment<Value>[] {
  return kept
    .filter(({ name }) => !flags.some((flag) => flag.name === name))
    .map(({ name, value }) => ({ name, value }));
}
