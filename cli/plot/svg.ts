/**
 * Panels as one SVG picture that stands alone: no font, style or script from elsewhere. Text that comes from a program is escaped.
 */
import { cut } from "../output/wrap.ts";
import { axisOf, positionOn, tickText, tightAxis } from "./axis.ts";
import { dashOf, grid, legend, legendLine, legendRows, letterWidth, place } from "./frame.ts";
import type { Frame, Signed } from "./frame.ts";
import { drawMatrix } from "./matrix.ts";
import { finitePoints } from "./panel.ts";
import type { Curve, CurvePanel, Panel } from "./panel.ts";
import { colourOf, element, group, number, paper, text } from "./xml.ts";
import type { Attributes, Canvas, Colours } from "./xml.ts";

const gap = 24;
/** Below what is drawn in a page. */
const margin = 6;
const header = 40;
const columns = 2;
const inner = { left: 56, right: 16, top: 34, bottom: 42 };

function canvasOf(width: number, height: number, colours: Colours): Canvas {
  return { width, height, letters: Math.floor((width - inner.left - 4) / letterWidth), colours };
}

/** The picture, from `<svg` to `</svg>`. */
export function drawSvg(title: string, panels: readonly Panel[]): string {
  const canvas = canvasOf(440, 300, paper);
  const across = Math.min(columns, Math.max(1, panels.length));
  const down = Math.ceil(panels.length / across);
  const heights = Array.from({ length: down }, (_, row) =>
    Math.max(...panels.slice(row * across, (row + 1) * across).map((panel) => heightOf(panel, canvas))),
  );
  const width = across * canvas.width + (across + 1) * gap;
  const height = header + heights.reduce((sum, one) => sum + one + gap, 0);
  const placed = panels.map((panel, at) => {
    const row = Math.floor(at / across);
    const above = heights.slice(0, row).reduce((sum, one) => sum + one + gap, 0);
    const place = { x: gap + (at % across) * (canvas.width + gap), y: header + above };
    return group(place, drawPanel(panel, canvas));
  });
  return `${element("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, ...frameOf(width, height) }, [
    element("title", {}, [], title),
    // By which the command knows its own plots again.
    element("desc", {}, [], "drawn by nnc"),
    element("rect", { width, height, fill: "#ffffff" }),
    text(title, { x: gap, y: 26, "font-size": 15, "font-weight": 600, fill: paper.strong }),
    ...placed,
  ])}\n`;
}

/** One panel as an element of a page: as wide as its place, in the page's colours. */
export function drawInPage(panel: Panel, colours: Colours): string {
  const canvas = canvasOf(340, panel.kind === "curves" ? 240 : 320, colours);
  const height = heightOf(panel, canvas) + margin;
  return element("svg", { ...frameOf(canvas.width, height), class: "plot", "aria-label": panel.title }, [
    ...drawPanel(panel, canvas),
  ]);
}

function frameOf(width: number, height: number): Attributes {
  return {
    viewBox: `0 0 ${number(width)} ${number(height)}`,
    "font-family": "system-ui, sans-serif",
    "font-size": 12,
    role: "img",
  };
}

function drawPanel(panel: Panel, canvas: Canvas): readonly string[] {
  return panel.kind === "curves" ? drawCurves(panel, canvas) : drawMatrix(panel, canvas);
}

function heightOf(panel: Panel, { width, height }: Canvas): number {
  const rows = panel.kind === "curves" && panel.legend ? legendRows(signsOf(panel), width - inner.left).length : 0;
  return height + rows * legendLine;
}

function drawCurves(panel: CurvePanel, { width, height, letters, colours }: Canvas): readonly string[] {
  const points = finitePoints(panel.curves);
  const y = axisOf(
    points.map(([, value]) => value),
    5,
    true,
  );
  const left = Math.max(inner.left, 14 + letterWidth * Math.max(...y.ticks.map((tick) => tickText(y, tick).length)));
  const x = tightAxis(
    points.map(([place]) => place),
    7,
  );
  const size = { width: width - left - inner.right, height: height - inner.top - inner.bottom };
  const frame: Frame = { x, y, ...size, colours };
  return [
    text(cut(panel.title, letters), {
      x: inner.left,
      y: 18,
      "font-size": 13,
      "font-weight": 600,
      fill: colours.strong,
    }),
    group({ x: left, y: inner.top }, [
      ...grid(frame),
      ...markOf(panel, frame),
      ...panel.curves.flatMap((curve) => drawCurve(curve, frame)),
    ]),
    text(panel.xLabel, {
      x: left + frame.width / 2,
      y: height - 8,
      "text-anchor": "middle",
      fill: colours.soft,
    }),
    ...(panel.legend
      ? [group({ x: inner.left, y: height + 4 }, legend(signsOf(panel), width - inner.left, colours))]
      : []),
  ];
}

function signsOf({ curves }: CurvePanel): readonly Signed[] {
  return curves.map(({ name, colour, secondary }) => ({ name, colour, sign: secondary ? "dashed" : "line" }));
}

/** A line down the plot, with its name above it. */
function markOf({ mark }: CurvePanel, { x: axis, width, height, colours }: Frame): readonly string[] {
  if (mark === undefined || mark.x < axis.from || mark.x > axis.to) return [];
  const x = positionOn(axis, mark.x) * width;
  const half = (mark.label.length * letterWidth) / 2;
  const anchor = x < half ? "start" : x > width - half ? "end" : "middle";
  const line = { x1: x, x2: x, y1: 0, y2: height, stroke: colours.soft, "stroke-dasharray": "2 3" };
  return [
    element("line", line),
    text(mark.label, { x, y: -4, "text-anchor": anchor, "font-size": 11, fill: colours.soft }),
  ];
}

/** The curve, broken where a value is not finite; a single point is a dot. */
function drawCurve({ name, points, colour, secondary }: Curve, frame: Frame): readonly string[] {
  const stroke = colourOf(frame.colours, colour);
  const pieces = split(points).map((piece) => piece.map(([x, y]) => place(frame, x, y)));
  const lines = pieces
    .filter(({ length }) => length > 1)
    .map((piece) => piece.map(([x, y], at) => `${at === 0 ? "M" : "L"}${number(x)} ${number(y)}`).join(""));
  const dots = pieces.filter(({ length }) => length === 1).flat();
  const style = {
    fill: "none",
    stroke,
    "stroke-width": secondary ? 1.3 : 2,
    "stroke-linejoin": "round",
    ...dashOf(frame.colours, colour, secondary),
  };
  return [
    ...(lines.length === 0 ? [] : [element("path", { d: lines.join(""), ...style }, [element("title", {}, [], name)])]),
    ...dots.map(([x, y]) => element("circle", { cx: x, cy: y, r: 3, fill: stroke })),
  ];
}

function split(points: Curve["points"]): readonly Curve["points"][] {
  const pieces: [number, number][][] = [[]];
  for (const [x, y] of points) {
    if (Number.isFinite(x) && Number.isFinite(y)) pieces.at(-1)?.push([x, y]);
    else pieces.push([]);
  }
  return pieces.filter(({ length }) => length > 0);
}
