/**
 * The transforms of Winograd's convolution (Lavin & Gray 2015, arXiv:1509.09308): two axes of a tensor, its picture, are cut into
 * square tiles, and each tile X becomes M X Mᵀ, or the other way round. M is known when the program is compiled, so both are a
 * few operations at each tile, for its nonzeros. Each one's gradient is made of the other, with the matrix transposed.
 */
import { constant, constantValue, equal, isConstant, printShape, type Dimension } from "../dimension/dimension.ts";
import type { Value } from "../graph/types.ts";
import { addIndex, axisIndex, constantIndex, scaleIndex } from "../loops/index.ts";
import { allOf, compare, constantScalar, indexScalar, local, select } from "../loops/scalar.ts";
import type { Axis, Compute, Element, Index, Let, Scalar } from "../loops/types.ts";
import { arity, dtypeOf } from "./check.ts";
import { defineOp, problem, type Builder, type LoopContext, type ShapeProblem } from "./define.ts";
import { add, countUp, reshape, type Shape } from "./emit.ts";
import { product, type Bind, type Matrix } from "./linear.ts";
import { f32 } from "./samples.ts";
import { elementOf } from "./scalars.ts";

type Pair = readonly [number, number];

type Common = {
  readonly matrix: Matrix;
  /** The first of the two axes. */
  readonly axis: number;
  /** Tiles along each of them. */
  readonly count: Pair;
  /** Rows of tiles that lie side by side, element by element of the tiles. */
  readonly rows: number;
};

type TilesAttributes = Common & {
  /** From the begin of a tile to that of the next. */
  readonly step: number;
  /** How far before the picture the first tile begins, on each axis; what is outside is 0. */
  readonly low: Pair;
};

/** For samples: one with all there is to share, one that pairs columns, one of more rows than columns. */
const small: Matrix = [
  [1, 2],
  [0, -1],
];
const bilateral: Matrix = [
  [4, 0, -5, 1],
  [0, -2, -1, 0.5],
  [0, 2, -1, -0.5],
];
const tall: Matrix = [
  [0.25, 0, 0],
  [-1, -1, -1],
  [-1, 1, -1],
  [0, 0, 1],
];

const layout = [
  "1. x is f32. The matrix has at least a row, and its rows have one length; its entries are finite.",
  "2. axis and the next are the two of the picture; the axes before and after them stay as they are.",
  "3. rows divides the tiles along the first axis; with t of them there, u along the second and a p × p tile, tiles lie as […, t / rows, p·p, rows, u, …].",
];

export const tiles = defineOp<TilesAttributes>({
  name: "tiles",
  summary: "The square tiles of x, step apart, each times the matrix from the left and its transpose from the right.",
  constraints: [
    ...layout,
    "4. A tile is as wide as the matrix has columns; it begins at step · its number − low, and is 0 outside of x.",
    "5. step is at least 1; the sizes along both axes are known.",
  ],
  infer: (inputs, attributes) => {
    const { matrix, axis, count, rows, step } = attributes;
    const wrong =
      arity("tiles", inputs, 1) ?? dtypeOf("tiles", inputs, 0, ["f32"]) ?? fits("tiles", inputs[0].shape, attributes);
    if (wrong !== undefined) return wrong;
    const [{ shape }] = inputs;
    if (!(Number.isInteger(step) && step >= 1)) return problem("tiles takes a step of at least 1", [0]);
    const sizes = shape.slice(axis, axis + 2);
    if (sizes.length < 2 || sizes.some((size) => constantValue(size) === undefined))
      return problem(`tiles takes two axes of known sizes from axis ${axis} on, not ${printShape(shape)}`, [0]);
    const made = tileShape(count, matrix.length, rows);
    return [{ dtype: "f32", shape: [...shape.slice(0, axis), ...made, ...shape.slice(axis + 2)] }];
  },
  gradient: ({ builder, attributes, inputs: [x], outputGradients: [g] }) => {
    if (g === undefined) return [undefined];
    const { matrix, axis, count, rows } = attributes;
    const pieces = builder.one("untile", [g], { matrix: transposed(matrix), axis, count, rows });
    return [overlapped(builder, pieces, attributes, builder.typeOf(x).shape)];
  },
  loops: (context) => [tilesOf(context)],
  samples: [
    {
      name: "apart",
      attributes: { matrix: small, axis: 0, step: 2, low: [0, 0], count: [2, 3], rows: 1 },
      inputs: [f32(4, 6)],
    },
    {
      name: "overlapping, with borders",
      attributes: { matrix: bilateral, axis: 1, step: 2, low: [1, 2], count: [2, 3], rows: 1 },
      inputs: [f32(2, 4, 5, 2)],
    },
    {
      name: "rows of tiles together",
      attributes: { matrix: bilateral, axis: 1, step: 3, low: [1, -1], count: [4, 2], rows: 2 },
      inputs: [f32(1, 9, 6, 3)],
    },
    {
      name: "one tile, more rows than columns",
      attributes: { matrix: tall, axis: 0, step: 1, low: [0, 0], count: [1, 1], rows: 1 },
      inputs: [f32(3, 3, 2, 4)],
    },
  ],
});

