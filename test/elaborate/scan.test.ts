/** What a `scan` becomes: the node, its region, and where its axes, labels, draws and parameters go. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { describe as described } from "../../compiler/elaborate/describe.ts";
import type { ElaborateOptions } from "../../compiler/elaborate/parts.ts";
import { nodesWithin } from "../../compiler/graph/bodies.ts";
import { printGraph, printType } from "../../compiler/graph/print.ts";
import { scanParts } from "../../compiler/graph/region.ts";
import type { GraphNode } from "../../compiler/graph/types.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { elaborated, show } from "./helpers.ts";

/** The largest length, where a source leaves it open. */
const bounds = new Map([["T", 8]]);

function built(source: string, options: Partial<ElaborateOptions> = {}) {
  const isOpen = /model [^=]*\bT\b/.test(source) && options.dims === undefined;
  const { elaboration, diagnostics } = elaborated(source, { ...(isOpen ? { bounds } : {}), ...options });
  expect(show(diagnostics, source)).toEqual([]);
  if (elaboration === undefined) throw new Error("nothing was elaborated");
  for (const { graph } of elaboration.entries) expect(verifyGraph(graph)).toEqual([]);
  return elaboration;
}

function predicted(source: string, options: Partial<ElaborateOptions> = {}) {
  const found = built(source, options).entries.find(({ name }) => name === "predict.M");
  if (found === undefined) throw new Error("there is no model M");
  return found.graph;
}

function scansOf(source: string, options: Partial<ElaborateOptions> = {}): readonly GraphNode[] {
  return nodesWithin(predicted(source, options)).filter(({ op }) => op === "scan");
}

function typesOf(source: string, options: Partial<ElaborateOptions> = {}): readonly string[] {
  const graph = predicted(source, options);
  return graph.outputs.map(({ value }) => printType(graph.typeOf(value)));
}

/** `length 3 of 2 slices, 1 carry, recomputed`, in the order of the text. */
function told(source: string, options: Partial<ElaborateOptions> = {}): readonly string[] {
  return scansOf(source, options).map((node) => {
    const { length, slices, carries, emits, reversed, recompute } = scanParts(node);
    const counts = `${length.key}: ${slices} slices, ${carries} carries, ${emits} emits`;
    return `${counts}${reversed ? ", reversed" : ""}${recompute ? ", recomputed" : ""}`;
  });
}

const running = "next h = h + r\n  emit h";

