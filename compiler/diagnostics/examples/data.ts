/** NN08xx: what can be wrong with the files, the arrays and the images that a network learns from. */
import { differing, predicting, programs, training } from "./scene.ts";
import type { SceneExample, SceneExamples } from "./scene.ts";

const rows = "a,b,kind\n1,2,0\n2,1,1\n2,3,0\n4,1,1\n";
const run = ["nnc train net.nn"];

function network(data: string, loss = "cross_entropy", model = "model M(x: [N, 2]) -> [N, 2] = x |> dense(2)"): string {
  return `${model}\ntrain M { data: ${data}  loss: ${loss}  optimizer: sgd(lr: 0.1)  epochs: 1 }\n`;
}

const table = { "net.nn": network('csv("rows.csv", target: "kind")') };

/** The same network on two tables. */
function tables(bad: string, good = rows, net = table["net.nn"]): SceneExample {
  return differing({ "net.nn": net }, { files: { "rows.csv": bad }, lines: run }, { files: { "rows.csv": good } });
}

/** Two sources beside the same table. */
function sources(bad: string, good: string, text = rows): SceneExample {
  return differing({ "rows.csv": text }, { files: { "net.nn": bad }, lines: run }, { files: { "net.nn": good } });
}

/** A table that other lines write. */
function written(bad: readonly string[], good: readonly string[], net = table["net.nn"]): SceneExample {
  return differing({ "net.nn": net }, { lines: [...bad, ...run] }, { lines: [...good, ...run] });
}

/** Bytes as `printf` writes them, for files that are no text. */
const bytes = (...values: readonly number[]): string =>
  values.map((value) => `\\${value.toString(8).padStart(3, "0")}`).join("");
/** An array of small whole numbers in the form of MNIST's files, and in that of NumPy. */
const idx = (file: string, ...shape: readonly number[]): string =>
  `printf '${bytes(0, 0, 8, shape.length, ...shape.flatMap((size) => [0, 0, 0, size]), ...counted(shape))}' > ${file}`;
const npy = (file: string, ...shape: readonly number[]): string => {
  const header = `{"descr": "|u1", "fortran_order": False, "shape": (${shape.join(", ")},)}`.replaceAll(
    '"',
    String.raw`\047`,
  );
  const length = header.replaceAll(String.raw`\047`, "'").length;
  return `printf '${bytes(0x93)}NUMPY${bytes(1, 0, length, 0)}${header}${bytes(...counted(shape))}' > ${file}`;
};
const counted = (shape: readonly number[]): readonly number[] =>
  Array.from({ length: shape.reduce((all, size) => all * size, 1) }, (_, at) => at % 2);
const cubes = network(
  'npy(x: "x.npy", target: "y.npy")',
  "mse",
  "model M(x: [N, 2, 3]) -> [N] = sum(x |> dense(3), axis: [1, 2])",
);
const labelled = network('idx(x: "x.idx", target: "y.idx")');

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==";
const picture = (name: string): string => `echo ${pixel} | base64 -d > photos/${name}`;
const photos = network(
  'images("photos", size: [2, 2])',
  "cross_entropy",
  "model M(x: [N, 2, 2, 3]) -> [N, 2] = x |> flatten |> dense(2)",
);
const listed = (setting: string): string => photos.replace('"photos"', `"photos/list.csv", target: "kind"${setting}`);
const folders = ["mkdir -p photos/cat photos/dog", picture("cat/1.png"), picture("dog/1.png")];

const words = "a,b,kind\n1,2,left\n2,1,right\n2,3,left\n4,1,right\n";
const trained = "nnc train net.nn -o run";
const predict = "nnc predict net.nn --params run/parameters.safetensors";
const evaluate = "nnc eval net.nn --params run/parameters.safetensors";

const given = `model M(x: [N, 2]) -> [N, 1] = x |> dense(1)
train M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 1 }`;
const handed = (x: string): string =>
  `const read = () => { throw new Error("it has no files"); };
prepare(artifact.manifest, { read, given: new Map([["x", ${x}], ["target", Float32Array.of(3)]]) });`;
const asked = (row: string): string =>
  `const points = await predictor(artifact, (await load(artifact)).save());\nawait points.predict([${row}]);`;

