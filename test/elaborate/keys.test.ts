/**
 * Every key of a train and of a step, in every form: what is written has its effect, or is an error or a warning that says why not.
 * An effect is something that is otherwise in what elaboration makes.
 */
import { describe, expect, test } from "vitest";
import { trainKeys, stepKeys } from "../../compiler/semantics/train-keys.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { elaborated } from "./helpers.ts";

const model = "model M(x: [N, 3]) -> [N, 2] = x |> dense(4) |> dense(2)\n";

/** The value that a key is tried with; what it says differs from the default. */
const values: Readonly<Record<string, string>> = {
  data: 'csv("a.csv", target: "y")',
  loss: "mae",
  regularize: "l2(0.1)",
  optimizer: "momentum(lr: 0.2)",
  schedule: "inverse_time(decay: 0.5)",
  metrics: "[mean_absolute_error]",
  batch: "7",
  epochs: "3",
  steps_per_epoch: "45",
  stop_early: "2",
  clip_norm: "2",
  average: "0.5",
  start_from: '"a.safetensors"',
  seed: "9",
  minimize: "sum(M(x) - used)",
  update: "M.dense_2",
};

/** Keys with their values as a form writes them before one is tried. */
type Written = Readonly<Record<string, string>>;

interface Form {
  readonly name: string;
  readonly open: string;
  readonly own: Written;
  readonly step: Written | undefined;
}

const short: Form = {
  name: "a train with a loss",
  open: "train M {",
  own: { data: "given", loss: "mse", optimizer: "sgd(lr: 0.1)", epochs: "2" },
  step: undefined,
};
const single: Form = {
  name: "a train that minimises",
  open: "train T(x: [N, 3], target: [N, 2]) { let used = target ",
  own: { data: "given", minimize: "mean(M(x) - used)", update: "M", optimizer: "sgd(lr: 0.1)", epochs: "2" },
  step: undefined,
};
const long: Form = {
  name: "a train with a step",
  open: single.open,
  own: { data: "given", epochs: "2" },
  step: { minimize: "mean(M(x) - used)", update: "M", optimizer: "sgd(lr: 0.1)" },
};

function print(written: Written): string {
  return Object.entries(written)
    .map(([key, value]) => `${key}: ${value}`)
    .join("  ");
}

function sourceOf({ open, own, step }: Form): string {
  return `${model}${open} ${print(own)} ${step === undefined ? "" : `step s { ${print(step)} }`} }`;
}

/** What elaboration makes, as text, and what it complains of. */
function outcome(form: Form) {
  const { elaboration, diagnostics } = elaborated(sourceOf(form));
  const graphs = elaboration?.entries.map(({ name, graph }) => [name, printGraph(graph)]);
  const text = JSON.stringify([graphs, elaboration?.host, [...(elaboration?.bounds ?? [])], elaboration?.variables]);
  return { text, codes: diagnostics.map(({ code }) => code) };
}

/** The codes of what has no effect, by form and key; every other key has one, and no diagnostic. */
const useless: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "a train with a loss": {},
  "a train that minimises": { loss: ["NN0524"] },
  "a train with a step": { loss: ["NN0524"], minimize: ["NN0524"], update: ["NN0524"], optimizer: ["NN0524"] },
};

/** A metric beside `minimize` says what it compares. */
function valueOf(key: string, form: Form): string {
  return key === "metrics" && form !== short ? "[mean_absolute_error(M(x), target)]" : (values[key] ?? "");
}

describe("every key of a train", () => {
  for (const form of [short, single, long]) {
    const before = outcome(form);
    test(`${form.name} is right without it`, () => {
      expect(before.codes).toEqual([]);
    });
    test.each(trainKeys)(`${form.name}: %s`, (key) => {
      if (form === short && key === "minimize") return;
      const after = outcome({ ...form, own: { ...form.own, [key]: valueOf(key, form) } });
      const codes = useless[form.name][key] ?? [];
      expect({ codes: after.codes, effect: after.text !== before.text }).toEqual({ codes, effect: codes.length === 0 });
    });
  }
});

describe("every key of a step", () => {
  const before = outcome(long);
  test.each(stepKeys)("%s", (key) => {
    const after = outcome({ ...long, step: { ...long.step, [key]: valueOf(key, long) } });
    expect(after.codes).toEqual([]);
    expect(after.text).not.toBe(before.text);
  });
});

const rank = `model B(x: [N, 3]) -> [N, 3] {\n  param w: [3] = ones\n  return w * x\n}\n`;

