/** NN06xx: where a program is larger than what the compiler takes on. */
import { define } from "../diagnostic.ts";

export const nestedTooDeep = define<{ readonly limit: number }>({
  code: "NN0601",
  severity: "error",
  message: ({ limit }) => `expected a nesting of at most ${limit} levels, found more`,
  explanation:
    "Blocks that call blocks are written out one inside the other, down to a stated depth; a call counts as five levels, so about a hundred calls inside one another are fine. Layers in a row are not nested.",
});

export const tooMuchMemory = define<{ readonly bytes: number; readonly limit: number }>({
  code: "NN0602",
  severity: "error",
  message: ({ bytes, limit }) => `the program needs ${bytes} bytes of memory, expected at most ${limit}`,
  explanation:
    "Parameters, optimizer state, minibatch and everything in between lie in one memory of at most 4 GiB, which is all that WebAssembly can address. A smaller `batch`, smaller `bounds` or narrower layers need less.",
});
