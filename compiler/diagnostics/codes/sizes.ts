/** Sizes and numbers that cannot be: none, too large, out of their type, or not known where they must be. */
import { define } from "../diagnostic.ts";

export const badSize = define<{ readonly what: string; readonly found: string }>({
  code: "NN0314",
  severity: "error",
  message: ({ what, found }) => `${what} must be a whole number of at least 1, found ${found}`,
  explanation:
    "A dimension counts elements, so it is a positive whole number. Operators written in its place round down; a fraction that arrives by a name is an error.",
  example: {
    bad: "model M(x: [N, 0]) -> [N, 0] = x",
    good: "model M(x: [N, 1]) -> [N, 1] = x",
  },
});

export const sizeOverflow = define<{ readonly what: string; readonly most?: string | undefined }>({
  code: "NN0315",
  severity: "error",
  message: ({ what, most = "2147483647 elements" }) => `${what}: expected at most ${most}, found more`,
  explanation:
    "A size that depends on dimensions is reckoned with as a sum of products of their names, and refused where that has no sensible length. The elements of a tensor are counted with 32 bits, those that are never stored included: at its largest, it has at most 2^31 − 1.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, _] = x |> dense(2 ** 30) |> dense(2 ** 30)",
    good: "model M(x: [N, 3]) -> [N, 16] = x |> dense(16)",
  },
});

export const divisionByZero = define<{ readonly operator: string }>({
  code: "NN0321",
  severity: "error",
  message: ({ operator }) => `the right side of this \`${operator}\` is zero`,
  explanation: "Numbers known at compile time are exact, so a division by zero has no value.",
  example: { bad: "const a = 1 / 0", good: "const a = 1 / 2\nmodel M(x: [N]) -> [N] = a * x" },
});

export const numberTooLarge = define<{ readonly operator: string }>({
  code: "NN0322",
  severity: "error",
  message: ({ operator }) => `the result of this \`${operator}\` has more than 2048 binary digits`,
  explanation: "Numbers known at compile time are exact fractions, and such a one is longer than any that is meant.",
  example: { bad: "const a = 10 ** 100000", good: "const a = 10 ** 10\nmodel M(x: [N]) -> [N] = a * x" },
});

export const openDimension = define<{ readonly name: string; readonly what: string }>({
  code: "NN0327",
  severity: "error",
  message: ({ name, what }) => `the dimension \`${name}\` needs a value: ${what}`,
  explanation:
    "A size that a parameter, a state or a setting depends on must be known when the artifact is built. It comes from the declaration, " +
    "from `dims: { F: 34 }` or `--dim F=34`, or from the data of the `train`.",
  example: {
    bad: "model M(x: [N, F]) -> [N, 2] = x |> dense(2)",
    good: "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)",
  },
});

export const numberRange = define<{ readonly dtype: string; readonly range: string; readonly found: string }>({
  code: "NN0336",
  severity: "error",
  message: ({ dtype, range, found }) => `expected a number that an ${dtype} holds, ${range}, found ${found}`,
  explanation:
    "Numbers are exact at compile time and have 32 bits in a tensor: an i32 is whole, from -2^31 to 2^31 - 1, an f32 has 24 binary digits and reaches from " +
    "1.4e-45 to 3.4e38. A literal, constant or setting that is rounded is fine; one that would become another whole number, an infinity or 0 is not. " +
    "`i32(3e9)` asks for the nearest i32 and gets it.",
  example: {
    bad: "model M(x: i32[N]) -> i32[N] = x + 3000000000",
    good: "model M(x: i32[N]) -> i32[N] = x + 2147483647",
  },
});
