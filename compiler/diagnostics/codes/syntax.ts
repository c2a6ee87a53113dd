/** NN01xx: what can be wrong with the bytes, the words and the grammar of a `.nn` file. */
import { define } from "../diagnostic.ts";

export const controlCharacter = define<{ readonly character: string; readonly byte: number }>({
  code: "NN0101",
  severity: "error",
  message: ({ character, byte }) => `the source holds the invisible character ${character} at byte ${byte}`,
  explanation:
    "A source file is text with spaces, tabs and line ends. Control characters, byte order marks inside the text and marks " +
    "that change the direction of writing make a program look different from what it is, so none is allowed, not even in comments.",
  example: {
    bad: "const a = 1 \u202e// one",
    good: "const a = 1 // one",
  },
});

export const unexpectedCharacter = define<{ readonly character: string }>({
  code: "NN0102",
  severity: "error",
  message: ({ character }) => `${character} means nothing in the language`,
  explanation:
    "Outside strings and comments a program is written with letters of any script, digits and the signs of the grammar.",
  example: { bad: "const a = 1 $ 2", good: "const a = 1 + 2" },
});

export const unclosedString = define<object>({
  code: "NN0103",
  severity: "error",
  message: () => "this string is not closed before its line ends",
  explanation: 'A string runs from one `"` to the next on the same line. A line end inside it is written `\\n`.',
  example: { bad: 'use "./blocks.nn', good: 'use "./blocks.nn"' },
});

export const unclosedComment = define<object>({
  code: "NN0104",
  severity: "error",
  message: () => "this comment is not closed before the file ends",
  explanation: "A comment that `/*` opens runs to the first `*/`. Such comments do not nest.",
  example: { bad: "const a = 1 /* one", good: "const a = 1 /* one */" },
});

export const malformedNumber = define<{ readonly text: string }>({
  code: "NN0105",
  severity: "error",
  message: ({ text }) => `expected a number such as 12, 0.5, 1e-3 or 20%, found \`${text}\``,
  explanation:
    "A number is decimal digits, perhaps a point with digits on both sides, perhaps an exponent, perhaps `%` right behind. " +
    "There are no hexadecimal numbers and no `_` between digits.",
  example: { bad: "const a = 1.2.3", good: "const a = 1.23" },
});

export const numberOutOfRange = define<{ readonly text: string; readonly problem: string }>({
  code: "NN0106",
  severity: "error",
  message: ({ text, problem }) => `the number \`${text}\` ${problem}`,
  explanation:
    "A number must lie within what a 64-bit float can hold: it must not round to infinity, nor to zero unless it is zero.",
  example: { bad: "const a = 1e400", good: "const a = 1e30" },
});

export const unknownEscape = define<{ readonly text: string }>({
  code: "NN0107",
  severity: "error",
  message: ({ text }) => `expected one of \\" \\\\ \\n \\t in a string, found ${text}`,
  explanation: 'A backslash in a string begins an escape. There are four: `\\"`, `\\\\`, `\\n` and `\\t`.',
  example: { bad: 'use ".\\blocks.nn"', good: 'use "./blocks.nn"' },
});

export const sourceTooLarge = define<{ readonly length: number; readonly limit: number }>({
  code: "NN0108",
  severity: "error",
  message: ({ length, limit }) => `the source is ${length} characters long, and the limit is ${limit}`,
  explanation: "A source file may have up to 1,048,576 characters (1 MiB). A larger one is most likely not a program.",
});

export const nestingTooDeep = define<{ readonly limit: number }>({
  code: "NN0109",
  severity: "error",
  message: ({ limit }) => `nesting deeper than ${limit}`,
  explanation:
    "Brackets, signs in front of an expression, powers and calls of calls may nest, but not without end. " +
    "Sums, products, pipes and `else if` do not nest, they may be as long as you like. Name a part with `let`.",
  example: {
    bad: `const a = ${"(".repeat(201)}1${")".repeat(201)}`,
    good: "const a = (1)",
  },
});

export const unexpectedToken = define<{ readonly expected: string; readonly found: string }>({
  code: "NN0110",
  severity: "error",
  message: ({ expected, found }) => `expected ${expected}, found ${found}`,
  explanation: "The grammar asks for something else at this place. What stands right before it often is what is wrong.",
  example: { bad: "const a = ", good: "const a = 1" },
});

