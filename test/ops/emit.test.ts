/** The small programs that gradients and the elaborator share: what they make, and that an identity makes nothing. */
import { describe, expect, test } from "vitest";
import { constant, printShape, symbol } from "../../compiler/dimension/dimension.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { axisFromFront, axisToFront, dimensionValue, spread, type Shape } from "../../compiler/ops/emit.ts";

const N = symbol("N");
const shape: Shape = [N, constant(3), constant(4), constant(5)];

function given(sizes: Shape) {
  const builder = new GraphBuilder();
  return { builder, x: builder.one("input", [], { name: "x", role: "input", dtype: "f32", shape: sizes }) };
}

describe("an axis comes to the front and goes back", () => {
  test.each([
    [1, "[3, N, 4, 5]", [1, 0, 2, 3], [1, 0, 2, 3]],
    [2, "[4, N, 3, 5]", [2, 0, 1, 3], [1, 2, 0, 3]],
    [3, "[5, N, 3, 4]", [3, 0, 1, 2], [1, 2, 3, 0]],
  ])("axis %i", (axis, moved, there, back) => {
    const { builder, x } = given(shape);
    const front = axisToFront(builder, x, axis);
    const again = axisFromFront(builder, front, axis);
    expect([front, again].map((value) => printShape(builder.typeOf(value).shape))).toEqual([moved, printShape(shape)]);
    const transposed = builder.finish([{ name: "y", role: "result", value: again }]).nodes.slice(1);
    expect(transposed.map(({ op, attributes }) => [op, attributes])).toEqual([
      ["transpose", { permutation: there }],
      ["transpose", { permutation: back }],
    ]);
  });

  test("the first is there", () => {
    const { builder, x } = given(shape);
    expect([axisToFront(builder, x, 0), axisFromFront(builder, x, 0)]).toEqual([x, x]);
  });
});

describe("a reduction's result is repeated", () => {
  test("along the axes that were reduced", () => {
    const { builder, x } = given([N, constant(4)]);
    const { nodes } = builder.finish([{ name: "y", role: "result", value: spread(builder, x, shape, [1, 3]) }]);
    expect(nodes.slice(1).map(({ op, attributes }) => [op, attributes])).toEqual([
      ["broadcast", { shape, axes: [0, 2] }],
    ]);
  });

  test("not at all where none was", () => {
    const { builder, x } = given(shape);
    expect(spread(builder, x, shape, [])).toEqual(x);
  });
});

test("a dimension's value is a constant where it is known", () => {
  const builder = new GraphBuilder();
  const ops = [constant(3), N].map((size) => dimensionValue(builder, size));
  const outputs = ops.map((value, at) => ({ name: `y${at}`, role: "result", value }) as const);
  const made = builder.finish(outputs).nodes.map(({ op, attributes }) => [op, attributes]);
  expect(made).toEqual([
    ["constant", { value: 3, dtype: "i32" }],
    ["dimension", { dimension: N }],
  ]);
});