export const data: SceneExamples = {
  NN0801: differing(table, { lines: run }, { files: { "rows.csv": rows } }),
  NN0802: sources(network('csv("../rows.csv", target: "kind")'), table["net.nn"]),
  NN0803: written(
    [String.raw`printf 'a,b,kind\n1,2,caf\351\n2,1,tea\n' > rows.csv`],
    ["printf 'a,b,kind\\n1,2,café\\n2,1,tea\\n' > rows.csv"],
  ),
  NN0805: tables('a,b,kind\n1,2,"left\n2,1,right\n', 'a,b,kind\n1,2,"left"\n2,1,right\n'),
  NN0806: tables('a,b,kind\n1,2,"left"er\n2,1,right\n', 'a,b,kind\n1,2,"lefter"\n2,1,right\n'),
  NN0807: tables("a,b,kind\n1,2,0\n2,1\n", rows),
  NN0808: tables("a,a,kind\n1,2,0\n2,1,1\n"),
  NN0809: tables("a,b,kind\n"),
  NN0810: sources(network('csv("rows.csv", target: "Kind")'), table["net.nn"]),
  NN0811: sources(
    network('csv("rows.csv", target: "kind", inputs: "pixel*")'),
    network('csv("rows.csv", target: "kind", inputs: ["a", "b"])'),
  ),
  NN0812: sources(network('csv("rows.csv")'), table["net.nn"]),
  NN0813: sources(
    network('csv("rows.csv", target: "kind", y: "a")'),
    network('csv("rows.csv", target: "kind", x: ["a", "b"])'),
  ),
  NN0814: tables("a,b,c,kind\n1,2,3,0\n2,1,4,1\n"),
  NN0815: tables("a,b,kind\n1,2,0\n2,n/a,1\n"),
  NN0816: tables("a,b,kind\n1,2,0\n2,1e39,1\n"),
  NN0817: tables("a,b,kind\n1,2,0\n2,1,1.5\n"),
  NN0818: tables("a,b,kind\n1,2,left\n2,1,\n", words),
  NN0819: tables("a,b,kind\n1,2,0\n2,1,1\n3,1,2\n", rows),
  NN0820: tables("a,b,kind\n1,2,left\n2,1,right\n3,1,middle\n", words),
  NN0821: differing(
    { "net.nn": network('csv("rows.csv", target: "kind", test: "later.csv")'), "rows.csv": words },
    { files: { "later.csv": "a,b,kind\n1,2,leftt\n" }, lines: run },
    { files: { "later.csv": "a,b,kind\n1,2,left\n" } },
  ),
  NN0822: tables("a,b,kind\n1,7,0\n2,7,1\n", rows, network('csv("rows.csv", target: "kind", standardize: true)')),
  NN0823: sources(
    network('csv("rows.csv", target: "kind", holdout: 4)'),
    network('csv("rows.csv", target: "kind", holdout: 1)'),
  ),
  NN0824: written([idx("x.idx", 2, 2), idx("y.idx", 3)], [idx("x.idx", 2, 2), idx("y.idx", 2)], labelled),
  NN0825: differing(
    { "net.nn": network('csv("rows.csv.gz", target: "kind")'), "rows.csv": rows },
    { lines: ["gzip < rows.csv | head -c 40 > rows.csv.gz", ...run] },
    { lines: ["gzip < rows.csv > rows.csv.gz", ...run] },
  ),
  NN0826: written([idx("x.idx", 2, 2), "echo 0 1 > y.idx"], [idx("x.idx", 2, 2), idx("y.idx", 2)], labelled),
  NN0827: written(["echo 1 2 3 > x.npy", npy("y.npy", 2)], [npy("x.npy", 2, 2, 3), npy("y.npy", 2)], cubes),
  NN0828: programs(given, asked('["one", 2]'), asked("[1, 2]"), predicting),
  NN0829: differing(
    {
      "net.nn": network(
        'text("book.txt", window: 8, vocabulary: 4)',
        "cross_entropy",
        "model M(x: i32[N, 8]) -> [N, 8, 4] = x |> embedding(4, 2) |> dense(4)",
      ),
    },
    { files: { "book.txt": "abcabc" }, lines: run },
    { files: { "book.txt": "abcabcabcabc" } },
  ),
  NN0830: programs(given, handed("[1, 2]"), handed("Float32Array.of(1, 2)"), training),
  NN0831: differing(
    { "x.csv": "1,2\n3,4\n", "y.csv": "1,2\n3,4\n" },
    { files: { "net.nn": network('arrays(x: "x.csv")', "mse") }, lines: run },
    { files: { "net.nn": network('arrays(x: "x.csv", target: "y.csv")', "mse") } },
  ),
  NN0832: sources(network('csv("rows.csv", inputs: ["a"], x: ["a", "b"], target: "kind")'), table["net.nn"]),
  NN0833: differing(
    { "net.nn": cubes, "x.json": "[[[1, 2, 3], [4, 5, 6]]]" },
    { lines: [npy("x.npy", 2, 2, 3), npy("y.npy", 2), trained, `${evaluate} --data x=x.json --data target=y.npy`] },
    { lines: [npy("x.npy", 2, 2, 3), npy("y.npy", 2), trained, `${evaluate} --data x=x.npy --data target=y.npy`] },
  ),
  NN0834: differing(
    { ...table, "rows.csv": words },
    { files: { "other.csv": "a,b,kind\n1,2,0\n" }, lines: [trained, `${evaluate} --data other.csv`] },
    { files: { "other.csv": "a,b,kind\n1,2,left\n" } },
  ),
  NN0835: sources(
    `model M(x: [N, 2]) -> [N, 2] = x |> dense(2)
train T(x: [N, 2]) {
  data: csv("rows.csv", inputs: ["a", "b"], target: "kind")  batch: 2  epochs: 1
  step shrink { minimize: mean(M(x) ** 2)  update: M  optimizer: sgd(lr: 0.1) }
}
`,
    `model M(x: [N, 2]) -> [N, 2] = x |> dense(2)
train T(x: [N, 2]) {
  data: csv("rows.csv", inputs: ["a", "b"])  batch: 2  epochs: 1
  step shrink { minimize: mean(M(x) ** 2)  update: M  optimizer: sgd(lr: 0.1) }
}
`,
  ),
  NN0836: written([npy("x.npy", 2, 3, 2), npy("y.npy", 2)], [npy("x.npy", 2, 2, 3), npy("y.npy", 2)], cubes),
  NN0837: sources(
    network(
      'csv("rows.csv", target: "kind", inputs: "*")',
      "cross_entropy",
      "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)",
    ),
    network('csv("rows.csv", target: "kind")'),
  ),
  NN0838: differing(
    { "net.nn": network('csv(["rows.csv", "more.csv"], target: "kind")'), "rows.csv": rows },
    { files: { "more.csv": "b,a,kind\n1,2,0\n" }, lines: run },
    { files: { "more.csv": "a,b,kind\n1,2,0\n" } },
  ),
  NN0848: programs(given, asked("{ x: [1, 2], colour: 3 }"), asked("{ x: [1, 2] }"), predicting),
  NN0851: tables(
    "a,b,kind\n1,2,1\n2,1,2\n",
    rows,
    network('csv("rows.csv", target: "kind")', "binary_cross_entropy", "model M(x: [N, 2]) -> [N, 1] = x |> dense(1)"),
  ),
  NN0892: tables("a,b,kind\n1,2,left\n2,1,left\n", "a,b,kind\n1,2,left\n2,1,right\n"),
  NN0871: tables(rows.replaceAll(",1\n", ",2\n"), rows),
  NN0873: differing(
    { "net.nn": photos },
    { lines: [...folders, "echo no picture > photos/cat/2.png", ...run] },
    { lines: [...folders, picture("cat/2.png"), ...run] },
  ),
  NN0874: differing(
    { "net.nn": photos },
    { lines: ["mkdir photos", picture("1.png"), ...run] },
    { lines: [...folders, ...run] },
  ),
  NN0875: differing(
    { "net.nn": photos },
    { lines: [...folders, "touch photos/cat/2.gif", ...run] },
    { lines: [...folders, ...run] },
  ),
  NN0876: differing(
    { "photos/list.csv": "file,by,kind\ncat/1.png,me,cat\ndog/1.png,you,dog\n" },
    { files: { "net.nn": listed("") }, lines: [...folders, ...run] },
    { files: { "net.nn": listed(', x: "file"') } },
  ),
  NN0877: differing(
    { "photos/list.csv": "file,kind\ncat/1.png,cat\ndog/1.png,dog\n" },
    {
      files: {
        "net.nn": network(
          'images("photos/list.csv", size: [2, 2], target: "kind")',
          "cross_entropy",
          "model M(x: [N, 2, 2, 3], age: [N]) -> [N, 2] = age[:, newaxis] * (x |> flatten |> dense(2))",
        ),
      },
      lines: [...folders, ...run],
    },
    { files: { "net.nn": listed("") } },
  ),
  NN0878: programs(
    photos.trimEnd(),
    'prepare(artifact.manifest, { read: () => { throw new Error("it has no files"); } });',
    `const labels = ["cat", "dog"];
const decoded = { shape: [2, 2, 2, 3], data: new Uint8Array(24), files: ["cat/1.png", "dog/1.png"], labels };
prepare(artifact.manifest, { read: () => { throw new Error("it has no files"); }, images: new Map([["photos", decoded]]) });`,
    training,
  ),
  NN0880: differing(
    {
      "net.nn": network(
        'text("book.txt", window: 4, vocabulary: 3)',
        "cross_entropy",
        "model M(x: i32[N, 4]) -> [N, 4, 3] = x |> embedding(3, 2) |> dense(3)",
      ),
      "book.txt": "abcabcabcabcabcabc",
    },
    { files: { "ask.txt": "abxy" }, lines: [trained, `${predict} --data ask.txt`] },
    { files: { "ask.txt": "abca" } },
  ),
  NN0891: differing(
    { ...table, "rows.csv": rows },
    { files: { "ask.jsonl": '{ "a": 1, "b": 2, "a": 3 }\n' }, lines: [trained, `${predict} < ask.jsonl`] },
    { files: { "ask.jsonl": '{ "a": 1, "b": 2 }\n' } },
  ),
};
