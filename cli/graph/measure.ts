/** How wide a text is drawn: a monospaced letter is at most 0.62 of the font's size in the fonts that systems have, an East Asian one twice that. */
import { layOut } from "../../compiler/diagnostics/display.ts";
import { sizes } from "./sizes.ts";

const letter = 0.62;

export function widthOfText(text: string): number {
  return (layOut(text).columns.at(-1) ?? 0) * letter * sizes.font;
}
