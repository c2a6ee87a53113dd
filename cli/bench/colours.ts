/** Colours of a picture: fixed ones in a file of its own, those of the style sheet within the page, which has a dark form, too. */
import { colourOf, ink } from "../plot/xml.ts";

export interface Colours {
  readonly strong: string;
  readonly soft: string;
  readonly grid: string;
  readonly of: (index: number) => string;
}

export const fileColours: Colours = { ...ink, of: colourOf };

export const pageColours: Colours = {
  strong: "var(--ink)",
  soft: "var(--soft)",
  grid: "var(--line)",
  of: (index) => `var(--c${index % colourCount})`,
};

/** How many colours the style sheet names. */
export const colourCount = 8;
