/** What convolutions and windows ask of their operands. */
import { define } from "../diagnostic.ts";

export const convOperands = define<{ readonly kernel: string; readonly found: string }>({
  code: "NN0337",
  severity: "error",
  message: ({ kernel, found }) => `\`conv\` expects a kernel ${kernel}, found ${found}`,
  explanation:
    "Channels come last: a picture is [N, H, W, C], a kernel [K1, K2, C / groups, filters], the result [N, …, filters]. " +
    "With `groups`, each group of filters sees its own share of the channels.",
  example: {
    bad: "model M(x: [N, 8, 8, 3]) -> [N, 6, 6, 4] {\n  param w: [3, 3, 1, 4] = he_normal\n  return conv(x, w)\n}",
    good: "model M(x: [N, 8, 8, 3]) -> [N, 6, 6, 4] {\n  param w: [3, 3, 3, 4] = he_normal\n  return conv(x, w)\n}",
  },
});

export const emptyWindow = define<{
  readonly operation: string;
  readonly covered: string;
  readonly room: string;
  readonly axis: number;
}>({
  code: "NN0338",
  severity: "error",
  message: ({ operation, covered, room, axis }) =>
    `\`${operation}\` finds no place for a window: it covers ${covered} on spatial axis ${axis}, where there are ${room} with padding`,
  explanation:
    "A kernel of K with a dilation D covers (K - 1) D + 1 places, and must fit at least once into the input with its padding. " +
    'Deep stacks of pooling and strided convolutions often shrink a picture to nothing: take a larger picture, fewer of them, or `padding: "same"`.',
  example: {
    bad: "model M(x: [N, 4, 4, 1]) -> [N, _, _, 2] = x |> conv2d(2, 5)",
    good: "model M(x: [N, 4, 4, 1]) -> [N, _, _, 2] = x |> conv2d(2, 5, padding: 2)",
  },
});
