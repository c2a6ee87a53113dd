/** How long what is touched in loops is needed, and when it counts as written. */
import { describe, expect, test } from "vitest";
import { constant, subtract } from "../../compiler/dimension/dimension.ts";
import type { Program } from "../../compiler/program/types.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import type { NamedStep } from "./loops.ts";
import { T, programOf, repeat } from "./loops.ts";

const one = constant(1);
/** `a` and `b` are a slot each. */
const whole = { a: one, b: one };

function run(...steps: readonly NamedStep[]): Program {
  return programOf({ run: { results: ["y"], steps } }, { whole });
}

/** The program with a buffer, its slices included, where another is. */
function placed(program: Program, moved: string, at: string): Program {
  const offset = program.buffers.find(({ name }) => name === at)?.offset ?? NaN;
  const whole = program.buffers.findIndex(({ name }) => name === moved);
  const buffers = program.buffers.map((buffer, n) =>
    n === whole || buffer.slice?.of === whole ? { ...buffer, offset } : buffer,
  );
  return { ...program, buffers };
}

const sound: readonly string[] = [];
const shared = (left: string, right: string) => [`run: ${left} and ${right} share bytes while both are needed`];
const unwritten = (at: string, name: string) => [
  `run: step ${at}: expected ${name} to be written before, found no step that does`,
];

describe("two buffers of one place", () => {
  test.each<readonly [string, readonly NamedStep[], readonly [string, string], readonly string[]]>([
    [
      "may be needed one after the other in each turn",
      [repeat("t", T, ["copy", "x now", "a"], ["copy", "a", "c now"], ["copy", "x now", "b"], ["copy", "b", "c next"])],
      ["b", "a"],
      sound,
    ],
    [
      "are one too many where a turn needs what was before the loop",
      [["start", "a"], repeat("t", T, ["copy", "a", "c now"], ["copy", "x now", "b"], ["copy", "b", "c next"])],
      ["b", "a"],
      shared("a", "b"),
    ],
    [
      "and where what a turn makes is needed behind the loop",
      [repeat("t", T, ["copy", "x now", "b"], ["copy", "b", "c next"], ["copy", "x now", "a"]), ["copy", "a", "y"]],
      ["b", "a"],
      shared("a", "b"),
    ],
    [
      "and where one is a stack of the loop, all of which is needed in all turns",
      [repeat("t", T, ["copy", "x now", "h now"], ["copy", "x now", "b"], ["copy", "b", "c now"])],
      ["b", "h"],
      shared("h", "b"),
    ],
    [
      "not even in the place of what its last step read",
      [["start", "a"], repeat("t", T, ["copy", "a", "b"]), ["copy", "b", "y"]],
      ["b", "a"],
      shared("a", "b"),
    ],
    [
      "may be a stack of an inner loop and what the outer needs beside it",
      [
        repeat(
          "o",
          constant(3),
          ["start", "a"],
          ["copy", "a", "y block"],
          repeat("i", T, ["copy", "x inner", "hs now"], ["copy", "hs now", "hs next"]),
        ),
      ],
      ["a", "hs"],
      sound,
    ],
    [
      "but not where the outer needs it behind, too",
      [
        ["start", "a"],
        repeat("o", constant(3), ["copy", "a", "y block"], repeat("i", T, ["copy", "x inner", "hs now"])),
      ],
      ["a", "hs"],
      shared("a", "hs"),
    ],
    [
      "may be stacks of loops that follow each other",
      [repeat("t", T, ["copy", "x now", "h now"]), repeat("i", T, ["start", "hs now"])],
      ["hs", "h"],
      sound,
    ],
  ])("%s", (_, steps, [moved, at], expected) => {
    expect(verifyProgram(placed(run(...steps), moved, at))).toEqual(expected);
    // It is their place alone that is wrong.
    expect(verifyProgram(run(...steps))).toEqual(sound);
  });
});

describe("what is read", () => {
  const perhaps = subtract(T, one);
  test.each<readonly [string, readonly NamedStep[], readonly string[]]>([
    ["may be a slot of what has another", [["start", "h first"], repeat("t", T, ["copy", "h now", "h next"])], sound],
    ["must have one that is written", [repeat("t", T, ["copy", "h now", "h next"])], unwritten("0.0", "h")],
    [
      "is not what a later step of a turn writes",
      [repeat("t", T, ["copy", "a", "y"], ["start", "a"])],
      unwritten("0.0", "a"),
    ],
    ["may be what a loop wrote", [repeat("t", T, ["start", "a"]), ["copy", "a", "y"]], sound],
    [
      "is not what a loop writes that may not run",
      [repeat("t", perhaps, ["start", "a"]), ["copy", "a", "y"]],
      unwritten("1", "a"),
    ],
    ["unless it is within", [repeat("t", perhaps, ["start", "a"], ["copy", "a", "y"])], sound],
    [
      "or slots of a stack, of which another loop may write the rest",
      [repeat("t", perhaps, ["start", "h now"]), ["copy", "h end", "y"]],
      sound,
    ],
  ])("%s", (_, steps, expected) => {
    expect(verifyProgram(run(...steps))).toEqual(expected);
  });
});

describe("two parts of a buffer, one of which a call writes", () => {
  test.each<readonly [string, readonly string[], boolean]>([
    ["are slots that never meet", ["copy", "h now", "h next"], true],
    ["are slots that take turns", ["copy", "c now", "c next"], true],
    ["are one and the same", ["copy", "h now", "h now"], true],
    ["are slots that stay", ["copy", "h first", "h end"], true],
    ["are parts of two buffers", ["copy", "h now", "c now"], true],
    ["may not be slots of which one stays", ["copy", "h now", "h first"], false],
    ["may not be slots that pass each other", ["copy", "h now", "h back"], false],
    ["may not be a slot and all of them", ["copy", "h now", "h"], false],
    ["may not be a part and a part of it", ["copy", "x inner", "x block"], false],
  ])("%s", (_, call, isSound) => {
    const steps = repeat("t", T, repeat("o", constant(3), repeat("i", T, call)));
    const found = verifyProgram(run(["start", "h first"], ["start", "c first"], steps));
    const [, left, right] = call;
    const expected = `run: step 2.0.0.0: expected ${left} and ${right} apart, found them where they may meet`;
    expect(found).toEqual(isSound ? sound : [expected]);
  });

  test("may meet where it reads both", () => {
    const steps = repeat("t", T, ["step", "h now", "h back", "y"]);
    expect(verifyProgram(run(["start", "h first"], steps))).toEqual(sound);
  });
});
