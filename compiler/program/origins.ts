/**
 * Where generated code came from, in words: path, file, line and column, the source line, and the doc comment above it.
 */
import type { Origin } from "../graph/types.ts";
import { oneLine } from "./names.ts";

/** Source texts by the file names that spans carry. */
export type Sources = ReadonlyMap<string, string>;

export const noSources: Sources = new Map();

/** The sources cut into lines, so that any number of places can be looked up in them. */
export type SourceLines = ReadonlyMap<string, readonly SourceLine[]>;

interface SourceLine {
  /** The offset of its first character. */
  readonly start: number;
  readonly text: string;
}

export function linesOf(sources: Sources): SourceLines {
  return new Map([...sources].map(([file, text]) => [file, cutLines(text)]));
}

function cutLines(text: string): readonly SourceLine[] {
  const lines: SourceLine[] = [];
  let start = 0;
  for (const { index, 0: lineBreak } of text.matchAll(/\r\n|\r|\n/g)) {
    lines.push({ start, text: text.slice(start, index) });
    start = index + lineBreak.length;
  }
  return [...lines, { start, text: text.slice(start) }];
}

const mostOrigins = 6;

/** A few lines on the origins, without repetition; each is one line of text, free of line breaks and control characters. */
export function describeOrigins(origins: readonly Origin[], lines: SourceLines): readonly string[] {
  const places = new Set<string>();
  const documentation = new Set<string>();
  for (const origin of origins) {
    const place = describe(origin, lines);
    if (places.has(place)) continue;
    places.add(place);
    if (places.size <= mostOrigins) for (const line of docComment(origin, lines)) documentation.add(line);
  }
  const shown = [...places].slice(0, mostOrigins);
  const more = places.size > shown.length ? [`… and ${places.size - shown.length} more`] : [];
  return [...documentation, ...shown, ...more].map((line) => oneLine(line).trimEnd()).filter((line) => line !== "");
}

function describe({ span, path }: Origin, sources: SourceLines): string {
  if (span === undefined) return path;
  const lines = sources.get(span.file);
  if (lines === undefined) return `${path} (${span.file})`;
  const n = lineAt(lines, span.from);
  const { start, text } = lines[n];
  return `${path} (${span.file}:${n + 1}:${span.from - start + 1}): ${text.trim()}`;
}

/** The `///` lines directly above the origin's line. */
function docComment({ span }: Origin, sources: SourceLines): readonly string[] {
  const lines = span && sources.get(span.file);
  if (span === undefined || lines === undefined) return [];
  const found: string[] = [];
  for (let n = lineAt(lines, span.from) - 1; n >= 0 && lines[n].text.trimStart().startsWith("///"); n--) {
    found.unshift(lines[n].text.trim().slice(3).trim());
  }
  return found;
}

/** The number of the line that holds the offset, from 0. */
export function lineAt(lines: readonly SourceLine[], offset: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (lines[middle].start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
