/** Words of other languages in the places where people try them, with what stands there here. Data only. */

/** Where a declaration begins. */
export const declarationHabits: ReadonlyMap<string, string> = new Map([
  ...["def", "function", "fn", "func", "fun", "layer", "sub", "proc", "macro"].map((word): [string, string] => [
    word,
    "a piece to use again is a `block`, `block name(x: [..]) -> [..] = …`; a network is a `model`",
  ]),
  ...["class", "struct", "module", "network", "net", "nn", "Sequential"].map((word): [string, string] => [
    word,
    "a network is a `model`, `model Name(x: [N, 4]) -> [N, 2] = x |> dense(2)`; there are no classes",
  ]),
  ...["import", "from", "include", "require", "using"].map((word): [string, string] => [
    word,
    'another file is taken in by `use "./blocks.nn"`; the prelude is always there',
  ]),
  ...["let", "var", "val", "int", "float", "static", "final", "define", "auto"].map((word): [string, string] => [
    word,
    "a value of the whole file is a `const`, `const hidden = 128`; `let` stands in a body",
  ]),
  ...["param", "state"].map((word): [string, string] => [
    word,
    `a \`${word}\` belongs into the body of a \`block\` or a \`model\``,
  ]),
  ["return", "`return` stands between the braces of a body"],
  ["if", "`if` stands between the braces of a body"],
  ["print", "there is no `print`; `nnc train --probe` shows values"],
  ["async", "there are no coroutines"],
  ["fit", 'how to train is a declaration: `train Name { data: csv("rows.csv") … }`'],
  ["dataset", 'data are named by `data rows = csv("rows.csv")`'],
  ["activation", "an activation is a `block`, `block name(x: [..]) -> [..] = …`"],
]);

const noLoops = "there are no loops: `repeat(3, relu)` applies a layer several times, `scan` walks along an axis";

/** Where a statement begins. */
export const statementHabits: ReadonlyMap<string, string> = new Map([
  ["for", noLoops],
  ["while", noLoops],
  ["do", noLoops],
  ["loop", noLoops],
  ["print", "a call alone does nothing, and there is no `print`; `nnc train --probe` shows values"],
  ["self", "there is no `self`; a layer that is kept is `let fc = dense(2)`"],
  ["this", "there is no `this`; a layer that is kept is `let fc = dense(2)`"],
  ...["var", "val", "auto", "int", "float", "final"].map((word): [string, string] => [
    word,
    "a name is bound by `let`",
  ]),
  ["const", "in a body a name is bound by `let`; a `const` is declared beside models, not inside them"],
  ["elif", "write `else if`"],
  ["elsif", "write `else if`"],
  ["elseif", "write `else if`"],
  ["else", "`else` stands right behind the `}` of an `if`"],
  ["switch", "choose by `if … { … } else if … { … }`"],
  ["match", "choose by `if … { … } else if … { … }`"],
  ["case", "choose by `if … { … } else if … { … }`"],
  ["assert", 'write `require condition, "message"`'],
  ["raise", 'write `require condition, "message"`'],
  ["throw", 'write `require condition, "message"`'],
  ["try", "nothing fails while a network runs: there is nothing to catch"],
  ["pass", "leave it out: a body needs nothing to stand in it"],
  ["break", noLoops],
  ["continue", noLoops],
  ["yield", "a scan stacks what it emits: `emit h`"],
  ["def", "blocks are declared beside models, not inside them"],
  ["function", "blocks are declared beside models, not inside them"],
  ["class", "blocks are declared beside models, not inside them"],
  ["import", 'files are taken in at the top: `use "./blocks.nn"`'],
  ["from", 'files are taken in at the top: `use "./blocks.nn"`'],
  ["with", "`with` begins the carries of a `scan`"],
  ["global", "nothing is shared but what a `state` keeps"],
  ["del", "names last as long as their body: leave it out"],
  ["weight", "a parameter is `param w: [4, 2] = he_normal`"],
  ["buffer", "what is kept and not trained is `state mean: [C] = zeros`"],
]);

/** Where an expression begins, or goes on. */
export const expressionHabits: ReadonlyMap<string, string> = new Map([
  ["if", "`if` is a statement: a value is chosen by `where(condition, a, b)`"],
  ["for", "there are no comprehensions: `repeat(3, relu)` applies a layer several times, `scan` walks along an axis"],
  ["lambda", "there are no lambdas: declare a `block`"],
  ["def", "there are no lambdas: declare a `block`"],
  ["function", "there are no lambdas: declare a `block`"],
  ["fn", "there are no lambdas: declare a `block`"],
  ["is", "write `==`"],
  ["await", "nothing is awaited: leave it out"],
  ["new", "a layer is called by its name: leave the `new` out"],
]);

/** Where a type stands: what it is called here. */
export const typeHabits: ReadonlyMap<string, string> = new Map([
  ...["number", "double", "real", "float32", "float64", "f64", "Float"].map((word): [string, string] => [
    word,
    "a setting that is a number is a `float`, a whole one an `int`",
  ]),
  ...["integer", "int32", "int64", "i64", "long", "uint", "Int"].map((word): [string, string] => [
    word,
    "a setting that is a whole number is an `int`",
  ]),
  ...["str", "String", "text", "char"].map((word): [string, string] => [
    word,
    "a setting that is a text is a `string`",
  ]),
  ...["boolean", "Bool", "Boolean"].map((word): [string, string] => [
    word,
    "a setting that is true or false is a `bool`",
  ]),
  ...["Tensor", "tensor", "array", "ndarray", "Array", "matrix", "vector", "np", "torch"].map(
    (word): [string, string] => [word, "a tensor is written by its shape, `[N, 4]`; of whole numbers, `i32[N, 4]`"],
  ),
  ...["list", "List", "tuple", "Tuple"].map((word): [string, string] => [word, "a list is written `[int]`"]),
  ...["function", "Callable", "callable", "block", "Layer", "Module", "activation"].map((word): [string, string] => [
    word,
    "a setting that is a function of tensors is a `layer`",
  ]),
]);

/** Words that other languages have for the element types, before a bracket. */
export const elementHabits: ReadonlyMap<string, string> = new Map([
  ...["float", "float32", "double", "f64", "float64", "float16", "f16", "number"].map((word): [string, string] => [
    word,
    "f32",
  ]),
  ...["int", "int32", "int64", "i64", "long", "uint8", "u8", "u32", "integer"].map((word): [string, string] => [
    word,
    "i32",
  ]),
  ...["boolean", "Bool"].map((word): [string, string] => [word, "bool"]),
]);

const settings: ReadonlySet<string> = new Set(
  "lr beta beta1 beta2 eps rate units width count stride padding kernel size axis heads std mean groups momentum delta smoothing decay every factor floor steps holdout scale window vocabulary k".split(
    " ",
  ),
);

/** Whether a name is that of a setting, which no layer has. */
export function isSetting(name: string): boolean {
  return settings.has(name);
}
