/** Artifacts that were damaged on the way: every field of a manifest, every part of a module. What comes of it is an NncError or a network. */
import { constant } from "../../compiler/dimension/dimension.ts";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import { checksumOf, hash } from "../../compiler/program/checksum.ts";
import type { Artifact, TargetName } from "../../compiler/program/artifact.ts";
import { checkArtifact } from "../../runtime/load/check-artifact.ts";
import { isIntact } from "../../runtime/load/executable.ts";
import { load } from "../../runtime/load/index.ts";
import { misfit } from "../../runtime/load/schema.ts";
import type { Schema } from "../../runtime/load/schema.ts";
import { fieldsOf } from "../../runtime/train/index.ts";
import { errorOf, lineArtifact } from "./support.ts";

const source = `model Side(x: [N, 2]) -> [N, 2] = x |> dense(2)
train Side { data: csv("a.csv", target: "y")  loss: cross_entropy  optimizer: adam(lr: 0.1)  batch: 4  epochs: 3  metrics: [accuracy] }`;

/** Two steps, each with a loss of its own to evaluate. */
const steps = `model Side(x: [N, 2]) -> [N, 2] = x |> dense(2)
model Left(x: [N, 2]) -> [N, 2] = x |> dense(2)
train Both(x: [N, 2]) {
  data: given  optimizer: sgd(lr: 0.1)
  step one { minimize: mean(Side(x) ** 2)  update: Side }
  step two { minimize: mean(Left(x) ** 2)  update: Left }
}`;

function compiled(target: TargetName, text = source): Artifact {
  const result = compile({ name: "side.nn", source: text }, { target, bounds: { N: 4 } });
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  return result.artifact;
}

/** Loads and uses it; the code of what it threw, or nothing. Anything but an NncError fails the test. */
async function codeOf(artifact: unknown, options: object = {}): Promise<string> {
  try {
    const net = await load(artifact as Artifact, options);
    const { train, models } = net.manifest.host;
    const inputs = (
      wanted: readonly { readonly name: string; readonly dtype: string; readonly shape: readonly unknown[] }[],
    ) =>
      new Map(
        wanted.map(({ name, dtype, shape: { length } }) => [
          name,
          dtype === "f32" ? new Float32Array(length) : new Int32Array(length),
        ]),
      );
    if (train !== undefined) await net.step(inputs(train.inputs));
    if (train !== undefined) await net.evaluate(inputs(train.inputs));
    for (const model of models) await net.predict(model.name, inputs(model.inputs));
    net.save();
    net.close();
    return "fine";
  } catch (error) {
    if (error instanceof NncError) return error.code;
    throw error;
  }
}

/** As somebody leaves it who changes the manifest on purpose. */
function meant({ manifest: { checksum: _, ...manifest }, files }: Artifact): Artifact {
  return { manifest, files };
}

type Path = readonly (string | number)[];

/** Every place in plain data; of a list the first item and the last. */
function placesIn(root: unknown): readonly Path[] {
  const places: Path[] = [];
  const queue: (readonly [unknown, Path])[] = [[root, []]];
  for (const [value, path] of queue) {
    if (path.length > 0) places.push(path);
    if (Array.isArray(value)) {
      const ends = new Set([0, value.length - 1].filter((at) => at >= 0 && at < value.length));
      for (const at of ends) queue.push([value[at], [...path, at]]);
    } else if (typeof value === "object" && value !== null)
      for (const [key, inner] of Object.entries(value)) queue.push([inner, [...path, key]]);
  }
  return places;
}

/** A copy of JSON data with another value at a place; undefined takes it out. */
function changed(root: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const copy: Record<string | number, unknown> = Array.isArray(root) ? ([...root] as never) : { ...(root as object) };
  if (rest.length === 0 && value === undefined) delete copy[key];
  else copy[key] = changed(copy[key], rest, value);
  return copy;
}

const values: readonly unknown[] = [
  undefined,
  null,
  "another",
  "",
  -1,
  0,
  1,
  NaN,
  0.5,
  1e15,
  2 ** 31,
  true,
  [],
  {},
  [null],
];

