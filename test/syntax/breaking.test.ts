/** The formatter on lines that are too wide: where they are broken, what stays as it was written, and that meaning and comments never change. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { catalogue } from "../../compiler/diagnostics/codes/index.ts";
import { format } from "../../compiler/syntax/format.ts";
import { lineWidth } from "../../compiler/syntax/layout.ts";
import { parse } from "../../compiler/syntax/parse.ts";
import { printModule } from "../../compiler/syntax/print.ts";
import { Comment, DocComment, Identifier, lexer } from "../../compiler/syntax/tokens.ts";
import { names } from "../diagnostics/wrong/names.ts";
import { shapes } from "../diagnostics/wrong/shapes.ts";
import { trains } from "../diagnostics/wrong/trains.ts";
import { mutate } from "../random/mutate.ts";
import { Random } from "../random/random.ts";
import { sources } from "../random/sources.ts";

function formatted(text: string): string {
  const { text: found, diagnostics } = format({ name: "a.nn", text });
  expect(diagnostics).toEqual([]);
  return found;
}

function parses(text: string): boolean {
  return parse({ name: "a.nn", text }).diagnostics.length === 0;
}

/** What formatting must not change. */
function essence(text: string): object {
  const { tokens, groups } = lexer.tokenize(text);
  const comments = [...tokens, ...(groups["comments"] ?? [])].filter(
    ({ tokenType }) => tokenType === Comment || tokenType === DocComment,
  );
  return {
    tree: printModule(parse({ name: "a.nn", text }).module),
    comments: comments.map(({ image }) => image.trimEnd()).sort(),
  };
}

function expectKept(text: string): void {
  const once = formatted(text);
  expect(essence(once)).toEqual(essence(text));
  expect(formatted(once)).toBe(once);
}

/** A program whose names are so long that nearly every line has to be broken. */
function stretched(text: string, suffix: string): string {
  let end = 0;
  const parts = lexer.tokenize(text).tokens.flatMap(({ tokenType, startOffset, image }) => {
    const before = text.slice(end, startOffset);
    end = startOffset + image.length;
    return [before, tokenType === Identifier && image !== "T" ? `${image}${suffix}` : image];
  });
  return parts.join("") + text.slice(end);
}

const wide: readonly (readonly [what: string, text: string])[] = [
  [
    "a pipe is a stage a line, behind `=` on a line of its own",
    "model M(image: [N, 28, 28, 1]) -> [N, 10] = image |> conv2d(32, 3) |> relu |> conv2d(64, 3) |> relu |> max_pool2d(2) |> flatten |> dropout(0.4) |> dense(10)",
  ],
  [
    "what fits on a line of its own is not broken further",
    "model Critic(point: [N, 2]) -> [N, 1] = point |> dense(64) |> leaky_relu(0.2) |> dense(64) |> leaky_relu(0.2) |> dense(1)",
  ],
  [
    "a signature is an input or setting a line, whatever it gives",
    "block conv(x: [N, L, C], filters: int, kernel: int, stride: int = 1, padding: int | string = 0) -> [N, _, filters] {\nreturn x\n}",
  ],
  [
    "arguments are one a line",
    'model M(x: [N, 4]) -> [N, 4] {\nlet digits = csv("data/somewhere/else/digits.csv", target: "digit", scale: 1/16, holdout: 20%, standardize: true)\nreturn x\n}',
  ],
  [
    "an outer call before an inner one, an inner one only where it must",
    'train M { data: idx(image: "data/full/train-images-idx3-ubyte.gz", target: "data/full/train-labels-idx1-ubyte.gz", test: idx(image: "data/full/t10k-images-idx3-ubyte.gz", target: "data/full/t10k-labels.gz"))\nbatch: 1 }',
  ],
  [
    "sums before their terms, products in them where they must",
    "block f(a: [N], b: [N]) -> [N] = first_of_them(a, b) * second_of_them(a, b) + third_of_them(a, b) - fourth_of_them(a, b) * fifth_of_them(a, b) * sixth_of_them(a, b) * seventh(a, b)",
  ],
  [
    "`or` before `and`, `and` before comparisons",
    'block f(a: [N]) -> [N] {\nrequire mode == "average" and not is_string(padding) and rank(a) >= 2 or mode == "epoch" and padding == "same", "too bad"\nreturn a\n}',
  ],
  [
    "parentheses open, and what fills them needs no further step",
    "block f(a: [N]) -> [N] {\nlet y = 2 * (first_of_them_all(a) + second_of_them_all(a) + third_of_them_all(a) + fourth_of_them_all(a))\nreturn y\n}",
  ],
  [
    "lists of numbers fill lines, other lists have an item a line",
    `const a = tensor([${Array.from({ length: 40 }, (_, n) => n * 37).join(", ")}])\nmodel M(x: [N, 4]) -> [N, 4] {\nlet d = csv("d.csv", inputs: ["the first of the columns", "the second of the columns", "the third of the columns"])\nreturn x\n}`,
  ],
  [
    "clauses of a scan, further in than its body",
    "block f(x: [N, T, C]) -> [N, T, C] {\nlet (states, _, _) = scan each_of_them in projected_inputs along T with hidden = zeros([N, C]), cell = zeros([N, C]) {\nnext hidden = x\nnext cell = x emit hidden }\nreturn states }",
  ],
  [
    "the body of a scan that is too wide for one line has a statement a line",
    "block f(x: [N, T]) -> [N] {\nlet (h, count) = scan r in x along T with h = zeros([N]), count = 0 { next count = count + 1 next h = h + count * r }\nreturn h }",
  ],
  [
    "branches on a line each: all or none",
    "optimizer o(w, g) {\nif something_that_is_known { w <- w - lr * g / (sqrt(g * g + 1e-8) + 1e-8) } else { w <- w - lr * g }\n}",
  ],
  [
    "comments stay with what they are about, and count for no width",
    "block f(a: [N]) -> [N] {\n// the whole\nlet y = f(first_of_them_all(a), // one\n/* two */ second_of_them_all(a), third_of_them_all(a), fourth_of_them_all(a)) // end\nreturn y // a remark that is long enough to go beyond the one hundredth column, where it is no trouble\n}",
  ],
];

