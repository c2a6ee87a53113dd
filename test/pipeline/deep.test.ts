/** Deep networks: layers of one shape share kernels, whatever they draw, and an optimizer is one loop; the numbers are those of shallow ones. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { callsOf } from "../../compiler/program/steps.ts";
import { load } from "../../runtime/load/index.ts";

function compiled(depth: number) {
  const source = `model M(x: [N, 2]) -> [N, 2] = x |> repeat(${depth}, dense(2) |> dropout(0.1))
train M { data: given  loss: mse  optimizer: adam(lr: 0.1)  batch: 4 }`;
  const result = compile({ name: "deep.nn", source }, { target: "wasm", verify: true });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result;
}

test("a hundred layers take few kernels more than ten", () => {
  const kernelsOf = (depth: number): number => compiled(depth).built.program.kernels.length;
  expect(kernelsOf(100)).toBeLessThan(kernelsOf(10) + 20);
}, 120_000);

test("many parameters move in one loop over segments", () => {
  const { program } = compiled(30).built;
  const step = program.entries.find(({ name }) => name === "train_step");
  const names = callsOf(step?.steps ?? []).map(({ call: { kernel } }) =>
    program.kernels[kernel].name.replace(/_\d+$/, ""),
  );
  expect(names.filter((name) => name === "update")).toHaveLength(1);
}, 120_000);

test("draws from stored streams are the same draws", async () => {
  const parametersOf = async (depth: number) => (await load(compiled(depth).artifact, { seed: 7 })).parameters;
  const [shallow, deep] = [await parametersOf(3), await parametersOf(100)];
  for (const name of ["M.repeat.0.dense.w", "M.repeat.1.dense.w", "M.repeat.2.dense.w"])
    expect(deep.get(name)?.data).toEqual(shallow.get(name)?.data);
  expect(deep.get("M.repeat.0.dense.w")?.data).not.toEqual(deep.get("M.repeat.99.dense.w")?.data);
}, 120_000);