describe("a manifest with one field changed", () => {
  const artifacts: readonly (readonly [string, Artifact, RegExp])[] = [
    ["typescript, by hand", lineArtifact(), /^/],
    ["wasm, without its checksum", meant(compiled("wasm")), /^/],
    ["what two steps evaluate", meant(compiled("wasm", steps)), /^host\.train\.evaluation/],
  ];
  test.each(artifacts)(
    "is refused or fits: %s",
    async (_, artifact, places) => {
      expect(await codeOf(artifact)).toBe("fine");
      const wrong: string[] = [];
      for (const path of placesIn(artifact.manifest).filter((one) => places.test(one.join(".")))) {
        for (const value of values) {
          const manifest = changed(artifact.manifest, path, value);
          try {
            const code = await codeOf({ ...artifact, manifest });
            if (code !== "fine" && !/^NN(07|09)/.test(code))
              wrong.push(`${path.join(".")} = ${String(value)}: ${code}`);
          } catch (error) {
            wrong.push(`${path.join(".")} = ${String(value)}: ${String(error)}`);
          }
        }
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  test("a loss of several that names no buffer is refused", async () => {
    const artifact = meant(compiled("wasm", steps));
    const path = ["host", "train", "evaluation", "losses", 1, "buffer"];
    const other = { ...artifact, manifest: changed(artifact.manifest, path, "nowhere") } as Artifact;
    expect(await errorOf(() => load(other))).toBe(
      "NN0701 this is no artifact that can be loaded: expected a buffer `nowhere` for the result `two`, found none",
    );
  });

  test("says which, and what was expected", async () => {
    const artifact = meant(compiled("wasm"));
    const told = (path: Path, value: unknown): Promise<string> =>
      errorOf(() => load({ ...artifact, manifest: changed(artifact.manifest, path, value) } as Artifact));
    const buffer = artifact.manifest.buffers[0];
    const messages = [
      await told(["buffers", 0, "offset"], -4),
      await told(["buffers", 0, "offset"], 2),
      await told(["buffers", 0, "offset"], artifact.manifest.arenaBytes),
      await told(["buffers", 0, "bytes"], 0),
      await told(["buffers", 1], buffer),
      await told(["buffers", 0, "role"], "weight"),
      await told(["host", "models", 0, "entry"], "predict.Other"),
      await told(["host", "models", 0, "results", 0, "buffer"], "nowhere"),
      await told(["host", "train", "losses"], []),
      await told(["host", "train", "batch"], "some"),
      await told(["dims", 0, "bound"], 0),
      await told(["dims", 0, "name"], "M"),
      await told(["entries", 0, "name"], "start"),
      await told(["arenaBytes"], 2 ** 32),
      await told(["version"], 2),
      await told(["target"], "cuda"),
      await told(["module"], "other.wasm"),
    ];
    expect(messages.map((one) => one.replaceAll(String(artifact.manifest.arenaBytes), "ARENA"))).toMatchInlineSnapshot(`
      [
        "NN0701 this is no artifact that can be loaded: expected a whole number from 0 to 9007199254740991 as \`manifest.buffers[0].offset\`, found -4",
        "NN0701 this is no artifact that can be loaded: expected whole words within ARENA bytes for the buffer \`Side.dense.w\`, found 16 bytes from 2",
        "NN0701 this is no artifact that can be loaded: expected whole words within ARENA bytes for the buffer \`Side.dense.w\`, found 16 bytes from ARENA",
        "NN0701 this is no artifact that can be loaded: expected at least 16 bytes for the buffer \`Side.dense.w\`, found 0",
        "NN0701 this is no artifact that can be loaded: expected buffers of different names, found 1 twice",
        "NN0701 this is no artifact that can be loaded: expected "parameter" or "state" or "optimizer" or "counter" or "metric" or "input" or "result" or "temporary" or "segment" as \`manifest.buffers[0].role\`, found "weight"",
        "NN0701 this is no artifact that can be loaded: expected an entry \`predict.Other\`, found none",
        "NN0701 this is no artifact that can be loaded: expected a buffer \`nowhere\` for the result \`output\`, found none",
        "NN0701 this is no artifact that can be loaded: expected a list that is not empty as \`manifest.host.train.losses\`, found an Array",
        "NN0701 this is no artifact that can be loaded: expected a whole number from 1 to 2147483647 as \`manifest.host.train.batch\`, found "some"",
        "NN0701 this is no artifact that can be loaded: expected a whole number from 1 to 2147483647 as \`manifest.dims[0].bound\`, found 0",
        "NN0701 this is no artifact that can be loaded: expected a dimension \`N\` for the buffer \`Side.x\`, found none",
        "NN0701 this is no artifact that can be loaded: expected an entry \`init\`, found none",
        "NN0702 \`Side.wasm\` cannot be loaded: expected a memory of 4294967296 bytes, found 65536",
        "NN0701 this is no artifact that can be loaded: expected a manifest of version 1, found 2",
        "NN0701 this is no artifact that can be loaded: expected "typescript" or "wasm" or "wgsl" as \`manifest.target\`, found "cuda"",
        "NN0701 this is no artifact that can be loaded: expected a file \`other.wasm\`, found none",
      ]
    `);
  });

  test("whose text would be read on by something else is refused", async () => {
    const letters = `model M(text: i32[N, T]) -> [N, T, 6] = text |> embedding(6, 4) |> rnn(5) |> dense(6)
train M { data: text("book.txt", window: 8, vocabulary: 6)  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 2  epochs: 1 }`;
    const result = compile({ name: "letters.nn", source: letters }, { target: "wasm" });
    if (!result.ok) throw new Error(result.diagnostics[0]?.message);
    const artifact = meant(result.artifact);
    const at = ["host", "models", 0, "continuation"];
    const told = async (path: Path, value: unknown): Promise<string> => {
      const manifest = changed(artifact.manifest, [...at, ...path], value);
      const message = await errorOf(() => load({ ...artifact, manifest } as Artifact));
      return message.replace("NN0701 this is no artifact that can be loaded: expected ", "");
    };
    const { start, step } = artifact.manifest.host.models[0]?.continuation ?? {};
    expect([
      await told(["step", "entry"], "other"),
      await told(["step", "inputs"], step?.inputs.slice(0, 1)),
      await told(["step", "inputs"], step?.inputs.slice(1)),
      await told(["step", "results", 1, "dtype"], "i32"),
      await told(["step", "results"], []),
      await told(["start"], undefined),
      await told(["start", "inputs"], []),
      await told(["start", "results"], start?.results.concat(start.results)),
      await told(["start"], start),
    ]).toMatchInlineSnapshot(`
      [
        "an entry \`other\`, found none",
        "the entry \`continue.M\` to answer [] for \`continue.M\`, found [f32[N, 5]]",
        "an input of the entry \`continue.M\` that tells \`T\`, found none",
        "f32 for the result \`carry 0\`, as its buffer has, found i32",
        "the entry \`continue.M\` to take and answer [i32[N, T], f32[N, T, 6]], found [i32[N, T]]",
        "the entry \`continue.M\` to answer [f32[N, 5]] for \`continue.M\`, found []",
        "an input of the entry \`continue_start.M\` that tells \`N\`, found none",
        "the entry \`continue_start.M\` to answer [f32[N, 5]] for \`continue.M\`, found [f32[N, 5], f32[N, 5]]",
        "no error",
      ]
    `);
  });

  test.each([
    ["another bound", ["dims", 0, "bound"], 3],
    ["another seed", ["host", "train", "seed"], 7],
    ["a setting of the data", ["host", "train", "data", "settings", "target"], "z"],
    ["a field that nobody knows", ["comment"], "mine"],
    ["one field fewer", ["host", "train", "optimizer"], undefined],
    ["the checksum of no program", ["checksum"], "xxh32:00000000"],
  ] satisfies [string, Path, unknown][])(
    "fits and is refused as it is not as it was built: %s",
    async (_, path, value) => {
      const artifact = compiled("wasm");
      const manifest = changed(artifact.manifest, path, value) as Artifact["manifest"];
      const message =
        /^NN0701 .*: expected the manifest as it was built, with the checksum "xxh32:\w{8}", found "xxh32:\w{8}" \(where it was changed on purpose, take `checksum` out of the manifest\)$/;
      expect(await errorOf(() => load({ ...artifact, manifest }))).toMatch(message);
      expect(await errorOf(async () => fieldsOf(manifest))).toMatch(message);
      expect(await codeOf(meant({ ...artifact, manifest }))).toBe("fine");
    },
  );

  test("that cannot be written is refused, too", async () => {
    const artifact = compiled("wasm");
    expect(await codeOf({ ...artifact, manifest: { ...artifact.manifest, comment: 1n } })).toBe("NN0701");
  });

  test("nesting without end is no reason to fall over", () => {
    const nested: Schema = { kind: "fields", fields: {}, optional: { inner: { kind: "later", schema: () => nested } } };
    let value: object = {};
    for (let level = 0; level < 100_000; level++) value = { inner: value };
    expect(misfit(nested, value, "it")).toEqual({ place: "it", expected: "a shallower nesting", found: "more" });
  });
});

describe("a module that was damaged", () => {
  test("is told by its checksum, whichever bit it is", async () => {
    const artifact = compiled("wasm");
    const { module } = artifact.manifest;
    const bytes = artifact.files[module] as Uint8Array;
    for (let at = 0; at < bytes.length; at += 61) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      expect([at, await codeOf({ ...artifact, files: { ...artifact.files, [module]: flipped } })]).toEqual([
        at,
        "NN0702",
      ]);
    }
    const text = compiled("typescript");
    const file = text.manifest.module;
    const other = `${String(text.files[file])} `;
    expect(await errorOf(() => load({ ...text, files: { [file]: other } }))).toMatch(
      /^NN0702 `Side.js` cannot be loaded: expected the checksum xxh32:\w{8}, found xxh32:\w{8}: it was changed since it was built \(where that is meant, take `checksums` out of the manifest\)$/,
    );
  });

  test("without a checksum, it is refused or fails with a code where it is cut or does not fit its manifest", async () => {
    const { manifest, files } = compiled("wasm");
    const { checksums: _, checksum: __, ...unchecked } = manifest;
    const bytes = files[manifest.module] as Uint8Array;
    for (let length = 0; length < bytes.length; length += 97)
      expect(await codeOf({ manifest: unchecked, files: { [manifest.module]: bytes.subarray(0, length) } })).toBe(
        "NN0702",
      );
    const line = lineArtifact();
    const text = String(line.files["line.js"]);
    const withText = (content: string): Promise<string> =>
      errorOf(async () =>
        (await load({ ...line, files: { "line.js": content } })).stepSync({
          x: new Float32Array(4),
          target: new Float32Array(2),
        }),
      );
    const messages = [
      await withText(text.replace('"predict.Table"(rows)', '"predict.Table"()')),
      await withText(text.replace("evaluate(rows)", "evaluated(rows)")),
      await withText(text.replace(/arenaBytes = \d+/, "arenaBytes = 64")),
      await withText("export function create() { throw new Error('no'); }"),
      await withText("export function create() { return 3; }"),
      await withText(text.replace("train_step(rows) {", "train_step(rows) { nothing.there;")),
      await withText(text.slice(0, 900)),
    ];
    expect(messages).toMatchInlineSnapshot(`
      [
        "NN0702 \`line.js\` cannot be loaded: expected a function \`predict.Table\` of 1 dimensions, found one of 0",
        "NN0702 \`line.js\` cannot be loaded: expected a function \`evaluate\` of 1 dimensions, found none",
        "NN0702 \`line.js\` cannot be loaded: expected a memory of 3072 bytes, found 64",
        "NN0702 \`line.js\` cannot be loaded: no",
        "NN0702 \`line.js\` cannot be loaded: expected \`create\` to answer with its entries",
        "NN0738 \`line.js\` failed in \`train_step\`, expected it to fit its manifest: nothing is not defined",
        "NN0702 \`line.js\` cannot be loaded: Unexpected end of input",
      ]
    `);
  });

  test("of the target wgsl: its list of dispatches, too", async () => {
    const artifact = compiled("wgsl");
    const { checksums: _, checksum: __, ...manifest } = artifact.manifest;
    const gpu = { requestAdapter: async () => null };
    expect(await codeOf(artifact, { gpu })).toBe("NN0651");
    const list: unknown = JSON.parse(String(artifact.files[manifest.module]));
    const move = { buffer: 0, loop: "t", times: -1, plus: constant(3), modulo: 2, stride: constant(4) };
    const looped = changed(
      changed(list, ["entries", 0, "loops"], [{ index: "t", extent: constant(4), from: 0, to: 1 }]),
      ["entries", 0, "dispatches", 0, "moves"],
      [move],
    );
    const codes = new Set<string>();
    for (const one of [list, looped])
      for (const path of placesIn(one))
        for (const value of values) {
          const files = { ...artifact.files, [manifest.module]: JSON.stringify(changed(one, path, value)) };
          codes.add(await codeOf({ manifest, files }, { gpu }));
        }
    // A shader of another name is a file that is not there.
    expect([...codes].toSorted()).toEqual(["NN0651", "NN0701", "NN0702"]);
    expect(
      await errorOf(() => load({ manifest, files: { ...artifact.files, [manifest.module]: "{" } }, { gpu })),
    ).toMatch(/^NN0702 /);
  });
});

describe("an artifact as it was built", () => {
  test.each(["typescript", "wasm", "wgsl"] as const)("for %s needs no look, and would pass it", (target) => {
    const { manifest, files } = compiled(target);
    const read = JSON.parse(JSON.stringify(manifest, undefined, 2)) as Artifact["manifest"];
    expect([isIntact({ manifest, files }), isIntact({ manifest: read, files })]).toEqual([true, true]);
    expect(() => checkArtifact({ manifest: read, files })).not.toThrow();
  });

  test("is still so behind a store that sorts the keys of JSON", () => {
    const { manifest, files } = compiled("wasm");
    const sorted = JSON.parse(
      JSON.stringify(manifest, (_, value: unknown) =>
        typeof value !== "object" || value === null || Array.isArray(value)
          ? value
          : Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => other.localeCompare(one))),
      ),
    ) as Artifact["manifest"];
    expect(Object.keys(sorted)).not.toEqual(Object.keys(manifest));
    expect(isIntact({ manifest: sorted, files })).toBe(true);
    expect(() => checkArtifact({ manifest: sorted, files })).not.toThrow();
  });

  test("is no more so when anything of its manifest has changed", () => {
    const { manifest, files } = compiled("wasm");
    const unchanged = placesIn(manifest).filter((path) => {
      const other = changed(manifest, path, "another") as Artifact["manifest"];
      return isIntact({ manifest: other, files });
    });
    expect(unchanged).toEqual([]);
  });
});

describe("an artifact of another kind", () => {
  test("is refused, whatever it is", async () => {
    const { manifest } = lineArtifact();
    for (const other of [
      undefined,
      null,
      3,
      "artifact",
      [],
      {},
      { manifest },
      { manifest, files: null },
      { manifest, files: [] },
      { manifest: null, files: {} },
      { manifest: [], files: {} },
      { manifest, files: { "line.js": 3 } },
    ])
      expect(await codeOf(other)).toBe("NN0701");
  });
});

test("checksums are those of xxHash32", () => {
  // From the reference implementation.
  expect(checksumOf("")).toBe("xxh32:02cc5d05");
  expect(checksumOf("abc")).toBe("xxh32:32d153ff");
  expect(checksumOf("Nobody inspects the spammish repetition")).toBe("xxh32:e2293b2f");
  expect(hash(new Uint8Array(0), 0x9e3779b1)).toBe(0x36b78ae7);
  // Wherever the bytes begin.
  const bytes = Uint8Array.from({ length: 103 }, (_, at) => at);
  for (const from of [1, 2, 3]) expect(checksumOf(bytes.subarray(from))).toBe(checksumOf(bytes.slice(from)));
});
