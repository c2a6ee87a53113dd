/** NN01xx to NN06xx: what needs a file's bytes, several files, or options to arise. */
import { differing, programs } from "./scene.ts";
import type { SceneExamples } from "./scene.ts";

const model = "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)\n";
const plain = { "net.nn": model };
const hidden = { "net.nn": "const hidden = 8\nmodel M(x: [N, 3]) -> [N, 2] = x |> dense(hidden) |> dense(2)\n" };
const open = { "net.nn": "model M(x: [N, F]) -> [N, 2] = x |> dense(2)\n" };
const trained = {
  "net.nn": `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8  epochs: 1 }\n`,
};
const table = {
  "net.nn": `model M(x: [N, 2]) -> [N, 2] = x |> dense(2)
train M { data: csv("rows.csv", target: "kind")  loss: cross_entropy  optimizer: sgd(lr: 0.1)  epochs: 1 }
`,
  "rows.csv": "a,b,kind\n1,2,0\n2,1,1\n",
};

export const sources: SceneExamples = {
  NN0108: differing(
    {},
    { lines: ["head -c 2000000 /dev/zero | tr '\\0' ' ' > net.nn", "nnc check net.nn"] },
    { files: plain, lines: ["nnc check net.nn"] },
  ),
  NN0122: differing(
    {},
    { lines: [`printf '\\377\\376m\\0' > net.nn`, "nnc check net.nn"] },
    { files: plain, lines: ["nnc check net.nn"] },
  ),
  NN0123: differing(
    {},
    { lines: [`printf '// caf\\351\\n' > net.nn`, "nnc check net.nn"] },
    { files: { "net.nn": `// café\n${model}` }, lines: ["nnc check net.nn"] },
  ),
  NN0126: differing(
    {},
    { lines: ["seq 200 | sed 's/.*/const a = $/' > net.nn", "nnc check net.nn"] },
    { files: plain, lines: ["nnc check net.nn"] },
  ),
  NN0205: differing(
    {
      "net.nn": 'use "./a.nn"\nmodel M(x: [N, 3]) -> [N, 3] = x |> twice\n',
      "b.nn": "block once(x: [..]) -> [..] = x\n",
    },
    {
      files: {
        "a.nn": 'use "./b.nn"\nblock twice(x: [..]) -> [..] = 2 * once(x)\nblock half(x: [..]) -> [..] = x / 2\n',
        "b.nn": 'use "./a.nn"\nblock once(x: [..]) -> [..] = 2 * half(x)\n',
      },
      lines: ["nnc check net.nn"],
    },
    { files: { "a.nn": 'use "./b.nn"\nblock twice(x: [..]) -> [..] = 2 * once(x)\n' } },
  ),
  NN0408: differing(
    hidden,
    { lines: ["nnc build net.nn -o out --const hiden=4"] },
    { lines: ["nnc build net.nn -o out --const hidden=4"] },
  ),
  NN0409: differing(
    open,
    { lines: ["nnc build net.nn -o out --dim G=3"] },
    { lines: ["nnc build net.nn -o out --dim F=3"] },
  ),
  NN0410: differing(
    table,
    { lines: ["nnc train net.nn --probe M.dens"] },
    { lines: ["nnc train net.nn --probe M.dense"] },
  ),
  NN0415: differing(
    open,
    { lines: ["nnc build net.nn -o out --dim F=3 --bounds F=8"] },
    { lines: ["nnc build net.nn -o out --dim F=3"] },
  ),
  NN0416: differing(
    trained,
    { lines: ["nnc build net.nn -o out --bounds N=4"] },
    { lines: ["nnc build net.nn -o out --bounds N=8"] },
  ),
  NN0417: programs(
    `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1) }`,
    'const { diagnostics } = compile({ name: "net.nn", source }, { train: null, settings: { lr: 0.01 } });\nconsole.log(diagnostics);',
    'const { diagnostics } = compile({ name: "net.nn", source }, { settings: { lr: 0.01 } });\nconsole.log(diagnostics);',
    "",
  ),
  NN0418: differing(
    hidden,
    { lines: ["nnc build net.nn -o out --const hidden=many"] },
    { lines: ["nnc build net.nn -o out --const hidden=4"] },
  ),
  NN0420: differing(
    {},
    {
      files: {
        ...table,
        "net.nn": table["net.nn"].replace(
          "x |> dense(2)",
          "scan r in reshape(x, [N, 1, 2]) along axis 1 with h = zeros([N, 2]) { next h = r |> dense(2) }",
        ),
      },
      lines: ["nnc train net.nn --probe M.dense"],
    },
    { files: table, lines: ["nnc train net.nn --probe M.dense"] },
  ),
  NN0458: differing(
    table,
    { lines: ["nnc train net.nn --set beta1=0.8"] },
    { lines: ["nnc train net.nn --set lr=0.01"] },
  ),
  NN0459: differing(
    {
      ...table,
      "net.nn": `model M(x: [N, 2]) -> [N, 2] = x |> dense(2)
model O(x: [N, 2]) -> [N, 1] = x |> dense(1)
train Both(x: [N, 2]) {
  data: csv("rows.csv", inputs: ["a", "b"])
  epochs: 1
  step one { minimize: mean(M(x) ** 2)  update: M  optimizer: sgd(lr: 0.1) }
  step two { minimize: mean(O(x) ** 2)  update: O  optimizer: sgd(lr: 0.1) }
}
`,
    },
    { lines: ["nnc train net.nn --set lr=0.01"] },
    { lines: ["nnc train net.nn --set one.lr=0.01"] },
  ),
  NN0513: differing(table, { lines: ["nnc train net.nn --label fine"] }, { lines: ["nnc train net.nn --label M"] }),
  NN0601: differing(
    {},
    {
      lines: [
        "echo 'model M(x: [N]) -> [N] = x |> b0' > net.nn",
        'seq 0 299 | awk \'{ print "block b" $1 "(x: [N]) -> [N] = x |> b" $1 + 1 }\' >> net.nn',
        "echo 'block b300(x: [N]) -> [N] = x' >> net.nn",
        "nnc check net.nn",
      ],
    },
    {
      lines: [
        "echo 'model M(x: [N]) -> [N] = x |> b0' > net.nn",
        'seq 0 29 | awk \'{ print "block b" $1 "(x: [N]) -> [N] = x |> b" $1 + 1 }\' >> net.nn',
        "echo 'block b30(x: [N]) -> [N] = x' >> net.nn",
        "nnc check net.nn",
      ],
    },
  ),
  NN0602: differing(
    { "net.nn": "model M(x: [N, 1024]) -> [N, 1024] = x |> dense(1024) |> relu\n" },
    { lines: ["nnc build net.nn -o out --bounds N=1000000"] },
    { lines: ["nnc build net.nn -o out --bounds N=100"] },
  ),
  NN0655: differing(
    plain,
    { lines: ["nnc build net.nn -o out --target wasm --relaxed"] },
    { lines: ["nnc build net.nn -o out --target wasm"] },
  ),
};
