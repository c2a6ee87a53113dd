/**
 * Convolutions, their gradients, and pooling. A gradient is that of a sum of products with `g`, in which nothing of the forward pass is
 * left but what the gradient needs. Operations are those of the direct form, whatever form the compiler chooses.
 */
import { bars, computing, inBothForms, moving } from "./forms.mjs";

const { ceiling, copies } = bars;

/** `size`: height and width; `taps`: those of the square kernel. */
const layers = [
  { size: 32, from: 32, to: 32, taps: 3, least: 0.8, batch: 8 },
  { size: 16, from: 32, to: 64, taps: 3, least: 0.8, batch: 8 },
  { size: 28, from: 1, to: 8, taps: 5, least: 0.6, batch: 32 },
  { size: 32, from: 3, to: 32, taps: 3, least: 0.6, batch: 8 },
  { size: 16, from: 64, to: 64, taps: 1, least: 0.8, batch: 8 },
];

const isMiddle = ({ from, taps }) => from > 3 && taps === 3;

const shapeOf = ({ size, from, to, taps }) => `${taps}x${taps} ${size}x${size}x${from}->${to}`;
const operationsOf = ({ size, from, to, taps }, batch) => 2 * batch * size * size * taps * taps * from * to;
const picturesOf = ({ size }, channels) => `[N, ${size}, ${size}, ${channels}]`;
const kernelOf = ({ taps, from, to }) => `[${taps}, ${taps}, ${from}, ${to}]`;
const marginOf = ({ taps }) => `[[${taps >> 1}, ${taps >> 1}], [${taps >> 1}, ${taps >> 1}]]`;

const forward = (layer) => {
  const { from, to, taps, least, batch } = layer;
  return computing(`convolution ${shapeOf(layer)}`, {
    source: `model K(x: ${picturesOf(layer, from)}) -> ${picturesOf(layer, to)} =
  x |> conv2d(${to}, kernel: ${taps}, padding: "same", bias: false)`,
    N: batch,
    operations: operationsOf(layer, batch),
    bar: ceiling(least),
  });
};

/** The gradient by `x` or by `w`. */
const gradient = (layer, { title, by, shape, batch, least }) =>
  computing(`${title} ${shapeOf(layer)}`, {
    source: `model K(x: ${picturesOf(layer, layer.from)}, w: ${kernelOf(layer)}, g: ${picturesOf(layer, layer.to)}) -> ${shape} =
  grad(sum(conv(x, w, padding: ${marginOf(layer)}) * g), wrt: ${by})`,
    N: batch,
    operations: operationsOf(layer, batch),
    bar: ceiling(least),
  });

const byInput = (layer) =>
  gradient(layer, { title: "input gradient", by: "x", shape: picturesOf(layer, layer.from), batch: 8, least: 0.8 });
const byKernel = (layer) =>
  gradient(layer, { title: "weight gradient", by: "w", shape: kernelOf(layer), batch: 32, least: 0.75 });

const winograd = (one) => inBothForms(one, 1.6);

export const convolutions = [
  ...layers.flatMap((layer) => (isMiddle(layer) ? winograd(forward(layer)) : [forward(layer)])),
  ...layers.filter(isMiddle).map(byInput).flatMap(winograd),
  ...layers.filter(({ taps }) => taps === 3).map(byKernel),
];

const picture = 32 * 32;

/**
 * Depthwise kernels add so few products that they are held against copying. The gradient of max-pooling alone has the search for each largest
 * place in it; in a training step, forward and back, the forward pass keeps the places, which nobody is told of.
 */
export const windows = [
  moving("depthwise 3x3 of 64", {
    source: `model K(x: [N, 32, 32, 64]) -> [N, 32, 32, 64] = x |> depthwise_conv2d(3, padding: "same", bias: false)`,
    N: 4,
    reads: picture * 64,
    writes: picture * 64,
    products: 9,
    bar: copies(3),
  }),
  moving("max-pool 2x2", {
    source: "model K(x: [N, 32, 32, 32]) -> [N, 16, 16, 32] = x |> max_pool2d(2)",
    N: 8,
    reads: picture * 32,
    writes: (picture / 4) * 32,
    bar: copies(3),
  }),
  moving("gradient of max-pool 2x2", {
    source: `model K(x: [N, 32, 32, 32], g: [N, 16, 16, 32]) -> [N, 32, 32, 32] = grad(sum(max_pool2d(x, 2) * g), wrt: x)`,
    N: 8,
    reads: (picture + picture / 4) * 32,
    writes: picture * 32,
    bar: copies(3),
  }),
  moving("max-pool 2x2, forward and back", {
    source: `model K(x: [N, 32, 32, 32], g: [N, 16, 16, 32]) -> ([N, 16, 16, 32], [N, 32, 32, 32]) {
  let y = max_pool2d(x, 2)
  return (y, grad(sum(y * g), wrt: x))
}`,
    N: 8,
    reads: (picture + picture / 4) * 32,
    writes: (picture + picture / 4) * 32,
    bar: copies(3),
  }),
  moving("avg-pool 2x2", {
    source: "model K(x: [N, 32, 32, 32]) -> [N, 16, 16, 32] = x |> avg_pool2d(2)",
    N: 8,
    reads: picture * 32,
    writes: (picture / 4) * 32,
  }),
];
