/** Equal loops over different buffers become one function: named after the first, listing the origins of all. */
import type { Origin } from "../graph/types.ts";
import type { ScheduledKernel } from "../program/types.ts";
import { UniqueNames } from "../program/unique-names.ts";

export interface Deduplicated {
  /** Each body once; names are unique. */
  readonly kernels: readonly ScheduledKernel[];
  /** For each given kernel its position among `kernels`; parameters correspond by position. */
  readonly positions: readonly number[];
}

/** Joins kernels whose bodies are equal up to the names of buffers, variables and private arrays. */
export function deduplicate(kernels: readonly ScheduledKernel[]): Deduplicated {
  const found = new Map<string, number>();
  // Kernels that were scheduled as one share their body.
  const ofBody = new Map<ScheduledKernel["body"], number>();
  const groups: ScheduledKernel[][] = [];
  const positions = kernels.map((kernel) => {
    const key = ofBody.has(kernel.body) ? "" : bodyKey(kernel);
    const position = ofBody.get(kernel.body) ?? found.get(key) ?? groups.push([]) - 1;
    groups[position].push(kernel);
    ofBody.set(kernel.body, position);
    if (key !== "") found.set(key, position);
    return position;
  });
  const names = new UniqueNames();
  return { kernels: groups.map((group) => joined(group, names.take(group[0].name))), positions };
}

function joined(group: readonly ScheduledKernel[], name: string): ScheduledKernel {
  const [first] = group;
  const origins = new Map<string, Origin>();
  for (const kernel of group) for (const origin of kernel.origins) origins.set(JSON.stringify(origin), origin);
  return { ...first, name, origins: [...origins.values()] };
}

/** The properties that hold names of variables. A dimension's symbols are named so, too, but its key says which. */
const variableKeys: ReadonlySet<string> = new Set(["name", "variable", "axis"]);

/** Text of everything but names: buffers by position, variables by first appearance. */
function bodyKey({ parameters, arrays, dims, body }: ScheduledKernel): string {
  const buffers = new Map([...parameters, ...arrays].map(({ name }, position) => [name, `#${position}`]));
  const variables = new Map<string, string>();
  const renamed = (name: string): string => {
    const known = variables.get(name) ?? `$${variables.size}`;
    variables.set(name, known);
    return known;
  };
  const replace = (key: string, value: unknown): unknown => {
    if (typeof value === "number")
      return Number.isFinite(value) && !Object.is(value, -0) ? value : String(Object.is(value, -0) ? "-0" : value);
    if (typeof value !== "string") return value;
    if (key === "buffer") return buffers.get(value);
    return variableKeys.has(key) ? renamed(value) : value;
  };
  const signature = [
    parameters.map(({ dtype, access }) => [dtype, access]),
    arrays.map(({ dtype, elements }) => [dtype, elements]),
    dims,
  ];
  return `${JSON.stringify(signature)} ${JSON.stringify(body, replace)}`;
}
