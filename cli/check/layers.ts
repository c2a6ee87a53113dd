/** The layers of a model as its graph shows them: each path with what it makes and how many parameters it owns. */
import { constantValue, printShape, product } from "../../compiler/dimension/dimension.ts";
import type { Elaboration } from "../../compiler/elaborate/types.ts";
import type { HostModel } from "../../compiler/program/host.ts";
import type { Sources } from "../output/report.ts";

export interface Layer {
  readonly path: string;
  /** The declaration that its nodes were written in: `dense`. */
  readonly block: string;
  readonly output: string;
  readonly parameters: number;
}

/** In the order in which they finish. What a model computes outside any block stands under the model's own name. */
export function layersOf(
  { name, entry }: HostModel,
  { entries, variables }: Elaboration,
  sources: Sources,
): readonly Layer[] {
  const nodes = entries.find((one) => one.name === entry)?.graph.nodes ?? [];
  const owners = new Map(
    variables.filter(({ role }) => role === "parameter").map((variable) => [variable.name, variable.type]),
  );
  const last = new Map<string, (typeof nodes)[number]>();
  for (const node of nodes) {
    if (node.op === "input" || node.outputs.length === 0) continue;
    // Deleted first, so that a path stands where its last node does.
    last.delete(node.path);
    last.set(node.path, node);
  }
  return [...last].map(([path, node]) => ({
    path: path === "" ? name : path,
    block: declarationAt(sources, node.span?.file, node.span?.from) ?? path.split(".").at(-1) ?? name,
    output: node.outputs.map(({ shape }) => printShape(shape)).join(", "),
    parameters: ownParameters(path, owners),
  }));
}

function ownParameters(
  path: string,
  owners: ReadonlyMap<string, { readonly shape: Parameters<typeof product>[0] }>,
): number {
  let count = 0;
  for (const [name, { shape }] of owners)
    if (name.slice(0, name.lastIndexOf(".")) === path) count += constantValue(product(shape)) ?? 0;
  return count;
}

/** The name of the last block or model that is declared before an offset of a file. */
function declarationAt(sources: Sources, file: string | undefined, offset: number | undefined): string | undefined {
  const text = sources.get(file ?? "");
  if (text === undefined || offset === undefined) return undefined;
  const declared = [...text.slice(0, offset).matchAll(/^(?:block|model)\s+(\w+)/gm)];
  return declared.at(-1)?.[1];
}
