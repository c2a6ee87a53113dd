/** NN0651 and NN07xx: what a program meets that loads an artifact, and what a run finds of earlier ones. */
import { differing, predicting, programs, training } from "./scene.ts";
import type { SceneExample, SceneExamples } from "./scene.ts";

const model = "model M(x: [N, 2]) -> [N, 1] = x |> dense(1)";
const train = `${model}\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 2 }`;
const ids = "model M(ids: i32[N]) -> [N, 2] = embedding(ids, 3, 2)";
const sequences = "model M(x: [N, T]) -> [N, T] = 2 * x";
const judged = `${model}\ntrain M { data: given  loss: binary_cross_entropy  optimizer: sgd(lr: 0.1)  batch: 4 }`;

const net = "const net = await load(artifact);";
const batch = "{ x: Float32Array.of(1, 2), target: Float32Array.of(3) }";
const contents = `const read = () => { throw new Error("it has no files"); };
const given = (rows) => new Map([["x", new Float32Array(2 * rows)], ["target", new Float32Array(rows)]]);
const data = (rows) => prepare(artifact.manifest, { read, given: given(rows) });`;
const events = (call: string): string =>
  `for await (const { event, diagnostics } of ${call}) if (event === "start") console.log(diagnostics);`;

/** One call of a network that is loaded, with what does not fit and with what does. */
function call(source: string, bad: string, good: string): SceneExample {
  return programs(source, `${net}\n${bad}`, `${net}\n${good}`);
}

const points = {
  "net.nn": `model M(x: [N, 2]) -> [N, 2] = x |> dense(2)
train M { data: csv("rows.csv", target: "kind", holdout: 2)  loss: cross_entropy  optimizer: sgd(lr: 0.1)  epochs: 1 }
`,
  "rows.csv": "a,b,kind\n1,2,0\n2,1,1\n2,3,0\n4,1,1\n3,4,0\n5,1,1\n",
};
const first = "nnc train net.nn -o run";
const on = "nnc train net.nn -o run --resume --epochs 2";
const evaluated = "nnc eval net.nn --params run/parameters.safetensors";

/** A run, and what is done to its folder before the next line. */
function after(change: string, line: string, goodLine = line): SceneExample {
  return differing(points, { lines: [first, change, line] }, { lines: [first, goodLine] });
}

const letters = `model Letters(text: i32[N, 4]) -> [N, 4, 5] = text |> embedding(5, 3) |> dense(5)
train Letters { data: text("book.txt", window: 4, vocabulary: 5)  loss: cross_entropy  optimizer: sgd(lr: 0.1)  epochs: 1 }
`;

