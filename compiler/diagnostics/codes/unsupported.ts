/** What the language has and this version of the compiler does not do yet. */
import { define } from "../diagnostic.ts";

export const unsupported = define<{ readonly what: string }>({
  code: "NN0001",
  severity: "error",
  message: ({ what }) => `not supported yet: ${what}`,
  explanation:
    "The program is well formed, and this version of the compiler does not translate this part of it. " +
    "The message says which part; the rest of the program is not at fault.",
});
