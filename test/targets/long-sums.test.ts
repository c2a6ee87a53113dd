/**
 * Products and convolutions whose sums are long at the bound, in chunks, and windows that are short: whole programs on every
 * target and on two threads have the bits of the graph as it is interpreted, node by node.
 */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { evaluate } from "../../compiler/dimension/dimension.ts";
import { elaborateSource } from "../../compiler/front.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { runner } from "../random/batch.ts";
import { nameOf } from "../random/program.ts";
import { startThreads, startTypescript, startWasm } from "../random/start.ts";
import { bitsOf } from "./run.ts";

interface Case {
  readonly title: string;
  readonly source: string;
  readonly bound: number;
  readonly rows: readonly number[];
}

const cases: readonly Case[] = [
  {
    title: "a product over 4,097 columns",
    source: "model M(x: [N, 4097], w: [4097, 6]) -> [N, 6] = x @ w",
    bound: 20,
    rows: [1, 3, 17],
  },
  {
    title: "the gradient of weights over many rows at the bound",
    source: 'model M(x: [N, 5], d: [N, 9]) -> [5, 9] = einsum("nk,nj->kj", x, d)',
    bound: 8192,
    rows: [1, 17, 2047, 2048, 2049],
  },
  {
    title: "with fewer than four columns, in lanes",
    source: 'model M(x: [N, 5], d: [N, 3]) -> [5, 3] = einsum("nk,nj->kj", x, d)',
    bound: 8192,
    rows: [1, 17, 2049],
  },
  {
    title: "and enough rows and columns for panels of both",
    source: 'model M(x: [N, 17], d: [N, 33]) -> [17, 33] = einsum("nk,nj->kj", x, d)',
    bound: 8192,
    rows: [1, 300, 2049],
  },
  {
    title: "what follows the sum of chunks",
    source: 'model M(x: [N, 5], d: [N, 9]) -> [5, 9] = relu(einsum("nk,nj->kj", x, d)) + 1',
    bound: 8192,
    rows: [2, 2049],
  },
  {
    title: "the gradient of a convolution's weights",
    source: `model M(x: [N, 9, 9, 2], w: [3, 3, 2, 4]) -> [3, 3, 2, 4] {
      let y = conv(x, w, padding: [[1, 1], [1, 1]])
      return grad(sum(y * y), wrt: w)
    }`,
    bound: 60,
    rows: [1, 26, 60],
  },
  {
    title: "the gradient of a convolution's input, at stride 2 and enough pictures for panels",
    source: `model M(x: [N, 14, 14, 8], w: [3, 3, 8, 12]) -> [N, 14, 14, 8] {
      let y = conv(x, w, stride: 2, padding: [[0, 1], [0, 1]])
      return grad(sum(y * y), wrt: x)
    }`,
    bound: 20,
    rows: [1, 20],
  },
  {
    title: "the gradient of a convolution's input, at stride 3 and enough pictures for panels",
    source: `model M(x: [N, 11, 11, 8], w: [4, 3, 8, 12]) -> [N, 11, 11, 8] {
      let y = conv(x, w, stride: 3, padding: [[1, 1], [2, 0]])
      return grad(sum(y * y), wrt: x)
    }`,
    bound: 20,
    rows: [1, 20],
  },
  {
    title: "the gradient of a convolution's weights, of pictures with one row",
    source: `model M(x: [N, 1, 9, 2], w: [1, 3, 2, 4]) -> [1, 3, 2, 4] {
      let y = conv(x, w, padding: [[0, 0], [1, 1]])
      return grad(sum(y * y), wrt: w)
    }`,
    bound: 500,
    rows: [1, 228, 300],
  },
  {
    title: "a product whose factors have an axis of one value between others",
    source: 'model M(x: [N, 1, 5], d: [N, 1, 9]) -> [5, 9] = einsum("nik,nij->kj", x, d)',
    bound: 8192,
    rows: [1, 2049],
  },
  {
    title: "factors that are masked by rows and columns",
    source: `model M(x: [N, 40], d: [N, 40]) -> [..] {
      let beyond = reshape(range(N), [N, 1]) + reshape(range(40), [1, 40]) - 41
      return sum(where(beyond < 0, x, 0.0) * where(beyond < 0, d, 0.0), over: N)
    }`,
    bound: 60,
    rows: [1, 21, 60],
  },
  {
    title: "a convolution of few channels, and its pool",
    source: "model M(x: [N, 7, 7, 3]) -> [..] = x |> conv2d(5, kernel: 3, padding: 1) |> relu |> max_pool2d(2)",
    bound: 4,
    rows: [1, 4],
  },
  {
    title: "a depthwise convolution",
    source: "model M(x: [N, 7, 7, 8]) -> [..] = x |> depthwise_conv2d(3, padding: 1) |> relu",
    bound: 4,
    rows: [1, 3],
  },
];

/** Numbers that round at every step. */
function filled(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, at) => Math.sin(seed + 7 * at) * 2);
}

describe("every target has the interpreter's bits of", () => {
  test.each(cases)("$title", async ({ source, bound, rows }) => {
    const text = { name: "m.nn", source };
    const bounds = { N: bound };
    const { elaboration, diagnostics } = elaborateSource(text, { bounds });
    const entry = elaboration?.entries.find(({ name }) => name.startsWith("predict"));
    if (entry === undefined) throw new Error(diagnostics[0].message);
    const graph = runPasses(entry.graph, { verify: true });
    const started = await Promise.all(
      (["typescript", "wasm"] as const).map(async (target) => {
        const compiled = compile(text, { target, bounds });
        if (!compiled.ok) throw new Error(compiled.diagnostics[0].message);
        const { artifact, built } = compiled;
        if (target === "typescript") return [{ program: built.program, running: await startTypescript(artifact) }];
        const threads = await startThreads(artifact, 2);
        return [
          { program: built.program, running: startWasm(artifact) },
          { program: built.program, running: threads, close: threads.close },
        ];
      }),
    );
    for (const n of rows) {
      const dims = new Map([["N", n]]);
      const inputs = new Map(
        graph.inputs.map((node, at) => {
          const shape = node.outputs[0].shape.map((size) => evaluate(size, dims) ?? 0);
          return [
            nameOf(node),
            {
              shape,
              data: filled(
                shape.reduce((a, b) => a * b, 1),
                at,
              ),
            },
          ] as const;
        }),
      );
      const expected = evaluateGraph(graph, {
        inputs,
        dims,
        precision: "f32",
        bounds: new Map(Object.entries(bounds)),
      });
      for (const { program, running } of started.flat()) {
        const found = runner(program, running)(entry.name, dims, inputs, expected.keys());
        for (const [name, { data }] of expected)
          expect(
            bitsOf(Float32Array.from(found.get(name)?.data ?? []).slice(0, data.length)),
            `${name}, ${n} rows`,
          ).toEqual(bitsOf(Float32Array.from(data)));
      }
    }
    for (const one of started.flat()) if ("close" in one) one.close?.();
  });
});
