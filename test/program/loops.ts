/** A program with loops for every target, written by hand, and what its entries compute, worked out by plain code. */
import { add, constant, evaluate, multiply, product, subtract, symbol } from "../../compiler/dimension/dimension.ts";
import type { Dimension } from "../../compiler/dimension/dimension.ts";
import type { BufferRole, Entry, Program, ProgramBuffer, Slice, Step } from "../../compiler/program/types.ts";
import { N, at, binary, kernelOf, literal, load, loop, parameter, store } from "../targets/programs.ts";
import type { Inputs } from "../targets/run.ts";

export const T = symbol("T");
const [none, one, four] = [0, 1, 4].map(constant);
const bounds = new Map([
  ["N", 5],
  ["T", 7],
]);
const blocks = 3;
/** What a row begins with, and what is left of it after a step. */
const [first, kept] = [0.3, 0.7].map(Math.fround);

/** Elements of a slot. */
const row = multiply(N, four);
const twice = multiply(row, constant(2));
const cost = { flops: twice, arithmetic: twice, bytesRead: twice, bytesWritten: row };
const element = (name: string) => load(name, at({ i: 1 }));
const rows = (value: ReturnType<typeof element>) => [
  loop("i", row, [store("y", at({ i: 1 }), value)], { role: "parallel" }),
];

const moved = binary("add", binary("mul", element("h"), literal(kept)), element("x"));
const [x, h, y] = [parameter("x", "read"), parameter("h", "read"), parameter("y", "write")];
const kernels = [
  kernelOf("start", [y], rows(literal(first)), { dims: ["N"], cost }),
  kernelOf("step", [x, h, y], rows(moved), { dims: ["N"], cost }),
  kernelOf("copy", [x, y], rows(element("x")), { dims: ["N"], cost }),
];

/** Slices are of loop-less slot 0 and hold one slot, unless they say more. */
type Part = Partial<Slice> & { readonly shape?: readonly Dimension[] };

export interface Layout {
  /** How many slots each buffer has, which lies in a place of its own. */
  readonly whole: Readonly<Record<string, Dimension>>;
  /** By the buffer that they are parts of, by their own names. */
  readonly parts: Readonly<Record<string, Readonly<Record<string, Part>>>>;
}

export const layout: Layout = {
  whole: {
    x: T,
    h: add(T, one),
    c: constant(2),
    y: one,
    xs: multiply(T, constant(blocks)),
    hs: add(T, one),
    ys: constant(blocks),
  },
  parts: {
    x: { "x now": { loop: "t" }, "x last": { loop: "t", times: -1, plus: subtract(T, one) } },
    h: {
      "h first": {},
      "h now": { loop: "t" },
      "h next": { loop: "t", plus: one },
      "h end": { plus: T },
      "h back": { loop: "t", times: -1, plus: T },
      "h before": { loop: "t", times: -1, plus: subtract(T, one) },
    },
    c: {
      "c first": {},
      "c now": { loop: "t", modulo: 2 },
      "c next": { loop: "t", plus: one, modulo: 2 },
      "c end": { plus: T, modulo: 2 },
    },
    xs: { "x block": { loop: "o", stride: multiply(T, row), shape: [T, N, four] } },
    "x block": { "x inner": { loop: "i" } },
    hs: {
      "hs first": {},
      "hs now": { loop: "i" },
      "hs next": { loop: "i", plus: one },
      "hs end": { plus: T },
    },
    ys: { "y block": { loop: "o" } },
  },
};

function layOut({ whole, parts }: Layout): Pick<Program, "buffers" | "arenaBytes"> {
  let end = 0;
  const buffers = Object.entries(whole).map(([name, slots]): ProgramBuffer => {
    const shape = [slots, N, four];
    const bytes = 4 * (evaluate(product(shape), bounds) ?? NaN);
    const [role, offset]: [BufferRole, number] = [name.startsWith("x") ? "input" : "result", end];
    end += Math.ceil(bytes / 64) * 64;
    return { name, role, dtype: "f32", shape, offset, bytes };
  });
  for (const [of, own] of Object.entries(parts)) {
    const position = buffers.findIndex(({ name }) => name === of);
    for (const [name, { shape = [N, four], ...rest }] of Object.entries(own)) {
      const slice: Slice = { of: position, times: 1, plus: none, stride: row, ...rest };
      buffers.push({ ...buffers[position], name, role: "slice", shape, slice });
    }
  }
  return { buffers, arenaBytes: end };
}

/** A kernel's name and those of its buffers, or a loop. */
export type NamedStep =
  | readonly string[]
  | { readonly index: string; readonly extent: Dimension; readonly steps: readonly NamedStep[] };

export function repeat(index: string, extent: Dimension, ...steps: readonly NamedStep[]): NamedStep {
  return { index, extent, steps };
}

