/** Pictures of pixels as a few elements of SVG each: a path for each colour. */
import { element, number } from "../../../cli/plot/xml.ts";
import { runsOf } from "./field.ts";

/** Pixels row by row, each the place of its colour in `colours`; what has no colour there is left out. */
export function pixelImage(
  rows: readonly (readonly number[])[],
  colours: readonly (string | undefined)[],
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): string {
  const [high, wide] = [rows.length, rows[0]?.length ?? 1];
  const runs = [...runsOf(rows)].map(([shade, all]) => ({ shade, all, count: all.length }));
  // What most runs have is the ground, so that the fewest are drawn.
  const ground = runs.toSorted((one, other) => other.count - one.count)[0];
  const paths = runs.flatMap(({ shade, all }) => {
    const fill = colours[shade];
    if (fill === undefined || shade === ground?.shade) return [];
    const d = all.map(({ row, from, to }) => `M${from} ${row}h${to - from}`).join("");
    return [element("path", { d, stroke: fill })];
  });
  const fill = colours[ground?.shade ?? 0];
  return element(
    "g",
    {
      transform: `translate(${number(x)} ${number(y)}) scale(${number(width / wide)})`,
      "shape-rendering": "crispEdges",
    },
    [
      ...(fill === undefined ? [] : [element("rect", { width: wide, height: high, fill })]),
      // A row's middle lies half a pixel down; strokes are a pixel wide.
      element("g", { transform: "translate(0 0.5)", fill: "none", "stroke-width": 1 }, paths),
    ],
  );
}

/** Numbers of a list as rows of so many. */
export function rowsOf(values: readonly number[], wide: number): readonly (readonly number[])[] {
  return Array.from({ length: values.length / wide }, (_, row) => values.slice(row * wide, (row + 1) * wide));
}
