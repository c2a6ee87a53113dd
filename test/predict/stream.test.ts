/** Rows that come one after the other: what is answered, when rows are asked for, and what becomes of mistakes. */
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load, predictor } from "../../runtime/load/index.ts";
import type { Answer, Predictor, Row, StreamOptions } from "../../runtime/load/index.ts";
import { errorOf } from "../runtime/support.ts";
import { book, trained } from "./letters.ts";

type Rows = AsyncIterable<Row> | Iterable<Row>;

const artifactOf = (source: string, bounds: Readonly<Record<string, number>> = {}) => {
  const result = compile({ name: "main.nn", source }, { target: "wasm", bounds });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
};

/** Takes four rows at once. */
const doubled = artifactOf("model Doubled(x: [N, 2], kind: i32[N]) -> [N, 2] = 2 * x + f32(kind)[:, newaxis]", {
  N: 4,
});
const open = async (artifact = doubled): Promise<Predictor> => predictor(artifact, (await load(artifact)).save());

const row = (at: number) => ({ x: [at, 0.5], kind: at });

/** Rows 0, 1, …, with a note of each that was asked for, and of the end. */
function source(count: number): { readonly rows: AsyncIterable<Row>; readonly notes: (number | "ended")[] } {
  const notes: (number | "ended")[] = [];
  async function* rows(): AsyncGenerator<Row> {
    try {
      for (let at = 0; at < count; at++) {
        notes.push(at);
        await turn();
        yield row(at);
      }
    } finally {
      notes.push("ended");
    }
  }
  return { rows: rows(), notes };
}

async function numbersOf(rows: Rows, options: StreamOptions = {}): Promise<readonly (readonly number[] | undefined)[]> {
  const all: (readonly number[] | undefined)[] = [];
  for await (const [answer] of (await open()).stream(rows, options)) all.push(valuesOf(answer));
  return all;
}

const valuesOf = (answer: Answer | undefined): readonly number[] | undefined =>
  answer?.kind === "numbers" ? [...answer.values] : undefined;

describe("a stream of rows", () => {
  test.each([
    ["a list", Array.from({ length: 11 }, (_, at) => row(at))],
    ["a generator that waits", source(11).rows],
    [
      "objects of Node's streams",
      new ReadableStream<Row>({
        start: (controller) => {
          for (let at = 0; at < 11; at++) controller.enqueue(row(at));
          controller.close();
        },
      }),
    ],
  ])("is answered as `predict` answers all of them together, from %s", async (_what, rows) => {
    const together = await (await open()).predict(Array.from({ length: 11 }, (_, at) => row(at)));
    expect(await numbersOf(rows as Rows)).toEqual(together.map(([answer]) => valuesOf(answer)));
  });

  test("may be empty", async () => {
    expect(await numbersOf([])).toEqual([]);
  });

  test.each([
    ["as many as the program takes at once", {}, [0, 1, 2, 3]],
    ["as many as `batch` says", { batch: 2 }, [0, 1]],
    ["each before the next, where `batch` is 1", { batch: 1 }, [0]],
  ])("asks for rows when answers were taken: %s", async (_what, options, before) => {
    const { rows, notes } = source(9);
    const answers = (await open()).stream(rows, options);
    expect(notes).toEqual([]);
    await answers.next();
    await turn();
    expect(notes).toEqual(before);
    await answers.return();
    expect(notes).toEqual([...before, "ended"]);
  });

  test("reads a row when it comes, so that the next may lie in the same place", async () => {
    const x = new Float32Array(2);
    function* rows(): Generator<Row> {
      for (const at of [1, 2, 3]) {
        x.fill(at);
        yield { x, kind: 0 };
      }
    }
    expect(await numbersOf(rows())).toEqual([
      [2, 2],
      [4, 4],
      [6, 6],
    ]);
  });

  test("answers the rows before one that does not fit, then names it, and ends the rows", async () => {
    const { rows, notes } = source(20);
    async function* broken(): AsyncGenerator<Row> {
      let at = 0;
      for await (const one of rows) yield at++ === 6 ? { x: [1], kind: 0 } : one;
    }
    const answers = (await open()).stream(broken());
    for (let at = 0; at < 6; at++) expect((await answers.next()).done).toBe(false);
    expect(await errorOf(() => answers.next())).toMatch(/^NN0814 .* found 1 in row 6$/);
    expect(notes.at(-1)).toBe("ended");
    expect(await answers.next()).toEqual({ done: true, value: undefined });
  });

  test("answers the rows before a source fails, and fails as it did", async () => {
    async function* failing(): AsyncGenerator<Row> {
      yield row(1);
      await turn();
      throw new Error("the line went dead");
    }
    const answers = (await open()).stream(failing());
    expect((await answers.next()).done).toBe(false);
    await expect(answers.next()).rejects.toThrow("the line went dead");
  });

  test("warns of rows that are taken apart, of a model that looks at those beside each", async () => {
    const it = await open(artifactOf("model Centred(x: [N, 2]) -> [N, 2] = x - mean(x, over: N)", { N: 3 }));
    for await (const _ of it.stream([
      [1, 2],
      [3, 4],
    ]))
      expect(it.warnings).toEqual([]);
    for await (const _ of it.stream(
      [
        [1, 2],
        [3, 4],
      ],
      { batch: 1 },
    ));
    expect(it.warnings.map(({ code, message }) => [code, message.slice(-97)])).toEqual([
      ["NN0746", expect.stringContaining("found 2")],
    ]);
  });

  test.each([
    ["no rows", 7, {}, "NN0712 rows: expected rows to iterate over, found 7"],
    ["a text", "rows", {}, "NN0712 rows: expected rows to iterate over, found a string"],
    [
      "a batch beyond the bound",
      [],
      { batch: 5 },
      "NN0706 option `batch`: expected a whole number from 1 to 4, as many as are taken at once, found 5",
    ],
    [
      "a batch of none",
      [],
      { batch: 0 },
      "NN0706 option `batch`: expected a whole number from 1 to 2147483647, found 0",
    ],
    ["an unknown option", [], { bach: 2 }, "NN0736"],
  ])("refuses %s before anything is asked for", async (_what, rows, options, message) => {
    const it = await open();
    // What the types do not let through.
    expect(await errorOf(() => it.stream(rows as unknown as Rows, options as StreamOptions))).toContain(message);
  });

  test("ends with an error where the predictor was closed", async () => {
    const it = await open();
    const answers = it.stream([row(1)]);
    it.close();
    expect(await errorOf(() => answers.next())).toMatch(/^NN0705 /);
  });
});

test("texts are answered one by one, of any length", async () => {
  const artifact =
    artifactOf(`model Letters(text: i32[N, T]) -> [N, T, 8] = text |> embedding(8, 4) |> rnn(4) |> dense(8)
train Letters { data: text("book.txt", window: 6, vocabulary: 8)  loss: cross_entropy  optimizer: adam(lr: 0.01)  batch: 4  epochs: 1 }`);
  const it = await predictor(artifact, await trained(artifact));
  const texts = [book.slice(0, 3), book.slice(0, 20), "t"];
  const said: (readonly Answer[])[] = [];
  for await (const answer of it.stream(texts)) said.push(answer);
  expect(said).toEqual(await it.predict(texts));
  expect(await errorOf(() => it.stream(texts, { batch: 2 }))).toContain(
    "expected 1, as many as are taken at once, found 2",
  );
});
