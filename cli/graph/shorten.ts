/**
 * Lines across a whole network are not followed by anybody, and take dagre longer than all else: where a group has many, what is read far behind what
 * makes it comes by a port with its name instead, as what comes from outside does. So does what goes on in the next column of a chain that is very long:
 * dagre walks along it by recursion.
 */
import { push } from "../../compiler/loops/push.ts";
import { mostPorts } from "./links.ts";
import type { Inside, Link, Port } from "./links.ts";

/** So many ranks may all links of a group cross together, before those are cut that cross more than `far`. */
const mostCrossed = 800;
const far = 6;
/** So many ranks stand below each other; what follows begins beside them. */
const mostRanks = 500;

/** `nameOf`: what a box is called in a port. */
export function shortened(inside: Inside, nameOf: (box: string) => string): Inside {
  const ranks = ranksOf([...inside.links.values()]);
  const crossed = ({ from, to }: Link): number => (ranks.get(to) ?? 0) - (ranks.get(from) ?? 0);
  // A port stands in the column of the box beside it.
  const column = (name: string): number =>
    Math.floor(((ranks.get(name) ?? 0) + (inside.ports.has(name) ? 1 : 0)) / mostRanks);
  const isApart = ({ from, to }: Link): boolean => !inside.ports.has(to) && column(from) !== column(to);
  const all = [...inside.links.values()];
  const isMuch = all.reduce((sum, link) => sum + Math.max(0, crossed(link)), 0) > mostCrossed;
  const isCut = (link: Link): boolean => (isMuch && crossed(link) > far) || isApart(link);
  if (!all.some(isCut)) return inside;
  const links = new Map<string, Link>();
  const ports = new Map(inside.ports);
  const cut = new Map<string, Link[]>();
  for (const [key, link] of inside.links) {
    if (!isCut(link)) links.set(key, link);
    else push(cut, link.to, link);
  }
  for (const [to, list] of cut) {
    const isMany = list.length > mostPorts;
    for (const link of list) {
      const name = isMany ? `far for ${to}` : `far ${link.from} for ${to}`;
      ports.set(name, isMany ? { name: `${list.length} values`, from: undefined } : portOf(link.from, inside, nameOf));
      join(links, { ...link, from: name });
      if (!inside.ports.has(link.from)) leave(links, ports, link);
    }
  }
  return { links, ports };
}

function portOf(from: string, { ports }: Inside, nameOf: (box: string) => string): Port {
  return ports.get(from) ?? { name: nameOf(from), from: Number(from) };
}

function leave(links: Map<string, Link>, ports: Map<string, Port>, link: Link): void {
  const to = `out far ${link.from}`;
  ports.set(to, { name: undefined, from: undefined });
  join(links, { ...link, to });
}

function join(links: Map<string, Link>, { from, to, sources, shapes }: Link): void {
  const known = links.get(`${from} ${to}`);
  const all = {
    from,
    to,
    sources: new Set([...(known?.sources ?? []), ...sources]),
    shapes: new Set([...(known?.shapes ?? []), ...shapes]),
  };
  links.set(`${from} ${to}`, all);
}

/** By the longest way from what reads nothing, then as near to the first reader as can be; what is in a circle stays at 0. */
function ranksOf(links: readonly Link[]): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>(links.flatMap(({ from, to }) => [[from, 0] as const, [to, 0] as const]));
  const readers = new Map<string, Link[]>();
  const waiting = new Map<string, number>();
  for (const link of links) {
    const known = readers.get(link.from);
    if (known === undefined) readers.set(link.from, [link]);
    else known.push(link);
    waiting.set(link.to, (waiting.get(link.to) ?? 0) + 1);
  }
  const ready = [...ranks.keys()].filter((name) => !waiting.has(name));
  // What is added on the way is walked, too.
  for (const name of ready) {
    for (const { to } of readers.get(name) ?? []) {
      ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(name) ?? 0) + 1));
      const left = (waiting.get(to) ?? 0) - 1;
      waiting.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  for (const name of ready.toReversed()) {
    const read = (readers.get(name) ?? []).map(({ to }) => ranks.get(to) ?? 0);
    if (read.length > 0) ranks.set(name, Math.min(...read) - 1);
  }
  return ranks;
}
