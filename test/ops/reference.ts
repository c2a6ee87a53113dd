/** Every op written out naively over plain numbers, to compare the loops with. */
import { constantValue, type Dimension } from "../../compiler/dimension/dimension.ts";
import { dimensionsOf, isList, numberOf, numbersOf, stringOf } from "../../compiler/graph/attributes.ts";
import type { Attributes } from "../../compiler/graph/types.ts";
import { erfc64 } from "../../compiler/loops/erf64.ts";

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export type Reference = (
  inputs: readonly Tensor[],
  attributes: Attributes,
  shape: readonly number[],
) => readonly number[];

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Every index of a shape, row by row. */
export function indicesOf(shape: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: count(shape) }, (_, flat) => {
    const index: number[] = [];
    let rest = flat;
    for (const size of shape.toReversed()) {
      index.unshift(rest % size);
      rest = Math.floor(rest / size);
    }
    return index;
  });
}

export function at({ shape, data }: Tensor, index: readonly number[]): number {
  return data[flatOf(shape, index)];
}

/** The row-major position of an index. */
function flatOf(shape: readonly number[], index: readonly number[]): number {
  return index.reduce((flat, position, axis) => flat * shape[axis] + position, 0);
}

function sizesOf(dimensions: readonly Dimension[]): readonly number[] {
  return dimensions.map((dimension) => constantValue(dimension) ?? NaN);
}

const one =
  (f: (x: number) => number): Reference =>
  ([x]) =>
    x.data.map(f);
const two =
  (f: (a: number, b: number) => number): Reference =>
  ([a, b]) =>
    a.data.map((value, i) => f(value, b.data[i]));

/** out[index] = value(index). */
const each =
  (value: (index: readonly number[], inputs: readonly Tensor[], attributes: Attributes) => number): Reference =>
  (inputs, attributes, shape) =>
    indicesOf(shape).map((index) => value(index, inputs, attributes));

/** The operands of each reduction, in row-major order. */
const reduced =
  (f: (values: readonly number[]) => number): Reference =>
  ([x], attributes, shape) => {
    const axes = numbersOf(attributes, "axes");
    return indicesOf(shape).map((kept) => {
      const values = indicesOf(x.shape).filter(
        (index) => index.filter((_, axis) => !axes.includes(axis)).join() === kept.join(),
      );
      return f(values.map((index) => at(x, index)));
    });
  };

/** The integral of the Gaussian by its power series, enough for |x| ≤ 4. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n += 1) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function clamp(id: number, size: number): number {
  return Math.min(Math.max(id, 0), size - 1);
}

function toI32(value: number): number {
  return Number.isNaN(value) ? 0 : Math.trunc(Math.min(Math.max(value, -2147483648), 2147483647));
}

const isWhole = (inputs: readonly Tensor[]): boolean =>
  inputs.every(({ data }) => data.every((value) => Number.isInteger(value)));

/** Integer arithmetic in arbitrary precision, then cut to 32 bits. */
const wrapping =
  (f: (a: number, b: number) => number, exact: (a: bigint, b: bigint) => bigint): Reference =>
  (inputs, attributes, shape) =>
    isWhole(inputs)
      ? two((a, b) => Number(BigInt.asIntN(32, exact(BigInt(a), BigInt(b)))))(inputs, attributes, shape)
      : two(f)(inputs, attributes, shape);

/** Of whole numbers that of i32, where nothing is divided by 0; else that of f32. */
const remainder: Reference = (inputs, attributes, shape) => {
  const floored = (a: number, b: number): number => (((a % b) + b) % b) + 0;
  const ofZero = isWhole(inputs) ? 0 : NaN;
  const rest = (a: number, b: number): number => {
    if (b === 0) return ofZero;
    return Math.abs(b) !== Infinity ? floored(a, b) : a < 0 === b < 0 ? a : b;
  };
  return two(rest)(inputs, attributes, shape);
};

/** What Math.max answers with is a NaN if there is one. */
function firstGreatest(values: readonly number[]): number {
  const most = Math.max(...values);
  return values.findIndex((value) => value === most || Number.isNaN(value));
}

/** As C's standard has it; JavaScript leaves two cases undefined. */
function power(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;
}

function contracted([a, b]: readonly Tensor[], attributes: Attributes, shape: readonly number[]): readonly number[] {
  const [left, right, output] = ["left", "right", "output"].map((name) => numbersOf(attributes, name));
  const out = Array.from({ length: count(shape) }, () => 0);
  for (const i of indicesOf(a.shape)) {
    for (const j of indicesOf(b.shape)) {
      const agree = left.every((label, d) => !right.includes(label) || j[right.indexOf(label)] === i[d]);
      if (!agree) continue;
      const index = output.map((label) => (left.includes(label) ? i[left.indexOf(label)] : j[right.indexOf(label)]));
      out[flatOf(shape, index)] += at(a, i) * at(b, j);
    }
  }
  return out;
}

