/** A loaded network: steps, evaluations, predictions, saving and restoring, and every way to use it wrongly. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import type { Inputs, Network, TensorInput } from "../../runtime/load/index.ts";
import { errorOf, lineArtifact, points } from "./support.ts";

/** Inputs of a wrong type, as plain JavaScript could pass them. */
function wrong(inputs: unknown): Inputs {
  // The test's purpose is to break the type.
  return inputs as Inputs;
}

function bitsOf(network: Network): readonly (readonly [string, string])[] {
  return [...network.parameters, ...network.state].map(
    ([name, { data }]) => [name, [...new Int32Array(data.buffer, data.byteOffset, data.length)].join(" ")] as const,
  );
}

describe("a network", () => {
  it("learns a line", async () => {
    const net = await load(lineArtifact());
    const batch = points(4);
    for (let step = 0; step < 400; step++) await net.step(batch);
    const { loss } = await net.evaluate(batch);
    expect(loss).toBeLessThan(1e-9);
    expect([...net.parameters.keys()]).toEqual(["Line.w", "Line.b"]);
    expect(net.parameters.get("Line.w")?.data[0]).toBeCloseTo(2, 4);
    expect(net.parameters.get("Line.b")).toMatchObject({ shape: [] });
    expect(net.counters).toEqual({ seed: 3, step: 400, epoch: 0, stepInEpoch: 400 });
    expect(net.peakBytes).toBe(24 * 128);
  });

  it("answers at once and later alike, for any number of rows up to the bound", async () => {
    const [a, b] = [await load(lineArtifact()), await load(lineArtifact())];
    for (const rows of [1, 2, 4]) expect(await a.step(points(rows))).toEqual(b.stepSync(points(rows)));
    expect(await a.evaluate(points(3))).toEqual(b.evaluateSync(points(3)));
    expect(await a.predict({ x: points(3).x })).toEqual(b.predictSync("Line", { x: points(3).x }));
    expect(bitsOf(a)).toEqual(bitsOf(b));
    const { losses, rates } = a.stepSync(points(1));
    expect([Object.keys(losses), rates]).toEqual([["main"], [Math.fround(0.1)]]);
  });

  it("draws its parameters from the seed", async () => {
    const weights = async (seed?: number): Promise<number | undefined> =>
      (await load(lineArtifact(), seed === undefined ? {} : { seed })).parameters.get("Line.w")?.data[0];
    expect(await weights(5)).toBe(await weights(5));
    expect(await weights(5)).not.toBe(await weights(6));
    expect(await weights()).toBe(await weights(3));
  });

  it("evaluates a set batch by batch as one", async () => {
    const net = await load(lineArtifact());
    const all = points(11);
    const batches = [
      [0, 4],
      [4, 8],
      [8, 11],
    ].map(([from, to]) => ({
      x: all.x.subarray(2 * (from ?? 0), 2 * (to ?? 0)),
      target: all.target.subarray(from, to),
    }));
    const { loss, metrics, warnings } = await net.evaluate(batches);
    const [output] = await Promise.all(batches.map((batch) => net.predict({ x: batch.x }))).then((parts) => [
      parts.flatMap(([part]) => [...(part?.data ?? [])]),
    ]);
    const errors = [...all.target].map((target, row) => Math.abs((output?.[row] ?? NaN) - target));
    expect(loss).toBeCloseTo(errors.reduce((sum, error) => sum + error ** 2, 0) / 11, 5);
    expect(metrics["error"]).toBeCloseTo(errors.reduce((sum, error) => sum + error, 0) / 11, 5);
    expect(metrics["worst"]).toBeCloseTo(Math.max(...errors), 5);
    expect(warnings).toEqual([]);
    // State of metrics does not last.
    expect((await net.evaluate(batches)).metrics).toEqual(metrics);
  });

  it("gives a metric without state a number that is no row, where there is one batch", async () => {
    const source = `
      metric scaled(output: [N, 1], target: [N, 1], by: []) -> [] = by * sum(abs(target))
      model M(x: [N, 2], by: []) -> [N, 1] = by * x |> dense(1)
      train M { data: given  loss: mse  optimizer: sgd(lr: 1e-3)  batch: 2  metrics: [scaled] }
    `;
    const result = compile({ name: "scalar.nn", source }, {});
    if (!result.ok) throw new Error(result.diagnostics[0].message);
    const net = await load(result.artifact);
    const batch = { x: new Float32Array(4), by: Float32Array.of(3), target: Float32Array.of(1, 2) };
    expect((await net.evaluate(batch)).metrics["scaled"]).toBe(9);
    const { metrics, warnings } = await net.evaluate([batch, batch]);
    expect([metrics, warnings.map(({ code }) => code)]).toEqual([{}, ["NN0723"]]);
  });

  it("gives a metric without state the rows of all batches, whatever the size of a row that stays open", async () => {
    const source = `
      metric of_last(output: [N, K], target: [N, K], past: [N, T]) -> [] = sum(abs(past[:, -1:] - target))
      model M(past: [N, T]) -> [N, 1] = past[:, -1:] |> dense(1)
      train M { data: given  loss: mse  optimizer: sgd(lr: 1e-3)  batch: 2  metrics: [of_last] }
    `;
    const result = compile({ name: "open.nn", source }, { bounds: { T: 4 } });
    if (!result.ok) throw new Error(result.diagnostics[0].message);
    const net = await load(result.artifact);
    const batch = (rows: number, length: number) => ({
      past: { shape: [rows, length], data: Float32Array.from({ length: rows * length }, (_, n) => n) },
      target: new Float32Array(rows),
    });
    // The last numbers: 2 and 5, then 2.
    expect((await net.evaluate([batch(2, 3), batch(1, 3)])).metrics["of_last"]).toBe(9);
    await expect(net.evaluate([batch(2, 3), batch(1, 2)])).rejects.toThrow(
      "`past`: expected T = 3 as in earlier batches, found 2",
    );
  });

  it("leaves out a metric that would need more rows than it can take", async () => {
    const net = await load(lineArtifact());
    const { metrics, warnings } = await net.evaluate(Array.from({ length: 5 }, () => points(4)));
    expect(Object.keys(metrics)).toEqual(["error"]);
    expect(warnings.map(({ code, message, help }) => `${code} ${message} (${help})`)).toEqual([
      "NN0723 metric `worst` has no state, so it needs all rows at once: expected at most 16, found 20; it is left out (give it `state`, so that it adds up batch by batch, or build with the bound `rows=20`)",
    ]);
  });

  it("predicts with the trained model, a named one, and another seed", async () => {
    const net = await load(lineArtifact());
    net.parameters.set("Line.w", Float32Array.of(1, 10));
    expect(await net.predict({ x: Float32Array.of(1, 2, 3, 4) })).toEqual([
      { name: "output", shape: [2], data: Float32Array.of(21, 43) },
    ]);
    const ids = Int32Array.of(2, 0);
    expect(await net.predict("Table", { ids })).toEqual([{ name: "found", shape: [2], data: Float32Array.of(23, 3) }]);
    expect(await net.predict("Table", { ids }, { seed: 7 })).toEqual([
      { name: "found", shape: [2], data: Float32Array.of(27, 7) },
    ]);
    expect(net.counters.seed).toBe(3);
    expect(await net.predict("Table", { ids: { shape: [2], data: ids } })).toHaveLength(1);
    expect(await net.predict("Table", new Map([["ids", ids]]))).toHaveLength(1);
  });

  it("shows its memory", async () => {
    const net = await load(lineArtifact());
    const w = net.parameters.get("Line.w");
    net.parameters.set("Line.w", { shape: [2], data: Float32Array.of(5, 6) });
    expect(w?.data).toEqual(Float32Array.of(5, 6));
    net.stepSync(points(2));
    expect(net.state.get("Line.seen")?.data).toEqual(Int32Array.of(2));
    await net.synchronize();
  });
});