export const unclosedBracket = define<{ readonly bracket: string; readonly closer: string; readonly found: string }>({
  code: "NN0111",
  severity: "error",
  message: ({ bracket, closer, found }) => `\`${bracket}\` is not closed: expected \`${closer}\`, found ${found}`,
  explanation:
    "Every `(`, `[` and `{` needs its partner before the statement, or the declaration, that it stands in is over.",
  example: { bad: "const a = (1 + 2", good: "const a = (1 + 2)" },
});

export const expectedDeclaration = define<{ readonly found: string }>({
  code: "NN0112",
  severity: "error",
  message: ({ found }) => `expected a declaration, found ${found}`,
  explanation:
    "A file is a list of declarations. Each begins with one of use, const, data, block, model, initializer, loss, metric, " +
    "regularizer, optimizer, schedule, train, followed by a name.",
  example: { bad: "modle Net(x: [N, 4]) -> [N, 4] = x", good: "model Net(x: [N, 4]) -> [N, 4] = x" },
});

export const statementWithoutKeyword = define<{ readonly name: string }>({
  code: "NN0113",
  severity: "error",
  message: ({ name }) => `expected a statement, found \`${name} =\``,
  explanation:
    "A statement begins with a keyword, or is a state update with `<-`. Names are bound once, with `let`; there is no assignment.",
  example: {
    bad: "block twice(x: [..]) -> [..] {\n  y = 2 * x\n  return y\n}",
    good: "block twice(x: [..]) -> [..] {\n  let y = 2 * x\n  return y\n}",
  },
});

export const reservedWord = define<{ readonly word: string }>({
  code: "NN0114",
  severity: "error",
  message: ({ word }) => `expected a name, found the reserved word \`${word}\``,
  explanation:
    "These words are reserved and name nothing: use const data block model initializer loss metric regularizer optimizer " +
    "schedule train let param state if else scan require return repeat true false and or not. As keys of a train they are fine.",
  example: { bad: "const data = 1", good: "const rows = 1" },
});

export const chainedComparison = define<object>({
  code: "NN0115",
  severity: "error",
  message: () => "comparisons do not chain: expected one comparison, found another behind it",
  explanation: "`a < b < c` would compare a truth value with c. Write `a < b and b < c`.",
  example: { bad: "const a = 1 < 2 < 3", good: "const a = 1 < 2 and 2 < 3" },
});

export const misplacedNot = define<{ readonly operator: string }>({
  code: "NN0116",
  severity: "error",
  message: ({ operator }) => `expected an operand of \`${operator}\`, found \`not\`, which binds looser`,
  explanation: "`not` binds looser than comparisons and arithmetic, so it cannot stand inside one without parentheses.",
  example: { bad: "const a = true == not false", good: "const a = true == (not false)" },
});

export const untypedInput = define<{ readonly name: string; readonly declaration: string }>({
  code: "NN0117",
  severity: "error",
  message: ({ name, declaration }) => `expected a shape or a type for \`${name}\` of this ${declaration}, found none`,
  explanation:
    "Shapes are part of every signature: `x: [N, C]` is a tensor, `units: int` a setting. Only optimizers and regularizers take " +
    "inputs without a type, because they see parameters of every shape.",
  example: { bad: "model Net(x) -> [N, 4] = x", good: "model Net(x: [N, 4]) -> [N, 4] = x" },
});

export const tensorDefault = define<{ readonly name: string }>({
  code: "NN0118",
  severity: "error",
  message: ({ name }) => `expected no default for the tensor input \`${name}\`, found one`,
  explanation:
    "Settings may have defaults, tensors may not: what a tensor input is, is known only when the program runs.",
  example: { bad: "model Net(x: [N, 4] = zeros) -> [N, 4] = x", good: "model Net(x: [N, 4]) -> [N, 4] = x" },
});

