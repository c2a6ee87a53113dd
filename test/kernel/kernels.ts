/** Small kernels of every form that the scheduler knows, by name; extents are numbers or open dimensions. */
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import type { Dimension } from "../../compiler/dimension/dimension.ts";
import type { TensorType } from "../../compiler/graph/types.ts";
import type { Kernel, Stage, Store } from "../../compiler/kernel/types.ts";
import { addIndex, axisIndex, constantIndex, dataIndex, quotient, scaleIndex } from "../../compiler/loops/index.ts";
import { randomWords, unaryFunctions } from "../../compiler/loops/functions.ts";
import {
  allOf,
  binary,
  call,
  compare,
  f32,
  i32,
  indexScalar,
  load,
  local,
  select,
} from "../../compiler/loops/scalar.ts";
import type { Axis, Combine, ElementType, Index, Order, Scalar } from "../../compiler/loops/types.ts";

export type Size = number | string | Dimension;

export interface Case {
  readonly kernel: Kernel;
  readonly tensors: ReadonlyMap<string, TensorType>;
}

export const dim = (size: Size): Dimension =>
  typeof size === "number" ? constant(size) : typeof size === "string" ? symbol(size) : size;
export const axis = (name: string, extent: Size): Axis => ({ name, extent: dim(extent) });
export const at = (...names: readonly (string | Index)[]): readonly Index[] =>
  names.map((name) => (typeof name === "string" ? axisIndex(name) : name));
export const from = (tensor: string, ...names: readonly (string | Index)[]): Scalar =>
  load(tensor, "f32", at(...names));
export const shifted = (name: string, by: number): Index => addIndex(axisIndex(name), constantIndex(by));
const tensor = (dtype: ElementType, ...shape: readonly Size[]): TensorType => ({ dtype, shape: shape.map(dim) });
const f = (...shape: readonly Size[]): TensorType => tensor("f32", ...shape);

export function kernelOf(
  name: string,
  grid: readonly Axis[],
  stages: readonly Stage[],
  types: Record<string, TensorType>,
): Case {
  return { kernel: { name, grid, rows: [], stages, origins: [] }, tensors: new Map(Object.entries(types)) };
}

export function store(
  target: string,
  indices: readonly (string | Index)[],
  value: Scalar,
  dtype: ElementType = "f32",
): Stage {
  return { kind: "store", store: storeTo(target, indices, value, dtype) };
}

export function storeTo(
  target: string,
  indices: readonly (string | Index)[],
  value: Scalar,
  dtype: ElementType = "f32",
): Store {
  return { tensor: target, dtype, indices: at(...indices), value };
}

export function reduce(
  over: readonly Axis[],
  order: Order,
  ...results: readonly (readonly [string, Combine, Scalar])[]
): Stage {
  return {
    kind: "reduce",
    over,
    order,
    lets: [],
    results: results.map(([name, combine, value]) => ({
      name,
      dtype: combine === "argmax" ? "i32" : "f32",
      combine,
      value,
    })),
  };
}

const sum = local("sum", "f32");
const lanes: Order = { lanes: 4 };
const ascending: Order = { lanes: 1 };

/** y = tanh(x) · scale + b, over [n, m]; the scale is a scalar. */
export function elementwise(n: Size, m: Size): Case {
  const value = binary(
    "add",
    binary("mul", call(unaryFunctions.tanh, [from("x", "i", "j")]), from("scale")),
    from("b", "j"),
  );
  return kernelOf("elementwise", [axis("i", n), axis("j", m)], [store("y", ["i", "j"], value)], {
    x: f(n, m),
    scale: f(),
    b: f(m),
    y: f(n, m),
  });
}

/** Stored as it is computed, turned round, and where ids say. */
export function threeWays(n: Size, m: Size): Case {
  const value = binary("add", from("x", "i", "j"), from("b", "i", "j"));
  const id = dataIndex(load("ids", "i32", at("j")), dim(m));
  return kernelOf(
    "threeWays",
    [axis("i", n), axis("j", m)],
    [store("y", ["i", "j"], value), store("turned", ["j", "i"], value), store("placed", ["i", id], value)],
    { ids: tensor("i32", m), x: f(n, m), b: f(n, m), y: f(n, m), turned: f(m, n), placed: f(n, m) },
  );
}

