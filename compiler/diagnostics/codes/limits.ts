/** NN06xx: where a program is larger than what the compiler takes on. */
import { define } from "../diagnostic.ts";

export const nestedTooDeep = define<{ readonly limit: number }>({
  code: "NN0601",
  severity: "error",
  message: ({ limit }) => `expected calls nested at most ${limit} deep, found more`,
  explanation: "Blocks that call blocks are written out one inside the other, down to a stated depth. Layers in a row are not nested.",
});

export const tooManyNodes = define<{ readonly limit: number }>({
  code: "NN0602",
  severity: "error",
  message: ({ limit }) => `expected a network of at most ${limit} operations, found more`,
  explanation: "Every call and every turn of a `repeat` is written out, and a network of so many operations would take minutes to compile.",
});

export const tooManyRows = define<{ readonly metric: string; readonly limit: number }>({
  code: "NN0603",
  severity: "warning",
  message: ({ metric, limit }) => `the metric \`${metric}\` has no state, so it is computed over at most ${limit} rows at once`,
  explanation: "A metric without `state` needs the outputs of the whole set. One with state adds up batch by batch and has no such limit.",
});
