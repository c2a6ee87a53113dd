/** The text of an exported module in every form, of which only one is written as TypeScript and the others lose their types: none has a mistake. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Format } from "../../cli/export/kernels.ts";
import { storeNetwork } from "../../cli/export/change.ts";
import { rowsParts } from "../../cli/export/rows-module.ts";
import { moduleText } from "../../cli/export/template.ts";
import { textParts } from "../../cli/export/text-module.ts";
import { textModuleText } from "../../cli/export/text-template.ts";
import { compileFile } from "../../compiler/files.ts";
import { readProject } from "../../compiler/project.ts";
import { load } from "../../runtime/load/index.ts";
import { textModelOf } from "../../runtime/predict/text.ts";
import { prepare, train } from "../../runtime/train/index.ts";
import { folderWith } from "../cli/helpers.ts";
import { compilers } from "../declarations/compilers.ts";

const letters = (
  body: string,
): string => `model Letters(text: i32[N, T]) -> [N, T, 6] = text |> embedding(6, 4) |> ${body} |> dense(6)
train Letters { data: text("letters.txt", window: 8, vocabulary: 6)  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 8  epochs: 1  seed: 3 }
`;
const noise = `block noise(x: [N, T, C]) -> [N, T, C] {
  require T <= 12, "a window holds twelve"
  return x + random_normal([N, T, C])
}
`;
const sources: Readonly<Record<string, string>> = {
  // Words, an input of several columns, a scan, and what is asked of the number of rows.
  rows: `model Mixed(c: i32[N], x: [N, 6]) -> [N] {
  require N >= 1, "a row at least"
  let states = reshape(x, [N, 3, 2]) |> rnn(4)
  return sum(concat([embedding(c, 3, 2), mean(states, axis: 1)], axis: -1) |> dense(3), axis: -1)
}
train Mixed { data: csv("mixed.csv", c: "c", x: "p*", target: "t", standardize: true)  loss: mse  optimizer: sgd(lr: 0.01)  batch: 4  epochs: 1 }
`,
  one: `model One(x: [N, 6]) -> [N, 2] = x |> dense(2)
train One { data: csv("mixed.csv", x: "p*", target: ["t", "u"])  loss: mse  optimizer: sgd(lr: 0.01)  batch: 4  epochs: 1 }
`,
  parts: letters("rnn(4)"),
  windows: `${noise}${letters("positions |> self_attention(2, causal: true) |> noise")}`,
};
const { folder: cwd } = folderWith({
  "package.json": "{}",
  "letters.txt": "abacabadabacabae".repeat(20),
  "mixed.csv": `c,p0,p1,p2,p3,p4,p5,t,u\n${Array.from({ length: 8 }, (_, row) => `${["red", "blue"][row % 2]},1,2,3,4,${row},6,${row},1\n`).join("")}`,
  ...Object.fromEntries(Object.entries(sources).map(([name, source]) => [`${name}.nn`, source])),
});

const formats: readonly Format[] = ["ts", "wasm", "wgsl"];
const texts = new Map<string, string>();

beforeAll(async () => {
  for (const name of Object.keys(sources)) {
    const file = path.join(cwd, `${name}.nn`);
    const compiled = compileFile(file, { target: "wasm" });
    if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ message }) => message).join("\n"));
    const { manifest } = compiled.artifact;
    const run = train(compiled.artifact, prepare(manifest, { read: (data) => readFileSync(path.join(cwd, data)) }));
    for await (const { event } of run) if (event === "done") break;
    const network = await load(compiled.artifact, { parameters: await run.save() });
    const trained = { source: readProject(file), compiled, network };
    const [model] = manifest.host.models;
    const reads = textModelOf(manifest, model, network.record.fitted);
    for (const format of formats) {
      for (const [dtype, weights] of [
        ["f32", {}],
        ["int8", { weights: "w" }],
        ["f16", {}],
      ] as const) {
        const { stored } = await storeNetwork(trained, dtype, Infinity);
        const exported = {
          ...trained,
          format,
          bounds: {},
          file: "model.ts",
          relaxed: format === "wasm",
          stored,
          ...weights,
        };
        const text =
          reads === undefined
            ? moduleText(await rowsParts(exported, model))
            : textModuleText(await textParts(exported, reads));
        texts.set(`/${name}-${format}-${dtype}.ts`, text);
      }
    }
  }
}, 900_000);

test.each(compilers)(
  "TypeScript %s finds none, with every strict option and no library but ES2022's",
  (_version, check) => {
    expect(texts.size).toBe(4 * 3 * 3);
    expect(check(texts, [...texts.keys()])).toEqual([]);
  },
  600_000,
);
