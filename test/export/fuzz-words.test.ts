/**
 * Whatever is handed to exported modules of words, whole numbers and texts: what means rows or texts is answered, in any disguise; else there is a
 * TypeError or a RangeError that says where; and the module answers rightly afterwards.
 */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { folderWith } from "../cli/helpers.ts";
import { exportedModule, float, outcome, parameters, unnamed } from "./calls.ts";
import type { Module } from "./calls.ts";

const { folder: cwd } = folderWith({
  "package.json": "{}",
  "mixed.csv": `colour,count,a,b,t\n${Array.from({ length: 12 }, (_, row) => `${["red", "blue", "a b"][row % 3]},${row % 4},${row / 8},${row - 5},${row}\n`).join("")}`,
  "mixed.nn": `model Mixed(c: i32[N], k: i32[N], x: [N, 2]) -> [N] =
  sum(concat([embedding(c, 3, 2), embedding(k, 4, 2), x], axis: -1) |> dense(3), axis: -1)
train Mixed { data: csv("mixed.csv", c: "colour", k: "count", x: ["a", "b"], target: "t", standardize: true)  loss: mse  optimizer: sgd(lr: 0.01)  batch: 4  epochs: 1 }
`,
  "letters.nn": `model Letters(text: i32[N, T]) -> [N, T, 6] = text |> embedding(6, 4) |> rnn(4) |> dense(6)
train Letters { data: text("letters.txt", window: 8, vocabulary: 6)  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 8  epochs: 1  seed: 3 }
`,
  "letters.txt": "abacabadabacabae".repeat(20),
});

const modules = new Map<string, Module>();
const of = (name: string): Module => modules.get(name) as Module;

beforeAll(async () => {
  for (const name of ["mixed", "letters"]) modules.set(`${name}-js`, await exportedModule(cwd, name, "js"));
}, 240_000);

describe("a module of words, whole numbers and numbers", () => {
  interface Row {
    readonly colour: string;
    readonly count: number;
    readonly a: number;
    readonly b: number;
  }
  const row: fc.Arbitrary<Row> = fc.record({
    colour: fc.constantFrom("red", "blue", "a b"),
    count: fc.nat(3),
    a: float,
    b: float,
  });
  const rows = fc.array(row, { minLength: 1, maxLength: 70 });
  const disguises: readonly ((row: Row) => unknown)[] = [
    (one) => one,
    ({ colour, count, a, b }) => ({ c: colour, k: [count], x: Float64Array.of(a, b) }),
    ({ colour, count, a, b }) => ({ x: [[a, b]], colour, k: Uint8Array.of(count), t: 3 }),
    (one) => new Proxy({ ...one }, {}),
    (one) =>
      Object.defineProperty({ ...one }, "b", {
        enumerable: true,
        get: () => {
          of("mixed-js").predict({ colour: "red", count: 0, a: 0, b: 0 });
          return one.b;
        },
      }),
  ];

  test("answers for rows in any disguise as for plain ones", () => {
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat(disguises.length - 1)), (given, kinds) => {
        const { predict } = of("mixed-js");
        const expected = predict(given);
        expect(predict(given.map((one) => disguises[kinds.next().value as number](one)))).toEqual(expected);
      }),
      parameters,
    );
  });

  test("names the row and the column of a value that is none", () => {
    const bad: readonly (readonly [key: keyof Row, values: readonly unknown[], expected: string])[] = [
      [
        "colour",
        ["green", "", 0, 1, true, NaN, null, [], {}],
        'one of the classes "a b", "blue", "red" for colour of c',
      ],
      ["count", [-1, 4, 0.5, NaN, "1", true, null, 2 ** 40, []], "a whole number from 0 to 3 for count of k"],
      ["a", [NaN, 1e39, "1", null, true, []], "a finite number for a of x"],
      ["b", [Infinity, {}, 1n, undefined], "a finite number for b of x"],
    ];
    fc.assert(
      fc.property(rows, fc.nat(), fc.constantFrom(...bad), fc.nat(), (given, place, [key, values, expected], which) => {
        const [at, value] = [place % given.length, values[which % values.length]];
        const { predict } = of("mixed-js");
        const right = predict(given);
        const { problem } = outcome(() =>
          predict(given.map((one, index) => (index === at ? { ...one, [key]: value } : one))),
        );
        // A list in the place of a column makes it no row of columns.
        const begin = Array.isArray(value) ? `row ${at}: expected ` : `row ${at}: expected ${expected}, found `;
        expect(problem?.slice(0, begin.length)).toBe(begin);
        expect(predict(given)).toEqual(right);
      }),
      parameters,
    );
  });
});

describe("a module of texts", () => {
  const character = fc.constantFrom("a", "b", "c", "d", "e");
  const text = fc.string({ unit: character, maxLength: 20 });

  test("answers for texts, their ids and lists that look otherwise alike", () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
        const { predict } = of("letters-js");
        const { vocabulary } = of("letters-js") as unknown as { readonly vocabulary: readonly string[] };
        const ids = texts.map((one) => Array.from(one, (each) => vocabulary.indexOf(each)));
        const expected = predict(texts);
        expect(predict(ids)).toEqual(expected);
        expect(predict(ids.map((one) => Uint8Array.from(one)))).toEqual(expected);
        expect(predict(ids.map((one) => new Proxy(one, {})))).toEqual(expected);
      }),
      parameters,
    );
  });

  test("takes anything without another kind of exception, and answers rightly afterwards", () => {
    const { predict, generate } = of("letters-js");
    const right = predict(["abacab"]);
    const anything = fc.anything({
      withBigInt: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
      withSet: true,
    });
    const options = fc.oneof(
      anything,
      fc.record({ length: anything, temperature: anything, seed: anything }, { requiredKeys: [] }),
    );
    fc.assert(
      fc.property(anything, options, (given, settled) => {
        const said = outcome(() => predict(given));
        const answers = said.problem === undefined ? (said.answer as readonly unknown[]).length : undefined;
        expect(answers).toBe(said.problem === undefined ? (given as readonly unknown[]).length : undefined);
        const wrote = outcome(() => generate(given, settled)[Symbol.iterator]().next());
        expect([...unnamed(said.problem), ...unnamed(wrote.problem)]).toEqual([]);
        expect(predict(["abacab"])).toEqual(right);
      }),
      parameters,
    );
  });

  test("takes options that change under its hands as it read them, or refuses them", () => {
    const { generate } = of("letters-js");
    for (const [first, then] of [
      [1, "x"],
      ["x", 1],
      [1, NaN],
    ]) {
      let reads = 0;
      const options = Object.defineProperty({ length: 3 }, "temperature", {
        enumerable: true,
        get: () => (reads++ === 0 ? first : then),
      });
      const { answer, problem } = outcome(() => [...generate("ab", options)]);
      const refused = 'generate: expected a number from 0 for temperature, found "x"';
      expect(problem ?? answer).toEqual(problem === undefined ? [...generate("ab", { length: 3 })] : refused);
    }
  });
});
