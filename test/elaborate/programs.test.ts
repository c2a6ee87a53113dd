/** Whole programs, elaborated: parameters, descriptions, graphs, sizes, and what the host is told. */
import { describe as group, expect, test } from "vitest";
import { constantValue, printShape } from "../../compiler/dimension/dimension.ts";
import { describe, printCount } from "../../compiler/elaborate/describe.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { elaborated, show } from "./helpers.ts";

function model(text: string) {
  const { elaboration, diagnostics } = elaborated(text, { bounds: new Map(/\bT[,\]]/.test(text) ? [["T", 8]] : []) });
  expect(show(diagnostics, text)).toEqual([]);
  if (elaboration === undefined) throw new Error("nothing was elaborated");
  return elaboration;
}

function parameters(text: string): readonly string[] {
  return model(text)
    .variables.filter(({ role }) => role === "parameter")
    .map(({ name }) => name);
}

function graph(text: string, entry: string): string {
  const found = model(text).entries.find(({ name }) => name === entry);
  return found === undefined ? "" : printGraph(found.graph);
}

group("counting parameters", () => {
  test("3-5-5-4 has 60 weights, and 74 with biases", () => {
    const layers = (bias: string) =>
      `model M(x: [N, 3]) -> [N, 4] = x |> dense(5${bias}) |> relu |> dense(5${bias}) |> relu |> dense(4${bias})`;
    expect(model(layers(", bias: false")).host.models[0].parameters).toBe(60);
    expect(model(layers("")).host.models[0].parameters).toBe(74);
  });

  test("describes layers with their output and parameters", () => {
    const [description] = describe(model("model M(x: [N, 3]) -> [N, 4] = x |> dense(5) |> relu |> dense(4)"));
    expect(constantValue(description.parameters)).toBe(44);
    expect(
      description.layers.map(
        ({ path, block, output, parameters: count }) =>
          `${path} ${block} [${output?.shape.map(({ key }) => key).join(", ")}] ${printCount(count)}`,
      ),
    ).toEqual(["M.dense dense [N, 5] 20", "M.relu relu [N, 5] 0", "M.dense_2 dense [N, 4] 24"]);
  });
});

group("repeat(0, …) is the identity", () => {
  const plain = (body: string, more = "") =>
    graph(`${more}model M(x: [N, 3]) -> [N, 4] ${body}`, "predict.M").replaceAll(/ *\/\/.*/g, "");
  const alone = plain("= x |> dense(4)");

  test.each([
    ["in a pipe", "= x |> repeat(0, dense(3)) |> dense(4)", ""],
    ["as a call", "= dense(repeat(0, dense(3))(x), 4)", ""],
    ["in a composition", "{\n  let f = repeat(0, relu) |> repeat(0, dense(7))\n  return x |> f |> dense(4)\n}", ""],
    ["with a name", '= x |> repeat(0, dense(3)) as "body" |> dense(4)', ""],
    [
      "in a block",
      "= x |> tower(0) |> dense(4)",
      "block tower(x: [N, C], depth: int) -> [N, C] = x |> repeat(depth, dense(C) |> relu)\n",
    ],
  ])("%s", (_, body, more) => {
    expect(plain(body, more)).toBe(alone);
    expect(parameters(`${more}model M(x: [N, 3]) -> [N, 4] ${body}`)).toEqual(["M.dense.w", "M.dense.b"]);
  });

  test("takes one input, by its place", () => {
    const told = (call: string) => {
      const source = `model M(x: [N, 3]) -> [N, 3] = ${call}`;
      return show(elaborated(source).diagnostics, source);
    };
    expect(told("repeat(0, maximum)(x, x)")).toEqual([
      "error NN0404: `repeat(0, …)` takes at most 1 tensor, found 2",
      "  «repeat(0, maximum)(x, x)» this call",
    ]);
    expect(told("repeat(0, relu)(x: x)")).toEqual([
      "error NN0414: a name that holds `repeat(0, …)` takes its tensors in order, found one called `x`",
      "  «x: x» without its name",
    ]);
    expect(told("x |> repeat(-1, relu)")[0]).toBe(
      "error NN0319: the length of a `repeat`, 0 to 100000, must be known at compile time, found -1",
    );
  });
});

