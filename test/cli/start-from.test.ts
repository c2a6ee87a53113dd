/**
 * `start_from` takes tensors alone: where the data of the file were prepared otherwise than those of the run, the run says what means something
 * else now.
 */
import { beforeAll, expect, test } from "vitest";
import { folderWith, nnc } from "./helpers.ts";

const source = (file: string, settings = ""): string => `model Side(x: [N, 2]) -> [N, 2] = x |> dense(2)
train Side { data: csv("${file}", target: "kind"${settings})  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8  epochs: 1  START }
`;
const begun = (file: string, settings?: string): string =>
  source(file, settings).replace("START", 'start_from: "run/parameters.safetensors"');

const { folder: cwd } = folderWith({
  "package.json": "{}",
  "first.csv": "a,b,kind\n1,2,dog\n3,4,eel\n",
  "renamed.csv": "a,b,kind\n1,2,fox\n3,4,eel\n",
  "swapped.csv": "b,a,kind\n2,1,dog\n4,3,eel\n",
  "moved.csv": "a,b,kind\n5,2,dog\n3,4,eel\n",
  "first.nn": source("first.csv", ", standardize: true").replace("START", ""),
  "unchanged.nn": begun("first.csv", ", standardize: true"),
  "renamed.nn": begun("renamed.csv", ", standardize: true"),
  "swapped.nn": begun("swapped.csv", ", standardize: true"),
  "moved.nn": begun("moved.csv", ", standardize: true"),
  "raw.nn": begun("first.csv"),
});

beforeAll(async () => {
  await nnc(["train", "first.nn", "-o", "run"], { cwd });
}, 60_000);

const said = "warning[NN0932]: the file of `start_from` was trained on data that were prepared otherwise: ";

test.each([
  ["unchanged", ""],
  // Sorted, `fox` comes behind `eel`, so that each id stands for another class.
  ["renamed", `${said}the classes of \`target\` were "dog", "eel" and are "eel", "fox"\n`],
  [
    "swapped",
    `${said}the columns of \`x\` were "a", "b" and are "b", "a"; \`x\` is standardised with other statistics\n`,
  ],
  ["moved", `${said}\`x\` is standardised with other statistics\n`],
  ["raw", `${said}\`x\` was standardised and is taken as it is\n`],
])("%s data", async (name, expected) => {
  const { stderr, code } = await nnc(["train", `${name}.nn`, "-o", `out-${name}`], { cwd });
  const warnings = stderr
    .split(/^(?=warning)/m)
    .slice(1)
    .map((text) => `${text.split("\n")[0]}\n`);
  expect({ code, warnings: warnings.join("") }).toEqual({ code: 0, warnings: expected });
});
