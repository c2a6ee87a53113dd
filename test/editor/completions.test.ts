/** What can be written at a place, in files that mostly do not parse there. */
import { expect, test } from "vitest";
import { completeAt, inspect } from "../../compiler/editor.ts";
import { marked } from "./marked.ts";

interface Case {
  readonly what: string;
  readonly text: string;
  readonly has: readonly string[];
  readonly lacks?: readonly string[];
}

const model = "model Net(x: [N, 4]) -> [N, 2] = x |> dense(2)\n";

const cases: readonly Case[] = [
  {
    what: "declarations, in an empty file",
    text: "‸",
    has: ["model", "block", "train", "use"],
    lacks: ["dense", "let"],
  },
  { what: "declarations, behind one that is whole", text: `${model}mo‸`, has: ["model"], lacks: ["dense"] },
  {
    what: "blocks, behind a pipe",
    text: "model Net(x: [N, 4]) -> [N, 2] = x |> ‸",
    has: ["dense", "relu", "x", "exp"],
    lacks: ["adam", "model"],
  },
  {
    what: "the settings of what is called",
    text: "model Net(x: [N, 4]) -> [N, 2] = x |> dense(2, ‸",
    has: ["bias", "init", "x"],
  },
  {
    what: "none that is given",
    text: "model Net(x: [N, 4]) -> [N, 2] = x |> dense(units: 2, ‸)",
    has: ["bias"],
    lacks: ["units"],
  },
  {
    what: "of a block of the file, which a mistake stands behind",
    text: "block f(x: [..], wide: int, deep: int = 2) -> [..] = x\nmodel M(x: [N]) -> [N] = f(x, ‸\nblock g(x: [..]) -> [..] = x",
    has: ["wide", "deep"],
  },
  {
    what: "what a setting takes: true and false",
    text: "model Net(x: [N, 4]) -> [N, 2] = x |> dense(2, bias: ‸",
    has: ["true", "false"],
  },
  {
    what: "what a setting takes: initialisers",
    text: "model Net(x: [N, 4]) -> [N, 2] = x |> dense(2, init: ‸)",
    has: ["he_normal", "zeros"],
  },
  {
    what: "optional arguments of built-ins",
    text: "model Net(x: [N, 4]) -> [N] = sum(x, ‸",
    has: ["over", "axis", "keep", "x"],
  },
  {
    what: "statements",
    text: "block f(x: [..]) -> [..] {\n  state s: [] = zeros\n  ‸\n}",
    has: ["let", "return", "param", "if", "s"],
    lacks: ["next", "dense"],
  },
  {
    what: "statements of a scan",
    text: "block f(x: [N, T]) -> [N, T] {\n  let (a, _) = scan r in x along T with h = zeros([N]) {\n    ‸",
    has: ["next", "emit", "let"],
    lacks: ["return"],
  },
  {
    what: "names in scope, none from another body",
    text: "block f(x: [N, C], k: int) -> [N, C] {\n  let inner = x\n  if k > 1 { let gone = x }\n  let later = ‸\n}\nblock g(other: [N]) -> [N] = other",
    has: ["x", "k", "C", "N", "inner"],
    lacks: ["gone", "other"],
  },
  {
    what: "several results, slices and carries",
    text: "block f(x: [N, T]) -> [N, T] {\n  let (a, b) = g(x)\n  let c = scan r in x along T with h = zeros([N]) { emit ‸",
    has: ["a", "b", "r", "h"],
    lacks: ["c"],
  },
  {
    what: "the axes of a scan",
    text: "block f(x: [N, T]) -> [N, T] {\n  let c = scan r in x along ‸",
    has: ["N", "T"],
    lacks: ["x"],
  },
  {
    what: "dimensions in a shape",
    text: "const wide = 3\nblock f(x: [N, C]) -> [‸",
    has: ["N", "C", "wide"],
    lacks: ["dense"],
  },
  { what: "types in a signature", text: "block f(x: [N], k: ‸", has: ["int", "bool", "layer"], lacks: ["dense"] },
  { what: "models, behind `train`", text: `${model}train ‸`, has: ["Net"], lacks: ["dense"] },
  {
    what: "the keys of a train that are missing",
    text: `${model}train Net {\n  data: given\n  ‸\n}`,
    has: ["loss", "optimizer", "step", "let"],
    lacks: ["data", "dense"],
  },
  {
    what: "of a step",
    text: `${model}train Net {\n  step one {\n    update: Net\n    ‸`,
    has: ["minimize", "optimizer"],
    lacks: ["update", "data"],
  },
  {
    what: "what a key takes",
    text: `${model}train Net {\n  data: given\n  optimizer: ‸\n}`,
    has: ["adam", "sgd"],
    lacks: ["dense", "mse"],
  },
  {
    what: "what a list of metrics takes",
    text: `${model}train Net {\n  metrics: [accuracy, ‸`,
    has: ["rmse"],
    lacks: ["adam"],
  },
  {
    what: "the settings of an optimizer, not its tensors or other optimizers",
    text: `${model}train Net { optimizer: adam(‸) }`,
    has: ["lr", "beta1", "eps"],
    lacks: ["w", "g", "sgd"],
  },
  {
    what: "the settings of a regularizer in a list",
    text: `${model}train Net { regularize: [l2(‸`,
    has: ["rate"],
    lacks: ["w", "l1"],
  },
  {
    what: "the settings of a reader that are not given, not other readers",
    text: `${model}train Net { data: csv("a.csv", target: "y", ‸) }`,
    has: ["inputs", "scale", "holdout", "test"],
    lacks: ["target", "path", "csv", "npy"],
  },
  {
    what: "of a source with a name",
    text: 'data letters = text("a.txt", ‸)',
    has: ["window", "vocabulary"],
    lacks: ["target", "csv"],
  },
  {
    what: "names of the prelude, and what is built in, behind its name",
    text: "block relu(x: [..]) -> [..] = x\nblock mine(x: [..]) -> [..] = prelude.‸",
    has: ["relu", "dense", "tanh"],
    lacks: ["mine", "x", "model"],
  },
  {
    what: "nothing of a train behind the dot of a path",
    text: `${model}train Net { update: Net.‸ }`,
    has: [],
    lacks: ["loss", "let", "dense"],
  },
  { what: "`T` behind a tensor", text: "block f(x: [N, C]) -> [C, N] = x.‸", has: ["T"], lacks: ["x", "dense"] },
  {
    what: "readers and data",
    text: `data wine = csv("w.csv")\n${model}train Net {\n  data: ‸`,
    has: ["csv", "given", "wine"],
    lacks: ["dense"],
  },
  {
    what: "names that objects have by themselves",
    text: "block f(__proto__: [..], constructor: [..]) -> [..] = ‸",
    has: ["__proto__", "constructor"],
  },
  {
    what: "CR LF and letters of any script",
    text: "block f(größe: [N]) -> [N] {\r\n  let 層 = größe\r\n  return ‸",
    has: ["größe", "層"],
  },
];

