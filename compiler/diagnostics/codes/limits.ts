/** NN06xx: where a program is larger than what the compiler takes on. */
import { define } from "../diagnostic.ts";

export const nestedTooDeep = define<{ readonly limit: number }>({
  code: "NN0601",
  severity: "error",
  message: ({ limit }) => `expected a nesting of at most ${limit} levels, found more`,
  explanation:
    "Blocks that call blocks are written out one inside the other, down to a stated depth; a call counts as five levels, so about a hundred calls inside one another are fine. Layers in a row are not nested.",
});

export const programTooLarge = define<{ readonly limit: number }>({
  code: "NN0603",
  severity: "error",
  message: ({ limit }) =>
    `expected a program of at most ${limit} operations once every call is written out, found more; \`operations: ${2 * limit}\`, or \`--operations ${2 * limit}\`, allows twice as many`,
  explanation:
    "A network is built by writing every call out, in training, in evaluation and in prediction, so a short text can stand for any number of operations: `repeat` in `repeat`, " +
    "or blocks that call another twice, thirty levels deep. A kernel that differs from all others, as those of layers of other sizes do, counts as 250, and a long one, as those of convolutions are, for more. The usual limit takes about five " +
    "seconds to compile and has room for 1,600 layers that `sgd` trains; `operations`, or `--operations`, gives another. The place is the expression that most of them come from.",
  example: {
    bad: "model M(x: [N, 8]) -> [N, 8] = x |> repeat(1000, repeat(1000, dense(8)))",
    good: "model M(x: [N, 8]) -> [N, 8] = x |> repeat(10, dense(8))",
  },
});

export const tooMuchMemory = define<{ readonly bytes: number; readonly limit: number }>({
  code: "NN0602",
  severity: "error",
  message: ({ bytes, limit }) => `the program needs ${bytes} bytes of memory, expected at most ${limit}`,
  explanation:
    "Parameters, optimizer state, minibatch and everything in between lie in one memory of at most 4 GiB, which is all that WebAssembly can address. A smaller `batch`, smaller `bounds` or narrower layers need less.",
});
