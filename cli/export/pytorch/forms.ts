/**
 * What PyTorch has a name for: several primitives that are written as one function. Each computes the same, with the same gradient where it has
 * one, and gives other last bits at most.
 */
import { constantValue, product, type Dimension } from "../../../compiler/dimension/dimension.ts";
import { dimensionOf, numbersOf } from "../../../compiler/graph/attributes.ts";
import type { GraphNode, TensorType, Value } from "../../../compiler/graph/types.ts";
import { axesCode, axisCode } from "./operations.ts";
import type { Call } from "./call.ts";
import { pattern, type Match, type NodeOf } from "./pattern.ts";
import { level, numberCode, tensorText, type Text } from "./python.ts";

/** How a node is written: over these values, as this text. */
export interface Form {
  readonly operands: readonly Value[];
  readonly write: (call: Call) => Text;
}

type Recognise = (node: GraphNode, root: Value, nodeOf: NodeOf) => Form | undefined;

/** A form over `$x`; undefined where a condition on what was found does not hold. */
function form(text: string, write: (call: Call, match: Match) => string | Text, holds = always): Recognise {
  const match = pattern(text);
  return (_, root, nodeOf) => {
    const found = match(root, nodeOf);
    const x = found?.values.get("x");
    if (found === undefined || x === undefined || !holds(found, nodeOf)) return undefined;
    return {
      operands: [x],
      write: (call) => {
        const written = write(call, found);
        return typeof written === "string" ? tensorText(written) : written;
      },
    };
  };
}

const always = (_found: Match, _nodeOf: NodeOf): boolean => true;

/** Of the shape of the operand, which must have it: its broadcast is part of the form. */
function elementwise(name: string): (call: Call) => Text {
  return (call) => tensorText(`${name}(${call.whole(0, 0)})`);
}

/** The sum runs over the axes of the greatest, and what both are is one axis that stays. */
function alongOne({ values }: Match, nodeOf: NodeOf): boolean {
  const [x, most, sum, kept] = ["x", "m", "s", "k"].map((name) => values.get(name));
  if (x === undefined || most === undefined || sum === undefined || kept === undefined) return false;
  const [greatest, summed] = [nodeOf(most), nodeOf(sum)].map(({ attributes }) => numbersOf(attributes, "axes"));
  return greatest.length === 1 && summed.length === 1 && greatest[0] === summed[0] && keepsAxes(nodeOf(kept), nodeOf);
}

/** Whether a reshape puts an axis of size 1 in the place of each that a reduction took. */
export function keepsAxes(node: GraphNode, nodeOf: NodeOf): boolean {
  const reduced = nodeOf(node.inputs[0]);
  const [before] = reduced.inputs.map((value) => typeOf(value, nodeOf));
  if (before === undefined || reduced.attributes["axes"] === undefined) return false;
  const axes = numbersOf(reduced.attributes, "axes");
  const wanted = before.shape.map((size, axis) => (axes.includes(axis) ? "1" : size.key));
  const { shape } = node.outputs[0];
  return shape.length === wanted.length && shape.every(({ key }, axis) => key === wanted[axis]);
}

function typeOf(value: Value, nodeOf: NodeOf): TensorType {
  return nodeOf(value).outputs[value.output];
}

function soft(name: string): (call: Call, match: Match) => string {
  return (call) => {
    const rank = call.operands[0].type.shape.length;
    return `torch.${name}(${call.whole(0, 0)}, ${axisCode(rank - 1, rank)})`;
  };
}

/** The softmax functions run along the last axis. */
function alongLast(found: Match, nodeOf: NodeOf): boolean {
  const [x, sum] = ["x", "s"].map((name) => found.values.get(name));
  if (x === undefined || sum === undefined || !alongOne(found, nodeOf)) return false;
  return numbersOf(nodeOf(sum).attributes, "axes")[0] === typeOf(x, nodeOf).shape.length - 1;
}

const shifted = "(sub $x (stop_gradient $k=(reshape $m=(max $x))))";

/** A mean: a sum divided by how many there are. */
const mean: Recognise = (node, _, nodeOf) => {
  if (node.op !== "div") return undefined;
  const [total, count] = node.inputs;
  const summed = nodeOf(total);
  if (summed.op !== "sum") return undefined;
  const axes = numbersOf(summed.attributes, "axes");
  const [x] = summed.inputs;
  const { shape } = typeOf(x, nodeOf);
  if (axes.length === 0 || !isCount(count, product(axes.map((axis) => shape[axis])), nodeOf)) return undefined;
  return {
    operands: [x],
    write: (call) =>
      tensorText(`${call.whole(0)}.mean(${axes.length === shape.length ? "" : axesCode(axes, shape.length)})`),
  };
};

function isCount(value: Value, count: Dimension, nodeOf: NodeOf): boolean {
  let node = nodeOf(value);
  while (node.op === "broadcast" || node.op === "cast") node = nodeOf(node.inputs[0]);
  if (node.op === "dimension") return dimensionOf(node.attributes, "dimension").key === count.key;
  return node.op === "constant" && node.attributes["value"] === constantValue(count);
}

const reductions: Readonly<Record<string, string>> = { sum: "sum", max: "amax", min: "amin" };

