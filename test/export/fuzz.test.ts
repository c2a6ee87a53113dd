/**
 * Whatever is handed to an exported module of numbers: what means rows is answered as the plain rows are, in any disguise; else there is a
 * TypeError or a RangeError that names the row and the column; and the module answers rightly afterwards.
 */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { pointsProject } from "../cli/fixture.ts";
import { folderWith } from "../cli/helpers.ts";
import { exportedModule, float, outcome, Own, parameters, unnamed } from "./calls.ts";
import type { Module } from "./calls.ts";

const { folder: cwd } = folderWith(pointsProject);

const modules = new Map<string, Module>();
const of = (name: string): Module => modules.get(name) as Module;

beforeAll(async () => {
  for (const format of ["js", "wasm"]) modules.set(`points-${format}`, await exportedModule(cwd, "points", format));
}, 240_000);

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

  test("never reads what it wrote: an answer among the numbers is right", () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 0, max: 160 }), fc.boolean(), (rows, start, wide) => {
        const memory = new ArrayBuffer(8 * 400);
        const numbers = wide
          ? new Float64Array(memory, 0, 2 * rows.length)
          : new Float32Array(memory, 0, 2 * rows.length);
        numbers.set(rows.flat());
        const expected = new Float32Array(2 * rows.length);
        of(name).predict(Float32Array.from(rows.flat()), expected);
        const { answer } = outcome(() =>
          of(name).predict(numbers, new Float32Array(memory, 4 * start, 2 * rows.length)),
        );
        expect([...(answer as Float32Array)]).toEqual([...expected]);
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
