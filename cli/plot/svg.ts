/**
 * Panels as one SVG picture that stands alone: no font, style or script from elsewhere. Text that comes from a program is escaped.
 */
import { axisOf, positionOn, tickText, tightAxis } from "./axis.ts";
import type { Axis } from "./axis.ts";
import { cut } from "../output/wrap.ts";
import { drawMatrix } from "./matrix.ts";
import { finitePoints } from "./panel.ts";
import type { Curve, CurvePanel, Panel } from "./panel.ts";
import { colourOf, element, group, ink, number, text } from "./xml.ts";
import type { Attributes } from "./xml.ts";

const panelWidth = 440;
const panelHeight = 300;
const gap = 24;
const header = 40;
const columns = 2;
const inner = { left: 56, right: 16, top: 34, bottom: 42 };
const legendLine = 16;
/** How many letters a panel is wide. */
const titleLetters = 46;
const legendLetters = 45;

/** Where values are drawn, in the panel's own coordinates. */
interface Frame {
  readonly x: Axis;
  readonly y: Axis;
  readonly width: number;
  readonly height: number;
}

/** The picture, from `<svg` to `</svg>`. */
export function drawSvg(title: string, panels: readonly Panel[]): string {
  const across = Math.min(columns, Math.max(1, panels.length));
  const down = Math.ceil(panels.length / across);
  const heights = Array.from({ length: down }, (_, row) =>
    Math.max(...panels.slice(row * across, (row + 1) * across).map(heightOf)),
  );
  const width = across * panelWidth + (across + 1) * gap;
  const height = header + heights.reduce((sum, one) => sum + one + gap, 0);
  const placed = panels.map((panel, at) => {
    const row = Math.floor(at / across);
    const above = heights.slice(0, row).reduce((sum, one) => sum + one + gap, 0);
    const place = { x: gap + (at % across) * (panelWidth + gap), y: header + above };
    return group(place, panel.kind === "curves" ? drawCurves(panel) : drawMatrix(panel, panelWidth, panelHeight));
  });
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    "font-family": "system-ui, sans-serif",
    "font-size": 12,
    role: "img",
  };
  return `${element("svg", attributes, [
    element("title", {}, [], title),
    // By which the command knows its own plots again.
    element("desc", {}, [], "drawn by nnc"),
    element("rect", { width, height, fill: "#ffffff" }),
    text(title, { x: gap, y: 26, "font-size": 15, "font-weight": 600, fill: ink.strong }),
    ...placed,
  ])}\n`;
}

function heightOf(panel: Panel): number {
  return panel.kind === "curves"
    ? panelHeight + (panel.legend ? legendRows(panel.curves).length * legendLine : 0)
    : panelHeight;
}

function drawCurves(panel: CurvePanel): readonly string[] {
  const points = finitePoints(panel.curves);
  const frame: Frame = {
    x: tightAxis(
      points.map(([x]) => x),
      7,
    ),
    y: axisOf(
      points.map(([, y]) => y),
      5,
      true,
    ),
    width: panelWidth - inner.left - inner.right,
    height: panelHeight - inner.top - inner.bottom,
  };
  return [
    text(cut(panel.title, titleLetters), {
      x: inner.left,
      y: 18,
      "font-size": 13,
      "font-weight": 600,
      fill: ink.strong,
    }),
    group({ x: inner.left, y: inner.top }, [
      ...grid(frame),
      ...panel.curves.flatMap((curve) => drawCurve(curve, frame)),
    ]),
    text(panel.xLabel, {
      x: inner.left + frame.width / 2,
      y: panelHeight - 8,
      "text-anchor": "middle",
      fill: ink.soft,
    }),
    ...(panel.legend ? [group({ x: inner.left, y: panelHeight + 4 }, legend(panel.curves))] : []),
  ];
}

function place(frame: Frame, x: number, y: number): readonly [number, number] {
  return [positionOn(frame.x, x) * frame.width, (1 - positionOn(frame.y, y)) * frame.height];
}

function grid(frame: Frame): readonly string[] {
  const across = frame.y.ticks.flatMap((tick) => {
    const y = (1 - positionOn(frame.y, tick)) * frame.height;
    return [
      element("line", { x1: 0, x2: frame.width, y1: y, y2: y, stroke: ink.grid }),
      text(tickText(frame.y, tick), { x: -8, y: y + 4, "text-anchor": "end", fill: ink.soft }),
    ];
  });
  const down = frame.x.ticks.flatMap((tick) => {
    const x = positionOn(frame.x, tick) * frame.width;
    return [
      element("line", { x1: x, x2: x, y1: frame.height, y2: frame.height + 4, stroke: ink.soft }),
      text(tickText(frame.x, tick), { x, y: frame.height + 17, "text-anchor": "middle", fill: ink.soft }),
    ];
  });
  return [
    ...across,
    element("line", { x1: 0, x2: frame.width, y1: frame.height, y2: frame.height, stroke: ink.soft }),
    ...down,
  ];
}

/** The curve, broken where a value is not finite; a single point is a dot. */
function drawCurve({ name, points, colour, secondary }: Curve, frame: Frame): readonly string[] {
  const stroke = colourOf(colour);
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
    ...(secondary ? { "stroke-dasharray": "4 3" } : {}),
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

/** A sign and a name for each curve; as many in a row as fit. */
function legend(curves: readonly Curve[]): readonly string[] {
  return legendRows(curves).flatMap((row, line) => {
    let x = 0;
    return row.flatMap(({ name, colour, secondary }) => {
      const y = line * legendLine + 8;
      const dash: Attributes = secondary ? { "stroke-dasharray": "4 3" } : {};
      const drawn = [
        element("line", {
          x1: x,
          x2: x + 20,
          y1: y,
          y2: y,
          stroke: colourOf(colour),
          "stroke-width": secondary ? 1.3 : 2,
          ...dash,
        }),
        text(cut(name, legendLetters), { x: x + 26, y: y + 4, fill: ink.strong }),
      ];
      x += legendWidth(name);
      return drawn;
    });
  });
}

function legendRows(curves: readonly Curve[]): readonly (readonly Curve[])[] {
  const rows: Curve[][] = [];
  let used = Infinity;
  for (const curve of curves) {
    const width = legendWidth(curve.name);
    if (used + width > panelWidth - inner.left) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(curve);
    used += width;
  }
  return rows;
}

/** Letters of a proportional font of 12 pixels are at most about 7.4 wide on average. */
function legendWidth(name: string): number {
  return 26 + 7.4 * Math.min(legendLetters, Array.from(name).length) + 18;
}
