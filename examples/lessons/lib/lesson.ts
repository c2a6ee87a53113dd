/** What a lesson is: a program that runs nnc and answers figures, texts and pictures. Its README quotes them; tests hold them. */
import type { Workshop } from "./workshop.ts";

export interface Lesson {
  /** One sentence for the list of lessons. */
  readonly summary: string;
  /** Files that nnc reads, by their path in the lesson's folder: drawn here, the same every time. */
  readonly data?: () => Readonly<Record<string, string>>;
  readonly run: (nnc: Workshop) => Made | Promise<Made>;
}

export interface Made {
  readonly figures: Readonly<Record<string, Figure>>;
  /** Lines of Markdown, such as a table, that README.md has as they stand. The same every time. */
  readonly texts?: Readonly<Record<string, string>>;
  /** SVG by file name, at most 60 kB each. The same every time. */
  readonly pictures: Readonly<Record<string, string>>;
}

/** A number that README.md quotes as `shown`. A later run may differ by `within` from it, or must lie from `least` to `most`. */
export type Figure = { readonly value: number; readonly shown: string } & (
  | { readonly within: number }
  | { readonly least: number; readonly most: number }
);

/** With so many places after the point; another run may differ by a fiftieth, or by one in the last place. */
export function figure(value: number, places: number): Figure {
  return {
    value,
    shown: value.toFixed(places).replace("-", "−"),
    within: Math.max(Math.abs(value) / 50, 10 ** -places),
  };
}

/** A count, or whatever else must be the same again. */
export function exact(value: number): Figure {
  return { value, shown: String(value), within: 0 };
}

/** A share, as percent. */
export function percent(share: number, places = 0): Figure {
  return { value: share, shown: `${(100 * share).toFixed(places)} %`, within: Math.max(0.02, 10 ** (-places - 2)) };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What differs from machine to machine, such as a time: it must lie between two bounds. */
export function bounded(value: number, places: number, least: number, most: number): Figure {
  return { value, shown: value.toFixed(places), least, most };
}

/** Whether a later run's value is as the committed figure says. */
export function isHeld(committed: Figure, value: number): boolean {
  if ("within" in committed) return Math.abs(value - committed.value) <= committed.within;
  return value >= committed.least && value <= committed.most;
}
