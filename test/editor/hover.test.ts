/** What is shown where the pointer rests: what a name is, and what it is worth. */
import { expect, test } from "vitest";
import { hoverAt } from "../../compiler/editor.ts";
import { marked } from "./marked.ts";

/** `kind detail = values`, a line for each mark. */
function shown(text: string): readonly string[] {
  const { inspection, at } = marked(text);
  return at.map((offset) => {
    const hover = hoverAt(inspection, offset);
    if (hover === undefined) return "nothing";
    const values = hover.values.map(
      ({ value, at: paths, symbolic }) => `${value}${symbolic ? " by its signature" : ""} at ${paths.join(", ")}`,
    );
    const name =
      hover.name === undefined
        ? ""
        : `${hover.name.kind}${hover.name.detail === undefined ? "" : ` ${hover.name.detail}`}`;
    return [name, values.join("; ")].filter((part) => part !== "").join(" = ");
  });
}

const cases: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
  [
    "stages are worth what they give, `|>` what the pipe gives",
    "model M(x: [N, 4]) -> [N, 3] = x |> ‸dense(5) ‸|> ‸relu |> dense(3)",
    [
      "block block dense(x: [.., C], units: int, bias: bool = true, init: initializer = he_normal) -> [.., units] = [N, 5] at M",
      "[N, 3] at M",
      "block block relu(x: [..]) -> [..] = [N, 5] at M",
    ],
  ],
  [
    "a block at every call",
    `block double(x: [.., C]) -> [.., C] {
  let ‸y = ‸x + x
  return y
}
model M(a: [N, 4]) -> [N, 4] = a |> double |> double
model L(b: [7]) -> [7] = b |> double`,
    [
      "let = [N, 4] at M.double, M.double_2; [7] at L.double",
      "input x: [.., C] = [N, 4] at M.double, M.double_2; [7] at L.double",
    ],
  ],
  [
    "a block that nothing calls, by its signature",
    "block up(x: [.., C], units: int) -> [.., units] {\n  param w: [C, units] = zeros\n  return ‸x ‸@ ‸w\n}",
    [
      "input x: [.., C] = [.., C] by its signature at up",
      "[.., units] by its signature at up",
      "param param w: [C, units] = zeros = [C, units] by its signature at up",
    ],
  ],
  [
    "what is bound, where it is bound",
    "const ‸wide = 2 * 8\nmodel M(‸x: [N, 4]) -> [N, 16] {\n  let ‸h = x |> dense(wide)\n  return h\n}",
    ["const const wide = 2 * 8 = 16 at M", "input x: [N, 4] = [N, 4] at M", "let = [N, 16] at M"],
  ],
  [
    "numbers, operators and parentheses show the smallest expression",
    "model M(x: [N, 4]) -> [N, 4] = (x ‸+ ‸1) * 2",
    ["[N, 4] at M", "1 at M"],
  ],
  [
    "a short list as it is written",
    "const ‸size = [3, 5]\nmodel M(x: [N, 8, 8, 2]) -> [N, 6, 4, 3] = x |> conv2d(3, ‸size)",
    ["const const size = [3, 5] = [3, 5] at M", "const const size = [3, 5] = [3, 5] at M"],
  ],
  [
    "a scan: what is carried and what is emitted",
    "model M(x: [N, T, 4]) -> [N, T, 4] {\n  let (‸all, _) = ‸scan a in x along T with h = zeros([N, 4]) {\n    next ‸h = h + ‸a\n    emit h\n  }\n  return all\n}",
    ["let = [N, T, 4] at M", "([N, T, 4], [N, 4]) at M", "carry = [N, 4] at M", "slice = [N, 4] at M"],
  ],
  [
    "a train: its keys, its loss, what it minimises",
    "model M(x: [N, 4]) -> [N, 1] = x |> dense(1)\ntrain M(x: [N, 4]) {\n  ‸data: given\n  ‸minimize: mean(‸M(x) ** 2)\n  update: M\n  optimizer: ‸sgd(‸lr: 0.1)\n  batch: 2\n  epochs: 1\n}",
    ["key", "key", "model model M(x: [N, 4]) -> [N, 1] = [N, 1] at M", "optimizer optimizer sgd(w, g)", "argument"],
  ],
  [
    "built-ins and what only some places know",
    "schedule s() = ‸lr0 / ‸sqrt(‸epoch)",
    ["ambient", "builtin sqrt(x)", "ambient"],
  ],
  [
    "names that objects have by themselves",
    "model M(__proto__: [N, 4]) -> [N, 4] {\n  let constructor = ‸__proto__ * 2\n  return ‸constructor\n}",
    ["input __proto__: [N, 4] = [N, 4] at M", "let = [N, 4] at M"],
  ],
  [
    "names of any script, and CR LF",
    "model M(größe: [N, 4]) -> [N, 4] {\r\n  let 層 = größe\r\n  return ‸層 + ‸größe\r\n}\r\n",
    ["let = [N, 4] at M", "input größe: [N, 4] = [N, 4] at M"],
  ],
  [
    "what a mistake elsewhere leaves alone",
    "model Bad(x: [N, 4]) -> [N, 4] = = x\nmodel Good(x: [N, 4]) -> [N, 2] = x |> ‸dense(2)\nmodel Wrong(x: [N, 4]) -> [N, 3] {\n  let y = ‸x |> dense(5)\n  return unknown(y)\n}",
    [
      "block block dense(x: [.., C], units: int, bias: bool = true, init: initializer = he_normal) -> [.., units] = [N, 2] at Good",
      "input x: [N, 4] = [N, 4] at Wrong",
    ],
  ],
  [
    "what stands before a mistake in the same body",
    "model M(x: [N, 4]) -> [N, 4] {\n  let y = x |> ‸dense(5)\n  return y + x\n}",
    [
      "block block dense(x: [.., C], units: int, bias: bool = true, init: initializer = he_normal) -> [.., units] = [N, 5] at M",
    ],
  ],
  ["nothing", "‸", ["nothing"]],
];

test.each(cases)("%s", (_, text, expected) => {
  expect(shown(text)).toEqual(expected);
});

test("a thousand layers are read in one go, and another thousand do not run away", () => {
  const { inspection, at } = marked(
    `model M(x: [N, 4]) -> [N, 4] = x${" |> dense(4) |> relu".repeat(1000)} |> ‸dense(4)`,
  );
  expect(inspection.diagnostics).toEqual([]);
  expect(inspection.names.length).toBeGreaterThan(2000);
  expect(hoverAt(inspection, at[0] ?? 0)?.name?.kind).toBe("block");
});
