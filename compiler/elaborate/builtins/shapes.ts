/** Built-ins that move elements and leave them as they are: reshape, transpose, broadcast, concat, stack, pad, reverse. */
import { label } from "../../diagnostics/diagnostic.ts";
import { concatMismatch, reshapeCount, reshapeInferred } from "../../diagnostics/codes/shapes.ts";
import { add, constant, equal, isConstant, printShape, product, type Dimension } from "../../dimension/dimension.ts";
import { divideUnder, equalUnder } from "../../dimension/facts.ts";
import { reshape, transpose } from "../../ops/emit.ts";
import { elementOf } from "../number-range.ts";
import { isWhole } from "../rational.ts";
import { broadcastTensor, toTensor, type Operand } from "../tensors.ts";
import { asDimension, describeType, describeValue, type Evaluated, type Tensor } from "../values.ts";
import { axesAt, axisAt } from "./axes.ts";
import type { BuiltinCall, Rules } from "./call.ts";

function reshapeTo(call: BuiltinCall): Evaluated {
  const tensor = call.tensor("x");
  const { shape: written, labels, inferred } = call.shape("shape");
  const total = product(tensor.type.shape);
  const shape = inferred === undefined ? written : fillIn(written, inferred, total, tensor, call);
  const wanted = product(shape);
  if (!equalUnder(call.entry.facts, total, wanted)) {
    call.frame.fail(
      reshapeCount,
      { from: describeType(tensor.type), to: printShape(shape), elements: total.key, wanted: wanted.key },
      call.spanOf("shape"),
      `this has ${wanted.key} elements`,
      [label(call.spanOf("x"), `this is ${describeType(tensor.type)}`)],
    );
  }
  return call.frame.at(call.span, () => call.entry.tensor(reshape(call.builder, tensor.value, shape), labels));
}

function fillIn(
  shape: readonly Dimension[],
  inferred: number,
  total: Dimension,
  tensor: Tensor,
  call: BuiltinCall,
): readonly Dimension[] {
  const others = shape.filter((_, axis) => axis !== inferred);
  if (others.some(({ key }) => key === "-1")) {
    call.frame.fail(reshapeInferred, { problem: "it stands twice" }, call.spanOf("shape"), "one -1 at most");
  }
  const known = product(others);
  const rest = divideUnder(call.entry.facts, total, known);
  if (rest === undefined) {
    call.frame.fail(
      reshapeInferred,
      { problem: `${total.key} is no multiple of ${known.key}` },
      call.spanOf("shape"),
      "what remains is no whole number",
      [label(call.spanOf("x"), `this is ${describeType(tensor.type)}`)],
    );
  }
  return shape.map((size, axis) => (axis === inferred ? rest : size));
}

function reorder(call: BuiltinCall): Evaluated {
  const tensor = call.tensor("x");
  const rank = tensor.type.shape.length;
  const order = call.integers("order").map((axis) => (axis < 0 ? axis + rank : axis));
  const fits = order.length === rank && tensor.type.shape.every((_, axis) => order.includes(axis));
  if (!fits) call.fail(`each of ${rank} axes once`, `[${order.join(", ")}]`, call.spanOf("order"));
  return call.frame.at(call.span, () =>
    call.entry.tensor(
      transpose(call.builder, tensor.value, order),
      order.map((axis) => tensor.labels[axis]),
    ),
  );
}

function broadcast(call: BuiltinCall): Evaluated {
  const { shape, labels } = call.shape("shape");
  return call.frame.at(call.span, () => broadcastTensor(call.operand("x"), shape, labels, call.frame));
}

function tensorsOf(call: BuiltinCall): readonly { readonly tensor: Tensor; readonly span: Operand["span"] }[] {
  const expression = call.expression("tensors");
  const { value, span } = call.operand("tensors");
  if (value.kind !== "list" || value.items.length === 0)
    return call.fail("a list of tensors", describeValue(value), span, `\`${call.name}([a, b], axis: -1)\``);
  return value.items.map((item, index) => {
    const at = expression?.kind === "list" ? expression.items[index].span : span;
    return { tensor: toTensor({ value: item, span: at }, call.frame), span: at };
  });
}

