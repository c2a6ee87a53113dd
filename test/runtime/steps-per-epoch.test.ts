/** `steps_per_epoch` of a train: how long an epoch is where there are no data to tell, for schedules and for a train without inputs. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { load } from "../../runtime/load/index.ts";
import type { LoadOptions } from "../../runtime/load/index.ts";
import { prepare, train } from "../../runtime/train/index.ts";
import type { TrainData, TrainEvent } from "../../runtime/train/index.ts";

const model = "model M(x: [N, 1]) -> [N, 1] = x |> dense(1)\n";

function artifactOf(entries: string): Artifact {
  const result = compile({ name: "main.nn", source: `${model}train ${entries}` }, { target: "wasm" });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

const halved = (more: string) =>
  artifactOf(`M { loss: mse  optimizer: sgd(lr: 0.5)  schedule: exponential(rate: 0.5)  ${more} }`);

/** The epochs that are over after each of four steps, and the codes of the warnings. */
async function epochs(artifact: Artifact, options: LoadOptions = {}): Promise<unknown> {
  const net = await load(artifact, options);
  const inputs = { x: Float32Array.of(1), target: Float32Array.of(1) };
  const found: number[] = [];
  for (let step = 0; step < 4; step += 1) {
    await net.step(inputs);
    found.push(net.counters.epoch);
  }
  const codes = net.warnings.map(({ code }) => code);
  net.close();
  return [found, codes];
}

test("an epoch is over after so many steps; an option of `load` goes before it", async () => {
  expect(await epochs(halved("steps_per_epoch: 2"))).toEqual([[0, 1, 1, 2], []]);
  expect(await epochs(halved("steps_per_epoch: 2"), { stepsPerEpoch: 3 })).toEqual([[0, 0, 1, 1], []]);
  expect(await epochs(halved(""))).toEqual([[0, 0, 0, 0], ["NN0737"]]);
});

async function startOf(artifact: Artifact, data: TrainData): Promise<Extract<TrainEvent, { event: "start" }>> {
  for await (const event of train(artifact, data)) if (event.event === "start") return event;
  throw new Error("no start");
}

test("data that a program hands over go before it, with a warning where they say otherwise", async () => {
  const artifact = halved("steps_per_epoch: 2  batch: 2");
  const given = (rows: number) =>
    new Map([
      ["x", new Float32Array(rows)],
      ["target", new Float32Array(rows)],
    ]);
  const read = (): never => {
    throw new Error("nothing is read");
  };
  const start = async (rows: number) => {
    const { stepsPerEpoch, diagnostics } = await startOf(
      artifact,
      prepare(artifact.manifest, { read, given: given(rows) }),
    );
    return [stepsPerEpoch, diagnostics.map(({ code, message }) => `${code} ${message}`)];
  };
  expect(await start(4)).toEqual([2, []]);
  expect(await start(6)).toEqual([
    3,
    [
      "NN0739 the data make 3 minibatches an epoch, expected 2 as `steps_per_epoch` of the train says; an epoch has 3 steps",
    ],
  ]);
});

test("a train without inputs needs no data: its epochs have so many steps", async () => {
  const source =
    "T { minimize: mean((M(random_normal([8, 1])) - 1) ** 2)  update: M  optimizer: sgd(lr: 0.2)  epochs: 3";
  const artifact = artifactOf(`${source}  steps_per_epoch: 20 }`);
  const read = (): never => {
    throw new Error("nothing is read");
  };
  const events: TrainEvent[] = [];
  for await (const event of train(artifact, prepare(artifact.manifest, { read }))) events.push(event);
  expect(events[0]).toMatchObject({ event: "start", stepsPerEpoch: 20, epochs: 3, diagnostics: [] });
  // The mean of (a x + b − 1)² over normal x is a² + (b − 1)², which is 0 at the end.
  const done = events.at(-1);
  expect(done).toMatchObject({ event: "done", steps: 60 });
  expect(done?.event === "done" ? done.train["loss"] : NaN).toBeCloseTo(0, 2);
});