/** Every product of two of the tensors input, kernel and output that belongs to an element of the third. */
function matrixOf(attributes: Attributes): readonly (readonly number[])[] {
  const { matrix } = attributes;
  return isList(matrix) ? matrix.map((row) => (isList(row) ? row.map(Number) : [])) : [];
}

/** Σ a, b: m[i][a] · m[j][b] · x(a, b). */
function transformed(
  m: readonly (readonly number[])[],
  [i, j]: readonly number[],
  x: (a: number, b: number) => number,
): number {
  return m[i].reduce((sum, left, a) => sum + m[j].reduce((inner, right, b) => inner + left * right * x(a, b), 0), 0);
}

function cutIntoTiles([x]: readonly Tensor[], attributes: Attributes, shape: readonly number[]): readonly number[] {
  const m = matrixOf(attributes);
  const [axis, step, rows] = ["axis", "step", "rows"].map((name) => numberOf(attributes, name));
  const low = numbersOf(attributes, "low");
  return indicesOf(shape).map((index) => {
    const [block, element, row, across] = index.slice(axis, axis + 4);
    const begin = [step * (block * rows + row) - low[0], step * across - low[1]];
    return transformed(m, [Math.floor(element / m.length), element % m.length], (a, b) => {
      const place = [begin[0] + a, begin[1] + b];
      const isInside = place.every((spot, d) => spot >= 0 && spot < x.shape[axis + d]);
      return isInside ? at(x, [...index.slice(0, axis), ...place, ...index.slice(axis + 4)]) : 0;
    });
  });
}

function joinedFromTiles([x]: readonly Tensor[], attributes: Attributes, shape: readonly number[]): readonly number[] {
  const m = matrixOf(attributes);
  const [axis, rows] = ["axis", "rows"].map((name) => numberOf(attributes, name));
  return indicesOf(shape).map((index) => {
    const place = index.slice(axis, axis + 2);
    const [along, across] = place.map((spot) => Math.floor(spot / m.length));
    return transformed(
      m,
      place.map((spot) => spot % m.length),
      (a, b) =>
        at(x, [
          ...index.slice(0, axis),
          Math.floor(along / rows),
          a * m[0].length + b,
          along % rows,
          across,
          ...index.slice(axis + 2),
        ]),
    );
  });
}

function convolved(
  [left, right]: readonly Tensor[],
  attributes: Attributes,
  shape: readonly number[],
): readonly number[] {
  const roles = ["input", "kernel", "output"];
  const missing = stringOf(attributes, "missing");
  const given = roles.filter((role) => role !== missing);
  const known = new Map([
    [given[0], left],
    [given[1], right],
    [missing, { shape, data: [] }],
  ]);
  const [input, kernel, output] = roles.map((role) => known.get(role) ?? left);
  const [stride, dilation, spread] = ["stride", "dilation", "input_dilation"].map((name) =>
    numbersOf(attributes, name),
  );
  const low = sizesOf(dimensionsOf(attributes, "low"));
  const filters = output.shape.at(-1) ?? 1;
  const [inner, groups] = [kernel.shape.at(-2) ?? 1, (input.shape.at(-1) ?? 1) / (kernel.shape.at(-2) ?? 1)];
  const out = Array.from({ length: count(shape) }, () => 0);
  for (const y of indicesOf(output.shape)) {
    for (const w of indicesOf(kernel.shape)) {
      const filter = y[y.length - 1];
      if (w[w.length - 1] !== filter) continue;
      const places = stride.map((by, axis) => (by * y[axis + 1] + dilation[axis] * w[axis] - low[axis]) / spread[axis]);
      const inside = places.every((h, axis) => Number.isInteger(h) && h >= 0 && h < input.shape[axis + 1]);
      if (!inside) continue;
      const x = [y[0], ...places, Math.floor(filter / (filters / groups)) * inner + w[w.length - 2]];
      const at = new Map([
        ["input", x],
        ["kernel", w],
        ["output", y],
      ]);
      out[flatOf(shape, at.get(missing) ?? [])] += given.reduce(
        (value, role) => value * valueAt(known.get(role), at.get(role)),
        1,
      );
    }
  }
  return out;
}

function valueAt(tensor: Tensor = { shape: [], data: [] }, index: readonly number[] = []): number {
  return at(tensor, index);
}

