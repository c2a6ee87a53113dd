/** NN034x: what can be wrong with a scan where it is instantiated. */
import { define } from "../diagnostic.ts";

export const scanAxis = define<{ readonly found: string }>({
  code: "NN0340",
  severity: "error",
  message: ({ found }) => `expected \`along\` to name the axis of ${found} to scan over, found none`,
  explanation:
    "A scan goes over one axis of its inputs: `along T` names it by its label, `along axis 1` by its position. Only what has a single axis, as `range(n)` has, needs neither.",
  example: {
    bad: "model M(x: [N, T]) -> [_] = scan r in x with h = zeros([N]) { next h = h + r }",
    good: "model M(x: [N, T]) -> [N] = scan r in x along T with h = zeros([N]) { next h = h + r }",
  },
});

export const scanLengths = define<{
  readonly first: string;
  readonly length: string;
  readonly other: string;
  readonly found: string;
}>({
  code: "NN0341",
  severity: "error",
  message: ({ first, length, other, found }) =>
    `the inputs of a scan need one length, found ${length} for \`${first}\` and ${found} for \`${other}\``,
  explanation:
    "At each step the body sees one part of every input, so all are equally long along the axis that is scanned.",
  example: {
    bad: "model M(x: [4, N], y: [5, N]) -> [4, N] = scan (a in x, b in y) along axis 0 { emit a + b }",
    good: "model M(x: [4, N], y: [4, N]) -> [4, N] = scan (a in x, b in y) along axis 0 { emit a + b }",
  },
});

export const carryType = define<{ readonly name: string; readonly expected: string; readonly found: string }>({
  code: "NN0342",
  severity: "error",
  message: ({ name, expected, found }) =>
    `what a scan carries keeps its type: expected ${expected} for the next \`${name}\`, found ${found}`,
  explanation:
    "A step gives a carry the element type and the shape that it starts with, since the next step takes it from there. A scalar or a smaller tensor is repeated.",
  example: {
    bad: "model M(x: [N, T]) -> [N] = scan r in x along T with h = 0 { next h = h + r }",
    good: "model M(x: [N, T]) -> [N] = scan r in x along T with h = zeros([N]) { next h = h + r }",
  },
});

export const carryNext = define<{ readonly name: string; readonly found: string }>({
  code: "NN0343",
  severity: "error",
  message: ({ name, found }) => `expected one \`next ${name} = …\` in the scan, found ${found}`,
  explanation:
    "Each step gives every carry its new value once. Where a branch of an `if` does, the other has to; `next h = h` leaves it as it is.",
  example: {
    bad: "model M(x: [N, T]) -> [N] = scan r in x along T with h = zeros([N]) { emit h + r }",
    good: "model M(x: [N, T]) -> [N, T] {\n  let (sums, _) = scan r in x along T with h = zeros([N]) {\n    next h = h + r\n    emit h\n  }\n  return sums\n}",
  },
});

export const scanResult = define<Record<string, never>>({
  code: "NN0344",
  severity: "error",
  message: () =>
    "expected a scan to `emit` something or to carry something `with` it, found neither, so it has no result",
  explanation:
    "The results of a scan are what it emits, stacked along the scanned axis, and then its carries after the last step.",
  example: {
    bad: "model M(x: [N, T]) -> [N, T] {\n  let y = scan r in x along T { let d = 2 * r }\n  return y\n}",
    good: "model M(x: [N, T]) -> [N, T] {\n  let y = scan r in x along T { emit 2 * r }\n  return y\n}",
  },
});

export const stateInScan = define<{ readonly name: string; readonly owner: string }>({
  code: "NN0345",
  severity: "error",
  message: ({ name, owner }) => `a scan cannot write state, found \`${name} <- …\` of \`${owner}\` in its body`,
  explanation:
    "The body of a scan stands for all of its steps, and a state has one new value in a training step. Carry what changes from step to step with `with` and `next`, " +
    'and write the state behind the scan. Reading state is fine, so `batch_norm` may stand in a body outside training, or with `statistics: "batch"`.',
  example: {
    bad: "block f(x: [N, T]) -> [N] {\n  state seen: [] = zeros\n  return scan r in x along T with h = zeros([N]) {\n    seen <- seen + 1\n    next h = h + seen * r\n  }\n}\nmodel M(x: [N, T]) -> [N] = f(x)",
    good: "block f(x: [N, T]) -> [N] {\n  state seen: [] = zeros\n  let (h, count) = scan r in x along T with h = zeros([N]), count = seen {\n    next count = count + 1\n    next h = h + count * r\n  }\n  seen <- count\n  return h\n}\nmodel M(x: [N, T]) -> [N] = f(x)",
  },
});

export const noCarry = define<{ readonly name: string }>({
  code: "NN0346",
  severity: "error",
  message: ({ name }) =>
    `\`next\` gives a carry of its scan a new value, found \`${name}\`, which this scan does not carry`,
  explanation:
    "What a scan carries stands behind `with`, each with its first value. The carries of a scan around this one have their `next` in the body of that one.",
  example: {
    bad: "model M(x: [N, T]) -> [N] = scan r in x along T with h = zeros([N]) {\n  next h = h + r\n  next c = r\n}",
    good: "model M(x: [N, T]) -> [N] {\n  let (h, _) = scan r in x along T with h = zeros([N]), c = zeros([N]) {\n    next h = h + r + c\n    next c = r\n  }\n  return h\n}",
  },
});
