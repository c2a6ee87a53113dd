/** Which axes an operation is told, and what a broadcast does with their labels. */
import { describe, expect, test } from "vitest";
import { elaborated, show } from "./helpers.ts";

function told(source: string): readonly string[] {
  return show(elaborated(source, { allowOpen: true }).diagnostics, source);
}

describe("an axis is named once, by label or by position", () => {
  test.each([
    ["sum(x, over: N, axis: 1)", ["error NN0333: `sum` takes `over` or `axis`, found both"]],
    ["argmax(x, axis: 0, over: N)", ["error NN0333: `argmax` takes `over` or `axis`, found both"]],
    [
      "sum(x, over: [N, N])",
      ["error NN0334: expected each axis of [N, 3] once, found `N` for one that is already named"],
    ],
    [
      "mean(x, axis: [1, -1])",
      ["error NN0334: expected each axis of [N, 3] once, found `-1` for one that is already named"],
    ],
    [
      "argmax(x, axis: [0, 0])",
      ["error NN0334: expected each axis of [N, 3] once, found `0` for one that is already named"],
    ],
    [
      "reverse(x, axis: [0, -2])",
      ["error NN0334: expected each axis of [N, 3] once, found `-2` for one that is already named"],
    ],
    ["transpose(x, [1, -1])", ["error NN0308: expected each of 2 axes once for `transpose`, found [1, 1]"]],
    ["max(x, axis: 2)", ["error NN0311: [N, 3] has no axis 2"]],
    ["max(x, axis: -3)", ["error NN0311: [N, 3] has no axis -3"]],
    ["concat([x, x], axis: 2)", ["error NN0311: [N, 3] has no axis 2"]],
    ["concat([x, x], axis: [0, 1])", ["error NN0308: expected one axis for `concat`, found 2 axes"]],
    ["concat([x, x], axis: [])", ["error NN0308: expected one axis for `concat`, found 0 axes"]],
    ["stack([x, x], axis: 3)", ["error NN0311: a stack of [N, 3] has no axis 3"]],
    ["stack([x, x], axis: -4)", ["error NN0311: a stack of [N, 3] has no axis -4"]],
    ["stack([x, x], axis: [0, 1])", ["error NN0308: expected one axis for `stack`, found 2 axes"]],
    ["sum(x, over: ..)", ["error NN0308: expected a signature with `..`, found none"]],
    [
      "pad(x, [[0, 0]])",
      [
        "error NN0308: expected [before, after], both at least 0, for each of 2 axes for `pad`, found the list [[0, 0]]",
      ],
    ],
    ['einsum("nn->n", x)', ['error NN0317: einsum "nn->n": `n` is N and 3']],
    ['einsum("...k->k", x)', ['error NN0317: einsum "...k->k": expected `...` in the result, since a tensor has it']],
    ['einsum("nk->...n", x)', ['error NN0317: einsum "nk->...n": no tensor has the letter `...` of the result']],
    [
      'einsum("...k...->...k", x)',
      ['error NN0317: einsum "...k...->...k": expected `...` once in a word, found `...k...`'],
    ],
    ['einsum("..k->k", x)', ['error NN0317: einsum "..k->k": expected letters, found `.`']],
    [
      'einsum("n...kj->...", x)',
      ['error NN0317: einsum "n...kj->...": `n...kj` names at least 3 axes, the tensor has 2'],
    ],
    ['einsum("...,...->...", x, x.T)', ['error NN0317: einsum "...,...->...": an axis of `...` is N and 3']],
    [
      'einsum("nk->nn", x)',
      ['error NN0317: einsum "nk->nn": expected each letter once in the result, found `n` twice'],
    ],
    ["x[0, 0, 0]", ["error NN0308: expected at most 2 places and one `..`, found 3 places"]],
  ])("%s", (expression, errors) => {
    const lines = told(`model M(x: [N, 3]) -> [_] = ${expression}`);
    expect(lines.filter((line) => !line.startsWith("  "))).toEqual(errors);
  });

  test("the place of an axis in a list is shown, and where it was named before", () => {
    expect(told("model M(x: [N, 3]) -> [_] = sum(x, axis: [0, 1, -1])")).toEqual([
      "error NN0334: expected each axis of [N, 3] once, found `-1` for one that is already named",
      "  «-1» again here",
      "  «1» first here",
    ]);
  });

  test("`over: ..` wants every axis that `..` matched", () => {
    const centred = (body: string) => `block f(x: [.., C]) -> [C] = ${body}\nmodel M(x: [N, T, 3]) -> [3] = f(x)`;
    expect(told(centred("mean(x, over: ..)"))).toEqual([]);
    expect(told(centred("mean(reshape(x, [-1, C]), over: ..)"))[0]).toBe(
      "error NN0309: no axis of [N*T, 3] is labelled `..`",
    );
    expect(told(centred("mean(sum(x, axis: 0), over: ..)"))[0]).toBe(
      "error NN0309: no axis of [T, 3] is labelled `..`",
    );
  });
});

