/**
 * Whole messages that need more than a source to arise: options of the caller, limits of the machine, files. And that no code of the
 * catalogue goes without a test.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { catalogue } from "../../compiler/diagnostics/codes/index.ts";
import { dataTooLarge } from "../../compiler/diagnostics/codes/data.ts";
import { oneThread, workerLost } from "../../compiler/diagnostics/codes/runtime.ts";
import { notFinite } from "../../compiler/diagnostics/codes/tensors.ts";
import { targetUnavailable } from "../../compiler/diagnostics/codes/targets.ts";
import { diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import { render } from "../../compiler/diagnostics/render.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { CompileOptions } from "../../compiler/compile.ts";

const dense = `const hidden = 4
model M(x: [N, 3]) -> [N, 2] = x |> dense(hidden) |> dense(2)
train M as plain { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8 }`;
const deep = [
  ...Array.from({ length: 300 }, (_, at) => `block b${at}(x: [N]) -> [N] = b${at + 1}(x)`),
  "block b300(x: [N]) -> [N] = x",
  "model M(x: [N]) -> [N] = b0(x)",
].join("\n");

function complaints(source: string, options: CompileOptions, files?: ReadonlyMap<string, string>): string {
  const { diagnostics, sources } = compile({ name: "main.nn", source, files }, options);
  return render(diagnostics, sources, { colour: false });
}

describe("what options and limits are told", () => {
  test("NN0408: a constant that the file has not", () => {
    expect(complaints(dense, { consts: { hiden: 8 } })).toMatchInlineSnapshot(`
      "error[NN0408]: there is no \`const hiden\` to give another value
         = help: did you mean \`hidden\`?
      "
    `);
  });

  test("NN0410: a probe of what is not there", () => {
    expect(complaints(dense, { probes: ["M.dense", "M.dens", "dense2.w", "other"] })).toMatchInlineSnapshot(`
      "error[NN0410]: there is no layer, model or parameter \`M.dens\` to probe
         = help: did you mean \`M.dense\`? there are \`M.dense\`, \`M.dense_2\`, \`M\`, \`plain.cross_entropy.log_softmax\`, \`M.dense.w\`, \`M.dense.b\`, \`M.dense_2.w\`, \`M.dense_2.b\`

      error[NN0410]: there is no layer, model or parameter \`dense2.w\` to probe
         = help: did you mean \`M.dense.w\`? there are \`M.dense\`, \`M.dense_2\`, \`M\`, \`plain.cross_entropy.log_softmax\`, \`M.dense.w\`, \`M.dense.b\`, \`M.dense_2.w\`, \`M.dense_2.b\`

      error[NN0410]: there is no layer, model or parameter \`other\` to probe
         = help: there are \`M.dense\`, \`M.dense_2\`, \`M\`, \`plain.cross_entropy.log_softmax\`, \`M.dense.w\`, \`M.dense.b\`, \`M.dense_2.w\`, \`M.dense_2.b\`
      "
    `);
    const long =
      "model M(x: [N, 3]) -> [N, 3] = x |> repeat(40, relu)\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1) }";
    expect(complaints(long, { probes: ["M.relu"] }).replaceAll(/, (`M.repeat.\d+.relu`, )+/g, ", …, "))
      .toMatchInlineSnapshot(`
        "error[NN0410]: there is no layer, model or parameter \`M.relu\` to probe
           = help: did you mean \`M.repeat.0.relu\`? there are \`M.repeat.0.relu\`, …, \`M.repeat.29.relu\` and 11 more
        "
      `);
    expect(complaints("model M(x: [N]) -> [N] = x |> relu", { probes: ["M.relu"] })).toMatchInlineSnapshot(`
      "error[NN0410]: there is no layer, model or parameter \`M.relu\` to probe
         = help: probes watch the steps of a \`train\`
      "
    `);
    expect(complaints(dense, { train: null, probes: ["M"] })).toMatchInlineSnapshot(`
      "error[NN0410]: there is no layer, model or parameter \`M\` to probe
         = help: probes watch the steps of a \`train\`
      "
    `);
  });

  test("NN0513: a train that the file has not", () => {
    expect(complaints(dense, { train: "plian" })).toMatchInlineSnapshot(`
      "error[NN0513]: there is no train \`plian\`: expected \`plain\`
         = help: did you mean \`plain\`?
      "
    `);
    expect(complaints("model M(x: [N]) -> [N] = x", { train: "plain" })).toMatchInlineSnapshot(`
      "error[NN0513]: there is no train \`plain\`: expected a file with a train
      "
    `);
    const files = new Map([["lib/dense.nn", dense]]);
    const using = 'use "./lib/dense.nn"\nmodel O(x: [N, 3]) -> [N, 2] = x |> M';
    expect(complaints(using, { train: "plain" }, files)).toMatchInlineSnapshot(`
      "error[NN0513]: there is no train \`plain\`: expected a file with a train
         = help: it is a train of lib/dense.nn: name that file
      "
    `);
  });

  test("NN0601: blocks inside one another without end", () => {
    expect(complaints(deep, {}).split("\n").slice(0, 5).join("\n")).toMatchInlineSnapshot(`
      "error[NN0601]: expected a nesting of at most 600 levels, found more
          --> main.nn:119:34
           |
       111 | block b110(x: [N]) -> [N] = b111(x)
           |                             ------- in \`b111\`, called here"
    `);
  });

  test("NN0603: a repeat in a repeat", () => {
    const layers = "model M(x: [N, 8]) -> [N, 8] = x |> repeat(1000, repeat(1000, relu))";
    expect(complaints(layers, {})).toMatchInlineSnapshot(`
      "error[NN0603]: expected a program of at most 220000 operations once every call is written out, found more; \`operations: 440000\`, or \`--operations 440000\`, allows twice as many
        --> main.nn:1:37
         |
       1 | model M(x: [N, 8]) -> [N, 8] = x |> repeat(1000, repeat(1000, relu))
         |                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ most of them come from here
      "
    `);
  });

  test("NN0602: more memory than there are addresses", () => {
    expect(complaints("model M(x: [N, 1024]) -> [N, 1024] = x |> dense(1024) |> relu", { bounds: { N: 1_000_000 } }))
      .toMatchInlineSnapshot(`
        "error[NN0602]: the program needs 8196198784 bytes of memory, expected at most 4294967296
           = help: the largest are "M.x" (input, 4096000000 bytes), "predict.M.output" (result, 4096000000 bytes), "M.dense.w" (parameter, 4194304 bytes), "M.dense.b" (parameter, 4096 bytes)
        "
      `);
  });
});

test.each([
  [{ target: "cuda" }, 'option `target`: expected typescript, wasm, wgsl, found "cuda"'],
  [
    { bounds: { N: -1 } },
    "option `bounds`: expected whole numbers from 1 by name, such as { N: 128 }, found { N: -1 }",
  ],
  [
    { bounds: { N: 1.5 } },
    "option `bounds`: expected whole numbers from 1 by name, such as { N: 128 }, found { N: 1.5 }",
  ],
  [
    { bounds: new Map([["N", 4]]) },
    "option `bounds`: expected whole numbers from 1 by name, such as { N: 128 }, found a Map",
  ],
  [{ dims: { N: "8" } }, 'option `dims`: expected whole numbers from 1 by name, such as { F: 34 }, found { N: "8" }'],
  [{ train: 3 }, "option `train`: expected the label of a train, or null for none, found 3"],
  [
    { consts: { hidden: {} } },
    "option `consts`: expected numbers, strings, true or false by name, found { hidden: … }",
  ],
  [{ settings: { lr: NaN } }, "option `settings`: expected numbers by name, such as { lr: 0.01 }, found { lr: NaN }"],
  [null, "option `options`: expected an object, found null"],
])("NN0706: compile(…, %j) throws nothing and says what was expected", (options, message) => {
  const call: (...values: readonly unknown[]) => { readonly diagnostics: readonly Diagnostic[] } = compile as never;
  const told = (...values: readonly unknown[]) =>
    call(...values).diagnostics.map((one) => `${one.code} ${one.message}`);
  expect(told({ name: "main.nn", source: dense }, options)).toEqual([`NN0706 ${message}`]);
  expect(told(dense)).toEqual([expect.stringMatching(/^NN0706 option `source`: expected .*, found "const hidden = 4/)]);
  expect(told({ name: "main.nn", source: dense, files: {} })).toEqual([
    "NN0706 option `files`: expected a Map from paths to texts, found an empty object",
  ]);
});

test("what only other places than Node.js or very large files can show", () => {
  const told = [
    diagnose(targetUnavailable, { target: "typescript", needs: "ts-morph" }, []),
    diagnose(dataTooLarge, { file: "data/all.csv", bytes: 3_000_000_000, limit: 2_147_483_647 }, []),
    diagnose(
      notFinite,
      { file: "run.safetensors", tensor: "M.dense.w", found: "NaN", index: 4, count: 3, others: [] },
      [],
    ),
    diagnose(oneThread, { threads: 4, running: 1, lacking: "SharedArrayBuffer", found: "none" }, []),
    diagnose(workerLost, { reason: "it ran out of memory" }, []),
  ];
  expect(render(told, new Map(), { colour: false })).toMatchInlineSnapshot(`
    "error[NN0654]: the target typescript cannot be printed here: expected ts-morph

    error[NN0804]: data/all.csv is too large: it has 3000000000 bytes, expected at most 2147483647

    warning[NN0923]: run.safetensors: expected finite numbers, found NaN at element 4 of tensor M.dense.w and 2 more that are not finite

    warning[NN0726]: runs on one thread instead of 4: expected SharedArrayBuffer, found none

    error[NN0727]: a thread that shares the program is lost: it ran out of memory
    "
  `);
});

test("every code of the catalogue stands in a test", () => {
  const folder = path.resolve(import.meta.dirname, "..");
  const texts = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|golden\.txt)$/.test(file))
    .map((file) => readFileSync(path.join(folder, file), "utf8"))
    .join("\n");
  expect([...catalogue.keys()].filter((code) => !texts.includes(code))).toEqual([]);
});
