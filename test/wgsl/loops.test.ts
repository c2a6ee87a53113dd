/** Programs with loops on the GPU: near what plain code computes, at sizes that change from run to run. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { constant } from "../../compiler/dimension/dimension.ts";
import { emitWgsl } from "../../targets/wgsl/index.ts";
import { apart } from "../ops/numbers.ts";
import { entries, expectedOf, inputsOf, names, program, programOf, repeat, rowsOf, sizes } from "../program/loops.ts";
import { textOf } from "../targets/run.ts";
import { Gpu } from "./gpu.ts";

describe("the dispatch list of loops", () => {
  const listOf = (name: string): unknown => {
    const { entries: all } = JSON.parse(textOf(emitWgsl(program), "loops.dispatch.json")) as {
      entries: { name: string }[];
    };
    return all.find((one) => one.name === name);
  };

  it("is of version 2, says which dispatches a loop repeats, and what moves", () => {
    expect(JSON.parse(textOf(emitWgsl(program), "loops.dispatch.json"))).toMatchObject({ version: 2 });
    expect(listOf("turns")).toMatchObject({
      dispatches: [
        { point: 0, buffers: [304] },
        {
          point: 1,
          buffers: [0, 304, 304],
          moves: [
            { buffer: 0, loop: "t", times: 1, plus: { key: "0" }, stride: { key: "4*N" } },
            { buffer: 1, loop: "t", times: 1, plus: { key: "0" }, modulo: 2 },
            { buffer: 2, loop: "t", times: 1, plus: { key: "1" }, modulo: 2 },
          ],
        },
        { point: 2, buffers: [304, 352], moves: [{ buffer: 0, times: 1, plus: { key: "T" }, modulo: 2 }] },
      ],
      loops: [{ index: "t", extent: { key: "T" }, from: 1, to: 2 }],
    });
  });

  it("asks for at most six dispatches a time step of an LSTM, forward and back", () => {
    const source = readFileSync(new URL("../../bench/workloads/W6.nn", import.meta.url), "utf8");
    const result = compile({ name: "W6.nn", source }, { target: "wgsl", bounds: { T: 64 } });
    if (!result.ok) throw new Error(result.diagnostics[0].message);
    const { entries: all } = JSON.parse(textOf(result.artifact, "W6.dispatch.json")) as {
      entries: {
        name: string;
        dispatches: unknown[];
        loops?: { extent: { key: string }; from: number; to: number }[];
      }[];
    };
    const step = all.find(({ name }) => name === "train_step");
    const turns = (step?.loops ?? []).map(({ extent, from, to }) => [extent.key, to - from] as const);
    expect(turns).toEqual([
      ["T", 2],
      ["T", 3],
    ]);
    expect(step?.dispatches.length).toBeLessThan(40);
  });

  it("has outer loops before inner ones", () => {
    expect(listOf("nested")).toMatchObject({
      loops: [
        { index: "o", extent: { key: "3" }, from: 0, to: 3 },
        { index: "i", extent: { key: "T" }, from: 1, to: 2 },
      ],
    });
  });

  it("is of version 1 where nothing moves, and has the place of slots that stay", () => {
    const still = programOf(
      { run: { results: ["c"], steps: [["start", "b second"]] } },
      {
        whole: { b: constant(2) },
        parts: { b: { "b second": { plus: constant(1), stride: constant(4) } } },
      },
    );
    const list = JSON.parse(textOf(emitWgsl(still), "loops.dispatch.json")) as unknown;
    expect(list).toMatchObject({ version: 1, entries: [{ dispatches: [{ buffers: [1040 + 4] }] }] });
    expect(JSON.stringify(list)).not.toMatch(/"loops":|"moves"/);
  });
});

describe("on the GPU", () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await Gpu.start();
  }, 120_000);
  afterAll(() => gpu.stop());

  it("every entry is near what its steps say, whatever the sizes before", async () => {
    const calls = names.flatMap((entry) =>
      [...sizes, sizes[1], sizes[1]].map(([n, steps]) => {
        return { entry, dims: [n, steps], inputs: inputsOf(n, steps), wanted: [entries[entry].results[0]] };
      }),
    );
    const found = await gpu.runAll(emitWgsl(program), calls);
    for (const [at, { entry, dims, wanted }] of calls.entries()) {
      const expected = expectedOf(dims[0], dims[1])[entry];
      const values = found[at].get(wanted[0])?.slice(0, expected.length) ?? [];
      expect([entry, dims, ...apart(values, expected, 1e-5)]).toEqual([entry, dims]);
    }
  });

  it("more dispatches than a table has rows for are told their places one table after the other", async () => {
    const many = 17_000;
    const states = programOf(
      {
        run: {
          results: ["s"],
          steps: [["start", "s first"], repeat("k", constant(many), ["step", "x first", "s now", "s next"])],
        },
      },
      {
        whole: { s: constant(many + 1) },
        parts: {
          x: { "x first": {} },
          s: { "s first": {}, "s now": { loop: "k" }, "s next": { loop: "k", plus: constant(1) } },
        },
      },
    );
    const [n, steps] = [1, 1];
    const found = (await gpu.run(states, inputsOf(n, steps), [n, steps])).get("s") ?? [];
    const [added] = rowsOf("x", n, steps);
    const expected = [[0.3, 0.3, 0.3, 0.3]];
    for (let k = 0; k < many; k++) expected.push(expected[k].map((value, i) => value * 0.7 + added[i]));
    expect(apart(found.slice(0, 4 * (many + 1)), expected.flat(), 1e-5)).toEqual([]);
  }, 60_000);
});
