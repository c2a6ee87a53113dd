/** Phases of kernels: what becomes a task of several threads, how many they are, and what they share. */
import { describe, expect, it } from "vitest";
import { phasesOf, threadsOf } from "../../compiler/program/threads.ts";
import type { Phase } from "../../compiler/program/threads.ts";
import type { ScheduledKernel, Statement } from "../../compiler/program/types.ts";
import { N, assign, at, binary, define, kernelOf, literal, load, loop } from "../targets/programs.ts";
import { parameter, splat, store, variable } from "../targets/programs.ts";
import { constant, floorDivide, multiply } from "../../compiler/dimension/dimension.ts";
import { constantIndex, dataIndex } from "../../compiler/loops/index.ts";
import { local } from "../../compiler/loops/scalar.ts";
import type { Index } from "../../compiler/loops/types.ts";

const parallel = { role: "parallel" } as const;
const bounds = new Map([["N", 64]]);
const copy = (i: string, to = "y", from = "x"): Statement => store(to, at({ [i]: 1 }), load(from, at({ [i]: 1 })));

function kernel(body: readonly Statement[], arrays: ScheduledKernel["arrays"] = []): ScheduledKernel {
  const parameters = [
    parameter("x", "read"),
    parameter("b", "read"),
    parameter("y", "update"),
    parameter("z", "update"),
  ];
  return kernelOf("k", parameters, body, { dims: ["N"], arrays });
}

/** `N×(8 + 1) [b]`: turns, what is within them, and the names of shared values. */
function describeTasks({ definitions, tasks }: Phase): string {
  const parts = tasks.map((task) => {
    const own = task.definitions.map(({ name }) => ` [${name}]`).join("");
    if (task.kind === "once") return `1${own}`;
    return `${task.turns.key}${task.inner === undefined ? "" : `×(${describeTasks(task.inner)})`}${own}`;
  });
  return `${definitions.map(({ name }) => `[${name}] `).join("")}${parts.join(" + ")}`;
}

const bias = define("bias", load("b", at({})));
const add = (i: string, to = "y"): Statement =>
  store(to, at({ [i]: 1 }), binary("add", load("x", at({ [i]: 1 })), variable("bias")));
const row = [{ name: "row", dtype: "f32", elements: 8 }] as const;

const cases: readonly (readonly [string, ScheduledKernel, readonly string[]])[] = [
  ["a loop is as many threads as turns", kernel([loop("i", N, [copy("i")], parallel)]), ["N"]],
  ["steps count once", kernel([loop("i", 10, [copy("i")], { step: 4, ...parallel })]), ["3"]],
  [
    "loops side by side share a phase, and a value that both need",
    kernel([bias, loop("i", N, [add("i")], parallel), loop("j", 3, [add("j", "z")], parallel)]),
    ["[bias] N + 3"],
  ],
  [
    "a value that one task needs is its own",
    kernel([bias, loop("i", N, [add("i")], parallel), loop("j", 3, [copy("j", "z")], parallel)]),
    ["N [bias] + 3"],
  ],
  [
    "loops within loops multiply",
    kernel([loop("i", N, [bias, loop("j", 8, [add("j")], parallel), store("z", at({ i: 1 }), literal(0))], parallel)]),
    ["N×(8 [bias] + 1)"],
  ],
  [
    "what reads another's result waits for it",
    kernel([loop("i", N, [copy("i")], parallel), loop("j", N, [copy("j", "z", "y")], parallel), copy("k")].slice(0, 2)),
    ["N", "N"],
  ],
  [
    "statements without a loop are one thread",
    kernel([store("y", at({}), literal(1)), loop("i", N, [copy("i")])]),
    ["1"],
  ],
  [
    "a sum that crosses a loop keeps everything in one thread",
    kernel([
      define("sum", literal(0), true),
      loop("i", N, [assign("sum", binary("add", variable("sum"), load("x", at({ i: 1 }))))], parallel),
      store("y", at({}), variable("sum")),
    ]),
    ["1"],
  ],
  [
    "a loop that ends where the one around stands is no threads of its own",
    kernel([loop("i", N, [loop("j", at({ i: 1 }), [copy("j")], parallel)], parallel)]),
    ["N"],
  ],
  [
    "nor is one that begins there",
    kernel([loop("i", N, [loop("j", N, [copy("j")], { from: at({ i: 1 }), ...parallel })], parallel)]),
    ["N"],
  ],
  [
    "tasks that fill the same array each have their own",
    kernel(
      [
        loop("i", N, [copy("i", "row"), copy("i", "y", "row")], parallel),
        loop("j", N, [copy("j", "row"), copy("j", "z", "row")], parallel),
      ],
      row,
    ),
    ["N + N"],
  ],
  [
    "an array that another fills keeps both in one thread",
    kernel([loop("i", 8, [copy("i", "row")], parallel), loop("j", 8, [copy("j", "y", "row")], parallel)], row),
    ["1"],
  ],
];

/** The quotient's whole fours, and what is left. */
const fours = multiply(floorDivide(N, constant(4)), constant(4));
const vector = (address: Index): Statement => store("y", address, splat(literal(1)));
const one = (address: Index): Statement => store("y", address, literal(1));
const over = (i: string, ...body: readonly Statement[]): Statement => loop(i, N, body, parallel);
const rest = (i: string, ...body: readonly Statement[]): Statement =>
  loop(i, N, body, { from: constantIndex(fours), ...parallel });
const wholes = (i: string, ...body: readonly Statement[]): Statement => loop(i, fours, body, { step: 4, ...parallel });

