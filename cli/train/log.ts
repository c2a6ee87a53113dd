/** `log.jsonl`: the events of a run, one a line; read back when the run is resumed. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { toJson } from "../output/json.ts";
import type { History, LoggedEvent } from "./history.ts";

export const logName = "log.jsonl";

/** The whole log: it is written anew each time, so that no line is ever half there. */
export function logText({ events }: History): string {
  return events.map((event) => `${toJson(event)}\n`).join("");
}

/** The epochs of an earlier part of the run, up to a step. A log that cannot be read is as none: it only feeds the plot. */
export function readLog(folder: string, untilStep: number): readonly LoggedEvent[] {
  const file = path.join(folder, logName);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      const event = parseLine(line);
      return event !== undefined && event.step <= untilStep ? [event] : [];
    });
}

function parseLine(line: string): (LoggedEvent & { readonly event: "epoch" | "step" }) | undefined {
  const value = valueOf(line);
  return isStepOrEpoch(value) ? value : undefined;
}

/** Any event of a log; undefined where the line is none. */
export function eventOf(line: string): LoggedEvent | undefined {
  const value = valueOf(line);
  return isStepOrEpoch(value) || isStartOrDone(value) ? value : undefined;
}

function valueOf(line: string): unknown {
  try {
    return JSON.parse(line, (key, one: unknown) => {
      // Of what is told only the hold-out and the best epoch may be missing; where a number is null it was none that JSON has.
      if (one === null) return key === "holdout" || key === "bestEpoch" ? null : NaN;
      return isTensor(one) ? { shape: one.shape, data: Float32Array.from(one.data) } : one;
    });
  } catch {
    return undefined;
  }
}

/** A score with a shape, as JSON has it. */
function isTensor(value: unknown): value is { readonly shape: readonly number[]; readonly data: readonly number[] } {
  if (typeof value !== "object" || value === null || !("shape" in value) || !("data" in value)) return false;
  return isNumbers(value.shape) && isNumbers(value.data);
}

function isStartOrDone(value: unknown): value is LoggedEvent & { readonly event: "start" | "done" } {
  if (typeof value !== "object" || value === null || !("event" in value)) return false;
  if (value.event === "start")
    return (
      "name" in value &&
      typeof value.name === "string" &&
      "epochs" in value &&
      typeof value.epochs === "number" &&
      isNumberIfAny(value, "parameters") &&
      isNumberIfAny(value, "peakBytes") &&
      (!("units" in value) || isUnits(value.units))
    );
  return (
    value.event === "done" &&
    "train" in value &&
    typeof value.train === "object" &&
    value.train !== null &&
    isHoldout(value) &&
    isNumberIfAny(value, "epochs") &&
    isNumberIfAny(value, "seconds") &&
    "steps" in value &&
    typeof value.steps === "number"
  );
}

/** The scores of a hold-out, or null. */
function isHoldout(event: object): boolean {
  return "holdout" in event && typeof event.holdout === "object";
}

/** What earlier versions did not tell may be missing. */
function isNumberIfAny(event: object, key: string): boolean {
  const value: unknown = new Map<string, unknown>(Object.entries(event)).get(key);
  return value === undefined || typeof value === "number";
}

/** As much of what was fitted to a target as is told of it. */
function isUnits(units: unknown): boolean {
  if (typeof units !== "object" || units === null || !("name" in units) || typeof units.name !== "string") return false;
  return !("deviation" in units) || isNumbers(units.deviation);
}

function isNumbers(list: unknown): boolean {
  return Array.isArray(list) && list.every((one) => typeof one === "number");
}

/** As much as the plot needs; the log is our own, but anybody may have changed it. */
function isStepOrEpoch(value: unknown): value is LoggedEvent & { readonly event: "epoch" | "step" } {
  if (
    typeof value !== "object" ||
    value === null ||
    !("event" in value) ||
    !("step" in value) ||
    typeof value.step !== "number"
  )
    return false;
  if (value.event === "step") return "loss" in value && typeof value.loss === "number";
  return (
    value.event === "epoch" &&
    "train" in value &&
    typeof value.train === "object" &&
    value.train !== null &&
    "epoch" in value &&
    typeof value.epoch === "number" &&
    isNumberIfAny(value, "seconds") &&
    isHoldout(value)
  );
}