group("a layer that a setting holds, in a repeat", () => {
  const told = (body: string, given: string): readonly string[] => {
    const source = `block deep(x: [.., D], norm: layer) -> [.., D] ${body}\nmodel M(x: [N, 4]) -> [N, 4] = x |> deep(${given})`;
    return show(elaborated(source).diagnostics, source);
  };

  test.each([
    ["beside others", "= x |> repeat(3, dense(D) |> norm)", "layer_norm"],
    ["in another", "= x |> repeat(3, residual(norm))", "layer_norm"],
    ["in a repeat in a repeat", "= x |> repeat(2, repeat(3, dense(D) |> norm))", "relu |> dense(4)"],
  ])("is told to be one for all turns, %s", (_, body, given) => {
    const [message, place] = told(body, given);
    expect(message).toBe("warning NN0419: the turns of this `repeat` share one `norm`, with one set of parameters");
    expect(place).toBe("  «norm» one for all turns");
  });

  test("says what to write in its place", () => {
    expect(told("= x |> repeat(3, dense(D) |> norm)", "layer_norm").slice(2)).toEqual([
      "  «deep(layer_norm)» in `deep`, called here",
      "  help: name the block itself in the `repeat` for one each turn; `let one = norm` before it, and `one` in it, means one for all",
    ]);
  });

  test.each([
    ["has no parameters", "= x |> repeat(3, dense(D) |> norm)", "relu"],
    ["stands alone", "= x |> repeat(3, norm)", "layer_norm"],
    ["has one turn", "= x |> repeat(1, dense(D) |> norm)", "layer_norm"],
    ["is held by a `let`", "{\n  let one = norm\n  return x |> repeat(3, dense(D) |> one)\n}", "layer_norm"],
  ])("is taken without a word where it %s", (_, body, given) => {
    expect(told(body, given)).toEqual([]);
  });
});

group("inputs by name", () => {
  const block = "block less(a: [..], b: [..]) -> [..] = a - b\n";
  const body = (call: string) =>
    graph(
      `${block}model M(x: [N, 3], y: [N, 3]) -> [N, 3] {\n  ${call.includes("f(") ? "let f = less" : ""}\n  return ${call}\n}`,
      "predict.M",
    )
      // Where a call stands is not what it computes.
      .replaceAll(/ *\/\/.*/g, "");

  test.each(["less(b: x, a: y)", "f(b: x, a: y)", "f(y, b: x)", "y |> f(b: x)"])(
    "%s is y - x, whether a name holds the block or not",
    (call) => expect(body(call)).toBe(body("f(y, x)")),
  );
});