export const untile = defineOp<Common>({
  name: "untile",
  summary: "A picture of tiles side by side, each times the matrix from the left and its transpose from the right.",
  constraints: [...layout, "4. A tile has as many rows and columns as the matrix has columns."],
  infer: (inputs, attributes) => {
    const { matrix, axis, count, rows } = attributes;
    const wrong =
      arity("untile", inputs, 1) ??
      dtypeOf("untile", inputs, 0, ["f32"]) ??
      fits("untile", inputs[0].shape, attributes);
    if (wrong !== undefined) return wrong;
    const [{ shape }] = inputs;
    const expected = tileShape(count, matrix[0].length, rows);
    const found = shape.slice(axis, axis + 4);
    if (found.length < 4 || !expected.every((size, d) => equal(size, found[d])))
      return problem(`untile takes ${printShape(expected)} from axis ${axis} on, not ${printShape(shape)}`, [0]);
    const made = count.map((many) => constant(many * matrix.length));
    return [{ dtype: "f32", shape: [...shape.slice(0, axis), ...made, ...shape.slice(axis + 4)] }];
  },
  gradient: ({ builder, attributes: { matrix, axis, count, rows }, outputGradients: [g] }) => [
    g &&
      builder.one("tiles", [g], {
        matrix: transposed(matrix),
        axis,
        count,
        rows,
        step: matrix.length,
        low: [0, 0],
      }),
  ],
  loops: (context) => [pictureOf(context)],
  samples: [
    { name: "plain", attributes: { matrix: small, axis: 0, count: [2, 3], rows: 1 }, inputs: [f32(2, 4, 1, 3)] },
    {
      name: "rows of tiles together",
      attributes: { matrix: transposed(tall), axis: 1, count: [4, 1], rows: 2 },
      inputs: [f32(2, 2, 16, 2, 1, 3)],
    },
    { name: "larger", attributes: { matrix: tall, axis: 1, count: [1, 2], rows: 1 }, inputs: [f32(1, 1, 9, 1, 2, 2)] },
  ],
});

// ---------------------------------------------------------------------------------------------------------------------
// Shapes
// ---------------------------------------------------------------------------------------------------------------------

function fits(op: string, shape: Shape, { matrix, axis, count, rows }: Common): ShapeProblem | undefined {
  const [first = []] = matrix;
  const rectangular = first.length > 0 && matrix.every((row) => row.length === first.length);
  if (!rectangular || !matrix.flat().every(Number.isFinite))
    return problem(`${op} takes a matrix of finite numbers, its rows of one length`, [0]);
  const whole = [...count, rows].every((size) => Number.isInteger(size) && size >= 1);
  if (!whole || count[0] % rows !== 0)
    return problem(`${op} takes at least one tile, and rows that divide those along the first axis`, [0]);
  const exists = Number.isInteger(axis) && axis >= 0 && axis < shape.length;
  return exists ? undefined : problem(`${op}: axis ${axis} does not exist in ${printShape(shape)}`, [0]);
}

