/** NN09xx: what can be wrong with saved files, with what a command writes, and with earlier runs. */
import { differing, programs } from "./scene.ts";
import type { SceneExample, SceneExamples } from "./scene.ts";

const model = "model M(x: [N, 2]) -> [N, 1] = x |> dense(1)";
const train = `${model}\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 4 }`;
const saved = "const saved = (await load(artifact)).save();";

/** Whatever is done to the bytes of a saved file. */
function changed(change: string): SceneExample {
  return programs(train, `${saved}\n${change}`, `${saved}\nawait load(artifact, { parameters: saved });`);
}

/** Something else in the header of a saved file, which is JSON behind the eight bytes of its length. */
function header(change: string): SceneExample {
  return changed(`const length = new DataView(saved.buffer, saved.byteOffset).getUint32(0, true);
const text = Buffer.from(saved.subarray(8, 8 + length)).toString();
const header = Buffer.from(${change});
const size = Buffer.alloc(8);
size.writeUInt32LE(header.length);
await load(artifact, { parameters: new Uint8Array(Buffer.concat([size, header, saved.subarray(8 + length)])) });`);
}

/** Without the checksums, which would tell that it was changed. */
const unsigned = '.replaceAll(/,"nnc.(run_)?checksum":"[^"]*"/g, "")';

/** Something else of the first tensor. */
const tensor = (change: string): SceneExample =>
  header(`JSON.stringify(JSON.parse(text), (key, value) => (key === "M.dense.w" ? ${change} : value))`);

/** A file of the program above, loaded by one that `source` is. */
const other = (source: string, more = ""): SceneExample =>
  changed(`const changed = compile({ name: "net.nn", source: \`${source}\` }, { target: "wasm" }).artifact;
const { warnings } = await load(changed, { parameters: saved${more} });
console.log(warnings);`);

/** A program that saves the network with one number set. */
const diverged = (value: string): Readonly<Record<string, string>> =>
  programs(
    train,
    `const net = await load(artifact);\nnet.parameters.set("M.dense.b", Float32Array.of(${value}));\nwriteFileSync("net.safetensors", net.save());`,
    "",
    'import { load } from "nnc/runtime";\nimport { writeFileSync } from "node:fs";',
  ).bad.files;

const rows = "a,b,kind\n1,2,0\n2,1,1\n2,3,0\n4,1,1\n3,4,0\n5,1,1\n";
const net = (hidden: string, more = ""): string => `const hidden = 8
model M(x: [N, 2]) -> [N, 2] = x |> dense(${hidden}) |> dense(2)
train M { data: csv("rows.csv", target: "kind", holdout: 2)  loss: cross_entropy  optimizer: sgd(lr: 0.1)  epochs: 1${more} }
`;
const beginning = '  start_from: "run/parameters.safetensors"';
const points = { "net.nn": net("hidden"), "rows.csv": rows };
const first = "nnc train net.nn -o run";
const params = "--params run/parameters.safetensors";

function typed(
  bad: readonly string[],
  good: readonly string[],
  files: Readonly<Record<string, string>> = points,
): SceneExample {
  return differing(files, { lines: bad }, { lines: good });
}

