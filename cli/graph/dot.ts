/** A picture in the language of Graphviz: open groups are clusters, closed ones nodes. Every name stands in a quoted string that nothing can leave. */
import { push } from "../../compiler/loops/push.ts";
import { chainOf, isGroup, operationsOf, visibleIn } from "./picture.ts";
import type { Box, LeafKind, Picture } from "./picture.ts";

const looks: Readonly<Record<LeafKind, string>> = {
  op: "fillcolor=white",
  input: 'fillcolor="#e2eefb", color="#3a78b8"',
  variable: 'fillcolor="#f2e9fa", color="#8a60ae"',
  output: 'fillcolor="#e1f3e5", color="#3c8a54"',
  given: 'fillcolor=white, style="filled,dashed"',
  outside: 'fillcolor=white, style="filled,dashed"',
};

export function graphDot(picture: Picture, open: ReadonlySet<number>): string {
  const visible = visibleIn(picture, open);
  const counts = operationsOf(picture);
  const isOpen = (box: Box): boolean => isGroup(box) && (box.parent === null || open.has(box.id));
  const lines = [
    "// drawn by nnc",
    "digraph {",
    `  label=${quoted(`${picture.title}: ${picture.subtitle}`)};`,
    '  node [shape=box, style=filled, fontname="monospace", fontsize=11];',
    '  edge [fontname="monospace", fontsize=9];',
  ];
  // Boxes come after the groups that they are in, not behind each other: clusters are opened and closed by what is around each box.
  const within = new Map<number | null, Box[]>();
  for (const box of visible) push(within, box.parent, box);
  const pending: (Box | "end")[] = [...(within.get(null) ?? [])];
  let depth = 1;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === "end") {
      depth -= 1;
      lines.push(`${"  ".repeat(depth)}}`);
    } else if (isOpen(next)) {
      lines.push(`${"  ".repeat(depth)}subgraph cluster_${next.id} {`);
      depth += 1;
      lines.push(`${"  ".repeat(depth)}label=${quoted(next.name)};`);
      pending.push("end", ...(within.get(next.id) ?? []).toReversed());
    } else lines.push(`${"  ".repeat(depth)}n${next.id} [${attributesOf(next, counts)}];`);
  }
  return `${[...lines, ...edgesOf(picture, visible, open).map((edge) => `  ${edge}`), "}"].join("\n")}\n`;
}

function attributesOf(box: Box, counts: readonly number[]): string {
  const tip = `tooltip=${quoted([box.path, ...box.about].join(" — "))}`;
  if (isGroup(box))
    return `label=${quoted(`${box.name}\n${counts[box.id] ?? 0} ops`)}, style="filled,rounded", fillcolor="#f2f5f9", ${tip}`;
  // What is no group has the look of a leaf.
  return `label=${quoted(box.name)}, ${looks[box.kind as LeafKind]}, ${tip}`;
}

/** Between what is seen of both ends, each once. */
function edgesOf(picture: Picture, visible: readonly Box[], open: ReadonlySet<number>): readonly string[] {
  const seen = new Set(visible.map(({ id }) => id));
  const shownFor = (id: number): number => {
    const chain = chainOf(picture, id);
    const closed = chain.find((one, at) => at > 0 && !open.has(one) && seen.has(one));
    return closed ?? id;
  };
  const lines = picture.edges.flatMap(({ from, to, text }) => {
    const [source, target] = [shownFor(from), shownFor(to)];
    return source === target ? [] : [`n${source} -> n${target} [label=${quoted(text)}];`];
  });
  return [...new Set(lines)];
}

/** A string of DOT: a quote ends it, and `\` begins what the reader would take for something else. */
function quoted(text: string): string {
  return `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\r?\n/g, "\\n")}"`;
}
