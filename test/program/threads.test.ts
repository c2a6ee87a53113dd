import { describe, expect, it } from "vitest";
import { phasesOf, threadsOf } from "../../compiler/program/threads.ts";
import type { Phase } from "../../compiler/program/threads.ts";
import type { ScheduledKernel, Statement } from "../../compiler/program/types.ts";
import { N, assign, at, binary, define, kernelOf, literal, load, loop } from "../targets/programs.ts";
import { parameter, store, variable } from "../targets/programs.ts";

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
const add = (i: string): Statement =>
  store("y", at({ [i]: 1 }), binary("add", load("x", at({ [i]: 1 })), variable("bias")));
const row = [{ name: "row", dtype: "f32", elements: 8 }] as const;

const cases: readonly (readonly [string, ScheduledKernel, readonly string[]])[] = [
  ["a loop is as many threads as turns", kernel([loop("i", N, [copy("i")], parallel)]), ["N"]],
  ["steps count once", kernel([loop("i", 10, [copy("i")], { step: 4, ...parallel })]), ["3"]],
  [
    "loops side by side share a phase, and a value that both need",
    kernel([bias, loop("i", N, [add("i")], parallel), loop("j", 3, [add("j")], parallel)]),
    ["[bias] N + 3"],
  ],
  [
    "a value that one task needs is its own",
    kernel([bias, loop("i", N, [add("i")], parallel), loop("j", 3, [copy("j")], parallel)]),
    ["N [bias] + 3"],
  ],
  [
    "loops within loops multiply",
    kernel([loop("i", N, [bias, loop("j", 8, [add("j")], parallel), store("y", at({ i: 1 }), literal(0))], parallel)]),
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
