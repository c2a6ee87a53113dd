/** Rows as the data had them go in, classes and units come out: the library's way, held against what the command and the raw calls say. */
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { load, predictor } from "../../runtime/load/index.ts";
import type { Row } from "../../runtime/load/index.ts";
import { prepare, train } from "../../runtime/train/index.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import { errorOf, lineArtifact } from "../runtime/support.ts";

const source = `model Sides(point: [N, 2], colour: i32[N]) -> [N, 2] =
  concat([point, embedding(colour, 3, 2)], axis: -1) |> dense(2)
train Sides {
  data: csv("points.csv", point: ["x", "y"], colour: "colour", target: "side", standardize: true)
  loss: cross_entropy  optimizer: sgd(lr: 0.5)  batch: 4  epochs: 30
}
`;
const csv = `x,y,colour,side
100,1,red,left
110,2,green,left
120,1,blue,left
900,2,red,right
910,1,green,right
920,2,blue,right
`;

function compiled(text: string, bounds: Readonly<Record<string, number>> = {}): Artifact {
  const result = compile({ name: "main.nn", source: text }, { target: "wasm", bounds });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

async function trained(artifact: Artifact): Promise<Uint8Array> {
  const run = train(artifact, prepare(artifact.manifest, { read: () => new TextEncoder().encode(csv) }));
  for await (const { event } of run) if (event === "done") break;
  return run.save();
}

describe("a predictor", () => {
  let artifact: Artifact;
  let parameters: Uint8Array;
  beforeAll(async () => {
    artifact = compiled(source);
    parameters = await trained(artifact);
  });

  test("takes rows by column, by input, in Maps, and answers with the class and the score of each", async () => {
    const it = await predictor(artifact, parameters);
    const rows: readonly Row[] = [
      { x: 105, y: 1, colour: "red" },
      { colour: "blue", point: Float64Array.of(915, 2), side: "left" },
      new Map<string, number | string>([
        ["x", 905],
        ["y", 1],
        ["colour", "green"],
      ]),
    ];
    const answers = await it.predict(rows);
    expect(answers.map(([answer]) => (answer?.kind === "class" ? answer.class : answer))).toEqual([
      "left",
      "right",
      "right",
    ]);
    const [[first]] = answers as [[(typeof answers)[number][number]]];
    expect(first).toEqual({
      kind: "class",
      name: "side",
      class: "left",
      score: expect.any(Number),
      scores: [
        { class: "left", score: first.kind === "class" ? first.score : NaN },
        { class: "right", score: expect.any(Number) },
      ],
    });
    expect(it.predictSync(rows)).toEqual(answers);
    expect(it.inputs).toEqual([
      { name: "point", dtype: "f32", shape: [2], width: 2, columns: ["x", "y"] },
      {
        name: "colour",
        dtype: "i32",
        shape: [],
        width: 1,
        columns: ["colour"],
        classes: ["blue", "green", "red"],
        limit: 3,
      },
    ]);
    expect(it.outputs).toEqual([{ name: "side", shape: [2], width: 2, classes: ["left", "right"] }]);
    expect(it.warnings).toEqual([]);
    it.close();
    expect(await errorOf(() => it.predict(rows))).toMatch(/^NN0705 /);
  });

  test("gives what a raw call gives for values that are prepared by hand", async () => {
    const it = await predictor(artifact, parameters);
    const net = await load(artifact, { parameters });
    // Mean and deviation of x and y over the six rows.
    const scaled = [(105 - 510) / Math.sqrt(480_200 / 3), (1 - 1.5) / 0.5].map(Math.fround);
    const [raw] = await net.predict({ point: Float32Array.from(scaled), colour: Int32Array.of(2) });
    const [[answer]] = (await it.predict([{ x: 105, y: 1, colour: "red" }])) as [[never]];
    const scores = (answer as { readonly scores: readonly { readonly score: number }[] }).scores.map(
      ({ score }) => score,
    );
    for (const [id, score] of scores.entries()) expect(score).toBeCloseTo(raw?.data[id] ?? NaN, 5);
  });

  test("cuts rows beyond the bound, and reads them before it returns", async () => {
    const it = await predictor(artifact, parameters);
    const rows = Array.from({ length: 11 }, (_, n) => ({ x: 100 + 80 * n, y: 1, colour: "red" }));
    const single = rows.map((row) => it.predictSync([row])[0]);
    const asked = it.predict(rows);
    for (const row of rows) row.x = 0;
    expect(await asked).toEqual(single);
    expect(await it.predict([])).toEqual([]);
  });

  test("warns of more rows than a model takes at once that looks at those beside each", async () => {
    const centred = compiled("model Centred(x: [N, 2]) -> [N, 2] = x - mean(x, over: N)", { N: 3 });
    const it = await predictor(centred, (await load(centred)).save());
    const row = { x: [1, 2] };
    it.predictSync([row, row, row]);
    expect(it.warnings).toEqual([]);
    it.predictSync([row, row, row, row]);
    expect(it.warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      "NN0746 what `Centred` says of a row depends on the rows beside it: expected at most 3 of them, so many are taken at once, found 4; " +
        "`--bounds N=4`, or `bounds` of `compile`, takes them together",
    ]);
  });

  test("says which row does not fit, and what was expected", async () => {
    const it = await predictor(artifact, parameters);
    const row = { x: 105, y: 1, colour: "red" };
    const wrong: readonly unknown[] = [
      [row, { x: 1, y: 2 }],
      [row, { ...row, colour: "rod" }],
      [{ ...row, colour: 1 }],
      [{ ...row, colour: true }],
      [{ ...row, x: "wide" }],
      [{ ...row, y: NaN }],
      [{ ...row, y: 1e39 }],
      [{ point: [1, 2, 3], colour: "red" }],
      [[1, 2, "red"]],
      [row, { ...row, colr: "red" }],
      [7],
      [null],
      Array(2),
      row,
      null,
    ];
    const messages = await Promise.all(wrong.map((rows) => errorOf(() => it.predict(rows as never))));
    expect(messages).toMatchInlineSnapshot(`
      [
        "NN0828 row 1: expected a value for \`colour\`, found the keys "x", "y"",
        "NN0821 row 1: the class "rod" of \`colour\` does not occur in the training rows, which have "blue", "green", "red" (did you mean \`red\`?)",
        "NN0828 row 0: expected one of the classes "blue", "green", "red" for \`colour\`, found 1",
        "NN0828 row 0: expected one of the classes "blue", "green", "red" for \`colour\`, found true",
        "NN0828 row 0: expected a finite number for \`x\`, found "wide"",
        "NN0828 row 0: expected a finite number for \`y\`, found NaN",
        "NN0828 row 0: expected a finite number for \`y\`, found 1e+39",
        "NN0814 \`point\` takes 2 numbers a row ([2]), found 3 in row 0",
        "NN0828 row 0: expected a value for \`point\`, found a list; the model has several inputs",
        "NN0848 row 1: expected the keys "x", "y", "point", "colour", "side", "target", found "colr", which nothing reads",
        "NN0828 row 0: expected a value for \`point\`, found 7",
        "NN0828 row 0: expected a value for \`point\`, found null",
        "NN0828 row 0: expected a value for \`point\`, found undefined",
        "NN0712 rows: expected a list of rows, found an Object",
        "NN0712 rows: expected a list of rows, found null",
      ]
    `);
  });

  test("says what else does not fit", async () => {
    const other = compiled("model Other(x: [N, 3]) -> [N, 2] = x |> dense(2)", { N: 4 });
    const open = compiled("model Open(x: [N, T]) -> [N, 1] = mean(x, axis: -1)[:, newaxis] |> dense(1)", {
      N: 4,
      T: 8,
    });
    const saved = (await load(open)).save();
    const messages = [
      await errorOf(() => predictor(artifact, parameters, { model: "Side" })),
      await errorOf(() => predictor(other, parameters)),
      await errorOf(() => predictor(open, saved)),
    ];
    expect(messages).toMatchInlineSnapshot(`
      [
        "NN0708 there is no model \`Side\` in this artifact; it has \`Sides\` (did you mean \`Sides\`?)",
        "NN0921 the saved file does not fit the program in 5 places: "Other.dense.w" is missing, expected [3, 2]; "Other.dense.b" is missing, expected [2] (renamed from "Sides.dense.b"?); "Sides.embedding.w" is not in the program, found [3, 2]; "Sides.dense.w" is not in the program, found [4, 2]; "Sides.dense.b" is not in the program, found [2]",
        "NN0735 expected rows of one size for \`x\`, found [N, T]; \`--dim T=8\` or \`dims: { T: 8 }\` says that T is 8",
      ]
    `);
  });
});

