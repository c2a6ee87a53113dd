/**
 * The forms F(m × m, 3 × 3) of Winograd's convolution: their matrices, by Toom and Cook from points of interpolation, and what
 * they cost beside the direct form. The points of F(4 × 4) are not the usual 0, ±1, ±2: with those the error is four to ten times
 * that of direct sums, with 0, ±3/4, ±3/2 two to three (Barabasz et al. 2018, arXiv:1803.10986, on how points matter).
 */
import type { Matrix } from "../ops/linear.ts";

export const taps = 3;

/** Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A of tiles d, taps g and outputs Y. */
export interface Form {
  /** Outputs along an axis of a tile. */
  readonly outputs: number;
  /** Bᵀ, of the input's tiles. */
  readonly input: Matrix;
  /** G, of the taps. */
  readonly kernel: Matrix;
  /** Aᵀ, back to outputs. */
  readonly output: Matrix;
}

/** A convolution with closed sizes. */
export interface Layer {
  /** Of what it makes. */
  readonly height: number;
  readonly width: number;
  /** Channels that it sums over, and that it makes. */
  readonly from: number;
  readonly to: number;
}

export const forms: readonly Form[] = [formAt([0, 0.75, -0.75, 1.5, -1.5]), formAt([0, 1, -1])];

/** The form that interpolates at these points and at infinity. */
function formAt(points: readonly number[]): Form {
  const size = points.length + 1;
  const outputs = size + 1 - taps;
  const others = points.map((_, at) => points.filter((_point, other) => other !== at));
  // Lagrange's denominators; where one is negative, its sign goes to the input.
  const scales = points.map((point, at) => others[at].reduce((scale, other) => scale * (point - other), 1));
  const row = (length: number, entry: (at: number) => number): readonly number[] =>
    Array.from({ length }, (_, at) => entry(at));
  const last = (length: number): readonly number[] => row(length, (at) => Number(at === length - 1));
  return {
    outputs,
    input: [
      ...others.map((roots, at) =>
        padded(
          polynomial(roots).map((one) => Math.sign(scales[at]) * one),
          size,
        ),
      ),
      polynomial(points),
    ],
    kernel: [...points.map((point, at) => row(taps, (power) => point ** power / Math.abs(scales[at]))), last(taps)],
    output: row(outputs, (power) => power).map((power) => [
      ...points.map((point) => point ** power),
      Number(power === outputs - 1),
    ]),
  };
}

/** The coefficients of Π (x − root), ascending. */
function polynomial(roots: readonly number[]): readonly number[] {
  return roots.reduce<readonly number[]>(
    (before, root) => [...before, 0].map((_, power) => (before[power - 1] ?? 0) - root * (before[power] ?? 0)),
    [1],
  );
}

function padded(row: readonly number[], length: number): readonly number[] {
  return [...row, ...Array.from({ length: length - row.length }, () => 0)];
}

// ---------------------------------------------------------------------------------------------------------------------
// What pays
// ---------------------------------------------------------------------------------------------------------------------

/** A transform's operations wait for each other and for memory: each counts as so many of a product's, by measurement. */
const transformCost = 1.25;
/** Above this share of the direct form's cost nothing is gained that would be worth the roundings. */
const worthwhile = 0.8;

/** Sums over fewer channels are so exact that the transforms would show beside them, and fewer products pay for no transform. */
const fewestChannels = 8;

/** The cheapest form; undefined where the direct one is better. */
export function bestForm(layer: Layer): Form | undefined {
  if (Math.min(layer.from, layer.to) < fewestChannels) return undefined;
  const costs = forms.map((form) => costOf(form, layer));
  const least = Math.min(...costs);
  return least <= worthwhile * directCost(layer) ? forms[costs.indexOf(least)] : undefined;
}

function directCost({ height, width, from, to }: Layer): number {
  return height * width * taps * taps * from * to;
}

/** In multiply–adds for a picture, the transform of the kernel once. */
function costOf({ outputs, input, kernel, output }: Form, { height, width, from, to }: Layer): number {
  const tiles = Math.ceil(height / outputs) * Math.ceil(width / outputs);
  const products = input.length ** 2 * from * to;
  const transforms = from * transformed(input) + to * transformed(output);
  return tiles * (products + transformCost * transforms) + from * to * transformCost * transformed(kernel);
}

/** Nonzeros that are met, and elements loaded and stored, for M X Mᵀ. */
function transformed(matrix: Matrix): number {
  const nonzeros = matrix.flat().filter((entry) => entry !== 0).length;
  return (nonzeros * (matrix.length + matrix[0].length)) / 2 + matrix.length ** 2 + matrix[0].length ** 2;
}
