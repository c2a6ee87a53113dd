/** What a set of data holds, in words. */
import type { HostTrain } from "../../compiler/program/host.ts";
import { plural } from "../output/numbers.ts";

/** Whole arrays have no rows, and a train without inputs has steps only. */
export function rowsText({ data, inputs }: Pick<HostTrain, "data" | "inputs">, rows: number): string {
  if (inputs.length === 0) return "no data";
  return data.reader === "arrays" ? "whole arrays" : plural(rows, "row");
}
