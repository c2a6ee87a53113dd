/** A target that answers later: calls run one after the other, and what is read is what was synchronised. */
import { describe, expect, it } from "vitest";
import type { Executable } from "../../runtime/load/executable.ts";
import { Network } from "../../runtime/load/network.ts";
import { openTypescript } from "../../runtime/load/typescript.ts";
import { bound, errorOf, lineArtifact, points } from "./support.ts";

/** The module of the TypeScript target behind promises, as a GPU would be. */
async function later(): Promise<{ readonly network: Network; readonly running: () => number }> {
  const artifact = lineArtifact();
  const inner = await openTypescript(artifact);
  if (inner.kind !== "sync") throw new Error("expected a target that answers at once");
  const view = (name: string): Float32Array | Int32Array => {
    const buffer = artifact.manifest.buffers.find((one) => one.name === name);
    if (buffer === undefined) throw new Error(`no buffer ${name}`);
    return buffer.dtype === "f32"
      ? new Float32Array(inner.memory, buffer.offset, buffer.bytes / 4)
      : new Int32Array(inner.memory, buffer.offset, buffer.bytes / 4);
  };
  let running = 0;
  let most = 0;
  const pause = (): Promise<void> => new Promise((resume) => setTimeout(resume, 1));
  const executable: Executable = {
    kind: "async",
    write: (name, data) => view(name).set(data),
    read: async (name) => {
      await pause();
      return view(name).slice();
    },
    run: async (entry, dims) => {
      most = Math.max(most, ++running);
      await pause();
      inner.run(entry, dims);
      running--;
    },
    close: () => undefined,
  };
  const network = new Network(artifact.manifest, executable);
  await network.initialize({ seed: 3, stepsPerEpoch: 3, epochs: 2 });
  return { network, running: () => most };
}

describe("a target that answers later", () => {
  it("gives what the others give, however the calls are issued", async () => {
    const { network, running } = await later();
    const batch = points(bound);
    const results = await Promise.all([
      network.step(batch),
      network.step(batch),
      network.evaluate(batch),
      network.predict({ x: batch.x }),
      network.step(batch),
    ]);
    const plain = new Network(lineArtifact().manifest, await openTypescript(lineArtifact()));
    await plain.initialize({ seed: 3, stepsPerEpoch: 3, epochs: 2 });
    expect(results).toEqual([
      plain.stepSync(batch),
      plain.stepSync(batch),
      plain.evaluateSync(batch),
      plain.predictSync({ x: batch.x }),
      plain.stepSync(batch),
    ]);
    expect(running()).toBe(1);
    await network.synchronize();
    expect(network.save()).toEqual(plain.save());
    expect(network.counters).toEqual({ seed: 3, step: 3, epoch: 1, stepInEpoch: 0 });
  });

  it("has read and copied what a call was given when the call returns", async () => {
    const plain = new Network(lineArtifact().manifest, await openTypescript(lineArtifact()));
    await plain.initialize({ seed: 3, stepsPerEpoch: 3, epochs: 2 });
    const { network } = await later();
    const batch = points(bound);
    const shaped = (): { readonly shape: number[]; readonly data: Float32Array } => ({
      shape: [bound, 2],
      data: batch.x.slice(),
    });
    const given = [points(bound), points(bound), points(bound), points(bound)];
    const [x, mapped] = [shaped(), new Map(Object.entries(given[2] ?? {}))];
    const calls = [
      network.step(given[0] ?? batch),
      network.evaluate(given[1] ?? batch),
      network.evaluate([mapped]),
      network.predict({ x }),
      network.predict("Line", { x: given[3]?.x ?? batch.x }),
    ];
    for (const { x: values, target } of given) {
      values.fill(9);
      target.fill(9);
    }
    x.shape[0] = 1;
    x.data.fill(9);
    mapped.clear();
    expect(await Promise.all(calls)).toEqual([
      plain.stepSync(batch),
      plain.evaluateSync(batch),
      plain.evaluateSync([batch]),
      plain.predictSync({ x: batch.x }),
      plain.predictSync("Line", { x: batch.x }),
    ]);
  });

  it("sets a parameter between the calls before and those after, to what it was given", async () => {
    const { network } = await later();
    const values = Float32Array.of(1, 10);
    const x = Float32Array.of(1, 2);
    const before = network.predict({ x });
    network.parameters.set("Line.w", values);
    const after = network.predict({ x });
    values.fill(7);
    network.parameters.set("Line.w", values);
    expect(network.parameters.get("Line.w")?.data).toEqual(Float32Array.of(7, 7));
    const [[first], [second]] = await Promise.all([before, after]);
    const drawn = Float32Array.of(Math.sin(4), Math.sin(5));
    expect([first?.data[0], second?.data[0]]).toEqual([Math.fround((drawn[0] ?? 0) + 2 * (drawn[1] ?? 0)), 21]);
    const [last] = await network.predict({ x });
    expect(last?.data[0]).toBe(21);
  });

  it("restores between the calls before and those after, and predicts with another seed in between", async () => {
    const { network } = await later();
    const saved = network.save();
    const ids = Int32Array.of(1);
    const calls = [network.predict("Table", { ids }, { seed: 7 }), network.predict("Table", { ids })];
    network.restore(saved, { seed: 5 });
    calls.push(network.predict("Table", { ids }));
    const found = await Promise.all(calls);
    expect(found.map(([result]) => result?.data[0])).toEqual([17, 13, 15]);
    expect(network.counters.seed).toBe(5);
  });

  it("shows nothing that a step called before will change", async () => {
    const { network } = await later();
    const stepped = network.step(points(2));
    expect(await errorOf(() => network.save())).toMatch(/^NN0721 save shows what the GPU held before the last step/);
    const synchronized = network.synchronize();
    const again = network.step(points(2));
    await synchronized;
    expect(await errorOf(() => network.parameters.get("Line.w"))).toMatch(/^NN0721/);
    await Promise.all([stepped, again]);
    await network.synchronize();
    expect(network.counters.step).toBe(2);
    // A step that was refused has changed nothing.
    expect(await errorOf(() => network.step(points(5)))).toMatch(/^NN0714/);
    expect(network.save()).toHaveLength(network.save().length);
  });

  it("says what cannot be had at once", async () => {
    const { network } = await later();
    const before = network.save();
    await network.step(points(2));
    const messages = [
      await errorOf(() => network.stepSync(points(2))),
      await errorOf(() => network.predictSync({ x: points(2).x })),
      await errorOf(() => network.save()),
      await errorOf(() => network.parameters.get("Line.w")),
      await errorOf(() => network.step(points(5))),
    ];
    expect(messages).toEqual([
      "NN0709 `stepSync` needs a target that answers at once; expected `await` with `step` here",
      "NN0709 `predictSync` needs a target that answers at once; expected `await` with `predict` here",
      "NN0721 save shows what the GPU held before the last step; expected `await net.synchronize()` first",
      "NN0721 reading a parameter shows what the GPU held before the last step; expected `await net.synchronize()` first",
      "NN0714 `x`: expected N from 1 to 4, found 5",
    ]);
    await network.synchronize();
    network.restore(before);
    expect(network.save()).toEqual(before);
    network.close();
    expect(await errorOf(() => network.step(points(2)))).toBe(
      "NN0705 step was called on a network that is closed; expected an open one",
    );
  });
});