function tileShape([along, across]: Pair, width: number, rows: number): Shape {
  return [along / rows, width * width, rows, across].map(constant);
}

function transposed(matrix: Matrix): Matrix {
  return matrix[0].map((_, column) => matrix.map((row) => row[column]));
}

// ---------------------------------------------------------------------------------------------------------------------
// Loops
// ---------------------------------------------------------------------------------------------------------------------

/** Where a tile stands among the points. */
interface TilePlace {
  readonly before: readonly Index[];
  readonly after: readonly Index[];
  /** Its block of rows, its row in it, and its place along the row. */
  readonly block: Index;
  readonly row: Index;
  readonly across: Index;
  /** Its number along each axis. */
  readonly numbers: readonly [Index, Index];
}

/** A point for each tile and each place along the other axes. */
function pointsOf({ count: [along, across], rows }: Common, before: Shape, after: Shape, fresh: Fresh): Points {
  const points = fresh([...before, constant(along / rows), constant(rows), constant(across), ...after]);
  const at = points.map(({ name }) => axisIndex(name));
  const [block, row, place] = at.slice(before.length);
  const numbers = [addIndex(scaleIndex(block, rows), row), place] as const;
  const tile = { before: at.slice(0, before.length), after: at.slice(before.length + 3), block, row, across: place };
  return { points, tile: { ...tile, numbers } };
}

type Fresh = LoopContext<Common>["axes"];

interface Points {
  readonly points: readonly Axis[];
  readonly tile: TilePlace;
}

/** Lets that are made while values are. */
class Lets {
  readonly list: Let[] = [];
  readonly bind: Bind = (value) => {
    if (value.kind === "local" || value.kind === "constant") return value;
    const name = `t${this.list.length}`;
    this.list.push({ name, value });
    return local(name, "f32");
  };
}

/** M X Mᵀ: each column of X first. */
function transform(matrix: Matrix, tile: readonly (readonly Scalar[])[], lets: Lets): readonly (readonly Scalar[])[] {
  const columns = countUp(tile[0].length).map((column) => {
    const operands = tile.map((row) => row[column]);
    return product(matrix, operands, lets.bind).map(lets.bind);
  });
  return matrix.map((_, row) =>
    product(
      matrix,
      columns.map((column) => column[row]),
      lets.bind,
    ),
  );
}

/** Where element `number` of a tile lies. */
function tileElement({ before, block, row, across, after }: TilePlace, at: number): readonly Index[] {
  return [...before, block, constantIndex(at), row, across, ...after];
}

/** Where a row or a column of a tile lies in the picture, and the conditions that it does. */
interface Line {
  readonly at: Index;
  readonly inside: readonly Scalar[];
}

function tilesOf({ attributes, inputs: [x], outputs: [output], axes: fresh }: LoopContext<TilesAttributes>): Compute {
  const { matrix, axis, step, low } = attributes;
  const { shape } = x.type;
  const { points, tile } = pointsOf(attributes, shape.slice(0, axis), shape.slice(axis + 2), fresh);
  const lets = new Lets();
  const width = matrix[0].length;
  const [rows, columns] = tile.numbers.map((number, d) =>
    countUp(width).map((tap) => {
      const at = addIndex(scaleIndex(number, step), constantIndex(constant(tap - low[d])));
      return { at, inside: within(at, shape[axis + d]) };
    }),
  );
  const element = (row: Line, column: Line): Scalar => {
    const value = elementOf(x, [...tile.before, row.at, column.at, ...tile.after]);
    return lets.bind(select(allOf([...row.inside, ...column.inside]), value, constantScalar("f32", 0)));
  };
  const given = rows.map((row) => columns.map((column) => element(row, column)));
  const elements = transform(matrix, given, lets).flatMap((values, row) =>
    values.map((value, column): Element => ({ at: tileElement(tile, row * matrix.length + column), value })),
  );
  return { kind: "unrolled", axes: fresh(output.shape, "o"), points, dtype: "f32", lets: lets.list, elements };
}

