/**
 * Axes: the range that holds all values with round ends, and the ticks in it. Linear ticks are multiples of 1, 2 or 5 times a power of ten
 * (Heckbert, "Nice numbers for graph labels", 1990); logarithmic ones are powers of ten, with 2 and 5 between them over a short range.
 */

export interface Axis {
  readonly scale: "linear" | "log";
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
}

/** The axis for values; positive ones that span more than two powers of ten get a logarithmic one where `mayBeLog`. */
export function axisOf(values: readonly number[], count: number, mayBeLog: boolean): Axis {
  const [low, high] = extent(values);
  if (mayBeLog && low > 0 && high / low > 100) return logAxis(low, high);
  const size = Math.max(Math.abs(low), Math.abs(high));
  return high - low <= size * noise && size > 0 ? flatAxis(low, high) : linearAxis(low, high, count);
}

/** Values that differ by less than such a share are one value: the rest is rounding, and no tick would tell it. */
const noise = 1e-6;

/** The value in the middle, with the only tick; half as much and half as much again at the ends. */
function flatAxis(low: number, high: number): Axis {
  const value = Number(((low + high) / 2).toPrecision(6));
  const half = Math.abs(value) / 2;
  return { scale: "linear", from: value - half, to: value + half, ticks: [value] };
}

/** An axis that begins and ends at the data: for x, which counts (epochs, say), and where empty margins would only take room. */
export function tightAxis(values: readonly number[], count: number): Axis {
  const [low, high] = extent(values);
  if (low === high) return linearAxis(low, high, 1);
  const step = Math.max(1, niceStep((high - low) / count));
  return { scale: "linear", from: low, to: high, ticks: multiples(step, low, high) };
}

/** An axis that begins and ends where it is told to. */
export function fixedAxis(scale: Axis["scale"], from: number, to: number, count: number): Axis {
  if (scale === "linear") return { scale, from, to, ticks: multiples(niceStep((to - from) / count), from, to) };
  const ticks = logAxis(from, to).ticks.filter((tick) => tick >= from && tick <= to);
  const apart = Math.max(1, Math.ceil(ticks.length / count));
  return { scale, from, to, ticks: ticks.filter((_, at) => at % apart === 0) };
}

/** Where a value lies on the axis, 0 at its start and 1 at its end. */
export function positionOn({ scale, from, to }: Axis, value: number): number {
  if (scale === "log") return Math.log(value / from) / Math.log(to / from);
  return (value - from) / (to - from);
}

/** A tick's text, as short as the step between ticks allows. */
export function tickText({ scale, ticks }: Axis, value: number): string {
  const largest = Math.max(...ticks.map(Math.abs));
  if (scale === "log" || largest >= 1e6 || largest < 1e-3) return compact(value);
  // Of a single tick, all digits that it has.
  const step = ticks.length < 2 ? largest * noise : Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  const places = Math.max(0, Math.min(mostPlaces, -Math.floor(Math.log10(step) + 1e-9)));
  return ticks.length < 2 ? String(Number(value.toFixed(places))) : value.toFixed(places);
}

/** Behind the point: what six digits that differ in the last one have below a thousandth. */
const mostPlaces = 10;

function extent(values: readonly number[]): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

function linearAxis(low: number, high: number, count: number): Axis {
  const spread = high > low ? high - low : Math.abs(low) || 1;
  const step = niceStep(spread / count);
  const from = Math.floor(low / step + 1e-9) * step;
  const to = Math.max(Math.ceil(high / step - 1e-9) * step, from + step);
  return { scale: "linear", from, to, ticks: multiples(step, from, to) };
}

/** The smallest of 1, 2 and 5 times a power of ten that is not below `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5].find((one) => one * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function multiples(step: number, from: number, to: number): readonly number[] {
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  // Rounded, since 3 · 0.1 is not 0.3.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) =>
    Number(((first + at) * step).toPrecision(12)),
  );
}

function logAxis(low: number, high: number): Axis {
  const from = Math.floor(Math.log10(low) + 1e-9);
  const to = Math.ceil(Math.log10(high) - 1e-9);
  const factors = to - from <= 3 ? [1, 2, 5] : [1];
  const powers = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  const all = powers.flatMap((power) => factors.map((factor) => Number((factor * 10 ** power).toPrecision(3))));
  const start = all.findLast((tick) => tick <= low) ?? 10 ** from;
  const end = all.find((tick) => tick >= high) ?? 10 ** to;
  return { scale: "log", from: start, to: end, ticks: all.filter((tick) => tick >= start && tick <= end) };
}

function compact(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e5)) return String(Number(value.toPrecision(3)));
  return value.toExponential().replace("e+", "e");
}
