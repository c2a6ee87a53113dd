/** How a program is shared among threads: what is cut, what goes on side by side, and what one thread does alone. */
import { describe, expect, it } from "vitest";
import { constant, multiply, symbol } from "../../compiler/dimension/dimension.ts";
import { cutKernel } from "../../compiler/program/cut.ts";
import { printKernel } from "../../compiler/program/print.ts";
import { share } from "../../compiler/program/share.ts";
import { verifySharing } from "../../compiler/program/verify-sharing.ts";
import type { EntryPhase } from "../../compiler/program/share.ts";
import type { Program, ScheduledKernel, Statement, Step } from "../../compiler/program/types.ts";
import {
  N,
  at,
  define,
  kernelOf,
  layOut,
  literal,
  load,
  loop,
  parameter,
  store,
  variable,
} from "../targets/programs.ts";

const costs = { barrier: 100, wake: 500, part: 10, flop: 1, byte: 0 };
const bounds = new Map([
  ["N", 64],
  ["T", 10],
]);
const parallel = { role: "parallel" } as const;

/** Copies x to y, at this many operations a row. */
function copy(name: string, flops: number, body?: readonly Statement[]): ScheduledKernel {
  const rows = loop("i", N, [store("y", at({ i: 1 }), load("x", at({ i: 1 })))], parallel);
  const cost = {
    flops: multiply(N, constant(flops)),
    arithmetic: constant(0),
    bytesRead: constant(0),
    bytesWritten: constant(0),
  };
  return kernelOf(name, [parameter("x", "read"), parameter("y", "write")], body ?? [rows], { dims: ["N"], cost });
}

/** `big(a, b)`, or the name of a loop and the calls in it. */
type Calls = readonly (string | Calls)[];

/** Each buffer has 64 elements at a place of its own; loops run T times. */
function programOf(kernels: readonly ScheduledKernel[], calls: Calls): Program {
  const names: string[] = [];
  const buffer = (name: string): number => (names.includes(name) ? names.indexOf(name) : names.push(name) - 1);
  const stepOf = (one: string | Calls): Step => {
    if (typeof one !== "string") {
      const [index, ...inner] = one;
      return { kind: "loop", index: String(index), extent: symbol("T"), steps: inner.map(stepOf) };
    }
    const [name, x, y] = /^(\w+)\((\w), (\w)\)$/.exec(one)?.slice(1) ?? [];
    return { kind: "call", kernel: kernels.findIndex((each) => each.name === name), buffers: [buffer(x), buffer(y)] };
  };
  const steps = calls.map(stepOf);
  return {
    version: 1,
    name: "hand",
    dims: [
      { name: "N", bound: 64 },
      { name: "T", bound: 10 },
    ],
    ...layOut(names.map((name) => ({ name, elements: 64 }))),
    functions: [],
    kernels,
    entries: [{ name: "run", inputs: [], results: [], dims: ["N", "T"], steps }],
    host: { language: "1", models: [], requirements: [] },
  };
}

/** A line for each phase: `big 16 | small(a, b), small(b, c)`. */
function phasesOf(program: Program): readonly string[] | undefined {
  const { entries } = share(program, bounds, costs);
  return entries[0]?.phases.map((phase) => phaseText(phase, program));
}

function phaseText(phase: EntryPhase, program: Program): string {
  if (phase.kind === "loop")
    return `${phase.loop.index} times: ${phase.phases.map((inner) => phaseText(inner, program)).join("; ")}`;
  const works = phase.works.map((work) =>
    work.kind === "shared"
      ? `${work.part.kernel.name} ${work.part.parts}`
      : work.steps.map((step) => stepText(step, program)).join(", "),
  );
  return works.join(" | ");
}

function stepText(step: Step, program: Program): string {
  if (step.kind === "loop")
    return `${step.index} times (${step.steps.map((one) => stepText(one, program)).join(", ")})`;
  const list = step.buffers.map((buffer) => program.buffers[buffer].name).join(", ");
  return `${program.kernels[step.kernel].name}(${list})`;
}

/** In nanoseconds at the bound: 6,400, 448, 128, 64 and none. */
const kernels = [copy("big", 100), copy("half", 7), copy("medium", 2), copy("small", 1), copy("tiny", 0)];