group("paths of parameters", () => {
  test.each([
    [
      "names count from the second",
      "model M(x: [N, 3]) -> [N, 3] = x |> dense(3, bias: false) |> dense(3, bias: false)",
      ["M.dense.w", "M.dense_2.w"],
    ],
    ["as fixes a name", 'model M(x: [N, 3]) -> [N, 3] = x |> dense(3, bias: false) as "first"', ["M.first.w"]],
    [
      "a let names the layer it binds, which is shared",
      "model M(x: [N, 3]) -> [N, 3] {\n  let f = dense(3, bias: false)\n  return x |> f |> f\n}",
      ["M.f.w"],
    ],
    [
      "a let stands before a composition's names",
      "model M(x: [N, 3]) -> [N, 3] {\n  let head = dense(3, bias: false) |> relu |> dense(3, bias: false)\n  return head(x)\n}",
      ["M.head.dense.w", "M.head.dense_2.w"],
    ],
    [
      "a let of a tensor names nothing",
      "model M(x: [N, 3]) -> [N, 3] {\n  let y = x |> dense(3, bias: false)\n  return y\n}",
      ["M.dense.w"],
    ],
    [
      "repeat makes new layers",
      "model M(x: [N, 3]) -> [N, 3] = x |> repeat(2, dense(3, bias: false))",
      ["M.repeat.0.dense.w", "M.repeat.1.dense.w"],
    ],
    [
      "repeat of a setting shares",
      "block twice(x: [N, C], body: layer) -> [N, C] = x |> repeat(2, body)\nmodel M(x: [N, 3]) -> [N, 3] = x |> twice(dense(3, bias: false))",
      ["M.twice.dense.w"],
    ],
    [
      "a layer given to a block is below its call",
      "model M(x: [N, 3]) -> [N, 3] = x |> residual(layer_norm |> dense(3, bias: false))",
      ["M.residual.layer_norm.gamma", "M.residual.layer_norm.beta", "M.residual.dense.w"],
    ],
    ...[
      "dense(tanh(dense(x, 5, bias: false)), 3, bias: false)",
      "x |> dense(5, bias: false) |> tanh |> dense(3, bias: false)",
      "sigmoid(dense(relu(x |> dense(5, bias: false)), 3, bias: false))",
    ].map((notation): [string, string, readonly string[]] => [
      `calls inside one another have the paths of a pipe: ${notation}`,
      `model M(x: [N, 3]) -> [N, 3] = ${notation}`,
      ["M.dense.w", "M.dense_2.w"],
    ]),
    [
      "a layer that a call holds is below it, and what is held already stays where it is",
      `model M(x: [N, 3]) -> [N, 3] {
  let f = dense(3, bias: false)
  return residual(dense(x, 3, bias: false), residual(f |> dense(3, bias: false) as "head" |> repeat(1, dense(3, bias: false))))
}`,
      ["M.dense.w", "M.f.w", "M.residual.residual.head.w", "M.residual.residual.repeat.0.dense.w"],
    ],
    [
      "also in a list, by its name, and where a block holds what it was given",
      `block two(x: [..], bodies: [layer], last: layer = relu) -> [..] = x |> bodies[0] |> bodies[1] |> last
block inner(x: [..], body: layer) -> [..] = x |> body
block outer(x: [N, C], body: layer) -> [N, C] = inner(x, body |> dense(C, bias: false))
model M(x: [N, 3]) -> [N, 3] {
  let all = [dense(3, bias: false), relu]
  return x |> two([all[0], dense(3, bias: false)], last: dense(3, bias: false)) |> outer(dense(3, bias: false))
}`,
      ["M.dense.w", "M.two.dense.w", "M.two.dense_2.w", "M.outer.dense.w", "M.outer.inner.dense.w"],
    ],
    [
      "letters of any script, in one form",
      'block 層(x: [.., C]) -> [.., C] {\n  param вес: [C] = ones\n  return вес * x\n}\nmodel Größe(x: [N, 3]) -> [N, 3] = x |> 層 |> 層 as "e\u0301"',
      ["Größe.層.вес", "Größe.\u00e9.вес"],
    ],
    [
      "a model called by another keeps its root",
      "model A(x: [N, 3]) -> [N, 3] = x |> dense(3, bias: false)\nmodel B(x: [N, 3]) -> [N, 3] = x |> A |> A",
      ["A.dense.w"],
    ],
    [
      "the example of a language model",
      "block encoder(x: [N, T, D], depth: int, heads: int) -> [N, T, D] = x |> repeat(depth, residual(self_attention(heads, bias: false)))\nmodel Lm(x: [N, T, 4]) -> [N, T, 4] = x |> encoder(1, 2)",
      ["w_q", "w_k", "w_v", "w_o"].map((name) => `Lm.encoder.repeat.0.residual.self_attention.${name}`),
    ],
    [
      "__proto__ and constructor are names",
      "model constructor(__proto__: [N, 3]) -> [N, 3] {\n  let toString = dense(3, bias: false)\n  return __proto__ |> toString\n}",
      ["constructor.toString.w"],
    ],
  ])("%s", (_, text, expected) => {
    expect(parameters(text)).toEqual(expected);
  });

  test("each entry finds the same parameters", () => {
    const text =
      "model M(x: [N, 3]) -> [N, 2] = x |> dense(4) |> dropout(0.5) |> dense(2)\ntrain M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8 }";
    const read = model(text)
      .entries.filter(({ name }) => name !== "init")
      .map(({ graph: { inputs } }) =>
        inputs
          .filter(({ attributes }) => attributes.role === "parameter")
          .map(({ path }) => path)
          .sort(),
      );
    for (const names of read) expect(names).toEqual(["M.dense.b", "M.dense.w", "M.dense_2.b", "M.dense_2.w"]);
  });
});

