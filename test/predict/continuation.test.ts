/** Texts that are read in parts, with what was carried between them: the same scores to the bit as in one piece, and nothing left behind. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Compiled } from "../../compiler/compile.ts";
import { printKernel } from "../../compiler/kernel/print.ts";
import { callsOf } from "../../compiler/program/steps.ts";
import type { Artifact, TargetName } from "../../compiler/program/artifact.ts";
import { load, predictor } from "../../runtime/load/index.ts";
import type { Network, TensorInput } from "../../runtime/load/index.ts";
import { book, counting, trained, written } from "./letters.ts";

const window = 12;

/** Gates of one product, a scan in a scan, carries of three types, and a beginning that is learnt. */
const blocks = `
block gated(x: [N, T, C], units: int) -> [N, T, units] {
  param u: [units, 2 * units] = orthogonal
  let projected = x |> dense(2 * units)
  let (states, _) = scan p in projected along T with h = zeros([N, units]) {
    let q = h @ u
    let update = sigmoid(p[:, 0 : units] + q[:, 0 : units])
    next h = update * h + (1 - update) * tanh(p[:, units :] + q[:, units :])
    emit h
  }
  return states
}
${counting}block nested(x: [N, T, C]) -> [N, T, C] {
  let (a, _) = scan p in x along T with h = zeros([N, C]) {
    let (b, _) = scan q in p + h along C with s = zeros([N]) {
      next s = tanh(q + s)
      emit s
    }
    next h = b
    emit h
  }
  return a
}`;

function compiled(body: string, target: TargetName, length = window): Compiled {
  const source = `${blocks}
model Letters(text: i32[N, T]) -> [N, T, 20] = text |> embedding(20, 8) |> ${body} |> dense(20)
train Letters {
  data: text("book.txt", window: ${length}, vocabulary: 20)  loss: cross_entropy  optimizer: adam(lr: 0.02)  batch: 8  epochs: 2  seed: 5
}`;
  const result = compile({ name: "letters.nn", source }, { target, verify: true });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result;
}

/** As if it could not be read in parts. */
function whole({ manifest: { checksum: _, ...manifest }, files }: Artifact): Artifact {
  const models = manifest.host.models.map(({ continuation: __, ...model }) => model);
  return { manifest: { ...manifest, host: { ...manifest.host, models } }, files };
}

/** The scores of all places, read in parts of these lengths. */
function inParts(net: Network, ids: Int32Array, lengths: readonly number[]): readonly number[] {
  const [model] = net.manifest.host.models;
  if (model?.continuation === undefined) throw new Error("it is read whole");
  const scores: number[] = [];
  const first = { text: { shape: [1, 1], data: ids.subarray(0, 1) } };
  let behind = model.continuation.start === undefined ? [] : net.readOnSync(model.name, "start", first);
  let from = 0;
  for (const length of lengths) {
    const text = { shape: [1, length], data: ids.subarray(from, from + length) };
    const [said, ...next] = net.readOnSync(
      model.name,
      "step",
      new Map<string, TensorInput>([["text", text], ...behind.map((one) => [one.name, one] as const)]),
    );
    scores.push(...(said?.data ?? []));
    behind = next;
    from += length;
  }
  return scores;
}

describe.each(["typescript", "wasm"] as const)("on %s", (target) => {
  test.each([
    "dense(8)",
    "rnn(7)",
    "gru(12)",
    "lstm(6) |> batch_norm |> relu |> gated(5) |> gru(4, reset_after: true) |> dropout(0.5)",
    "repeat(2, residual(layer_norm |> rnn(8)))",
    "cumsum(axis: 1) |> counting |> nested",
  ])("%s says of each place in parts what it says in one piece", async (body) => {
    const net = await load(compiled(body, target).artifact, { seed: 9, stepsPerEpoch: 1 });
    const ids = Int32Array.from({ length: window }, (_, at) => (at * 7 + 3) % 20);
    const [said] = net.predictSync({ text: { shape: [1, window], data: ids } });
    const scores = [...(said?.data ?? [])];
    expect(scores.every(Number.isFinite)).toBe(true);
    expect(inParts(net, ids, [1, 1, 5, 1, 4])).toEqual(scores);
    expect(inParts(net, ids, [window])).toEqual(scores);
  });
});

