/** The order of kernels, and what is updated in place: a case for each reason why an update is not. */
import { kernelsOf } from "../../compiler/kernel/steps.ts";
import { describe, expect, test } from "vitest";
import { orderSteps, verifyOrder } from "../../compiler/fuse/order.ts";
import type { LoweredOutput } from "../../compiler/lower/lowered.ts";
import type { Kernel, Stage } from "../../compiler/kernel/types.ts";
import { binary, f32 } from "../../compiler/loops/scalar.ts";
import { constantIndex } from "../../compiler/loops/index.ts";
import type { Index } from "../../compiler/loops/types.ts";
import { at, axis, from, reduce, shifted, store, storeTo } from "./kernels.ts";

const kernel = (name: string, ...stages: readonly Stage[]): Kernel => {
  return { name, grid: [axis("i", 4)], rows: [], stages, origins: [] };
};
/** target[i] = source[i] + 1, for each source. */
const makes = (target: string, ...sources: readonly (string | readonly [string, Index])[]): Kernel =>
  kernel(
    target,
    store(
      target,
      ["i"],
      sources
        .map((one) => (typeof one === "string" ? from(one, "i") : from(one[0], one[1])))
        .reduce((left, right) => binary("add", left, right), f32(1)),
    ),
  );
const update = (name: string, tensor = `${name}'`): LoweredOutput => ({ name, role: "parameter", tensor });
const result = (tensor: string): LoweredOutput => ({ name: tensor, role: "result", tensor });

/** target[i, r] = source[i, r] + 1, in a loop over r. */
const sweeps = (target: string, source: string): Kernel => {
  const value = binary("add", from(source, "i", "r"), f32(1));
  return kernel(target, {
    kind: "sweep",
    over: [axis("r", 4)],
    lets: [],
    stores: [storeTo(target, ["i", "r"], value)],
  });
};
/** target[0] is the sum of the source: zeros first, then what is added. */
const scatters = (target: string, source: string): Kernel =>
  kernel(target, {
    kind: "scatter",
    tensor: target,
    dtype: "f32",
    zero: [axis("z", 4)],
    zeroIndices: at("z"),
    over: [axis("r", 4)],
    lets: [],
    at: [constantIndex(0)],
    value: from(source, "r"),
  });

/** The kernels in order, and what is written in place. */
function ordered(kernels: readonly Kernel[], ...outputs: readonly LoweredOutput[]): string {
  const { steps: found, inPlace } = orderSteps(kernels, outputs);
  const places = [...inPlace].map(([tensor, variable]) => `${tensor} over ${variable}`);
  return `${kernelsOf(found)
    .map(({ name }) => name)
    .join(" ")}; ${places.join(", ")}`;
}

describe("an update goes in place", () => {
  test.each<readonly [string, () => string, string]>([
    ["where its kernel alone reads the old value", () => ordered([makes("w'", "w")], update("w")), "w'; w' over w"],
    ["where nobody reads it", () => ordered([makes("w'", "g")], update("w")), "w'; w' over w"],
    [
      "behind all others that read it",
      () => ordered([makes("w'", "w"), makes("y", "w")], update("w"), result("y")),
      "y w'; w' over w",
    ],
    [
      "behind a sum of its kernel that reads it",
      () =>
        ordered(
          [
            kernel(
              "w'",
              store("w'", ["i"], f32(1)),
              reduce([axis("r", 4)], { lanes: 1 }, ["s", "sum", from("w", "i")]),
            ),
          ],
          update("w"),
        ),
      "w'; w' over w",
    ],
    [
      "where a loop of its kernel writes it at the point that it reads",
      () => ordered([sweeps("w'", "w")], update("w")),
      "w'; w' over w",
    ],
    [
      "where it is added up and nobody reads the old value",
      () => ordered([scatters("w'", "d")], update("w")),
      "w'; w' over w",
    ],
    ["not where it is added up from the old value", () => ordered([scatters("w'", "w")], update("w")), "w'; "],
    [
      "not where it is read at another point",
      () => ordered([makes("w'", ["w", shifted("i", 1)])], update("w")),
      "w'; ",
    ],
    [
      "not where a reader of the old value needs the new one",
      () => ordered([makes("w'", "w"), makes("y", "w", "w'")], update("w"), result("y")),
      "w' y; ",
    ],
    [
      "not where it needs it by way of a third",
      () => ordered([makes("w'", "w"), makes("h", "w'"), makes("y", "h", "w")], update("w"), result("y")),
      "w' h y; ",
    ],
    [
      "only one of two that read each other",
      () => ordered([makes("a'", "b"), makes("b'", "a")], update("a"), update("b")),
      "b' a'; a' over a",
    ],
    ["not a result", () => ordered([makes("y", "x")], result("y")), "y; "],
    ["not what no kernel makes", () => ordered([makes("y", "x")], result("y"), update("w", "x")), "y; "],
  ])("%s", (_, found, expected) => {
    expect(found()).toBe(expected);
  });
});

test("a reader behind the step that overwrites what it reads is found", () => {
  const inPlace = new Map([["h'", "h"]]);
  expect(verifyOrder([makes("y", "h"), makes("h'", "h"), makes("z", "h'")], inPlace)).toEqual([]);
  expect(verifyOrder([makes("h'", "h"), makes("y", "h")], inPlace)).toEqual([
    "expected h to be read before h' overwrites it, found a reader after it",
  ]);
});

describe("kernels run", () => {
  test("as given, where they do not need each other", () => {
    expect(ordered([makes("c", "x"), makes("a", "x"), makes("b", "a")])).toBe("c a b; ");
  });

  test("after what they read, the earliest given first", () => {
    expect(ordered([makes("c", "b"), makes("b", "a"), makes("d", "x"), makes("a", "x")])).toBe("d a b c; ");
  });

  test("not in a circle, which is a bug of ours", () => {
    expect(() => ordered([makes("a", "b"), makes("b", "a")])).toThrow("kernels need each other");
  });

  test("whatever a row is called: it is no tensor of another kernel", () => {
    const sweep: Stage = { kind: "sweep", over: [axis("r", 4)], lets: [], stores: [storeTo("h", ["r"], f32(0))] };
    const rows = [{ name: "h", dtype: "f32", shape: [] }] as const;
    const own: Kernel = { ...kernel("k", sweep, store("y", ["i"], from("h", "i"))), rows };
    expect(ordered([makes("z", "h"), makes("h", "x"), own], result("z"))).toBe("h z k; ");
  });
});
