/** Whole networks, from the examples and the benchmarks: TypeScript and WebAssembly train them to the same bits, and their losses fall. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { rotating } from "../../cli/bench/synthetic.ts";
import { compile } from "../../compiler/compile.ts";
import { load, type Network } from "../../runtime/load/index.ts";
import { settings } from "../random/settings.ts";

const root = new URL("../../", import.meta.url);

interface Trained {
  readonly file: string;
  readonly train?: string;
  /** Few rows: a whole batch of some would take minutes on TypeScript. */
  readonly bounds: Readonly<Record<string, number>>;
  readonly window?: number;
  readonly steps?: number;
  /** Several seconds on TypeScript, with nothing in it that the others and test/targets lack: in a deep run. */
  readonly long?: true;
}

const workloads: readonly Trained[] = [
  { file: "bench/workloads/W1.nn", bounds: { N: 8 } },
  { file: "bench/workloads/W2.nn", bounds: { N: 8 } },
  { file: "bench/workloads/W3.nn", bounds: { N: 8 } },
  { file: "bench/workloads/W4.nn", bounds: { N: 4 }, long: true },
  { file: "bench/workloads/W5.nn", bounds: { N: 1 }, long: true },
  { file: "bench/workloads/W6.nn", bounds: { N: 2, T: 7 } },
  { file: "bench/workloads/W7.nn", bounds: { N: 1 }, long: true },
];

const programs: readonly Trained[] = [
  { file: "examples/digits/digits.nn", bounds: { N: 8 } },
  { file: "examples/fashion/tanh_or_relu.nn", train: "Tanh", bounds: { N: 2 } },
  { file: "examples/text/recurrent.nn", bounds: { N: 2 }, window: 48 },
  // Its rate begins at almost nothing.
  { file: "examples/text/transformer.nn", bounds: { N: 1 }, window: 64, steps: 12, long: true },
];

function compiled(target: "typescript" | "wasm", { file, train, bounds }: Trained) {
  const source = readFileSync(new URL(file, root), "utf8");
  const result = compile({ name: "test.nn", source }, { target, bounds, ...(train === undefined ? {} : { train }) });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

describe.each([...programs, ...workloads].filter(({ long }) => settings.deep || long === undefined))(
  "$file $train",
  (one) => {
    test("trains to the same bits on both targets, and learns one minibatch", async () => {
      const artifacts = [compiled("typescript", one), compiled("wasm", one)];
      const open = (threads: number, at: number): Promise<Network> =>
        load(artifacts[at], { seed: 3, threads, epochs: 1, stepsPerEpoch: 100 });
      const [inputs] = [artifacts[0].manifest.host.train?.inputs ?? []];
      const batch = rotating(
        inputs,
        new Map(Object.entries({ ...one.bounds, ...(one.window === undefined ? {} : { T: one.window }) })),
        1,
      )();
      const runs = [];
      for (const network of [await open(1, 0), await open(1, 1), await open(2, 1)]) {
        const losses = Array.from({ length: one.steps ?? 3 }, () => network.stepSync(batch).loss);
        runs.push({ losses, saved: createHash("sha256").update(network.save()).digest("hex") });
        network.close();
      }
      const [typescript, ...others] = runs;
      for (const wasm of others) expect(wasm).toEqual(typescript);
      expect(typescript.losses.at(-1)).toBeLessThan(typescript.losses[0]);
    }, 120_000);
  },
);
