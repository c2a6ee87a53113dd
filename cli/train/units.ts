/** What losses of a standardised target count in; metrics and predictions are in its own units. */
import { listOf } from "../../compiler/diagnostics/lists.ts";
import type { FittedInput } from "../../runtime/save/fitted.ts";
import { formatValue } from "../output/numbers.ts";

export function unitsText({ name, deviation }: FittedInput): string {
  const sizes = (deviation ?? []).map(formatValue);
  return `${name}: standardised; losses count in its standard deviation, ${listOf(sizes)}, metrics in its own units`;
}
