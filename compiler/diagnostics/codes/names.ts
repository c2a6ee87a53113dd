/** NN02xx: what can be wrong with names: unknown ones, double ones, circles. */
import { define } from "../diagnostic.ts";

export const unknownName = define<{ readonly name: string; readonly what: string }>({
  code: "NN0201",
  severity: "error",
  message: ({ name, what }) => `there is no ${what} named \`${name}\` here`,
  explanation:
    "A name must be declared in the file, in a file that it uses, in the prelude, or be bound in the body before it is used.",
  example: { bad: "model M(x: [N, 3]) -> [N, 3] = x |> rleu", good: "model M(x: [N, 3]) -> [N, 3] = x |> relu" },
});

export const duplicateName = define<{ readonly name: string }>({
  code: "NN0202",
  severity: "error",
  message: ({ name }) => `\`${name}\` is bound twice`,
  explanation:
    "A name is bound once in a file, and an inner name may stand for another only where that one is the prelude's; `prelude.relu` still names that one.",
  example: { bad: "const a = 1\nconst a = 2", good: "const a = 1\nconst b = 2\nmodel M(x: [N]) -> [N] = (a + b) * x" },
});

/** `isInside` where it is bound above, between braces that end before the use. */
export const usedBeforeBound = define<{ readonly name: string; readonly isInside: boolean }>({
  code: "NN0203",
  severity: "error",
  message: ({ name, isInside }) =>
    isInside
      ? `\`${name}\` is known only between the braces that bind it, and used after them`
      : `\`${name}\` is used before its \`let\``,
  explanation:
    "The statements of a body run in the order written, so a name is bound above its first use. What a branch of an `if` binds is known " +
    "after it where every branch that does not return binds it, the `else` among them.",
  example: {
    bad: "model M(x: [N]) -> [N] {\n  let a = b\n  let b = x\n  return a\n}",
    good: "model M(x: [N]) -> [N] {\n  let b = x\n  let a = b\n  return a\n}",
  },
});

export const recursion = define<{ readonly circle: string }>({
  code: "NN0204",
  severity: "error",
  message: ({ circle }) => `expected declarations without a circle, found ${circle}`,
  explanation:
    "A network is built by writing every call out, which never ends where a declaration comes to call itself.",
  example: {
    bad: "block a(x: [N]) -> [N] = b(x)\nblock b(x: [N]) -> [N] = a(x)",
    good: "block a(x: [N]) -> [N] = b(x)\nblock b(x: [N]) -> [N] = x",
  },
});

export const useCircle = define<{ readonly circle: string }>({
  code: "NN0205",
  severity: "error",
  message: ({ circle }) => `expected files that do not use each other in a circle, found ${circle}`,
  explanation: "Files that need each other's declarations belong into one, or share a third.",
});

export const useOutside = define<{ readonly path: string; readonly problem: string }>({
  code: "NN0206",
  severity: "error",
  message: ({ path, problem }) =>
    `expected a relative path inside the project, found ${JSON.stringify(path)}, which ${problem}`,
  explanation: "`use` reads `.nn` files below the project's folder only, by paths that start with `./` or `../`.",
  example: {
    bad: 'use "/home/me/blocks.nn"\nmodel M(x: [N, 3]) -> [N, 3] = x |> twice',
    good: "block twice(x: [..]) -> [..] = 2 * x\nmodel M(x: [N, 3]) -> [N, 3] = x |> twice",
  },
});

export const useMissing = define<{ readonly path: string }>({
  code: "NN0207",
  severity: "error",
  message: ({ path }) => `there is no file ${JSON.stringify(path)}`,
  explanation: "`use` names another file by its path relative to the file that it stands in.",
  example: {
    bad: 'use "./blocks.nn"\nmodel M(x: [N, 3]) -> [N, 3] = x |> twice',
    good: "block twice(x: [..]) -> [..] = 2 * x\nmodel M(x: [N, 3]) -> [N, 3] = x |> twice",
  },
});

export const notAssignable = define<{ readonly name: string }>({
  code: "NN0208",
  severity: "error",
  message: ({ name }) => `\`<-\` gives a new value to a declared \`state\`, found \`${name}\``,
  explanation: "Nothing changes but what `state` declares, and `w` in an optimizer.",
  example: {
    bad: "model M(x: [N]) -> [N] {\n  let a = x\n  a <- a + 1\n  return a\n}",
    good: "model M(x: [N]) -> [N] {\n  let a = x + 1\n  return a\n}",
  },
});

export const misplacedStatement = define<{ readonly statement: string; readonly place: string }>({
  code: "NN0209",
  severity: "error",
  message: ({ statement, place }) => `\`${statement}\` has no meaning in ${place}`,
  explanation:
    "Only blocks and models own parameters; they, metrics and optimizers own state; optimizers return nothing, and a scan's body emits.",
  example: {
    bad: "loss far(output: [N], target: [N]) -> [] {\n  param w: [] = zeros\n  return mean(w * (output - target))\n}",
    good: "loss far(output: [N], target: [N]) -> [] = mean(abs(output - target))",
  },
});