describe("an axis of size 1 keeps its label beside a 1 without one, as an axis of any other size does", () => {
  const inner = (body: string) =>
    `block f(x: [N, K], y: [N]) -> [N] = ${body}\nmodel M(x: [N, 1], y: [N]) -> [N] = f(x, y)`;
  test.each([
    ["an axis that was put in", "sum(x / y[.., newaxis], over: K)"],
    ["… on the left", "sum(y[.., newaxis] - x, over: K)"],
    ["… of three", "sum(where(x > 0, y[.., newaxis], x), over: K)"],
    ["a 1 that was written", "sum(x * broadcast(2, [1]), over: K) + y"],
    ["a cut of one", "sum(x + reshape(y, [N, 1])[:, 0 : 1], over: K)"],
    ["both axes", "sum(y[newaxis, :] * transpose(x, [1, 0]), over: K)"],
    ["of matrices", "sum(x[:, :, newaxis] @ y[:, newaxis, newaxis], over: K)[:, 0]"],
  ])("%s", (_, body) => {
    expect(told(inner(body))).toEqual([]);
  });

  test("two names are none, and what has no name stays so", () => {
    const source = (over: string) =>
      `block f(x: [N, K], y: [N, L]) -> [N] = sum(x + y, over: ${over})\nmodel M(x: [N, 1], y: [N, 1]) -> [N] = f(x, y)`;
    expect(told(source("K"))[0]).toBe("error NN0309: no axis of [N, 1] is labelled `K`");
    expect(told(source("L"))[0]).toBe("error NN0309: no axis of [N, 1] is labelled `L`");
    // An axis of size 1 that only ever was one still meets each, and says so.
    expect(told("model M(x: [N, 1], y: [N], z: [N]) -> [N, N] = x + z[:, newaxis] - y")[0]).toMatch(/^warning NN0335/);
  });
});

describe("a broadcast that puts one label on two axes", () => {
  const warning = "warning NN0335: `-` of [N, 1] and [N] gives [N, N], with `N` on two axes: each meets each";

  test("is a warning at the operator, with both shapes and the cure", () => {
    expect(told("model M(x: [N, 1], y: [N]) -> [N, N] = x - y")).toEqual([
      warning,
      "  «x - y» gives [N, N]",
      "  «x» this is [N, 1]",
      "  «y» this is [N]",
      "  help: take the axis of size 1 away, `[.., 0]`; where each is to meet each, say so: `[newaxis, ..]` after [N]",
    ]);
  });

  test.each([
    ["y - x", "`-` of [N] and [N, 1]"],
    ["maximum(x, y)", "`maximum` of [N, 1] and [N]"],
    ["where(x > 0, y, 0)", "`where` of bool[N, 1] and [N]"],
    ["where(x < y, 1, 0)", "`<` of [N, 1] and [N]"],
    ["sum(x, axis: 1, keep: true) + sum(x, axis: 1)", "`+` of [N, 1] and [N]"],
    ["-x ** y", "`**` of [N, 1] and [N]"],
  ])("%s", (expression, start) => {
    const inputs = /\by\b/.test(expression) ? "x: [N, 1], y: [N]" : "x: [N, 1]";
    const [first, ...others] = told(`model M(${inputs}) -> [N, N] = ${expression}`);
    expect(first).toContain(`warning NN0335: ${start} gives `);
    expect(others.filter((line) => !line.startsWith("  "))).toEqual([]);
  });

  test("comes through signatures, of a user's losses as well", () => {
    const trained = (signature: string) =>
      `loss mine(${signature}) -> [] = mean((output - target) ** 2)\nmodel M(x: [N, 3]) -> [N, 1] = x |> dense(1)\n` +
      "train M { data: given  loss: mine  optimizer: sgd(lr: 0.1) }";
    expect(told(trained("output: [N, K], target: [N]"))[0]).toBe(warning);
    expect(told(trained("output: [.., 1], target: [..]"))[0]).toBe(warning);
    expect(told(trained("output: [..], target: [..]"))).toEqual([]);
  });

  test("is told once for each place, whatever its sizes", () => {
    const source = `block off(x: [.., C, 1], y: [.., C]) -> [..] = mean(mean(x - y, axis: -1), axis: -1)
model M(x: [3, 1], y: [3], u: [4, 1], v: [4]) -> [] = off(x, y) + off(u, v)`;
    expect(told(source).filter((line) => line.startsWith("warning"))).toHaveLength(1);
  });

  test("is told of `@`, where a row was to meet a matrix of its own", () => {
    expect(told("model M(x: [N, 3], y: [N, 3, 2]) -> [N, N, 2] = x @ y")[0]).toBe(
      "warning NN0335: `@` of [N, 3] and [N, 3, 2] gives [N, N, 2], with `N` on two axes: each meets each",
    );
    expect(told("model M(x: [N, 3], y: [N, 3, 2]) -> [N, 1, 2] = x[:, newaxis, :] @ y")).toEqual([]);
  });

  test.each([
    ["an axis that was put in", "model M(x: [N, 1], y: [N]) -> [N, N] = x - y[newaxis, :]"],
    ["every pair of a vector", "model M(y: [N]) -> [N, N] = y[:, newaxis] - y"],
    ["every pair of rows", "model M(x: [N, D]) -> [N, N] = sum((x[:, newaxis, :] - x[newaxis, :, :]) ** 2, axis: -1)"],
    ["a matrix of pairs and one of its sides", "model M(a: [V, V], x: [V]) -> [V, V] = a * x"],
    ["products of all rows", "model M(x: [N, D]) -> [N, N] = x @ x.T"],
    ["a row of both", "model M(x: [N, 1]) -> [N, N] = x + x.T"],
    ["the axis of size 1 taken away", "model M(x: [N, 1], y: [N]) -> [N] = x[.., 0] - y"],
    ["sizes that are equal by chance", "model M(x: [N, 1, 3], y: [3, 3]) -> [N, 3, 3] = x - y"],
  ])("is nothing else: %s", (_, source) => {
    expect(told(source)).toEqual([]);
  });
});
