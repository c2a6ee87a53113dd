/** What runs of entries ask of a GPU, and which dispatch lists make no sense. */
import { describe, expect, test } from "vitest";
import { constant, subtract, symbol } from "../../compiler/dimension/dimension.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { Dispatch, DispatchEntry, DispatchList, DispatchLoop, Move } from "../../compiler/program/dispatch.ts";
import { problemIn } from "../../runtime/load/check-dispatches.ts";
import { batchesOf } from "../../runtime/load/gpu-commands.ts";

const T = symbol("T");
const [none, one, ten] = [0, 1, 10].map(constant);
const head = { from: 0, to: 0 };
const points = [
  { name: "a", part: head, workgroup: 64, threads: constant(100) },
  { name: "b", part: head, workgroup: 1, threads: subtract(T, one) },
];
const move = (change: Partial<Move>): Move => ({ buffer: 0, times: 1, plus: none, stride: ten, ...change });
const moved = (change: Partial<Move>, point = 0): Dispatch => ({ point, buffers: [100], moves: [move(change)] });
const still: Dispatch = { point: 0, buffers: [7] };
const loop = (index: string, from: number, to: number, extent = T): DispatchLoop => ({ index, extent, from, to });
const entryOf = (dispatches: readonly Dispatch[], ...loops: readonly DispatchLoop[]): DispatchEntry => ({
  name: "run",
  dispatches,
  loops,
});

/** Where the first buffer of each command begins, batch by batch. */
function startsOf(entry: DispatchEntry, t: number, most?: number): readonly (readonly number[])[] {
  const batches = [...batchesOf(entry, points, new Map([["T", t]]), most)];
  return batches.map(({ rows, commands }) => commands.map(({ row }) => rows[row][0]));
}

describe("the commands of an entry", () => {
  test.each<readonly [string, DispatchEntry, readonly number[]]>([
    ["are its dispatches", entryOf([still, still]), [7, 7]],
    ["move with their loop", entryOf([moved({ loop: "t" }), still], loop("t", 0, 1)), [100, 110, 120, 7]],
    ["move backwards", entryOf([moved({ loop: "t", times: -1, plus: T })], loop("t", 0, 1)), [130, 120, 110]],
    ["take turns", entryOf([moved({ loop: "t", plus: one, modulo: 2 })], loop("t", 0, 1)), [110, 100, 110]],
    ["take turns backwards", entryOf([moved({ loop: "t", times: -1, modulo: 3 })], loop("t", 0, 1)), [100, 120, 110]],
    ["may stay at a place that depends on sizes", entryOf([moved({ plus: T })]), [130]],
    [
      "repeat a loop within a loop that begins and ends with it",
      entryOf(
        [{ ...moved({ loop: "i" }), moves: [move({ loop: "o", stride: constant(1000) }), move({ loop: "i" })] }],
        loop("o", 0, 1, constant(2)),
        loop("i", 0, 1),
      ),
      [100, 110, 120, 1100, 1110, 1120],
    ],
    [
      "run loops one after the other",
      entryOf(
        [moved({ loop: "t" }), still, moved({ loop: "u" })],
        loop("t", 0, 1, constant(2)),
        loop("u", 2, 3, constant(2)),
      ),
      [100, 110, 7, 100, 110],
    ],
    [
      "pass over a loop that runs no time, with those in it",
      entryOf([still, moved({ loop: "i" }), still], loop("o", 0, 2, none), loop("i", 1, 2)),
      [7],
    ],
    [
      "pass over one in a loop that runs",
      entryOf([still, moved({ loop: "i" })], loop("o", 0, 2, constant(2)), loop("i", 1, 2, none)),
      [7, 7],
    ],
  ])("%s", (_, entry, expected) => {
    expect(startsOf(entry, 3)).toEqual([expected]);
  });

  test("leave out what no thread has work for", () => {
    const entry = entryOf([still, moved({}, 1)]);
    expect([startsOf(entry, 1), startsOf(entry, 2)]).toEqual([[[7]], [[7, 100]]]);
  });

  test("say how many workgroups, and share rows that are equal", () => {
    const [{ rows, commands }] = [
      ...batchesOf(entryOf([moved({ loop: "t", modulo: 2 })], loop("t", 0, 1)), points, new Map([["T", 5]])),
    ];
    expect(rows).toEqual([[100], [110]]);
    expect(commands.map(({ row, groups }) => [row, groups])).toEqual([0, 1, 0, 1, 0].map((row) => [row, 2]));
  });

  test("are several batches where they are many", () => {
    const entry = entryOf([moved({ loop: "t" })], loop("t", 0, 1));
    expect(startsOf(entry, 5, 2)).toEqual([[100, 110], [120, 130], [140]]);
    expect(startsOf(entry, 4, 2)).toEqual([
      [100, 110],
      [120, 130],
    ]);
  });
});

