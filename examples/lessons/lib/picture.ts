/**
 * Panels as one SVG that stands alone, light or dark as the reader's system is. It is 520 pixels wide, so that its words can still be read on a
 * screen of 390. The same panels give the same bytes.
 */
import { pictureScheme, themed } from "../../../cli/plot/page.ts";
import { colourOf, element, group, number, text } from "../../../cli/plot/xml.ts";
import type { Colours } from "../../../cli/plot/xml.ts";
import { drawChart } from "./chart.ts";
import { runsOf } from "./field.ts";
import type { Drawn, LessonPanel, Sheet } from "./panel.ts";

const width = 520;
const gap = 20;
const margin = 14;
const headingHeight = 26;
const levels = 16;

/** The panels, so many side by side, under a title for those who do not see the picture. */
export function pictureOf(title: string, panels: readonly LessonPanel[], columns = 1): string {
  const own = (width - 2 * margin - (columns - 1) * gap) / columns;
  const drawn = panels.map((panel) => drawPanel(panel, own, themed));
  const rows = Array.from({ length: Math.ceil(panels.length / columns) }, (_, row) =>
    drawn.slice(row * columns, (row + 1) * columns),
  );
  let top = margin;
  const placed: string[] = [];
  for (const row of rows) {
    placed.push(...row.map(({ parts }, at) => group({ x: margin + at * (own + gap), y: top }, parts)));
    top += Math.max(...row.map(({ height }) => height)) + gap;
  }
  const height = top - gap + margin;
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height,
    viewBox: `0 0 ${width} ${number(height)}`,
    "font-family": "system-ui, sans-serif",
    "font-size": 12,
    role: "img",
  };
  return `${element("svg", attributes, [
    element("title", {}, [], title),
    element("style", {}, [], pictureScheme),
    element("rect", { width, height, fill: "var(--card)" }),
    ...placed,
  ])}\n`;
}

/** A panel under its heading. */
function drawPanel(panel: LessonPanel, wide: number, colours: Colours): Drawn {
  const { parts, height } = contentOf(panel, wide, colours);
  const heading = text(panel.title, { x: 0, y: 16, "font-size": 13, "font-weight": 600, fill: colours.strong });
  return { parts: [heading, group({ x: 0, y: headingHeight }, parts)], height: headingHeight + height };
}

function contentOf(panel: LessonPanel, wide: number, colours: Colours): Drawn {
  switch (panel.kind) {
    case "chart":
      return drawChart(panel, wide, colours);
    case "sheet":
      return drawSheet(panel, wide, colours);
    case "drawing":
      return { parts: panel.draw(wide, colours), height: panel.height };
  }
}

function drawSheet({ tiles, across, palette, most }: Sheet, wide: number, colours: Colours): Drawn {
  const sizes = tiles.flatMap(({ rows }) => rows.flat().map(Math.abs));
  const full = most ?? Math.max(1e-30, ...sizes);
  const side = (wide - (across - 1) * 8) / across;
  const above = tiles.some(({ caption }) => caption !== undefined) ? 18 : 0;
  let top = 0;
  const parts: string[] = [];
  for (let first = 0; first < tiles.length; first += across) {
    const row = tiles.slice(first, first + across);
    const heights = row.map(({ rows }) => (side * rows.length) / Math.max(1, rows[0]?.length ?? 1));
    for (const [at, { caption, rows }] of row.entries()) {
      const words = caption === undefined ? [] : [text(caption, { x: 0, y: 12, fill: colours.soft })];
      const cells = group({ x: 0, y: above }, drawTile(rows, side, full, palette, colours));
      parts.push(group({ x: at * (side + 8), y: top }, [...words, cells]));
    }
    top += above + Math.max(...heights) + 8;
  }
  return { parts, height: top };
}

/** Runs of cells of one shade in one path each. */
function drawTile(
  rows: readonly (readonly number[])[],
  side: number,
  full: number,
  palette: Sheet["palette"],
  colours: Colours,
): readonly string[] {
  const cell = side / Math.max(1, rows[0]?.length ?? 1);
  const level = (value: number): number => Math.round(levels * Math.max(-1, Math.min(1, value / full)));
  const shades = [...runsOf(rows.map((row) => row.map(level)))].filter(([shade]) => shade !== 0);
  const frame = { width: side, height: cell * rows.length, fill: "none", stroke: colours.grid };
  return [
    ...shades.map(([shade, runs]) => {
      // In cells, which are short numbers.
      const d = runs.map(({ row, from, to }) => `M${from} ${row}h${to - from}v1h${from - to}z`);
      const fill = palette === "ink" ? colours.strong : colourOf(colours, shade > 0 ? 0 : 1);
      const look = { fill, "fill-opacity": Math.abs(shade) / levels };
      return element("path", { d: d.join(""), transform: `scale(${number(cell)})`, ...look });
    }),
    element("rect", frame),
  ];
}
