/**
 * Where the boxes of a picture lie while some of its groups are open: each open group is laid out by dagre by itself, from the innermost on, as a box
 * of that size in the group around it. So what is drawn grows with what is open alone. What comes from outside an open group stands in it as a small
 * box with the name of what it is, so that no line crosses a border. Runs in the command and in pages alike.
 */
import { Graph, layout } from "@dagrejs/dagre";
import { cutName, labelOf, linksOf } from "./links.ts";
import type { Inside, Port } from "./links.ts";
import { widthOfText } from "./measure.ts";
import { childrenOf, isGroup, operationsOf, visibleIn } from "./picture.ts";
import type { Box, Picture } from "./picture.ts";
import { shortened } from "./shorten.ts";
import { sizes } from "./sizes.ts";

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** From the picture's corner. `lines`: what is written in it. */
export interface PlacedBox extends Area {
  readonly box: Box;
  readonly state: "leaf" | "open" | "closed";
  readonly lines: readonly string[];
}

/** Where an open group is entered, by the name of what comes in, or left. */
export interface PlacedPort extends Area {
  readonly from: number | undefined;
  readonly group: number;
  readonly name: string | undefined;
}

export interface PlacedEdge {
  readonly points: readonly (readonly [x: number, y: number])[];
  /** What is written on it, centred there. */
  readonly label: { readonly text: string; readonly x: number; readonly y: number } | undefined;
  /** The kind of the group that it lies in. */
  readonly within: Box["kind"];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Groups before what is in them. */
  readonly boxes: readonly PlacedBox[];
  readonly ports: readonly PlacedPort[];
  readonly edges: readonly PlacedEdge[];
}

/** A group's inside, from its own corner. */
interface Arranged {
  readonly width: number;
  readonly height: number;
  readonly at: ReadonlyMap<string, Area>;
  readonly edges: readonly PlacedEdge[];
}

export function layoutOf(picture: Picture, open: ReadonlySet<number>): Layout {
  const visible = visibleIn(picture, open);
  const isOpen = (box: Box): boolean => isGroup(box) && (box.parent === null || open.has(box.id));
  const counts = operationsOf(picture);
  const children = childrenOf(picture);
  const opened = visible.filter(isOpen);
  const nameOf = (box: string): string => cutName(picture.boxes[Number(box)].name);
  const all = linksOf(picture, new Set(opened.map(({ id }) => id)));
  const insides = new Map([...all].map(([id, inside]) => [id, shortened(inside, nameOf)]));
  const arranged = new Map<number, Arranged>();
  // The innermost first.
  for (const { id, name, kind } of opened.toReversed()) {
    const boxes = (children[id] ?? []).map((box): readonly [string, Size] => {
      const inner = arranged.get(box.id);
      return [String(box.id), inner ?? closedSize(linesOf(box, counts))];
    });
    arranged.set(id, arrange(boxes, insides.get(id), kind, widthOfText(name) + 3 * sizes.padding));
  }
  return placed(visible, arranged, insides, counts);
}

/** How wide a picture may be, so that its letters are still read where it is shown 1,200 pixels wide. */
const widest = 1560;

/** These groups without those that make the picture too wide to be read at once, the innermost first. */
export function narrowEnough(picture: Picture, open: ReadonlySet<number>): ReadonlySet<number> {
  const left = new Set(open);
  // Of the first there is nothing to close.
  while (left.size > 1) {
    const { width, boxes } = layoutOf(picture, left);
    const opened = boxes.filter(({ box, state }) => state === "open" && box.parent !== null);
    if (width <= widest || opened.length === 0) return left;
    // Groups come before what is in them.
    const culprit = opened.findLast((one) => one.width > widest) ?? opened.toSorted((a, b) => b.width - a.width)[0];
    left.delete(culprit?.box.id ?? 0);
  }
  return left;
}

/** Groups of more links are laid out as they come. */
const mostSwept = 400;

interface Size {
  readonly width: number;
  readonly height: number;
}

function linesOf(box: Box, counts: readonly number[]): readonly string[] {
  const operations = counts[box.id] ?? 0;
  return isGroup(box) ? [box.name, operations === 1 ? "1 op" : `${operations} ops`] : [box.name];
}

function closedSize(lines: readonly string[]): Size {
  const width = Math.max(...lines.map(widthOfText)) + 2 * sizes.side;
  // The sign that opens a group stands in a column of its own.
  return { width: width + (lines.length > 1 ? 2 * sizes.side : 0), height: lines.length * sizes.line + 12 };
}

