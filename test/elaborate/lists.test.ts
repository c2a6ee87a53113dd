/** Lists of numbers where tensors are wanted: `tensor`, operators and built-ins, on both targets. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import { elaborated, show } from "./helpers.ts";

const x = Float32Array.of(1, 2, 3, -1, 0, 0.5);

async function answer(target: "typescript" | "wasm", type: string, expression: string) {
  const source = `model M(x: [N, 3]) -> ${type} = ${expression}`;
  const result = compile({ name: "main.nn", source }, { target, bounds: { N: 4 } });
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  const net = await load(result.artifact);
  const [found] = await net.predict({ x });
  net.close();
  return { shape: found?.shape, data: [...(found?.data ?? [])] };
}

/** Expression, type, shape, elements. */
const values: readonly (readonly [string, string, readonly number[], readonly number[]])[] = [
  ["tensor([[1, 2], [3, 4]]) + x[0, 0]", "[2, 2]", [2, 2], [2, 3, 4, 5]],
  ["tensor([[[1], [2]]]) * x[0, 0]", "[1, 2, 1]", [1, 2, 1], [1, 2]],
  ["x * [1, 10, 100]", "[N, 3]", [2, 3], [1, 20, 300, -1, 0, 50]],
  ["[1, 2, 3] - x", "[N, 3]", [2, 3], [0, 0, 0, 2, 2, 2.5]],
  ["x @ [[1, 0], [0, 1], [1, 1]]", "[N, 2]", [2, 2], [4, 5, -0.5, 0.5]],
  ["where(x > 0, [1, 2, 3], [4, 5, 6])", "[N, 3]", [2, 3], [1, 2, 3, 4, 5, 3]],
  ["maximum(x, [2, 0, 1])", "[N, 3]", [2, 3], [2, 2, 3, 2, 0, 1]],
  ["take([10, 20, 30], i32(x[:, 1]))", "[N]", [2], [30, 10]],
  ["[16777217, 5] + i32(x[0, :2])", "i32[2]", [2], [16777218, 7]],
  ["i32([16777217, -2.5, true]) * i32(x[0, 0])", "i32[3]", [3], [16777217, -2, 1]],
  ["f32(bool([0, 2, 1])) * x[0, 0]", "[3]", [3], [0, 1, 1]],
  ["tensor([N, 2 * N, x[0, 2], sqrt(4)])", "[4]", [4], [2, 4, 3, 2]],
  ["f32(tensor([true, false, true]) and x[0] > 1)", "[3]", [3], [0, 0, 1]],
  ["tensor(7) * x[0, 0]", "[]", [], [7]],
  ["grad(sum(x * [1, 10, 100]), wrt: x)", "[N, 3]", [2, 3], [1, 10, 100, 1, 10, 100]],
  ["grad(sum(tensor([x[0, 1], 3]) ** 2), wrt: x)", "[N, 3]", [2, 3], [0, 4, 0, 0, 0, 0]],
];

describe.each(["typescript", "wasm"] as const)("on %s", (target) => {
  test.each(values)("%s", async (expression, type, shape, data) => {
    expect(await answer(target, type, expression)).toEqual({ shape, data });
  });
});

