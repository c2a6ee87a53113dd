/**
 * A picture of a graph as plain data: boxes within boxes, and edges between the innermost. What it says is text that is safe to show; what is open
 * and where boxes lie is decided later, in the command or in a page.
 */

/** What holds other boxes: a model or a part of a step, a layer, a loop over an axis, a kernel. */
export type GroupKind = "part" | "layer" | "loop" | "kernel";
export type LeafKind = "op" | "input" | "variable" | "given" | "output" | "outside";

export interface Box {
  /** Its place among the boxes; that of a group is smaller than those of what is in it. */
  readonly id: number;
  /** The box around it; only the first has none. */
  readonly parent: number | null;
  readonly kind: GroupKind | LeafKind;
  /** As it is drawn: short. */
  readonly name: string;
  /** As the compiler calls it. */
  readonly path: string;
  /** What else is told of it, a line each. */
  readonly about: readonly string[];
  /** Into `Picture.places`. */
  readonly places: readonly number[];
}

/** Between boxes that are no groups: `to` reads what `from` makes. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  /** The shape of what is read. */
  readonly text: string;
}

/** A line of a source. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export interface Picture {
  readonly title: string;
  readonly subtitle: string;
  readonly boxes: readonly Box[];
  readonly edges: readonly Edge[];
  readonly places: readonly Place[];
}

const groups: ReadonlySet<string> = new Set<GroupKind>(["part", "layer", "loop", "kernel"]);

export function isGroup({ kind }: Box): boolean {
  return groups.has(kind);
}

/** What lies directly in each box, in order. */
export function childrenOf({ boxes }: Picture): readonly (readonly Box[])[] {
  const children: Box[][] = boxes.map(() => []);
  for (const box of boxes) if (box.parent !== null) children[box.parent]?.push(box);
  return children;
}

/** How many operations lie in each box, itself included. */
export function operationsOf({ boxes }: Picture): readonly number[] {
  const counts: number[] = boxes.map(({ kind }) => (kind === "op" ? 1 : 0));
  for (const { id, parent } of boxes.toReversed())
    if (parent !== null) counts[parent] = count(counts, parent) + count(counts, id);
  return counts;
}

function count(counts: readonly number[], id: number): number {
  return counts[id] ?? 0;
}

/** The boxes around a box, itself included, from the outermost. */
export function chainOf({ boxes }: Picture, id: number): readonly number[] {
  const chain: number[] = [];
  for (let at: number | null = id; at !== null; at = boxes[at]?.parent ?? null) chain.unshift(at);
  return chain;
}

/** The boxes that are seen while these groups are open; the first always is. */
export function visibleIn(picture: Picture, open: ReadonlySet<number>): readonly Box[] {
  const seen = new Set<number>();
  return picture.boxes.filter((box) => {
    const isSeen = box.parent === null || (seen.has(box.parent) && (box.parent === 0 || open.has(box.parent)));
    if (isSeen) seen.add(box.id);
    return isSeen;
  });
}

/** `repeat.0.unit`. */
function isTurn({ kind, name }: Box): boolean {
  return kind === "layer" && /(^|\.)\d+(\.|$)/.test(name);
}

/** How many boxes a reader takes in at once. */
export const readable = 64;

/**
 * The groups that are open at first: those that hold groups, the outermost first, as long as what is seen stays readable, but no turn of a `repeat`;
 * all of them where that is little. With `depth`, those that lie in fewer than so many others.
 */
export function openAtFirst(picture: Picture, depth?: number): ReadonlySet<number> {
  const { boxes } = picture;
  const all = boxes.filter(isGroup);
  if (depth !== undefined)
    return new Set(all.filter(({ id }) => chainOf(picture, id).length <= depth).map(({ id }) => id));
  if (boxes.length <= readable) return new Set(all.map(({ id }) => id));
  const children = childrenOf(picture);
  const open = new Set([0]);
  let seen = children[0]?.length ?? 0;
  // What is added on the way is walked, too.
  for (const group of open) {
    for (const child of children[group] ?? []) {
      const within = children[child.id] ?? [];
      if (!within.some(isGroup) || isTurn(child) || seen + within.length > readable) continue;
      open.add(child.id);
      seen += within.length;
    }
  }
  return open;
}
