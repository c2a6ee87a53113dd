/**
 * The kernels that are measured, each a few lines of `.nn` whose model is `K`: what it must read and write, or how much it must compute,
 * what it is held against, and the bar. What does not compile yet stands here, too; it is left out until it does.
 */
import { convolutions, windows } from "./convolutions.mjs";
import { bars, computing, moving, rowsOf } from "./forms.mjs";

/** Around the sizes that vectors and panels like. */
const widths = [63, 64, 65, 66];

const { copies, ceiling } = bars;

/** What moves values and computes nothing; an addition, which does nothing but add, stands beside them for comparison. */
const movements = [
  ...widths.map((w) =>
    moving(`concat ${w}+${w}`, {
      source: `model K(a: [N, ${w}], b: [N, ${w}]) -> [N, ${2 * w}] = concat([a, b], axis: 1)`,
      N: rowsOf(2 * w),
      reads: 2 * w,
      writes: 2 * w,
      bar: copies(2),
    }),
  ),
  moving("concat 32+64+32", {
    source: "model K(a: [N, 32], b: [N, 64], c: [N, 32]) -> [N, 128] = concat([a, b, c], axis: 1)",
    N: rowsOf(128),
    reads: 128,
    writes: 128,
    bar: copies(2),
  }),
  moving("concat of channels 8+8", {
    source: "model K(a: [N, 16, 16, 8], b: [N, 16, 16, 8]) -> [N, 16, 16, 16] = concat([a, b], axis: 3)",
    N: rowsOf(16 * 16 * 16),
    reads: 16 * 16 * 16,
    writes: 16 * 16 * 16,
    bar: copies(2),
  }),
  ...widths.map((w) =>
    moving(`pad ${w}`, {
      source: `model K(x: [N, ${w}]) -> [N, ${w + 2}] = pad(x, [[0, 0], [1, 1]])`,
      N: rowsOf(w),
      reads: w,
      writes: w + 2,
      bar: copies(2),
    }),
  ),
  moving("pad of pictures", {
    source: "model K(x: [N, 32, 32, 8]) -> [N, 34, 34, 8] = pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])",
    N: rowsOf(32 * 32 * 8),
    reads: 32 * 32 * 8,
    writes: 34 * 34 * 8,
    bar: copies(2),
  }),
  ...widths.map((w) =>
    moving(`roll ${w}`, {
      source: `model K(x: [N, ${w}]) -> [N, ${w}] = concat([x[:, 1:], x[:, :1]], axis: 1)`,
      N: rowsOf(w),
      reads: w,
      writes: w,
      bar: copies(2),
    }),
  ),
  moving("roll of pictures", {
    source: "model K(x: [N, 32, 32, 8]) -> [N, 32, 32, 8] = concat([x[:, :, 1:], x[:, :, :1]], axis: 2)",
    N: rowsOf(32 * 32 * 8),
    reads: 32 * 32 * 8,
    writes: 32 * 32 * 8,
    bar: copies(2),
  }),
  ...widths.map((w) =>
    moving(`slice ${w}`, {
      source: `model K(x: [N, ${w + 2}]) -> [N, ${w}] = x[:, 1:${w + 1}]`,
      N: rowsOf(w),
      reads: w,
      writes: w,
      bar: copies(2),
    }),
  ),
  moving("slice of pictures", {
    source: "model K(x: [N, 34, 34, 8]) -> [N, 32, 32, 8] = x[:, 1:33, 1:33]",
    N: rowsOf(32 * 32 * 8),
    reads: 32 * 32 * 8,
    writes: 32 * 32 * 8,
    bar: copies(2),
  }),
  ...widths.map((w) =>
    moving(`transposed copy ${w}`, {
      source: `model K(x: [N, ${w}]) -> [${w}, N] = x.T`,
      N: rowsOf(w),
      reads: w,
      writes: w,
      bar: copies(2),
    }),
  ),
  moving("transposed copy of matrices", {
    source: "model K(x: [N, 32, 64]) -> [N, 64, 32] = transpose(x, [0, 2, 1])",
    N: rowsOf(32 * 64),
    reads: 32 * 64,
    writes: 32 * 64,
    bar: copies(2),
  }),
  ...widths.map((w) =>
    moving(`border ${w}`, {
      source: `model K(x: [N, ${w}]) -> [N, ${w}] = where(range(${w}) == 0 or range(${w}) == ${w - 1}, 0, x)`,
      N: rowsOf(w),
      reads: w - 2,
      writes: w,
      bar: copies(2),
    }),
  ),
  moving("border of pictures", {
    source: `model K(x: [N, 32, 32, 8]) -> [N, 32, 32, 8] {
  let row = range(32)[:, newaxis, newaxis]
  let column = range(32)[:, newaxis]
  return where(row == 0 or row == 31 or column == 0 or column == 31, 0, x)
}`,
    N: rowsOf(32 * 32 * 8),
    reads: 30 * 30 * 8,
    writes: 32 * 32 * 8,
    bar: copies(2),
  }),
  moving("addition", {
    source: "model K(a: [N, 64], b: [N, 64]) -> [N, 64] = a + b",
    N: rowsOf(64),
    reads: 2 * 64,
    writes: 64,
  }),
];

/** Shapes of weight gradients: the sum over all rows of a minibatch, or over all its places. */
const gradients = [
  [288, 32],
  [784, 256],
  [128, 128],
];

/** A sum of up to 4,096 terms is one; above, it is stamped in chunks. */
const terms = [4096, 4097, 16_384, 32_768];
const ofTerms = (K) => (K > 4096 ? ceiling(0.8) : undefined);

const products = [
  ...gradients.flatMap(([rows, columns]) =>
    terms.map((K) =>
      computing(`product ${rows}x${columns} K=${K} transposed`, {
        source: `model K(a: [N, ${rows}], b: [N, ${columns}]) -> [${rows}, ${columns}] = a.T @ b`,
        N: K,
        operations: 2 * rows * columns * K,
        bar: ofTerms(K),
      }),
    ),
  ),
  ...terms.map((K) =>
    computing(`product 128x128 K=${K}`, {
      source: `model K(a: [128, ${K}], b: [${K}, 128]) -> [128, 128] = a @ b`,
      operations: 2 * 128 * 128 * K,
      bar: ofTerms(K),
    }),
  ),
  ...widths.map((w) =>
    computing(`product 256x${w} K=${w}`, {
      source: `model K(a: [N, ${w}], b: [${w}, ${w}]) -> [N, ${w}] = a @ b`,
      N: 256,
      operations: 2 * 256 * w * w,
    }),
  ),
];

const rows = (name, call, width, bar) =>
  moving(`${name} ${width}`, {
    source: `model K(x: [N, ${width}]) -> [N, ${width}] = x |> ${call}`,
    N: rowsOf(width),
    reads: width,
    writes: width,
    bar,
  });

const sweeps = [
  ...[3, 10, 64, 1000].map((width) => rows("softmax", "softmax", width, bars.element(2.5))),
  ...[4, 63, 65, 66].map((width) => rows("softmax", "softmax", width)),
  ...[10, 63, 64, 65, 66, 1000].map((width) => rows("layer norm", "layer_norm", width)),
];

export const cases = [...movements, ...products, ...sweeps, ...convolutions, ...windows];
