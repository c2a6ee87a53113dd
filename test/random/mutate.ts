/** Random edits of source texts, most of them such that a text still parses. */
import type { Random } from "./random.ts";

const token = /\/\/[^\n]*|"[^"\n]*"|\d+(?:\.\d+)?(?:e[-+]?\d+)?%?|[A-Za-z_]\w*|\|>|<-|->|\*\*|==|!=|<=|>=|\.\.|\s+|./gs;

function tokensOf(text: string): readonly string[] {
  return text.match(token) ?? [];
}

const isNumber = (text: string): boolean => /^\d/.test(text);
const isWord = (text: string): boolean => /^[A-Za-z_]/.test(text);
const isSpace = (text: string): boolean => /^\s/.test(text);

const numbers = [
  "0",
  "1",
  "2",
  "3",
  "4",
  "5",
  "7",
  "8",
  "16",
  "0.5",
  "1.5",
  "1e-3",
  "80%",
  "100",
  "1000000",
  "2147483647",
  "2147483648",
  "3000000000",
  "100000",
  "1e30",
  "1e39",
  "1e-50",
  "0.1",
];
const operators = ["+", "-", "*", "/", "%", "@", "**", "|>", "==", "<", ">=", ".."];
const statements = [
  "let t = x * 2",
  "param p: [4] = zeros",
  "state s: [] = zeros",
  'require N > 0, "some rows"',
  "return x",
  "let (u, v) = (x, x)",
  "if training { return x }",
];
const declarations = [
  "const k = 3",
  "block twin(x: [.., C]) -> [.., C] = x + x",
  "model Other(x: [N, 4]) -> [N, 4] = x |> relu",
  "initializer one = ones(shape)",
  "metric best(output: [.., K], target: i32[..]) -> [] = max(output)",
  "data d = given",
  "block loop(x: [N]) -> [N] = loop(x)",
];
const words = [
  "dense",
  "relu",
  "softmax",
  "layer_norm",
  "dropout",
  "mean",
  "sum",
  "max",
  "argmax",
  "reshape",
  "concat",
  "broadcast",
  "transpose",
  "einsum",
  "take",
  "one_hot",
  "zeros",
  "he_normal",
  "float",
  "int",
  "bool",
  "i32",
  "f32",
  "true",
  "false",
  "training",
  "step",
  "lr",
  "x",
  "N",
  "C",
  "K",
  "T",
  "units",
  "constructor",
  "__proto__",
  "toString",
  "scan",
  "grad",
  "exp",
  "log",
  "sqrt",
  "where",
  "range",
  "pick",
  "stop_gradient",
  "random_normal",
  "reverse",
  "residual",
  "flatten",
  "accuracy",
  "adam",
  "mse",
  "l2",
];

type Edit = (tokens: string[], random: Random, others: readonly string[]) => void;

function placeOf(tokens: readonly string[], random: Random, fits: (text: string) => boolean): number {
  const places = tokens.flatMap((text, at) => (fits(text) ? [at] : []));
  return places.length === 0 ? -1 : random.pick(places);
}

function replacing(fits: (text: string) => boolean, by: (random: Random, tokens: readonly string[]) => string): Edit {
  return (tokens, random) => {
    const at = placeOf(tokens, random, fits);
    if (at >= 0) tokens[at] = by(random, tokens);
  };
}

const changeNumber = replacing(isNumber, (random) => random.pick(numbers));

const changeWord = replacing(isWord, (random, tokens) =>
  random.chance(0.5) ? random.pick(words) : random.pick(tokens.filter(isWord)),
);

const changeOperator = replacing(
  (text) => operators.includes(text),
  (random) => random.pick(operators),
);

/** One name becomes another everywhere. */
const rename: Edit = (tokens, random) => {
  const [from, to] = [
    random.pick(tokens.filter(isWord)),
    random.chance(0.7) ? random.pick(tokens.filter(isWord)) : random.pick(words),
  ];
  for (const [at, text] of tokens.entries()) if (text === from) tokens[at] = to;
};

const swap: Edit = (tokens, random) => {
  const left = placeOf(tokens, random, (text) => !isSpace(text));
  const right = random.chance(0.5)
    ? placeOf(tokens, random, (text) => !isSpace(text))
    : Math.min(tokens.length - 1, left + 2);
  if (left >= 0) [tokens[left], tokens[right]] = [tokens[right], tokens[left]];
};

const remove: Edit = (tokens, random) => {
  tokens.splice(
    placeOf(tokens, random, (text) => !isSpace(text)),
    random.weighted([
      [4, 1],
      [1, 3],
    ]),
  );
};

const repeatPart: Edit = (tokens, random) => {
  const from = random.below(tokens.length);
  tokens.splice(from, 0, ...tokens.slice(from, from + random.between(1, 8)));
};

/** A statement at a line's start, or a declaration at the end. */
const insert: Edit = (tokens, random) => {
  const at = placeOf(tokens, random, (text) => text.includes("\n"));
  if (at < 0 || random.chance(0.3)) tokens.push(`\n${random.pick(declarations)}\n`);
  else tokens.splice(at + 1, 0, `${random.pick(statements)}\n`);
};

/** Lines of another program, here or at the end. */
const splice: Edit = (tokens, random, others) => {
  const lines = random.pick(others).split("\n");
  const from = random.below(lines.length);
  const taken = `\n${lines.slice(from, from + random.between(1, 4)).join("\n")}\n`;
  tokens.splice(random.chance(0.5) ? tokens.length : random.below(tokens.length), 0, taken);
};