export const running: SceneExamples = {
  NN0651: {
    bad: programs(model, "await load(artifact);", "", undefined, '{ target: "wgsl" }').bad,
    good: programs(model, "", "await load(artifact);").good,
  },
  NN0701: programs(model, "await load(artifact.files);", "await load(artifact);"),
  NN0702: programs(
    model,
    'await load({ ...artifact, files: { ...artifact.files, "M.wasm": artifact.files["M.wasm"].subarray(0, 100) } });',
    "await load(artifact);",
  ),
  NN0705: call(
    model,
    "net.close();\nawait net.predict({ x: Float32Array.of(1, 2) });",
    "await net.predict({ x: Float32Array.of(1, 2) });\nnet.close();",
  ),
  NN0706: programs(model, "await load(artifact, { seed: 1.5 });", "await load(artifact, { seed: 15 });"),
  NN0707: {
    bad: call(model, `await net.step(${batch});`, "").bad,
    good: call(train, "", `await net.step(${batch});`).good,
  },
  NN0708: call(
    `${model}\nmodel O(x: [N, 2]) -> [N, 2] = 2 * x`,
    'await net.predict("P", { x: Float32Array.of(1, 2) });',
    'await net.predict("O", { x: Float32Array.of(1, 2) });',
  ),
  NN0710: call(
    model,
    "await net.predict({ x: Float32Array.of(1, 2), y: Float32Array.of(1) });",
    "await net.predict({ x: Float32Array.of(1, 2) });",
  ),
  NN0711: call(train, "await net.step({ x: Float32Array.of(1, 2) });", `await net.step(${batch});`),
  NN0712: call(model, "await net.predict({ x: [1, 2] });", "await net.predict({ x: Float32Array.of(1, 2) });"),
  NN0713: call(
    model,
    "await net.predict({ x: Float32Array.of(1, 2, 3) });",
    "await net.predict({ x: Float32Array.of(1, 2, 3, 4) });",
  ),
  NN0714: call(
    train,
    "await net.step({ x: new Float32Array(10), target: new Float32Array(5) });",
    "await net.step({ x: new Float32Array(8), target: new Float32Array(4) });",
  ),
  NN0715: call(
    train,
    "await net.step({ x: new Float32Array(8), target: new Float32Array(3) });",
    "await net.step({ x: new Float32Array(8), target: new Float32Array(4) });",
  ),
  NN0716: programs(
    sequences,
    `${net}\nawait net.predict({ x: new Float32Array(6) });`,
    `${net}\nawait net.predict({ x: { shape: [2, 3], data: new Float32Array(6) } });`,
    undefined,
    '{ target: "wasm", bounds: { T: 8 } }',
  ),
  NN0717: call(
    ids,
    "await net.predict({ ids: Int32Array.of(0, 3) });",
    "await net.predict({ ids: Int32Array.of(0, 2) });",
  ),
  NN0718: call(
    model,
    "await net.predict({ x: Float32Array.of(1, NaN) });",
    "await net.predict({ x: Float32Array.of(1, 0) });",
  ),
  NN0719: call(
    'block pairs(x: [N, 2]) -> [N, 2] {\n  require N % 2 == 0, "rows come in pairs"\n  return x\n}\nmodel M(x: [N, 2]) -> [N, 2] = pairs(x)',
    "await net.predict({ x: new Float32Array(6) });",
    "await net.predict({ x: new Float32Array(8) });",
  ),
  NN0720: call(
    model,
    'net.parameters.set("M.dense.weight", Float32Array.of(1, 2));',
    'net.parameters.set("M.dense.w", Float32Array.of(1, 2));',
  ),
  NN0722: call(train, "await net.evaluate([]);", `await net.evaluate([${batch}]);`),
  NN0723: call(
    `metric scaled(output: [N, 1], target: [N, 1], by: []) -> [] = by * sum(abs(target))
model M(x: [N, 2], by: []) -> [N, 1] = by * x |> dense(1)
train M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 2  metrics: [scaled] }`,
    `const batch = { x: Float32Array.of(1, 2), by: Float32Array.of(3), target: Float32Array.of(1) };
const { warnings } = await net.evaluate([batch, batch]);
console.log(warnings);`,
    `const batch = { x: Float32Array.of(1, 2, 1, 2), by: Float32Array.of(3), target: Float32Array.of(1, 1) };
const { warnings } = await net.evaluate([batch]);
console.log(warnings);`,
  ),
  NN0724: differing(
    points,
    { lines: ["nnc train net.nn --set lr=1e38 --epochs 20"] },
    { lines: ["nnc train net.nn --set lr=0.01 --epochs 20"] },
  ),
  NN0725: after("true", `${on} --seed 9`, on),
  NN0726: programs(
    model,
    "const { warnings } = await load(artifact, { threads: 4 });\nconsole.log(warnings);",
    "const { warnings } = await load(artifact, { threads: 1 });\nconsole.log(warnings);",
  ),
  NN0728: differing(
    { ...points, "net.nn": points["net.nn"].replace("sgd(lr: 0.1)", "adam(lr: 0.001)").replace(", holdout: 2", "") },
    {
      files: { "rows.csv": points["rows.csv"].replace("4,1,1", "5e25,1,0\n5e25,1,1") },
      lines: ["nnc train net.nn --epochs 5"],
    },
  ),
  NN0732: after("echo 7,7,1 >> rows.csv", on),
  NN0733: after("true", "nnc train net.nn -o run --resume", on),
  NN0735: programs(
    sequences,
    "await predictor(artifact, (await load(artifact)).save());",
    'const fixed = compile({ name: "net.nn", source }, { target: "wasm", dims: { T: 8 } }).artifact;\nawait predictor(fixed, (await load(fixed)).save());',
    predicting,
    '{ target: "wasm", bounds: { T: 8 } }',
  ),
  NN0736: programs(model, "await load(artifact, { sed: 7 });", "await load(artifact, { seed: 7 });"),
  NN0737: programs(
    train.replace("epochs: 2", "schedule: inverse_time(decay: 0.5)  epochs: 2"),
    "const { warnings } = await load(artifact);\nconsole.log(warnings);",
    "const { warnings } = await load(artifact, { stepsPerEpoch: 10 });\nconsole.log(warnings);",
  ),
  NN0739: programs(
    train.replace("epochs: 2", "steps_per_epoch: 2  epochs: 2"),
    `${contents}\n${events("train(artifact, data(12))")}`,
    `${contents}\n${events("train(artifact, data(8))")}`,
    training,
  ),
  NN0740: after("echo 7,7,1 >> rows.csv", evaluated),
  NN0741: after("sed -i 's/holdout: 2/holdout: 2, scale: 0.5/' net.nn", evaluated),
  NN0742: after("sed -i 's/loss: cross_entropy/loss: hinge/' net.nn", on),
  NN0743: call(
    judged,
    "await net.step({ x: Float32Array.of(1, 2), target: Float32Array.of(2) });",
    "await net.step({ x: Float32Array.of(1, 2), target: Float32Array.of(1) });",
  ),
  NN0744: programs(
    train.replace("data: given", "data: given(holdout: 25%)"),
    `${contents}\nconst { train: rows } = data(8);\n${events("train(artifact, { train: rows })")}`,
    `${contents}\n${events("train(artifact, data(8))")}`,
    training,
  ),
  NN0745: programs(
    model,
    "const { warnings } = await load(artifact, { gpu: { requestAdapter: async () => null } });\nconsole.log(warnings);",
    "const { warnings } = await load(artifact);\nconsole.log(warnings);",
  ),
  NN0746: programs(
    "model M(x: [N, 2]) -> [N, 2] = x - mean(x, over: N)",
    "const some = await predictor(artifact, (await load(artifact)).save());\nawait some.predict(Array.from({ length: 200 }, () => [1, 2]));\nconsole.log(some.warnings);",
    "const some = await predictor(artifact, (await load(artifact)).save());\nawait some.predict(Array.from({ length: 20 }, () => [1, 2]));\nconsole.log(some.warnings);",
    predicting,
  ),
  NN0747: programs(
    train,
    `${contents}\nconst training = train(artifact, data(8));\nconsole.log(training.network.counters);`,
    `${contents}\nconst training = train(artifact, data(8));\nawait training.next();\nconsole.log(training.network.counters);`,
    training,
  ),
  NN0755: programs(
    "model Graph(links: [V, V]) -> [V, V] = 2 * links",
    "await predictor(artifact, (await load(artifact)).save());",
    "const net = await load(artifact);\nawait net.predict({ links: { shape: [2, 2], data: Float32Array.of(0, 1, 1, 0) } });",
    predicting,
    '{ target: "wasm", bounds: { V: 8 } }',
  ),
  NN0760: differing(
    {},
    {
      files: { ...points },
      lines: [first, "nnc predict net.nn --params run/parameters.safetensors --generate 4"],
    },
    {
      files: { "net.nn": letters, "book.txt": "abcd abcd abcd abcd abcd" },
      lines: [first, "nnc predict net.nn --params run/parameters.safetensors --generate 4"],
    },
  ),
  NN0761: programs(
    letters.replaceAll("`", "'"),
    'const letters = await predictor(artifact, (await load(artifact)).save());\nfor await (const character of letters.generate("ab", { length: 4 })) console.log(character);',
    "const letters = await predictor(artifact, (await load(artifact)).save());\nawait letters.predict([[0, 1, 2, 3]]);",
    predicting,
  ),
};