describe("what cannot have its effect says so", () => {
  test.each([
    [
      "`minimize` beside `loss`",
      `${model}train T(x: [N, 3]) { data: given  loss: mse  minimize: mean(M(x))  update: M  optimizer: sgd(lr: 0.1) }`,
      ["NN0524"],
    ],
    [
      "a `let` beside `loss`",
      `${model}train M { data: given  let a = 1  let b = a  loss: mse  optimizer: sgd(lr: 0.1) }`,
      ["NN0524", "NN0524", "NN0215"],
    ],
    [
      "`clip_norm` above steps that have their own",
      `${model}train T(x: [N, 3]) { data: given  clip_norm: 1  step a { clip_norm: 2  minimize: mean(M(x))  update: M  optimizer: sgd(lr: 0.1) } }`,
      ["NN0524"],
    ],
    [
      "a step called as a result is",
      `${model}train T(x: [N, 3]) { data: given  step other { minimize: mean(M(x))  update: M  optimizer: sgd(lr: 0.1) } step lr { minimize: mean(M(x))  update: M  optimizer: sgd(lr: 0.1) } }`,
      ["NN0524"],
    ],
    [
      "`batch: 8` of `arrays`",
      `${model}train M { data: arrays(x: "x.csv", target: "y.csv")  loss: mse  optimizer: sgd(lr: 0.1)  epochs: 1  batch: 8 }`,
      ["NN0505"],
    ],
    [
      "`batch` without an axis for it",
      "model M(x: [4, 3]) -> [4, 2] = x |> dense(2)\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 4 }",
      ["NN0529"],
    ],
    [
      "`batch` with a constant axis",
      "const rows = 4\nmodel M(x: [rows, 3]) -> [rows, 2] = x |> dense(2)\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 4 }",
      ["NN0529"],
    ],
    [
      "`stop_early` in one epoch",
      `${model}train M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  stop_early: 3 }`,
      ["NN0525"],
    ],
    [
      "`steps_per_epoch` beside data that tell",
      `${model}train M { data: csv("a.csv", target: "y")  loss: mse  optimizer: sgd(lr: 0.1)  epochs: 2  steps_per_epoch: 3 }`,
      ["NN0525"],
    ],
    ["`steps_per_epoch: 0`", `${model}train M { loss: mse  optimizer: sgd(lr: 0.1)  steps_per_epoch: 0 }`, ["NN0505"]],
    [
      "`batch` without an input",
      `${model}train T { minimize: mean(M(random_normal([4, 3])))  update: M  optimizer: sgd(lr: 0.1)  batch: 4 }`,
      ["NN0529"],
    ],
    ...['csv("a.csv", scale: 2)', "given(holdout: 20%)"].map((data): [string, string, string[]] => [
      `\`data: ${data}\` without an input, where the train says how long an epoch is`,
      `${model}train T { data: ${data}  minimize: mean(M(random_normal([4, 3])))  update: M  optimizer: sgd(lr: 0.1)  epochs: 2  steps_per_epoch: 20 }`,
      ["NN0525"],
    ]),
    [
      "no `epochs`",
      `${model}train M { data: csv("a.csv", target: "y")  loss: mse  optimizer: sgd(lr: 0.1) }`,
      ["NN0526"],
    ],
    [
      "`regularize` without a parameter of two dimensions",
      `${rank}train B { data: given  loss: mse  optimizer: sgd(lr: 0.1)  regularize: l2(0.1) }`,
      ["NN0516"],
    ],
    [
      "an input of a train that the loss has not",
      `${model}train M(mask: [N]) { data: given  loss: mse  optimizer: sgd(lr: 0.1) }`,
      ["NN0528"],
    ],
    [
      "an input of a train that the model has otherwise",
      `${model}train M(x: [N, 4]) { data: given  loss: mse  optimizer: sgd(lr: 0.1) }`,
      ["NN0528"],
    ],
    [
      "an input of a train with steps that nothing reads",
      `${model}train T(x: [N, 3], y: [N]) { data: given  minimize: mean(M(x))  update: M  optimizer: sgd(lr: 0.1) }`,
      ["NN0215"],
    ],
    ["`data` that is wrong and unused", `${model}data d = csv("a.csv", scale: 0)`, ["NN0215", "NN0505"]],
    ["`data` of no reader and unused", `${model}data d = cvs("a.csv")`, ["NN0215", "NN0506"]],
    [
      "`data` that is unused, with every mistake",
      `${model}data d = csv(scale: 0, trget: "y", holdout: 2.5, mask: "m", scale: 1)`,
      ["NN0215", "NN0405", "NN0505", "NN0813", "NN0505", "NN0813", "NN0402"],
    ],
    [
      "a schedule that leaves `lr0` out",
      `${model}schedule own() = 0.1 / step\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  schedule: own }`,
      ["NN0523"],
    ],
    [
      "a `const` of a file that has no model, since others may name it",
      "const width = 4\nblock b(x: [..]) -> [..] = x",
      ["NN0127"],
    ],
    ["a `const` that nothing names", `const width = 4\n${model}`, ["NN0215"]],
    ["`data` without a train", `${model}data d = csv("a.csv", target: "t")`, ["NN0215"]],
    [
      "a loss without its target",
      `${model}loss small(output: [..], target: [..]) -> [] = mean(output ** 2)\ntrain M { data: given  loss: small  optimizer: sgd(lr: 0.1) }`,
      ["NN0215"],
    ],
    [
      "a metric without its target",
      `${model}metric size(output: [..], target: [..]) -> [] = mean(abs(output))\ntrain M { data: given  loss: mse  metrics: [size]  optimizer: sgd(lr: 0.1) }`,
      ["NN0215"],
    ],
    [
      "a regularizer without the weight",
      `${model}regularizer none(w, rate: float) -> [] = broadcast(rate, [])\ntrain M { data: given  loss: mse  regularize: none(0.1)  optimizer: sgd(lr: 0.1) }`,
      ["NN0215"],
    ],
  ])("%s", (_, source, codes) => {
    expect(elaborated(source).diagnostics.map(({ code }) => code)).toEqual(codes);
  });

  test.each([
    [
      "`batch: all` of `arrays`",
      `${model}train M { data: arrays(x: "x.csv", target: "y.csv")  loss: mse  optimizer: sgd(lr: 0.1)  epochs: 1  batch: all }`,
    ],
    [
      "`arrays` are one batch without a word",
      `${model}train M { data: arrays(x: "x.csv", target: "y.csv")  loss: mse  optimizer: sgd(lr: 0.1)  epochs: 1 }`,
    ],
    [
      "inputs of a train that repeat the model's and type the target",
      `${model}train M(x: [N, 3], target: [N, 2]) { data: given  loss: mse  optimizer: sgd(lr: 0.1) }`,
    ],
    [
      "one step without its own beside one that has it",
      `${model}train T(x: [N, 3]) { data: given  clip_norm: 1  step a { clip_norm: 2  minimize: mean(M(x))  update: M  optimizer: sgd(lr: 0.1) } step b { minimize: mean(M(x))  update: M  optimizer: sgd(lr: 0.1) } }`,
    ],
    [
      "`all: true` takes parameters of one dimension",
      `${rank}train B { data: given  loss: mse  optimizer: sgd(lr: 0.1)  regularize: l2(0.1, all: true) }`,
    ],
  ])("%s is fine", (_, source) => {
    expect(elaborated(source, { bounds: new Map([["N", 8]]) }).diagnostics).toEqual([]);
  });
});

