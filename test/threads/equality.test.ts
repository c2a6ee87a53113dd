/** One artifact, the same bits: on TypeScript, on WebAssembly alone, on several threads, and with parts taken in any order. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { javascript, simd } from "../../compiler/schedule/machine.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import type { Program } from "../../compiler/program/types.ts";
import { prepare, train } from "../../runtime/train/index.ts";
import { emitTypescript } from "../../targets/typescript/index.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { runner } from "../random/batch.ts";
import { eager, startThreads, startTypescript, startWasm, type Running } from "../random/start.ts";
import { bitsOf } from "../targets/run.ts";
import { inAnyOrder } from "./any-order.ts";
import { sampleCases, sampleDims, sampleProgram } from "../targets/samples.ts";

const counts = [1, 2, 3, 8];

describe("samples of every op", () => {
  function results(running: Running, program: Program): ReadonlyMap<string, readonly unknown[]> {
    const run = runner(program, running);
    return new Map(
      sampleCases.map(({ title, inputs, result }) => {
        const data = run(title, sampleDims, inputs, [result]).get(result)?.data ?? [];
        return [title, bitsOf(Float32Array.from(data))] as const;
      }),
    );
  }

  it("are equal", async () => {
    const scalars = sampleProgram(javascript);
    const expected = results(await startTypescript(emitTypescript(scalars)), scalars);
    const vectors = sampleProgram(simd);
    const artifact = emitWasm(vectors, undefined, { costs: eager });
    expect(results(startWasm(artifact), vectors)).toEqual(expected);
    expect(results(inAnyOrder(artifact), vectors)).toEqual(expected);
    for (const threads of counts) {
      const running = await startThreads(artifact, threads);
      expect(results(running, vectors)).toEqual(expected);
      running.close();
    }
  }, 120_000);
});

/** As many as make a few steps. */
function firstLines(file: string): Uint8Array {
  return new TextEncoder().encode(readFileSync(file, "utf8").split("\n").slice(0, 160).join("\n"));
}

const ofDigits = (model: string, optimizer: string): string => `
train ${model} {
  data: csv("data/digits.csv", target: "digit", scale: 1/16, holdout: 20%)
  loss: cross_entropy
  optimizer: ${optimizer}(lr: 0.01)
  batch: 32
  seed: 7
}
`;

/** Its second convolution, and that one's gradient by the input, become Winograd's. */
const pictures = `model Pictures(image: [N, 64]) -> [N, 10] =
  image |> reshape([N, 8, 8, 1]) |> conv2d(16, kernel: 3, padding: "same") |> relu
    |> conv2d(16, kernel: 3, padding: "same") |> relu |> flatten |> dense(10)
${ofDigits("Pictures", "sgd")}`;

/** A picture row by row, in both directions. */
const rows = `model Rows(image: [N, 64]) -> [N, 10] {
  let read = image |> reshape([N, 8, 8]) |> bidirectional(lstm(12), gru(8))
  return read[:, 7] |> dense(10)
}
${ofDigits("Rows", "adam")}`;

const sources: readonly { readonly file: string; readonly label: string; readonly text?: string }[] = [
  { file: "examples/digits/digits.nn", label: "Digits" },
  { file: "examples/digits/pictures.nn", label: "Pictures", text: pictures },
  { file: "examples/digits/rows.nn", label: "Rows", text: rows },
  { file: "examples/linear/linear.nn", label: "Progression" },
  ...["plain", "momentum", "rmsprop", "svm", "lion"].map((label) => ({
    file: "examples/optimisers/optimisers.nn",
    label,
  })),
];

describe.each(sources)("$label of $file", ({ file, label, text }) => {
  const source = text ?? readFileSync(file, "utf8");
  // `batch: all` is as large as its data.
  const bounds: Readonly<Record<string, number>> = label === "Progression" ? { N: 354 } : {};
  const folder = file.slice(0, file.lastIndexOf("/"));

  function compiled(target: "typescript" | "wasm") {
    const result = compile({ name: "test.nn", source }, { target, bounds, train: label });
    if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
    return result;
  }

  async function trained(artifact: Artifact, threads: number): Promise<Uint8Array> {
    const data = prepare(artifact.manifest, { read: (path) => firstLines(`${folder}/${path}`) });
    const training = train(artifact, data, { threads, epochs: 1 });
    for await (const event of training) if (event.event === "diverged") throw new Error("diverged");
    const bytes = await training.save();
    training.network.close();
    return bytes;
  }

  it("trains to the same bits on any number of threads", async () => {
    const expected = await trained(compiled("typescript").artifact, 1);
    const { built, artifact } = compiled("wasm");
    const shared = emitWasm(built.program, undefined, { costs: eager });
    for (const threads of counts) expect(await trained(artifact, threads)).toEqual(expected);
    expect(await trained(shared, 3)).toEqual(expected);
  }, 60_000);
});
