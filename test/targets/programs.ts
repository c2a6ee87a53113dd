/** Programs written by hand for the targets' tests: short constructors, and the programs that several tests share. */
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import type { Dimension } from "../../compiler/dimension/dimension.ts";
import { addIndex, axisIndex, constantIndex, scaleIndex } from "../../compiler/loops/index.ts";
import type { BinaryOperator, Comparison, ElementType, Index, UnaryOperator } from "../../compiler/loops/types.ts";
import type {
  Expression,
  KernelParameter,
  Program,
  ProgramBuffer,
  ScheduledKernel,
  Statement,
  ValueType,
} from "../../compiler/program/types.ts";

export const N = symbol("N");

/** Σ coefficient·axis + constant: `at({ i: 64, k: 1 }, 3)`. */
export function at(terms: Readonly<Record<string, number | Dimension>>, rest = 0): Index {
  return Object.entries(terms).reduce(
    (sum, [axis, by]) => addIndex(sum, scaleIndex(axisIndex(axis), by)),
    constantIndex(rest),
  );
}

export function typeOf(dtype: ElementType, lanes: 1 | 4 = 1): ValueType {
  return { dtype, lanes };
}

export function literal(value: number, dtype: ElementType = "f32", lanes: 1 | 4 = 1): Expression {
  return { kind: "constant", type: typeOf(dtype, lanes), value };
}

export function variable(name: string, dtype: ElementType = "f32", lanes: 1 | 4 = 1): Expression {
  return { kind: "variable", name, type: typeOf(dtype, lanes) };
}

export function load(buffer: string, address: Index, dtype: ElementType = "f32", lanes: 1 | 4 = 1): Expression {
  return { kind: "load", buffer, address, type: typeOf(dtype, lanes) };
}

export function splat(value: Expression): Expression {
  return { kind: "splat", value, type: typeOf(value.type.dtype, 4) };
}

export function unary(operator: UnaryOperator, value: Expression, dtype: ElementType = value.type.dtype): Expression {
  return { kind: "unary", operator, value, type: { dtype, lanes: value.type.lanes } };
}

export function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  return { kind: "binary", operator, left, right, type: left.type };
}

export function compare(operator: Comparison, left: Expression, right: Expression): Expression {
  return { kind: "compare", operator, left, right, type: { dtype: "bool", lanes: left.type.lanes } };
}

export function select(condition: Expression, whenTrue: Expression, otherwise: Expression): Expression {
  return { kind: "select", condition, whenTrue, otherwise, type: whenTrue.type };
}

export function cast(dtype: ElementType, value: Expression): Expression {
  return { kind: "cast", value, type: { dtype, lanes: value.type.lanes } };
}

export function define(name: string, value: Expression, mutable = false): Statement {
  return { kind: "define", name, type: value.type, mutable, value };
}

export function assign(name: string, value: Expression): Statement {
  return { kind: "assign", name, value };
}

export function store(buffer: string, address: Index, value: Expression): Statement {
  return { kind: "store", buffer, address, value };
}

interface LoopOptions {
  readonly from?: Index;
  readonly step?: number;
  readonly role?: "serial" | "parallel";
}

export function loop(
  name: string,
  to: Index | number | Dimension,
  body: readonly Statement[],
  options: LoopOptions = {},
): Statement {
  const { from = constantIndex(0), step = 1, role = "serial" } = options;
  const end = typeof to === "object" && "terms" in to ? to : constantIndex(to);
  return { kind: "for", variable: name, from, to: end, step, role, body };
}

export function parameter(
  name: string,
  access: KernelParameter["access"],
  dtype: ElementType = "f32",
): KernelParameter {
  return { name, dtype, access };
}

const noCost = { flops: constant(0), arithmetic: constant(0), bytesRead: constant(0), bytesWritten: constant(0) };

export function kernelOf(
  name: string,
  parameters: readonly KernelParameter[],
  body: readonly Statement[],
  rest: Partial<ScheduledKernel> = {},
): ScheduledKernel {
  return { name, parameters, dims: [], arrays: [], body, origins: [], cost: noCost, ...rest };
}