describe("a scan", () => {
  test("is a node with its body as region, and what the body reads from outside is captured", () => {
    const source = `model M(x: [N, T, 3]) -> [N, T, 4] {
  let (states, _) = scan r in x along T with h = zeros([N, 4]) {
    next h = tanh(r |> dense(4, bias: false)) + h
    emit h
  }
  return states
}`;
    expect(printGraph(predicted(source))).toMatchInlineSnapshot(`
      "%0 = input[dtype: "f32", name: "M.x", role: "input", shape: [N, T, 3]]() : f32[N, T, 3]   // M.x
      %1 = constant[dtype: "f32", value: 0]() : f32[]   // M.zeros
      %2 = broadcast[axes: [], shape: [N, 4]](%1) : f32[N, 4]   // M.zeros
      %3 = input[dtype: "f32", name: "M.dense.w", role: "parameter", shape: [3, 4]]() : f32[3, 4]   // M.dense.w
      %4 = transpose[permutation: [1, 0, 2]](%0) : f32[T, N, 3]   // M
      %5 = scan[carries: 1, length: T, recompute: false, reversed: false, slices: 1](%4, %2, %3) : f32[T, N, 4], f32[N, 4]   // M
        %0 = given[dtype: "f32", name: "given 0", shape: [N, 3]]() : f32[N, 3]   // M
        %1 = given[dtype: "f32", name: "given 1", shape: [N, 4]]() : f32[N, 4]   // M
        %2 = given[dtype: "f32", name: "given 2", shape: [3, 4]]() : f32[3, 4]   // M.dense.w
        %3 = contract[ab,bc->ac](%0, %2) : f32[N, 4]   // M.dense
        %4 = tanh(%3) : f32[N, 4]   // M
        %5 = add(%4, %1) : f32[N, 4]   // M
        result emit 0 = %5
        result next 0 = %5
      %6 = transpose[permutation: [1, 0, 2]](%5) : f32[N, T, 4]   // M
      result predict.M.output = %6"
    `);
  });

  test("in a scan is a region in a region", () => {
    const source = `model M(x: [N, T, 3]) -> [N] =
  scan r in x along T with h = zeros([N]) { next h = h + scan q in r along axis 1 with g = h { next g = g * q } }`;
    expect(printGraph(predicted(source))).toMatchInlineSnapshot(`
      "%0 = input[dtype: "f32", name: "M.x", role: "input", shape: [N, T, 3]]() : f32[N, T, 3]   // M.x
      %1 = constant[dtype: "f32", value: 0]() : f32[]   // M.zeros
      %2 = broadcast[axes: [], shape: [N]](%1) : f32[N]   // M.zeros
      %3 = transpose[permutation: [1, 0, 2]](%0) : f32[T, N, 3]   // M
      %4 = scan[carries: 1, length: T, recompute: false, reversed: false, slices: 1](%3, %2) : f32[N]   // M
        %0 = given[dtype: "f32", name: "given 0", shape: [N, 3]]() : f32[N, 3]   // M
        %1 = given[dtype: "f32", name: "given 1", shape: [N]]() : f32[N]   // M
        %2 = transpose[permutation: [1, 0]](%0) : f32[3, N]   // M
        %3 = scan[carries: 1, length: 3, recompute: false, reversed: false, slices: 1](%2, %1) : f32[N]   // M
          %0 = given[dtype: "f32", name: "given 0", shape: [N]]() : f32[N]   // M
          %1 = given[dtype: "f32", name: "given 1", shape: [N]]() : f32[N]   // M
          %2 = mul(%1, %0) : f32[N]   // M
          result next 0 = %2
        %4 = add(%1, %3) : f32[N]   // M
        result next 0 = %4
      result predict.M.output = %4"
    `);
  });

  test.each([
    ["a carry", "x: [N, T, 3]", "[N, 3]", "r in x along T with h = zeros([N, 3]) { next h = h + r }", ["f32[N, 3]"]],
    ["an emit", "x: [N, T, 3]", "[N, T, 3]", "r in x along T { emit 2 * r }", ["f32[N, T, 3]"]],
    ["a smaller emit", "x: [N, T, 3]", "[N, T]", "r in x along T { emit sum(r, axis: 1) }", ["f32[N, T]"]],
    ["an emit of too few axes", "x: [N, T, 3]", "[T]", "r in x along T { emit sum(r) }", ["f32[T]"]],
    ["an axis by position", "x: [N, T, 3]", "[N, T, 3]", "c in x along axis -1 { emit c }", ["f32[N, T, 3]"]],
    [
      "the first input's axis",
      "x: [N, T], y: [T, N]",
      "[N, T]",
      "(a in x, b in y) along T { emit a * b }",
      ["f32[N, T]"],
    ],
    [
      "the first input's axis, turned",
      "x: [N, T], y: [T, N]",
      "[T, N]",
      "(b in y, a in x) along T { emit a * b }",
      ["f32[T, N]"],
    ],
    ["a range", "x: [N, 3]", "[5, N, 3]", "t in range(5) { emit x * f32(t) }", ["f32[5, N, 3]"]],
    [
      "a range with an axis",
      "x: [N, 4]",
      "[N, 4]",
      "(c in x, t in range(4)) along axis -1 { emit c * f32(t) }",
      ["f32[N, 4]"],
    ],
    ["a list", "x: [N, 3]", "[N, 3]", "f in [1, 2, 3] with h = x { next h = f * h }", ["f32[N, 3]"]],
    [
      "whole numbers",
      "x: i32[N, T]",
      "i32[N]",
      "i in x along T with h = i32(0 * x[:, 0]) { next h = h + i }",
      ["i32[N]"],
    ],
  ])("has %s", (_, inputs, result, scan, types) => {
    expect(typesOf(`model M(${inputs}) -> ${result} = scan ${scan}`)).toEqual(types);
  });

  test("gives what it emits, in order, then its carries, in order", () => {
    const source = `model M(x: [N, T, 3]) -> ([N, T], [N, T, 3], i32[], [N, 3]) {
  return scan r in x along T with count = i32(0), h = zeros([N, 3]) {
    next h = h + r
    emit sum(h, axis: 1)
    next count = count + 1
    emit h * f32(count)
  }
}`;
    expect(typesOf(source)).toEqual(["f32[N, T]", "f32[N, T, 3]", "i32[]", "f32[N, 3]"]);
  });

  test("after `next` a carry's name is the new value, a scalar is repeated, and branches may give it", () => {
    const source = `model M(x: [N, 3]) -> [N] {
  let (y, h) = scan r in x along axis 1 with h = zeros([N]), on = true {
    let before = h
    if training { next h = r } else { next h = 2 }
    emit h - before
    next on = not on
  }
  return sum(y, axis: 1) + h
}`;
    const [text] = show(elaborated(source).diagnostics, source);
    expect(text).toBe("error NN0308: expected 2 results, found 3 results");
    const mended = source.replace("(y, h)", "(y, h, _)");
    const region = scansOf(mended)[0].region;
    expect(region === undefined ? "" : printGraph(region)).toMatchInlineSnapshot(`
      "%0 = given[dtype: "f32", name: "given 0", shape: [N]]() : f32[N]   // M
      %1 = given[dtype: "f32", name: "given 1", shape: [N]]() : f32[N]   // M
      %2 = given[dtype: "bool", name: "given 2", shape: []]() : bool[]   // M
      %3 = constant[dtype: "f32", value: 2]() : f32[]   // M
      %4 = broadcast[axes: [], shape: [N]](%3) : f32[N]   // M
      %5 = sub(%4, %1) : f32[N]   // M
      %6 = not(%2) : bool[]   // M
      result emit 0 = %5
      result next 0 = %4
      result next 1 = %6"
    `);
  });
});

