/** What was measured of a case as a row of the report, and whether its bar holds. */

/**
 * `ratio` is how many times as long as its limit a kernel takes, by the fastest samples of both, and decides; `turnRatio` is the same by
 * turns. `perElementNs` is of what moves bytes, `gflops` of what computes; `limit` is the limit's in the same unit. The limit of what has a direct
 * form is that one. `aloneRatio` is the same of the operations alone that the kernel cannot do without: a bar below it is out of reach.
 */
export function rowOf(
  { name, source, bounds, elements, work, bar },
  { kernels, rounds, kernelMs, limitMs, turnRatio, calls, aloneMs },
) {
  const leastMs = limitMs * calls;
  const speedOf = (ms) => (work.kind === "copy" ? (ms * 1e6) / elements : work.operations / ms / 1e6);
  const row = {
    kernel: name,
    source,
    bounds,
    work,
    kernels,
    rounds,
    fastestMs: rounded(kernelMs),
    [work.kind === "copy" ? "perElementNs" : "gflops"]: rounded(speedOf(kernelMs)),
    limit: rounded(speedOf(leastMs)),
    ratio: rounded(kernelMs / leastMs),
    turnRatio: rounded(turnRatio / calls),
    ...(aloneMs === undefined ? {} : { aloneRatio: rounded(aloneMs / leastMs) }),
  };
  return bar === undefined ? row : { ...row, bar, holds: holds(bar, row) };
}

/** Of a case that was not measured, and why. */
export function skippedRow({ name, source, bounds, work, bar }, skipped) {
  return { kernel: name, source, bounds, work, ...(bar === undefined ? {} : { bar }), skipped };
}

function holds(bar, { ratio, perElementNs }) {
  switch (bar.kind) {
    case "copies":
      return ratio <= bar.most;
    case "ceiling":
      return 1 / ratio >= bar.least;
    case "element":
      return perElementNs <= bar.most;
    case "faster":
      return 1 / ratio >= bar.least;
    default:
      throw new Error(`a bar of ${bar.kind}`);
  }
}

/** As many digits as a timing has. */
const rounded = (value) => Number(value.toPrecision(5));