test.each(wide)("%s", (_, text) => {
  expectKept(text);
  expect(`\n${formatted(text)}`).toMatchSnapshot();
});

const kept: readonly (readonly [what: string, text: string])[] = [
  [
    "trains on one line each, below each other, however wide",
    readFileSync("examples/optimisers/optimisers.nn", "utf8"),
  ],
  [
    "stages that share a line, as many as their writer wants",
    "model M(x: [N, 4]) -> [N, 4] =\n  x |> dense(4) |> relu\n    |> dense(4)\n",
  ],
  [
    "operators below each other",
    "model M(image: [N, 4]) -> [N, 4] =\n  image |> dense(4) |> relu\n        |> dense(4) |> relu\n        |> dense(4)\n",
  ],
  ["arguments below the first one", 'data d = csv("a.csv",\n             target: "b")\n'],
  ["braces below braces", "optimizer o(w, g) {\n  if training { w <- g }\n  else        { w <- w }\n}\n"],
  [
    "comments below comments, and a lone one where it was",
    "const a = 1    // one\nconst bc = 23  // two\n\nconst d = 4      // three\n",
  ],
  [
    "a single empty line, between members, statements and items",
    "train M {\n  data: given\n\n  batch: 3\n}\n\nconst a = [\n  1,\n\n  2\n]\n",
  ],
  [
    "doc comments with what they are about, and one of the file",
    "/// The file.\n\n/// A constant.\nconst a = 1\n/// Another.\nconst b = 2\n\nblock f(\n  /// An input.\n  x: [N],\n  /// A setting.\n  k: int\n) -> [N] {\n  /// A parameter.\n  param w: [N] = zeros\n  return x * w * k\n}\n",
  ],
  ["`0 : n` and `0:5` as they are", "block f(x: [N, C]) -> [N, C] = x[:, 0 : C] + x[:, 0:C] + x[:, 1 :] + x[:, 1:]\n"],
];

test.each(kept)("stay: %s", (_, text) => {
  expect(formatted(text)).toBe(text);
});

const files = ["examples", "compiler/prelude"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".nn"))
    .map((name) => `${folder}/${name}`),
);

test.each(files)("%s stays byte for byte", (file) => {
  const text = readFileSync(file, "utf8");
  expect(formatted(text)).toBe(text);
});

test("what can be broken is no wider than 100 columns", () => {
  const text = stretched(readFileSync("compiler/prelude/attention.nn", "utf8"), "_of_them");
  const broken = formatted(text);
  const code = broken.split("\n").filter((line) => !/^\s*\/\/\//.test(line) && !line.includes('"'));
  expect(code.filter((line) => line.length > lineWidth)).toEqual([]);
});

test.each(["_wide", "_so_wide_that_hardly_two_of_them_stand_on_one_line_of_code"])(
  "tree and comments stay where names end with %s",
  (suffix) => {
    for (const file of files.filter((_, index) => index % 3 === 0))
      expectKept(stretched(readFileSync(file, "utf8"), suffix));
  },
);

test("tree and comments of random programs stay", () => {
  const random = new Random(11);
  let examined = 0;
  for (let round = 0; round < 120; round += 1) {
    const text = mutate(random.pick(sources), random, sources);
    if (!parses(text)) continue;
    examined += 1;
    expectKept(text);
    expectKept(stretched(text, "_that_is_long_enough"));
  }
  expect(examined).toBeGreaterThan(12);
});

test("tree and comments of every program of the catalogue and of the tests' wrong ones stay", () => {
  const examples = [...catalogue.values()].flatMap(({ example }) =>
    example === undefined ? [] : [example.bad, example.good],
  );
  const wrong = [...names, ...shapes, ...trains].map(([, source]) => source);
  const readable = [...examples, ...wrong].filter(parses);
  expect(readable.length).toBeGreaterThan(200);
  for (const text of readable) expectKept(text);
});

test("thousands of lines, deep brackets and long chains", () => {
  const lines = Array.from(
    { length: 2000 },
    (_, n) => `  let y${n} = some_function(x, ${n}) * (${n} + another_one(x, y))`,
  );
  const deep = `${"f(a, ".repeat(190)}x${")".repeat(190)}`;
  const chain = Array.from({ length: 1000 }, (_, n) => `x * ${n}`).join(" + ");
  const text = `block f(x: [N]) -> [N] {\n${lines.join("\n")}\n  let d = ${deep}\n  return ${chain}\n}\n`;
  const once = formatted(text);
  expect(formatted(once)).toBe(once);
  expect(once.split("\n").length).toBeGreaterThan(3500);
});

test("data on one line stay on it, as trains do, however long", () => {
  const line = `data clothes = idx(image: "data/images.idx3.gz", target: "data/labels.idx1.gz", scale: 1/255, holdout: 15%, standardize: true)\n`;
  expect(line.length).toBeGreaterThan(lineWidth);
  expect(formatted(line)).toBe(line);
  expect(formatted(line.replace("(image", "(\nimage"))).toBe(`data clothes = idx(
  image: "data/images.idx3.gz",
  target: "data/labels.idx1.gz",
  scale: 1/255,
  holdout: 15%,
  standardize: true
)
`);
});
