/**
 * What is linked in each open group: every edge between what is seen of its ends. What comes from outside stands in the group as a port with the name
 * of what it is, several of them into one group as one; what is read outside goes out by a port of the box that makes it.
 */
import { cut } from "../output/wrap.ts";
import { chainOf, isGroup } from "./picture.ts";
import type { Picture } from "./picture.ts";

/** Between two of what lies directly in an open group: boxes by their numbers, ports by names of their own. */
export interface Link {
  readonly from: string;
  readonly to: string;
  /** The boxes whose values it carries, and their shapes. */
  readonly sources: Set<number>;
  readonly shapes: Set<string>;
}

export interface Port {
  /** None where it is left. */
  readonly name: string | undefined;
  /** What it stands for, where that is one box. */
  readonly from: number | undefined;
}

/** What is laid out together. */
export interface Inside {
  readonly links: Map<string, Link>;
  readonly ports: Map<string, Port>;
}

/** A value that comes from outside to a child of a group. */
interface Arrival {
  readonly from: number;
  readonly text: string;
}

const portNameLetters = 22;
/** More values than this into one group come by one port. */
export const mostPorts = 3;

export function linksOf(picture: Picture, open: ReadonlySet<number>): ReadonlyMap<number, Inside> {
  const insides = new Map<number, Inside>([...open].map((id) => [id, { links: new Map(), ports: new Map() }]));
  const arrivals = new Map<number, Map<number, Arrival[]>>([...open].map((id) => [id, new Map()]));
  const chains = picture.boxes.map(({ id }) => chainOf(picture, id));
  for (const { from, to, text } of picture.edges) {
    const [source, target] = [chains[from], chains[to]];
    let depth = 0;
    while (source[depth + 1] !== undefined && source[depth + 1] === target[depth + 1]) depth += 1;
    // A group is open only where all around it are.
    const inside = insides.get(source[depth]);
    if (inside === undefined) continue;
    link(inside, String(source[depth + 1]), String(target[depth + 1]), { from, text });
    for (let at = depth + 1; at < target.length - 1 && open.has(target[at]); at += 1)
      note(arrivals.get(target[at]), target[at + 1], { from, text });
    for (let at = depth + 1; at < source.length - 1 && open.has(source[at]); at += 1)
      leave(insides.get(source[at]), source[at + 1], { from, text });
  }
  for (const [group, byChild] of arrivals)
    for (const [child, values] of byChild) arrive(picture, insides.get(group), child, values);
  return insides;
}

function link({ links }: Inside, from: string, to: string, { from: source, text }: Arrival): void {
  const known = links.get(`${from} ${to}`) ?? { from, to, sources: new Set(), shapes: new Set() };
  known.sources.add(source);
  known.shapes.add(text);
  links.set(`${from} ${to}`, known);
}

function note(arrivals: Map<number, Arrival[]> | undefined, child: number, value: Arrival): void {
  const known = arrivals?.get(child);
  if (known === undefined) arrivals?.set(child, [value]);
  else known.push(value);
}

function leave(inside: Inside | undefined, child: number, value: Arrival): void {
  const name = `out ${child}`;
  inside?.ports.set(name, { name: undefined, from: undefined });
  if (inside !== undefined) link(inside, String(child), name, value);
}

function arrive(picture: Picture, inside: Inside | undefined, child: number, values: readonly Arrival[]): void {
  if (inside === undefined) return;
  const sources = new Set(values.map(({ from }) => from));
  const isMany = sources.size > mostPorts && isGroup(picture.boxes[child]);
  for (const value of values) {
    const name = isMany ? `in for ${child}` : `in ${value.from}`;
    const port = isMany
      ? { name: `${sources.size} values`, from: undefined }
      : { name: portName(picture, value.from), from: value.from };
    inside.ports.set(name, port);
    link(inside, name, String(child), value);
  }
}

/** The layer that it comes from, or its own name where it is none's. */
function portName({ boxes }: Picture, id: number): string {
  const { kind, name, parent } = boxes[id];
  const around = parent === null ? undefined : boxes[parent];
  const shown = kind !== "op" || around === undefined || around.parent === null ? name : around.name;
  return cutName(shown);
}

export function cutName(shown: string): string {
  return cut(shown, portNameLetters);
}

/** What is written on a link: the shape of what it carries, and how often; where shapes differ, how many values. */
export function labelOf({ sources, shapes }: Link): string {
  const [first = ""] = shapes;
  if (shapes.size > 1) return `${sources.size} values`;
  return sources.size > 1 ? `${first} ×${sources.size}` : first;
}
