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
  try {
    // Of what is told of an epoch only the hold-out may be missing; where a number is null it was none that JSON has.
    const value: unknown = JSON.parse(line, (key, one: unknown) => (one === null && key !== "holdout" ? NaN : one));
    return isStepOrEpoch(value) ? value : undefined;
  } catch {
    return undefined;
  }
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
    "holdout" in value
  );
}
