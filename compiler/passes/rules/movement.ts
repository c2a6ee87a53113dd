/**
 * Rules for index movement and for reductions that reduce nothing.
 */
import { add, constant, equal, isConstant, multiply } from "../../dimension/dimension.ts";
import { dimensionsOf, numberOf, numbersOf } from "../../graph/attributes.ts";
import { countUp, fill, reshape, sameShape } from "../../ops/emit.ts";
import { madeBy, type Rule } from "./rule.ts";

const idle: readonly Rule[] = [
  {
    name: "reshape to the shape it has → a",
    ops: ["reshape"],
    rewrite: ({ attributes, inputs: [x] }, rewriter) =>
      sameShape(rewriter.typeOf(x).shape, dimensionsOf(attributes, "shape")) ? x : undefined,
  },
  {
    name: "broadcast to the shape it has → a",
    ops: ["broadcast"],
    rewrite: ({ attributes, inputs: [x] }, rewriter) =>
      sameShape(rewriter.typeOf(x).shape, dimensionsOf(attributes, "shape")) ? x : undefined,
  },
  {
    name: "transpose that moves nothing → a",
    ops: ["transpose"],
    rewrite: ({ attributes, inputs: [x] }) =>
      numbersOf(attributes, "permutation").every((from, to) => from === to) ? x : undefined,
  },
  {
    name: "reverse of no axis, or of size 1 → a",
    ops: ["reverse"],
    rewrite: ({ attributes, inputs: [x] }, rewriter) => {
      const { shape } = rewriter.typeOf(x);
      return numbersOf(attributes, "axes").every((axis) => isConstant(shape[axis], 1)) ? x : undefined;
    },
  },
  {
    name: "slice of the whole → a",
    ops: ["slice"],
    rewrite: ({ attributes, inputs: [x] }, rewriter) => {
      const starts = dimensionsOf(attributes, "start").every((start) => isConstant(start, 0));
      const size = dimensionsOf(attributes, "size");
      const steps = numbersOf(attributes, "step").every((step, axis) => step === 1 || isConstant(size[axis], 1));
      return starts && steps && sameShape(rewriter.typeOf(x).shape, size) ? x : undefined;
    },
  },
  {
    name: "pad by nothing → a",
    ops: ["pad"],
    rewrite: ({ attributes, inputs: [x] }) => {
      const widths = [...dimensionsOf(attributes, "low"), ...dimensionsOf(attributes, "high")];
      return widths.every((width) => isConstant(width, 0)) ? x : undefined;
    },
  },
  {
    name: "concat of one → a",
    ops: ["concat"],
    rewrite: ({ inputs }) => (inputs.length === 1 ? inputs[0] : undefined),
  },
];

const composed: readonly Rule[] = [
  {
    name: "reshape(reshape(a)) → reshape(a)",
    ops: ["reshape"],
    rewrite: ({ attributes, inputs: [x] }, rewriter) => {
      const inner = madeBy(rewriter, x, "reshape");
      return inner && rewriter.one("reshape", inner.inputs, attributes);
    },
  },
  {
    name: "transpose(transpose(a)) → transpose(a)",
    ops: ["transpose"],
    rewrite: ({ attributes, inputs: [x] }, rewriter) => {
      const inner = madeBy(rewriter, x, "transpose");
      if (inner === undefined) return undefined;
      const first = numbersOf(inner.attributes, "permutation");
      const permutation = numbersOf(attributes, "permutation").map((axis) => first[axis]);
      return rewriter.one("transpose", inner.inputs, { permutation });
    },
  },
  {
    name: "broadcast(broadcast(a)) → broadcast(a)",
    ops: ["broadcast"],
    rewrite: ({ attributes, inputs: [x] }, rewriter) => {
      const inner = madeBy(rewriter, x, "broadcast");
      if (inner === undefined) return undefined;
      const outer = numbersOf(attributes, "axes");
      const axes = numbersOf(inner.attributes, "axes").map((axis) => outer[axis]);
      return rewriter.one("broadcast", inner.inputs, { shape: dimensionsOf(attributes, "shape"), axes });
    },
  },
  {
    name: "reverse(reverse(a)) → reverse(a) over the axes of one of them",
    ops: ["reverse"],
    rewrite: ({ attributes, inputs: [x] }, rewriter) => {
      const inner = madeBy(rewriter, x, "reverse");
      if (inner === undefined) return undefined;
      const [outer, first] = [numbersOf(attributes, "axes"), numbersOf(inner.attributes, "axes")];
      const once = countUp(rewriter.typeOf(x).shape.length).filter(
        (axis) => outer.includes(axis) !== first.includes(axis),
      );
      return rewriter.one("reverse", inner.inputs, { axes: once });
    },
  },
  {
    name: "slice(slice(a)) → slice(a)",
    ops: ["slice"],
    rewrite: ({ attributes, inputs: [x] }, rewriter) => {
      const inner = madeBy(rewriter, x, "slice");
      if (inner === undefined) return undefined;
      const steps = numbersOf(inner.attributes, "step");
      const starts = dimensionsOf(inner.attributes, "start");
      const start = dimensionsOf(attributes, "start").map((from, axis) =>
        add(starts[axis], multiply(from, constant(steps[axis]))),
      );
      const step = numbersOf(attributes, "step").map((by, axis) => by * steps[axis]);
      return rewriter.one("slice", inner.inputs, { start, size: dimensionsOf(attributes, "size"), step });
    },
  },
  {
    name: "slice(pad(a)) that cuts off the padding → a",
    ops: ["slice"],
    rewrite: ({ attributes, inputs: [x] }, rewriter) => {
      const inner = madeBy(rewriter, x, "pad");
      if (inner === undefined || numbersOf(attributes, "step").some((by) => by !== 1)) return undefined;
      const low = dimensionsOf(inner.attributes, "low");
      const starts = dimensionsOf(attributes, "start").every((start, axis) => equal(start, low[axis]));
      const [a] = inner.inputs;
      return starts && sameShape(rewriter.typeOf(a).shape, dimensionsOf(attributes, "size")) ? a : undefined;
    },
  },
];

const reductionOfOne: Rule = {
  name: "a reduction over axes of size 1 → reshape(a), argmax → 0",
  ops: ["sum", "max", "min", "prod", "argmax"],
  rewrite: ({ op, attributes, inputs: [x] }, rewriter) => {
    const { shape } = rewriter.typeOf(x);
    const axes = numbersOf(attributes, "axes");
    if (!axes.every((axis) => isConstant(shape[axis], 1))) return undefined;
    const rest = shape.filter((_, axis) => !axes.includes(axis));
    return op === "argmax" ? fill(rewriter, rest, 0, "i32") : reshape(rewriter, x, rest);
  },
};

const paddedTwice: Rule = {
  name: "pad(pad(a)) with one value → pad(a)",
  ops: ["pad"],
  rewrite: ({ attributes, inputs: [x] }, rewriter) => {
    const inner = madeBy(rewriter, x, "pad");
    const value = numberOf(attributes, "value");
    if (inner === undefined || !Object.is(numberOf(inner.attributes, "value"), value)) return undefined;
    const sum = (name: string) => {
      const before = dimensionsOf(inner.attributes, name);
      return dimensionsOf(attributes, name).map((width, axis) => add(width, before[axis]));
    };
    return rewriter.one("pad", inner.inputs, { low: sum("low"), high: sum("high"), value });
  },
};

export const movementRules: readonly Rule[] = [...idle, ...composed, paddedTwice, reductionOfOne];