function arrange(
  boxes: readonly (readonly [string, Size])[],
  { links, ports }: Inside = { links: new Map(), ports: new Map() },
  kind: Box["kind"],
  least: number,
): Arranged {
  const graph = new Graph({ multigraph: false });
  graph.setGraph({ rankdir: "TB", nodesep: 16, edgesep: 8, ranksep: 18, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [name, { width, height }] of boxes) graph.setNode(name, { width, height });
  for (const [name, port] of ports) graph.setNode(name, portSize(port));
  for (const one of links.values()) {
    const { from, to } = one;
    const text = labelOf(one);
    const isSilent = to.startsWith("out ");
    graph.setEdge(from, to, {
      width: isSilent ? 1 : widthOfText(text) + 8,
      height: isSilent ? 1 : sizes.line,
      labelpos: "c",
    });
  }
  // Sweeps for fewer crossings take dagre minutes for what nobody sees at once.
  layout(graph, { disableOptimalOrderHeuristic: links.size > mostSwept });
  const { width = 0, height = 0 } = graph.graph();
  const inner = Math.max(width, least);
  const shift = { x: sizes.padding + (inner - width) / 2, y: sizes.header + 4 };
  return {
    width: inner + 2 * sizes.padding,
    height: height + sizes.header + 4 + sizes.padding,
    at: areasOf(graph, shift),
    edges: edgesOf(graph, links, shift).map((edge) => ({ ...edge, within: kind })),
  };
}

interface Shift {
  readonly x: number;
  readonly y: number;
}

/** What dagre wrote into the nodes, whose places are their centres. */
function areasOf(graph: Graph, shift: Shift): ReadonlyMap<string, Area> {
  return new Map(
    graph.nodes().map((name: string) => {
      const { x = 0, y = 0, width = 0, height = 0 } = graph.node(name) as Partial<Area>;
      return [name, { x: x - width / 2 + shift.x, y: y - height / 2 + shift.y, width, height }];
    }),
  );
}

function edgesOf(graph: Graph, links: Inside["links"], shift: Shift): readonly Omit<PlacedEdge, "within">[] {
  return [...links.values()].map((one) => {
    const { from, to } = one;
    const { points = [], x, y } = graph.edge(from, to) as { points?: readonly Shift[]; x?: number; y?: number };
    const isLabelled = x !== undefined && y !== undefined && !to.startsWith("out ");
    return {
      points: points.map((point) => [point.x + shift.x, point.y + shift.y] as const),
      label: isLabelled ? { text: labelOf(one), x: x + shift.x, y: y + shift.y } : undefined,
    };
  });
}

function portSize({ name }: Port): Size {
  return name === undefined
    ? { width: 8, height: 8 }
    : { width: widthOfText(name) + 2 * sizes.side, height: sizes.line + 6 };
}

function placed(
  visible: readonly Box[],
  arranged: ReadonlyMap<number, Arranged>,
  insides: ReadonlyMap<number, Inside>,
  counts: readonly number[],
): Layout {
  const corners = new Map<number, Shift>();
  const whole = arranged.get(0) ?? { width: 0, height: 0 };
  const boxes = visible.map((box): PlacedBox => {
    const around = box.parent === null ? undefined : arranged.get(box.parent)?.at.get(String(box.id));
    const corner = corners.get(box.parent ?? -1) ?? { x: 0, y: 0 };
    const area = around === undefined ? { x: 0, y: 0, ...sizeOf(whole) } : moved(around, corner);
    corners.set(box.id, area);
    const state = !isGroup(box) ? "leaf" : arranged.has(box.id) ? "open" : "closed";
    return { ...area, box, state, lines: state === "open" ? [box.name] : linesOf(box, counts) };
  });
  const opened = [...arranged].map(([id, one]) => ({ id, one, corner: corners.get(id) ?? { x: 0, y: 0 } }));
  const ports = opened.flatMap(({ id, one, corner }) =>
    [...(insides.get(id)?.ports ?? [])].flatMap(([name, port]): readonly PlacedPort[] => {
      const area = one.at.get(name);
      return area === undefined ? [] : [{ ...moved(area, corner), ...port, group: id }];
    }),
  );
  const edges = opened.flatMap(({ one, corner }) => one.edges.map((edge) => movedEdge(edge, corner)));
  return { ...sizeOf(whole), boxes, ports, edges };
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}

function moved({ x, y, width, height }: Area, by: Shift): Area {
  return { x: x + by.x, y: y + by.y, width, height };
}

function movedEdge({ points, label, within }: PlacedEdge, by: Shift): PlacedEdge {
  return {
    within,
    points: points.map(([x, y]) => [x + by.x, y + by.y] as const),
    label: label === undefined ? undefined : { ...label, x: label.x + by.x, y: label.y + by.y },
  };
}
