/** Marks on two axes as elements of SVG: what the command's plots lack, in their frame and with their legend. */
import { axisOf, fixedAxis, positionOn, tickText } from "../../../cli/plot/axis.ts";
import type { Axis } from "../../../cli/plot/axis.ts";
import { grid, legend, legendLine, legendRows, letterWidth, place } from "../../../cli/plot/frame.ts";
import type { Frame, Signed } from "../../../cli/plot/frame.ts";
import { colourOf, element, group, text } from "../../../cli/plot/xml.ts";
import type { Colours } from "../../../cli/plot/xml.ts";
import { contourOf, runsOf } from "./field.ts";
import type { AxisOf, Chart, Drawn, Field, Mark, Point } from "./panel.ts";

const inner = { left: 44, right: 14, top: 8, bottom: 40 };
const shadeLevels = 12;

/** All but its heading. */
export function drawChart(chart: Chart, width: number, colours: Colours): Drawn {
  const points = chart.marks.flatMap(pointsOf).filter((point) => point.every((one) => Number.isFinite(one)));
  const high = width < 300 ? 4 : 5;
  const y = axisFor(
    chart.y,
    points.map(([, value]) => value),
    high,
  );
  const widest = Math.max(...y.ticks.map((tick) => tickText(y, tick).length));
  const left = Math.max(inner.left, 34 + letterWidth * widest);
  const across = width - left - inner.right;
  const x = axisFor(
    chart.x,
    points.map(([value]) => value),
    Math.max(2, Math.floor(across / 38)),
  );
  const down = chart.square === true ? across : Math.round(Math.min(230, across * 0.62));
  const frame: Frame = { x, y, width: across, height: down, colours };
  const signed = chart.marks.flatMap(signOf);
  const below = inner.top + down + inner.bottom;
  const rows = signed.length === 0 ? 0 : legendRows(signed, width - 8).length;
  // Lines end at the frame; a dot on its edge is drawn whole.
  const drawn = chart.marks.flatMap((mark) => {
    const marks = drawMark(mark, frame);
    return mark.kind === "dots" || marks.length === 0
      ? marks
      : [element("svg", { width: across, height: down }, marks)];
  });
  const parts = [
    group({ x: left, y: inner.top }, [
      ...grid(frame),
      ...drawn,
      ...chart.marks.flatMap((mark) => (mark.kind === "label" ? [drawLabel(mark, frame)] : [])),
    ]),
    text(chart.x.label, {
      x: left + across / 2,
      y: below - 6,
      "text-anchor": "middle",
      fill: colours.soft,
    }),
    text(chart.y.label, {
      transform: `translate(12 ${inner.top + down / 2}) rotate(-90)`,
      "text-anchor": "middle",
      fill: colours.soft,
    }),
    ...(rows === 0 ? [] : [group({ x: 8, y: below + 2 }, legend(signed, width - 8, colours))]),
  ];
  return { parts, height: below + rows * legendLine };
}

function axisFor({ scale = "linear", from, to }: AxisOf, values: readonly number[], count: number): Axis {
  if (from !== undefined && to !== undefined) return fixedAxis(scale, from, to, count);
  const known = [...values, ...[from, to].flatMap((end) => (end === undefined ? [] : [end]))];
  if (scale === "linear") return axisOf(known, count, false);
  const positive = known.filter((value) => value > 0);
  return fixedAxis(scale, Math.min(...positive), Math.max(...positive), count);
}

function pointsOf(mark: Mark): readonly Point[] {
  switch (mark.kind) {
    case "line":
    case "dots":
      return mark.points;
    case "regions":
    case "shades":
    case "contours":
      return [
        [mark.field.x[0], mark.field.y[0]],
        [mark.field.x[1], mark.field.y[1]],
      ];
    case "label":
      return [mark.at];
    case "rule":
      return [];
  }
}

function signOf(mark: Mark): readonly Signed[] {
  if ((mark.kind !== "line" && mark.kind !== "dots") || mark.name === undefined) return [];
  return [{ name: mark.name, colour: mark.colour, sign: signFor(mark) }];
}

function signFor(mark: Mark & { kind: "line" | "dots" }): Signed["sign"] {
  switch (mark.kind) {
    case "line":
      return mark.dashed === true ? "dashed" : "line";
    case "dots":
      return mark.ring === true ? "ring" : "dot";
  }
}

function drawMark(mark: Mark, frame: Frame): readonly string[] {
  const { colours } = frame;
  switch (mark.kind) {
    case "line":
      return [drawLine(mark, frame)];
    case "dots":
      return [drawDots(mark, frame)];
    case "regions":
      return [...runsOf(mark.field.rows)].map(([colour, runs]) =>
        drawCells(mark.field, runs, frame, { fill: colourOf(colours, colour), "fill-opacity": 0.22 }),
      );
    case "shades":
      return drawShades(mark.field, frame);
    case "contours":
      return mark.levels.map((level) => drawContour(mark, level, frame));
    case "rule": {
      const style = { stroke: colours.soft, "stroke-dasharray": "2 3" };
      const x = mark.x === undefined ? undefined : positionOn(frame.x, mark.x) * frame.width;
      const y = mark.y === undefined ? undefined : (1 - positionOn(frame.y, mark.y)) * frame.height;
      return [
        ...(x === undefined ? [] : [element("line", { x1: x, x2: x, y1: 0, y2: frame.height, ...style })]),
        ...(y === undefined ? [] : [element("line", { x1: 0, x2: frame.width, y1: y, y2: y, ...style })]),
      ];
    }
    case "label":
      return [];
  }
}

