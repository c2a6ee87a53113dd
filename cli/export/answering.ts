/** Whether what an exported module says comes at once, or later, as from a GPU: the words that its text has in either case. */
import type { Format } from "./kernels.ts";

export interface Answering {
  /** Before a function, with the space behind it; nothing where it answers at once. */
  readonly async: string;
  /** Before a call. */
  readonly await: string;
  /** What a function gives. */
  readonly given: (type: string) => string;
  /** What yields texts. */
  readonly generator: string;
}

const atOnce: Answering = {
  async: "",
  await: "",
  given: (type) => type,
  generator: "Generator<string, void, undefined>",
};

const later: Answering = {
  async: "async ",
  await: "await ",
  given: (type) => `Promise<${type}>`,
  generator: "AsyncGenerator<string, void, undefined>",
};

export function answeringOf(format: Format): Answering {
  return format === "wgsl" ? later : atOnce;
}
