/**
 * Where generated code came from, in words: path, file, line and column, the source line, and the doc comment above it.
 */
import type { Origin } from "../graph/types.ts";
import { oneLine } from "./names.ts";

/** Source texts by the file names that spans carry. */
export type Sources = ReadonlyMap<string, string>;

export const noSources: Sources = new Map();

const mostOrigins = 6;

/** A few lines on the origins, without repetition; each is one line of text, free of line breaks and control characters. */
export function describeOrigins(origins: readonly Origin[], sources: Sources): readonly string[] {
  const lines = new Set<string>();
  const documentation = new Set<string>();
  for (const origin of origins) {
    lines.add(describe(origin, sources));
    for (const line of docComment(origin, sources)) documentation.add(line);
  }
  const shown = [...lines].slice(0, mostOrigins);
  const more = lines.size > shown.length ? [`… and ${lines.size - shown.length} more`] : [];
  return [...documentation, ...shown, ...more].map((line) => oneLine(line).trimEnd()).filter((line) => line !== "");
}

function describe({ span, path }: Origin, sources: Sources): string {
  if (span === undefined) return path;
  const source = sources.get(span.file);
  if (source === undefined) return `${path} (${span.file})`;
  const { line, column, text } = lineAt(source, span.from);
  return `${path} (${span.file}:${line}:${column}): ${text.trim()}`;
}

/** The `///` lines directly above the origin's line. */
function docComment({ span }: Origin, sources: Sources): readonly string[] {
  const source = span && sources.get(span.file);
  if (span === undefined || source === undefined) return [];
  const above = source.slice(0, lineAt(source, span.from).start).split(lineBreak).slice(0, -1);
  const found: string[] = [];
  for (let n = above.length - 1; n >= 0 && above[n].trimStart().startsWith("///"); n--) {
    found.unshift(above[n].trim().slice(3).trim());
  }
  return found;
}

const lineBreak = /\r\n|\r|\n/;

function lineAt(source: string, offset: number): { line: number; column: number; start: number; text: string } {
  const before = source.slice(0, offset).split(lineBreak);
  const column = before[before.length - 1].length + 1;
  const start = offset - column + 1;
  const [text] = source.slice(start).split(lineBreak, 1);
  return { line: before.length, column, start, text };
}
