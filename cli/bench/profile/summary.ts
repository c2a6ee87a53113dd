/** A profile's calls added up by layer, by line and by path, each with what the machine does at most. */
import type { Line } from "./attribute.ts";
import type { CallProfile, Profile } from "./profile.ts";

export interface Total {
  readonly seconds: number;
  /** Of `seconds`, those of the backward pass. */
  readonly backwardSeconds: number;
  readonly flops: number;
  readonly bytes: number;
  readonly limitSeconds: number;
}

export type Named = Total & { readonly name: string };

const none: Total = { seconds: 0, backwardSeconds: 0, flops: 0, bytes: 0, limitSeconds: 0 };

export function totalOf(calls: readonly CallProfile[]): Total {
  return [...sums(calls, () => "").values()][0] ?? none;
}

/** The longest first. */
export function byLayer({ calls }: Profile): readonly Named[] {
  return sorted(sums(calls, ({ layer }) => layer));
}

/** By file and number, `file:3`; what no line of the user's stands behind has the name `undefined`. */
export function byLine({ calls }: Profile): readonly (Total & { readonly line: Line | undefined })[] {
  const lines = new Map<string, Line | undefined>();
  const totals = sums(calls, ({ line }) => {
    const key = line === undefined ? "" : `${line.file}:${line.line}`;
    lines.set(key, line);
    return key;
  });
  return sorted(totals).map(({ name, ...total }) => ({ ...total, line: lines.get(name) }));
}

/** How much of the limit is reached: 1 where the machine could do it no faster. */
export function shareOfLimit({ seconds, limitSeconds }: Total): number {
  return seconds === 0 ? NaN : limitSeconds / seconds;
}

/** Kernels that joined several of them. */
export function joinedCalls({ calls }: Profile): readonly CallProfile[] {
  return calls.filter(({ parts }) => new Set(parts.map(({ layer }) => layer)).size > 1);
}

function sums(
  calls: readonly CallProfile[],
  nameOf: (part: CallProfile["parts"][number]) => string,
): Map<string, Total> {
  const totals = new Map<string, Total>();
  for (const call of calls)
    for (const part of call.parts) {
      const name = nameOf(part);
      const known = totals.get(name) ?? none;
      const seconds = part.share * call.seconds;
      totals.set(name, {
        seconds: known.seconds + seconds,
        backwardSeconds: known.backwardSeconds + (part.backward ? seconds : 0),
        flops: known.flops + part.share * call.flops,
        bytes: known.bytes + part.share * call.bytes,
        limitSeconds: known.limitSeconds + part.share * call.limitSeconds,
      });
    }
  return totals;
}

function sorted(totals: ReadonlyMap<string, Total>): readonly Named[] {
  return [...totals].map(([name, total]) => ({ ...total, name })).toSorted((a, b) => b.seconds - a.seconds);
}
