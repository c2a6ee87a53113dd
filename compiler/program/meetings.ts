/**
 * Which buffers share bytes while both are needed. Buffers are looked at in the order in which they come to be needed, each
 * against its neighbours in the arena alone: those before it are apart, or were found out.
 */

/** A run of bytes that is needed from one step to another, both included. */
export interface Held {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

/** Pairs that share bytes at one time: none where all is well, else at least one, not all. */
export function meetings<Kind extends Held>(held: readonly Kind[]): readonly (readonly [Kind, Kind])[] {
  const born = held.filter(({ bytes }) => bytes > 0).sort((a, b) => a.from - b.from);
  const dying = [...born].sort((a, b) => a.to - b.to);
  const places: Kind[] = [];
  const pairs: (readonly [Kind, Kind])[] = [];
  let gone = 0;
  for (const one of born) {
    for (; dying[gone].to < one.from; gone += 1)
      places.splice(places.indexOf(dying[gone], firstFrom(places, dying[gone].offset)), 1);
    const at = firstFrom(places, one.offset);
    for (let next = at; next < places.length && places[next].offset < one.offset + one.bytes; next += 1)
      pairs.push([places[next], one]);
    for (let last = at - 1; last >= 0 && places[last].offset + places[last].bytes > one.offset; last -= 1)
      pairs.push([places[last], one]);
    places.splice(at, 0, one);
  }
  return pairs;
}

/** The position of the first that begins at the offset or behind it. */
function firstFrom(places: readonly Held[], offset: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle].offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
