/** From graphs to a program: what entries, functions and kernels it has, and what it counts as. */
import { describe, expect, test } from "vitest";
import { elaborateSource } from "../../compiler/front.ts";
import { buildProgram, type Built } from "../../compiler/middle.ts";
import { simd } from "../../compiler/schedule/machine.ts";

/** The program, and the kernels' text as the schedule ends. */
function built(source: string): Built & { readonly scheduled: string } {
  const { elaboration } = elaborateSource({ name: "m.nn", source }, {});
  if (elaboration === undefined) throw new Error("expected a sound program");
  const texts = new Map<string, string>();
  const found = buildProgram(elaboration, simd, {
    verify: true,
    seen: (phase, print) => void texts.set(phase, print()),
  });
  return { ...found, scheduled: texts.get("schedule") ?? "" };
}

describe("a program", () => {
  const several = () =>
    built(`model A(x: [N, 4]) -> [N, 4] = exp(x)
           model B(y: [M, 3]) -> [M, 3] = y + 1
           model C(z: [N, 3]) -> [N, 3] = z * N
           model D(x: [K, 3]) -> [3] = x[0] + 1
           model E(x: [N, 3], z: [J, 2]) -> [N, 3] {
             let unused = sum(z)
             return x * J
           }
           model F(x: [N, 3], z: [T, 2]) -> [N, 3] {
             let last = scan r in z along T with h = x {
               next h = h * 2
             }
             return last
           }`).program;

  // Those of E and F stand in no tensor that is left: one is a number, the other says how often a loop runs.
  test("has the dimensions of each entry, and no others", () => {
    expect(several().entries.map(({ name, dims }) => `${name}(${dims.join(", ")})`)).toEqual([
      "init()",
      "predict.A(N)",
      "predict.B(M)",
      "predict.C(N)",
      "predict.D(K)",
      "predict.E(N, J)",
      "predict.F(N, T)",
    ]);
  });

  test("has the functions that it calls, and no others", () => {
    expect(several().functions.map(({ name }) => name)).toEqual(["exp"]);
  });
});

describe("layers of one form", () => {
  const layers = (count: number) => built(`model M(x: [N, 4]) -> [N, 4] = x${" |> dense(4) |> relu".repeat(count)}`);
  const predictions = ({ program }: Built): number =>
    program.entries.find(({ name }) => name === "predict.M")?.steps.length ?? 0;

  test("are calls of one kernel, which is scheduled and printed once", () => {
    const [one, three] = [layers(1), layers(3)];
    expect([predictions(one), predictions(three)]).toEqual([1, 3]);
    expect(three.program.kernels).toHaveLength(one.program.kernels.length);
    const printed = ({ scheduled }: { readonly scheduled: string }): number => scheduled.split("kernel ").length - 1;
    expect([printed(one), printed(three)]).toEqual([one.program.kernels.length, one.program.kernels.length]);
  });

  test("count as one form of 250 operations", () => {
    const [one, three] = [layers(1), layers(3)];
    expect(one.operations).toBeGreaterThanOrEqual(250 * one.program.kernels.length);
    expect(one.operations).toBeLessThan(250 * (one.program.kernels.length + 1));
    expect(three.operations - one.operations).toBeLessThan(250);
  });
});