test("lengths that a requirement makes equal agree", () => {
  const source = `block halves(x: [N, T, 3]) -> [N, T, 3] {
  require T % 2 == 0, "T must be even"
  let pairs = reshape(x, [N, T / 2, 6])
  return scan (r in x, q in reshape(pairs, [N, T / 2 * 2, 3])) along axis 1 { emit r - q }
}
model M(x: [N, T, 3]) -> [N, T, 3] = halves(x)`;
  expect(told(source)).toEqual(["T: 2 slices, 0 carries, 1 emits"]);
});

describe("labels", () => {
  const resultOf = (body: string, result: string) =>
    `block f(x: [N, T, C]) -> [_] {
  let (y, h) = scan r in x along T with h = zeros([N, 3]) { ${body} }
  return ${result}
}
model M(x: [N, T, 3]) -> [_] = f(x)`;

  test.each([
    ["an emit has that of the scanned axis", running, "sum(y, over: [N, T])"],
    [
      "a slice loses it and keeps the others",
      "next h = h + sum(r, over: C, keep: true)\n  emit sum(r, over: N)",
      "sum(y, over: T)",
    ],
    ["a carry keeps its own", "next h = r * 2\n  emit r", "sum(h, over: N) + sum(y, over: [N, T])"],
  ])("%s", (_, body, result) => {
    expect(typesOf(resultOf(body, result))).toEqual(["f32[3]"]);
  });

  test.each([
    ["of a slice", "next h = sum(r, over: T)\n  emit r", "sum(y, over: N)", "no axis of [N, 3] is labelled `T`"],
    ["of what is stacked by position", running, "sum(y, over: C)", "no axis of [N, T, 3] is labelled `C`"],
  ])("none %s", (_, body, result, message) => {
    const text = resultOf(body, result).replace("h + r", "h + r[:, 0:3]");
    const { diagnostics } = elaborated(text, { bounds });
    expect(diagnostics.map((one) => one.message)).toContain(message);
  });
});

