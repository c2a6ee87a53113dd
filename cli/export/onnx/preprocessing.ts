/**
 * What was fitted to the data, as nodes: numbers as the data have them go in, and come out where the network was trained to say them. It is done in
 * 32 bits, a mean in two parts, so that no digit of a number is lost beside it; in 64 where numbers lie so far off that 32 hold none of their digits.
 */
import { constantValue } from "../../../compiler/dimension/dimension.ts";
import { InternalError } from "../../../compiler/diagnostics/diagnostic.ts";
import type { TensorType } from "../../../compiler/graph/types.ts";
import { exceedsFloats } from "../../../runtime/save/fitted.ts";
import type { FittedInput } from "../../../runtime/save/fitted.ts";
import { castTo } from "./elementwise.ts";
import type { Emitter } from "./emitter.ts";
import type { DataType } from "./model.ts";

type Wide = Extract<DataType, "f32" | "f64">;

/** Of the numbers outside. What is the same in all rows says nothing, so none of its digits counts. */
export function typeOutside(fitted: FittedInput): Wide {
  const { mean, deviation } = fitted;
  const varies = (_: number, at: number): boolean => deviation?.[at] !== 0;
  const varying = { ...fitted, mean: mean?.filter(varies) ?? null, deviation: deviation?.filter(varies) ?? null };
  return exceedsFloats(varying) ? "f64" : "f32";
}

/** What the network reads of raw numbers: (x · scale − mean) / deviation; 0 where the deviation is. */
export function prepared(emitter: Emitter, raw: string, { shape }: TensorType, fitted: FittedInput): string {
  const { scale, mean, deviation } = fitted;
  const type = typeOutside(fitted);
  if (mean === null || deviation === null)
    return scale === 1 ? raw : emitter.op("Mul", [raw, emitter.scalar("f32", scale)]);
  const numbers = tableOf(emitter, shape, mean.length, type);
  const centred = minus(
    emitter,
    raw,
    mean.map((one) => one / scale),
    type,
    numbers,
  );
  const spread = emitter.op("Mul", [centred, numbers(deviation.map((one) => (one === 0 ? 1 : scale / one)))]);
  const narrow = type === "f64" ? castTo(emitter, spread, "f32") : spread;
  if (!deviation.includes(0)) return narrow;
  const constant = tableOf(emitter, shape, mean.length, "bool")(deviation.map((one) => Number(one === 0)));
  return emitter.op("Where", [constant, emitter.scalar("f32", 0), narrow]);
}

/** The raw numbers behind what the network says. */
export function undone(emitter: Emitter, said: string, { shape }: TensorType, fitted: FittedInput): string {
  const { scale, mean, deviation } = fitted;
  const type = typeOutside(fitted);
  const wide = type === "f64" ? castTo(emitter, said, "f64") : said;
  const width = mean?.length ?? 1;
  const numbers = tableOf(emitter, shape, width, type);
  const factors = Array.from({ length: width }, (_, at) => (deviation?.[at] ?? 1) / scale);
  const times = factors.every((one) => one === 1) ? wide : emitter.op("Mul", [wide, numbers(factors)]);
  return mean === null ? times : emitter.op("Add", [times, numbers(mean.map((one) => one / scale))]);
}

/** Without rounding beside the mean: what is left of it behind its 24 bits is subtracted, too. */
function minus(
  emitter: Emitter,
  raw: string,
  mean: readonly number[],
  type: Wide,
  numbers: (values: readonly number[]) => string,
): string {
  const high = type === "f64" ? mean : mean.map(Math.fround);
  const centred = emitter.op("Sub", [raw, numbers(high)]);
  const low = mean.map((one, at) => one - high[at]);
  return low.every((one) => one === 0) ? centred : emitter.op("Sub", [centred, numbers(low)]);
}

/** Tensors of a number for each value of a row, in the shape of the last axes that have so many. */
function tableOf(
  emitter: Emitter,
  shape: TensorType["shape"],
  width: number,
  type: DataType,
): (values: readonly number[]) => string {
  const sizes: number[] = [];
  let count = 1;
  for (let axis = shape.length - 1; count < width && axis >= 0; axis -= 1) {
    const size = constantValue(shape[axis]) ?? width + 1;
    sizes.unshift(size);
    count *= size;
  }
  if (count !== width) throw new InternalError("export", `${width} means for rows of ${count} values`);
  return (values) => emitter.numbers(type, sizes, values);
}
