/** What is written out at length is worked out once for each form: kernels like one model mean what they would mean by themselves. */
import { describe, expect, test } from "vitest";
import { fuse } from "../../compiler/fuse/index.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import type { GraphOutput, Value } from "../../compiler/graph/types.ts";
import { accountOf } from "../../compiler/kernel/accesses.ts";
import { formOf } from "../../compiler/kernel/form.ts";
import { kernelsOf } from "../../compiler/kernel/steps.ts";
import { readsOf, writesOf } from "../../compiler/kernel/tensors.ts";
import type { Kernel } from "../../compiler/kernel/types.ts";
import { verifyKernel } from "../../compiler/kernel/verify.ts";
import { lower } from "../../compiler/lower/lower.ts";
import { UniqueNames } from "../../compiler/program/unique-names.ts";
import { input } from "../passes/graphs.ts";
import { evaluateFused, evaluateLowered, randomInputs } from "./evaluate.ts";

const bounds = new Map([["N", 3]]);

const plain = [
  [1, 0],
  [0.5, 1],
];
const other = [
  [1, 0],
  [0.25, 1],
];

interface Chain {
  readonly picture: Value;
  readonly factor: Value;
  readonly matrix?: readonly (readonly number[])[];
  readonly low?: readonly number[];
}

/** Tiles, a product for each of their elements, and a picture of tiles again. */
function chain(builder: GraphBuilder, { picture, factor, matrix = plain, low = [0, 0] }: Chain): Value {
  const place = { axis: 1, count: [2, 2], rows: 1 };
  const tiles = builder.one("tiles", [picture], { ...place, matrix, step: 2, low });
  const labels = { left: [0, 1, 2, 3, 4, 5], right: [2, 5, 6], output: [0, 1, 2, 3, 4, 6] };
  return builder.one("untile", [builder.one("contract", [tiles, factor], labels)], { ...place, matrix });
}

/** Chains of one form over inputs, over each other and over a transpose; two of other forms. An input has the name that a row wants. */
function lowered() {
  const builder = new GraphBuilder();
  const [x, tiles] = ["x", "tiles"].map((name) => input(builder, name, ["N", 4, 4, 8]));
  const [u, v] = ["u", "v"].map((name) => input(builder, name, [4, 8, 8]));
  const turned = builder.one("transpose", [x], { permutation: [0, 2, 1, 3] });
  const first = chain(builder, { picture: x, factor: u });
  const values = {
    first,
    second: chain(builder, { picture: tiles, factor: v }),
    third: chain(builder, { picture: first, factor: v }),
    turned: chain(builder, { picture: turned, factor: u }),
    matrix: chain(builder, { picture: x, factor: u, matrix: other }),
    border: chain(builder, { picture: x, factor: u, low: [1, 0] }),
  };
  const outputs = Object.entries(values).map(([name, value]): GraphOutput => ({ name, role: "result", value }));
  return lower(builder.finish(outputs), bounds);
}

const entryWith = (nests: boolean) => fuse(lowered(), bounds, new UniqueNames(), { nests, verify: true });

describe.each([
  ["joined", true],
  ["apart", false],
])("chains, %s", (_, nests) => {
  test("keep every bit", () => {
    const dims = new Map([["N", 3]]);
    const inputs = randomInputs(lowered(), dims);
    const found = evaluateFused(entryWith(nests), inputs, dims, "f32");
    for (const [output, { data }] of evaluateLowered(lowered(), inputs, dims, "f32"))
      expect([output, ...(found.get(output)?.data ?? [])]).toEqual([output, ...data]);
  });

  test("have the accounts and forms of kernels that have no model", () => {
    const { steps, tensors } = entryWith(nests);
    const all = (kernel: Kernel) => ({
      account: accountOf(kernel),
      reads: [...readsOf(kernel)],
      writes: [...writesOf(kernel)],
      form: formOf(kernel, (tensor) => tensors.get(tensor)?.type ?? { dtype: "f32", shape: [] }),
      problems: verifyKernel(kernel),
    });
    for (const kernel of kernelsOf(steps))
      expect(all(kernel)).toEqual(all({ ...kernel, stages: structuredClone(kernel.stages) }));
  });
});

test("chains differ in form where more differs than tensors", () => {
  const { steps, tensors } = entryWith(true);
  const typeOf = (name: string) => tensors.get(name)?.type ?? { dtype: "f32", shape: [] };
  const forms = new Map(
    kernelsOf(steps).flatMap((kernel) => [...writesOf(kernel)].map((name) => [name, formOf(kernel, typeOf).key])),
  );
  const [first, ...alike] = ["first", "second", "third"].map((name) => forms.get(name));
  expect(alike).toEqual([first, first]);
  expect(new Set(["first", "matrix", "border"].map((name) => forms.get(name))).size).toBe(3);
});
