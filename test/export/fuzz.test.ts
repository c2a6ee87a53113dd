/**
 * Whatever is handed to an exported module: what means rows is answered as the plain rows are, in any disguise; else there is a TypeError or a
 * RangeError that names the row and the column; and the module answers rightly afterwards.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { pointsProject } from "../cli/fixture.ts";
import { folderWith, nnc } from "../cli/helpers.ts";
import { settings, sized } from "../random/settings.ts";

const { folder: cwd } = folderWith({
  ...pointsProject,
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

type Predict = (...given: readonly unknown[]) => unknown;
interface Module {
  readonly predict: Predict;
  readonly generate: (...given: readonly unknown[]) => Iterable<string>;
  readonly load: (bytes: unknown) => void;
}
const modules = new Map<string, Module>();
const of = (name: string): Module => modules.get(name) as Module;

async function run(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await nnc(args, { cwd });
  if (code !== 0) throw new Error(stderr);
}

beforeAll(async () => {
  for (const [name, formats] of [
    ["points", ["js", "wasm"]],
    ["mixed", ["js"]],
    ["letters", ["js"]],
  ] as const) {
    await run("train", `${name}.nn`, "-o", name);
    for (const format of formats) {
      const place = `${name}-${format}.mjs`;
      await run("export", `${name}.nn`, "--params", `${name}/parameters.safetensors`, "--format", format, "-o", place);
      modules.set(`${name}-${format}`, (await import(pathToFileURL(path.join(cwd, place)).href)) as Module);
    }
  }
}, 240_000);

/** What a caller's own code throws. */
class Own extends Error {}

const parameters = { seed: settings.seed, numRuns: sized(150, 3000) };

interface Outcome {
  readonly answer?: unknown;
  readonly problem?: string;
}

/** What a call gives; of what is no TypeError, no RangeError and not the caller's own, the failure of the test. */
function outcome(call: () => unknown): Outcome {
  try {
    return { answer: call() };
  } catch (error) {
    if (error instanceof Own) return { problem: "own" };
    if (error instanceof TypeError || error instanceof RangeError) return { problem: error.message };
    throw error;
  }
}

/** A problem that does not say what it is about. */
const unnamed = (problem: string | undefined): readonly string[] =>
  problem === undefined || /^(row \d+|predict|the prompt|generate): expected /.test(problem) ? [] : [problem];

const detached = <Numbers extends Float32Array | Int8Array>(numbers: Numbers): Numbers => {
  structuredClone(numbers.buffer, { transfer: [numbers.buffer as ArrayBuffer] });
  return numbers;
};

/** No number and no word in any form. */
const hostile = fc.oneof(
  fc.constantFrom<unknown>(NaN, Infinity, -Infinity, 1e39, -3.5e38, null, undefined, "nothing", "", 10n, {}),
  fc
    .constantFrom<() => unknown>(
      () => Symbol("s"),
      () => () => 1,
      () => new Date(0),
      () => new Map([["x", 1]]),
      () => ({ valueOf: () => 1 }),
      () => new Proxy({}, {}),
      () => new DataView(new ArrayBuffer(4)),
    )
    .map((make) => make()),
);

/** A number that a 32-bit float holds, so that every form of it is the same. */
const float = fc.float({ min: -100, max: 100, noNaN: true });
const pairs = fc.array(fc.tuple(float, float), { minLength: 1, maxLength: 70 });

