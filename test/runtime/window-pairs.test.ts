/** The sum of a window, its largest and its place, all asked of the same windows at once, forward and back: sums by hand. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import { settings } from "../random/settings.ts";

/** Along one axis. */
interface Side {
  readonly size: number;
  readonly taps: number;
  readonly stride: number;
  readonly low: number;
  readonly high: number;
}

type Geometry = readonly [rows: Side, columns: Side];

const sides = (size: number, most: number): readonly Side[] =>
  Array.from({ length: most }, (_, n) => n + 1).flatMap((taps) =>
    [1, 3].flatMap((stride) =>
      [0, taps - 1].flatMap((low) => [0, taps - 1].map((high) => ({ size, taps, stride, low, high }))),
    ),
  );

const geometries: readonly Geometry[] = sides(5, 3).flatMap((rows, n) =>
  sides(4, 3)
    .filter((_, m) => (n + m) % (settings.deep ? 5 : 10) === 0)
    .map((columns): Geometry => [rows, columns]),
);

const placesOf = ({ size, taps, stride, low, high }: Side): number =>
  Math.floor((size + low + high - taps) / stride) + 1;

const picture = Array.from({ length: 20 }, (_, n) => ((n * 7) % 11) - 5);

/** The places that a window reaches along an axis. */
const reachedBy = ({ size, taps, stride, low }: Side, at: number): readonly number[] =>
  Array.from({ length: taps }, (_, tap) => stride * at + tap - low).filter((place) => place >= 0 && place < size);

/** For each window, in order, the places of the picture that it reaches, in order. */
const windowsOf = ([rows, columns]: Geometry): readonly (readonly number[])[] =>
  Array.from({ length: placesOf(rows) }, (_, y) =>
    Array.from({ length: placesOf(columns) }, (__, x) =>
      reachedBy(rows, y).flatMap((row) => reachedBy(columns, x).map((column) => row * columns.size + column)),
    ),
  ).flat();

const largestOf = (places: readonly number[]): number =>
  places.reduce((best, place) => (picture[place] > picture[best] ? place : best));

const both = (geometry: Geometry): readonly number[] =>
  windowsOf(geometry).map((places) => places.reduce((sum, place) => sum + picture[place], picture[largestOf(places)]));

/** The slope of half the squares of `both`: each window gives its own to all that it sums and, once more, to its largest. */
function slopes(geometry: Geometry): readonly number[] {
  const [found, values] = [picture.map(() => 0), both(geometry)];
  for (const [at, places] of windowsOf(geometry).entries())
    for (const place of [...places, largestOf(places)]) found[place] += values[at];
  return found;
}

function modelOf([rows, columns]: Geometry, name: string): string {
  const pairs = (of: (side: Side) => string): string => `[${of(rows)}, ${of(columns)}]`;
  const settings = `${pairs(({ taps }) => `${taps}`)}, stride: ${pairs(({ stride }) => `${stride}`)}, padding: ${pairs(({ low, high }) => `[${low}, ${high}]`)}`;
  return `model ${name}(x: [N, 5, 4, 1]) -> ([N, ${placesOf(rows)}, ${placesOf(columns)}, 1], [N, 5, 4, 1]) {
  let y = window_max(x, ${settings}) + window_sum(x, ${settings})
  return (y, grad(sum(y ** 2) / 2, wrt: x))
}`;
}

test.each(["typescript", "wasm"] as const)(`of ${geometries.length} geometries on %s`, async (target) => {
  const source = geometries.map((one, at) => modelOf(one, `G${at}`)).join("\n");
  const result = compile({ name: "windows.nn", source }, { target, operations: 10 ** 7 });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const network = await load(result.artifact);
  const wrong = geometries.filter((geometry, at) => {
    const found = network.predictSync(`G${at}`, { x: Float32Array.from(picture) });
    const numbers = found.map(({ data }) => [...data].map((value) => value + 0));
    return JSON.stringify(numbers) !== JSON.stringify([both(geometry), slopes(geometry)]);
  });
  expect(wrong).toEqual([]);
});