export const savedFiles: SceneExamples = {
  NN0901: changed("await load(artifact, { parameters: saved.subarray(0, 5) });"),
  NN0902: changed("await load(artifact, { parameters: saved.subarray(0, 100) });"),
  NN0903: changed("await load(artifact, { parameters: saved.fill(255, 0, 8) });"),
  NN0904: changed("await load(artifact, { parameters: saved.fill(255, 12, 13) });"),
  NN0905: header('text.replace("{", "[")'),
  NN0906: header('text.replace(":", "=")'),
  NN0907: header('text.replace("[2,1]", "[[2],1]")'),
  NN0908: header('text.replace("M.dense.b", "M.dense.w")'),
  NN0909: tensor("{ ...value, shape: undefined }"),
  NN0910: tensor('{ ...value, dtype: "F64" }'),
  NN0911: tensor("{ ...value, shape: [1e9, 1e9] }"),
  NN0912: tensor("{ ...value, data_offsets: value.data_offsets.toReversed() }"),
  NN0913: tensor("{ ...value, shape: [3, 1] }"),
  NN0914: header('text.replace("[8,12]", "[4,8]")'),
  NN0915: tensor("{ ...value, data_offsets: value.data_offsets.map((at) => at + 4) }"),
  NN0916: changed("await load(artifact, { parameters: saved.subarray(0, saved.length - 4) });"),
  NN0917: changed("await load(artifact, { parameters: new Uint8Array([...saved, 0, 0, 0, 0]) });"),
  NN0918: header("text.replace(/.__metadata__.:{.*?},/, '')"),
  NN0919: header(`text.replace('"nnc.format":"1"', '"nnc.format":"9"')${unsigned}`),
  NN0920: header(`text.replace('"nnc.seed":"0"', '"nnc.seed":"two"')${unsigned}`),
  NN0921: other(train.replace("dense(1)", "dense(4) |> dense(1)")),
  NN0922: other(train.replace("sgd", "momentum")),
  NN0923: programs(
    train,
    `const net = await load(artifact);\nnet.parameters.set("M.dense.b", Float32Array.of(NaN));\nconsole.log((await load(artifact, { parameters: net.save() })).warnings);`,
    `const net = await load(artifact);\nnet.parameters.set("M.dense.b", Float32Array.of(0));\nconsole.log((await load(artifact, { parameters: net.save() })).warnings);`,
  ),
  NN0924: typed([`nnc train net.nn -o rows.csv/run`], [first]),
  NN0925: typed(
    [first, "nnc predict net.nn --params run/paramters.safetensors < rows.csv"],
    [first, `nnc predict net.nn ${params} < rows.csv`],
  ),
  NN0926: typed([first, `nnc eval net.nn ${params} --const hidden=4`], [first, `nnc eval net.nn ${params}`]),
  NN0927: typed([`${first} --const hidden=4`, "nnc train more.nn"], [first, "nnc train more.nn"], {
    ...points,
    "net.nn": net("2 * hidden / hidden"),
    "more.nn": net("2 * hidden / hidden", beginning),
  }),
  NN0928: typed(["echo to do > notes.svg", "nnc graph net.nn -o notes.svg"], ["nnc graph net.nn -o net.svg"]),
  NN0929: changed("saved[saved.length - 1] ^= 1;\nawait load(artifact, { parameters: saved });"),
  NN0930: differing(
    { "net.nn": `${train}\n` },
    { files: diverged("NaN"), lines: ["node main.mjs", "nnc export net.nn --params net.safetensors -o net.mjs"] },
    { files: diverged("0") },
  ),
  NN0931: typed(
    [first, "sed -i 's/train M/train M as fine/' net.nn", `nnc eval net.nn ${params}`],
    [first, `nnc eval net.nn ${params}`],
  ),
  NN0932: differing(
    {
      "rows.csv": rows.replaceAll(",0\n", ",left\n").replaceAll(",1\n", ",right\n"),
      "net.nn": net("hidden"),
      "more.nn": net("hidden", beginning).replace("rows.csv", "more.csv"),
    },
    {
      files: { "more.csv": rows.replaceAll(",0\n", ",up\n").replaceAll(",1\n", ",down\n") },
      lines: [first, "nnc train more.nn"],
    },
    { files: { "more.csv": rows.replaceAll(",0\n", ",left\n").replaceAll(",1\n", ",right\n") } },
  ),
  NN0933: typed([first, `nnc export net.nn ${params} -o net.onnx`], [first, `nnc export net.nn ${params} -o net.mjs`], {
    ...points,
    "net.nn": net("hidden").replace("x |>", "(x + random_normal([N, 2])) |>"),
  }),
  NN0934: typed(
    [first, `nnc export net.nn ${params} -o net.mjs --dtype int8 --max-change 0`],
    [first, `nnc export net.nn ${params} -o net.mjs --dtype f16`],
  ),
  NN0935: typed(
    [first, "rm rows.csv", `nnc export net.nn ${params} -o net.mjs --dtype f16`],
    [first, `nnc export net.nn ${params} -o net.mjs --dtype f16`],
  ),
  NN0941: typed(
    [first, "nnc compare run runs"],
    [first, "nnc train net.nn -o again --seed 2", "nnc compare run again"],
  ),
  NN0942: typed(
    [first, "cp -r run again", "echo '{' >> again/log.jsonl", "nnc compare run again"],
    [first, "cp -r run again", "nnc compare run again"],
  ),
};
