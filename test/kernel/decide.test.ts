/** Which values are stored and which are written into their consumers: a case on each side of every rule of `decide`. */
import { describe, expect, test } from "vitest";
import { constant } from "../../compiler/dimension/dimension.ts";
import { decide, updateRegion } from "../../compiler/fuse/decide.ts";
import { isContraction } from "../../compiler/loops/contraction.ts";
import { loadedBy } from "../../compiler/loops/compute.ts";
import type { LoweredNode, LoweredOutput } from "../../compiler/lower/lowered.ts";
import { addIndex, axisIndex, dataIndex, quotient, remainder, scaleIndex } from "../../compiler/loops/index.ts";
import { randomWords, unaryFunctions } from "../../compiler/loops/functions.ts";
import { binary, call, cast, compare, f32, i32, indexScalar, load, select } from "../../compiler/loops/scalar.ts";
import type { Scalar } from "../../compiler/loops/types.ts";
import { fusionInput, map, product, reduction, scattered } from "./computes.ts";
import { at, axis, from } from "./kernels.ts";

const [i, j, k] = [axis("i", 4), axis("j", 4), axis("k", 4)];
const grid = [i, j];
const add = (left: Scalar, right: Scalar): Scalar => binary("add", left, right);
const exp = (value: Scalar): Scalar => call(unaryFunctions.exp, [value]);
/** The first value, and so many operators. */
const operators = (count: number, first = from("x", "i", "j")): Scalar =>
  Array.from({ length: count }).reduce<Scalar>((value) => add(value, f32(0.5)), first);
/** One operator more, of a value that is written twice. */
const doubled = (value: Scalar): Scalar => product(value, value);
const row = cast("f32", indexScalar(axisIndex("i")));
/** Where [i, j] stands among the elements of [4, 4]. */
const flat = addIndex(scaleIndex(axisIndex("i"), 4), axisIndex("j"));
const h = (value: Scalar): LoweredNode => map("h", grid, value);
const use = (tensor: string, value: Scalar = product(from("h", "i", "j"), f32(2))): LoweredNode =>
  map(tensor, grid, value);
/** The only consumer that loads h once, or one of two. */
const once = [use("y")];
const twice = [use("y"), use("z", add(from("h", "i", "j"), f32(7)))];
const contraction = (left: Scalar): LoweredNode => reduction("c", grid, [k], product(left, from("w", "k", "j")));
const readByContraction = [contraction(from("h", "i", "k"))];
/** So many choices by index, two operators each. */
const choices = (count: number): Scalar =>
  Array.from({ length: count }, (_, n) => n).reduce<Scalar>(
    (value, n) => select(compare("less", indexScalar(flat), i32(n + 1)), value, from("x", "j", "i")),
    from("x", "i", "j"),
  );
const word = call(randomWords[0], [i32(1), i32(2), indexScalar(axisIndex("i")), i32(3)]);
const ids = dataIndex(load("ids", "i32", at("i")), constant(4));

/** The tensors that kernels make of these nodes, whose last ones are the results. */
function stored(nodes: readonly LoweredNode[], results: readonly string[]): string {
  const sizes = { x: [4, 4], w: [4, 4], b: [4], v: [2, 8], a: [4, 4], d: [4, 4] };
  return decide(fusionInput(nodes, results, sizes))
    .map(({ tensor }) => tensor)
    .join(" ");
}