describe("a dispatch list", () => {
  // All that is looked at.
  const manifest = {
    arenaBytes: 4 * 160,
    dims: [{ name: "T", bound: 7 }],
    entries: [{ name: "run" }],
  } as unknown as Manifest;
  const listOf = (entry: DispatchEntry): DispatchList => ({
    version: 2,
    shader: "",
    head,
    dims: ["T"],
    points,
    entries: [entry],
  });
  const [outside, unknown] = [
    "a dispatch leads out of the arena or the shader",
    "it has a dimension that the manifest has not",
  ];
  const stray = (name: string): string => `the loop \`${name}\` does not nest, or another has its name`;
  test.each<readonly [string, DispatchEntry, string | undefined]>([
    ["may move to the end", entryOf([moved({ loop: "t" })], loop("t", 0, 1)), undefined],
    ["may not move beyond it", entryOf([moved({ loop: "t", plus: one })], loop("t", 0, 1)), outside],
    ["nor before the start", entryOf([moved({ loop: "t", times: -1, plus: one })], loop("t", 0, 1)), outside],
    ["nor by less than nothing", entryOf([moved({ stride: constant(-1) })]), outside],
    ["nor a buffer that is not there", entryOf([moved({ buffer: 1 })]), outside],
    ["nor within a loop that is not around", entryOf([moved({ loop: "t" }), still], loop("t", 1, 2)), outside],
    [
      "nor by a part of an element",
      entryOf([moved({ stride: { monomials: [{ coefficient: 0.5, atoms: [] }], key: "0.5" } })]),
      outside,
    ],
    ["has no loop of less than no turns", entryOf([still], loop("t", 0, 1, constant(-1))), outside],
    ["has no other point", entryOf([{ point: 2, buffers: [] }]), outside],
    ["has no size of another dimension", entryOf([still], loop("t", 0, 1, symbol("M"))), unknown],
    ["nor in what moves", entryOf([moved({ plus: symbol("M") })]), unknown],
    [
      "has loops in loops",
      entryOf([still, still, still], loop("o", 0, 2), loop("i", 0, 1), loop("j", 1, 2), loop("k", 2, 3)),
      undefined,
    ],
    ["has none that is empty", entryOf([still], loop("t", 1, 1)), stray("t")],
    ["none that goes on behind that around it", entryOf([still, still], loop("o", 0, 1), loop("i", 0, 2)), stray("i")],
    ["none that goes on behind the last dispatch", entryOf([still], loop("t", 0, 2)), stray("t")],
    ["none before one that begins later", entryOf([still, still], loop("t", 1, 2), loop("u", 0, 1)), stray("u")],
    ["and none of one name", entryOf([still, still], loop("t", 0, 1), loop("t", 1, 2)), stray("t")],
  ])("%s", (_, entry, expected) => {
    expect(problemIn(listOf(entry), manifest)).toBe(expected);
  });
});
