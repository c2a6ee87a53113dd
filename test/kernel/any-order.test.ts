/** What any order of a program's kernels needs: never more than the best order has alive, and all that must meet. */
import { describe, expect, test } from "vitest";
import { constant } from "../../compiler/dimension/dimension.ts";
import { leastOfAnyOrder } from "../../compiler/plan/any-order.ts";
import type { PlanCall, PlanInput, PlanTensor } from "../../compiler/plan/types.ts";
import type { KernelParameter } from "../../compiler/program/types.ts";

/** Elements in 64 bytes, which tensors are rounded up to. */
const line = 16;

interface Node {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** An operand whose place the first output may take. */
  readonly over?: string;
}

function call({ reads, writes, over }: Node): PlanCall {
  const tensors = [...reads, ...writes];
  const parameters = tensors.map((name, at): KernelParameter => ({
    name,
    dtype: "f32",
    access: at < reads.length ? "read" : "write",
  }));
  const zero = constant(0);
  const cost = { flops: zero, arithmetic: zero, bytesRead: zero, bytesWritten: zero };
  const kernel = { name: "k", parameters, dims: [], arrays: [], body: [], origins: [], cost };
  const inPlace = over === undefined ? [] : [{ output: reads.length, input: reads.indexOf(over) }];
  return { kernel, tensors, inPlace };
}

/** A program of one entry from `x` to `y`; sizes in lines of 64 bytes, 1 where they are not given. */
function programOf(
  nodes: readonly Node[],
  sizes: Readonly<Record<string, number>> = {},
  parameters: readonly string[] = [],
): PlanInput {
  const names = [...new Set(["x", ...nodes.flatMap(({ reads, writes }) => [...reads, ...writes])])];
  const tensor = (name: string): PlanTensor => ({
    role: parameters.includes(name) ? "parameter" : name === "x" ? "input" : "value",
    type: { dtype: "f32", shape: [constant(line * (sizes[name] ?? 1))] },
  });
  return {
    tensors: new Map(names.map((name) => [name, tensor(name)])),
    segments: [],
    bounds: new Map(),
    entries: [{ name: "e", inputs: ["x"], results: ["y"], dims: [], calls: nodes.map(call), loops: [] }],
  };
}

const linesOf = (input: PlanInput): number => leastOfAnyOrder(input) / 64;

describe("the memory of any order", () => {
  const chain: readonly Node[] = [
    { reads: ["x"], writes: ["a"] },
    { reads: ["a"], writes: ["b"] },
    { reads: ["b"], writes: ["y"] },
  ];
  test.each<readonly [string, PlanInput, number]>([
    ["has the input, an operand and a result at once", programOf(chain), 3],
    ["counts the largest pair", programOf(chain, { a: 5, b: 4 }), 1 + 9],
    ["keeps parameters always", programOf([{ reads: ["x", "w"], writes: ["y"] }], { w: 7 }, ["w"]), 1 + 7 + 1],
    [
      "lets a result take the place of what dies",
      programOf([chain[0], { reads: ["a"], writes: ["b"], over: "a" }, chain[2]], { a: 5, b: 5 }),
      1 + 6,
    ],
    [
      "but not of what is read once more",
      programOf([chain[0], { reads: ["a"], writes: ["b"], over: "a" }, { reads: ["a", "b"], writes: ["y"] }], {
        a: 5,
        b: 5,
      }),
      1 + 5 + 5 + 1,
    ],
    [
      "keeps across what lies between what must be read behind it, as the backward pass does",
      programOf([
        { reads: ["x"], writes: ["a"] },
        { reads: ["a"], writes: ["b"] },
        { reads: ["b"], writes: ["c"] },
        { reads: ["c", "b"], writes: ["d"] },
        { reads: ["d", "a"], writes: ["y"] },
      ]),
      1 + 4,
    ],
    [
      "counts nothing of a branch that may have run before",
      programOf([
        { reads: ["x"], writes: ["a"] },
        { reads: ["x"], writes: ["b"] },
        { reads: ["b"], writes: ["c"] },
        { reads: ["a", "c"], writes: ["y"] },
      ]),
      1 + 3,
    ],
  ])("%s", (_, input, lines) => {
    expect(linesOf(input)).toBe(lines);
  });

  test("is never more than the best of all orders of random programs", () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const nodes = randomNodes(seed);
      const sizes = Object.fromEntries(nodes.map((_, at) => [`t${at}`, 1 + ((seed * 7 + at * 5) % 9)]));
      const best = Math.min(...ordersOf(nodes).map((order) => peakOf(order, sizes)));
      expect(linesOf(programOf(nodes, sizes)), `seed ${seed}`).toBeLessThanOrEqual(best);
    }
  });
});

function randomNodes(seed: number): readonly Node[] {
  let state = seed;
  const below = (count: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  const inner = Array.from({ length: 5 }, (_, at): Node => {
    const known = ["x", ...Array.from({ length: at }, (_one, n) => `t${n}`)];
    const reads = [...new Set([known[below(known.length)], known[below(known.length)]])];
    return { reads, writes: [`t${at}`] };
  });
  const read = new Set(inner.flatMap(({ reads }) => reads));
  return [...inner, { reads: inner.flatMap(({ writes: [made] }) => (read.has(made) ? [] : [made])), writes: ["y"] }];
}

/** Every order in which what is read was made. */
function ordersOf(nodes: readonly Node[], made: ReadonlySet<string> = new Set(["x"])): readonly (readonly Node[])[] {
  if (nodes.length === 0) return [[]];
  return nodes
    .filter(({ reads }) => reads.every((name) => made.has(name)))
    .flatMap((first) =>
      ordersOf(
        nodes.filter((one) => one !== first),
        new Set([...made, ...first.writes]),
      ).map((rest) => [first, ...rest]),
    );
}

function peakOf(order: readonly Node[], sizes: Readonly<Record<string, number>>): number {
  const alive = order.map((_, at) => {
    const made = order.slice(0, at + 1).flatMap(({ writes }) => writes);
    const later = new Set(order.slice(at).flatMap(({ reads }) => reads));
    const now = made.filter((name) => later.has(name) || name === "y" || order[at].writes.includes(name));
    return now.reduce((sum, name) => sum + (sizes[name] ?? 1), 1);
  });
  return Math.max(...alive);
}
