/**
 * A layout as elements of SVG, as data: the command writes them as text, a page makes them in its document. Colours are classes, which style-text.ts
 * gives for light and dark. Text is text everywhere: nobody puts it into markup unescaped.
 */
import type { Layout, PlacedBox, PlacedEdge, PlacedPort } from "./layout.ts";
import { widthOfText } from "./measure.ts";
import { sizes } from "./sizes.ts";

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly Element[];
  readonly text?: string;
}

export function make(
  name: string,
  attributes: Element["attributes"],
  children: readonly Element[] = [],
  text?: string,
): Element {
  return text === undefined ? { name, attributes, children } : { name, attributes, children, text };
}

/** What stands in the `svg` of a layout. */
export function sceneOf({ boxes, ports, edges }: Layout): readonly Element[] {
  return [
    arrowHead,
    ...boxes.filter(({ state }) => state === "open").map(drawOpen),
    ...edges.map(drawLine),
    ...ports.map(drawPort),
    ...boxes.filter(({ state }) => state !== "open").map(drawBox),
    // Above all lines, on a ground of their own.
    ...edges.flatMap(drawLabel),
  ];
}

const arrowHead = make("defs", {}, [
  make(
    "marker",
    {
      id: "arrow",
      viewBox: "0 0 8 8",
      refX: 7,
      refY: 4,
      markerWidth: 7,
      markerHeight: 7,
      orient: "auto-start-reverse",
    },
    [make("path", { d: "M0 0.5L8 4L0 7.5z", class: "arrow" })],
  ),
]);

function drawOpen({ box, x, y, width, height, lines }: PlacedBox): Element {
  const isRoot = box.parent === null;
  return make("g", { class: `group open ${box.kind}`, "data-box": box.id }, [
    make("rect", { x: round(x), y: round(y), width: round(width), height: round(height), rx: 8 }),
    ...(isRoot ? [] : [fold(x + width - sizes.padding, y + sizes.header / 2 + 1, "−")]),
    writing(lines[0] ?? "", x + sizes.padding, y + 20, "title"),
    // Above the two, so that it is what is pressed.
    ...(isRoot ? [] : [header(x, y, width)]),
  ]);
}

function drawBox({ box, x, y, width, height, lines, state }: PlacedBox): Element {
  const isClosed = state === "closed";
  const left = x + sizes.side;
  return make("g", { class: `${isClosed ? "group closed" : "leaf"} ${box.kind}`, "data-box": box.id }, [
    make("rect", { x: round(x), y: round(y), width: round(width), height: round(height), rx: isClosed ? 8 : 4 }),
    ...(isClosed ? [fold(x + width - sizes.padding, y + height / 2, "+")] : []),
    ...lines.map((line, at) => writing(line, left, y + 18 + at * sizes.line, at === 0 ? "name" : "soft")),
  ]);
}

/** What is pressed to close a group: its upper edge. */
function header(x: number, y: number, width: number): Element {
  return make("rect", { class: "head", x: round(x), y: round(y), width: round(width), height: sizes.header });
}

/** The sign that says whether a group is open; drawn, so that it needs no font. */
function fold(x: number, y: number, sign: "+" | "−"): Element {
  const cross = `M${round(x - 4)} ${round(y)}h8${sign === "+" ? `m-4 -4v8` : ""}`;
  return make("path", { class: "fold", d: cross });
}

function drawPort({ name, from, x, y, width, height }: PlacedPort): Element {
  const [middle, centre] = [x + width / 2, y + height / 2];
  if (name === undefined) return make("circle", { class: "exit", cx: round(middle), cy: round(centre), r: 3 });
  return make("g", { class: "port", ...(from === undefined ? {} : { "data-box": from }) }, [
    make("rect", { x: round(x), y: round(y), width: round(width), height: round(height), rx: round(height / 2) }),
    writing(name, x + sizes.side, y + 15, "soft"),
  ]);
}

/** A line through its points, rounded at each; not where that would take it off its label, whose plate hides the corner. */
function drawLine({ points, label }: PlacedEdge): Element {
  const corner = label === undefined ? -1 : points.findIndex((_, at) => isLabelLeft(points, at, label));
  const pieces = corner < 0 ? [points] : [points.slice(0, corner + 1), points.slice(corner)];
  const [[x, y] = [0, 0]] = points;
  const d = `M${round(x)} ${round(y)}${pieces.map(roundedLine).join("")}`;
  return make("path", { class: "edge", d, "marker-end": "url(#arrow)" });
}

type Places = PlacedEdge["points"];
type Place = Places[number];

/** From the first point to the last. */
function roundedLine([first = [0, 0], ...others]: Places): string {
  const middle = (at: number): string => {
    const [[x, y], [u, v]] = [others[at] ?? first, others[at + 1] ?? first];
    return `${round(x)} ${round(y)} ${round((x + u) / 2)} ${round((y + v) / 2)}`;
  };
  const [x, y] = others.at(-1) ?? first;
  const curves = others.slice(0, -1).map((_, at) => `Q${middle(at)}`);
  return `${curves.join("")}L${round(x)} ${round(y)}`;
}

/** Whether the label lies at that point, and the line, rounded there, passes by its plate. */
function isLabelLeft(points: Places, at: number, { text, x, y }: NonNullable<PlacedEdge["label"]>): boolean {
  const [before, own, after] = points.slice(Math.max(0, at - 1), at + 2);
  if (at === 0 || before === undefined || own === undefined || after === undefined) return false;
  if (Math.hypot(own[0] - x, own[1] - y) > 1) return false;
  const between = (one: Place, other: Place, share: number): Place => [
    one[0] + (other[0] - one[0]) * share,
    one[1] + (other[1] - one[1]) * share,
  ];
  const [start, end] = [at === 1 ? before : between(before, own, 0.5), between(own, after, 0.5)];
  return sixteenths.every((share) => {
    const [u, v] = between(between(start, own, share), between(own, end, share), share);
    return Math.abs(u - x) > plateWidth(text) / 2 || Math.abs(v - y) > sizes.line / 2;
  });
}

const sixteenths = Array.from({ length: 17 }, (_, at) => at / 16);

function plateWidth(text: string): number {
  return widthOfText(text) + 4;
}

/** On a plate of the colour that is around it. */
function drawLabel({ label, within }: PlacedEdge): readonly Element[] {
  if (label === undefined || label.text === "") return [];
  const { text, x, y } = label;
  const width = plateWidth(text);
  const plate = { x: round(x - width / 2), y: round(y - sizes.line / 2), width: round(width), height: sizes.line };
  return [
    make("rect", { class: `plate ${within}`, ...plate }),
    make("text", { class: "shape", x: round(x), y: round(y + 4) }, [], text),
  ];
}

function writing(content: string, x: number, y: number, kind: string): Element {
  return make("text", { class: kind, x: round(x), y: round(y) }, [], content);
}

/** To a tenth of a pixel. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
