/** What shares a place in the arena, and where blocks go: a case for each reason why two tensors do not lie over each other. */
import { describe, expect, test } from "vitest";
import { blocksOf } from "../../compiler/plan/lives.ts";
import type { Block } from "../../compiler/plan/lives.ts";
import { lowerBound } from "../../compiler/plan/lives.ts";
import { pack } from "../../compiler/plan/pack.ts";
import type { PlanCall, PlanEntry, PlanInput, PlanTensor } from "../../compiler/plan/types.ts";
import { constant } from "../../compiler/dimension/dimension.ts";
import type { ScheduledKernel } from "../../compiler/program/types.ts";

const zero = constant(0);
const kernel: ScheduledKernel = {
  name: "k",
  parameters: [],
  dims: [],
  arrays: [],
  body: [],
  origins: [],
  cost: { flops: zero, arithmetic: zero, bytesRead: zero, bytesWritten: zero },
};

/** `x h`: a step that reads x and writes h, which may lie over x. */
function step(text: string): PlanCall {
  const tensors = text.split(" ");
  const output = tensors.length - 1;
  return { kernel, tensors, inPlace: tensors.slice(0, -1).map((_, input) => ({ output, input })) };
}

const entry = (name: string, results: readonly string[], ...steps: readonly string[]): PlanEntry => {
  return { name, inputs: ["x"], results, dims: [], calls: steps.map(step), loops: [] };
};

/** Blocks of more than one tensor. */
function shared(
  entries: readonly PlanEntry[],
  shapes: Readonly<Record<string, readonly number[]>> = {},
  segments: PlanInput["segments"] = [],
): readonly string[] {
  const names = new Set([...entries.flatMap(({ calls }) => calls.flatMap(({ tensors }) => tensors)), "run"]);
  const typed = (name: string): [string, PlanTensor] => {
    const role = name === "x" ? "input" : name === "w" ? "parameter" : "value";
    return [name, { role, type: { dtype: "f32", shape: (shapes[name] ?? [4, 8]).map(constant) } }];
  };
  const input = { tensors: new Map([...names].map(typed)), segments, entries, bounds: new Map() };
  return blocksOf(input)
    .map(({ tensors }) => [...tensors.keys()].join(" "))
    .filter((text) => text.includes(" "));
}

describe("what a step writes lies over what it reads", () => {
  test.each<readonly [string, () => readonly string[], readonly string[]]>([
    ["where that dies there", () => shared([entry("e", ["y"], "x h", "h y")]), ["h y"]],
    ["again and again", () => shared([entry("e", ["y"], "x h", "h i", "i y")]), ["h i y"]],
    ["not where it is read again", () => shared([entry("e", ["y", "z"], "x h", "h y", "h z")]), ["h z"]],
    ["not where it was written before", () => shared([entry("e", ["y"], "x y", "x h", "h y")]), []],
    ["not where the other is larger", () => shared([entry("e", ["y"], "x h", "h y")], { y: [8, 8] }), []],
    [
      "not where it has another shape of the same bytes",
      () => shared([entry("e", ["y"], "x h", "h y")], { y: [8, 4] }),
      [],
    ],
    ["not where it is an input, which outlives the step", () => shared([entry("e", ["y"], "x h", "x y")]), []],
    ["not where it is a parameter", () => shared([entry("e", ["y"], "w y")]), []],
    [
      "not where two entries use it",
      () => shared([entry("e", ["y"], "x h", "h y"), entry("f", ["z"], "x h", "h z")]),
      [],
    ],
    [
      "not where two entries write it",
      () => shared([entry("e", ["y"], "x h", "h y"), entry("f", ["y"], "x i", "i y")]),
      [],
    ],
    ["once, where it is read twice", () => shared([entry("e", ["y"], "x h", "h h y")]), ["h y"]],
    ["over one of two", () => shared([entry("e", ["y"], "x h", "x i", "h i y")]), ["h y"]],
    [
      "not where it lies in a segment",
      () => shared([entry("e", ["y"], "x h", "x i", "i h y")], {}, [{ name: "run", tensors: ["i", "h"] }]),
      ["run i h"],
    ],
  ])("%s", (_, found, expected) => {
    expect(found()).toEqual(expected);
  });
});

const block = (name: string, bytes: number, ...lives: readonly (readonly [number, number, number])[]): Block => ({
  tensors: new Map([[name, 0]]),
  bytes,
  lives: lives.map(([at, from, to]) => ({ entry: at, from, to })),
  always: lives.length === 0,
});

/** Where the blocks lie. */
function packed(...blocks: readonly Block[]): string {
  const { offsets, bytes } = pack(blocks, 0);
  const places = blocks.map((one) => `${[...one.tensors.keys()].join(" ")} ${offsets.get(one)}`);
  return `${places.join(", ")}; ${bytes}`;
}

describe("blocks", () => {
  test.each<readonly [string, () => string, string]>([
    [
      "that live always lie at the bottom",
      () => packed(block("a", 64, [0, 0, 1]), block("w", 128), block("v", 64)),
      "a 192, w 0, v 128; 256",
    ],
    [
      "that are never alive at once share a place",
      () => packed(block("a", 64, [0, 0, 1]), block("b", 64, [0, 2, 3])),
      "a 0, b 0; 64",
    ],
    [
      "that meet in one step do not",
      () => packed(block("a", 64, [0, 0, 1]), block("b", 64, [0, 1, 3])),
      "a 64, b 0; 128",
    ],
    [
      "of two entries share a place",
      () => packed(block("a", 64, [0, 0, 1]), block("b", 64, [1, 0, 1])),
      "a 0, b 0; 64",
    ],
    [
      "of two entries that meet in one do not",
      () => packed(block("a", 64, [0, 0, 1], [1, 0, 1]), block("b", 64, [1, 1, 1])),
      "a 0, b 64; 128",
    ],
    [
      "fill a gap",
      () =>
        packed(
          block("a", 64, [0, 0, 1]),
          block("b", 128, [0, 0, 3]),
          block("c", 64, [0, 0, 3]),
          block("d", 64, [0, 2, 3]),
        ),
      "a 192, b 0, c 128, d 192; 256",
    ],
    ["of nothing need nothing", () => packed(), "; 0"],
  ])("%s", (_, found, expected) => {
    expect(found()).toBe(expected);
  });

  test("lie within a twentieth of the least, also too many for every order to be tried", () => {
    for (const count of [60, 1600]) {
      // A chain of values and the gradients that read them in reverse, of sizes without a pattern.
      const size = (at: number): number => 64 * (1 + ((at * 7919) % 13));
      const values = Array.from({ length: count }, (_, at) => block(`h${at}`, size(at), [0, at, 2 * count - at]));
      const gradients = Array.from({ length: count }, (_, at) => {
        const from = 2 * count - at;
        return block(`g${at}`, size(at), [0, from, from + 1]);
      });
      const blocks = [...values, ...gradients];
      const calls = Array.from({ length: 2 * count + 1 }, () => step("x x"));
      const least = lowerBound(blocks, [{ name: "e", inputs: [], results: [], dims: [], calls, loops: [] }]);
      expect(pack(blocks, least).bytes / least, `${count}`).toBeLessThanOrEqual(1.05);
    }
  });
});
