/** A picture as text for a terminal: the tree of its layers, what each makes, and how many operations lie in it. */
import { formatWhole } from "../output/numbers.ts";
import type { Look } from "../output/style.ts";
import { left, right, table } from "../output/table.ts";
import { cut } from "../output/wrap.ts";
import { chainOf, isGroup, operationsOf } from "./picture.ts";
import type { Box, Picture } from "./picture.ts";

const leastName = 24;
const mostShapes = 3;

export interface OutlineRow {
  readonly box: Box;
  readonly depth: number;
  readonly operations: number;
  /** Of what others read, each once. */
  readonly shapes: readonly string[];
}

/** The groups in order, each with what it makes for others; where nothing is a layer, the boxes themselves. */
export function outlineOf(picture: Picture): readonly OutlineRow[] {
  const counts = operationsOf(picture);
  const shapes = shapesOf(picture);
  const groups = picture.boxes.filter(isGroup);
  const shown = groups.length > 1 ? groups : picture.boxes;
  const rows = shown.map((box) => ({
    box,
    depth: chainOf(picture, box.id).length - 1,
    operations: counts[box.id] ?? 0,
    shapes: shapes[box.id] ?? [],
  }));
  return inOrder(picture, rows);
}

/** Groups before what is in them, and that before what comes next. */
function inOrder(picture: Picture, rows: readonly OutlineRow[]): readonly OutlineRow[] {
  const keys = new Map(rows.map(({ box }) => [box.id, chainOf(picture, box.id)]));
  const compare = (a: readonly number[], b: readonly number[]): number => {
    const at = a.findIndex((id, n) => id !== b[n]);
    return at < 0 ? a.length - b.length : (a[at] ?? -1) - (b[at] ?? -1);
  };
  return rows.toSorted((one, two) => compare(keys.get(one.box.id) ?? [], keys.get(two.box.id) ?? []));
}

function shapesOf(picture: Picture): readonly (readonly string[])[] {
  const found = picture.boxes.map(() => new Set<string>());
  const chains = picture.boxes.map(({ id }) => chainOf(picture, id));
  for (const { from, to, text } of picture.edges) {
    const around = new Set(chains[to]);
    for (const id of chains[from] ?? []) if (!around.has(id)) found[id]?.add(text);
  }
  return found.map((texts) => [...texts]);
}

export function outlineText(picture: Picture, { paint, width }: Look): string {
  const rows = outlineOf(picture).map(({ box, depth, operations, shapes }) => {
    const room = Math.max(leastName, width / 2);
    const made = shapes.length > mostShapes ? [...shapes.slice(0, mostShapes), "…"] : shapes;
    return [cut("  ".repeat(depth) + box.name, room), made.join(" "), operations === 0 ? "" : formatWhole(operations)];
  });
  const head = `${paint("strong", picture.title)}: ${picture.subtitle}\n`;
  return `${head}${table([left("layer"), left("makes"), right("operations")], rows, paint)}`;
}
