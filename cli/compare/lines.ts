/** Two texts line by line: what is only in the first, only in the second, or in both (a longest common subsequence, Hunt and McIlroy 1976). */

export interface Line {
  readonly kind: "same" | "gone" | "come" | "gap";
  readonly text: string;
}

/** Lines around a difference that are shown. */
const around = 2;
/** Above so many pairs of lines, what lies between the first and the last difference is told as a whole. */
const mostPairs = 4_000_000;

/** The differences with the lines around them; empty where there are none. */
export function differingLines(before: string, after: string): readonly Line[] {
  const all = aligned(before.split(/\r\n|[\r\n]/), after.split(/\r\n|[\r\n]/));
  const near = new Set(
    all.flatMap(({ kind }, at) =>
      kind === "same" ? [] : Array.from({ length: 2 * around + 1 }, (_, shift) => at + shift - around),
    ),
  );
  const shown: Line[] = [];
  for (const [at, line] of all.entries()) {
    if (near.has(at)) shown.push(line);
    else if (shown.length > 0 && shown.at(-1)?.kind !== "gap") shown.push({ kind: "gap", text: "…" });
  }
  if (shown.at(-1)?.kind === "gap") shown.pop();
  return shown;
}

function aligned(before: readonly string[], after: readonly string[]): readonly Line[] {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start += 1;
  let end = 0;
  const rest = Math.min(before.length, after.length) - start;
  while (end < rest && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const same = (text: string): Line => ({ kind: "same", text });
  return [
    ...before.slice(0, start).map(same),
    ...between(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

function between(before: readonly string[], after: readonly string[]): readonly Line[] {
  if (before.length * after.length > mostPairs) return [...marked("gone", before), ...marked("come", after)];
  const width = after.length + 1;
  // How many lines both have in common from here on.
  const common = new Uint32Array((before.length + 1) * width);
  for (let row = before.length - 1; row >= 0; row -= 1)
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const at = row * width + column;
      common[at] =
        before[row] === after[column]
          ? (common[at + width + 1] ?? 0) + 1
          : Math.max(common[at + width] ?? 0, common[at + 1] ?? 0);
    }
  const lines: Line[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const at = row * width + column;
    if (row < before.length && column < after.length && before[row] === after[column]) {
      lines.push({ kind: "same", text: before[row] ?? "" });
      row += 1;
      column += 1;
    } else if (column >= after.length || (row < before.length && (common[at + width] ?? 0) >= (common[at + 1] ?? 0))) {
      lines.push({ kind: "gone", text: before[row] ?? "" });
      row += 1;
    } else {
      lines.push({ kind: "come", text: after[column] ?? "" });
      column += 1;
    }
  }
  return lines;
}

function marked(kind: "gone" | "come", lines: readonly string[]): readonly Line[] {
  return lines.map((text) => ({ kind, text }));
}