describe("a recurrent model of text", async () => {
  const { artifact } = compiled("gru(12)", "wasm");
  const parameters = await trained(artifact);
  const it = await predictor(artifact, parameters);
  const options = { length: 60, temperature: 0.9, seed: 8 };

  test("writes what a window would that holds the whole text", async () => {
    const wide = await predictor(whole(compiled("gru(12)", "wasm", 100).artifact), parameters);
    for (const prompt of ["", "the c", book.slice(0, 2 * window + 5)])
      expect(await written(it, prompt, options)).toBe(await written(wide, prompt, options));
    // The window of its training forgets.
    expect(await written(await predictor(whole(artifact), parameters), "", options)).not.toBe(
      await written(wide, "", options),
    );
  });

  test("says of a text what a window would that holds it", async () => {
    const wide = await predictor(whole(compiled("gru(12)", "wasm", 100).artifact), parameters);
    expect(it.predictSync([book.slice(0, 100)])).toEqual(await wide.predict([book.slice(0, 100)]));
  });

  test("begins each text anew, whatever it has read or written", async () => {
    const first = await written(it, "", options);
    const begun = it.generate("the cat sat", { seed: 1 });
    for (let at = 0; at < 20; at++) await begun.next();
    await it.predict([book]);
    expect(await written(it, "", options)).toBe(first);
    const other = await predictor(artifact, parameters);
    expect(await written(other, "", options)).toBe(first);
  });

  test("leaves nothing in what is saved, or in the way of other calls", async () => {
    const net = await load(artifact, { parameters, stepsPerEpoch: 1 });
    const ids = Int32Array.from({ length: window }, (_, at) => at);
    const text = { shape: [1, window], data: ids };
    const [said] = net.predictSync({ text });
    const loss = net.evaluateSync({ text, target: text });
    const saved = net.save();
    inParts(net, ids, [3, 5, 4]);
    expect([...net.parameters.keys(), ...net.state.keys()].join()).not.toContain("continue");
    expect(net.save()).toEqual(saved);
    expect(net.predictSync({ text })).toEqual([said]);
    expect(net.evaluateSync({ text, target: text })).toEqual(loss);
  });

  test("goes by the parameters that it is given", async () => {
    const net = await load(artifact, { parameters, stepsPerEpoch: 1 });
    const ids = Int32Array.from({ length: window }, (_, at) => at);
    const scores = inParts(net, ids, [6, 6]);
    const fresh = await load(artifact, { seed: 77, stepsPerEpoch: 1 });
    net.restore(fresh.save());
    expect(inParts(net, ids, [6, 6])).toEqual(inParts(fresh, ids, [6, 6]));
    net.restore(parameters);
    expect(inParts(net, ids, [6, 6])).toEqual(scores);
  });

  test("takes numbers that are not finite on, and refuses ids that its table has not", async () => {
    const net = await load(artifact, { parameters, stepsPerEpoch: 1 });
    const carry = { shape: [1, 12], data: new Float32Array(12).fill(NaN) };
    const read = (id: number) =>
      net.readOnSync(
        "Letters",
        "step",
        new Map<string, TensorInput>([
          ["text", { shape: [1, 1], data: Int32Array.of(id) }],
          ["carry 0", carry],
        ]),
      );
    expect(read(3)[0]?.data.every(Number.isNaN)).toBe(true);
    expect(() => read(20)).toThrow("`text`: expected whole numbers from 0 to 19, found 20");
  });
});

