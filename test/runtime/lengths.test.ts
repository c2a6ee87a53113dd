/** Sequences of other lengths than the program was built for: shorter ones in an open dimension, several in one minibatch by a mask. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Artifact, TargetName } from "../../compiler/program/artifact.ts";
import { load, type Network, type TensorInput } from "../../runtime/load/index.ts";

const layers = ["rnn(5)", "lstm(5)", "gru(5)", "bidirectional(lstm(5), gru(4))", "self_attention(1, causal: true)"];

/** A classifier of every place of a sequence; `mask` is 1 where there is one. */
const source = (layer: string): string => `
  model Tags(ids: i32[N, T]) -> [N, T, 3] = ids |> embedding(6, 4) |> ${layer} |> dense(3)
  train Tags(ids: i32[N, T], tags: i32[N, T], mask: [N, T]) {
    data: given  batch: 4  epochs: 1  optimizer: sgd(lr: 0.5)  seed: 4
    minimize: sum(mask * (logsumexp(Tags(ids)) - pick(Tags(ids), tags))) / sum(mask)
    update: Tags
  }
  block logsumexp(x: [.., K]) -> [..] = log(sum(exp(x), over: K))
`;

function artifactFor(target: TargetName, layer: string, T: number): Artifact {
  const result = compile({ name: "tags.nn", source: source(layer) }, { target, bounds: { T } });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

const ids = [
  [1, 3, 0, 5, 2],
  [4, 4, 1, 2, 0],
  [2, 0, 5, 3, 3],
];
const lengths = [5, 2, 3];
const tagsOf = (sequence: readonly number[]): readonly number[] => sequence.map((id, at) => (id + at) % 3);

/** The first `rows` sequences, each as long as it is, up to `length` places; what stands behind their ends is `beyond`. */
function batch(rows: readonly number[], length: number, beyond = 0): ReadonlyMap<string, TensorInput> {
  const shape = [rows.length, length];
  const places = rows.flatMap((row) => Array.from({ length }, (_, at) => ({ row, at, isIn: at < lengths[row] })));
  return new Map<string, TensorInput>([
    ["ids", { shape, data: Int32Array.from(places, ({ row, at, isIn }) => (isIn ? ids[row][at] : beyond)) }],
    ["tags", { shape, data: Int32Array.from(places, ({ row, at, isIn }) => (isIn ? tagsOf(ids[row])[at] : 0)) }],
    ["mask", { shape, data: Float32Array.from(places, ({ isIn }) => Number(isIn)) }],
  ]);
}

const parametersOf = ({ parameters }: Network): readonly number[] =>
  [...parameters].flatMap(([, { data }]) => [...data]);

/** By how much each parameter moves in one step from the same start. */
async function moved(artifact: Artifact, given: ReadonlyMap<string, TensorInput>) {
  const network = await load(artifact, { seed: 4 });
  const before = parametersOf(network);
  const { loss } = network.stepSync(given);
  return { loss, steps: parametersOf(network).map((value, at) => value - before[at]), values: network.snapshot() };
}

// What runs backwards reads the places behind an end first, and carries what it made of them: it has no mask of its own.
describe.each(layers.filter((layer) => !layer.includes("bidirectional")))(
  "several lengths in a minibatch: %s",
  (layer) => {
    test("move the parameters as the sequences alone do, each by its places", async () => {
      const artifact = artifactFor("wasm", layer, 5);
      const together = await moved(artifact, batch([0, 1, 2], 5));
      const alone = await Promise.all(lengths.map((length, row) => moved(artifact, batch([row], length))));
      const places = lengths.reduce((sum, length) => sum + length, 0);
      const mean = (of: (one: (typeof alone)[number]) => number): number =>
        alone.reduce((sum, one, row) => sum + of(one) * lengths[row], 0) / places;
      expect(together.loss).toBeCloseTo(
        mean(({ loss }) => loss),
        5,
      );
      expect(together.steps.some((step) => Math.abs(step) > 1e-3)).toBe(true);
      for (const [at, step] of together.steps.entries())
        expect(step).toBeCloseTo(
          mean(({ steps }) => steps[at]),
          5,
        );
    });

    test("do not depend on what stands behind their ends", async () => {
      const artifact = artifactFor("wasm", layer, 5);
      expect((await moved(artifact, batch([0, 1, 2], 5, 3))).values).toEqual(
        (await moved(artifact, batch([0, 1, 2], 5))).values,
      );
    });
  },
);

describe.each(layers)("an open length: %s", (layer) => {
  test("trains at any length up to its bound with the bits of one built for it, on both targets", async () => {
    const open = (["wasm", "typescript"] as const).map((target) => artifactFor(target, layer, 7));
    for (const length of [1, 3]) {
      const given = batch([0], length);
      const own = await moved(artifactFor("wasm", layer, length), given);
      for (const artifact of open) expect(await moved(artifact, given)).toEqual(own);
    }
  }, 60_000);
});