describe("phases of an entry", () => {
  it.each([
    ["nothing is shared where it does not pay", ["small(a, b)", "medium(b, c)"], undefined],
    ["a large kernel is cut into parts well worth taking", ["big(a, b)"], ["big 32"]],
    ["what needs another's result waits for it", ["big(a, b)", "big(b, c)"], ["big 32", "big 32"]],
    ["what does not goes on beside it", ["big(a, b)", "big(a, c)"], ["big 32 | big 32"]],
    ["what overwrites an operand waits, too", ["big(a, b)", "big(c, a)"], ["big 32", "big 32"]],
    ["and what writes the same", ["big(a, c)", "big(b, c)"], ["big 32", "big 32"]],
    [
      "small kernels that follow each other are one thread's",
      ["big(a, b)", "small(b, c)", "small(c, d)", "big(d, e)"],
      ["big 32", "small(b, c), small(c, d)", "big 32"],
    ],
    [
      "small kernels beside a large one are parts of its phase",
      ["big(a, b)", "small(a, c)", "small(c, d)", "small(a, e)"],
      ["big 32 | small(a, c), small(c, d) | small(a, e)"],
    ],
    [
      "one that is less than taking a part joins another",
      ["small(a, b)", "big(a, c)", "tiny(a, d)"],
      ["big 32 | small(a, b), tiny(a, d)"],
    ],
    [
      "chains that meet are joined, in order, where a barrier costs more",
      ["small(a, b)", "small(c, d)", "tiny(b, d)", "big(a, e)"],
      ["small(a, b), small(c, d), tiny(b, d) | big 32"],
    ],
    [
      "and wait for each other where it does not",
      ["medium(a, b)", "medium(c, d)", "tiny(b, d)", "big(a, e)"],
      ["medium(a, b) | medium(c, d)", "tiny(b, d) | big 32"],
    ],
    [
      "a phase has no more parts than can be counted",
      ["big(a, b)", "big(a, c)", "big(a, d)", "big(a, e)"],
      ["big 32 | big 32 | big 32", "big 32"],
    ],
  ] as const)("%s", (_, calls, expected) => {
    expect(phasesOf(programOf(kernels, calls))).toEqual(expected);
  });

  it.each<readonly [string, Calls, readonly string[] | undefined]>([
    [
      "every thread runs a loop with a large kernel",
      ["small(a, b)", ["t", "big(b, c)", "small(c, b)"], "small(c, d)"],
      ["small(a, b)", "t times: big 32; small(c, b)", "small(c, d)"],
    ],
    ["and what is around it", [["o", "small(a, b)", ["t", "big(b, c)"]]], ["o times: small(a, b); t times: big 32"]],
    [
      "a loop of small kernels is one thread's, beside a large one",
      ["big(a, b)", ["t", "small(a, c)", "small(c, d)"], "small(d, e)"],
      ["big 32 | t times (small(a, c), small(c, d)), small(d, e)"],
    ],
    [
      "and so is one in which waiting costs more than sharing saves",
      ["big(a, b)", ["t", "small(a, c)", "half(c, d)", "small(d, a)"]],
      ["big 32", "t times (small(a, c), half(c, d), small(d, a))"],
    ],
    ["which alone is not worth sharing", [["t", "half(a, c)", "medium(c, d)"]], undefined],
  ])("%s", (_, calls, expected) => {
    const program = programOf(kernels, calls);
    expect(phasesOf(program)).toEqual(expected);
    expect(verifySharing(program, share(program, bounds, costs))).toEqual([]);
  });

  it("count as often as their loops run, in cost and in waiting", () => {
    const { entries } = share(programOf(kernels, ["big(a, b)", ["t", "big(b, c)", "big(c, b)"]]), bounds, costs);
    expect([entries[0]?.flops.key, entries[0]?.waits.key]).toEqual(["200*N*T + 100*N", "2*T + 1"]);
  });
});

describe("a kernel that is cut", () => {
  const bias = define("bias", load("b", at({})));
  const row = (i: string, to: string): Statement => store(to, at({ [i]: 1 }), load("x", at({ [i]: 1 })));
  const printed = (body: readonly Statement[]): readonly string[] | undefined => {
    const reads = ["x", "b"].map((name) => parameter(name, "read"));
    const writes = ["y", "z"].map((name) => parameter(name, "write"));
    const kernel = kernelOf("k", [...reads, ...writes], body, { dims: ["N"] });
    return cutKernel(kernel, bounds, 1e6, costs)?.map(({ kernel: own, slices, parts }) =>
      [`${parts} parts of ${slices.map(({ turns }) => turns.key).join(" and ")}`, printKernel(own)].join("\n"),
    );
  };

  it("runs slices of its outermost loops, and the rest once", () => {
    const body = [loop("i", N, [row("i", "y")], { step: 4, ...parallel }), bias, store("z", at({}), variable("bias"))];
    expect(printed(body)).toMatchInlineSnapshot(`
      [
        "16 parts of floor((N + 3)/(4)) and 1
      kernel k(read x: f32, read b: f32, write y: f32, write z: f32; N)
        parallel for i in i.first .. i.end by 4
          y[i] = x[i]
        let bias: f32 = b[0]
        parallel for once in once.first .. once.end
          z[0] = bias",
      ]
    `);
  });

  it("is cut inside where the outermost loop has few turns", () => {
    expect(printed([loop("i", 2, [loop("j", N, [store("y", at({ i: 64, j: 1 }), literal(0))], parallel)], parallel)]))
      .toMatchInlineSnapshot(`
        [
          "32 parts of N
        kernel k(read x: f32, read b: f32, write y: f32, write z: f32; N)
          parallel for i in 0 .. 2
            parallel for j in j.first .. j.end
              y[64*i + j] = 0",
        ]
      `);
  });

  it("becomes several where a loop reads what another wrote", () => {
    const second = loop("j", N, [store("z", at({ j: 1 }), load("y", at({}, 5)))], parallel);
    expect(printed([loop("i", N, [row("i", "y")], parallel), second])).toMatchInlineSnapshot(`
      [
        "32 parts of N
      kernel k.0(read x: f32, read b: f32, write y: f32, write z: f32; N)
        parallel for i in i.first .. i.end
          y[i] = x[i]",
        "32 parts of N
      kernel k.1(read x: f32, read b: f32, write y: f32, write z: f32; N)
        parallel for j in j.first .. j.end
          z[j] = y[5]",
      ]
    `);
  });

  it("is left whole where one loop feeds the next by a local", () => {
    expect(printed([define("sum", literal(0), true), loop("i", N, [row("i", "y")])])).toBe(undefined);
  });
});