group("graphs", () => {
  test("a dense layer", () => {
    expect(graph("model M(x: [N, 3]) -> [N, 2] = x |> dense(2)", "predict.M")).toBe(
      [
        '%0 = input[dtype: "f32", name: "M.x", role: "input", shape: [N, 3]]() : f32[N, 3]   // M.x',
        '%1 = input[dtype: "f32", name: "M.dense.w", role: "parameter", shape: [3, 2]]() : f32[3, 2]   // M.dense.w',
        "%2 = contract[ab,bc->ac](%0, %1) : f32[N, 2]   // M.dense",
        '%3 = input[dtype: "f32", name: "M.dense.b", role: "parameter", shape: [2]]() : f32[2]   // M.dense.b',
        "%4 = broadcast[axes: [1], shape: [N, 2]](%3) : f32[N, 2]   // M.dense",
        "%5 = add(%2, %4) : f32[N, 2]   // M.dense",
        "result predict.M.output = %5",
      ].join("\n"),
    );
  });

  test("where with a known condition is the chosen side", () => {
    expect(graph("model M(x: [N, 3]) -> [N, 3] = where(2 > 1, x, x @ x)", "predict.M")).toBe(
      '%0 = input[dtype: "f32", name: "M.x", role: "input", shape: [N, 3]]() : f32[N, 3]   // M.x\nresult predict.M.output = %0',
    );
  });

  test("whole powers are repeated squaring", () => {
    const ops = graph("model M(x: [N, 3]) -> [N, 3] = x ** 5", "predict.M")
      .split("\n")
      .map((line) => /= (\w+)/.exec(line)?.[1]);
    expect(ops).toEqual(["input", "mul", "mul", "mul", undefined]);
  });

  test("compile-time numbers are exact, and round once", () => {
    expect(graph("model M(x: [N]) -> [N] = x * (1 / 10 + 2 / 10)", "predict.M")).toContain("value: 0.3]");
  });

  test.each([
    ["1e20", 2147483647],
    ["-1e20", -2147483648],
    ["3000000000", 2147483647],
    ["2147483647", 2147483647],
    ["-2147483649", -2147483648],
    ["2.75", 2],
    ["-2.75", -2],
  ])("i32(%s) is %d, as when it is computed", (number, expected) => {
    expect(graph(`model M(x: i32[N]) -> i32[N] = x + i32(${number})`, "predict.M")).toContain(`value: ${expected}]`);
  });

  test("places that want a whole number round down what is written there", () => {
    expect(graph("model M(x: [N, 7]) -> [N, 3] = x[:, 0 : 7 / 2]", "predict.M")).toContain("size: [N, 3]");
  });

  test("batch norm reads its averages outside training and writes them in a step", () => {
    const text =
      "model M(x: [N, 3]) -> [N, 2] = x |> batch_norm |> dense(2)\ntrain M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1) }";
    const outputs = (entry: string) =>
      model(text)
        .entries.find(({ name }) => name === entry)
        ?.graph.outputs.filter(({ role }) => role === "state")
        .map(({ name }) => name);
    expect(outputs("train_step")).toEqual(["M.batch_norm.running_mean", "M.batch_norm.running_var"]);
    expect(outputs("predict.M")).toEqual([]);
  });
});

group("labels of axes", () => {
  const fails = (text: string) => elaborated(text, { allowOpen: true }).diagnostics.map(({ code }) => code);
  test.each([
    ["over a name where sizes are equal", "model M(x: [C, D]) -> [D] = sum(x, over: C)"],
    ["through a broadcast", "model M(x: [N, C], y: [C]) -> [N] = sum(x + y, over: C)"],
    [
      "a reshape labels bare names",
      "block f(x: [N, D], k: int) -> [N, _] = max(reshape(x, [N, k, D / k]), over: k)\nmodel M(x: [N, 4]) -> [N, 2] = f(x, 2)",
    ],
    ["a call's result has the caller's names", "model M(x: [N, T, 3]) -> [N, 2] = mean(x |> dense(2), over: T)"],
    [
      "over: .. is what .. matched",
      "block f(x: [.., C]) -> [C] = mean(x, over: ..)\nmodel M(x: [N, T, 3]) -> [3] = f(x)",
    ],
    ["keep keeps the label", "model M(x: [N, C]) -> [N] = sum(max(x, over: C, keep: true), over: C)"],
  ])("%s", (_, text) => {
    expect(fails(text)).toEqual([]);
  });

  test.each([
    ["no such axis", "model M(x: [N, 3]) -> [N] = sum(x, over: C)", "NN0309"],
    ["two such axes", "model M(x: [V, V]) -> [V] = sum(x, over: V)", "NN0310"],
    [
      "different labels vanish",
      "model M(x: [N, 3], y: [N, 3]) -> [N, 3] {\n  let z = x + x.T\n  return x\n}",
      "NN0301",
    ],
  ])("%s", (_, text, code) => {
    expect(fails(text)).toContain(code);
  });
});

