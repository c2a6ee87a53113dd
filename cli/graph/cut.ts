/** One group of a picture as a picture of its own: what its boxes read and who reads them outside becomes a box each. */
import { chainOf } from "./picture.ts";
import type { Box, Edge, Picture } from "./picture.ts";

/** What stands for the outside. */
type Stub = Pick<Box, "name" | "path" | "about" | "places"> & { readonly parent: number };

export function cutTo(picture: Picture, group: number): Picture {
  const { boxes, edges } = picture;
  const chains = boxes.map(({ id }) => chainOf(picture, id));
  const isInside = (id: number): boolean => chains[id]?.includes(group) === true;
  const kept = boxes.filter(({ id }) => isInside(id));
  const numbers = new Map(kept.map(({ id }, at) => [id, at]));
  const numberOf = (id: number): number => numbers.get(id) ?? 0;
  const stubs: Stub[] = [];
  const known = new Map<string, number>();
  const stub = (key: string, make: () => Stub): number => {
    const number = known.get(key) ?? kept.length + stubs.length;
    if (!known.has(key)) stubs.push(make());
    known.set(key, number);
    return number;
  };
  const readers = readersOf(edges, isInside);
  const moved = edges.flatMap(({ from, to, text }): Edge[] => {
    if (isInside(from) && isInside(to)) return [{ from: numberOf(from), to: numberOf(to), text }];
    if (isInside(to)) {
      const box = stub(`from ${from}`, () =>
        outside(picture, from, numberOf(commonGroup(readers.get(from) ?? [], chains))),
      );
      return [{ from: box, to: numberOf(to), text }];
    }
    if (!isInside(from)) return [];
    const parent = numberOf(boxes[from]?.parent ?? group);
    return [{ from: numberOf(from), to: stub(`to ${from}`, () => answer(boxes[to], parent)), text }];
  });
  const own = kept.map((box) => ({
    ...box,
    id: numberOf(box.id),
    parent: box.id === group ? null : numberOf(box.parent ?? group),
    ...(box.id === group ? { name: picture.title } : {}),
  }));
  const others = stubs.map((one, at): Box => ({ ...one, id: kept.length + at, kind: "outside" }));
  return { ...picture, boxes: [...own, ...others], edges: moved };
}

/** The boxes inside that read each box outside. */
function readersOf(edges: readonly Edge[], isInside: (id: number) => boolean): ReadonlyMap<number, readonly number[]> {
  const readers = new Map<number, number[]>();
  for (const { from, to } of edges) {
    if (isInside(from) || !isInside(to)) continue;
    const list = readers.get(from);
    if (list === undefined) readers.set(from, [to]);
    else list.push(to);
  }
  return readers;
}

/** The innermost group that holds them all. */
function commonGroup(ids: readonly number[], chains: readonly (readonly number[])[]): number {
  const [first = [], ...others] = ids.map((id) => (chains[id] ?? []).slice(0, -1));
  return first.findLast((group) => others.every((chain) => chain.includes(group))) ?? 0;
}

/** A value that was kept, by the name of its layer or its own. */
function outside({ boxes }: Picture, id: number, parent: number): Stub {
  const box = boxes[id];
  if (box === undefined) return { parent, name: "", path: "", about: [], places: [] };
  const { kind, name, path, about, places } = box;
  const layer = path.slice(path.indexOf(".") + 1);
  return {
    parent,
    name: kind === "op" ? `${layer}: ${name.split(" ")[0]}` : layer,
    path,
    about: ["kept of the forward pass", ...about],
    places,
  };
}

function answer(reader: Box | undefined, parent: number): Stub {
  const path = reader?.path ?? "";
  const name = `gradient of ${path.slice(path.indexOf(".") + 1)}`;
  return { parent, name, path, about: ["what the optimizer reads"], places: [] };
}