test("a part of a text is read by models that keep what is behind it, and by a name that they have", async () => {
  const read = async (body: string, model: string, part: "start" | "step") =>
    (await load(compiled(body, "wasm").artifact)).readOnSync(model, part, {});
  await expect(read("self_attention(2, causal: true)", "Letters", "step")).rejects.toThrow(
    "option `part`: expected a model that reads a text in parts, found `step` of `Letters`",
  );
  await expect(read("relu |> dense(8)", "Letters", "start")).rejects.toThrow("expected `step`, as nothing is carried");
  await expect(read("rnn(4)", "Letter", "step")).rejects.toThrow("Letters");
});

test("a model that is not recurrent writes as its window tells", async () => {
  const { artifact } = compiled("positions |> self_attention(2, causal: true)", "wasm");
  expect(artifact.manifest.host.models.map(({ continuation }) => continuation)).toEqual([undefined]);
  const parameters = await trained(artifact);
  const [it, same] = [await predictor(artifact, parameters), await predictor(whole(artifact), parameters)];
  expect(await written(it, "the c", { length: 40, seed: 3 })).toBe(
    await written(same, "the c", { length: 40, seed: 3 }),
  );
});

test("the kernels of a part are those of the prediction, but for one that copies what is carried in and out", () => {
  const { program, kernels } = compiled("rnn(4)", "wasm").built;
  const called = (name: string): ReadonlySet<number> => {
    const { steps = [] } = program.entries.find((entry) => entry.name === name) ?? {};
    return new Set(callsOf(steps).map(({ call }) => call.kernel));
  };
  const [predicted, continued] = [called("predict.Letters"), called("continue.Letters")];
  expect(continued.size).toBeGreaterThan(1);
  expect([...continued].filter((kernel) => !predicted.has(kernel))).toHaveLength(1);
  expect(kernels.get("continue.Letters")?.map(printKernel).join("\n")).toMatchInlineSnapshot(`
    "kernel embedding(Letters.embedding.w: f32, Letters.text: i32) -> embedding_4: f32   // Letters.embedding
      for i0 in N, i1 in T, i2 in 8
        embedding_4[i0, i1, i2] = Letters.embedding.w[clamp(Letters.text[i0, i1], 20), i2]
    kernel rnn(embedding_4: f32, Letters.rnn.w: f32) -> rnn_14: f32   // Letters.rnn
      for i0 in N, i1 in T, i2 in 4
        sum = Σ r0 in 8: embedding_4[i0, i1, r0] * Letters.rnn.w[r0, i2]
        rnn_14[i0, i1, i2] = sum
    kernel rnn(rnn_14: f32, Letters.rnn.b: f32) -> rnn_15: f32   // Letters.rnn
      for i0 in T, i1 in N, i2 in 4
        rnn_15[i0, i1, i2] = rnn_14[i1, i0, i2] + Letters.rnn.b[i2]
    kernel rnn(continue.Letters.carry_0: f32) -> rnn_16: f32   // Letters.rnn
      for i0 in N, i1 in 4
        rnn_16[i0, i1] = continue.Letters.carry_0[i0, i1]
    kernel rnn(rnn_steps_5_step: f32, Letters.rnn.u: f32, rnn_15_step: f32) -> rnn_17: f32   // Letters.rnn
      for i0 in N, i1 in 4
        sum = Σ r0 in 4: rnn_steps_5_step[i0, r0] * Letters.rnn.u[r0, i1]
        let total = rnn_15_step[i0, i1] + sum
        rnn_17[i0, i1] = tanh(total)
    kernel dense(rnn_steps_5_part_3: f32, Letters.dense.w: f32, Letters.dense.b: f32) -> continue.Letters.output: f32   // Letters.dense
      for i0 in N, i1 in T, i2 in 20
        sum = Σ r0 in 4: rnn_steps_5_part_3[i1, i0, r0] * Letters.dense.w[r0, i2]
        continue.Letters.output[i0, i1, i2] = sum + Letters.dense.b[i2]
    kernel rnn(rnn_steps_5_part: f32) -> continue.Letters.next_0: f32   // Letters.rnn
      for i0 in N, i1 in 4
        continue.Letters.next_0[i0, i1] = rnn_steps_5_part[i0, i1]"
  `);
});
