/**
 * Random draws as pure functions: Threefry-2x32 with 20 rounds (Salmon et al. 2011), keyed by the seed and the place in
 * the source, counted by the element and the step. Equal attributes and inputs are the same draw.
 */
import { product } from "../dimension/dimension.ts";
import type { TensorType } from "../graph/types.ts";
import { flatten } from "../loops/index.ts";
import { randomWords } from "../loops/functions.ts";
import { binary, call, cast, f32, i32, indexScalar } from "../loops/scalar.ts";
import type { ElementType, Scalar } from "../loops/types.ts";
import { arity, dtypeOf, printType } from "./check.ts";
import { defineOp, problem, type AnyOp, type ShapeProblem } from "./define.ts";
import type { Shape } from "./emit.ts";
import { sizes } from "./samples.ts";
import { axisIndices, loadAt } from "./scalars.ts";

type RandomAttributes = {
  readonly shape: Shape;
  /** Which of the two words that each counter gives. */
  readonly word: 0 | 1;
  /** The key's second half: a hash of the path of the call. */
  readonly stream: number;
  /** In a loop: there is a third input, the step's number, by which whole draws are counted. */
  readonly repeated?: boolean;
};

interface Draw {
  readonly name: string;
  readonly summary: string;
  readonly dtype: ElementType;
  readonly fromBits: (bits: Scalar) => Scalar;
}

function draw({ name, summary, dtype, fromBits }: Draw): AnyOp {
  const scalar = (data: number) => ({ dtype: "i32" as const, shape: [], data: [data] });
  return defineOp<RandomAttributes>({
    name,
    summary,
    constraints: [
      "1. The seed and the counter are i32 scalars.",
      "2. The key is (seed, stream); the counter is (row-major position of the element, counter).",
      "3. A repeated draw has an i32 scalar more, the number of draws before it: its elements follow on theirs.",
    ],
    infer: (inputs, { shape, repeated = false }) =>
      arity(name, inputs, repeated ? 3 : 2) ??
      firstProblem(inputs.map((_, position) => i32Scalar(name, inputs, position))) ?? [{ dtype, shape }],
    gradient: "none",
    // Lowering may store the stream as an input more, so that draws of one shape are one kernel.
    loops: ({ attributes: { word, stream, repeated = false }, inputs, outputs: [{ shape }], axes: fresh }) => {
      const [seed, counter] = inputs;
      const stored = inputs.at(repeated ? 3 : 2);
      const key = stored === undefined ? i32(stream) : loadAt(stored, []);
      const axes = fresh(shape);
      const place = indexScalar(flatten(axisIndices(axes), shape));
      const element = repeated ? binary("add", binary("mul", loadAt(inputs[2], []), countOf(shape)), place) : place;
      const bits = call(randomWords[word], [loadAt(seed, []), key, element, loadAt(counter, [])]);
      return [{ kind: "map", axes, dtype, value: fromBits(bits) }];
    },
    samples: [
      { name: "row", attributes: { shape: sizes(5), word: 0, stream: 7 }, inputs: [scalar(1), scalar(0)] },
      { name: "other word", attributes: { shape: sizes(2, 3), word: 1, stream: -7 }, inputs: [scalar(1), scalar(3)] },
      { name: "scalar", attributes: { shape: [], word: 0, stream: 0 }, inputs: [scalar(-1), scalar(2)] },
      {
        name: "third of a loop",
        attributes: { shape: sizes(2, 3), word: 0, stream: 7, repeated: true },
        inputs: [scalar(1), scalar(0), scalar(2)],
      },
    ],
  });
}

function firstProblem(problems: readonly (ShapeProblem | undefined)[]): ShapeProblem | undefined {
  return problems.find((found) => found !== undefined);
}

function countOf(shape: Shape): Scalar {
  return { kind: "dimension", dimension: product(shape) };
}

function i32Scalar(op: string, inputs: readonly TensorType[], position: number): ShapeProblem | undefined {
  const type = inputs[position];
  if (type.shape.length === 0) return dtypeOf(op, inputs, position, ["i32"]);
  return problem(`${op} takes an i32 scalar, not ${printType(type)}`, [position]);
}

export const randomBits = draw({
  name: "random_bits",
  summary: "Thirty-two random bits for each element, as an i32.",
  dtype: "i32",
  fromBits: (bits) => bits,
});

export const randomUniform = draw({
  name: "random_uniform",
  summary: "A random number in [0, 1) for each element: the top 24 bits times 2⁻²⁴.",
  dtype: "f32",
  fromBits: (bits) => {
    const top = binary("shiftRightUnsigned", bits, i32(8));
    return binary("mul", cast("f32", top), f32(2 ** -24));
  },
});
