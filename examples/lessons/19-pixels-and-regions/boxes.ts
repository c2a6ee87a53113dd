/** Boxes out of what the detector says of its cells, and when one counts as right. */

export const kinds = ["disc", "square", "triangle"];

/** In pixels of a 48×48 picture. */
export interface Box {
  readonly kind: number;
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** What a cell says: the chance that a shape has its centre there, and its box. */
export interface Answer {
  readonly chance: number;
  readonly box: Box;
}

const [cells, cell, parts] = [6, 8, 8];

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** The place of the centre in the cell, and the roots of height and width as shares of the picture's. */
function boxAt(at: number, kind: number, [down = 0, across = 0, high = 0, wide = 0]: readonly number[]): Box {
  const middle = [(Math.floor(at / cells) + down) * cell, ((at % cells) + across) * cell] as const;
  const half = [(high * high * cells * cell) / 2, (wide * wide * cells * cell) / 2] as const;
  return {
    kind,
    top: middle[0] - half[0],
    bottom: middle[0] + half[0],
    left: middle[1] - half[1],
    right: middle[1] + half[1],
  };
}

/** Of the eight numbers of each cell. */
export function answersOf(outputs: readonly number[]): readonly Answer[] {
  return Array.from({ length: cells * cells }, (_, at) => {
    const [score = 0, ...rest] = outputs.slice(at * parts, (at + 1) * parts);
    const scores = rest.slice(4);
    const kind = scores.indexOf(Math.max(...scores));
    return { chance: sigmoid(score), box: boxAt(at, kind, rest.slice(0, 4).map(sigmoid)) };
  });
}

export function boxesOf(answers: readonly Answer[], least: number): readonly Box[] {
  return answers.filter(({ chance }) => chance > least).map(({ box }) => box);
}

/** Those of the data, row by row: kinds of cells, 0 where no shape has its centre, and four numbers for each cell. */
export function trueBoxes(
  rows: readonly (readonly number[])[],
  places: readonly (readonly number[])[],
): readonly (readonly Box[])[] {
  return rows.map((row, number) =>
    row.flatMap((kind, at) =>
      kind === 0 ? [] : [boxAt(at, kind - 1, places[number]?.slice(4 * at, 4 * at + 4) ?? [])],
    ),
  );
}

const area = ({ top, left, bottom, right }: Box): number => Math.max(0, bottom - top) * Math.max(0, right - left);

/** The area of both, divided by the area of either. */
function overlap(one: Box, other: Box): number {
  const both = area({
    kind: one.kind,
    top: Math.max(one.top, other.top),
    left: Math.max(one.left, other.left),
    bottom: Math.min(one.bottom, other.bottom),
    right: Math.min(one.right, other.right),
  });
  return both / (area(one) + area(other) - both);
}

/** How many of the shapes there are have a box of their kind that overlaps the true one by half at least. */
export function hits(said: readonly Box[], truth: readonly Box[]): number {
  return truth.filter((real) => said.some((box) => box.kind === real.kind && overlap(box, real) >= 0.5)).length;
}