/** Momentum in place: both tensors are read and overwritten. */
export function momentum(n: Size, m: Size): Case {
  const velocity = binary("add", binary("mul", from("v", "i", "j"), f32(0.9)), from("g", "i", "j"));
  return kernelOf(
    "momentum",
    [axis("i", n), axis("j", m)],
    [
      { kind: "let", name: "next", value: velocity },
      store("v", ["i", "j"], local("next", "f32")),
      store("w", ["i", "j"], binary("sub", from("w", "i", "j"), binary("mul", f32(0.1), local("next", "f32")))),
    ],
    { v: f(n, m), w: f(n, m), g: f(n, m) },
  );
}

/** y[j, i] = x[i, j]. */
export function transpose(n: Size, m: Size): Case {
  return kernelOf("transpose", [axis("j", m), axis("i", n)], [store("y", ["j", "i"], from("x", "i", "j"))], {
    x: f(n, m),
    y: f(m, n),
  });
}

/** Uniform bits as numbers, counted by the element. */
export function draws(n: Size, m: Size): Case {
  const element = indexScalar(addIndex(scaleIndex(axisIndex("i"), dim(m)), axisIndex("j")));
  const word = call(randomWords[0], [i32(7), i32(9), element, i32(3)]);
  const value: Scalar = { kind: "cast", dtype: "f32", value: binary("mod", word, i32(1000)) };
  return kernelOf("draws", [axis("i", n), axis("j", m)], [store("y", ["i", "j"], value)], { y: f(n, m) });
}

/** A border of zeros around x, and every second column kept twice. */
export function padded(n: Size, m: number): Case {
  const j = axisIndex("j");
  const inside = allOf([
    compare("greaterEqual", indexScalar(shifted("j", -1)), i32(0)),
    compare("less", indexScalar(shifted("j", -1)), i32(m)),
  ]);
  const value = binary(
    "add",
    select(inside, from("x", "i", shifted("j", -1)), f32(0)),
    from("z", "i", quotient(j, constant(2))),
  );
  return kernelOf("padded", [axis("i", n), axis("j", m + 2)], [store("y", ["i", "j"], value)], {
    x: f(n, m),
    z: f(n, m + 2),
    y: f(n, m + 2),
  });
}

/** y = relu(x·w + b). */
export function dense(n: Size, m: Size, k: Size, order: Order = ascending): Case {
  const value = binary("maximum", binary("add", sum, from("b", "j")), f32(0));
  return kernelOf(
    "dense",
    [axis("i", n), axis("j", m)],
    [
      reduce([axis("k", k)], order, ["sum", "sum", binary("mul", from("x", "i", "k"), from("w", "k", "j"))]),
      store("y", ["i", "j"], value),
    ],
    { x: f(n, k), w: f(k, m), b: f(m), y: f(n, m) },
  );
}

/** dx = dy·wᵀ: the columns' operand does not run along them. */
export function transposedRight(n: Size, m: Size, k: Size): Case {
  return kernelOf(
    "input_gradient",
    [axis("i", n), axis("j", m)],
    [
      reduce([axis("k", k)], ascending, ["sum", "sum", binary("mul", from("x", "i", "k"), from("w", "j", "k"))]),
      store("y", ["i", "j"], sum),
    ],
    { x: f(n, k), w: f(m, k), y: f(n, m) },
  );
}

/** dw = xᵀ·dy. */
export function transposedLeft(n: Size, m: Size, k: Size, order: Order = ascending): Case {
  return kernelOf(
    "weight_gradient",
    [axis("i", n), axis("j", m)],
    [
      reduce([axis("k", k)], order, ["sum", "sum", binary("mul", from("x", "k", "i"), from("d", "k", "j"))]),
      store("y", ["i", "j"], sum),
    ],
    { x: f(k, n), d: f(k, m), y: f(n, m) },
  );
}

