/** `argmax` finds what `max` finds, NaNs included, however the reduction is scheduled; max-pooling takes the first of what is largest. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";

/** One way for a reduction to run: over the last axis in lanes, over columns, over all, in chunks. */
const layouts = [
  { name: "a short row", rows: 5, columns: 3, over: 1 },
  { name: "a row in lanes", rows: 3, columns: 37, over: 1 },
  { name: "a row in chunks", rows: 2, columns: 5003, over: 1 },
  { name: "columns", rows: 37, columns: 6, over: 0 },
  { name: "columns in chunks", rows: 5003, columns: 5, over: 0 },
] as const;

const source = layouts
  .map(({ rows, columns, over }, n) => {
    const lines = over === 1 ? "y" : "y.T";
    const count = over === 1 ? rows : columns;
    return `model At${n}(x: [${rows}, ${columns}]) -> i32[${count}] = argmax(special(x), axis: ${over})
model Picked${n}(x: [${rows}, ${columns}]) -> [${count}] {
  let y = special(x)
  return pick(${lines}, argmax(${lines}, axis: 1))
}
model Greatest${n}(x: [${rows}, ${columns}]) -> [${count}] = max(special(x), axis: ${over})`;
  })
  .join("\n");

/** The host refuses NaNs and infinities: these numbers stand for them. */
const [none, infinite] = [524288, 1048576];
const special = `block special(x: [..]) -> [..] {
  let far = x * 1e38
  return where(x == ${none}, far - far, where(abs(x) == ${infinite}, far, x))
}
`;

/** Numbers with ties; from the second line on a NaN at a place of its own, from the third a second one, and infinities. */
function elements(lines: number, length: number): readonly (readonly number[])[] {
  return Array.from({ length: lines }, (_, line) =>
    Array.from({ length }, (_unused, at) => {
      const first = (line * 1013 + 1) % length;
      if (line >= 1 && (at === first || (line >= 2 && at === length - 1))) return NaN;
      return line >= 2 && at % 3 === 0 ? (at % 2 === 0 ? Infinity : -Infinity) : (at * 7) % 5;
    }),
  );
}

function firstOf(line: readonly number[]): number {
  const nan = line.findIndex(Number.isNaN);
  return nan >= 0 ? nan : line.indexOf(Math.max(...line));
}

function encoded(value: number): number {
  if (Number.isNaN(value)) return none;
  return Number.isFinite(value) ? value : Math.sign(value) * infinite;
}

describe.each(["typescript", "wasm"] as const)("on %s", (target) => {
  test("the first NaN, else the first maximum", async () => {
    const result = compile({ name: "extremes.nn", source: special + source }, { target });
    if (!result.ok) throw new Error(result.diagnostics[0].message);
    const network = await load(result.artifact);
    for (const [n, { name, rows, columns, over }] of layouts.entries()) {
      const lines = over === 1 ? elements(rows, columns) : elements(columns, rows);
      const flat =
        over === 1 ? lines.flat() : Array.from({ length: rows }, (_, r) => lines.map((line) => line[r])).flat();
      const x = Float32Array.from(flat, encoded);
      const [at, picked, greatest] = ["At", "Picked", "Greatest"].map((model) =>
        Array.from(network.predictSync(`${model}${n}`, { x })[0].data),
      );
      expect([name, ...at]).toEqual([name, ...lines.map(firstOf)]);
      expect([name, ...picked]).toEqual([name, ...lines.map((line) => line[firstOf(line)])]);
      expect([name, ...greatest]).toEqual([name, ...picked]);
    }
  });

  // Channels that fill vectors and some that do not; padding; windows that overlap.
  test.each([
    [1, 2, 2, 0],
    [7, 2, 2, 0],
    [8, 3, 2, 1],
  ])(
    "the first of the largest of %i channels in windows of %i², %i apart, padded by %i",
    async (channels, window, stride, padding) => {
      const size = 6;
      const places = Math.floor((size + 2 * padding - window) / stride) + 1;
      const model = `model M(x: [1, ${size}, ${size}, ${channels}]) -> [1, ${places}, ${places}, ${channels}] = special(x) |> max_pool2d(${window}, stride: ${stride}, padding: ${padding})`;
      const result = compile({ name: "pool.nn", source: special + model }, { target });
      if (!result.ok) throw new Error(result.diagnostics[0].message);
      const network = await load(result.artifact);
      const values = Array.from(
        { length: size * size * channels },
        (_, n) => awkward[(n * n + 3 * n) % awkward.length],
      );
      const expected = Array.from({ length: places * places * channels }, (_, n) => {
        const [row, column, channel] = [
          Math.floor(n / channels / places),
          Math.floor(n / channels) % places,
          n % channels,
        ];
        const inside = (from: number): readonly number[] =>
          Array.from({ length: window }, (_unused, tap) => from + tap).filter((at) => at >= 0 && at < size);
        const line = inside(row * stride - padding).flatMap((y) =>
          inside(column * stride - padding).map((x) => values[(y * size + x) * channels + channel]),
        );
        return line[firstOf(line)];
      });
      const found = network.predictSync("M", { x: Float32Array.from(values, encoded) })[0].data;
      expect(Array.from(found)).toEqual(expected);
      expect([0, -0, NaN].filter((one) => !expected.some((value) => Object.is(value, one)))).toEqual([]);
    },
  );
});

/** Of which windows hold zeros of both signs, in either order. */
const awkward = [-1, 0, -0, -2, -Infinity, -0, 0, -3, -0, -0, NaN, -1, 0, 3, Infinity, -4, -0];
