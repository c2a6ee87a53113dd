/** Built-ins that make or use whole numbers: take, pick, one_hot, eye, range; and tensor, of any. */
import { label } from "../../diagnostics/diagnostic.ts";
import { shapesDiffer, wrongElements } from "../../diagnostics/codes/shapes.ts";
import { constantValue, equal, type Dimension } from "../../dimension/dimension.ts";
import { describeType, type AxisLabel, type Evaluated, type Tensor } from "../values.ts";
import type { BuiltinCall, Rules } from "./call.ts";

function integersOf(parameter: string, call: BuiltinCall): Tensor {
  const tensor = call.tensor(parameter, "i32");
  if (tensor.type.dtype === "i32") return tensor;
  return call.frame.fail(
    wrongElements,
    { operation: `\`${call.name}\``, expected: "i32", found: describeType(tensor.type) },
    call.spanOf(parameter),
    "this",
    [],
    "convert with `i32(…)`",
  );
}

/** Notes that an input's numbers must be below `size`; the host checks what it is given. */
function noteLimit(ids: Tensor, size: Dimension, call: BuiltinCall): void {
  const name = call.entry.inputNamed(ids.value);
  const limit = constantValue(size);
  if (name === undefined || limit === undefined) return;
  const { limits } = call.frame.session;
  limits.set(name, Math.min(limit, limits.get(name) ?? limit));
}

function take(call: BuiltinCall): Evaluated {
  const [table, ids] = [call.tensor("table"), integersOf("ids", call)];
  const [size] = table.type.shape;
  if (size === undefined)
    return call.fail("a table of at least one dimension", describeType(table.type), call.spanOf("table"));
  noteLimit(ids, size, call);
  return call.frame.at(call.span, () =>
    call.entry.tensor(call.builder.one("take", [table.value, ids.value]), [...ids.labels, ...table.labels.slice(1)]),
  );
}

function pick(call: BuiltinCall): Evaluated {
  const [tensor, ids] = [call.tensor("x"), integersOf("ids", call)];
  const shape = tensor.type.shape.slice(0, -1);
  const fits =
    tensor.type.shape.length > 0 &&
    shape.length === ids.type.shape.length &&
    shape.every((size, axis) => equal(size, ids.type.shape[axis]));
  if (!fits) {
    call.frame.fail(
      shapesDiffer,
      { operation: "`pick`", left: describeType(tensor.type), right: describeType(ids.type) },
      call.span,
      "one number for each row",
      [
        label(call.spanOf("x"), `this is ${describeType(tensor.type)}`),
        label(call.spanOf("ids"), `this is ${describeType(ids.type)}`),
      ],
    );
  }
  noteLimit(ids, tensor.type.shape[shape.length], call);
  return call.frame.at(call.span, () =>
    call.entry.tensor(call.builder.one("pick", [tensor.value, ids.value]), tensor.labels.slice(0, -1)),
  );
}

function bareName(parameter: string, call: BuiltinCall): AxisLabel {
  const expression = call.expression(parameter);
  return expression?.kind === "name" ? expression.text : undefined;
}

function oneHot(call: BuiltinCall): Evaluated {
  const [ids, count] = [integersOf("ids", call), call.dimension("n")];
  noteLimit(ids, count, call);
  const shape = [...ids.type.shape, count];
  return call.frame.at(call.span, () => {
    const { builder } = call;
    const wide = builder.one("broadcast", [ids.value], { shape, axes: ids.type.shape.map((_, axis) => axis) });
    const hit = builder.one("equal", [wide, builder.one("iota", [], { shape, axis: shape.length - 1 })]);
    return call.entry.tensor(builder.one("cast", [hit], { dtype: "f32" }), [...ids.labels, bareName("n", call)]);
  });
}

function eye(call: BuiltinCall): Evaluated {
  const count = call.dimension("n");
  const shape = [count, count];
  const name = bareName("n", call);
  return call.frame.at(call.span, () => {
    const { builder } = call;
    const [row, column] = [0, 1].map((axis) => builder.one("iota", [], { shape, axis }));
    return call.entry.tensor(builder.one("cast", [builder.one("equal", [row, column])], { dtype: "f32" }), [
      name,
      name,
    ]);
  });
}

function range(call: BuiltinCall): Evaluated {
  const count = call.dimension("n");
  return call.frame.at(call.span, () =>
    call.entry.tensor(call.builder.one("iota", [], { shape: [count], axis: 0 }), [bareName("n", call)]),
  );
}

function tensor(call: BuiltinCall): Evaluated {
  return call.frame.at(call.span, () => call.tensor("numbers"));
}

export const indexRules = {
  take,
  pick,
  one_hot: oneHot,
  eye,
  range,
  tensor,
} satisfies Rules;