/** Scores of every batch: b is an axis of both operands. */
export function batched(b: Size, n: Size, m: Size, k: Size): Case {
  return kernelOf(
    "batched",
    [axis("b", b), axis("i", n), axis("j", m)],
    [
      reduce([axis("k", k)], ascending, [
        "sum",
        "sum",
        binary("mul", from("x", "b", "i", "k"), from("w", "b", "k", "j")),
      ]),
      store("y", ["b", "i", "j"], sum),
    ],
    { x: f(b, n, k), w: f(b, k, m), y: f(b, n, m) },
  );
}

/** A 3×3 convolution with a border of zeros, channels last. */
export function convolution(n: Size, size: number, channels: number, filters: number): Case {
  const [h, w] = [addIndex(shifted("h", -1), axisIndex("p")), addIndex(shifted("w", -1), axisIndex("q"))];
  const within = [h, w].flatMap((index) => [
    compare("greaterEqual", indexScalar(index), i32(0)),
    compare("less", indexScalar(index), i32(size)),
  ]);
  const tap = select(allOf(within), from("x", "n", h, w, "c"), f32(0));
  return kernelOf(
    "convolution",
    [axis("n", n), axis("h", size), axis("w", size), axis("o", filters)],
    [
      reduce([axis("p", 3), axis("q", 3), axis("c", channels)], ascending, [
        "sum",
        "sum",
        binary("mul", tap, from("k", "p", "q", "c", "o")),
      ]),
      store("y", ["n", "h", "w", "o"], sum),
    ],
    { x: f(n, size, size, channels), k: f(3, 3, channels, filters), y: f(n, size, size, filters) },
  );
}

/** The gradient of the convolution's weights, in chunks that may end inside a row. */
export function kernelGradient(n: Size, size: number, channels: number, filters: number, chunk: number): Case {
  const [h, w] = [addIndex(shifted("h", -1), axisIndex("p")), addIndex(shifted("w", -1), axisIndex("q"))];
  const within = [h, w].flatMap((index) => [
    compare("greaterEqual", indexScalar(index), i32(0)),
    compare("less", indexScalar(index), i32(size)),
  ]);
  const tap = select(allOf(within), from("x", "n", h, w, "c"), f32(0));
  return kernelOf(
    "kernel_gradient",
    [axis("p", 3), axis("q", 3), axis("c", channels), axis("o", filters)],
    [
      reduce([axis("n", n), axis("h", size), axis("w", size)], { lanes: 1, chunk }, [
        "sum",
        "sum",
        binary("mul", tap, from("d", "n", "h", "w", "o")),
      ]),
      store("y", ["p", "q", "c", "o"], sum),
    ],
    { x: f(n, size, size, channels), d: f(n, size, size, filters), y: f(3, 3, channels, filters) },
  );
}

/** Softmax of each row, its exponentials kept in a private row. */
export function softmax(n: Size, m: Size): Case {
  const over = [axis("r", m)];
  const kernel = kernelOf(
    "softmax",
    [axis("i", n)],
    [
      reduce(over, lanes, ["top", "max", from("x", "i", "r")]),
      {
        kind: "sweep",
        over,
        lets: [],
        stores: [
          storeTo("e", ["r"], call(unaryFunctions.exp, [binary("sub", from("x", "i", "r"), local("top", "f32"))])),
        ],
      },
      reduce(over, lanes, ["sum", "sum", from("e", "r")]),
      { kind: "sweep", over, lets: [], stores: [storeTo("y", ["i", "r"], binary("div", from("e", "r"), sum))] },
      store("total", ["i"], call(unaryFunctions.log, [sum])),
    ],
    { x: f(n, m), y: f(n, m), total: f(n) },
  );
  return { ...kernel, kernel: { ...kernel.kernel, rows: [{ name: "e", dtype: "f32", shape: [dim(m)] }] } };
}