group("open and closed dimensions", () => {
  const karate = (tail: string) =>
    `block spread(x: [V, F], a: [V, V], units: int) -> [V, units] {\n  param w: [F, units] = xavier_uniform\n  return a @ (x @ w)\n}\nmodel Club(members: [V, F], adjacency: [V, V]) -> [V, 2] = spread(members, adjacency, 2)\ntrain Club { data: arrays(members: "m.csv", adjacency: "a.csv", target: "t.csv")  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: all  epochs: 1 }${tail}`;

  test("a closed one without a value is named, with the way to give it", () => {
    const { diagnostics } = elaborated(karate(""));
    expect(diagnostics.map(({ code, message, help }) => `${code} ${message} | ${help}`)).toEqual([
      "NN0327 the dimension `F` needs a value: the size of `Club.spread.w` depends on it | give it with `dims: { F: … }`, or `--dim F=…` on the command line",
    ]);
  });

  test("options and data give values and bounds", () => {
    const given = elaborated(karate(""), { dims: new Map([["F", 34]]), bounds: new Map([["V", 40]]) });
    expect(given.elaboration?.bounds).toEqual(new Map([["V", 40]]));
    const shapes = new Map([
      ["members", [34, 34]],
      ["adjacency", [34, 34]],
    ]);
    const read = elaborated(karate(""), { dataFacts: { shapes } });
    expect(read.diagnostics).toEqual([]);
    expect(read.elaboration?.bounds).toEqual(new Map([["V", 34]]));
    expect(read.elaboration?.variables[0].type.shape.map(({ key }) => key)).toEqual(["34", "2"]);
  });

  test("the batch bounds the leading dimension, the window of a text the sequence", () => {
    const text =
      'model M(t: i32[N, T]) -> [N, T, 8] = t |> embedding(8, 4) |> dense(8)\ntrain M { data: text("a.txt", window: 16, vocabulary: 8)  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 5 }';
    expect(elaborated(text).elaboration?.bounds).toEqual(
      new Map([
        ["N", 5],
        ["T", 16],
      ]),
    );
  });

  test("check leaves them open and counts in polynomials", () => {
    const { elaboration } = elaborated(karate(""), { allowOpen: true });
    expect(
      elaboration === undefined ? undefined : describe(elaboration).map(({ parameters: count }) => printCount(count)),
    ).toEqual(["2*F"]);
  });

  test("a requirement over open dimensions goes to the host", () => {
    const text = "model M(x: [N, T, 4]) -> [N, T, 4] = x |> learned_positions(8)";
    const { elaboration } = elaborated(text, {
      bounds: new Map([
        ["N", 2],
        ["T", 8],
      ]),
    });
    expect(
      elaboration?.host.requirements.map(({ left, comparison, right }) => `${left.key} ${comparison} ${right.key}`),
    ).toContain("T lessEqual 8");
  });
});

