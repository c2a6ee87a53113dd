/**
 * Planning: where every tensor lives. One arena with fixed offsets; variables keep their place, temporaries share it where
 * their lives do not meet, within an entry and between entries, which never run at the same time.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { BufferRole, Call, Entry, Program, ProgramBuffer, Step } from "../program/types.ts";
import { leastOfAnyOrder } from "./any-order.ts";
import { deduplicate } from "./deduplicate.ts";
import type { Block } from "./lives.ts";
import { blocksOf, bytesOf, lowerBound, stackOf } from "./lives.ts";
import { pack } from "./pack.ts";
import type { PlanInput, PlanLoop } from "./types.ts";

export interface Plan extends Pick<Program, "buffers" | "arenaBytes" | "kernels" | "entries"> {
  /** In the order of `buffers`: during which steps of which entries each must keep its content. */
  readonly blocks: readonly Block[];
  /** Bytes that no plan could do without: the largest set alive at once. */
  readonly lowerBound: number;
  /** Bytes that no plan of any order of the kernels could do without; known where it is asked for. */
  readonly leastOfAnyOrder?: number;
}

const roleOrder: readonly BufferRole[] = [
  "segment",
  "parameter",
  "state",
  "optimizer",
  "counter",
  "metric",
  "input",
  "result",
  "temporary",
  "slice",
];

/** Places all tensors and binds all calls. Kernels with equal bodies become one. `compared`: with what any order would need. */
export function plan(input: PlanInput, compared = false): Plan {
  const blocks = blocksOf(input);
  const least = lowerBound(blocks, input.entries);
  const { offsets, bytes } = pack(blocks, least);
  const roles = rolesOf(input);
  const placed = blocks.flatMap((block) =>
    [...block.tensors].map(([name, distance]) => {
      return { block, buffer: bufferOf(input, roles, name, (offsets.get(block) ?? 0) + distance) };
    }),
  );
  const roots = new Map(placed.map((one) => [one.buffer.name, one]));
  for (const [name, { slot }] of input.tensors) {
    if (slot === undefined) continue;
    const root = roots.get(stackOf(name, input.tensors).stack);
    if (root !== undefined) placed.push({ block: root.block, buffer: sliceOf(input, name, root.buffer) });
  }
  placed.sort((a, b) => roleOrder.indexOf(a.buffer.role) - roleOrder.indexOf(b.buffer.role));
  const positions = new Map(placed.map(({ buffer }, position) => [buffer.name, position]));
  const { kernels, entries } = bind(input, positions);
  return {
    buffers: placed.map(({ buffer }) => withSlice(buffer, input, positions)),
    arenaBytes: bytes,
    kernels,
    entries,
    blocks: placed.map(({ block }) => block),
    lowerBound: least,
    ...(compared ? { leastOfAnyOrder: leastOfAnyOrder(input) } : {}),
  };
}

/** What tensors are beyond what their own role says. */
function rolesOf({ segments, entries }: PlanInput): ReadonlyMap<string, BufferRole> {
  const results = entries.flatMap((entry) => entry.results);
  return new Map([
    ...results.map((name) => [name, "result"] as const),
    ...segments.map(({ name }) => [name, "segment"] as const),
  ]);
}

function bufferOf(
  input: PlanInput,
  roles: ReadonlyMap<string, BufferRole>,
  name: string,
  offset: number,
): ProgramBuffer {
  const tensor = input.tensors.get(name);
  if (tensor === undefined) throw new InternalError("plan", `no tensor '${name}'`);
  const { dtype, shape } = tensor.type;
  const own = roles.get(name);
  const role = tensor.role === "value" || own === "segment" ? (own ?? "temporary") : tensor.role;
  return { name, role, dtype, shape, offset, bytes: bytesOf(tensor, input.bounds) };
}

/** A part of another buffer, which lies where that does. */
function sliceOf({ tensors }: PlanInput, name: string, { offset, bytes }: ProgramBuffer): ProgramBuffer {
  const { dtype, shape } = tensors.get(name)?.type ?? { dtype: "f32", shape: [] };
  return { name, role: "slice", dtype, shape, offset, bytes };
}

function withSlice(
  buffer: ProgramBuffer,
  { tensors }: PlanInput,
  positions: ReadonlyMap<string, number>,
): ProgramBuffer {
  const slot = tensors.get(buffer.name)?.slot;
  if (slot === undefined) return buffer;
  const { of, ...rest } = slot;
  return { ...buffer, slice: { of: placeOf(of, positions), ...rest } };
}

function placeOf(tensor: string, positions: ReadonlyMap<string, number>): number {
  const position = positions.get(tensor);
  if (position === undefined) throw new InternalError("plan", `'${tensor}' has no buffer`);
  return position;
}

function bind(input: PlanInput, positions: ReadonlyMap<string, number>): Pick<Plan, "kernels" | "entries"> {
  const calls = input.entries.flatMap((entry) => entry.calls);
  const joined = deduplicate(calls.map(({ kernel }) => kernel));
  let call = 0;
  const entries = input.entries.map(({ name, inputs, results, dims, calls: own, loops }): Entry => {
    const steps = own.map(({ tensors }): Call => {
      const buffers = tensors.map((tensor) => placeOf(tensor, positions));
      return { kind: "call", kernel: joined.positions[call++], buffers };
    });
    return { name, inputs, results, dims, steps: nested(steps, loops) };
  });
  return { kernels: joined.kernels, entries };
}

/** The calls with the loops around them, which are given the innermost first. */
function nested(calls: readonly Call[], loops: readonly PlanLoop[]): readonly Step[] {
  const steps: (Step | undefined)[] = [...calls];
  for (const { index, extent, from, to } of loops) {
    const inner = steps.slice(from, to).flatMap((step) => step ?? []);
    steps.fill(undefined, from, to);
    // A loop stands where its first call stood.
    if (inner.length > 0) steps[from] = { kind: "loop", index, extent, steps: inner };
  }
  return steps.flatMap((step) => step ?? []);
}