/** A tenth of a pixel, to keep files small. */
const rounded = (value: number): string => String(Number(value.toFixed(1)));

function drawLine({ points, colour, dashed, thick = 2 }: Mark & { kind: "line" }, frame: Frame): string {
  let last: Point | undefined;
  let d = "";
  for (const [at, point] of points.entries()) {
    const [x, y] = place(frame, ...point);
    const isThere = Number.isFinite(x) && Number.isFinite(y);
    // What lies within a pixel of the point before is not seen.
    const isNear = last !== undefined && Math.abs(x - last[0]) < 1 && Math.abs(y - last[1]) < 1;
    if (isThere && isNear && at < points.length - 1) continue;
    if (isThere) d += `${last === undefined ? "M" : "L"}${rounded(x)} ${rounded(y)}`;
    last = isThere ? [x, y] : undefined;
  }
  return element("path", {
    d,
    fill: "none",
    stroke: colourOf(frame.colours, colour),
    "stroke-width": dashed === true ? 1.3 : thick,
    "stroke-linejoin": "round",
    ...(dashed === true ? { "stroke-dasharray": "4 3" } : {}),
  });
}

/** One path for all that lie in the frame: of round ends, or of circles. */
function drawDots({ points, colour, radius = 3, ring = false }: Mark & { kind: "dots" }, frame: Frame): string {
  const stroke = colourOf(frame.colours, colour);
  const places = points
    .map((point) => place(frame, ...point))
    .filter(([x, y]) => x > -0.5 && x < frame.width + 0.5 && y > -0.5 && y < frame.height + 0.5);
  if (ring) {
    const around = `a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;
    const circles = places.map(([x, y]) => `M${rounded(x - radius)} ${rounded(y)}${around}`);
    return element("path", { d: circles.join(""), fill: "var(--card)", stroke, "stroke-width": 1.5 });
  }
  const d = places.map(([x, y]) => `M${rounded(x)} ${rounded(y)}h0`).join("");
  return element("path", { d, fill: "none", stroke, "stroke-width": 2 * radius, "stroke-linecap": "round" });
}

/** Cells as rectangles of one path; a value of the field lies in the middle of its cell. */
function drawCells(
  field: Field,
  runs: readonly { readonly row: number; readonly from: number; readonly to: number }[],
  frame: Frame,
  look: Readonly<Record<string, string | number>>,
): string {
  const [left, bottom] = place(frame, field.x[0], field.y[0]);
  const [right, top] = place(frame, field.x[1], field.y[1]);
  const wide = (right - left) / Math.max(1, (field.rows[0]?.length ?? 1) - 1);
  const high = (bottom - top) / Math.max(1, field.rows.length - 1);
  // Neighbours share an edge to the last digit, or the ground would shine through between them.
  const across = (column: number): string => rounded(left + (column - 0.5) * wide);
  const down = (row: number): string => rounded(bottom - (row - 0.5) * high);
  const d = runs.map(
    ({ row, from, to }) => `M${across(from)} ${down(row + 1)}H${across(to)}V${down(row)}H${across(from)}z`,
  );
  // Without soft edges, for the same reason.
  return element("path", { d: d.join(""), "shape-rendering": "crispEdges", ...look });
}

function drawShades(field: Field, frame: Frame): readonly string[] {
  const all = field.rows.flat();
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const levels = field.rows.map((row) =>
    row.map((value) => Math.min(shadeLevels - 1, Math.floor((shadeLevels * (value - low)) / (high - low || 1)))),
  );
  return [...runsOf(levels)].map(([level, runs]) =>
    drawCells(field, runs, frame, { fill: frame.colours.shade, "fill-opacity": (0.8 * level) / shadeLevels }),
  );
}

function drawContour({ field, colour }: Mark & { kind: "contours" }, level: number, frame: Frame): string {
  const d = contourOf(field, level).map(([from, to]) => {
    const [a, b] = [place(frame, ...from), place(frame, ...to)];
    return `M${a.map(rounded).join(" ")}L${b.map(rounded).join(" ")}`;
  });
  const stroke = colour === undefined ? frame.colours.soft : colourOf(frame.colours, colour);
  return element("path", { d: d.join(""), fill: "none", stroke, "stroke-width": colour === undefined ? 1 : 2 });
}

function drawLabel({ at, words, anchor = "start", colour }: Mark & { kind: "label" }, frame: Frame): string {
  const [x, y] = place(frame, ...at);
  const aside = { start: 7, middle: 0, end: -7 }[anchor];
  return text(words, {
    x: x + aside,
    y: anchor === "middle" ? y - 8 : y + 4,
    "text-anchor": anchor,
    fill: colour === undefined ? frame.colours.strong : colourOf(frame.colours, colour),
    // A rim of the ground keeps it apart from marks below it.
    stroke: "var(--card)",
    "stroke-width": 3,
    "stroke-linejoin": "round",
    "paint-order": "stroke",
  });
}
