/** A matrix as shaded cells with their numbers: rows are what is so, columns what the network said. */
import type { MatrixPanel } from "./panel.ts";
import { colourOf, element, group, ink, number, text } from "./xml.ts";

const inner = { left: 56, top: 34, bottom: 42, right: 16 };
/** Above so many classes there is no room for numbers and names. */
const readable = 20;

export function drawMatrix(panel: MatrixPanel, width: number, height: number): readonly string[] {
  const { rows, names } = panel;
  const count = Math.max(1, rows.length);
  const cell = Math.min((width - inner.left - inner.right) / count, (height - inner.top - inner.bottom) / count);
  const side = cell * count;
  const largest = Math.max(1e-30, ...rows.flat().filter(Number.isFinite));
  const cells = rows.flatMap((row, y) =>
    row.flatMap((value, x) => drawCell(value, largest, { x: x * cell, y: y * cell }, cell, count <= readable)),
  );
  const labels =
    count > readable
      ? []
      : names.flatMap((name, at) => [
          text(shorten(name), { x: -6, y: (at + 0.5) * cell + 4, "text-anchor": "end", fill: ink.soft }),
          text(shorten(name), { x: (at + 0.5) * cell, y: side + 15, "text-anchor": "middle", fill: ink.soft }),
        ]);
  return [
    text(panel.title, { x: inner.left, y: 18, "font-size": 13, "font-weight": 600, fill: ink.strong }),
    group({ x: inner.left, y: inner.top }, [
      ...cells,
      element("rect", { width: side, height: side, fill: "none", stroke: ink.soft }),
      ...labels,
    ]),
    text(panel.columnLabel, { x: inner.left + side / 2, y: height - 8, "text-anchor": "middle", fill: ink.soft }),
    text(panel.rowLabel, {
      transform: `translate(14 ${number(inner.top + side / 2)}) rotate(-90)`,
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

function shorten(name: string): string {
  const letters = Array.from(name);
  return letters.length > 7 ? `${letters.slice(0, 6).join("")}…` : name;
}