/** Results and steps by the names of entries. */
export type NamedEntries = Readonly<
  Record<string, { readonly results: readonly string[]; readonly steps: readonly NamedStep[] }>
>;

export function programOf(entries: NamedEntries, change: Partial<Layout> = {}): Program {
  const placed = layOut({ whole: { ...layout.whole, ...change.whole }, parts: { ...layout.parts, ...change.parts } });
  const position = (wanted: string): number => placed.buffers.findIndex(({ name }) => name === wanted);
  const stepOf = (step: NamedStep): Step => {
    if ("index" in step) return { kind: "loop", ...step, steps: step.steps.map(stepOf) };
    const [kernel, ...own] = step;
    return { kind: "call", kernel: kernels.findIndex(({ name }) => name === kernel), buffers: own.map(position) };
  };
  const made = Object.entries(entries).map(([name, { results, steps }]): Entry => {
    return { name, inputs: ["x", "xs"], results, dims: ["N", "T"], steps: steps.map(stepOf) };
  });
  return {
    version: 1,
    name: "loops",
    dims: [...bounds].map(([name, bound]) => ({ name, bound })),
    ...placed,
    functions: [],
    kernels,
    entries: made,
    host: { language: "1", models: [], requirements: [] },
  };
}

/** The state after each step forwards and backwards; two slots in turn; the last state of each block; and T − 1 steps, which may be none. */
export const entries = {
  forward: {
    results: ["h"],
    steps: [["start", "h first"], repeat("t", T, ["step", "x now", "h now", "h next"])],
  },
  backward: {
    results: ["h"],
    steps: [["start", "h end"], repeat("t", T, ["step", "x last", "h back", "h before"])],
  },
  turns: {
    results: ["y"],
    steps: [["start", "c first"], repeat("t", T, ["step", "x now", "c now", "c next"]), ["copy", "c end", "y"]],
  },
  nested: {
    results: ["ys"],
    steps: [
      repeat("o", constant(blocks), ["start", "hs first"], repeat("i", T, ["step", "x inner", "hs now", "hs next"]), [
        "copy",
        "hs end",
        "y block",
      ]),
    ],
  },
  never: {
    results: ["y"],
    steps: [["start", "y"], repeat("t", subtract(T, one), ["step", "x now", "y", "y"])],
  },
} satisfies NamedEntries;

export const names = ["forward", "backward", "turns", "nested", "never"] as const;

export const program = programOf(entries);

/** The open dimensions N and T, at and below their bounds. */
export const sizes = [
  [1, 1],
  [2, 3],
  [4, 2],
  [5, 7],
] as const;

/** Numbers that no two orders of the steps add up to alike. */
export function inputsOf(n: number, steps: number): Inputs {
  const numbers = (count: number, seed: number) =>
    Array.from({ length: count * 4 * n }, (_, index) => Math.fround(Math.sin(seed + 1.7 * index) * 3));
  return { x: numbers(steps, 1), xs: numbers(blocks * steps, 2) };
}

/** The rows that follow each other from the first on, with the given rows added. */
function states(given: readonly (readonly number[])[], n: number): readonly (readonly number[])[] {
  const made = [Array<number>(4 * n).fill(first)];
  for (const each of given)
    made.push(each.map((value, i) => Math.fround(Math.fround((made.at(-1)?.[i] ?? NaN) * kept) + value)));
  return made;
}

/** The rows of an input. */
export function rowsOf(name: string, n: number, steps: number): readonly (readonly number[])[] {
  const all = Array.from(inputsOf(n, steps)[name]);
  return Array.from({ length: all.length / (4 * n) }, (_, index) => all.slice(4 * n * index, 4 * n * (index + 1)));
}

/** The result of each entry. */
export function expectedOf(n: number, steps: number): Readonly<Record<(typeof names)[number], readonly number[]>> {
  const own = rowsOf("x", n, steps);
  const forward = states(own, n);
  const ends = Array.from({ length: blocks }, (_, block) =>
    states(rowsOf("xs", n, steps).slice(block * steps, (block + 1) * steps), n).slice(-1),
  );
  return {
    forward: forward.flat(),
    backward: states(own.toReversed(), n).toReversed().flat(),
    turns: forward.slice(-1).flat(),
    nested: ends.flat(2),
    never: states(own.slice(0, -1), n).slice(-1).flat(),
  };
}

/** A loop of 600 steps, which WebAssembly cuts into functions. */
export const long = programOf({
  run: {
    results: ["c"],
    steps: [
      ["start", "c first"],
      repeat(
        "t",
        T,
        ...Array.from({ length: 300 }, () => [
          ["step", "x now", "c now", "c next"],
          ["copy", "c next", "c now"],
        ]).flat(),
      ),
    ],
  },
});