describe("saving", () => {
  it("keeps everything, to the bit", async () => {
    const [a, b] = [await load(lineArtifact()), await load(lineArtifact(), { seed: 9 })];
    for (let step = 0; step < 5; step++) a.stepSync(points(4));
    const best = { epoch: 2, loss: 0.5, tensors: a.snapshot() };
    a.record = { ...a.record, runningLoss: 0.1 + 0.2, epochLoss: 1 / 3, epochWeight: 20, best };
    const saved = a.save();
    b.restore(saved);
    expect(b.save()).toEqual(saved);
    expect(b.record).toEqual(a.record);
    for (let step = 0; step < 3; step++) expect(b.stepSync(points(4))).toEqual(a.stepSync(points(4)));
    expect(b.save()).toEqual(a.save());
  });

  it("refuses files that do not fit, and changes nothing", async () => {
    const net = await load(lineArtifact());
    const before = net.save();
    const other = lineArtifact({ train: { optimizer: "adam" } });
    const renamed = lineArtifact({
      manifest: {
        buffers: lineArtifact().manifest.buffers.map((one) =>
          one.name === "Line.b" ? { ...one, name: "Line.bias" } : one,
        ),
      },
    });
    const messages = [
      await errorOf(() => net.restore(Uint8Array.of(1, 2, 3))),
      await errorOf(() => net.restore(new ArrayBuffer(8) as never)),
      await errorOf(async () => (await load(other)).restore(before)),
      await errorOf(async () => (await load(renamed)).restore(before)),
    ];
    expect(messages).toMatchInlineSnapshot(`
      [
        "NN0901 the saved file is not a safetensors file: expected at least 8 bytes, found 3",
        "NN0712 the saved file: expected its bytes as a Uint8Array, found an ArrayBuffer",
        "NN0922 the saved file was trained with "momentum"; expected "adam", the optimizer of the program",
        "NN0921 the saved file does not fit the program in 2 places: "Line.bias" is missing, expected [] (renamed from "Line.b"?); "Line.b" is not in the program, found []",
      ]
    `);
    expect(net.save()).toEqual(before);
  });

  it("serves an artifact that only predicts", async () => {
    const trained = await load(lineArtifact());
    trained.stepSync(points(4));
    const { buffers } = lineArtifact().manifest;
    const only = await load(
      lineArtifact({
        train: "none",
        manifest: { buffers: buffers.filter(({ role }) => role !== "optimizer") },
      }),
    );
    only.restore(trained.save());
    expect(await only.predict("Line", points(2).x === undefined ? {} : { x: points(2).x })).toEqual(
      await trained.predict({ x: points(2).x }),
    );
  });
});