const cases: Readonly<Record<string, readonly (readonly [string, readonly LoweredNode[], string])[]>> = {
  "a result is stored": [
    ["one that nobody reads", [h(operators(1))], "h"],
    ["and what is none is not", [h(operators(1)), ...once], "y"],
  ],
  "what is large is stored": [
    ["61 operators", [h(operators(61)), ...once], "h y"],
    ["and 60 are written into the consumer", [h(operators(60)), ...once], "y"],
  ],
  "a random draw is stored": [
    ["once for its consumers", [h(cast("f32", word)), ...once], "h y"],
    ["and another number of an index is not", [h(row), ...twice], "y z"],
  ],
  "what a contraction loads is stored": [
    ["if it is computed", [h(operators(1)), ...readByContraction], "h c"],
    ["but read in place where it is turned round", [h(from("x", "j", "i")), ...readByContraction], "c"],
    [
      "or where it is another shape of the same elements",
      [h(from("v", quotient(flat, constant(8)), remainder(flat, constant(8)))), ...readByContraction],
      "c",
    ],
    [
      "but not where elements change their order",
      [h(from("x", remainder(axisIndex("i"), constant(2)), "j")), ...readByContraction],
      "h c",
    ],
  ],
  "what is made of indices alone is computed by each consumer": [
    ["unless it is expensive", [h(exp(row)), ...once], "h y"],
    ["where it is not", [h(operators(7, row)), ...twice], "y z"],
  ],
  "movement is written into its consumers": [
    ["six choices into both", [h(choices(6)), ...twice], "y z"],
    ["seven into the only one", [h(choices(7)), ...once], "y"],
    ["but seven are stored for two", [h(choices(7)), ...twice], "h y z"],
    [
      "and a choice by a value is no movement",
      [h(select(compare("less", operators(7), f32(0)), from("x", "i", "j"), from("a", "i", "j"))), ...twice],
      "h y z",
    ],
  ],
  "what a contraction loads by way of movement is stored": [
    [
      "before it is moved",
      [h(operators(1)), map("t", grid, from("h", "j", "i")), contraction(from("t", "i", "k"))],
      "h c",
    ],
  ],
  "what continues one value alone is stored, in that value's kernel": [
    ["element by element", [sum("s"), h(add(from("s", "i", "j"), f32(1))), ...twice], "s h y z"],
    [
      "also where a turned copy of the value is read beside it",
      [sum("s"), map("t", grid, from("s", "j", "i")), h(add(from("s", "i", "j"), from("t", "i", "j"))), ...twice],
      "s h y z",
    ],
    [
      "unless another reads the value",
      [sum("s"), h(add(from("s", "i", "j"), f32(1))), ...twice, use("o", from("s", "i", "j"))],
      "s y z o",
    ],
    ["unless it reads it turned round", [sum("s"), h(add(from("s", "j", "i"), f32(1))), ...twice], "s y z"],
    [
      "unless it reads a part",
      [reduction("s", [axis("i", 8), j], [k], from("x", "i", "k")), h(add(from("s", "i", "j"), f32(1))), ...twice],
      "s y z",
    ],
    [
      "unless it has another shape",
      [reduction("s", [i], [k], from("x", "i", "k")), h(add(from("s", "i"), f32(1))), ...twice],
      "s y z",
    ],
    [
      "unless it is a scatter's",
      [scattered("s", grid, grid, at(ids, "j"), from("d", "i", "j")), h(add(from("s", "i", "j"), f32(1))), ...twice],
      "s y z",
    ],
  ],
  "a cheap map is computed by each consumer": [
    ["of six operators", [h(operators(6)), ...twice], "y z"],
    ["but of seven stored", [h(operators(7)), ...twice], "h y z"],
    ["of six that are written twice", [h(doubled(operators(5))), ...twice], "y z"],
    ["but of seven so stored", [h(doubled(operators(6))), ...twice], "h y z"],
    [
      "and of six that are more than 24 where each is written out",
      [h(doubled(doubled(doubled(operators(3))))), ...twice],
      "h y z",
    ],
    ["but stored where one of them is expensive", [h(exp(from("x", "i", "j"))), ...twice], "h y z"],
    ["of two tensors", [h(add(from("x", "i", "j"), from("a", "i", "j"))), ...twice], "y z"],
    [
      "but of three stored",
      [h(add(add(from("x", "i", "j"), from("a", "i", "j")), from("d", "i", "j"))), ...twice],
      "h y z",
    ],
    [
      "where the third is of a lower rank",
      [h(add(add(from("x", "i", "j"), from("a", "i", "j")), from("b", "j"))), ...twice],
      "y z",
    ],
  ],
  "a dear map is written into the only consumer": [
    ["that loads it once", [h(exp(from("x", "i", "j"))), ...once], "y"],
    [
      "that loads it once, in another shape",
      [
        h(exp(from("x", "i", "j"))),
        map(
          "y",
          [axis("p", 16)],
          product(from("h", quotient(axisIndex("p"), constant(4)), remainder(axisIndex("p"), constant(4))), f32(2)),
        ),
      ],
      "y",
    ],
    ["also a sum over all of it", [h(exp(from("x", "i", "j"))), reduction("y", [i], [j], from("h", "i", "j"))], "y"],
    [
      "but not one that loads it twice",
      [h(exp(from("x", "i", "j"))), use("y", add(from("h", "i", "j"), from("h", "j", "i")))],
      "h y",
    ],
    [
      "nor one that is larger",
      [h(exp(from("x", "i", "j"))), map("y", [i, j, k], product(from("h", "i", "j"), f32(2)))],
      "h y",
    ],
    [
      "nor a scatter",
      [h(exp(from("x", "i", "j"))), scattered("y", grid, grid, at(ids, "j"), from("h", "i", "j"))],
      "h y",
    ],
  ],
  "what comes to nothing makes no kernel": [
    ["since nobody reads it", [sum("s"), h(exp(from("s", "i", "j"))), use("y", from("x", "i", "j"))], "y"],
  ],
};

