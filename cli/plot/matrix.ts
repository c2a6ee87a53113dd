/** A matrix as shaded cells with their numbers: rows are what is so, columns what the network said. */
import { cut } from "../output/wrap.ts";
import type { MatrixPanel } from "./panel.ts";
import { colourOf, element, group, ink, number, text } from "./xml.ts";

const inner = { left: 56, top: 34, bottom: 42, right: 16 };
/** Above so many classes there is no room for numbers and names. */
const readable = 20;
const letterWidth = 7.4;

export function drawMatrix(panel: MatrixPanel, width: number, height: number): readonly string[] {
  const { rows, rowNames, columnNames } = panel;
  const [down, across] = [rowNames.length, columnNames.length];
  const cell = Math.min((width - inner.left - inner.right) / across, (height - inner.top - inner.bottom) / down);
  const isReadable = Math.max(down, across) <= readable;
  const largest = Math.max(1e-30, ...rows.flat().filter(Number.isFinite));
  const cells = rows.flatMap((row, y) =>
    row.flatMap((value, x) => drawCell(value, largest, { x: x * cell, y: y * cell }, cell, isReadable)),
  );
  const bottom = cell * down;
  // Beside a narrow column there is room for few letters, or none.
  const letters = Math.floor(cell / letterWidth);
  const labels = [
    ...rowNames.map((name, at) =>
      text(cut(name, 7), { x: -6, y: (at + 0.5) * cell + 4, "text-anchor": "end", fill: ink.soft }),
    ),
    ...(letters < 2 ? [] : columnNames).map((name, at) =>
      text(cut(name, Math.min(7, letters)), {
        x: (at + 0.5) * cell,
        y: bottom + 15,
        "text-anchor": "middle",
        fill: ink.soft,
      }),
    ),
  ];
  return [
    text(cut(panel.title, 46), { x: inner.left, y: 18, "font-size": 13, "font-weight": 600, fill: ink.strong }),
    group({ x: inner.left, y: inner.top }, [
      ...cells,
      element("rect", { width: cell * across, height: bottom, fill: "none", stroke: ink.soft }),
      ...(isReadable ? labels : []),
    ]),
    text(panel.columnLabel, {
      x: inner.left + (cell * across) / 2,
      y: height - 8,
      "text-anchor": "middle",
      fill: ink.soft,
    }),
    text(panel.rowLabel, {
      transform: `translate(14 ${number(inner.top + bottom / 2)}) rotate(-90)`,
      "text-anchor": "middle",
      fill: ink.soft,
    }),
  ];
}

function drawCell(
  value: number,
  largest: number,
  at: { readonly x: number; readonly y: number },
  cell: number,
  labelled: boolean,
): readonly string[] {
  const share = Number.isFinite(value) ? Math.max(0, value / largest) : 0;
  const shade = element("rect", { ...at, width: cell, height: cell, fill: colourOf(0), "fill-opacity": share });
  if (!labelled || value === 0) return [shade];
  const label = String(Number(value.toPrecision(3)));
  const place = {
    x: at.x + cell / 2,
    y: at.y + cell / 2 + 3,
    "text-anchor": "middle",
    "font-size": Math.min(11, cell / 2.4),
  };
  return [shade, text(label, { ...place, fill: share > 0.5 ? "#ffffff" : ink.strong })];
}
