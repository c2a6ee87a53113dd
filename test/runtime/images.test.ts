/** Training on images that a program has decoded: augmented in training alone, to the same bits wherever the run was stopped. */
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { prepare, train } from "../../runtime/train/index.ts";
import type { TrainData, TrainOptions } from "../../runtime/train/index.ts";
import { errorOf } from "./support.ts";

const targets = ["typescript", "wasm"] as const;
const rows = 22;
const labels = Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? "left" : "right"));
const decoded = {
  shape: [rows, 4, 3, 1],
  // A bright side, and something that differs from row to row.
  data: Uint8Array.from({ length: rows * 12 }, (_, at) => {
    const isBright = (at % 3 === 0) === (Math.floor(at / 12) % 2 === 0);
    return (isBright ? 200 : 20) + ((at * 13) % 50);
  }),
  files: labels.map((label, row) => `p/${label}/${row}.png`),
  labels,
};

function artifactOf(augment: string, target: (typeof targets)[number], batch = "4"): Artifact {
  const source = `model Side(image: [N, 4, 3, 1]) -> [N, 2] = image |> flatten |> dense(4) |> tanh |> dense(2)
train Side {
  data: images("p", size: [4, 3], channels: 1, scale: 1/255, holdout: 25%, augment: ${augment})
  loss: cross_entropy  optimizer: adam(lr: 0.01)  batch: ${batch}  epochs: 3  metrics: [accuracy]  seed: 5
}`;
  const result = compile({ name: "test.nn", source }, { target, bounds: { N: 32 } });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

function dataOf({ manifest }: Artifact): TrainData {
  return prepare(manifest, { read: () => new Uint8Array(0), images: new Map([["p", decoded]]) });
}

async function run(artifact: Artifact, options: TrainOptions & { readonly stopAt?: number } = {}) {
  const { stopAt, ...others } = options;
  const stop = new AbortController();
  const training = train(artifact, dataOf(artifact), { ...others, signal: stop.signal });
  const losses: number[] = [];
  for await (const event of training) {
    if (event.event === "step") losses.push(event.loss);
    if (event.event === "step" && event.step === stopAt) stop.abort();
  }
  return { losses, saved: await training.save() };
}

it("a train with several steps takes images and their classes", async () => {
  const source = `model A(image: [N, 12]) -> [N, 2] = image |> dense(2)
model B(image: [N, 12]) -> [N, 2] = image |> dense(2)
train Both(image: [N, 12], target: i32[N]) {
  data: images("p", size: [4, 3], channels: 1, scale: 1/255, augment: [flip])  batch: 4  epochs: 1
  step a { minimize: cross_entropy(A(image), target)  update: A  optimizer: sgd(lr: 0.01) }
  step b { minimize: cross_entropy(B(image), target)  update: B  optimizer: sgd(lr: 0.01) }
}`;
  const result = compile({ name: "test.nn", source }, { target: "typescript" });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const { train: set, fitted } = dataOf(result.artifact);
  expect([...(set.tensors.get("target")?.data ?? [])]).toEqual(labels.map((_, row) => row % 2));
  expect(fitted?.classes).toEqual([{ name: "target", values: ["left", "right"] }]);
  expect((await run(result.artifact)).losses.every(Number.isFinite)).toBe(true);
});

describe("augmented training", () => {
  it("comes to the same bits on both targets, stopped within an epoch or not", async () => {
    const saved: Uint8Array[] = [];
    for (const target of targets) {
      const artifact = artifactOf("[flip_vertical, crop(1)]", target);
      const whole = await run(artifact);
      const part = await run(artifact, { stopAt: 7 });
      const rest = await run(artifact, { resume: part.saved });
      expect(rest.saved).toEqual(whole.saved);
      expect([...part.losses, ...rest.losses]).toEqual(whole.losses);
      saved.push(whole.saved);
    }
    expect(saved[0]).toEqual(saved[1]);
  }, 60_000);

  it("sees other pictures than plain training, and other ones in each epoch, also where an epoch is one batch", async () => {
    const [plain, flipped] = [artifactOf("[]", "typescript", "all"), artifactOf("[flip]", "typescript", "all")];
    const first = async (artifact: Artifact) => (await run(artifact, { epochs: 1 })).losses[0];
    expect(await first(flipped)).not.toBe(await first(plain));
  });

  it("leaves the data as they are, so that evaluations see plain images", async () => {
    const artifact = artifactOf("[flip, crop(1)]", "typescript");
    const data = dataOf(artifact);
    const before = [...(data.train.tensors.get("image")?.data ?? [])];
    for await (const _ of train(artifact, data)) continue;
    expect([...(data.train.tensors.get("image")?.data ?? [])]).toEqual(before);
  });

  it("refuses rows of another size than is augmented", async () => {
    const artifact = artifactOf("[flip]", "typescript");
    const image = { dtype: "f32", shape: [4, 3], rowStride: 12, data: new Float32Array(12) } as const;
    const { train: host } = artifact.manifest.host;
    if (host === undefined) throw new Error("no train");
    const settings = { ...host.data.settings, size: [8, 8] };
    const { checksum: _, ...manifest } = artifact.manifest;
    const other = { ...manifest, host: { ...manifest.host, train: { ...host, data: { ...host.data, settings } } } };
    const data = dataOf(artifact);
    const tensors = new Map([...data.train.tensors, ["image", image] as const]);
    const act = async () => {
      for await (const _event of train({ ...artifact, manifest: other }, { ...data, train: { rows: 1, tensors } }))
        continue;
    };
    expect(await errorOf(act)).toBe("NN0814 `image` takes 12 numbers a row ([4, 3]), found 64 in an augmented image");
  });
});

describe("what is handed over as images is looked at", () => {
  const { manifest } = artifactOf("[]", "typescript");
  it.each<[string, unknown]>([
    ["no map", {}],
    ["rows without files", new Map([["p", { ...decoded, files: [] }]])],
    ["pixels that are missing", new Map([["p", { ...decoded, data: new Uint8Array(3) }]])],
    ["pixels that are no bytes", new Map([["p", { ...decoded, data: new Float32Array(decoded.data) }]])],
    ["a shape of another rank", new Map([["p", { ...decoded, shape: [rows, 12] }]])],
    ["labels for other rows", new Map([["p", { ...decoded, labels: ["left"] }]])],
  ])("%s", async (_, images) => {
    // What a program without types may pass.
    const act = () => prepare(manifest, { read: () => new Uint8Array(0), images: images as never });
    expect(await errorOf(act)).toMatch(/^NN0706 option `images`: expected a Map from paths to /);
  });
});