describe.each(["points-js", "points-wasm"])("a module of numbers, %s", (name) => {
  const plain = (rows: readonly (readonly number[])[]): unknown => of(name).predict(rows);
  const known = [
    [1, 2],
    [-0.5, 0.25],
  ];
  let right: unknown;
  beforeAll(() => {
    right = plain(known);
  });
  const stillRight = (): void => expect(plain(known)).toEqual(right);

  /** The same row, in another form. */
  const disguises: readonly ((row: readonly [number, number]) => unknown)[] = [
    (row) => row,
    (row) => Float32Array.from(row),
    (row) => Float64Array.from(row),
    ([x, y]) => ({ x, y }),
    ([x, y]) => ({ point: [[x], [[y]]] }),
    ([x, y]) => [[x], [], Float32Array.of(y)],
    (row) => new Proxy([...row], {}),
    ([x, y]) => new Proxy({ x, y, side: Symbol("unread") }, {}),
    (row) => Object.assign(new Float32Array(new SharedArrayBuffer(8)), row),
    ([x, y]) => Object.assign(Object.create(null) as object, { y, x }),
    ([x, y]) => ({
      // A getter that calls, too.
      get x() {
        of(name).predict([[9, 9]]);
        return x;
      },
      y,
    }),
    (row) => {
      const list = [...row];
      Object.defineProperty(list, Symbol.iterator, { value: () => [7, 7][Symbol.iterator]() });
      return list;
    },
  ];

  test("answers for rows in any disguise as for plain ones", () => {
    fc.assert(
      fc.property(pairs, fc.infiniteStream(fc.nat(disguises.length - 1)), (rows, kinds) => {
        const given = rows.map((row) => disguises[kinds.next().value as number](row));
        expect(of(name).predict(given)).toEqual(plain(rows));
      }),
      parameters,
    );
  });

  test("names the row and the column of a value that is none", () => {
    fc.assert(
      fc.property(pairs, fc.nat(), fc.nat(1), fc.nat(2), hostile, (rows, place, column, form, value) => {
        const bad = place % rows.length;
        const given = rows.map((row, at): unknown => {
          const values: unknown[] = at === bad ? row.map((one, index) => (index === column ? value : one)) : [...row];
          return [values, { x: values[0], y: values[1] }, { point: values }][form];
        });
        const { problem } = outcome(() => of(name).predict(given));
        expect(problem).toMatch(
          new RegExp(`^row ${bad}: expected a finite number for ${"xy"[column]} of point, found `),
        );
        stillRight();
      }),
      parameters,
    );
  });

  test("names the row that is none, is too short or too long, lacks a key or has one too many, or is not there", () => {
    const kinds: readonly (() => unknown)[] = [
      () => null,
      () => undefined,
      () => 5,
      () => "left",
      () => Symbol("s"),
      () => () => [1, 2],
      () => [],
      () => [1],
      () => [1, 2, 3],
      () => Object.assign(Array.from({ length: 3 }), { 1: 2, 2: 3 }),
      () => new Float32Array(3),
      () => detached(Float32Array.of(1, 2)),
      () => ({}),
      () => ({ x: 1 }),
      () => ({ x: 1, y: 2, z: 3 }),
      () => ({ point: [1, 2], x: 1 }),
      () => new Map([["point", [1, 2]]]),
      () => Object.assign([], { length: 2 ** 32 - 1 }),
      () => {
        let tree: unknown = [];
        for (let depth = 0; depth < 60; depth += 1) tree = [tree, tree];
        return tree;
      },
      () => {
        const list: unknown[] = [1];
        list.push(list, list);
        return list;
      },
    ];
    fc.assert(
      fc.property(pairs, fc.nat(), fc.constantFrom(...kinds), (rows, place, kind) => {
        const bad = place % rows.length;
        const given: unknown[] = [...rows];
        given[bad] = kind();
        expect(outcome(() => of(name).predict(given)).problem).toMatch(new RegExp(`^row ${bad}: expected `));
        Reflect.deleteProperty(given, bad);
        // A hole at the end is a row, too: a list has its length.
        expect(outcome(() => of(name).predict(given)).problem).toMatch(new RegExp(`^row ${bad}: expected `));
        stillRight();
      }),
      parameters,
    );
  });

  test("passes on what the caller's own code throws", () => {
    const thrown = (): never => {
      throw new Own("mine");
    };
    const rows: readonly unknown[] = [
      Object.defineProperty({ y: 1 }, "x", { get: thrown, enumerable: true }),
      new Proxy([], { get: thrown }),
      new Proxy({}, { ownKeys: thrown }),
    ];
    for (const row of rows) {
      expect(outcome(() => of(name).predict([[1, 2], row]))).toEqual({ problem: "own" });
      stillRight();
    }
  });

  const floats = [Float32Array, Float64Array] as const;

  test("writes what typed numbers say into room of the caller's, or says what does not fit", () => {
    fc.assert(
      fc.property(
        pairs,
        fc.constantFrom(...floats),
        fc.nat(2),
        fc.integer({ min: -2, max: 2 }),
        (rows, Kind, form, more) => {
          const numbers = Kind.from(rows.flat());
          const memory = new SharedArrayBuffer(numbers.byteLength);
          const shared = Kind === Float32Array ? new Float32Array(memory) : new Float64Array(memory);
          const expected = rows.flatMap((row) =>
            Object.values((plain([row]) as { scores: object }[])[0]?.scores ?? {}),
          );
          const given = [numbers, { point: numbers }, Object.assign(shared, numbers)][form];
          const into = new Float32Array(Math.max(0, 2 * rows.length + more));
          const { answer, problem } = outcome(() => of(name).predict(given, into));
          const room = `predict: expected room for ${2 * rows.length} numbers, found ${into.length}`;
          expect(problem ?? [answer === into, ...into]).toEqual(more === 0 ? [true, ...expected] : room);
          const short = outcome(() => of(name).predict(numbers.slice(1), new Float32Array(2 * rows.length)));
          expect(short.problem).toBe(
            `predict: expected 2 numbers a row for point, found ${2 * rows.length - 1} in all`,
          );
        },
      ),
      parameters,
    );
  });

  test("names the row and the column of a typed number that is none", () => {
    fc.assert(
      fc.property(pairs, fc.nat(), fc.constantFrom(NaN, Infinity, 1e39), fc.boolean(), (rows, place, value, writes) => {
        const numbers = Float64Array.from(rows.flat());
        const at = place % numbers.length;
        numbers[at] = value;
        const into = writes ? [new Float32Array(2 * rows.length)] : [];
        expect(outcome(() => of(name).predict(numbers, ...into)).problem).toBe(
          `row ${Math.floor(at / 2)}: expected a finite number for ${"xy"[at % 2]} of point, found ${value}`,
        );
        stillRight();
      }),
      parameters,
    );
  });

  test("never reads what it wrote: an answer among the numbers is right, or refused", () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 0, max: 160 }), fc.boolean(), (rows, start, wide) => {
        const memory = new ArrayBuffer(8 * 400);
        const numbers = wide
          ? new Float64Array(memory, 0, 2 * rows.length)
          : new Float32Array(memory, 0, 2 * rows.length);
        numbers.set(rows.flat());
        const expected = new Float32Array(2 * rows.length);
        of(name).predict(Float32Array.from(rows.flat()), expected);
        const { answer, problem } = outcome(() =>
          of(name).predict(numbers, new Float32Array(memory, 4 * start, 2 * rows.length)),
        );
        const refused = "predict: expected room for the answer beside the numbers for point, found it among them";
        expect(problem ?? [...(answer as Float32Array)]).toEqual(problem === undefined ? [...expected] : refused);
      }),
      parameters,
    );
  });

  test("says that memory is detached, and that room is no room", () => {
    const into = new Float32Array(2);
    const cases: readonly (readonly [call: () => unknown, problem: string])[] = [
      [
        () => of(name).predict(detached(Float32Array.of(1, 2))),
        "predict: expected typed numbers for point, found some whose memory is detached",
      ],
      [
        () => of(name).predict(detached(Int8Array.of(1, 2)), new Float32Array(0)),
        "predict: expected typed numbers for point, found some whose memory is detached",
      ],
      [
        () => of(name).predict(Float32Array.of(1, 2), detached(new Float32Array(2))),
        "predict: expected room for 2 numbers, found 0",
      ],
      [() => of(name).predict([1, 2], into), "predict: expected typed numbers for point, found a list"],
      [() => of(name).predict(BigInt64Array.of(1n, 2n)), "row 0: expected a finite number for x of point, found 1"],
      [
        () => of(name).predict(Float32Array.of(1, 2), null),
        "predict: expected a Float32Array for the answer, found null",
      ],
      [
        () => of(name).predict(Float32Array.of(1, 2), new Proxy(into, {})),
        "predict: expected a Float32Array for the answer, found an object",
      ],
    ];
    for (const [call, problem] of cases) expect(outcome(call).problem).toBe(problem);
    stillRight();
  });

  test("takes anything without another kind of exception, and answers rightly afterwards", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withObjectString: true,
      key: fc.oneof(fc.constantFrom("point", "x", "y", "side", "__proto__", "length"), fc.string()),
    });
    fc.assert(
      fc.property(anything, fc.option(anything, { nil: undefined }), (given, into) => {
        const { answer, problem } = outcome(() => of(name).predict(given, into));
        const isShort = Array.isArray(given) && Array.isArray(answer) && answer.length !== given.length;
        expect([unnamed(problem), isShort]).toEqual([[], false]);
        stillRight();
      }),
      parameters,
    );
  });
});

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
