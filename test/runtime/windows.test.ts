/** Sums over windows and products with kernels, forward and back, where borders are wider than the window or cut the picture: sums by hand. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";

interface Geometry {
  readonly taps: number;
  readonly stride: number;
  readonly low: number;
  readonly high: number;
}

const size = 6;
const placesOf = ({ taps, stride, low, high }: Geometry): number => Math.floor((size + low + high - taps) / stride) + 1;

/** Borders of both signs, up to two places wider than the window. */
const geometries: readonly Geometry[] = [1, 2, 3, 4].flatMap((taps) =>
  [1, 2].flatMap((stride) =>
    [-2, 0, 1, taps, taps + 1, taps + 2].flatMap((low) =>
      [-1, 0, taps + 1].map((high) => ({ taps, stride, low, high })).filter((one) => placesOf(one) > 0),
    ),
  ),
);

/** For each output place the places of the picture that its taps reach, by tap. */
function reached(geometry: Geometry): readonly (readonly (number | undefined)[])[] {
  const { taps, stride, low } = geometry;
  return Array.from({ length: placesOf(geometry) }, (_, at) =>
    Array.from({ length: taps }, (__, tap) => {
      const place = stride * at + tap - low;
      return place >= 0 && place < size ? place : undefined;
    }),
  );
}

const picture = [3, -1, 4, 1, -5, 9];
const weights = [2, -3, 5, 7];

const sums = (geometry: Geometry): readonly number[] =>
  reached(geometry).map((taps) =>
    taps.reduce<number>((sum, place) => sum + (place === undefined ? 0 : picture[place]), 0),
  );

/** How often each place is summed. */
function counts(geometry: Geometry): readonly number[] {
  const found = picture.map(() => 0);
  for (const place of reached(geometry).flat()) if (place !== undefined) found[place] += 1;
  return found;
}

/** Two filters of one channel: the weights, and twice the weights. */
const products = (geometry: Geometry): readonly number[] =>
  reached(geometry).flatMap((taps) => {
    const sum = taps.reduce<number>(
      (all, place, tap) => all + (place === undefined ? 0 : picture[place] * weights[tap]),
      0,
    );
    return [sum, 2 * sum];
  });

const settings = ({ stride, low, high }: Geometry): string => `stride: ${stride}, padding: [[${low}, ${high}]]`;

const kinds: readonly {
  readonly title: string;
  readonly model: (geometry: Geometry, name: string) => string;
  readonly expected: (geometry: Geometry) => readonly number[];
}[] = [
  {
    title: "sums",
    model: (one, name) =>
      `model ${name}(x: [N, ${size}, 1]) -> [N, ${placesOf(one)}, 1] = window_sum(x, ${one.taps}, ${settings(one)})`,
    expected: sums,
  },
  {
    title: "gradients of sums",
    model: (one, name) =>
      `model ${name}(x: [N, ${size}, 1]) -> [N, ${size}, 1] = grad(sum(window_sum(x, ${one.taps}, ${settings(one)})), wrt: x)`,
    expected: counts,
  },
  {
    title: "convolutions",
    model: (one, name) =>
      `model ${name}(x: [N, ${size}, 1], w: [4, 1, 2]) -> [N, ${placesOf(one)}, 2] = conv(x, w[0:${one.taps}], ${settings(one)})`,
    expected: products,
  },
];

describe.each(kinds)("$title", ({ model, expected }) => {
  test.each(["typescript", "wasm"] as const)(
    "on %s",
    async (target) => {
      const source = geometries.map((one, at) => model(one, `G${at}`)).join("\n");
      const result = compile({ name: "windows.nn", source }, { target, bounds: { N: 1 } });
      if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
      const network = await load(result.artifact);
      const given = { x: Float32Array.from(picture), w: Float32Array.from(weights.flatMap((one) => [one, 2 * one])) };
      const isWrong = (one: Geometry, at: number): boolean => {
        const { inputs = [] } = result.artifact.manifest.host.models.find(({ name }) => name === `G${at}`) ?? {};
        const own = Object.fromEntries(
          Object.entries(given).filter(([name]) => inputs.some((input) => input.name === name)),
        );
        const [{ data }] = network.predictSync(`G${at}`, own);
        return (
          JSON.stringify([...data].map((value) => value + 0)) !==
          JSON.stringify(expected(one).map((value) => value + 0))
        );
      };
      expect(geometries.filter(isWrong)).toEqual([]);
    },
    60_000,
  );
});