describe("parameters and states", () => {
  const parameters = (body: string) =>
    built(`block cell(x: [N, C]) -> [N, C] = x |> dense(C) |> batch_norm
model M(x: [N, 5, 3]) -> [N, 5, 3] ${body}`).variables.flatMap(({ name, role }) => (role === "counter" ? [] : [name]));

  test("of a layer in a body are one set, with the paths that they have without the scan", () => {
    expect(parameters("= scan r in x along axis 1 { emit r |> cell |> cell }")).toEqual(
      parameters("= x[:, 0] |> cell |> cell |> reshape([N, 1, 3]) |> broadcast([N, 5, 3])"),
    );
  });

  test("of a layer that a `let` holds are shared with uses outside", () => {
    const body = "{\n  let f = cell\n  return scan r in f(x[:, 0])[:, newaxis] * x along axis 1 { emit f(r) }\n}";
    expect(parameters(body)).toEqual(
      ["dense.w", "dense.b", "batch_norm.gamma", "batch_norm.beta"]
        .map((name) => `M.f.${name}`)
        .concat(["M.f.batch_norm.running_mean", "M.f.batch_norm.running_var"]),
    );
  });

  test("may be declared in a body", () => {
    expect(parameters("= scan r in x along axis 1 {\n  param w: [3] = ones\n  emit w * r\n}")).toEqual(["M.w"]);
  });
});

describe("draws", () => {
  /** Whether a draw is repeated, and what its number is made by. */
  function counted(body: string): readonly string[] {
    const graph = predicted(`model M(x: [N, 4, 3]) -> [..] = ${body}`);
    const regions = [graph, ...nodesWithin(graph).flatMap(({ region }) => region ?? [])];
    return regions.flatMap(({ nodes }) => {
      const draws = nodes.filter(({ op }) => op === "random_uniform");
      const makers = draws.map(({ inputs }) => nodes.find(({ id }) => id === inputs[2]?.node)?.op ?? "nothing");
      return draws.map(({ attributes }, at) => `${attributes["repeated"] === true} ${makers[at]}`);
    });
  }

  test("are numbered by the step in a scan, in a block that it calls as well", () => {
    const given = ["true given"];
    expect(counted("scan r in x along axis 1 { emit r + random_uniform([N, 3]) }")).toEqual(given);
    expect(counted("scan r in x along axis 1 { emit r + uniform([N, 3]) }")).toEqual(given);
    expect(counted("scan r in x along axis 1 reversed { emit r * random_normal([]) }")).toEqual([...given, ...given]);
  });

  test("are drawn once where they stand outside", () => {
    expect(counted("scan r in x + random_uniform([N, 4, 3]) along axis 1 { emit r }")).toEqual(["false nothing"]);
  });

  test("of a `let` that a train shares are one, though a step in a scan asks first", () => {
    const source = `model M(x: [N, 3]) -> [N, 3] = x |> dense(3)
train T(x: [N, 4, 3]) {
  data: given
  let noise = random_uniform([N, 3])
  step only {
    minimize: mean(scan r in x along axis 1 { emit M(r) + noise }) + mean(noise)
    update: M
    optimizer: sgd(lr: 0.1)
  }
}`;
    const graph = built(source).entries.find(({ name }) => name === "train_step")?.graph;
    const drawn = nodesWithin(graph ?? { nodes: [], outputs: [] }).filter(({ op }) => op === "random_uniform");
    expect(drawn.map(({ attributes }) => attributes["repeated"])).toEqual([undefined]);
  });

  test("are numbered through by scans in scans", () => {
    const body = "scan r in x along axis 1 { emit scan q in r along axis 1 { emit q + random_uniform([N]) } }";
    expect(counted(body)).toEqual(["true add"]);
  });
});