/** A reduction, or a mean, that keeps its axes. */
const kept: Recognise = (node, _, nodeOf) => {
  if (node.op !== "reshape") return undefined;
  const inner = nodeOf(node.inputs[0]);
  const averaged = inner.op === "div" ? mean(inner, node.inputs[0], nodeOf) : undefined;
  const summed = averaged === undefined ? inner : nodeOf(inner.inputs[0]);
  const name = averaged === undefined ? reductions[summed.op] : "mean";
  if (name === undefined || summed.attributes["axes"] === undefined) return undefined;
  const [x] = summed.inputs;
  const axes = numbersOf(summed.attributes, "axes");
  const { dtype, shape } = typeOf(x, nodeOf);
  const wanted = shape.map((size, axis) => (axes.includes(axis) ? "1" : size.key)).join();
  if (axes.length === 0 || dtype !== "f32" || node.outputs[0].shape.map(({ key }) => key).join() !== wanted)
    return undefined;
  return {
    operands: [x],
    write: (call) => {
      if (name !== "amax" && name !== "amin")
        return tensorText(`${call.whole(0)}.${name}(${axesCode(axes, shape.length)}, keepdim=True)`);
      // Of several that are greatest the first has the gradient, which \`amax\` shares out.
      const method = name.slice(1);
      return axes.length === 1
        ? tensorText(`${call.whole(0)}.${method}(${axisCode(axes[0], shape.length)}, keepdim=True).values`)
        : tensorText(`${call.whole(0)}.${name}(${axesCode(axes, shape.length)}, keepdim=True)`);
    },
  };
};

/** The maximum over 2 × 2 windows and the like that pads nothing, or evenly. */
const pooled: Recognise = (node, _, nodeOf) => {
  const { op, attributes, inputs } = node;
  if (op !== "window_max") return undefined;
  const sizes = (name: string): readonly (number | undefined)[] => {
    const list = attributes[name];
    return Array.isArray(list) ? list.map((one) => constantValue(one as Dimension)) : [];
  };
  const [window, low, size] = [sizes("window"), sizes("low"), sizes("size")];
  const stride = numbersOf(attributes, "stride");
  const extents = typeOf(inputs[0], nodeOf).shape.slice(1, -1).map(constantValue);
  const fits = extents.every((extent, axis) => {
    const [taps, pad, count] = [window[axis], low[axis], size[axis]];
    if (extent === undefined || taps === undefined || pad === undefined || count === undefined) return false;
    return pad === 0 && Math.floor((extent - taps) / stride[axis]) + 1 === count;
  });
  if (!fits || window.length > 3) return undefined;
  const isSame = window.every((taps, axis) => taps === window[0] && stride[axis] === window[0]);
  const given = isSame ? String(window[0]) : `(${window.join(", ")}), (${stride.join(", ")})`;
  return {
    operands: [inputs[0]],
    write: (call) =>
      tensorText(`F.max_pool${window.length}d(${call.whole(0)}.movedim(-1, 1), ${given}).movedim(1, -1)`),
  };
};

/** What is raised to a whole power. */
const square = form("(mul $x $x)", (call) =>
  tensorText(`${call.tensor(0, level.power + 1)} ** 2`, level.power, call.operands[0].text.whole),
);

const forms: Readonly<Record<string, readonly Recognise[]>> = {
  select: [
    form("(select (lessEqual $x 0) 0 $x)", elementwise("F.relu")),
    form(
      "(select (lessEqual $x 0) (mul #s $x) $x)",
      (call, { numbers }) => `F.leaky_relu(${call.whole(0, 0)}, ${numberCode(numbers.get("s") ?? 0, "f32")})`,
    ),
  ],
  div: [
    form("(div (select $n=(less $x 0) $e=(exp (select $n $x (neg $x))) 1) (add 1 $e))", elementwise("torch.sigmoid")),
    form(`(div $e=(exp ${shifted}) (reshape $s=(sum $e)))`, soft("softmax"), alongLast),
    mean,
  ],
  sub: [
    form(`(sub $d=${shifted} (log (reshape $s=(sum (exp $d)))))`, soft("log_softmax"), alongLast),
    form(
      "(sub (select $n=(less $x 0) 0 $x) (mul (mul 0.5 $t=(select (less $a=(select $n (neg $x) $x) 20) $a 20)) (erfc (mul $t 0.7071067811865476))))",
      elementwise("F.gelu"),
    ),
    form(
      "(sub (select $n=(less $x 0) 0 $x) (mul $t=(select (less $a=(select $n (neg $x) $x) 120) $a 120) (div $e=(exp (neg $t)) (add 1 $e))))",
      elementwise("F.silu"),
    ),
  ],
  add: [form("(add (maximum $x 0) (log1p (exp (neg (abs $x)))))", elementwise("F.softplus"))],
  mul: [square],
  reshape: [kept],
  window_max: [pooled],
};

/** What a node is part of, if PyTorch has a name for it. */
export function formOf(node: GraphNode, nodeOf: NodeOf): Form | undefined {
  const root = { node: node.id, output: 0 };
  for (const recognise of forms[node.op] ?? []) {
    const found = recognise(node, root, nodeOf);
    if (found !== undefined) return found;
  }
  return undefined;
}