/** A layer more in a pipe. */
const pipe: Edit = (tokens, random) => {
  const at = placeOf(tokens, random, (text) => text === "|>");
  const layers = [
    "relu",
    "tanh",
    "softmax",
    "layer_norm",
    "dense(4)",
    "dropout(0.5)",
    "flatten",
    "residual(relu)",
    "repeat(2, tanh)",
    "reshape([N, -1])",
    "batch_norm",
  ];
  if (at >= 0) tokens.splice(at, 0, `|> ${random.pick(layers)} `);
};

/** One layer becomes many, some of them more than anybody can write out. */
const repeated: Edit = (tokens, random) => {
  const at = placeOf(tokens, random, (text) => text === "|>");
  const layer = random.pick([
    "relu",
    "dense(4)",
    "layer_norm",
    "residual(tanh)",
    "repeat(7, softmax)",
    "reshape([N, -1])",
  ]);
  const turns = random.pick(["3", "20", "100000"]);
  const inner = random.chance(0.5) ? layer : `repeat(${turns}, ${layer})`;
  if (at >= 0) tokens.splice(at, 0, `|> repeat(${turns}, ${inner}) `);
};

/** A value, or a block, that is made of the one before it twice. */
const doubled: Edit = (tokens, random) => {
  const depth = random.pick([3, 8, 30]);
  const level = Array.from({ length: depth }, (_, at) => at);
  const at = placeOf(tokens, random, (text) => text.includes("\n"));
  const operator = random.pick(["+", "*", "-"]);
  if (at >= 0 && random.chance(0.5)) {
    const kind = random.pick(["$a $o $a", "[$a, $a]", "where($a > 0, $a, -$a)", "maximum($a $o 1, $a)", "$a |> $a"]);
    const lines = level.map(
      (one) => `let d${one + 1} = ${kind.replaceAll("$a", `d${one}`).replaceAll("$o", operator)}\n`,
    );
    const start = random.pick(["x", "relu", "1/3", "N + T", "N > 1 and T > 2"]);
    tokens.splice(
      at + 1,
      0,
      `let d0 = ${start}\n${lines.join("")}${random.chance(0.5) ? `let d = x * d${depth}\n` : ""}`,
    );
    return;
  }
  const blocks = level.map((one) => `block d${one + 1}(x: [..]) -> [..] = d${one}(x) ${operator} d${one}(x * 2)\n`);
  tokens.push(`\nblock d0(x: [..]) -> [..] = x + 1\n${blocks.join("")}`);
  const pipe = placeOf(tokens, random, (text) => text === "|>");
  if (pipe >= 0) tokens.splice(pipe, 0, `|> d${depth} `);
};

/** Something deep or long inside one expression. */
const nested: Edit = (tokens, random) => {
  const at = placeOf(tokens, random, isNumber);
  const count = random.pick([4, 40, 400]);
  const [before, after] = random.pick([
    ["(", ")"],
    ["-", ""],
    ["where(x > 0, ", ", x)"],
    ["[", "]"],
    ["2 ** ", ""],
    ["", " / 7 * 3"],
    ["sum(", ")"],
  ] as const);
  if (at >= 0) tokens[at] = `${before.repeat(count)}${tokens[at]}${after.repeat(count)}`;
};

/** Texts that are longer are cut: what is promised is promised of these. */
export const longestText = 10_240;

const edits: readonly (readonly [number, Edit])[] = [
  [6, changeNumber],
  [4, changeWord],
  [2, changeOperator],
  [3, rename],
  [1.5, swap],
  [1.5, remove],
  [1, repeatPart],
  [2, insert],
  [1.5, splice],
  [3, pipe],
  [1, repeated],
  [1, doubled],
  [1, nested],
];

/** The text after one to three edits. */
export function mutate(text: string, random: Random, others: readonly string[]): string {
  const tokens = [...tokensOf(text)];
  for (
    let count = random.weighted([
      [5, 1],
      [3, 2],
      [1, 3],
    ]);
    count > 0;
    count -= 1
  )
    random.weighted(edits)(tokens, random, others);
  return tokens.join("").slice(0, longestText);
}

/** The text with one token left out, doubled, exchanged with the next one, put in the place of another, or with a letter less. */
export function changeToken(text: string, random: Random): string {
  const tokens = [...tokensOf(text)];
  const isCode = (token: string): boolean => !isSpace(token) && !token.startsWith("//");
  const at = placeOf(tokens, random, isCode);
  const next = tokens.findIndex((token, index) => index > at && isCode(token));
  const token = tokens[at] ?? "";
  const edit = random.pick(["leave out", "double", "exchange", "replace", "slip"]);
  if (edit === "leave out") tokens[at] = "";
  if (edit === "double") tokens[at] = `${token} ${token}`;
  if (edit === "exchange" && next >= 0) [tokens[at], tokens[next]] = [tokens[next] ?? "", token];
  if (edit === "replace") tokens[at] = random.pick(tokens.filter(isCode));
  const letter = random.below(token.length);
  if (edit === "slip" && isWord(token) && token.length > 2)
    tokens[at] = `${token.slice(0, letter)}${token.slice(letter + 1)}`;
  return tokens.join("");
}