describe("what a network was trained to say in other units", () => {
  /** The parameters of the line, with what was fitted to its data. */
  async function saved(fitted: Fitted): Promise<Uint8Array> {
    const net = await load(lineArtifact());
    net.parameters.set("Line.w", Float32Array.of(1, 2));
    net.record = { ...net.record, fitted };
    return net.save();
  }
  const fitted: Fitted = {
    inputs: [
      { name: "x", scale: 0.5, mean: [1, 0], deviation: [2, 1] },
      { name: "target", scale: 0.25, mean: [30], deviation: [4] },
    ],
    classes: [],
    columns: [
      { name: "x", values: ["width", "height"] },
      { name: "target", values: ["price"] },
    ],
    vocabulary: null,
  };

  test("comes back in those of the data", async () => {
    const it = await predictor(lineArtifact(), await saved(fitted));
    // x = ((6 · 0.5 − 1) / 2, 3 · 0.5) = (1, 1.5); w · x = 4; (4 · 4 + 30) / 0.25 = 184.
    expect(await it.predict([{ width: 6, height: 3 }, [6, 3]])).toEqual([
      [{ kind: "numbers", name: "price", shape: [], values: [184] }],
      [{ kind: "numbers", name: "price", shape: [], values: [184] }],
    ]);
    const table = await predictor(lineArtifact(), await saved(fitted), { model: "Table", seed: 5 });
    expect(await table.predict([[2], { ids: 0 }])).toEqual([
      [{ kind: "numbers", name: "found", shape: [], values: [25] }],
      [{ kind: "numbers", name: "found", shape: [], values: [5] }],
    ]);
  });

  test("refuses options that a prediction does not have, and takes a seed", async () => {
    const it = await predictor(lineArtifact(), await saved(fitted));
    const rows = [{ width: 6, height: 3 }];
    const wrong = { sed: 1 } as object;
    expect(await errorOf(() => it.predict(rows, wrong))).toContain("NN0736");
    expect(await errorOf(() => it.predictSync(rows, wrong))).toContain("NN0736");
    expect(await errorOf(() => it.predict([], { seed: 1.5 }))).toContain("NN0706");
    expect(await it.predict(rows, { seed: 3 })).toEqual(it.predictSync(rows));
  });

  test("or as the network says it, where nothing was fitted to the target", async () => {
    const plain = await saved({ ...fitted, inputs: [] });
    expect(await (await predictor(lineArtifact(), plain)).predict([[6, 3]])).toEqual([
      [{ kind: "numbers", name: "price", shape: [], values: [12] }],
    ]);
  });
});
