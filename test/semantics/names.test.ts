/** Names and scopes: what may be called alike, and every mistake of a file in one run. */
import { expect, test } from "vitest";
import { analysed } from "../elaborate/helpers.ts";

function errors(text: string, others?: ReadonlyMap<string, string>): readonly string[] {
  return analysed(text, others).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

test.each([
  ["an inner name may stand for the prelude's", "block f(relu: [N]) -> [N] = relu\nmodel M(x: [N]) -> [N] = f(x)"],
  [
    "a file may declare what the prelude declares",
    "block relu(x: [..]) -> [..] = maximum(x, 0)\nmodel M(x: [N]) -> [N] = x |> relu",
  ],
  [
    "and say `prelude.relu` for what the prelude has under its name, or the language itself",
    "block relu(x: [..]) -> [..] = 2 * prelude.relu(x)\nblock tanh(x: [..]) -> [..] = x |> prelude.tanh\nmodel M(x: [N]) -> [N] = x |> relu |> prelude.relu |> tanh",
  ],
  ["a value called `prelude` has a transpose", "model M(prelude: [N, 3]) -> [3, N] = prelude.T"],
  [
    "letters of any script, however they are composed",
    "const größe = 3\nblock 層(вход: [..]) -> [..] = вход\nmodel M(e\u0301: [N, größe]) -> [N, gro\u0308ße] = \u00e9 |> 層",
  ],
  ["a dimension may be called like a model", "model M(x: [M, 3]) -> [M, 3] = x"],
  [
    "initializers and schedules have name spaces of their own",
    "initializer zebra() = broadcast(0, shape)\nschedule zebra() = lr0\nblock zebra(x: [N]) -> [N] = x\nmodel M(x: [N]) -> [N] = x",
  ],
  [
    "trains, labels and steps have their own",
    "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)\ntrain M as dense { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1) }",
  ],
  [
    "declarations stand in any order",
    "model M(x: [N]) -> [N] = (x |> later) * two\nblock later(x: [N]) -> [N] = x\nconst two = 2",
  ],
  [
    "branches have names of their own",
    "model M(x: [N]) -> [N] {\n  if training { let a = x  return a }\n  else { let a = -x  return a }\n}",
  ],
  ["a constant in a signature is its value", "const width = 3\nmodel M(x: [N, width]) -> [N, width] = x"],
  [
    "names of objects are ordinary",
    "block __proto__(x: [N]) -> [N] = x\nblock constructor(x: [N]) -> [N] = x |> __proto__\nmodel hasOwnProperty(toString: [N]) -> [N] = toString |> constructor",
  ],
])("%s", (_, text) => {
  expect(errors(text)).toEqual([]);
});

test.each([
  [
    "a name of the file cannot be bound in a body",
    "const a = 1\nmodel M(x: [N]) -> [N] {\n  let a = x\n  return a\n}",
    "NN0202 `a` is bound twice",
  ],
  [
    "which is one mistake, in however many bodies that name stands",
    "model a(x: [N]) -> [N] = x\nblock b(a: [N]) -> [N] = a\nmodel M(x: [N]) -> [N] {\n  let a = x\n  return a\n}",
    "NN0202 `a` is bound twice",
  ],
  ["nor one of the body", "model M(x: [N]) -> [N] {\n  let x = 1\n  return x\n}", "NN0202 `x` is bound twice"],
  [
    "a dimension is a name of the body",
    "model M(x: [N]) -> [N] {\n  let N = 1\n  return x\n}",
    "NN0202 `N` is bound twice",
  ],
  [
    "two trains of one name",
    "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 1) }\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 1) }",
    "NN0202 `M` is bound twice",
  ],
  [
    "a circle of three",
    "block a(x: [N]) -> [N] = b(x)\nblock b(x: [N]) -> [N] = c(x)\nblock c(x: [N]) -> [N] = a(x)",
    "NN0204 expected declarations without a circle, found a → b → c → a",
  ],
  [
    "a circle of constants",
    "const a = b\nconst b = a",
    "NN0204 expected declarations without a circle, found a → b → a",
  ],
  [
    "what the prelude does not have",
    "block own(x: [N]) -> [N] = x\nmodel M(x: [N]) -> [N] = prelude.own(own(x))",
    "NN0201 there is no value, block or function named `prelude.own` here",
  ],
  [
    "one name in two forms",
    "model M(\u00e9: [N]) -> [N] {\n  let e\u0301 = \u00e9\n  return \u00e9\n}",
    "NN0202 `\u00e9` is bound twice",
  ],
  [
    "a name of one kind of declaration elsewhere",
    "model M(x: [N]) -> [N] = x * lr",
    "NN0201 there is no value, block or function named `lr` here",
  ],
  [
    "unused blocks are checked, too",
    "block f(x: [N]) -> [N] = x |> nothing_like_it\nmodel M(x: [N]) -> [N] = x",
    "NN0201 there is no value, block or function named `nothing_like_it` here",
  ],
  [
    "an unknown key of a step",
    "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)\ntrain T(x: [N, 3]) { data: given  step s { minimise: mean(M(x))  update: M  optimizer: sgd(lr: 1) } }",
    "NN0501 `minimise` is no key of a step",
  ],
])("%s", (_, text, expected) => {
  expect(errors(text)).toEqual([expected]);
});

test.each([
  ["optimiser: sgd(lr: 1)", "did you mean `optimizer`?"],
  ["freeze: M.dense", "what moves is said by `update`: a model or a path, `update: Net.head`"],
  [
    "sprinkle: M.dense",
    "a train takes `data`, `loss`, `minimize`, `update`, `optimizer`, `schedule`, `regularize`, `clip_norm`, `metrics`, `batch`, " +
      "`epochs`, `steps_per_epoch`, `stop_early`, `average`, `start_from`, `seed`",
  ],
  ["step s { wrong: M }", "a step takes `minimize`, `update`, `optimizer`, `schedule`, `regularize`, `clip_norm`"],
])("what helps where a train has %s", (written, help) => {
  const text = `model M(x: [N, 3]) -> [N, 2] = x |> dense(2)\ntrain M { data: given  ${written} }`;
  const unknown = analysed(text).diagnostics.filter(({ code }) => code === "NN0501");
  expect(unknown.map((one) => one.help)).toEqual([help]);
});

const step = "step s { minimize: mean(M(x))  optimizer: sgd(lr: 1) }";

test.each([
  ["trains", "train M { data: given }\ntrain M { data: given }", "tell trains of one model apart with `as label`"],
  [
    "steps",
    `train T(x: [N, 3]) { data: given  ${step}  ${step} }`,
    "give each step a name of its own: its loss is called so",
  ],
])("what helps where two %s have one name", (_, trains, help) => {
  const { diagnostics } = analysed(`model M(x: [N, 3]) -> [N, 2] = x |> dense(2)\n${trains}`);
  expect(diagnostics.flatMap((one) => (one.code === "NN0202" ? [one.help] : []))).toEqual([help]);
});

test.each([
  ["of a block", "conv2d(4, 3, padding: same)", 'a word stands in quotes: `padding: "same"`'],
  ["that takes no words", "conv2d(4, kernel: relo, padding: 1)", "did you mean `relu`?"],
])("what helps where an unknown name is given for a setting %s", (_, call, help) => {
  const { diagnostics } = analysed(`model M(x: [N, 8, 8, 4]) -> [N, _, _, 4] = x |> ${call}`);
  expect(diagnostics.map((one) => [one.code, one.help])).toEqual([["NN0201", help]]);
});

test.each([
  ["prelude.rleu", "did you mean `prelude.relu`?"],
  ["prelude.tahn", "did you mean `prelude.tanh`?"],
])("what helps where the prelude has no %s", (name, help) => {
  const { diagnostics } = analysed(`model M(x: [N]) -> [N] = x |> ${name}`);
  expect(diagnostics.map((one) => [one.code, one.help])).toEqual([["NN0201", help]]);
});

test.each(["x: [N, prelude.K]", "x: [N, 2 * prelude.K]"])("the prelude has no dimensions: %s", (input) => {
  expect(errors(`model M(${input}) -> [N, 2] = x |> dense(2)`)).toEqual([
    "NN0201 there is no value, block or function named `prelude.K` here",
  ]);
});

test.each([
  ["const a = 1\nblock f(x: [N], a: int = 3) -> [N] = a * x\nmodel M(x: [N]) -> [N] = f(x)", "const a"],
  ["block a(x: [N]) -> [N] = x\nmodel M(x: [N]) -> [N] {\n  let a = x\n  return a\n}", "block a"],
])("what the file declares is named where a body binds it again", (text, first) => {
  const [{ code, help }] = analysed(text).diagnostics;
  expect([code, help]).toEqual(["NN0202", `\`${first}\` of the file is known in here, too: rename one of the two`]);
});

test("every independent mistake is reported in one run", () => {
  expect(
    errors("block f(x: [N]) -> [N] = x |> aaaa\nblock g(x: [N]) -> [K] = x\nmodel M(x: [N]) -> [N] = x |> bbbb").map(
      (line) => line.slice(0, 6),
    ),
  ).toEqual(["NN0201", "NN0306", "NN0201"]);
});

test.each(["average", "train_step", "continue", "continue_start", "prelude"])(
  "a model cannot be called `%s`, under which a program keeps what is its own; anything else can",
  (name) => {
    const model = `model ${name}(x: [N, 3]) -> [N, 3] = x`;
    const refused = `NN0217 a model cannot be called \`${name}\`: expected another name, since a program keeps what is its own under this one`;
    const used = new Map([["a.nn", model]]);
    expect(errors(model)).toEqual([refused]);
    expect(errors('use "./a.nn"', used)).toEqual([refused]);
    expect(
      errors(`block ${name}(x: [N, 3]) -> [N, 3] = x
model M(x: [N, 3]) -> [N, 3] = x |> ${name} |> dense(3)
train M as ${name} { data: given  loss: mse  optimizer: sgd(lr: 0.1) }`),
    ).toEqual([]);
  },
);

test.each([
  ["nothing but its own update reads", "state v = zeros  v <- 0.9 * v + g  w <- w - lr * g", ["v"]],
  ["is written and never read", "state v = zeros  v <- g  w <- w - lr * g", ["v"]],
  ["moves the weights", "state v = zeros  v <- 0.9 * v + g  w <- w - lr * v", []],
  [
    "another state reads, which moves them",
    "state v = zeros  state u = zeros  v <- 0.9 * v + g  u <- v  w <- w - lr * u",
    [],
  ],
  ["one of two has no use", "state v = zeros  state n = zeros  n <- n + 1  v <- 0.9 * v + g  w <- w - lr * v", ["n"]],
])("a state of an optimizer: %s", (_, body, idle) => {
  const source = `optimizer own(w, g) { ${body} }
model M(x: [N, 3]) -> [N, 2] = x |> dense(2)
train M { data: given  loss: mse  optimizer: own(lr: 0.1) }`;
  const found = analysed(source).diagnostics.map(({ code, message }) => `${code} ${message}`);
  expect(found).toEqual(
    idle.map((name) => `NN0523 the optimizer \`own\` keeps \`${name}\`, which nothing else reads, so it has no effect`),
  );
});
