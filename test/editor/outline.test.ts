/** Foldings, symbols and the edits of diagnostics; and that nothing that anybody types makes an inspection throw. */
import { expect, test } from "vitest";
import { completeAt, definitionAt, hoverAt, inspect, usesAt, type Edit } from "../../compiler/editor.ts";
import { names } from "../diagnostics/wrong/names.ts";
import { shapes } from "../diagnostics/wrong/shapes.ts";
import { syntax1 } from "../diagnostics/wrong/syntax-1.ts";
import { trains } from "../diagnostics/wrong/trains.ts";
import { mutate } from "../random/mutate.ts";
import { Random } from "../random/random.ts";
import { snippets } from "../random/sources.ts";

test("braces, brackets and runs of comments over several lines fold", () => {
  const source =
    "// a\n// b\n\n// c\nblock f(\n  x: [N]\n) -> [N] {\n  if true { return x }\n  return x\n}\n/* d\n*/\n";
  const { foldings } = inspect({ name: "main.nn", source });
  expect(foldings.map(({ span, kind }) => [kind, source.slice(span.from, span.to)])).toEqual([
    ["comment", "// a\n// b"],
    ["brackets", "(\n  x: [N]\n)"],
    ["braces", "{\n  if true { return x }\n  return x\n}"],
    ["comment", "/* d\n*/"],
  ]);
});

test("declarations with what they own, also beside one that does not parse", () => {
  const source =
    "/// A block.\nblock f(x: [C]) -> [C] {\n  param w: [C] = zeros\n  if true { state s: [] = zeros }\n  return x * w\n}\nmodel Bad(x: ) -> = \nconst a = 1\ntrain M as quick { step one { minimize: 1 } }\n";
  const { symbols } = inspect({ name: "main.nn", source });
  const shown = symbols.map(({ kind, name, doc, children }) => [
    kind,
    name,
    doc,
    children.map((child) => `${child.kind} ${child.name}`),
  ]);
  expect(shown.filter(([, name]) => name !== "Bad")).toEqual([
    ["block", "f", "A block.", ["param w", "state s"]],
    ["const", "a", undefined, []],
    ["train", "quick", undefined, ["step one"]],
  ]);
});

const scored = "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M { loss: cross_entropy  epochs: 1 ";

const mended: readonly (readonly [source: string, edited: string])[] = [
  ["model M(x: [N, 4]) -> [N, 2] = x |> dens(2)", "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)"],
  ["model M(x: [N, 4]) -> [N, 2] = x |> dense(unit: 2)", "model M(x: [N, 4]) -> [N, 2] = x |> dense(units: 2)"],
  ["model M(x: [N, 4]) -> [N, 4] = x^2", "model M(x: [N, 4]) -> [N, 4] = x**2"],
  ["model M(x: [N, 4]) -> [N, 4] = x # mine", "model M(x: [N, 4]) -> [N, 4] = x // mine"],
  [
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2, bias: True)",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2, bias: true)",
  ],
  [
    "model M(x: [N, 4]) -> [N, 4] = x |> dense(4, init: kaiming_normal)",
    "model M(x: [N, 4]) -> [N, 4] = x |> dense(4, init: he_normal)",
  ],
  ["model M(x: [N, 4]) -> [N, 4] = x |> dense(4) as 'a'", 'model M(x: [N, 4]) -> [N, 4] = x |> dense(4) as "a"'],
  [
    "block f(x: [N], a: bool, b: bool) -> [N] = where(a&&b, x, -x)\nmodel M(x: [N]) -> [N] = f(x, true, true)",
    "block f(x: [N], a: bool, b: bool) -> [N] = where(a and b, x, -x)\nmodel M(x: [N]) -> [N] = f(x, true, true)",
  ],
  // What a body gives gets the stage that the help names.
  ["model M(x: [N, 4]) -> [N, 2] = relu(x) + x", "model M(x: [N, 4]) -> [N, 2] = relu(x) + x |> dense(2)"],
  [
    "model M(x: [N, 4]) -> [N, 2] {\n  let y = x + 1\n  return y |> relu\n}",
    "model M(x: [N, 4]) -> [N, 2] {\n  let y = x + 1\n  return y |> relu |> dense(2)\n}",
  ],
  // What stood in quotes keeps the name of its setting.
  [
    'model M(x: [N, 4]) -> [N, 2] = x |> dense(2, init: "he_normal")',
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2, init: he_normal)",
  ],
  [`${scored} optimizer: sgd }`, `${scored} optimizer: sgd(lr: 0.01) }`],
  [
    "model M(x: [N, 4]) -> [N, 2] = x |> dnse(4) |> relu |> dnse(2)",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(4) |> relu |> dense(2)",
  ],
];

test.each(mended)("%s has an edit that mends it", (source, edited) => {
  const { diagnostics } = inspect({ name: "main.nn", source });
  const edits = diagnostics.flatMap((one) => one.edits).toSorted((a, b) => b.span.from - a.span.from);
  const mend = (before: string, { span, text }: Edit): string =>
    before.slice(0, span.from) + text + before.slice(span.to);
  expect(edits.reduce(mend, source)).toBe(edited);
  expect(inspect({ name: "main.nn", source: edited }).diagnostics).toEqual([]);
});

test("nothing that anybody types makes it throw, and every place is within its file", () => {
  const random = new Random(5);
  const wrong = [...names, ...shapes, ...syntax1, ...trains].map(([, source]) => source);
  const mutants = Array.from({ length: 15 }, () => mutate(random.pick(snippets), random, snippets));
  let before = inspect({ name: "main.nn", source: "" });
  for (const source of [...wrong.filter((_, index) => index % 12 === 0), ...mutants]) {
    const inspection = inspect({ name: "main.nn", source }, before);
    for (const { span } of [...inspection.names, ...inspection.expressions, ...inspection.foldings]) {
      expect(span.from).toBeLessThanOrEqual(span.to);
      expect(span.to).toBeLessThanOrEqual(inspection.sources.get(span.file)?.length ?? 0);
    }
    for (let offset = 0; offset <= source.length; offset += 37) {
      hoverAt(inspection, offset);
      definitionAt(inspection, offset);
      usesAt(inspection, offset);
      completeAt(inspection, offset);
    }
    before = inspection;
  }
});
