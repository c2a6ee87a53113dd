/** Flipped bits, counters beyond 32 bits and numbers that are not finite, in saved files. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import { encode } from "../../runtime/save/encode.ts";
import { decode } from "../../runtime/save/safetensors.ts";
import { errorOf, lineArtifact } from "../runtime/support.ts";

/** The bytes with other metadata, and without some. */
function withMetadata(
  bytes: Uint8Array,
  changes: Readonly<Record<string, string>>,
  without: readonly string[] = [],
): Uint8Array {
  const { tensors, metadata } = decode("it", bytes);
  const kept = [...metadata].filter(([key]) => !without.includes(key));
  return encode(tensors, new Map([...kept, ...Object.entries(changes)]));
}

describe("a saved file", () => {
  test("with any bit of its tensors flipped is refused", async () => {
    const net = await load(lineArtifact());
    const bytes = net.save();
    const start = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    for (let bit = 8 * start; bit < 8 * bytes.length; bit += 5) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect([bit, await errorOf(() => net.restore(flipped))]).toEqual([bit, expect.stringMatching(/^NN0929 /)]);
    }
    const other = Uint8Array.from(bytes);
    other[start] = (other[start] ?? 0) ^ 1;
    expect(await errorOf(() => net.restore(other))).toMatch(
      /^NN0929 the tensors of the saved file, or what it says of their training, are not what was saved: expected the checksum "xxh32:\w{8}", found "xxh32:\w{8}" \(where they were changed on purpose, take `nnc.checksum` out of the metadata\)$/,
    );
    expect(net.save()).toEqual(bytes);
  });

  test("with other options, or with other classes, is refused", async () => {
    const net = await load(lineArtifact());
    const bytes = net.save();
    const fitted = decode("it", bytes).metadata.get("nnc.fitted") ?? "";
    const others = {
      "nnc.options": '{"consts":[{"name":"slope","value":1,"given":true}],"dims":[],"settings":[]}',
      "nnc.fitted": fitted.replace('"classes":[]', '"classes":[{"name":"target","values":["a","b"]}]'),
    };
    for (const [key, text] of Object.entries(others)) {
      expect([key, text === fitted]).toEqual([key, false]);
      expect(await errorOf(() => net.restore(withMetadata(bytes, { [key]: text })))).toMatch(/^NN0929 /);
    }
  });

  test("with another text for anything that a run goes on from, or without it, is refused", async () => {
    const net = await load(lineArtifact());
    const bytes = net.save();
    const { metadata } = decode("it", bytes);
    const keys = [...metadata.keys()].filter((key) => !/checksum/.test(key));
    expect(keys).toEqual(expect.arrayContaining(["nnc.seed", "nnc.step", "nnc.epoch_loss", "nnc.best_loss"]));
    for (const key of keys) {
      const changed = [withMetadata(bytes, { [key]: `${metadata.get(key)}1` }), withMetadata(bytes, {}, [key])];
      for (const other of changed)
        expect([key, await errorOf(() => net.restore(other))]).toEqual([key, expect.stringMatching(/^NN0929 /)]);
    }
    net.restore(withMetadata(bytes, { note: "of another program" }));
  });

  test("of an older version has no checksum of its counters, and is taken as it was", async () => {
    const net = await load(lineArtifact());
    net.restore(withMetadata(net.save(), { "nnc.seed": "77" }, ["nnc.run_checksum"]));
    expect(net.counters.seed).toBe(77);
  });

  test("of others, without a checksum or with its tensors in another order, is taken", async () => {
    const net = await load(lineArtifact());
    const { tensors, metadata } = decode("it", net.save());
    const without = new Map([...metadata].filter(([key]) => key !== "nnc.checksum"));
    net.restore(encode(tensors, without));
    net.restore(encode(new Map([...tensors].toReversed()), metadata));
    expect(net.counters.step).toBe(0);
  });

  const means = (count: number) =>
    JSON.stringify({ name: "x", scale: 1, mean: Array(count).fill(0), deviation: Array(count).fill(1) });
  const fitted = (inputs: string, classes = "", columns = "") =>
    `{"inputs":[${inputs}],"classes":[${classes}],"columns":[${columns}],"vocabulary":null}`;
  const ranges = (count: number) => {
    const list = Array(count).fill(0);
    return fitted("").replace(/}$/, `,"ranges":[${JSON.stringify({ name: "x", least: list, most: list })}]}`);
  };
  const asWritten = "what was fitted to the data, as JSON for `nnc.fitted` in the metadata, found";
  test.each([
    ["nnc.fitted", fitted(means(3)), "2 means for `x` for `nnc.fitted` in the metadata, found 3 elements"],
    ["nnc.fitted", fitted(means(2)), "no error"],
    ["nnc.fitted", fitted(means(3).replace('"x"', '"z"')), "no error"],
    [
      "nnc.fitted",
      fitted("", '{"name":"target","values":["a","b","c"]}'),
      "at most 2 classes for `target` for `nnc.fitted` in the metadata, found 3 elements",
    ],
    ["nnc.fitted", fitted("", '{"name":"target","values":["a",2]}'), asWritten],
    ["nnc.fitted", fitted('{"name":"x","scale":1e999,"mean":null,"deviation":null}'), asWritten],
    ["nnc.fitted", fitted('{"name":"x","scale":1,"mean":[0,null],"deviation":[1,1]}'), asWritten],
    [
      "nnc.options",
      '{"consts":[],"dims":[{"name":"F","value":-1,"given":true}],"settings":[]}',
      "what the program was",
    ],
    ["nnc.epoch_loss", "much", 'a number for `nnc.epoch_loss` in the metadata, found "much"'],
    ["nnc.epoch_weight", "", 'a number for `nnc.epoch_weight` in the metadata, found ""'],
    ["nnc.fitted", fitted("", "", '{"name":"x","values":["t","t"]}'), asWritten],
    ["nnc.fitted", ranges(3), "2 ranges for `x` for `nnc.fitted` in the metadata, found 3 elements"],
    ["nnc.fitted", ranges(2), "no error"],
    ["nnc.fitted", ranges(1), "no error"],
    ["nnc.fitted", ranges(2).replace('"most":[0', '"most":[-1'), asWritten],
    ["nnc.fitted", fitted("").replace("null", '["a","a"]'), asWritten],
  ])("without a checksum, with %s %s: %s", async (key, text, expected) => {
    const net = await load(lineArtifact());
    const { tensors, metadata } = decode("it", net.save());
    const old = new Map([...metadata].filter(([name]) => name !== "nnc.checksum"));
    const message = await errorOf(async () => net.restore(encode(tensors, new Map([...old, [key, text]]))));
    expect(message).toContain(expected === "no error" ? expected : `NN0920 the saved file: expected ${expected}`);
  });

  test("without a checksum, with more characters than a text has ids, is refused", async () => {
    const source = `model L(x: i32[N, 8]) -> [N, 8, 3] = x |> embedding(3, 4) |> dense(3)
      train L { data: text("t.txt", window: 8, vocabulary: 3)  loss: cross_entropy  optimizer: sgd(lr: 1) }`;
    const result = compile({ name: "main.nn", source }, { target: "wasm" });
    if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
    const net = await load(result.artifact);
    const { tensors, metadata } = decode("it", net.save());
    const restore = (vocabulary: string): Promise<string> => {
      const changed = new Map([...metadata, ["nnc.fitted", fitted("").replace("null", vocabulary)]]);
      changed.delete("nnc.checksum");
      return errorOf(async () => net.restore(encode(tensors, changed)));
    };
    expect(await restore('["a","b","c"]')).toBe("no error");
    expect(await restore('["a","b","c","d"]')).toBe(
      "NN0920 the saved file: expected at most 3 characters for `vocabulary` for `nnc.fitted` in the metadata, found 4 elements",
    );
  });

  test("holds counters that the program can: 2147483647 and not 2147483648", async () => {
    const net = await load(lineArtifact());
    const bytes = net.save();
    for (const key of ["nnc.step", "nnc.epoch", "nnc.step_in_epoch"]) {
      net.restore(withMetadata(bytes, { [key]: "2147483647" }, ["nnc.checksum"]));
      for (const found of ["2147483648", "4294967296", "9007199254740991", "-1"])
        expect(await errorOf(() => net.restore(withMetadata(bytes, { [key]: found }, ["nnc.checksum"])))).toBe(
          `NN0920 the saved file: expected a whole number from 0 to 2147483647 for \`${key}\` in the metadata, found "${found}"`,
        );
    }
  });

  test("with numbers that are not finite says so when it is loaded", async () => {
    const net = await load(lineArtifact());
    net.parameters.set("Line.w", Float32Array.of(NaN, Infinity));
    const restored = await load(lineArtifact(), { parameters: net.save() });
    expect(restored.warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'NN0923 the saved file: expected finite numbers, found NaN at element 0 of tensor "Line.w" and 1 more that are not finite',
    ]);
    net.parameters.set("Line.b", Float32Array.of(-Infinity));
    const both = await load(lineArtifact(), { parameters: net.save() });
    expect(both.warnings.map(({ message }) => message)).toEqual([
      'the saved file: expected finite numbers, found NaN at element 0 of tensor "Line.w" and 1 more that are not finite; and some in "Line.b"',
    ]);
    restored.restore((await load(lineArtifact())).save());
    expect(restored.warnings).toEqual([]);
  });

  test("is warned of where parameters are set to numbers that are not finite, until they are set anew", async () => {
    const net = await load(lineArtifact());
    net.parameters.set("Line.w", Float32Array.of(1, -Infinity));
    expect(net.warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'NN0923 what was set of the parameters: expected finite numbers, found -Infinity at element 1 of tensor "Line.w"',
    ]);
    net.parameters.set("Line.w", Float32Array.of(1, 2));
    expect(net.warnings).toEqual([]);
  });

  test("with very many tensors that nobody wants is refused in a few lines", async () => {
    const { tensors, metadata } = decode("it", (await load(lineArtifact())).save());
    const extra = Array.from(
      { length: 80_000 },
      (_, at) => [`extra.${at}`, { dtype: "f32", shape: [1], data: Float32Array.of(at) }] as const,
    );
    const { "nnc.checksum": _, ...rest } = Object.fromEntries(metadata);
    const bytes = encode(new Map([...tensors, ...extra]), new Map(Object.entries(rest)));
    const message = await errorOf(() => load(lineArtifact(), { parameters: bytes }));
    expect(message).toMatch(/^NN0921 the saved file does not fit the program in 80000 places: .* and 79992 more$/);
    expect(message.length).toBeLessThan(700);
  });
});
