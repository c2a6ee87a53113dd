/**
 * Where the time goes as a picture: the whole at the top, below it layers, what they are made of, and kernels, each as wide as its time. Colours tell
 * layers apart.
 */
import { plural } from "../../output/numbers.ts";
import { cut } from "../../output/wrap.ts";
import { colourOf, element, text } from "../../plot/xml.ts";
import type { Colours } from "../../plot/xml.ts";
import { svg } from "../chart.ts";
import { formatShare, formatTime } from "../figures.ts";
import type { Part } from "./attribute.ts";
import type { CallProfile, Profile } from "./profile.ts";

const width = 1000;
const rowHeight = 24;
const letterWidth = 7;
/** Deeper blocks are not told apart. */
const mostLevels = 8;
/** Narrower ones are not drawn. */
const narrowest = 0.3;

interface Node {
  readonly name: string;
  seconds: number;
  limitSeconds: number;
  readonly children: Map<string, Node>;
}

interface Placed {
  readonly node: Node;
  readonly level: number;
  readonly x: number;
  /** Of the layer that it is or is in; none for the whole. */
  readonly colour: number | undefined;
}

export function drawFlame(profile: Profile, title: string, colours: Colours): string {
  const root = treeOf(profile, title);
  const placed = placedIn(root);
  const levels = 1 + Math.max(...placed.map(({ level }) => level));
  return svg(
    width,
    levels * rowHeight,
    title,
    placed.flatMap((one) => drawn(one, root.seconds, colours)),
  );
}

function nodeOf(name: string): Node {
  return { name, seconds: 0, limitSeconds: 0, children: new Map() };
}

function treeOf({ calls }: Profile, title: string): Node {
  const root = nodeOf(title);
  for (const call of calls)
    for (const part of call.parts) {
      let node = root;
      add(node, call, part);
      for (const name of namesOf(call, part)) {
        const child = node.children.get(name) ?? nodeOf(name);
        node.children.set(name, child);
        add(child, call, part);
        node = child;
      }
    }
  return root;
}

function add(node: Node, { seconds, limitSeconds }: CallProfile, { share }: Part): void {
  node.seconds += share * seconds;
  node.limitSeconds += share * limitSeconds;
}

/** `Digits.cross_entropy`, `log_softmax`, `log_softmax ()`: the layer, blocks within, the kernel. */
function namesOf({ kernel, turns }: CallProfile, { layer, path }: Part): readonly string[] {
  const within = path.startsWith(`${layer}.`) ? path.slice(layer.length + 1).split(".") : [];
  return [
    layer,
    ...within.slice(0, mostLevels),
    turns === 1 ? `${kernel} ()` : `${kernel} (), ${plural(turns, "call")}`,
  ];
}

/** From the top to the bottom; children lie side by side, the longest first. */
function placedIn(root: Node): readonly Placed[] {
  const placed: Placed[] = [{ node: root, level: 0, x: 0, colour: undefined }];
  for (const { node, level, x, colour } of placed) {
    let from = x;
    const children = [...node.children.values()].toSorted((a, b) => b.seconds - a.seconds);
    for (const [at, child] of children.entries()) {
      placed.push({ node: child, level: level + 1, x: from, colour: colour ?? at });
      from += child.seconds;
    }
  }
  return placed;
}

function drawn({ node, level, x, colour }: Placed, all: number, colours: Colours): readonly string[] {
  const scale = all === 0 ? 0 : width / all;
  const own = node.seconds * scale;
  if (own < narrowest) return [];
  const y = level * rowHeight;
  const told = `${node.name}: ${formatTime(node.seconds)}, ${formatShare(node.seconds / all)}; ${formatShare(node.limitSeconds / node.seconds)} of the limit`;
  const box = element(
    "rect",
    {
      x: x * scale,
      y,
      width: Math.max(narrowest, own - 1),
      height: rowHeight - 2,
      rx: 2,
      fill: colour === undefined ? colours.soft : colourOf(colours, colour),
      "fill-opacity": colour === undefined ? 0.25 : level === 1 ? 0.55 : 0.3,
    },
    [element("title", {}, [], told)],
  );
  const letters = Math.floor((own - 8) / letterWidth);
  if (letters < 3) return [box];
  const name = cut(node.name, letters);
  return [box, text(name, { x: x * scale + 5, y: y + 15, fill: colours.strong, "pointer-events": "none" })];
}