export const mixedUnion = define<{ readonly name: string }>({
  code: "NN0119",
  severity: "error",
  message: ({ name }) => `expected only shapes or only setting types in the union of \`${name}\`, found both`,
  explanation: "An input is either a tensor, whose values arrive at run time, or a setting, known at compile time.",
  example: { bad: "block f(x: [N] | int) -> [N] = x", good: "block f(x: [N] | [N, C]) -> [N] = x" },
});

export const missingResult = define<{ readonly declaration: string; readonly name: string }>({
  code: "NN0120",
  severity: "error",
  message: ({ declaration, name }) =>
    `expected \`-> shape\` behind the inputs of the ${declaration} \`${name}\`, found none`,
  explanation: "Shapes are part of every signature. A dimension that the compiler is to work out is written `_`.",
  example: { bad: "model Net(x: [N, 4]) = x", good: "model Net(x: [N, 4]) -> [N, 4] = x" },
});

export const unwantedResult = define<{ readonly declaration: string; readonly name: string }>({
  code: "NN0121",
  severity: "error",
  message: ({ declaration, name }) => `expected no result shape for the ${declaration} \`${name}\`, found one`,
  explanation:
    "The result of an initializer has the parameter's shape, that of a schedule is a number, and an optimizer has none.",
  example: { bad: "schedule flat() -> [] = lr0", good: "schedule flat() = lr0" },
});

export const notUtf8 = define<{ readonly encoding: string }>({
  code: "NN0122",
  severity: "error",
  message: ({ encoding }) => `the file is not UTF-8 but ${encoding}`,
  explanation: "Source files are UTF-8. Save the file in that encoding.",
});

export const invalidUtf8 = define<{ readonly offset: number; readonly bytes: string }>({
  code: "NN0123",
  severity: "error",
  message: ({ offset, bytes }) => `the file is not UTF-8: invalid bytes ${bytes} at offset ${offset}`,
  explanation: "Source files are UTF-8. A byte sequence that UTF-8 does not have is refused, not replaced.",
});

export const outsideScan = define<{ readonly word: string }>({
  code: "NN0124",
  severity: "error",
  message: ({ word }) => `expected \`${word}\` only inside the braces of a scan, found it outside`,
  explanation:
    "`next` gives a scan's carry its new value and `emit` adds to what the scan stacks; elsewhere neither means anything.",
  example: {
    bad: "block f(x: [N]) -> [N] {\n  emit x\n  return x\n}",
    good: "block f(x: [T, N]) -> [T, N] = scan r in x along T { emit r }",
  },
});

export const repeatedClause = define<{ readonly word: string }>({
  code: "NN0125",
  severity: "error",
  message: ({ word }) => `expected \`${word}\` once in a scan, found it twice`,
  explanation: "Each of along, with and checkpoint may stand once. Several carries are written `with h = a, c = b`.",
  example: {
    bad: "block f(x: [T, N]) -> [N] = scan r in x along T with h = zeros([N]) with c = h { next h = h + r }",
    good: "block f(x: [T, N]) -> [N] = scan r in x along T with h = zeros([N]) { next h = h + r }",
  },
});

export const tooManyErrors = define<{ readonly limit: number }>({
  code: "NN0126",
  severity: "error",
  message: ({ limit }) => `more than ${limit} errors in this file: the others are not shown`,
  explanation: "A file with so many errors is most likely not a program, or one early mistake has many consequences.",
});

export const noNetwork = define<object>({
  code: "NN0127",
  severity: "error",
  message: () => "no network declared: expected a `model`, found none",
  explanation:
    "A program to build or train needs at least one `model`. A file of blocks alone can be used by others with `use`.",
  example: { bad: "// nothing yet", good: "model Net(x: [N, 4]) -> [N, 4] = x" },
});

export const strayBracket = define<{ readonly bracket: string }>({
  code: "NN0128",
  severity: "error",
  message: ({ bracket }) => `this \`${bracket}\` closes nothing`,
  explanation:
    "Every `)`, `]` and `}` closes the nearest bracket of its kind that is still open. Here there is none: one is missing before it, or this one is too many.",
  example: {
    bad: "model Net(x: [N, 4]) -> [N, 2] = x |> dense(8)) |> dense(2)",
    good: "model Net(x: [N, 4]) -> [N, 2] = x |> dense(8) |> dense(2)",
  },
});