/** Two tasks that write one buffer: in how many phases they run. */
const writers: readonly (readonly [string, readonly Statement[], number])[] = [
  ["the same places", [over("i", one(at({ i: 1 }))), over("j", one(at({ j: 1 })))], 2],
  ["one place of the other's", [over("i", one(at({ i: 1 }))), one(at({}, 5))], 2],
  ["fours, and what is left", [wholes("i", vector(at({ i: 1 }))), rest("j", one(at({ j: 1 })))], 1],
  ["fours that reach one too far", [wholes("i", vector(at({ i: 1 }, 1))), rest("j", one(at({ j: 1 })))], 2],
  [
    "the first and the last columns of the same rows",
    [over("i", loop("k", 8, [one(at({ i: 9, k: 1 }))])), over("j", one(at({ j: 9 }, 8)))],
    1,
  ],
  [
    "columns that are one too many",
    [over("i", loop("k", 9, [one(at({ i: 9, k: 1 }))])), over("j", one(at({ j: 9 }, 8)))],
    2,
  ],
  ["columns of two vectors", [over("i", vector(at({ i: 8 }))), over("j", vector(at({ j: 8 }, 4)))], 1],
  ["columns of two vectors that overlap", [over("i", vector(at({ i: 8 }))), over("j", vector(at({ j: 8 }, 3)))], 2],
  ["every second place", [over("i", one(at({ i: 2 }))), over("j", one(at({ j: 2 }, 1)))], 1],
  [
    "columns of rows of open length",
    [wholes("i", loop("k", N, [vector(at({ i: 1, k: N }))])), rest("j", loop("l", N, [one(at({ j: 1, l: N }))]))],
    1,
  ],
  [
    "columns of rows that are shorter",
    [wholes("i", loop("k", N, [vector(at({ i: 1, k: 4 }))])), rest("j", loop("l", N, [one(at({ j: 1, l: 4 }))]))],
    2,
  ],
  [
    "under a condition",
    [
      over("i", { kind: "if", condition: variable("c", "bool"), whenTrue: [one(at({ i: 1 }))], otherwise: [] }),
      one(at({}, 5)),
    ],
    2,
  ],
  ["places that data tell", [over("i", one(dataIndex(local("id", "i32"), constant(4)))), one(at({}, 3))], 2],
  [
    "places beyond those that data tell",
    [over("i", one(dataIndex(local("id", "i32"), constant(4)))), one(at({}, 4))],
    1,
  ],
];

const panel = [...row, { name: "panel", dtype: "f32", elements: 8 }] as const;
const fill = (i: string, to = "panel"): Statement => loop(i, 8, [copy(i, to)]);
const product = (i: string, to: string, of = "panel"): Statement => loop(i, N, [copy(i, to, of)], parallel);

/** What is in front of the loops of each phase, where threads fill private arrays themselves. */
const filling: readonly (readonly [string, readonly Statement[], readonly string[]])[] = [
  ["one fill", [fill("r"), product("i", "y")], ["r i"]],
  ["for every loop that reads it", [fill("r"), product("i", "y"), product("j", "z")], ["r i + r j"]],
  ["not for one that does not", [fill("r"), product("i", "y"), over("j", copy("j", "z"))], ["r i + j"]],
  ["filled anew, both in order", [fill("r"), product("i", "y"), fill("s"), product("j", "z")], ["r i + r s j"]],
  [
    "two arrays",
    [fill("r"), product("i", "y"), fill("s", "row"), product("j", "z", "row"), product("k", "z")],
    ["r i + s j", "r k"],
  ],
  ["inside of a loop", [loop("c", 2, [fill("r"), product("i", "y")], parallel)], ["c(r i)"]],
  [
    "what fills from what the kernel writes is no fill",
    [loop("r", 8, [copy("r", "panel", "y")]), product("i", "z")],
    ["1"],
  ],
  ["nor what leaves more", [loop("r", 8, [copy("r", "panel"), copy("r", "z")]), product("i", "y")], ["1"]],
  [
    "nor where a loop writes the array, too",
    [fill("r"), over("i", copy("i", "y", "panel"), copy("i", "panel"))],
    ["1"],
  ],
];

describe("private arrays that each thread fills", () => {
  const text = ({ tasks }: Phase): string =>
    tasks
      .map((task) => {
        if (task.kind === "once") return "1";
        const fills = task.fills.map((one) => (one.kind === "for" ? `${one.variable} ` : "?")).join("");
        return `${fills}${task.loop.variable}${task.inner === undefined ? "" : `(${text(task.inner)})`}`;
      })
      .join(" + ");
  it.each(filling)("%s", (_, body, expected) => {
    expect(phasesOf(kernel(body, panel), bounds, true).map(text)).toEqual(expected);
  });

  it("keep everything in one thread where there are too many of them", () => {
    expect(phasesOf(kernel([fill("r"), product("i", "y")], panel), bounds).map(text)).toEqual(["1"]);
  });
});

describe("tasks that write", () => {
  it.each(writers)("%s", (_, body, phases) => {
    const given = kernelOf("k", [parameter("y", "write")], body, { dims: ["N"] });
    expect(phasesOf(given, bounds).length).toBe(phases);
  });
});

describe("phases of a kernel", () => {
  it.each(cases)("%s", (_, one, expected) => {
    expect(phasesOf(one, bounds).map(describeTasks)).toEqual(expected);
  });

  it("count their threads as polynomials of the open dimensions", () => {
    const [phase] = phasesOf(
      kernel([loop("i", N, [loop("j", 8, [copy("j")], parallel)], parallel), store("z", at({}), literal(0))]),
      bounds,
    );
    expect(threadsOf(phase).key).toBe("8*N + 1");
  });
});
