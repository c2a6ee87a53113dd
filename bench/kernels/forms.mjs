/**
 * The forms of a case, and of what is asked of it. A case is
 * `{ name, source, bounds, elements, work: { kind: "copy", bytes } | { kind: "peak", operations }, bar }`; `elements` are those of its answer.
 */

const floatBytes = 4;

/** So many rows that they hold about as many numbers as a minibatch has after a layer of a small CNN: more than a second-level cache holds. */
export const rowsOf = (width) => Math.round(262_144 / width);

/** What may be asked: at most so many times the time of copying, at least a share of the ceiling, at most nanoseconds an element. */
export const bars = {
  copies: (most) => ({ kind: "copies", most }),
  ceiling: (least) => ({ kind: "ceiling", least }),
  element: (most) => ({ kind: "element", most }),
};

/**
 * A kernel that moves bytes: `reads` and `writes` are the numbers that it must touch at least, each once, for one of its N rows. Its limit
 * copies half as many bytes as both are together, and so reads and writes as many in all.
 */
export function moving(name, { source, N, reads, writes, bar }) {
  const bytes = (N * (reads + writes) * floatBytes) / 2;
  return { name, source, bounds: { N }, elements: N * writes, work: { kind: "copy", bytes }, bar };
}

/** A kernel of `operations`, two for a multiply–add; taps on padding count as all others do. */
export function computing(name, { source, N, operations, bar }) {
  return { name, source, bounds: N === undefined ? {} : { N }, work: { kind: "peak", operations }, bar };
}
