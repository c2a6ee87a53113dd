/** Whole trainings against PyTorch: ten steps on each target, the loss at each and the parameters behind them. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";

interface Tensor {
  readonly dtype: "f32" | "i32";
  readonly data: readonly number[];
}

type Tensors = Readonly<Record<string, Tensor>>;

interface Training {
  readonly name: string;
  readonly source: string;
  readonly inputs: Tensors;
  readonly parameters: Tensors;
  readonly losses: readonly number[];
  readonly after: Tensors;
}

// The file is written by fixtures/make.py in the shape that its README describes.
const trainings = JSON.parse(
  readFileSync(new URL("../fixtures/trainings.json", import.meta.url), "utf8"),
) as readonly Training[];

function typed({ dtype, data }: Tensor): Float32Array | Int32Array {
  return dtype === "f32" ? Float32Array.from(data) : Int32Array.from(data);
}

function apart(found: ArrayLike<number> = [], expected: readonly number[] = []): readonly string[] {
  return expected.flatMap((value, at) =>
    Math.abs((found[at] ?? NaN) - value) <= 1e-5 * Math.max(1, Math.abs(value))
      ? []
      : [`${at}: ${found[at]} for ${value}`],
  );
}

describe.each(["typescript", "wasm"] as const)("on %s", (target) => {
  test.each(trainings)("$name", async ({ source, inputs, parameters, losses, after }) => {
    const compiled = compile({ name: "net.nn", source }, { target });
    if (!compiled.ok) throw new Error(compiled.diagnostics[0].message);
    const net = await load(compiled.artifact);
    for (const [path, tensor] of Object.entries(parameters)) net.parameters.set(path, Float32Array.from(tensor.data));
    const batch = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, typed(tensor)]));
    const found: number[] = [];
    for (const _ of losses) found.push((await net.step(batch)).loss);
    expect(apart(found, losses)).toEqual([]);
    for (const [path, { data }] of Object.entries(after))
      expect(apart(net.parameters.get(path)?.data, data)).toEqual([]);
    net.close();
  });
});
