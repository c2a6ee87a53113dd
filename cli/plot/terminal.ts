/**
 * A panel of curves as lines of text: Braille dots, two across and four down in each character (Unicode U+2800 to U+28FF), in the colours of
 * the curves where there are colours.
 */
import { axisOf, positionOn, tickText, tightAxis } from "./axis.ts";
import type { Axis } from "./axis.ts";
import { cut, shorten } from "../output/wrap.ts";
import { finitePoints } from "./panel.ts";
import type { Curve, CurvePanel } from "./panel.ts";

export interface TerminalSize {
  /** Characters across, axis included. */
  readonly width: number;
  readonly height: number;
  readonly colour: boolean;
}

/** SGR colours near those of the SVG palette. */
const colours = ["34", "33", "32", "35", "36", "93", "95", "90"] as const;
const blank = 0x2800;
/** From this width on, the axis across has its name. */
const roomForName = 40;
/** What a mark is made of, down the plot. */
const markSign = "┊";
/** What parts two names of a legend. */
const between = "   ";
/** The bit of each dot: [row][column]. */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** A grid of characters, each with its dots and the last curve that touched it. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly bits: Uint8Array;
  readonly owners: Int16Array;
}

/** The panel's lines, each ended: title, plot with both axes, legend. Empty where there is nothing to draw. */
export function drawTerminal(panel: CurvePanel, size: TerminalSize): string {
  const points = finitePoints(panel.curves);
  if (points.length === 0) return "";
  const x = tightAxis(
    points.map((point) => point[0]),
    6,
  );
  const y = axisOf(
    points.map((point) => point[1]),
    4,
    true,
  );
  const labels = y.ticks.map((tick) => tickText(y, tick));
  const margin = Math.max(...labels.map(({ length }) => length)) + 2;
  // The last tick is at the right edge, and the axis's name behind it.
  const name = size.width < roomForName ? "" : ` ${panel.xLabel}`;
  const width = Math.max(10, size.width - margin - name.length);
  const canvas: Canvas = {
    width,
    height: size.height,
    bits: new Uint8Array(width * size.height),
    owners: new Int16Array(width * size.height),
  };
  for (const curve of panel.curves.toSorted((a, b) => Number(b.secondary) - Number(a.secondary)))
    drawCurve(canvas, curve, x, y);
  const ticks = new Map(y.ticks.map((tick, at) => [rowOf(y, tick, size.height), labels[at] ?? ""]));
  const mark = markOf(panel, x, width);
  const rows = Array.from({ length: size.height }, (_, row) => {
    const label = ticks.get(row);
    return `${(label ?? "").padStart(margin - 2)} ${label === undefined ? "│" : "┤"}${cells(canvas, row, mark?.column, size.colour)}`;
  });
  const lines = [
    `${" ".repeat(margin)}${cut(panel.title, size.width - margin - (mark?.label.length ?? 0))}${mark?.label ?? ""}`,
    ...rows,
    `${" ".repeat(margin - 1)}└${"─".repeat(width)}`,
    xLabels(x, width, margin) + name,
    ...(panel.legend ? legend(panel, margin, size) : []),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

function rowOf(axis: Axis, value: number, height: number): number {
  return Math.min(height - 1, Math.max(0, Math.round((1 - positionOn(axis, value)) * (height - 1))));
}

/** Lines between neighbouring points; a secondary curve leaves every other column out. */
function drawCurve(canvas: Canvas, { points, colour, secondary }: Curve, x: Axis, y: Axis): void {
  const across = canvas.width * 2 - 1;
  const down = canvas.height * 4 - 1;
  let before: readonly [number, number] | undefined;
  for (const [px, py] of points) {
    if (!Number.isFinite(px) || !Number.isFinite(py)) {
      before = undefined;
      continue;
    }
    const at = [Math.round(positionOn(x, px) * across), Math.round((1 - positionOn(y, py)) * down)] as const;
    line(canvas, before ?? at, at, colour, secondary);
    before = at;
  }
}

function line(
  canvas: Canvas,
  from: readonly [number, number],
  to: readonly [number, number],
  colour: number,
  sparse: boolean,
): void {
  const steps = Math.max(1, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
  for (let step = 0; step <= steps; step += 1) {
    const x = Math.round(from[0] + ((to[0] - from[0]) * step) / steps);
    const y = Math.round(from[1] + ((to[1] - from[1]) * step) / steps);
    if (!sparse || (x + y) % 3 !== 0) set(canvas, x, y, colour);
  }
}

function set(canvas: Canvas, x: number, y: number, colour: number): void {
  const cell = (y >> 2) * canvas.width + (x >> 1);
  const bit = dots[y & 3]?.[x & 1] ?? 0;
  if (x < 0 || x >> 1 >= canvas.width || cell < 0 || cell >= canvas.bits.length) return;
  canvas.bits[cell] = (canvas.bits[cell] ?? 0) | bit;
  canvas.owners[cell] = colour;
}

/** The column of the panel's mark, and what stands behind the title for it. */
function markOf(
  { mark }: CurvePanel,
  axis: Axis,
  width: number,
): { readonly column: number; readonly label: string } | undefined {
  if (mark === undefined || mark.x < axis.from || mark.x > axis.to) return undefined;
  return { column: Math.round(positionOn(axis, mark.x) * (width * 2 - 1)) >> 1, label: `  ${markSign} ${mark.label}` };
}

/** Of a row; the mark where no curve is in its way. */
function cells({ width, bits, owners }: Canvas, row: number, mark: number | undefined, colour: boolean): string {
  let text = "";
  for (let cell = row * width; cell < (row + 1) * width; cell += 1) {
    const pattern = bits[cell] ?? 0;
    const sign = pattern === 0 ? (cell - row * width === mark ? markSign : " ") : String.fromCharCode(blank + pattern);
    text += colour && pattern !== 0 ? paint(sign, owners[cell] ?? 0) : sign;
  }
  return text;
}

function xLabels(axis: Axis, width: number, margin: number): string {
  const line = Array.from({ length: margin + width }, () => " ");
  let free = 0;
  for (const tick of axis.ticks) {
    const label = tickText(axis, tick);
    const start = margin + Math.round(positionOn(axis, tick) * (width - 1)) - (label.length >> 1);
    if (start < free || start + label.length > line.length) continue;
    line.splice(start, label.length, ...Array.from(label));
    free = start + label.length + 1;
  }
  return line.join("").trimEnd();
}

/** A sign and a name for each curve, as many in a line as fit; a name that is too long for one is shortened. */
function legend({ curves }: CurvePanel, margin: number, { width, colour }: TerminalSize): readonly string[] {
  const lines: string[] = [];
  let used = Infinity;
  for (const curve of curves) {
    const sign = curve.secondary ? "┄┄" : "──";
    const name = shorten(curve.name, width - margin - sign.length - 1);
    const entry = `${colour ? paint(sign, curve.colour) : sign} ${name}`;
    const added = sign.length + 1 + Array.from(name).length + between.length;
    if (used + added > width) {
      lines.push(" ".repeat(margin) + entry);
      used = margin + added - between.length;
    } else {
      lines.push(`${lines.pop() ?? ""}${between}${entry}`);
      used += added;
    }
  }
  return lines;
}

function paint(text: string, colour: number): string {
  return `\u001b[${colours[colour % colours.length] ?? "39"}m${text}\u001b[0m`;
}
