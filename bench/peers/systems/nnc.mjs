/**
 * nnc as its users call it: `compile` the workload's source, `load` the artifact, `stepSync` with typed arrays.
 */
import { readFileSync } from "node:fs";
import { compile } from "../../../dist/index.js";
import { load } from "../../../dist/runtime.js";
import { sourceOf } from "../workloads.mjs";

const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));

export function nnc(target) {
  return {
    name: `nnc-${target}`,
    version,
    async prepare() {},
    async create(_workload, batches, name) {
      const result = compile({ name: `${name}.nn`, source: sourceOf(name) }, { target });
      if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
      const net = await load(result.artifact, { seed: 1 });
      return {
        async activate() {},
        step: (turn) => net.stepSync(batches[turn % batches.length]).loss,
        predict: (turn) => net.predictSync({ x: batches[turn % batches.length].x }),
        close: () => net.close(),
      };
    },
  };
}
