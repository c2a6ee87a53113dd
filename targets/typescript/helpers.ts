/** The small functions at the top of a module that expressions may need, each printed only where one does. */

export type Helper = "imul" | "greatest" | "bits" | "unbits" | "truncate" | "remainder";

interface HelperText {
  readonly needs: readonly string[];
  readonly text: readonly string[];
}

const word = ["const word = new DataView(new ArrayBuffer(8));"];

/** What each helper is called in the module is its name here. */
const helpers: Readonly<Record<Helper, HelperText>> = {
  imul: { needs: [], text: ["const imul = Math.imul;"] },
  greatest: {
    needs: [],
    text: [
      "/** b where it is greater or a NaN, else a. */",
      "function greatest(a: number, b: number): number {",
      "  return b > a || b !== b ? b : a;",
      "}",
    ],
  },
  bits: {
    needs: word,
    text: [
      "/** The pattern of a float32, as an int32. */",
      "function bits(x: number): number {",
      "  word.setFloat32(0, x, true);",
      "  return word.getInt32(0, true);",
      "}",
    ],
  },
  unbits: {
    needs: word,
    text: [
      "/** The float32 with this pattern. */",
      "function unbits(n: number): number {",
      "  word.setInt32(0, n, true);",
      "  return word.getFloat32(0, true);",
      "}",
    ],
  },
  truncate: {
    needs: [],
    text: [
      "/** Towards zero, saturating; NaN becomes 0. */",
      "function truncate(x: number): number {",
      "  return x >= 2147483647 ? 2147483647 : x <= -2147483648 ? -2147483648 : x | 0;",
      "}",
    ],
  },
  remainder: {
    needs: [],
    text: [
      "/** The floored remainder of int32; 0 where b is 0. */",
      "function remainder(a: number, b: number): number {",
      "  const rest = b === 0 ? 0 : a % b | 0;",
      "  return rest !== 0 && rest < 0 !== b < 0 ? (rest + b) | 0 : rest;",
      "}",
    ],
  },
};

/** The text of all used helpers, in the table's order. */
export function helperText(used: ReadonlySet<string>): readonly string[] {
  const texts = Object.entries(helpers).flatMap(([name, { needs, text }]) => (used.has(name) ? [needs, text] : []));
  return [...new Set(texts.map((lines) => lines.join("\n")))].filter((text) => text !== "");
}