test.each(cases)("$what", ({ text, has, lacks = [] }) => {
  const { inspection, at } = marked(text);
  for (const offset of at) {
    const labels = completeAt(inspection, offset).items.map(({ label }) => label);
    expect(has.filter((name) => !labels.includes(name))).toEqual([]);
    expect(lacks.filter((name) => labels.includes(name))).toEqual([]);
    expect(new Set(labels).size).toBe(labels.length);
  }
});

test("nothing in a comment or a string", () => {
  const { inspection, at } = marked('// a ‸comment\nconst a = "‸text"\n/* ‸ */');
  expect(at.flatMap((offset) => completeAt(inspection, offset).items)).toEqual([]);
});

test("what has been typed of a name is what the completion takes the place of", () => {
  const { inspection, at } = marked("model Net(x: [N, 4]) -> [N, 2] = x |> den‸s");
  const { span, items } = completeAt(inspection, at[0] ?? 0);
  expect(inspection.sources.get("main.nn")?.slice(span.from, span.to)).toBe("dens");
  expect(items.find(({ label }) => label === "dense")).toEqual({
    label: "dense",
    kind: "block",
    detail: "block dense(x: [.., C], units: int, bias: bool = true, init: initializer = he_normal) -> [.., units]",
    doc: "Every output sees every input: x @ w + b.",
  });
});

test("files, as a `use` names them", () => {
  const files = new Map([
    ["nets/blocks.nn", ""],
    ["lib/more.nn", ""],
  ]);
  const inspection = inspect({ name: "nets/main.nn", source: 'use "', files });
  expect(completeAt(inspection, 5)).toEqual({
    span: { file: "nets/main.nn", from: 5, to: 5 },
    items: [
      { label: "./blocks.nn", kind: "file" },
      { label: "../lib/more.nn", kind: "file" },
    ],
  });
});
