/** Training steps on TypeScript and WebAssembly against the interpreter, bit by bit. */
import { describe, expect, test } from "vitest";
import type { Elaboration, Variable } from "../../compiler/elaborate/types.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { stringOf } from "../../compiler/graph/attributes.ts";
import { lower } from "../../compiler/lower/lower.ts";
import { javascript, simd } from "../../compiler/schedule/machine.ts";
import { buildProgram } from "../../compiler/middle.ts";
import { bitsOf, runTypescript, runWasm, type Inputs } from "../targets/run.ts";
import { evaluateLowered, randomInputs } from "./evaluate.ts";
import { embedded, normalised, perceptron } from "./networks.ts";

const bounds = new Map([["N", 9]]);

const networks: readonly (readonly [string, () => Graph])[] = [
  ["two dense layers", perceptron],
  ["batch normalisation", () => normalised(0)],
  ["layer normalisation", () => normalised(1)],
  ["an embedding", embedded],
];

/** The graph as the only entry, `run`, of an elaboration. */
function elaborationOf(graph: Graph): Elaboration {
  const variables = graph.inputs.flatMap(({ attributes, outputs: [type] }): Variable[] => {
    const role = attributes["role"];
    return role === "parameter" || role === "optimizer" || role === "counter"
      ? [{ name: stringOf(attributes, "name"), role, type }]
      : [];
  });
  const host = { language: "1", models: [], requirements: [] };
  return { name: "network", entries: [{ name: "run", graph }], variables, bounds, host };
}

describe("TypeScript and WebAssembly compute a training step to the bit of the interpreter", () => {
  for (const [name, network] of networks) {
    for (const rows of [1, 5, 9]) {
      test(`${name}, ${rows} rows`, async () => {
        const dims = new Map([["N", rows]]);
        const lowered = lower(network(), bounds);
        const tensors = randomInputs(lowered, dims);
        const expected = evaluateLowered(lowered, tensors, dims, "f32");
        const inputs: Inputs = Object.fromEntries([...tensors].map(([tensor, { data }]) => [tensor, [...data]]));
        const [typescript, wasm] = [javascript, simd].map(
          (machine) => buildProgram(elaborationOf(network()), machine, { verify: true }).program,
        );
        for (const results of [await runTypescript(typescript, inputs, [rows]), runWasm(wasm, inputs, [rows])]) {
          for (const [output, { data }] of expected) {
            const found = results.get(output)?.slice(0, data.length) ?? new Float32Array();
            expect([output, ...bitsOf(found)]).toEqual([output, ...bitsOf(Float32Array.from(data))]);
          }
        }
      });
    }
  }
});
