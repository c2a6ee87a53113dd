/** Numbers as people read them: sizes, durations, counts, losses. Always the same text for the same number, in every locale. */

import { numbered } from "../../compiler/diagnostics/lists.ts";

/** `1,796 B`, `12.3 kB`, `4.00 MB` (powers of 1000). */
export function formatBytes(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : scaled(bytes, ["kB", "MB", "GB", "TB"]);
}

/** `950`, `12.3 k`, `4.00 M`: a count of operations or rows. */
export function formatCount(count: number): string {
  return count < 1000 ? String(Math.round(count)) : scaled(count, ["k", "M", "G", "T", "P"]);
}

/** `12,345`: a whole number in groups of three digits. */
export function formatWhole(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 row`, `1,797 rows`. */
export function plural(count: number, noun: string): string {
  return `${formatWhole(count)} ${numbered(count, noun)}`;
}

/** `0.12 s`, `7.4 s`, `3 min 05 s`, `2 h 04 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "—";
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${pad(whole % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** Four significant digits; an exponent only where the number is very small or large. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(2);
}

/** Like `formatValue` with its zeros kept, so that a column of them does not jump: `0.1230`, `12.30`. */
export function formatLoss(value: number): string {
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e4 ? value.toPrecision(4) : formatValue(value);
}

function scaled(value: number, units: readonly string[]): string {
  let size = value / 1000;
  let unit = 0;
  for (; size >= 999.5 && unit < units.length - 1; unit += 1) size /= 1000;
  const digits = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
  return `${size.toFixed(digits)} ${units[unit] ?? ""}`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
