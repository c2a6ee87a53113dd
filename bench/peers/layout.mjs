/**
 * The same network for systems whose pictures have their channels first: data and weights are moved before anything is timed, as their
 * users have them.
 */
import { elements } from "./workloads.mjs";

/** `{ shape, weights, batches }`, the shape that of a row; as they are where there are no convolutions. */
export function channelsFirst({ input: { shape }, network }, { batch, weights, batches }) {
  if (network.kind !== "layers" || !network.names.some(({ conv }) => conv !== undefined))
    return { shape, weights, batches };
  const moved = new Map(weights);
  network.names.forEach(({ conv, dense }, at) => {
    if (conv !== undefined) moved.set(`${conv}.w`, transposed(weights.get(`${conv}.w`), [3, 2, 0, 1]));
    const picture = network.names[at - 1]?.flatten;
    if (picture === undefined) return;
    const flat = weights.get(`${dense}.w`);
    const rows = { shape: [...picture, flat.shape[1]], data: flat.data };
    moved.set(`${dense}.w`, { shape: flat.shape, data: transposed(rows, [2, 0, 1, 3]).data });
  });
  const [height, width, channels] = shape;
  return {
    shape: [channels, height, width],
    weights: moved,
    batches: batches.map(({ x, target }) => ({
      x: transposed({ shape: [batch, ...shape], data: x }, [0, 3, 1, 2]).data,
      target,
    })),
  };
}

/** The tensor whose axis `n` is axis `order[n]` of the given one. */
function transposed({ shape, data }, order) {
  const strides = shape.map((_, axis) => elements(shape.slice(axis + 1)));
  const size = order.map((axis) => shape[axis]);
  const step = order.map((axis) => strides[axis]);
  const place = (at) =>
    size.reduceRight(
      ({ rest, from }, count, axis) => ({
        rest: Math.floor(rest / count),
        from: from + (rest % count) * step[axis],
      }),
      { rest: at, from: 0 },
    ).from;
  return { shape: size, data: data.map((_, at) => data[place(at)]) };
}