function sum(tensor: string): LoweredNode {
  return reduction(tensor, grid, [k], add(from("x", "i", "k"), from("x", "k", "j")));
}

describe.each(Object.entries(cases))("%s", (_, rows) => {
  test.each(rows)("%s", (__, nodes, expected) => {
    const results = nodes.filter(({ tensor }) => !["h", "s", "t"].includes(tensor)).map(({ tensor }) => tensor);
    expect(stored(nodes, results.length === 0 ? ["h"] : results)).toBe(expected);
  });
});

describe("a contraction is a sum of products of two loads", () => {
  const loads = product(from("x", "i", "k"), from("w", "k", "j"));
  test.each<readonly [string, LoweredNode, boolean]>([
    ["so this is one", reduction("c", grid, [k], loads), true],
    ["but no map", map("c", grid, loads), false],
    ["nor a maximum", reduction("c", grid, [k], loads, undefined, "max"), false],
    ["nor a sum of sums", reduction("c", grid, [k], add(from("x", "i", "k"), from("w", "k", "j"))), false],
    [
      "nor of something computed on the left",
      reduction("c", grid, [k], product(exp(from("x", "i", "k")), from("w", "k", "j"))),
      false,
    ],
    ["or on the right", reduction("c", grid, [k], product(from("x", "i", "k"), f32(2))), false],
  ])("%s", (_, { compute }, expected) => {
    expect(isContraction(compute)).toBe(expected);
  });
});

describe("what only moves parameters keeps to itself", () => {
  const update: LoweredOutput = { name: "w", role: "parameter", tensor: "next" };
  const result: LoweredOutput = { name: "y", role: "result", tensor: "y" };
  const next = map("next", grid, add(from("w", "i", "j"), from("g", "i", "j")));
  const g = map("g", grid, exp(from("x", "i", "j")));
  test.each<readonly [string, readonly LoweredNode[], readonly LoweredOutput[], readonly string[]]>([
    ["with the maps from which only it follows", [g, next], [update], ["next", "g"]],
    [
      "not with what a result follows from, too",
      [g, next, map("y", grid, from("g", "i", "j"))],
      [update, result],
      ["next"],
    ],
    ["not with what nobody reads", [map("dead", grid, f32(1)), g, next], [update], ["next", "g"]],
    ["not with a sum", [reduction("g", grid, [k], from("x", "i", "k")), next], [update], ["next"]],
    ["nothing where the sum is the update", [reduction("next", grid, [k], from("x", "i", "k"))], [update], []],
    ["nothing where all is a result", [g, map("y", grid, from("g", "i", "j"))], [result], []],
  ])("%s", (_, nodes, outputs, expected) => {
    const input = fusionInput(nodes, outputs);
    const loads = new Map(nodes.map(({ tensor, compute }) => [tensor, loadedBy(compute)]));
    expect([...updateRegion(input, loads)]).toEqual(expected);
  });
});
