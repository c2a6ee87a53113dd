/** What a field of values becomes in a picture: runs of equal cells, and lines of equal values. */
import type { Field, Point } from "./panel.ts";

export interface Run {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

/** Neighbours in a row with the same value, by that value. */
export function runsOf(rows: readonly (readonly number[])[]): ReadonlyMap<number, readonly Run[]> {
  const runs = new Map<number, Run[]>();
  for (const [row, values] of rows.entries()) {
    let from = 0;
    for (let at = 1; at <= values.length; at += 1) {
      const value = values[from];
      if (value === undefined || values[at] === value) continue;
      runs.set(value, [...(runs.get(value) ?? []), { row, from, to: at }]);
      from = at;
    }
  }
  return runs;
}

/** The field of what a function says at each of `across` × `down` places, both ends included. */
export function fieldOf(
  x: readonly [number, number],
  y: readonly [number, number],
  across: number,
  down: number,
  valueAt: (x: number, y: number) => number,
): Field {
  const at = ([from, to]: readonly [number, number], index: number, count: number) =>
    from + ((to - from) * index) / (count - 1);
  const rows = Array.from({ length: down }, (_row, row) =>
    Array.from({ length: across }, (_cell, column) => valueAt(at(x, column, across), at(y, row, down))),
  );
  return { x, y, rows };
}

/** The places of a field in the order in which `fieldFrom` takes their values. */
export function placesOf(
  x: readonly [number, number],
  y: readonly [number, number],
  across: number,
  down: number,
): readonly Point[] {
  const places: Point[] = [];
  fieldOf(x, y, across, down, (atX, atY) => {
    places.push([atX, atY]);
    return 0;
  });
  return places;
}

/** A field of values that lie in one list, row by row from the lowest. */
export function fieldFrom(
  x: readonly [number, number],
  y: readonly [number, number],
  across: number,
  values: readonly number[],
): Field {
  const rows = Array.from({ length: values.length / across }, (_, row) =>
    values.slice(row * across, (row + 1) * across),
  );
  return { x, y, rows };
}

/** Pieces of the line where the field, straight between its places, has this value: two ends each, in the field's coordinates. */
export function contourOf({ x, y, rows }: Field, level: number): readonly (readonly [Point, Point])[] {
  const [down, across] = [rows.length, rows[0]?.length ?? 0];
  const valueAt = (row: number, column: number): number => rows[row]?.[column] ?? Number.NaN;
  const pieces: (readonly [Point, Point])[] = [];
  for (let row = 0; row + 1 < down; row += 1) {
    for (let column = 0; column + 1 < across; column += 1) {
      // Two triangles a cell: each is crossed once or not at all.
      const corners = [
        [column, row],
        [column + 1, row],
        [column + 1, row + 1],
        [column, row + 1],
      ].map(([at = 0, up = 0]) => ({ at: [at, up] as const, value: valueAt(up, at) - level }));
      const [a, b, c, d] = corners;
      if (a === undefined || b === undefined || c === undefined || d === undefined) continue;
      for (const triangle of [
        [a, b, c],
        [a, c, d],
      ]) {
        const ends = triangle.flatMap((one, index) => {
          const other = triangle[(index + 1) % 3];
          if (other === undefined || one.value < 0 === other.value < 0) return [];
          const share = one.value / (one.value - other.value);
          return [
            [one.at[0] + share * (other.at[0] - one.at[0]), one.at[1] + share * (other.at[1] - one.at[1])] as const,
          ];
        });
        const [from, to] = ends;
        if (from !== undefined && to !== undefined) pieces.push([from, to]);
      }
    }
  }
  const inField = ([column, row]: Point): Point => [
    x[0] + ((x[1] - x[0]) * column) / (across - 1),
    y[0] + ((y[1] - y[0]) * row) / (down - 1),
  ];
  return pieces.map(([from, to]) => [inField(from), inField(to)]);
}
