/** Scans by hand, as samples: bodies over slices, carries and captures, each with a scalar that is differentiated. */
import { constant } from "../../compiler/dimension/dimension.ts";
import type { GraphBuilder } from "../../compiler/graph/builder.ts";
import { given, scan, type Scanned } from "../../compiler/graph/region.ts";
import type { Value } from "../../compiler/graph/types.ts";
import { broadcastTo, transpose } from "../../compiler/ops/emit.ts";

export interface ScanSample {
  readonly name: string;
  /** The names and shapes of the inputs; all are differentiated. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** A tensor of the inputs. */
  readonly build: (builder: GraphBuilder, inputs: Readonly<Record<string, Value>>) => Value;
}

interface Options {
  readonly reversed?: boolean;
  readonly recompute?: boolean;
}

const steps = 4;

function scanOf(
  builder: GraphBuilder,
  sliced: readonly Value[],
  first: readonly Value[],
  body: (slices: readonly Value[], carries: readonly Value[]) => { emits: readonly Value[]; next: readonly Value[] },
  { reversed = false, recompute = false }: Options = {},
  length = steps,
): Scanned {
  const sliceType = (value: Value) => {
    const { dtype, shape } = builder.typeOf(value);
    return { dtype, shape: shape.slice(1) };
  };
  const slices = sliced.map((value) => given(builder, "slice", sliceType(value)));
  const carries = first.map((value) => given(builder, "carry", builder.typeOf(value)));
  const { emits, next } = body(slices, carries);
  return scan(builder, {
    length: constant(length),
    reversed,
    recompute,
    sliced: sliced.map((value, n) => ({ value, given: slices[n] })),
    carried: first.map((value, n) => ({ value, given: carries[n], next: next[n] })),
    emits,
  });
}

function matmul(builder: GraphBuilder, a: Value, b: Value): Value {
  return builder.one("contract", [a, b], { left: [0, 1], right: [1, 2], output: [0, 2] });
}

/** h' = tanh(x @ w + h @ u + b). */
function recurrent(
  builder: GraphBuilder,
  { x, h, w, u, b }: Readonly<Record<string, Value>>,
  options: Options,
): Scanned {
  return scanOf(
    builder,
    [x],
    [h],
    ([part], [carry]) => {
      const products = builder.one("add", [matmul(builder, part, w), matmul(builder, carry, u)]);
      const next = builder.one("tanh", [
        builder.one("add", [products, broadcastTo(builder, b, builder.typeOf(products).shape)]),
      ]);
      return { emits: [next], next: [next] };
    },
    options,
  );
}

const recurrentInputs = { x: [steps, 2, 3], h: [2, 3], w: [3, 3], u: [3, 3], b: [3] };

/** s' = s · (1 + x), of which every step is kept, the old and the new. */
function products(builder: GraphBuilder, x: Value, s: Value, options: Options): Scanned {
  return scanOf(
    builder,
    [x],
    [s],
    ([part], [carry]) => {
      const next = builder.one("mul", [
        carry,
        builder.one("add", [part, broadcastTo(builder, builder.constant(1), builder.typeOf(part).shape)]),
      ]);
      return { emits: [carry, next], next: [next] };
    },
    options,
  );
}

export const scanSamples: readonly ScanSample[] = [
  ...[{}, { reversed: true }, { recompute: true }, { reversed: true, recompute: true }].flatMap(
    (options): readonly ScanSample[] => {
      const told = Object.keys(options).join(", ");
      const suffix = told === "" ? "" : `, ${told}`;
      return [
        {
          name: `all states${suffix}`,
          inputs: recurrentInputs,
          build: (builder, inputs) => recurrent(builder, inputs, options).emits[0],
        },
        {
          name: `the last state${suffix}`,
          inputs: recurrentInputs,
          build: (builder, inputs) => recurrent(builder, inputs, options).last[0],
        },
        {
          name: `running products, old and new${suffix}`,
          inputs: { x: [steps, 3], s: [3] },
          build: (builder, { x, s }) => {
            const { emits, last } = products(builder, x, s, options);
            const ends = broadcastTo(builder, last[0], builder.typeOf(emits[0]).shape);
            return builder.one("add", [builder.one("mul", emits), ends]);
          },
        },
      ];
    },
  ),
  {
    name: "what all steps share, element by element",
    inputs: { x: [steps, 3], a: [3] },
    build: (builder, { x, a }) =>
      scanOf(builder, [x], [x, a].slice(1), ([part], [carry]) => {
        const next = builder.one("sin", [builder.one("mul", [builder.one("add", [part, carry]), a])]);
        return { emits: [], next: [next] };
      }).last[0],
  },
  {
    name: "whole numbers beside what they come of",
    inputs: { x: [steps, 3], h: [3] },
    build: (builder, { x, h }) => {
      const { emits } = scanOf(builder, [x], [h], ([part], [carry]) => {
        const next = builder.one("sin", [builder.one("add", [part, carry])]);
        return { emits: [builder.one("cast", [builder.one("exp", [part])], { dtype: "i32" }), next], next: [next] };
      });
      return builder.one("mul", [builder.one("cast", [emits[0]], { dtype: "f32" }), emits[1]]);
    },
  },
  {
    name: "one parameter at two places",
    inputs: { x: [steps, 2, 3], h: [2, 3], w: [3, 3] },
    build: (builder, { x, h, w }) =>
      scanOf(builder, [x], [h], ([part], [carry]) => {
        const sum = builder.one("add", [
          matmul(builder, part, w),
          matmul(builder, carry, transpose(builder, w, [1, 0])),
        ]);
        const next = builder.one("tanh", [sum]);
        return { emits: [next], next: [next] };
      }).emits[0],
  },
  {
    name: "two carries that cross",
    inputs: { x: [steps, 3], p: [3], q: [3] },
    build: (builder, { x, p, q }) => {
      const { emits, last } = scanOf(builder, [x], [p, q], ([part], [a, b]) => {
        const next = [builder.one("mul", [b, part]), builder.one("sin", [builder.one("add", [a, part])])];
        return { emits: [builder.one("mul", [a, b])], next };
      });
      return builder.one("mul", [
        emits[0],
        broadcastTo(builder, builder.one("add", [last[0], last[1]]), builder.typeOf(emits[0]).shape),
      ]);
    },
  },
  {
    name: "a map without carries",
    inputs: { x: [steps, 3], a: [3] },
    build: (builder, { x, a }) =>
      scanOf(builder, [x], [], ([part]) => ({ emits: [builder.one("exp", [builder.one("mul", [part, a])])], next: [] }))
        .emits[0],
  },
  {
    name: "a scan in a scan",
    inputs: { x: [steps, 3, 2], s: [2], a: [2] },
    build: (builder, { x, s, a }) =>
      scanOf(builder, [x], [s], ([rows], [outer]) => {
        const inner = scanOf(
          builder,
          [rows],
          [outer],
          ([part], [carry]) => {
            const next = builder.one("sin", [
              builder.one("add", [builder.one("mul", [carry, a]), builder.one("mul", [part, outer])]),
            ]);
            return { emits: [next], next: [next] };
          },
          { reversed: true },
          3,
        );
        return { emits: [builder.one("sum", [inner.emits[0]], { axes: [0] })], next: [inner.last[0]] };
      }).emits[0],
  },
];
