/** Times as a picture: for each case a panel, in it a dot for each system, with a line from its fastest to its slowest round. */
import { axisOf, positionOn, tickText } from "../plot/axis.ts";
import type { Axis } from "../plot/axis.ts";
import { push } from "../../compiler/loops/push.ts";
import { plural } from "../output/numbers.ts";
import { cut } from "../output/wrap.ts";
import { colourOf, element, group, paper, text } from "../plot/xml.ts";
import type { Colours } from "../plot/xml.ts";
import type { Document, Result } from "./document.ts";
import { formatTime } from "./figures.ts";
import { inOrder } from "./text.ts";

export interface Panel {
  readonly title: string;
  readonly results: readonly Result[];
}

export const panelWidth = 450;
const rowHeight = 24;
const inner = { left: 168, right: 78, top: 30, bottom: 40 };
const gap = 20;
const header = 44;
const columns = 2;

export function panelsOf({ results }: Document): readonly Panel[] {
  const panels = new Map<string, Result[]>();
  for (const one of inOrder(results)) push(panels, `${one.case}, ${plural(one.rows, "row")}`, one);
  return [...panels].map(([title, own]) => ({ title, results: own }));
}

export function heightOf({ results }: Panel): number {
  return inner.top + results.length * rowHeight + inner.bottom;
}

/** All panels in a file of their own. */
export function drawTimes(document: Document): string {
  const panels = panelsOf(document);
  const across = Math.min(columns, Math.max(1, panels.length));
  const down = Math.ceil(panels.length / across);
  const heights = Array.from({ length: down }, (_, row) =>
    Math.max(...panels.slice(row * across, (row + 1) * across).map(heightOf)),
  );
  const width = across * (panelWidth + gap) + gap;
  const height = header + heights.reduce((sum, one) => sum + one + gap, 0);
  const systems = systemsOf(document);
  const placed = panels.map((panel, at) => {
    const row = Math.floor(at / across);
    const above = heights.slice(0, row).reduce((sum, one) => sum + one + gap, 0);
    return group({ x: gap + (at % across) * (panelWidth + gap), y: header + above }, drawPanel(panel, systems, paper));
  });
  const title = `${document.network.file}: ${document.network.model}, ${document.machine.cpu}`;
  return `${svg(width, height, title, [
    // By which the command knows its own pictures again.
    element("desc", {}, [], "drawn by nnc"),
    element("rect", { width, height, fill: "#ffffff" }),
    text(cut(title, across * 58), { x: gap, y: 28, "font-size": 15, "font-weight": 600, fill: paper.strong }),
    ...placed,
  ])}\n`;
}

/** A picture that stands alone, with its title for who cannot see it. */
export function svg(width: number, height: number, title: string, children: readonly string[]): string {
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    "font-family": "system-ui, sans-serif",
    "font-size": 12,
    role: "img",
  };
  return element("svg", attributes, [element("title", {}, [], title), ...children]);
}

/** Their names in the order in which they were measured, which gives each its colour. */
export function systemsOf({ results }: Document): readonly string[] {
  return [...new Set(results.map(systemOf))];
}

function systemOf({ target, threads }: Result): string {
  return threads === 1 ? target : `${target}, ${threads} threads`;
}

interface Unit {
  readonly name: string;
  readonly seconds: number;
}

const units: readonly Unit[] = [
  { name: "s", seconds: 1 },
  { name: "ms", seconds: 1e-3 },
  { name: "µs", seconds: 1e-6 },
];

/** The one in which ticks are short: that of the time in the middle between the least and the largest. */
function unitOf(times: readonly number[]): Unit {
  const seconds = Math.sqrt(Math.min(...times) * Math.max(...times));
  return units.find((unit) => seconds >= unit.seconds) ?? { name: "µs", seconds: 1e-6 };
}

export function drawPanel({ title, results }: Panel, systems: readonly string[], colours: Colours): readonly string[] {
  const all = results.flatMap(({ rounds }) => rounds);
  const unit = unitOf(all);
  const axis = axisOf(
    all.map((seconds) => seconds / unit.seconds),
    4,
    true,
  );
  const width = panelWidth - inner.left - inner.right;
  const height = results.length * rowHeight;
  const rows = results.map((one, at) => {
    const colour = colourOf(colours, systems.indexOf(systemOf(one)));
    return group({ x: 0, y: (at + 0.5) * rowHeight }, drawResult(one, { axis, width, unit, colour, colours }));
  });
  return [
    text(cut(title, 50), { x: 0, y: 16, "font-size": 13, "font-weight": 600, fill: colours.strong }),
    group({ x: inner.left, y: inner.top }, [...grid(axis, width, height, colours), ...rows]),
    text(`median, ${unit.name}`, {
      x: inner.left + width / 2,
      y: inner.top + height + 34,
      "text-anchor": "middle",
      fill: colours.soft,
    }),
  ];
}

function grid(axis: Axis, width: number, height: number, colours: Colours): readonly string[] {
  // More ticks than have room for their text are lines alone.
  const every = Math.ceil(axis.ticks.length / 5);
  return axis.ticks.flatMap((tick, at) => {
    const x = positionOn(axis, tick) * width;
    const line = element("line", { x1: x, x2: x, y1: 0, y2: height, stroke: colours.grid });
    const label = text(tickText(axis, tick), { x, y: height + 16, "text-anchor": "middle", fill: colours.soft });
    return at % every === 0 ? [line, label] : [line];
  });
}

interface Place {
  readonly axis: Axis;
  readonly width: number;
  readonly unit: Unit;
  readonly colour: string;
  readonly colours: Colours;
}

function drawResult(one: Result, { axis, width, unit, colour, colours }: Place): readonly string[] {
  const at = (seconds: number): number => positionOn(axis, seconds / unit.seconds) * width;
  const [low, high] = [Math.min(...one.rounds), Math.max(...one.rounds)];
  const told = `${systemOf(one)}: ${formatTime(one.seconds)}, from ${formatTime(low)} to ${formatTime(high)}`;
  return [
    text(cut(systemOf(one), 24), { x: -10, y: 4, "text-anchor": "end", fill: colours.strong }),
    element("line", {
      x1: at(low),
      x2: at(high),
      y1: 0,
      y2: 0,
      stroke: colour,
      "stroke-width": 4,
      "stroke-linecap": "round",
      "stroke-opacity": 0.45,
    }),
    element("circle", { cx: at(one.seconds), cy: 0, r: 5, fill: colour }, [element("title", {}, [], told)]),
    text(formatTime(one.seconds), { x: width + 10, y: 4, fill: colours.strong }),
  ];
}
