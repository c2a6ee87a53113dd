/**
 * The forms of a case, and of what is asked of it. A case is
 * `{ name, source, bounds, elements, work: { kind: "copy", bytes } | { kind: "peak", operations } | { kind: "direct", operations }, bar, alone, options }`;
 * `elements` are those of its answer, `options` what else `compile` is given, `alone` the operations that it cannot do without, as work of
 * its own: `{ kind: "peak", operations }`.
 */

const floatBytes = 4;

/** So many rows that they hold about as many numbers as a minibatch has after a layer of a small CNN: more than a second-level cache holds. */
export const rowsOf = (width) => Math.round(262_144 / width);

/**
 * What may be asked: at most so many times the time of copying, at least a share of the ceiling, at most nanoseconds an element, so many times
 * as fast as the direct form.
 */
export const bars = {
  copies: (most) => ({ kind: "copies", most }),
  ceiling: (least) => ({ kind: "ceiling", least }),
  element: (most) => ({ kind: "element", most }),
  faster: (least) => ({ kind: "faster", least }),
};

/**
 * A kernel that moves bytes: `reads` and `writes` are the numbers that it must touch at least, each once, for one of its N rows. Its limit
 * copies half as many bytes as both are together, and so reads and writes as many in all. Where it also computes, `products`
 * are how many products it adds up for each number that it writes.
 */
export function moving(name, { source, N, reads, writes, bar, products }) {
  const bytes = (N * (reads + writes) * floatBytes) / 2;
  const one = { name, source, bounds: { N }, elements: N * writes, work: { kind: "copy", bytes }, bar };
  return products === undefined ? one : { ...one, alone: { kind: "peak", operations: 2 * products * N * writes } };
}

/** A kernel of `operations`, two for a multiply–add; taps on padding count as all others do. */
export function computing(name, { source, N, operations, bar }) {
  return { name, source, bounds: N === undefined ? {} : { N }, work: { kind: "peak", operations }, bar };
}

/** A convolution as it is added up term by term, and beside that as Winograd's algorithm computes it, if the compiler takes that. */
export function inBothForms(one, least) {
  const { operations } = one.work;
  return [
    { ...one, options: { winograd: false } },
    { ...one, name: `${one.name}, Winograd`, work: { kind: "direct", operations }, bar: bars.faster(least) },
  ];
}