/** The places of a window, row by row; undefined for those outside. */
function covered(
  size: readonly number[],
  attributes: Attributes,
  at: readonly number[],
): readonly (readonly number[] | undefined)[] {
  const [window, low] = ["window", "low"].map((name) => sizesOf(dimensionsOf(attributes, name)));
  const stride = numbersOf(attributes, "stride");
  return indicesOf(window).map((tap) => {
    const places = tap.map((t, axis) => stride[axis] * at[axis] + t - low[axis]);
    return places.every((place, axis) => place >= 0 && place < size[axis]) ? places : undefined;
  });
}

/** The elements of a window, and the tap by which each is first met when places outside stand for the nearest. */
const ofWindow =
  (
    f: (values: readonly number[], places: readonly (readonly number[])[], first: readonly number[]) => number,
  ): Reference =>
  ([x], attributes, shape) =>
    indicesOf(shape).map((index) => {
      const size = x.shape.slice(1, -1);
      const taps = covered(size, attributes, index.slice(1, -1));
      const inside = taps.flatMap((place) => (place === undefined ? [] : [place]));
      const values = inside.map((place) => at(x, [index[0], ...place, index[index.length - 1]]));
      return f(values, inside, firstTaps(size, attributes, index.slice(1, -1), inside));
    });

function firstTaps(
  size: readonly number[],
  attributes: Attributes,
  index: readonly number[],
  places: readonly (readonly number[])[],
): readonly number[] {
  const [window, low] = ["window", "low"].map((name) => sizesOf(dimensionsOf(attributes, name)));
  const stride = numbersOf(attributes, "stride");
  const nearest = indicesOf(window).map((tap) =>
    tap.map((t, axis) => clamp(stride[axis] * index[axis] + t - low[axis], size[axis])).join(),
  );
  return places.map((place) => nearest.indexOf(place.join()));
}

/** For each window and channel: what goes from its places to it, or back. */
function movedByWindow(
  windows: readonly number[],
  size: readonly number[],
  attributes: Attributes,
  chosen: ((index: readonly number[]) => number) | undefined,
  move: (window: readonly number[], place: readonly number[]) => void,
): void {
  for (const index of indicesOf(windows)) {
    const inside = covered(size, attributes, index.slice(1, -1)).flatMap((place) =>
      place === undefined ? [] : [place],
    );
    const first = firstTaps(size, attributes, index.slice(1, -1), inside);
    for (const [position, place] of inside.entries()) {
      if (chosen !== undefined && chosen(index) !== first[position]) continue;
      move(index, [index[0], ...place, index[index.length - 1]]);
    }
  }
}

const backFromWindows: Reference = ([g, taps], attributes, shape) => {
  const out = Array.from({ length: count(shape) }, () => 0);
  const chosen = taps === undefined ? undefined : (index: readonly number[]): number => at(taps, index);
  movedByWindow(g.shape, shape.slice(1, -1), attributes, chosen, (window, place) => {
    out[flatOf(shape, place)] += at(g, window);
  });
  return out;
};

const takenFromWindows: Reference = ([x, taps], attributes, shape) => {
  const out = Array.from({ length: count(shape) }, () => 0);
  const chosen = (index: readonly number[]): number => at(taps, index);
  movedByWindow(shape, x.shape.slice(1, -1), attributes, chosen, (window, place) => {
    out[flatOf(shape, window)] += at(x, place);
  });
  return out;
};