describe("checkpoint", () => {
  const source = (every: number | string, more = "") =>
    `model M(x: [N, T, 3]) -> [N, T, 3] {\n  let (y, _) = scan r in x along T${more} with h = zeros([N, 3]) checkpoint ${every} {\n  ${running}\n}\n  return y\n}`;
  const of = (length: number) => ({ dims: new Map([["T", length]]) });

  test.each([
    [
      "a divisor of the length",
      6,
      3,
      ["3: 1 slices, 1 carries, 1 emits", "2: 1 slices, 1 carries, 1 emits, recomputed"],
    ],
    [
      "no divisor of it",
      8,
      3,
      [
        "3: 1 slices, 1 carries, 1 emits",
        "2: 1 slices, 1 carries, 1 emits, recomputed",
        "2: 1 slices, 1 carries, 1 emits, recomputed",
      ],
    ],
    ["one", 6, 1, ["6: 1 slices, 1 carries, 1 emits, recomputed"]],
    ["the length", 6, 6, ["6: 1 slices, 1 carries, 1 emits, recomputed"]],
    ["more than it", 6, 9, ["6: 1 slices, 1 carries, 1 emits, recomputed"]],
  ])("of %s", (_, length, every, scans) => {
    expect(told(source(every), of(length))).toEqual(scans);
    expect(told(source(every, " reversed"), of(length))).toEqual(
      scans.map((one) => one.replace("emits", "emits, reversed")),
    );
    expect(typesOf(source(every), of(length))).toEqual([`f32[N, ${length}, 3]`]);
  });

  test("of an open length asks for it, and `check` goes on without", () => {
    expect(told(source(3), { allowOpen: true })).toEqual(["T: 1 slices, 1 carries, 1 emits, recomputed"]);
    expect(show(elaborated(source(3), { bounds }).diagnostics, source(3))[0]).toBe(
      "error NN0327: the dimension `T` needs a value: `checkpoint` cuts a scan by it",
    );
  });
});

test("an input that a step takes rows by is checked by the host, as it is outside", () => {
  const source = "model M(ids: i32[N, 5]) -> [N, 5, 2] = scan i in ids along axis 1 { emit i |> embedding(7, 2) }";
  expect(built(source).host.models[0].inputs).toMatchObject([{ name: "ids", limit: 7 }]);
});

test("a layer with a scan, and one in it, are described by what they answer", () => {
  const source = `model M(x: [N, T, 3]) -> [N, T, 4] {
  let y = x |> lstm(4)
  return scan r in y along T { emit r |> dense(4) }
}`;
  const [{ layers }] = described(built(source));
  expect(layers.map(({ path, output }) => `${path} ${output === undefined ? "" : printType(output)}`)).toEqual([
    "M.lstm f32[N, T, 4]",
    "M.dense f32[N, 4]",
  ]);
});

test("what runs at each step cannot be probed", () => {
  const source = `model M(x: [N, 5, 3]) -> [N, 3] = x |> cells\nblock cells(x: [N, T, C]) -> [N, C] =
  scan r in x along T with h = zeros([N, C]) { next h = h + dense(r, C) }
train M { data: given  loss: mse  optimizer: sgd(lr: 0.1) }`;
  const probed = (path: string) => show(elaborated(source, { probes: [path] }).diagnostics, source);
  expect(probed("M.cells.dense")).toEqual([
    "error NN0420: cannot probe `M.cells.dense`: expected a layer that answers once, found one that a scan runs at each step",
  ]);
  expect(probed("M.cells")).toEqual([]);
  expect(probed("M.cells.dense.w")).toEqual([]);
});

test("cumsum along an open dimension is a scan", () => {
  expect(told("model M(x: [N, T, 3]) -> [N, T, 3] = cumsum(x, axis: 1)")).toEqual(["T: 1 slices, 1 carries, 1 emits"]);
  expect(typesOf("model M(x: i32[N, T, 3]) -> i32[N, T, 3] = cumsum(x, axis: 1)")).toEqual(["i32[N, T, 3]"]);
});

describe("recurrent programs elaborate", () => {
  const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

  test.each([
    ["test/syntax/fixtures/recurrent.nn", {}, ["embedding.w", "gated.w", "gated.u", "gated.b", "dense.w", "dense.b"]],
    [
      "bench/workloads/W6.nn",
      { bounds: new Map([["T", 64]]) },
      ["embedding.w", "lstm.w", "lstm.u", "lstm.b", "dense.w", "dense.b"],
    ],
  ])("%s", (file, options, parameters) => {
    const { variables, entries } = built(read(file), options);
    expect(variables.flatMap(({ name, role }) => (role === "parameter" ? [name.replace(/^\w+\./, "")] : []))).toEqual(
      parameters,
    );
    const step = entries.find(({ name }) => name === "train_step")?.graph;
    const moved = step?.outputs.filter(({ role }) => role === "parameter") ?? [];
    expect(moved.length).toBe(parameters.length);
  });
});
