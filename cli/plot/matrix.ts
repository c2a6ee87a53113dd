/** A matrix as shaded cells with their numbers: rows are what is so, columns what the network said. What has no room is left out, not drawn over another. */
import { printable } from "../../compiler/diagnostics/display.ts";
import { cut, shorten } from "../output/wrap.ts";
import type { MatrixPanel } from "./panel.ts";
import { element, group, number, text } from "./xml.ts";
import type { Canvas, Colours } from "./xml.ts";

const inner = { left: 30, top: 34, bottom: 34, right: 16 };
/** Of a name. */
const mostLetters = 12;
const letterWidth = 7;
/** Names stand so many pixels apart at least: where cells are lower, only some of them have theirs. */
const leastNamed = 12;
const leastFont = 7.5;

/** Where the cells lie. */
interface Layout {
  readonly left: number;
  readonly cell: number;
  /** Whether the names of columns are written upwards. */
  readonly upright: boolean;
}

export function drawMatrix(given: MatrixPanel, canvas: Canvas): readonly string[] {
  // Names are measured as they are shown.
  const panel = { ...given, rowNames: given.rowNames.map(printable), columnNames: given.columnNames.map(printable) };
  const { colours, height } = canvas;
  const [down, across] = [panel.rowNames.length, panel.columnNames.length];
  const layout = layoutOf(panel, canvas);
  const { left, cell } = layout;
  const largest = panel.rows.flat().reduce((most, one) => (one > most && Number.isFinite(one) ? one : most), 1e-30);
  const cells = panel.rows.flatMap((row, y) =>
    row.flatMap((value, x) => drawCell(value, largest, { x: x * cell, y: y * cell }, cell, colours)),
  );
  return [
    text(cut(panel.title, canvas.letters), {
      x: inner.left,
      y: 18,
      "font-size": 13,
      "font-weight": 600,
      fill: colours.strong,
    }),
    group({ x: left, y: inner.top }, [
      ...cells,
      element("rect", { width: cell * across, height: cell * down, fill: "none", stroke: colours.soft }),
      ...namesOf(panel, layout, colours),
    ]),
    text(panel.columnLabel, {
      x: left + (cell * across) / 2,
      y: height - 8,
      "text-anchor": "middle",
      fill: colours.soft,
    }),
    text(panel.rowLabel, {
      transform: `translate(14 ${number(inner.top + (cell * down) / 2)}) rotate(-90)`,
      "text-anchor": "middle",
      fill: colours.soft,
    }),
  ];
}

/** As large as fits: names beside rows take room to the left, those of columns below, upright where they are wider than a column. */
function layoutOf({ rowNames, columnNames }: MatrixPanel, { width, height }: Canvas): Layout {
  const left = inner.left + letterWidth * longest(rowNames);
  const across = (width - left - inner.right) / Math.max(1, columnNames.length);
  const upright = longest(columnNames) * letterWidth > across - 2;
  const below = inner.bottom + (upright ? letterWidth * longest(columnNames) : 14);
  return { left, cell: Math.min(across, (height - inner.top - below) / Math.max(1, rowNames.length)), upright };
}

function longest(names: readonly string[]): number {
  return names.reduce((most, name) => Math.max(most, Math.min(mostLetters, Array.from(name).length)), 1);
}

function namesOf(
  { rowNames, columnNames }: MatrixPanel,
  { cell, upright }: Layout,
  { soft }: Colours,
): readonly string[] {
  const bottom = cell * rowNames.length;
  const fits = Math.min(mostLetters, Math.max(1, Math.floor(cell / letterWidth)));
  const apart = Math.max(1, Math.ceil(leastNamed / cell));
  const some = (names: readonly string[], draw: (name: string, at: number) => string): readonly string[] =>
    names.flatMap((name, at) => (at % apart === 0 ? [draw(name, at)] : []));
  return [
    ...some(rowNames, (name, at) =>
      text(shorten(name, mostLetters), { x: -6, y: (at + 0.5) * cell + 4, "text-anchor": "end", fill: soft }),
    ),
    ...some(columnNames, (name, at) => {
      const x = (at + 0.5) * cell;
      return upright
        ? text(shorten(name, mostLetters), {
            transform: `translate(${number(x + 4)} ${number(bottom + 6)}) rotate(-90)`,
            "text-anchor": "end",
            fill: soft,
          })
        : text(shorten(name, fits), { x, y: bottom + 15, "text-anchor": "middle", fill: soft });
    }),
  ];
}

function drawCell(
  value: number,
  largest: number,
  at: { readonly x: number; readonly y: number },
  cell: number,
  { shade, strong }: Colours,
): readonly string[] {
  const share = Number.isFinite(value) ? Math.max(0, value / largest) : 0;
  const ground = element("rect", { ...at, width: cell, height: cell, fill: shade, "fill-opacity": share });
  const label = String(Number(value.toPrecision(3)));
  const size = Math.min(11, cell / 2.2, (1.6 * cell) / label.length);
  if (size < leastFont || value === 0) return [ground];
  const place = { x: at.x + cell / 2, y: at.y + cell / 2 + size / 3, "text-anchor": "middle", "font-size": size };
  return [ground, text(label, { ...place, fill: strong })];
}