describe("as arguments", () => {
  const weighted = `loss weighted(output: [.., K], target: i32[..], weights: [K]) -> [] =
  mean(take(weights, target) * -pick(log_softmax(output), target))
model M(x: [N, 3]) -> [N, 2] = x |> dense(2)
train M { data: given  batch: 8  optimizer: sgd(lr: 0.1)  loss: `;

  test.each(["weighted([1, 2])", "weighted(weights: [1, 2])"])("class weights of a loss: %s", (loss) => {
    expect(elaborated(`${weighted}${loss} }`).diagnostics).toEqual([]);
  });

  test("which are not asked of the data", () => {
    const inputs = (loss: string) => {
      const result = compile({ name: "main.nn", source: `${weighted}${loss} }` }, { target: "wasm" });
      return result.ok ? result.artifact.manifest.host.train?.inputs.map(({ name }) => name) : [];
    };
    expect(inputs("weighted")).toEqual(["x", "target", "weights"]);
    for (const loss of ["weighted([1, 2])", "weighted(weights: [1, 2])", "weighted(tensor([1, 2]))"])
      expect(inputs(loss)).toEqual(["x", "target"]);
  });

  test.each(["typescript", "wasm"] as const)("and weigh, on %s", async (target) => {
    const source = weighted.replace("dense(2)", "dense(2, init: zeros)");
    const result = compile({ name: "main.nn", source: `${source}weighted([1, 5]) }` }, { target });
    if (!result.ok) throw new Error(result.diagnostics[0]?.message);
    const net = await load(result.artifact);
    const step = net.stepSync({ x: new Float32Array(6), target: Int32Array.of(0, 1) });
    net.close();
    expect(step.loss).toBeCloseTo(3 * Math.LN2, 5);
  });

  test("of too few classes", () => {
    const source = `${weighted}weighted([1, 2, 3]) }`;
    expect(show(elaborated(source).diagnostics, source).slice(0, 2)).toEqual([
      "error NN0304: in `weighted`, `K` is 2 but `weights` makes it 3",
      "  «[1, 2, 3]» this makes it 3",
    ]);
  });

  test("a list fills the input that is left where no setting is", () => {
    const scaled = "block scaled(x: [N, K], w: [K], by: float = 1) -> [N, K] = by * x * w";
    const wrong = (call: string) => {
      const source = `${scaled}\nmodel M(x: [N, 3]) -> [N, 3] = ${call}`;
      return show(elaborated(source, { allowOpen: true }).diagnostics, source)[0];
    };
    expect(wrong("x |> scaled(2, [1, 2, 3])")).toBeUndefined();
    expect(wrong("scaled(x, 2, [1, 2, 3])")).toBeUndefined();
    expect(wrong("scaled(x, 2, [1, 2])")).toBe("error NN0304: in `scaled`, `K` is 3 but `w` makes it 2");
    expect(wrong("scaled(x, x[0], 2, [1, 2, 3])")).toBe("error NN0404: `scaled` takes at most 1 setting, found 2");
  });

  test.each([
    ["a loss without such an input", "cross_entropy(0.1, 0.2)", "sgd(lr: 1)", "cross_entropy"],
    ["an optimizer, which has none", "cross_entropy", "momentum(0.9, 7, lr: 1)", "momentum"],
  ])("%s takes no number more", (_, loss, optimizer, name) => {
    const source = `model M(x: [N, 3]) -> [N, 2] = x |> dense(2)
train M { data: given  batch: 8  optimizer: ${optimizer}  loss: ${loss} }`;
    expect(show(elaborated(source).diagnostics, source)[0]).toBe(
      `error NN0404: \`${name}\` takes at most 1 setting, found 2`,
    );
  });
});

test.each<[string, string, readonly string[]]>([
  [
    "a shorter row",
    "x @ tensor([[1, 2], [3], [4, 5]])",
    ["expected lists of 2 beside each other, found the list [3]", "  «[3]» this", "  «[1, 2]» this is the list [1, 2]"],
  ],
  [
    "a number among rows",
    "x @ [[1, 2], 3, [4, 5]]",
    ["expected lists of 2 beside each other, found the number 3", "  «3» this", "  «[1, 2]» this is the list [1, 2]"],
  ],
  [
    "a bool among numbers",
    "x * [1, true, 3]",
    ["expected elements of one type as a tensor, f32, found bool", "  «true» this"],
  ],
])("the row at fault is shown: %s", (_, expression, [message, ...labels]) => {
  const source = `model M(x: [N, 3]) -> [_] = ${expression}`;
  expect(show(elaborated(source, { allowOpen: true }).diagnostics, source)).toEqual([
    `error NN0308: ${message}`,
    ...labels,
  ]);
});

describe("how many", () => {
  const told = (body: string) => {
    const source = `model M(x: [N, 3]) -> [_] {\n${body}\n}`;
    return show(elaborated(source, { allowOpen: true }).diagnostics, source)[0];
  };
  const many = "error NN0308: expected a list of at most 1024 numbers as a tensor, found more";
  const list = (count: number) => `[${Array.from({ length: count }, () => 1).join(", ")}]`;

  test("some hundreds, which are told to be too many beyond", () => {
    expect(told(`return sum(x) * tensor(${list(1024)})`)).toBeUndefined();
    expect(told(`return sum(x) * tensor(${list(1025)})`)).toBe(many);
    expect(
      told(`let a = ${list(40)}\nreturn sum(x) * tensor([${Array.from({ length: 40 }, () => "a").join(", ")}])`),
    ).toBe(many);
  });

  test("empty lists inside one another are not walked through", () => {
    const doubled = Array.from({ length: 12 }, (_, at) => `let a${at + 1} = [a${at}, a${at}]`).join("\n");
    expect(told(`let a0 = []\n${doubled}\nreturn sum(x) * tensor(a12)`)).toBe(many);
  });
});
