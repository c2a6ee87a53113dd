/** What is told of many timings. */

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Of the rounds of one subject: the median of their medians, and the fastest sample of all. */
export function summary(rounds) {
  return {
    medianMs: rounded(median(rounds.map(median))),
    minMs: rounded(Math.min(...rounds.flat())),
    rounds: rounds.length,
  };
}

/** As many digits as a timing has. */
const rounded = (value) => Number(value.toPrecision(6));
