/** Which models of text are read in parts, and what their entries are. */
import { describe, expect, test } from "vitest";
import { printGraph } from "../../compiler/graph/print.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { elaborated, show } from "./helpers.ts";

const text = `data: text("book.txt", window: 12, vocabulary: 20)`;

interface Given {
  readonly head?: string;
  readonly signature?: string;
  readonly data?: string;
}

function program(body: string, { head = "", signature = "(text: i32[N, T]) -> [N, T, 20]", data = text }: Given = {}) {
  return `${head}
model M${signature} = text |> embedding(20, 8) |> ${body} |> dense(20)
train M { ${data}  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 1 }`;
}

function built(source: string) {
  const { elaboration, diagnostics } = elaborated(source);
  expect(show(diagnostics, source)).toEqual([]);
  if (elaboration === undefined) throw new Error("nothing was elaborated");
  for (const { graph } of elaboration.entries) expect(verifyGraph(graph)).toEqual([]);
  return elaboration;
}

/** The carries that its continuation takes, as `f32[N, 4]`; undefined where it has none. */
function carried(source: string): readonly string[] | undefined {
  const { host, entries } = built(source);
  const { continuation } = host.models[0] ?? {};
  const names = entries.map(({ name }) => name).filter((name) => name.startsWith("continue"));
  expect(names).toEqual(
    [continuation?.start, continuation?.step].flatMap((call) => (call === undefined ? [] : [call.entry])),
  );
  return continuation?.step.inputs
    .slice(1)
    .map(({ dtype, shape }) => `${dtype}[${shape.map(({ key }) => key).join(", ")}]`);
}

function block(body: string): Given {
  return { head: `block own(x: [N, T, C]) -> [N, T, C] ${body}` };
}

describe("a model of text is read in parts", () => {
  test.each<[string, string, Given, readonly string[]]>([
    ["that has no loops", "relu |> dense(8)", {}, []],
    ["with norms of each place", "layer_norm |> batch_norm", {}, []],
    ["without what is for training alone", "rnn(4) |> dropout(0.5)", {}, ["f32[N, 4]"]],
    ["by what an rnn carries", "rnn(4)", {}, ["f32[N, 4]"]],
    ["by what a gru carries", "gru(4, reset_after: true)", {}, ["f32[N, 4]"]],
    ["by what an lstm carries", "lstm(4)", {}, ["f32[N, 4]", "f32[N, 4]"]],
    ["by what each of its layers carries", "gru(4) |> relu |> lstm(3)", {}, ["f32[N, 4]", "f32[N, 3]", "f32[N, 3]"]],
    ["by what layers in each other carry", "residual(rnn(8)) |> rnn(2)", {}, ["f32[N, 8]", "f32[N, 2]"]],
    ["with draws that all places share", "own", block("= x + random_uniform([C])"), []],
    ["by sums so far", "own", block("= cumsum(x, axis: 1)"), ["f32[N, 8]"]],
    ["with sums along other axes", "own", block("= cumsum(x, axis: 2)"), []],
    ["where places keep their axis", "own", block("= reshape(softmax(reshape(x, [N, T, 2, C / 2])), [N, T, C])"), []],
    [
      "by carries of any type",
      "own",
      block(`{
        param s: [C] = ones
        let (a, _, _, _) = scan p in x along T with h = zeros([N, C]) + s, k = i32(0), odd = false {
          next h = p + tanh(h)
          next k = k + 1
          next odd = not odd
          emit where(odd, h, h / f32(k))
        }
        return a
      }`),
      ["f32[N, 8]", "i32[]", "bool[]"],
    ],
    [
      "with a loop of its own at each place",
      "own",
      block(`{
        let (a, _) = scan p in x along T with h = zeros([N, C]) {
          let (b, _) = scan q in p + h along C with s = zeros([N]) {
            next s = tanh(q + s)
            emit s
          }
          next h = b
          emit h
        }
        return a
      }`),
      ["f32[N, 8]"],
    ],
    [
      "in a loop along another axis",
      "own",
      block(`{
        let (a, _) = scan q in x along C with s = zeros([N, T]) {
          next s = tanh(q + s)
          emit s
        }
        return a
      }`),
      [],
    ],
  ])("%s", (_, body, given, expected) => {
    expect(carried(program(body, given))).toEqual(expected);
  });
});

describe("a model of text is read whole", () => {
  test.each<[string, string, Given]>([
    ["where places look at others", "self_attention(2, causal: true)", {}],
    ["where they know their numbers", "positions", {}],
    ["where later ones are read first", "bidirectional(rnn(4), rnn(4))", {}],
    ["where they are turned round", "own", block("= reverse(x, axis: 1)")],
    ["where they are moved", "own", block("= concat([zeros([N, 1, C]), x], axis: 1)[:, 0 : T]")],
    ["where they are summed", "own", block("= x + mean(x, axis: 1, keep: true)")],
    ["where each place draws", "own", block("= x + random_uniform([N, T, C])")],
    [
      "where each step draws",
      "own",
      block(`{
        let (a, _) = scan p in x along T with h = zeros([N, C]) {
          next h = p + h * random_uniform([C])
          emit h
        }
        return a
      }`),
    ],
    ["where their number counts", "own", block("= x / T")],
    ["where their number must be large", "own", block(`{\n  require T >= 2, "two at least"\n  return x\n}`)],
    ["where the number of texts is asked about", "own", block(`{\n  require N % 2 == 0, "pairs"\n  return x\n}`)],
    ["where a whole length is a row", "own", block("= reshape(softmax(reshape(x, [N, T * C])), [N, T, C])")],
    [
      "where what is carried behind the last place is used",
      "own",
      block(`{
        let (a, h) = scan p in x along T with h = zeros([N, C]) {
          next h = p + h
          emit h
        }
        return a + reshape(h, [N, 1, C])
      }`),
    ],
    [
      "where a loop along another axis has one along the text",
      "own",
      block(`{
        let (a, _) = scan q in x along C with s = zeros([N, T]) {
          let (b, _) = scan r in q + s along T with h = zeros([N]) {
            next h = tanh(r + h)
            emit h
          }
          next s = b
          emit s
        }
        return a
      }`),
    ],
    ["where it takes one length alone", "rnn(4)", { signature: "(text: i32[N, 12]) -> [N, 12, 20]" }],
    ["where nothing says that it is text", "rnn(4)", { data: "data: given" }],
  ])("%s", (_, body, given) => {
    const source = program(body, given);
    const { elaboration } = elaborated(source, given.data === undefined ? {} : { bounds: new Map([["T", 12]]) });
    expect(elaboration?.host.models[0]?.continuation).toBeUndefined();
    expect(elaboration?.entries.map(({ name }) => name)).toEqual(
      expect.not.arrayContaining([expect.stringMatching(/^continue/)]),
    );
    expect(elaboration).toBeDefined();
  });
});