describe("what has its effect elsewhere is not warned of", () => {
  test.each([
    [
      "a schedule that leaves the rate to another",
      `${model}schedule own(then: schedule = cosine) = then()\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  schedule: own }`,
    ],
    [
      "`data` that the second of two trains names",
      `${model}data d = csv("a.csv")\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 1) }\ntrain M as b { data: d  loss: mse  optimizer: sgd(lr: 1)  epochs: 1 }`,
    ],
    ["a `const` as a size", "const width = 4\nmodel M(x: [N, width]) -> [N, width] = x"],
    [
      "a `const` for another",
      "const width = 4\nconst twice = 2 * width\nmodel M(x: [N, 8]) -> [N, 8] = x |> dense(twice)",
    ],
    ["a target whose size is asked for", `${model}loss few(output: [N, K], target: [M, L]) -> [] = mean(output) / M\n`],
    [
      "`data` for what only a loss takes",
      `${model}loss own(output: [..], target: [..], mask: [..]) -> [] = mean(mask * (output - target) ** 2)\ndata d = csv("a.csv", mask: "m")\ntrain M { data: d  loss: own  optimizer: sgd(lr: 0.1)  epochs: 1  batch: 4 }`,
    ],
  ])("%s", (_, source) => {
    expect(elaborated(source).diagnostics.map(({ code }) => code)).toEqual([]);
  });
});