export interface BufferSize {
  readonly name: string;
  readonly dtype?: ElementType;
  readonly elements: number;
}

/** Buffers one after the other, each at a multiple of 64 bytes. */
export function layOut(sizes: readonly BufferSize[]): {
  readonly buffers: readonly ProgramBuffer[];
  readonly arenaBytes: number;
} {
  let offset = 0;
  const buffers = sizes.map(({ name, dtype = "f32", elements }): ProgramBuffer => {
    const buffer = {
      name,
      role: "result",
      dtype,
      shape: [constant(elements)],
      offset,
      bytes: 4 * elements,
    } as const;
    offset += Math.ceil((4 * elements) / 64) * 64;
    return buffer;
  });
  return { buffers, arenaBytes: offset };
}

/** A program of one kernel and one entry, `run`, that calls it on buffers of its parameters' names. */
export function programOf(
  kernel: ScheduledKernel,
  sizes: Readonly<Record<string, number>>,
  rest: Partial<Program> = {},
): Program {
  const { buffers, arenaBytes } = layOut(
    kernel.parameters.map(({ name, dtype }) => ({ name, dtype, elements: sizes[name] })),
  );
  return {
    version: 1,
    name: "hand",
    dims: kernel.dims.map((name) => ({ name, bound: 64 })),
    buffers,
    arenaBytes,
    functions: [],
    kernels: [kernel],
    entries: [
      {
        name: "run",
        inputs: [],
        results: [],
        dims: kernel.dims,
        steps: [{ kind: "call", kernel: 0, buffers: kernel.parameters.map((_, n) => n) }],
      },
    ],
    host: { language: "1", models: [], requirements: [] },
    ...rest,
  };
}

/** `y[i, j] = max(0, Σ k: x[i, k]·w[k, j] + b[j])` in tiles of 4×4 (lanes 1) or 4×12 (lanes 4), without remainders. */
export function tiledMatmul(
  rows: number | Dimension,
  columns: number,
  depth: number,
  lanes: 1 | 4,
  open: readonly string[] = [],
): ScheduledKernel {
  const tile = lanes === 1 ? [0, 1, 2, 3] : [0, 4, 8];
  const width = lanes === 1 ? 4 : 12;
  const unroll = depth % 2 === 0 && lanes === 4 ? 2 : 1;
  const spread = (value: Expression): Expression => (lanes === 1 ? value : splat(value));
  const each = (fn: (r: number, c: number) => Statement): readonly Statement[] =>
    [0, 1, 2, 3].flatMap((r) => tile.map((c) => fn(r, c)));
  const step = (u: number): readonly Statement[] => [
    ...tile.map((c) => define(`w${u}_${c}`, load("w", at({ k: columns, j: 1 }, u * columns + c), "f32", lanes))),
    ...[0, 1, 2, 3].flatMap((r) => [
      define(`x${u}_${r}`, spread(load("x", at({ i: depth, k: 1 }, r * depth + u)))),
      ...tile.map((c) =>
        assign(
          `sum${r}_${c}`,
          binary(
            "add",
            variable(`sum${r}_${c}`, "f32", lanes),
            binary("mul", variable(`x${u}_${r}`, "f32", lanes), variable(`w${u}_${c}`, "f32", lanes)),
          ),
        ),
      ),
    ]),
  ];
  const inner = [
    ...each((r, c) => define(`sum${r}_${c}`, literal(0, "f32", lanes), true)),
    loop("k", depth, Array.from({ length: unroll }, (_, u) => step(u)).flat(), { step: unroll }),
    ...each((r, c) => {
      const sum = binary("add", variable(`sum${r}_${c}`, "f32", lanes), load("b", at({ j: 1 }, c), "f32", lanes));
      return store("y", at({ i: columns, j: 1 }, r * columns + c), binary("maximum", sum, literal(0, "f32", lanes)));
    }),
  ];
  const body = [loop("i", rows, [loop("j", columns, inner, { step: width })], { step: 4, role: "parallel" })];
  const parameters = [parameter("x", "read"), parameter("w", "read"), parameter("b", "read"), parameter("y", "write")];
  return kernelOf("dense_relu", parameters, body, { dims: open });
}
