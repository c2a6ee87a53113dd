/**
 * How large the random tests are: small and always the same in a normal run; at full size, with a seed from the clock, where
 * `npm run verify:deep` says so in the environment.
 */
import { appendFileSync } from "node:fs";

export interface Settings {
  readonly deep: boolean;
  /** As few as still find a planted bug, and no shrinking: NNC_QUICK. */
  readonly quick: boolean;
  readonly seed: number;
}

export const settings: Settings = {
  deep: process.env["NNC_DEEP"] === "1",
  quick: process.env["NNC_QUICK"] === "1",
  seed: Number(process.env["NNC_SEED"] ?? 20_240_601),
};

/** A count as it is in a normal run, in a deep one (which NNC_SCALE stretches), or in a quick one. */
export function sized(normal: number, deep: number, quick = normal): number {
  if (settings.quick) return quick;
  return settings.deep ? Math.max(1, Math.round(deep * Number(process.env["NNC_SCALE"] ?? 1))) : normal;
}

/** Adds facts to the report of a deep run: one JSON object a line in the file that NNC_FACTS names. */
export function record(fact: { readonly suite: string } & Readonly<Record<string, unknown>>): void {
  const file = process.env["NNC_FACTS"];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(fact)}\n`);
}