function within(index: Index, size: Dimension): readonly Scalar[] {
  const at = indexScalar(index);
  return [
    compare("greaterEqual", at, indexScalar(constantIndex(0))),
    compare("less", at, indexScalar(constantIndex(size))),
  ];
}

function pictureOf({ attributes, inputs: [x], outputs: [output], axes: fresh }: LoopContext<Common>): Compute {
  const { matrix, axis } = attributes;
  const { shape } = x.type;
  const { points, tile } = pointsOf(attributes, shape.slice(0, axis), shape.slice(axis + 4), fresh);
  const lets = new Lets();
  const width = matrix[0].length;
  const given = countUp(width).map((row) =>
    countUp(width).map((column) => lets.bind(elementOf(x, tileElement(tile, row * width + column)))),
  );
  const place = (d: 0 | 1, at: number): Index =>
    addIndex(scaleIndex(tile.numbers[d], matrix.length), constantIndex(constant(at)));
  const elements = transform(matrix, given, lets).flatMap((values, row) =>
    values.map((value, column): Element => ({
      at: [...tile.before, place(0, row), place(1, column), ...tile.after],
      value,
    })),
  );
  return { kind: "unrolled", axes: fresh(output.shape, "o"), points, dtype: "f32", lets: lets.list, elements };
}

// ---------------------------------------------------------------------------------------------------------------------
// Tiles that overlap
// ---------------------------------------------------------------------------------------------------------------------

/** The gradient of cutting: pieces of a picture, step apart, added up where they overlap; `shape` is the picture's. */
function overlapped(
  builder: Builder,
  pieces: Value,
  { matrix, axis, step, low }: TilesAttributes,
  shape: Shape,
): Value {
  const width = matrix[0].length;
  return [0, 1].reduce(
    (value, d) => overlappedAlong(builder, value, axis + d, { width, step, low: low[d], size: shape[axis + d] }),
    pieces,
  );
}

interface Overlap {
  readonly width: number;
  readonly step: number;
  readonly low: number;
  readonly size: Dimension;
}

/** Pieces as wide as the step follow each other without overlap: so a piece is cut into such ones, and each n-th is shifted by n steps. */
function overlappedAlong(builder: Builder, pieces: Value, axis: number, { width, step, low, size }: Overlap): Value {
  const { shape } = builder.typeOf(pieces);
  const count = (constantValue(shape[axis]) ?? 0) / width;
  const along = (...sizes: readonly number[]): Shape => [
    ...shape.slice(0, axis),
    ...sizes.map(constant),
    ...shape.slice(axis + 1),
  ];
  const split = reshape(builder, pieces, along(count, width));
  const parts = Math.ceil(width / step);
  const shifted = countUp(parts).map((part) => {
    const taken = Math.min(step, width - part * step);
    const cut = slice(builder, split, axis + 1, part * step, taken);
    const filled = padded(builder, cut, axis + 1, 0, step - taken);
    const row = reshape(builder, filled, along(count * step));
    return padded(builder, row, axis, part * step, (parts - 1 - part) * step);
  });
  const all = shifted.reduce((left, right) => add(builder, left, right));
  const length = (count + parts - 1) * step;
  const wanted = constantValue(size) ?? 0;
  const whole = padded(builder, all, axis, Math.max(0, -low), Math.max(0, low + wanted - length));
  return slice(builder, whole, axis, Math.max(0, low), wanted);
}

function slice(builder: Builder, value: Value, axis: number, from: number, length: number): Value {
  const { shape } = builder.typeOf(value);
  if (isConstant(shape[axis], length)) return value;
  const start = shape.map((_, d) => constant(d === axis ? from : 0));
  const size = shape.map((extent, d) => (d === axis ? constant(length) : extent));
  return builder.one("slice", [value], { start, size, step: shape.map(() => 1) });
}

function padded(builder: Builder, value: Value, axis: number, before: number, behind: number): Value {
  if (before + behind === 0) return value;
  const { shape } = builder.typeOf(value);
  const [low, high] = [before, behind].map((many) => shape.map((_, d) => constant(d === axis ? many : 0)));
  return builder.one("pad", [value], { low, high, value: 0 });
}