group("trains", () => {
  const train = (rest: string) =>
    `model M(x: [N, 3]) -> [N, 2] = x |> dense(2, bias: false)\ntrain M { data: given  loss: cross_entropy  optimizer: adam(lr: 0.1)  ${rest} }`;

  test("optimizer state is named by step, state and parameter", () => {
    const names = model(train(""))
      .variables.filter(({ role }) => role === "optimizer")
      .map(({ name }) => name);
    expect(names).toEqual(["optimizer.main.v.M.dense.w", "optimizer.main.s.M.dense.w"]);
  });

  test("class ids have a limit for the host", () => {
    expect(model(train("")).host.train?.inputs.map(({ name, dtype, limit }) => ({ name, dtype, limit }))).toEqual([
      { name: "x", dtype: "f32", limit: undefined },
      { name: "target", dtype: "i32", limit: 2 },
    ]);
  });

  test("averages are states beside the parameters, and evaluation reads them", () => {
    const { variables, entries } = model(train("average: 0.99"));
    expect(variables.map(({ name }) => name)).toContain("average.M.dense.w");
    const read = (entry: string) =>
      entries.find(({ name }) => name === entry)?.graph.inputs.map(({ attributes }) => attributes.name);
    expect(read("evaluate")).toContain("average.M.dense.w");
    expect(read("evaluate")).not.toContain("M.dense.w");
  });

  test("metrics with state stream, others have an entry for the whole set", () => {
    const text = `metric spread_of(output: [N, K], target: i32[N]) -> [] = max(output) - min(output) + 0 * mean(f32(target))\n${train("metrics: [accuracy, spread_of]")}`;
    const { entries, host, bounds } = model(text);
    expect(entries.map(({ name }) => name)).toEqual([
      "init",
      "train_step",
      "evaluate_start",
      "evaluate",
      "metric.spread_of",
      "predict.M",
    ]);
    expect(host.train?.evaluation.metrics.map(({ name }) => name)).toEqual(["accuracy"]);
    expect(bounds.get("rows")).toBe(16_384);
  });

  test("metrics are called as they say; what the whole set is asked of is kept once, and not where it was given", () => {
    const text = `metric largest(output: [N, K], target: i32[N]) -> [] = max(output) + 0 * mean(f32(target))
      ${train('metrics: [top_k(k: 2) as "top2", top_k(k: 1) as "top1", largest, largest as "again"]')}`;
    const { entries, host } = model(text);
    const { metrics = [], whole = [] } = host.train?.evaluation ?? {};
    expect(metrics.map(({ name, buffer }) => `${name} ${buffer}`)).toEqual([
      "top2 evaluate.top2",
      "top1 evaluate.top1",
    ]);
    expect(
      whole.map(({ entry, inputs }) => [entry, ...inputs.map(({ input, from }) => `${input.name} ${from}`)]),
    ).toEqual([
      ["metric.largest", "output evaluate.largest.output", "target train.target"],
      ["metric.again", "output evaluate.largest.output", "target train.target"],
    ]);
    const evaluate = entries.find(({ name }) => name === "evaluate");
    expect(evaluate?.graph.outputs.map(({ name }) => name)).toEqual([
      "evaluate.largest.output",
      "evaluate.loss",
      "evaluate.top2",
      "evaluate.top1",
      "metric.top2.hits",
      "metric.top2.rows",
      "metric.top1.hits",
      "metric.top1.rows",
    ]);
  });

  test("with steps, the input called `target` is what the data's target goes to", () => {
    const text =
      "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)\ntrain T(x: [N, 3], target: i32[N]) { data: given  step a { minimize: cross_entropy(M(x), target)  update: M  optimizer: sgd(lr: 1) } }";
    expect(model(text).host.train?.target).toEqual({ input: "target", kind: "classes" });
  });

  test("a parameter that the loss does not reach is named in a warning", () => {
    const text =
      "model M(x: [N, 3]) -> [N, 2] = x |> dense(2, bias: false)\nmodel Other(x: [N, 3]) -> [N, 2] = x |> dense(2, bias: false)\ntrain T(x: [N, 3]) { data: given  step a { minimize: mean(M(x)) + mean(stop_gradient(Other(x)))  update: [M, Other]  optimizer: sgd(lr: 0.1) } }";
    expect(elaborated(text).diagnostics.map(({ code, severity, message }) => `${severity} ${code} ${message}`)).toEqual(
      [
        "warning NN0507 the loss of `a` does not depend on the parameter `Other.dense.w`, so that step does not move it",
      ],
    );
  });

  test("a step moves only what it updates", () => {
    const text =
      "model A(x: [N, 3]) -> [N, 3] = x |> dense(3, bias: false)\nmodel B(x: [N, 3]) -> [N, 1] = x |> dense(1, bias: false)\ntrain T(x: [N, 3]) { data: given  step a { minimize: mean(B(A(x)))  update: A  optimizer: sgd(lr: 0.1) }  step b { minimize: mean(B(A(x)))  update: B  optimizer: momentum(lr: 0.1) } }";
    const { entries, host } = model(text);
    const step = entries.find(({ name }) => name === "train_step");
    expect(step?.graph.outputs.filter(({ role }) => role !== "counter").map(({ name }) => name)).toEqual([
      "train_step.a",
      "train_step.lr.a",
      "train_step.b",
      "train_step.lr.b",
      "A.dense.w",
      "optimizer.b.v.B.dense.w",
      "B.dense.w",
    ]);
    expect(host.train?.losses.map(({ name }) => name)).toEqual(["a", "b"]);
  });
});

group("constants", () => {
  test("a scalar is a node of each graph that uses it", () => {
    const { entries } = model("const a = 1 / sqrt(2)\nmodel M(x: [N, 3]) -> [N, 3] = x * a");
    const predict = entries.find(({ name }) => name === "predict.M");
    expect(predict === undefined ? "" : printGraph(predict.graph)).toContain("%3 = mul(%0, %2)");
  });
});

group("a model called with other names", () => {
  test("has the sizes of the call where it stands by itself", () => {
    const text =
      "model M(x: [N, F]) -> [N, F] {\n  let same = dense(F, bias: false)\n  return x |> same |> same\n}\ntrain M(x: [N, 3]) { data: given  step a { minimize: mean(M(x))  update: M  optimizer: sgd(lr: 0.1) } }";
    expect(model(text).variables.map(({ name, type }) => `${name} ${printShape(type.shape)}`)[0]).toBe(
      "M.same.w [3, 3]",
    );
  });
});