/** Sums over the last axis, or the last two, without rows. */
export function rowSums(n: Size, outer: Size, m: Size, order: Order): Case {
  return kernelOf(
    "row_sums",
    [axis("i", n)],
    [
      reduce(
        [axis("q", outer), axis("r", m)],
        order,
        ["sum", "sum", from("x", "i", "q", "r")],
        ["least", "min", from("x", "i", "q", "r")],
        ["all", "prod", from("x", "i", "q", "r")],
      ),
      store("y", ["i"], sum),
      store("low", ["i"], local("least", "f32")),
      store("product", ["i"], local("all", "f32")),
    ],
    { x: f(n, outer, m), y: f(n), low: f(n), product: f(n) },
  );
}

/** A batch norm's sums over all leading axes, two results in a pass, then the variance in a second one. */
export function columnSums(n: Size, h: Size, m: Size, order: Order = ascending): Case {
  const over = [axis("n", n), axis("h", h)];
  const mean = binary("div", sum, f32(7));
  const apart = binary("sub", from("x", "n", "h", "j"), local("mean", "f32"));
  return kernelOf(
    "column_sums",
    [axis("j", m)],
    [
      reduce(over, order, ["sum", "sum", from("x", "n", "h", "j")], ["top", "max", from("x", "n", "h", "j")]),
      { kind: "let", name: "mean", value: mean },
      reduce(over, order, ["square", "sum", binary("mul", apart, apart)]),
      store("mean", ["j"], binary("add", local("mean", "f32"), local("top", "f32"))),
      store("variance", ["j"], local("square", "f32")),
    ],
    { x: f(n, h, m), mean: f(m), variance: f(m) },
  );
}

/** Everything to one number. */
export function fullSum(n: Size, m: Size, order: Order): Case {
  return kernelOf(
    "full_sum",
    [],
    [reduce([axis("i", n), axis("j", m)], order, ["sum", "sum", from("x", "i", "j")]), store("y", [], sum)],
    { x: f(n, m), y: f() },
  );
}

/** The first maximum of each row, and of each column. */
export function argmaxes(n: Size, m: Size): Case {
  return kernelOf(
    "argmaxes",
    [axis("i", n)],
    [
      reduce([axis("r", m)], lanes, ["best", "argmax", from("x", "i", "r")], ["top", "max", from("x", "i", "r")]),
      store("y", ["i"], local("best", "i32"), "i32"),
      store("z", ["i"], local("top", "f32")),
    ],
    { x: f(n, m), y: tensor("i32", n), z: f(n) },
  );
}

export function columnArgmax(n: Size, m: Size): Case {
  return kernelOf(
    "column_argmax",
    [axis("j", m)],
    [
      reduce([axis("i", n)], ascending, ["best", "argmax", from("x", "i", "j")]),
      store("y", ["j"], local("best", "i32"), "i32"),
    ],
    { x: f(n, m), y: tensor("i32", m) },
  );
}

/** Rows of a table by ids. */
export function take(n: Size, m: Size, count: number): Case {
  const id = dataIndex(load("ids", "i32", at("i")), constant(count));
  return kernelOf("take", [axis("i", n), axis("j", m)], [store("y", ["i", "j"], from("table", id, "j"))], {
    ids: tensor("i32", n),
    table: f(count, m),
    y: f(n, m),
  });
}

/** One column of each row by ids: along the rows nothing is contiguous. */
export function pick(n: Size, m: Size): Case {
  const id = dataIndex(load("ids", "i32", at("i")), dim(m));
  return kernelOf("pick", [axis("i", n)], [store("y", ["i"], binary("add", from("x", "i", id), from("b", "i")))], {
    ids: tensor("i32", n),
    x: f(n, m),
    b: f(n),
    y: f(n),
  });
}

/** The gradient of `take`: rows are added where the ids say. */
export function scatter(n: Size, m: Size, count: number): Case {
  const id = dataIndex(load("ids", "i32", at("i")), constant(count));
  return kernelOf(
    "scatter",
    [axis("j", m)],
    [
      {
        kind: "scatter",
        tensor: "y",
        dtype: "f32",
        zero: [axis("z", count)],
        zeroIndices: at("z", "j"),
        over: [axis("i", n)],
        lets: [],
        at: at(id, "j"),
        value: from("d", "i", "j"),
      },
    ],
    { ids: tensor("i32", n), d: f(n, m), y: f(count, m) },
  );
}