test("the entries are the prediction with its carries from outside, and what they begin with", () => {
  const { entries, host } = built(program("rnn(4)"));
  const [start, step] = entries.slice(-2);
  expect(start === undefined ? "" : printGraph(start.graph)).toMatchInlineSnapshot(`
    "%0 = constant[dtype: "f32", value: 0]() : f32[]   // M.rnn.zeros
    %1 = broadcast[axes: [], shape: [N, 4]](%0) : f32[N, 4]   // M.rnn.zeros
    result continue_start.M.carry_0 = %1"
  `);
  expect(step === undefined ? "" : printGraph(step.graph)).toMatchInlineSnapshot(`
    "%0 = input[dtype: "i32", name: "M.text", role: "input", shape: [N, T]]() : i32[N, T]   // M.text
    %1 = input[dtype: "f32", name: "M.embedding.w", role: "parameter", shape: [20, 8]]() : f32[20, 8]   // M.embedding.w
    %2 = take(%1, %0) : f32[N, T, 8]   // M.embedding
    %3 = input[dtype: "f32", name: "M.rnn.w", role: "parameter", shape: [8, 4]]() : f32[8, 4]   // M.rnn.w
    %4 = contract[abc,cd->abd](%2, %3) : f32[N, T, 4]   // M.rnn
    %5 = input[dtype: "f32", name: "M.rnn.b", role: "parameter", shape: [4]]() : f32[4]   // M.rnn.b
    %6 = broadcast[axes: [2], shape: [N, T, 4]](%5) : f32[N, T, 4]   // M.rnn
    %7 = add(%4, %6) : f32[N, T, 4]   // M.rnn
    %8 = constant[dtype: "f32", value: 0]() : f32[]   // M.rnn.zeros
    %9 = broadcast[axes: [], shape: [N, 4]](%8) : f32[N, 4]   // M.rnn.zeros
    %10 = input[dtype: "f32", name: "M.rnn.u", role: "parameter", shape: [4, 4]]() : f32[4, 4]   // M.rnn.u
    %11 = transpose[permutation: [1, 0, 2]](%7) : f32[T, N, 4]   // M.rnn
    %12 = input[dtype: "f32", name: "continue.M.carry_0", role: "input", shape: [N, 4]]() : f32[N, 4]   // M.rnn
    %13 = scan[carries: 1, length: T, recompute: false, reversed: false, slices: 1](%11, %12, %10) : f32[T, N, 4], f32[N, 4]   // M.rnn
      %0 = given[dtype: "f32", name: "given 0", shape: [N, 4]]() : f32[N, 4]   // M.rnn
      %1 = given[dtype: "f32", name: "given 1", shape: [N, 4]]() : f32[N, 4]   // M.rnn
      %2 = given[dtype: "f32", name: "given 2", shape: [4, 4]]() : f32[4, 4]   // M.rnn.u
      %3 = contract[ab,bc->ac](%1, %2) : f32[N, 4]   // M.rnn
      %4 = add(%0, %3) : f32[N, 4]   // M.rnn
      %5 = tanh(%4) : f32[N, 4]   // M.rnn
      result emit 0 = %5
      result next 0 = %5
    %14 = transpose[permutation: [1, 0, 2]](%13) : f32[N, T, 4]   // M.rnn
    %15 = input[dtype: "f32", name: "M.dense.w", role: "parameter", shape: [4, 20]]() : f32[4, 20]   // M.dense.w
    %16 = contract[abc,cd->abd](%14, %15) : f32[N, T, 20]   // M.dense
    %17 = input[dtype: "f32", name: "M.dense.b", role: "parameter", shape: [20]]() : f32[20]   // M.dense.b
    %18 = broadcast[axes: [2], shape: [N, T, 20]](%17) : f32[N, T, 20]   // M.dense
    %19 = add(%16, %18) : f32[N, T, 20]   // M.dense
    result continue.M.output = %19
    result continue.M.next_0 = %13.1"
  `);
  const { continuation } = host.models[0] ?? {};
  const told = [continuation?.start, continuation?.step].map((call) => {
    const names = (list: readonly { readonly name: string; readonly buffer: string }[] = []): string =>
      list.map(({ name, buffer }) => `${name} in ${buffer}`).join(", ");
    return `${call?.entry}(${names(call?.inputs)}) -> ${names(call?.results)}`;
  });
  expect(told).toEqual([
    "continue_start.M(text in M.text) -> carry 0 in continue_start.M.carry_0",
    "continue.M(text in M.text, carry 0 in continue.M.carry_0) -> output in continue.M.output, carry 0 in continue.M.next_0",
  ]);
});