describe("wrong use", () => {
  const { x, target } = points(2);
  const steps: readonly (readonly [string, Inputs])[] = [
    ["no inputs", wrong(undefined)],
    ["a list", wrong([x, target])],
    ["a misspelt name", wrong({ x, targte: target })],
    ["nothing for an input", wrong({ x })],
    ["null", wrong({ x, target: null })],
    ["a string", wrong({ x, target: "1" })],
    ["a plain list", wrong({ x, target: [1, 2] })],
    ["another element type", wrong({ x, target: Int32Array.of(1, 2) })],
    ["doubles", wrong({ x, target: new Float64Array(2) })],
    ["a shape with other data", wrong({ x, target: { shape: [2], data: [1, 2] } })],
    ["a length between rows", { x: x.subarray(1), target }],
    ["no rows", { x: new Float32Array(0), target }],
    ["too many rows", points(5)],
    ["rows that disagree", { x, target: points(1).target }],
    ["a shape that its data do not have", { x: { shape: [2, 2], data: x.subarray(1) }, target }],
    ["another shape", { x: { shape: [4, 1], data: x }, target }],
    ["shapes that disagree", { x: { shape: [2, 2], data: x }, target: { shape: [1], data: target.subarray(1) } }],
    ["NaN", { x, target: Float32Array.of(1, NaN) }],
    ["an infinity", { x: Float32Array.of(0, 0, 0, -Infinity), target }],
    ["a requirement that fails", points(3)],
  ];
  it("of step is refused before anything is changed", async () => {
    const net = await load(lineArtifact());
    const before = net.save();
    const messages: string[] = [];
    for (const [what, inputs] of steps) messages.push(`${what}: ${await errorOf(() => net.step(inputs))}`);
    expect(messages).toMatchInlineSnapshot(`
      [
        "no inputs: NN0712 inputs: expected { x: Float32Array, target: Float32Array }, found undefined",
        "a list: NN0712 inputs: expected { x: Float32Array, target: Float32Array }, found an Array",
        "a misspelt name: NN0710 there is no input \`targte\`; expected \`x\`, \`target\` (did you mean \`target\`?)",
        "nothing for an input: NN0711 input \`target\` is missing; expected a Float32Array of shape [N]",
        "null: NN0712 \`target\`: expected a Float32Array of shape [N], found null",
        "a string: NN0712 \`target\`: expected a Float32Array of shape [N], found a string",
        "a plain list: NN0712 \`target\`: expected a Float32Array of shape [N], found an Array",
        "another element type: NN0712 \`target\`: expected a Float32Array of shape [N], found an Int32Array",
        "doubles: NN0712 \`target\`: expected a Float32Array of shape [N], found a Float64Array",
        "a shape with other data: NN0712 \`target\`: expected a Float32Array of shape [N], found { shape, data } with an Array as its data",
        "a length between rows: NN0713 \`x\`: expected a length that fits the shape [N, 2], found 3 elements",
        "no rows: NN0713 \`x\`: expected a length that fits the shape [N, 2], found 0 elements",
        "too many rows: NN0714 \`x\`: expected N from 1 to 4, found 5",
        "rows that disagree: NN0715 \`target\`: expected N = 2 as in \`x\`, found 1",
        "a shape that its data do not have: NN0713 \`x\`: expected the shape [N, 2], found [2, 2] with 3 elements",
        "another shape: NN0715 \`x\`: expected axis 1 (2) = 2 as in the shape, found 1",
        "shapes that disagree: NN0715 \`target\`: expected axis 0 (N) = 2 as in \`x\`, found 1",
        "NaN: NN0718 \`target\`: expected finite numbers, found NaN in row 1 (rows count from 0)",
        "an infinity: NN0718 \`x\`: expected finite numbers, found -Infinity in row 1 (rows count from 0)",
        "a requirement that fails: NN0719 three is one too many (the sides of the requirement are 3 and 3, for N = 3)",
      ]
    `);
    expect(net.save()).toEqual(before);
    expect(await errorOf(() => net.stepSync(points(5)))).toBe(await errorOf(() => net.evaluate(points(5))));
  });

  it("of step is refused alike after a step that was right, whose lengths are remembered", async () => {
    const [fresh, used] = [await load(lineArtifact()), await load(lineArtifact())];
    for (const [what, inputs] of steps) {
      used.stepSync({ x, target });
      expect([what, await errorOf(() => used.stepSync(inputs))]).toEqual([
        what,
        await errorOf(() => fresh.step(inputs)),
      ]);
    }
  });

  it("of everything else is refused", async () => {
    const net = await load(lineArtifact());
    const only = await load(lineArtifact({ train: "none" }));
    const values = (given: unknown): TensorInput => given as TensorInput; // breaks the type on purpose
    const messages = [
      await errorOf(() => net.predict("Lime", { x })),
      await errorOf(() => net.predict("Table", { ids: Int32Array.of(0, 3) })),
      await errorOf(() => net.predict("Table", { ids: Int32Array.of(-1) })),
      await errorOf(() => net.predict("Table", { ids: Int32Array.of(1) }, { seed: 0.5 })),
      await errorOf(() => net.evaluate([])),
      await errorOf(() => only.step({ x, target })),
      await errorOf(() => only.evaluateSync({ x, target })),
      await errorOf(() => net.parameters.set("Line.v", Float32Array.of(1, 2))),
      await errorOf(() => net.parameters.set("Line.w", Float32Array.of(1))),
      await errorOf(() => net.parameters.set("Line.w", { shape: [1, 2], data: Float32Array.of(1, 2) })),
      await errorOf(() => net.parameters.set("Line.w", values([1, 2]))),
      await errorOf(() => load(lineArtifact(), { seed: 1.5 })),
      await errorOf(() => load(lineArtifact(), { stepsPerEpoch: 0 })),
    ];
    net.close();
    net.close();
    messages.push(await errorOf(() => net.step({ x, target })), await errorOf(() => net.save()));
    messages.push(await errorOf(() => net.parameters.set("Line.w", Float32Array.of(1, 2))));
    expect(messages).toMatchInlineSnapshot(`
      [
        "NN0708 there is no model \`Lime\` in this artifact; it has \`Table\`, \`Line\` (did you mean \`Line\`?)",
        "NN0717 \`ids\`: expected whole numbers from 0 to 2, found 3 in row 1 (rows count from 0)",
        "NN0717 \`ids\`: expected whole numbers from 0 to 2, found -1 in row 0 (rows count from 0)",
        "NN0706 option \`seed\`: expected a whole number, found 0.5",
        "NN0722 expected at least one row in what is evaluated, found none",
        "NN0707 step needs an artifact with a \`train\`; this one only predicts",
        "NN0707 evaluateSync needs an artifact with a \`train\`; this one only predicts",
        "NN0720 the network has no parameter \`Line.v\` (did you mean \`Line.w\`?)",
        "NN0713 \`Line.w\`: expected a Float32Array of shape [2], found 1 element",
        "NN0713 \`Line.w\`: expected a Float32Array of shape [2], found 2 elements of shape [1, 2]",
        "NN0712 \`Line.w\`: expected a Float32Array of shape [2], found an Array",
        "NN0706 option \`seed\`: expected a whole number, found 1.5",
        "NN0706 option \`stepsPerEpoch\`: expected a whole number from 1 to 2147483647, found 0",
        "NN0705 step was called on a network that is closed; expected an open one",
        "NN0705 save was called on a network that is closed; expected an open one",
        "NN0705 \`set\` of the parameters was called on a network that is closed; expected an open one",
      ]
    `);
  });

  it("of load is refused", async () => {
    const { manifest, files } = lineArtifact();
    const broken = (text: string): unknown => ({ manifest, files: { "line.js": text } });
    const messages: string[] = [];
    for (const artifact of [
      undefined,
      { files },
      { manifest: { ...manifest, version: 2 }, files },
      { manifest, files: {} },
      { manifest: { ...manifest, target: "cuda" }, files },
      broken("export const a = ;"),
      broken("export const a = 1;"),
      { manifest: { ...manifest, target: "wasm" }, files },
      { manifest: { ...manifest, target: "wasm" }, files: { "line.js": Uint8Array.of(1, 2) } },
      { manifest: { ...manifest, arenaBytes: 2 ** 52 }, files },
    ]) {
      // Artifacts come from disks, where types promise nothing.
      messages.push(await errorOf(() => load(artifact as ReturnType<typeof lineArtifact>)));
    }
    expect(messages).toMatchInlineSnapshot(`
      [
        "NN0701 this is no artifact that can be loaded: expected { manifest, files }, found undefined",
        "NN0701 this is no artifact that can be loaded: expected { manifest, files }, found an Object",
        "NN0701 this is no artifact that can be loaded: expected a manifest of version 1, found 2",
        "NN0701 this is no artifact that can be loaded: expected a file \`line.js\`, found none",
        "NN0701 this is no artifact that can be loaded: expected "typescript" or "wasm" or "wgsl" as \`manifest.target\`, found "cuda"",
        "NN0702 \`line.js\` cannot be loaded: Unexpected token ';'",
        "NN0702 \`line.js\` cannot be loaded: it exports no function \`create\`",
        "NN0702 \`line.js\` cannot be loaded: it is text, expected bytes",
        "NN0702 \`line.js\` cannot be loaded: WebAssembly.compile(): expected 4 bytes, fell off end @+0",
        "NN0704 expected 4503599627370496 bytes of memory in one piece, found less",
      ]
    `);
  });

  it("names what a machine lacks", async () => {
    const { manifest } = lineArtifact();
    const artifact = { manifest: { ...manifest, target: "wasm" as const }, files: { "line.js": Uint8Array.of(0) } };
    vi.stubGlobal("WebAssembly", undefined);
    expect(await errorOf(() => load(artifact))).toBe(
      "NN0703 this artifact is for the target wasm: expected WebAssembly, found none",
    );
    vi.stubGlobal("WebAssembly", { validate: () => false, instantiate: () => Promise.reject(new Error("no vectors")) });
    expect(await errorOf(() => load(artifact))).toBe(
      "NN0703 this artifact is for the target wasm: expected WebAssembly with vector instructions (SIMD), found none",
    );
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });
});
