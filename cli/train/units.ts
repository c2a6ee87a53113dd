/** What losses and metrics of a standardised target count in; predictions are in its own units. */
import { listOf } from "../../compiler/diagnostics/lists.ts";
import type { FittedInput } from "../../runtime/save/fitted.ts";
import { formatValue } from "../output/numbers.ts";

export function unitsText({ name, deviation }: FittedInput): string {
  const sizes = (deviation ?? []).map(formatValue);
  return `${name}: standardised; losses and metrics count in its standard deviation, ${listOf(sizes)}`;
}
