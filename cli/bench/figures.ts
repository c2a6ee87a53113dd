/** Figures of a few rounds: their median, and how far they lie apart. */

/** Seconds, or another unit, of each round. */
export type Rounds = readonly number[];

/** Of an even number, the mean of the two in the middle; NaN of none. */
export function medianOf(values: Rounds): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Half of what lies between the fastest and the slowest round, as a share of the median; NaN of one round, which tells nothing of others. */
export function marginOf(values: Rounds): number {
  if (values.length < 2) return NaN;
  return (Math.max(...values) - Math.min(...values)) / 2 / medianOf(values);
}

/** `14.2 µs`, `3.51 ms`, `1.20 s`. */
export function formatTime(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(1)} µs`;
  return seconds < 1 ? `${(seconds * 1e3).toFixed(2)} ms` : `${seconds.toFixed(2)} s`;
}

/** `12.3 %`. */
export function formatShare(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : "–";
}

/** `+12.3 %`, `−4.0 %`; `from 0`, where there is no share to tell. */
export function formatChange(change: number): string {
  if (!Number.isFinite(change)) return "from 0";
  const size = `${Math.abs(change * 100).toFixed(1)} %`;
  return change < 0 ? `−${size}` : `+${size}`;
}
