/** Which numbers the training rows have in each input, as the data had them: what a form shows to who fills it in. */
import type { FieldRange, Named } from "../save/fitted.ts";
import type { Field } from "./dataset.ts";
import { elements } from "./dataset.ts";
import type { RawData } from "./raw.ts";

/** Longer rows, as of pictures, have one range for all of their values. */
const mostColumns = 64;

/** None of words, and none where a number is not finite. */
export function rangesOf(
  raw: RawData,
  fields: readonly Field[],
  rows: Uint32Array,
  classes: readonly Named[],
): readonly FieldRange[] {
  return fields.flatMap(({ name, role, shape }) => {
    const tensor = raw.tensors.get(name);
    if (role !== "input" || tensor === undefined || tensor.dtype === "words") return [];
    if (classes.some((one) => one.name === name)) return [];
    const width = elements(shape);
    const range = rangeIn(tensor.data, rows, width, width > mostColumns ? 1 : width);
    return range === undefined ? [] : [{ name, ...range }];
  });
}

function rangeIn(
  data: ArrayLike<number>,
  rows: Uint32Array,
  width: number,
  columns: number,
): Omit<FieldRange, "name"> | undefined {
  const least = Array.from({ length: columns }, () => Infinity);
  const most = Array.from({ length: columns }, () => -Infinity);
  for (const row of rows) {
    for (let at = 0; at < width; at++) {
      const [value, column] = [data[row * width + at] ?? NaN, at % columns];
      if (!Number.isFinite(value)) return undefined;
      if (value < least[column]) least[column] = value;
      if (value > most[column]) most[column] = value;
    }
  }
  return columns === 0 || least.includes(Infinity) ? undefined : { least, most };
}
