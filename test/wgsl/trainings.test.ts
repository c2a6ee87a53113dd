/** Networks of the examples, and a convolutional one, train on the GPU as they do elsewhere. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Artifact, TargetName } from "../../compiler/program/artifact.ts";
import { encodeText, codePoints, vocabularyOf } from "../../runtime/data/text.ts";
import { load } from "../../runtime/load/index.ts";
import { Gpu } from "./gpu.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await Gpu.start();
}, 120_000);
afterAll(() => gpu.stop());

type Batch = readonly (readonly [string, Float32Array | Int32Array])[];

interface Training {
  readonly source: string;
  readonly dims?: Readonly<Record<string, number>>;
  readonly batches: readonly Batch[];
  /** What is left of the first batch's loss in the end, at most. */
  readonly left: number;
}

const textOf = (file: string): string => readFileSync(new URL(`../../examples/${file}`, import.meta.url), "utf8");

/** Batches of 32 handwritten digits, in their order. */
function digits(count: number): readonly Batch[] {
  const [header, ...lines] = textOf("digits/data/digits.csv").trim().split("\n");
  const target = header.split(",").indexOf("digit");
  const rows = lines.map((line) => line.split(",").map(Number));
  return Array.from({ length: count }, (_, batch) => {
    const own = rows.slice(32 * batch, 32 * batch + 32);
    const images = own.flatMap((row) => row.filter((__, column) => column !== target).map((grey) => grey / 16));
    return [
      ["image", Float32Array.from(images)],
      ["target", Int32Array.from(own, (row) => row[target])],
    ] as const;
  });
}

/** Batches of four windows of the book, in its order. */
function letters(count: number, window: number): readonly Batch[] {
  const characters = codePoints(textOf("text/data/book.txt").slice(0, 4096));
  const ids = encodeText(characters, vocabularyOf(characters, 64));
  return Array.from({ length: count }, (_, batch) => {
    const [from, to] = [4 * batch * window, 4 * (batch + 1) * window];
    return [
      ["text", ids.slice(from, to)],
      ["target", ids.slice(from + 1, to + 1)],
    ] as const;
  });
}

/** Strides, a depthwise layer, batch normalisation and both kinds of pools. */
const pictures = `
  model Pictures(image: [N, 64]) -> [N, 10] =
    image |> reshape([N, 8, 8, 1]) |> conv2d(8, kernel: 3, padding: "same") |> batch_norm |> relu |> max_pool2d(2)
      |> depthwise_conv2d(3, padding: "same") |> relu |> conv2d(12, kernel: 3, stride: 2) |> relu |> flatten |> dense(10)
  train Pictures {
    data: csv("data/digits.csv", target: "digit", scale: 1/16)
    loss: cross_entropy  optimizer: adam(lr: 0.01)  batch: 32  seed: 7
  }
`;

const trainings: readonly (readonly [string, () => Training])[] = [
  ["40 steps of digits", () => ({ source: textOf("digits/digits.nn"), batches: digits(40), left: 0.75 })],
  ["3 steps of a convolutional network", () => ({ source: pictures, batches: digits(3), left: 0.99 })],
  [
    "three steps of a gated recurrent network",
    () => ({ source: textOf("text/recurrent.nn"), dims: { T: 48 }, batches: letters(3, 48), left: 0.99 }),
  ],
];

function artifactFor(target: TargetName, { source, dims = {} }: Training): Artifact {
  const result = compile({ name: "test.nn", source }, { target, dims });
  if (!result.ok) throw new Error(result.diagnostics[0].message);
  return result.artifact;
}

test.each(trainings)(
  "%s have the losses of WebAssembly within 10⁻⁴, and they fall",
  async (_, make) => {
    const training = make();
    const { batches, left } = training;
    const network = await load(artifactFor("wasm", training), { seed: 7 });
    const expected = batches.map((batch) => network.stepSync(new Map(batch)).loss);
    expected.push(network.evaluateSync(new Map(batches[0])).loss);
    const found = await gpu.train(artifactFor("wgsl", training), batches);
    expect(found).toHaveLength(batches.length + 1);
    for (const [step, loss] of expected.entries()) expect(Math.abs(found[step] - loss)).toBeLessThan(1e-4 * (1 + loss));
    expect(found.at(-1)).toBeLessThan(left * found[0]);
  },
  120_000,
);