export const references: ReadonlyMap<string, Reference> = new Map<string, Reference>([
  ["constant", (_, attributes) => [Math.fround(numberOf(attributes, "value"))]],
  ["dimension", () => [5]],
  ["iota", each((index, _, attributes) => index[numberOf(attributes, "axis")])],
  ["neg", ([x]) => x.data.map((value) => (value === -2147483648 ? value : -value))],
  ["abs", one(Math.abs)],
  ["sign", one(Math.sign)],
  ["floor", one(Math.floor)],
  ["sqrt", one(Math.sqrt)],
  ["exp", one(Math.exp)],
  ["expm1", one(Math.expm1)],
  ["log", one(Math.log)],
  ["log1p", one(Math.log1p)],
  ["sin", one(Math.sin)],
  ["cos", one(Math.cos)],
  ["tanh", one(Math.tanh)],
  ["erf", one(erf)],
  ["erfc", one(erfc64)],
  ["not", one((x) => 1 - x)],
  [
    "add",
    wrapping(
      (a, b) => a + b,
      (a, b) => a + b,
    ),
  ],
  [
    "sub",
    wrapping(
      (a, b) => a - b,
      (a, b) => a - b,
    ),
  ],
  [
    "mul",
    wrapping(
      (a, b) => a * b,
      (a, b) => a * b,
    ),
  ],
  ["div", two((a, b) => a / b)],
  ["mod", remainder],
  ["pow", two(power)],
  ["maximum", two(Math.max)],
  ["minimum", two(Math.min)],
  ["and", two(Math.min)],
  ["or", two(Math.max)],
  ["equal", two((a, b) => Number(a === b))],
  ["notEqual", two((a, b) => Number(a !== b))],
  ["less", two((a, b) => Number(a < b))],
  ["lessEqual", two((a, b) => Number(a <= b))],
  ["greater", two((a, b) => Number(a > b))],
  ["greaterEqual", two((a, b) => Number(a >= b))],
  ["select", ([condition, a, b]) => condition.data.map((chosen, i) => (chosen === 1 ? a : b).data[i])],
  [
    "cast",
    ([x], { dtype }) =>
      x.data.map((value) => (dtype === "bool" ? Number(value !== 0) : dtype === "i32" ? toI32(value) : value)),
  ],
  ["sum", reduced((values) => values.reduce((a, b) => a + b, 0))],
  ["prod", reduced((values) => values.reduce((a, b) => a * b, 1))],
  ["max", reduced((values) => Math.max(...values))],
  ["min", reduced((values) => Math.min(...values))],
  ["argmax", reduced(firstGreatest)],
  ["reshape", ([x]) => x.data],
  ["stop_gradient", ([x]) => x.data],
  [
    "transpose",
    each((index, [x], attributes) => {
      const permutation = numbersOf(attributes, "permutation");
      return at(
        x,
        x.shape.map((_, axis) => index[permutation.indexOf(axis)]),
      );
    }),
  ],
  [
    "reverse",
    each((index, [x], attributes) => {
      const axes = numbersOf(attributes, "axes");
      return at(
        x,
        index.map((position, axis) => (axes.includes(axis) ? x.shape[axis] - 1 - position : position)),
      );
    }),
  ],
  [
    "broadcast",
    each((index, [x], attributes) => {
      const axes = numbersOf(attributes, "axes");
      return at(
        x,
        x.shape.map((size, axis) => (size === 1 ? 0 : index[axes[axis]])),
      );
    }),
  ],
  [
    "slice",
    each((index, [x], attributes) => {
      const start = sizesOf(dimensionsOf(attributes, "start"));
      const step = numbersOf(attributes, "step");
      return at(
        x,
        index.map((position, axis) => start[axis] + position * step[axis]),
      );
    }),
  ],
  [
    "pad",
    each((index, [x], attributes) => {
      const low = sizesOf(dimensionsOf(attributes, "low"));
      const inner = index.map((position, axis) => position - low[axis]);
      return inner.every((position, axis) => position >= 0 && position < x.shape[axis])
        ? at(x, inner)
        : numberOf(attributes, "value");
    }),
  ],
  [
    "concat",
    each((index, inputs, attributes) => {
      const axis = numberOf(attributes, "axis");
      let position = index[axis];
      for (const x of inputs) {
        if (position < x.shape[axis]) return at(x, index.with(axis, position));
        position -= x.shape[axis];
      }
      return NaN;
    }),
  ],
  ["contract", contracted],
  ["conv", convolved],
  ["tiles", cutIntoTiles],
  ["untile", joinedFromTiles],
  ["window_max", ofWindow((values) => Math.max(...values))],
  ["window_argmax", ofWindow((values, _, first) => first[firstGreatest(values)])],
  ["window_sum", ofWindow((values) => values.reduce((a, b) => a + b, 0))],
  ["window_spread", backFromWindows],
  ["window_put", backFromWindows],
  ["window_take", takenFromWindows],
  [
    "take",
    each((index, [table, ids]) => {
      const rank = ids.shape.length;
      return at(table, [clamp(at(ids, index.slice(0, rank)), table.shape[0]), ...index.slice(rank)]);
    }),
  ],
  ["pick", each((index, [x, ids]) => at(x, [...index, clamp(at(ids, index), x.shape[index.length])]))],
  [
    "scatter_rows",
    ([updates, ids], _, shape) => {
      const out = Array.from({ length: count(shape) }, () => 0);
      const width = count(shape.slice(1));
      for (const [i, id] of ids.data.entries()) {
        for (let k = 0; k < width; k += 1) out[clamp(id, shape[0]) * width + k] += updates.data[i * width + k];
      }
      return out;
    },
  ],
]);