export const restMisplaced = define<{ readonly shape: string }>({
  code: "NN0210",
  severity: "error",
  message: ({ shape }) =>
    `expected \`..\` once, at the start of a shape or after its first dimension, found it elsewhere in ${shape}`,
  explanation:
    "`..` stands for any number of dimensions, so it is found only where the dimensions around it can be counted.",
  example: { bad: "block f(x: [N, C, ..]) -> [N, C, ..] = x", good: "block f(x: [N, ..]) -> [N, ..] = x" },
});

export const unreachableStatement = define<Record<string, never>>({
  code: "NN0211",
  severity: "warning",
  message: () => "expected `return` to be the last statement of its body, found more after it, which has no effect",
  explanation: "A body ends where it returns. What stands behind is looked at, but never part of the network.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 3] {\n  return x\n  let y = x * 2\n}",
    good: "model M(x: [N, 3]) -> [N, 3] {\n  let y = x * 2\n  return y\n}",
  },
});

export const parameterType = define<{ readonly name: string; readonly found: string }>({
  code: "NN0213",
  severity: "error",
  message: ({ name, found }) => `a \`param\` is f32, found ${found} for \`${name}\``,
  explanation:
    "Parameters move by gradients, which whole numbers and bools have none of. What counts or remembers is a `state`, of any element type.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 3] {\n  param w: i32[3] = zeros\n  return x * f32(w)\n}",
    good: "model M(x: [N, 3]) -> [N, 3] {\n  state w: i32[3] = zeros\n  return x * f32(w)\n}",
  },
});

export const ownedByNobody = define<{ readonly block: string; readonly outsider: string }>({
  code: "NN0214",
  severity: "error",
  message: ({ block, outsider }) =>
    `\`${block}\` has parameters or state, which only models own, found it called from ${outsider}`,
  explanation:
    "Parameters and states belong to models, and to the blocks that models call. A loss, a metric, an optimizer, an initializer, a schedule, " +
    "a regularizer or a `let` of a train may call a model, whose parameters then are that model's.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)\nloss far(output: [N, 2], target: [N, 2]) -> [] = mse(output |> dense(2), target)\ntrain M { data: given  loss: far  optimizer: sgd(lr: 0.1) }",
    good: "model M(x: [N, 3]) -> [N, 2] = x |> dense(2) |> dense(2)\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1) }",
  },
});

export const unusedName = define<{
  readonly name: string;
  readonly what: "let" | "param" | "state" | "setting" | "input" | "slice" | "const" | "data";
}>({
  code: "NN0215",
  severity: "warning",
  message: ({ name, what }) => `${nouns[what]} \`${name}\` is never used, so it has no effect`,
  explanation:
    "What a network computes follows from what its results are made of. A layer that is never applied, a value or a setting that nothing reads, " +
    "an input whose values and sizes nobody asks for, one of several inputs of a scan are no part of it, nor is a constant that nothing in the file names, and `data` that no train names are never read. `_` ignores one of several results.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 2] {\n  let f = dense(2)\n  return x |> dense(2)\n}",
    good: "model M(x: [N, 3]) -> [N, 2] {\n  let f = dense(2)\n  return f(x)\n}",
  },
});

const nouns = {
  let: "the `let`",
  param: "the `param`",
  state: "the `state`",
  setting: "the setting",
  input: "the input",
  slice: "the slice",
  const: "the `const`",
  data: "the `data`",
};

export const uselessName = define<{ readonly name: string; readonly problem: string }>({
  code: "NN0216",
  severity: "error",
  message: ({ name, problem }) => `\`as ${JSON.stringify(name)}\` ${problem}`,
  explanation:
    "`as` after the call of a block, or after a `repeat`, gives it a name of its own in the paths of what is below. Two calls side by side " +
    "cannot have one name, and what has no path of its own cannot have any: a `let` names a layer, a model has its own name.",
  example: {
    bad: 'model M(x: [N, 3]) -> [N, 3] = x |> dense(3) as "same" |> dense(3) as "same"',
    good: 'model M(x: [N, 3]) -> [N, 3] = x |> dense(3) as "first" |> dense(3) as "second"',
  },
});

export const keptName = define<{ readonly name: string }>({
  code: "NN0217",
  severity: "error",
  message: ({ name }) =>
    `a model cannot be called \`${name}\`: expected another name, since a program keeps what is its own under this one`,
  explanation:
    "What belongs to a model has a path that begins with the model's name: `Digits.dense.w`. A program keeps more under such paths: `average.Digits.dense.w` is a running average, " +
    "`train_step.lr` a learning rate. `continue` and `continue_start` are what reads a text in parts, and `prelude.relu` is what the prelude calls `relu`.",
  example: {
    bad: "model average(x: [N, 3]) -> [N, 2] = x |> dense(2)",
    good: "model Average(x: [N, 3]) -> [N, 2] = x |> dense(2)",
  },
});
