/** What may be a name in the module. */
import type { NameRule } from "../../compiler/program/names.ts";

const words =
  "abstract arguments as async await boolean break case catch class const continue debugger declare default delete do else enum eval " +
  "export extends false finally for from function get if implements import in infer instanceof interface is keyof let module namespace " +
  "never new null number object of package private protected public readonly require return set static string super switch symbol this " +
  "throw true try type typeof undefined unique unknown var void while with yield " +
  // What the module itself uses.
  "Math Number Float32Array Int32Array ArrayBuffer SharedArrayBuffer DataView Map ReadonlyMap Readonly Record RangeError Infinity NaN " +
  "Instance View create arenaBytes memory fround word entries buffers imul greatest bits unbits truncate remainder";

/** JavaScript identifiers, as a person writes them. */
export const identifiers: NameRule = {
  illegal: /[^\p{ID_Continue}$]+/gu,
  badStart: /^[^\p{ID_Start}_$]/u,
  reserved: new Set(words.split(" ")),
};