function concat(call: BuiltinCall): Evaluated {
  const parts = tensorsOf(call);
  const [{ tensor: first }] = parts;
  const axis = axisAt("axis", first.type.shape.length, describeType(first.type), call);
  return call.frame.at(call.span, () => joined(parts, axis, call));
}

function joined(parts: ReturnType<typeof tensorsOf>, axis: number, call: BuiltinCall): Tensor {
  const [{ tensor: first, span }] = parts;
  for (const { tensor, span: at } of parts) {
    const fits =
      tensor.type.dtype === first.type.dtype &&
      tensor.type.shape.length === first.type.shape.length &&
      tensor.type.shape.every((size, other) => other === axis || equal(size, first.type.shape[other]));
    if (fits) continue;
    call.frame.fail(
      concatMismatch,
      { operation: `\`${call.name}\``, first: describeType(first.type), other: describeType(tensor.type) },
      at,
      `this is ${describeType(tensor.type)}`,
      [label(span, `this is ${describeType(first.type)}`)],
    );
  }
  if (parts.length === 1) return first;
  const labels = first.labels.map((name, at) =>
    at !== axis && parts.every(({ tensor }) => tensor.labels[at] === name) ? name : undefined,
  );
  return call.entry.tensor(
    call.builder.one(
      "concat",
      parts.map(({ tensor }) => tensor.value),
      { axis },
    ),
    labels,
  );
}

function stack(call: BuiltinCall): Evaluated {
  const parts = tensorsOf(call);
  const rank = parts[0].tensor.type.shape.length + 1;
  const axis = axisAt("axis", rank, `a stack of ${describeType(parts[0].tensor.type)}`, call);
  const widen = <Item>(list: readonly Item[], item: Item): readonly Item[] => [
    ...list.slice(0, axis),
    item,
    ...list.slice(axis),
  ];
  return call.frame.at(call.span, () => {
    const raised = parts.map(({ tensor, span }) => {
      const value = reshape(call.builder, tensor.value, widen(tensor.type.shape, constant(1)));
      return { tensor: call.entry.tensor(value, widen(tensor.labels, undefined)), span };
    });
    return joined(raised, axis, call);
  });
}

function pad(call: BuiltinCall): Evaluated {
  const tensor = call.tensor("x");
  const { value: margins, span } = call.operand("margins", { whole: true });
  const pairs =
    margins.kind === "list"
      ? margins.items.map((item) => (item.kind === "list" ? item.items.map(asDimension) : []))
      : [];
  const fits =
    pairs.length === tensor.type.shape.length &&
    pairs.every((pair) => pair.length === 2 && pair.every((size) => size !== undefined && !size.key.startsWith("-")));
  if (!fits)
    return call.fail(
      `[before, after], both at least 0, for each of ${tensor.type.shape.length} axes`,
      describeValue(margins),
      span,
    );
  const value = call.has("value") ? paddingOf(tensor, call) : 0;
  const side = (at: number): readonly Dimension[] => pairs.map((pair) => pair[at] ?? constant(0));
  const [low, high] = [side(0), side(1)];
  const labels = tensor.labels.map((name, axis) => (isConstant(add(low[axis], high[axis]), 0) ? name : undefined));
  return call.frame.at(call.span, () =>
    call.entry.tensor(call.builder.one("pad", [tensor.value], { low, high, value }), labels),
  );
}

/** What stands in the margins: a number of the tensor's type. */
function paddingOf({ type: { dtype } }: Tensor, call: BuiltinCall): number {
  const { value, span } = call.operand("value");
  const fits = value.kind === "number" && dtype !== "bool" && (dtype === "f32" || isWhole(value.value));
  if (fits) return elementOf(value.value, dtype, span, call.frame);
  return call.fail(`a number for the elements of ${dtype} as \`value\``, describeValue(value), span);
}

function reverse(call: BuiltinCall): Evaluated {
  const tensor = call.tensor("x");
  const axes = axesAt("axis", tensor, call);
  return call.frame.at(call.span, () => ({ ...tensor, value: call.builder.one("reverse", [tensor.value], { axes }) }));
}

export const shapeRules = {
  reshape: reshapeTo,
  transpose: reorder,
  broadcast,
  concat,
  stack,
  pad,
  reverse,
} satisfies Rules;
