/** Every message of the syntax, whole. */
import { describe, expect, test } from "vitest";
import { diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import { catalogue } from "../../compiler/diagnostics/codes/index.ts";
import * as codes from "../../compiler/diagnostics/codes/syntax.ts";
import { render } from "../../compiler/diagnostics/render.ts";
import { decodeSource } from "../../compiler/syntax/decode.ts";
import { parse } from "../../compiler/syntax/parse.ts";

/** Everything that is said about a source, as the command prints it. */
function rendered(text: string): string {
  const { diagnostics } = parse({ name: "net.nn", text });
  return `\n${render(diagnostics, new Map([["net.nn", text]]), { colour: false })}`;
}

function renderedBytes(...bytes: readonly number[]): string {
  const decoded = decodeSource("net.nn", Uint8Array.from(bytes));
  if ("text" in decoded) return decoded.text;
  return `\n${render([decoded], new Map(), { colour: false })}`;
}

describe("every code, its whole message", () => {
  test("NN0101", () =>
    expect(rendered('// é\u0000\nconst a = "\u202e"\u0007')).toMatchInlineSnapshot(`
    "
    error[NN0101]: the source holds the invisible character U+0000 at byte 5
      --> net.nn:1:5
       |
     1 | // é␀
       |     ^
       = help: take it out

    error[NN0101]: the source holds the invisible character U+202E at byte 18
      --> net.nn:2:12
       |
     2 | const a = "\\u{202E}"␇
       |            ^^^^^^^^
       = help: take it out

    error[NN0101]: the source holds the invisible character U+0007 at byte 22
      --> net.nn:2:14
       |
     2 | const a = "\\u{202E}"␇
       |                     ^
       = help: take it out
    "
  `));
  test("NN0102", () =>
    expect(rendered("const a = 'x'\nconst b = 1; const c = €")).toMatchInlineSnapshot(`
      "
      error[NN0102]: \`'\` means nothing in the language
        --> net.nn:1:11
         |
       1 | const a = 'x'
         |           ^^^
         = help: strings stand between double quotes: "x"

      error[NN0102]: \`;\` means nothing in the language
        --> net.nn:2:12
         |
       2 | const b = 1; const c = €
         |            ^
         = help: statements need nothing between them: leave it out

      error[NN0102]: \`€\` (U+20AC) means nothing in the language
        --> net.nn:2:24
         |
       2 | const b = 1; const c = €
         |                        ^
      "
    `));
  test("NN0103", () =>
    expect(rendered('use "./blocks.nn\nconst a = 1 +')).toMatchInlineSnapshot(`
    "
    error[NN0103]: this string is not closed before its line ends
      --> net.nn:1:5
       |
     1 | use "./blocks.nn
       |     ^ opened here
       = help: close it with \`"\`

    error[NN0110]: expected an expression, found the end of the file
      --> net.nn:2:14
       |
     2 | const a = 1 +
       |              ^
    "
  `));
  test("NN0104", () =>
    expect(rendered("const a = 1 /* one\n/* two")).toMatchInlineSnapshot(`
    "
    error[NN0104]: this comment is not closed before the file ends
      --> net.nn:1:13
       |
     1 | const a = 1 /* one
       |             ^^ opened here
       = help: close it with \`*/\`
    "
  `));
  test("NN0105", () =>
    expect(rendered("const a = [1.2.3, 0x, 1__0, 3x, 1e, 12abc]")).toMatchInlineSnapshot(`
    "
    error[NN0105]: expected a number such as 12, 0.5, 1e-3 or 20%, found \`1.2.3\`
      --> net.nn:1:12
       |
     1 | const a = [1.2.3, 0x, 1__0, 3x, 1e, 12abc]
       |            ^^^^^

    error[NN0105]: expected a number such as 12, 0.5, 1e-3 or 20%, found \`0x\`
      --> net.nn:1:19
       |
     1 | const a = [1.2.3, 0x, 1__0, 3x, 1e, 12abc]
       |                   ^^

    error[NN0105]: expected a number such as 12, 0.5, 1e-3 or 20%, found \`1__0\`
      --> net.nn:1:23
       |
     1 | const a = [1.2.3, 0x, 1__0, 3x, 1e, 12abc]
       |                       ^^^^

    error[NN0105]: expected a number such as 12, 0.5, 1e-3 or 20%, found \`3x\`
      --> net.nn:1:29
       |
     1 | const a = [1.2.3, 0x, 1__0, 3x, 1e, 12abc]
       |                             ^^

    error[NN0105]: expected a number such as 12, 0.5, 1e-3 or 20%, found \`1e\`
      --> net.nn:1:33
       |
     1 | const a = [1.2.3, 0x, 1__0, 3x, 1e, 12abc]
       |                                 ^^

    error[NN0105]: expected a number such as 12, 0.5, 1e-3 or 20%, found \`12abc\`
      --> net.nn:1:37
       |
     1 | const a = [1.2.3, 0x, 1__0, 3x, 1e, 12abc]
       |                                     ^^^^^
    "
  `));
  test("NN0106", () =>
    expect(rendered(`const a = [1e400, 1e-400, ${"9".repeat(1200)}]`)).toMatchInlineSnapshot(`
    "
    error[NN0106]: the number \`1e400\` is too large: expected less than 1.8e308
      --> net.nn:1:12
       |
     1 | const a = [1e400, 1e-400, 99999999999999999999999999999999999999999999999999999999999999999999999999…
       |            ^^^^^

    error[NN0106]: the number \`1e-400\` is too small: expected zero or at least 5e-324
      --> net.nn:1:19
       |
     1 | const a = [1e400, 1e-400, 99999999999999999999999999999999999999999999999999999999999999999999999999…
       |                   ^^^^^^

    error[NN0106]: the number \`9999999999999999999999999999999999999…\` has too many digits: expected at most 1100 characters
      --> net.nn:1:27
       |
     1 | const a = [1e400, 1e-400, 99999999999999999999999999999999999999999999999999999999999999999999999999…
       |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "
  `));
  test("NN0107", () =>
    expect(rendered('use ".\\blocks\\😀.nn"')).toMatchInlineSnapshot(`
    "
    error[NN0107]: expected one of \\" \\\\ \\n \\t in a string, found \\b
      --> net.nn:1:7
       |
     1 | use ".\\blocks\\😀.nn"
       |       ^^
       = help: write \`\\\\\` for a backslash

    error[NN0107]: expected one of \\" \\\\ \\n \\t in a string, found \\😀
      --> net.nn:1:14
       |
     1 | use ".\\blocks\\😀.nn"
       |              ^^^
       = help: write \`\\\\\` for a backslash
    "
  `));
  test("NN0108", () =>
    expect(rendered("a".repeat(1_048_577))).toMatchInlineSnapshot(`
    "
    error[NN0108]: the source is 1048577 characters long, and the limit is 1048576
      --> net.nn:1:1
       |
     1 | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…
       | ^
    "
  `));
  test("NN0109", () =>
    expect(rendered(`const a = ${"(".repeat(201)}`)).toMatchInlineSnapshot(`
    "
    error[NN0109]: nesting deeper than 200
      --> net.nn:1:211
       |
     1 | …((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((
       |                                                                                                     ^
    "
  `));
  test("NN0110", () =>
    expect(rendered("block f(x [N]) -> [N] = x |> relu |>\nconst a = data + 1\nconst b = a || 1"))
      .toMatchInlineSnapshot(`
        "
        error[NN0110]: expected \`:\`, \`,\` or \`)\`, found \`[\`
          --> net.nn:1:11
           |
         1 | block f(x [N]) -> [N] = x |> relu |>
           |           ^
           = help: write \`x: […]\`

        error[NN0110]: expected an expression, found \`data\`
          --> net.nn:2:11
           |
         2 | const a = data + 1
           |           ^^^^
           = help: \`data\` is a reserved word and names nothing

        error[NN0102]: \`||\` means nothing in the language
          --> net.nn:3:13
           |
         3 | const b = a || 1
           |             ^^
           = help: write \`or\`
        "
      `));
  test("NN0111", () =>
    expect(rendered("block f(x: [N]) -> [N] {\n  let y = g(x\n  return [y)\n")).toMatchInlineSnapshot(`
      "
      error[NN0111]: \`{\` is not closed: expected \`}\`, found the end of the file
        --> net.nn:1:24
         |
       1 | block f(x: [N]) -> [N] {
         |                        ^ opened here
         |                         - expected \`}\` before this

      error[NN0111]: \`(\` is not closed: expected \`)\`, found \`return\`
        --> net.nn:2:12
         |
       2 |   let y = g(x
         |            ^ opened here
       3 |   return [y)
         |   ------ expected \`)\` before this
      "
    `));
  test("NN0112", () =>
    expect(rendered("modle Net(x: [N, 4]) -> [N, 4] = x\nconst a = 1 2")).toMatchInlineSnapshot(`
    "
    error[NN0112]: expected a declaration, found \`modle\`
      --> net.nn:1:1
       |
     1 | modle Net(x: [N, 4]) -> [N, 4] = x
       | ^^^^^
       = help: did you mean \`model\`?

    error[NN0112]: expected a declaration, found \`2\`
      --> net.nn:2:13
       |
     2 | const a = 1 2
       |             ^
    "
  `));
  test("NN0113", () =>
    expect(rendered("block f(x: [N]) -> [N] {\n  y = 2 * x\n  return y\n}")).toMatchInlineSnapshot(`
    "
    error[NN0113]: expected a statement, found \`y =\`
      --> net.nn:2:3
       |
     2 |   y = 2 * x
       |   ^
       = help: write \`let y = …\`, or \`<-\` for a state
    "
  `));
  test("NN0114", () =>
    expect(rendered("block f(data: [N]) -> [N] { let state = 1 return data }")).toMatchInlineSnapshot(`
      "
      error[NN0114]: expected a name, found the reserved word \`data\`
        --> net.nn:1:9
         |
       1 | block f(data: [N]) -> [N] { let state = 1 return data }
         |         ^^^^

      error[NN0114]: expected a name, found the reserved word \`state\`
        --> net.nn:1:33
         |
       1 | block f(data: [N]) -> [N] { let state = 1 return data }
         |                                 ^^^^^
      "
    `));
  test("NN0115", () =>
    expect(rendered("const a = 1 < 2 < 3")).toMatchInlineSnapshot(`
    "
    error[NN0115]: comparisons do not chain: expected one comparison, found another behind it
      --> net.nn:1:17
       |
     1 | const a = 1 < 2 < 3
       |             - the first
       |                 ^ the second comparison
       = help: join two comparisons with \`and\`
    "
  `));
  test("NN0116", () =>
    expect(rendered("const a = true == not false\nconst b = 1 + - not c")).toMatchInlineSnapshot(`
    "
    error[NN0116]: expected an operand of \`==\`, found \`not\`, which binds looser
      --> net.nn:1:19
       |
     1 | const a = true == not false
       |                   ^^^
       = help: put \`not …\` into parentheses

    error[NN0116]: expected an operand of \`-\`, found \`not\`, which binds looser
      --> net.nn:2:17
       |
     2 | const b = 1 + - not c
       |                 ^^^
       = help: put \`not …\` into parentheses
    "
  `));
  test("NN0117", () =>
    expect(rendered("model Net(x) -> [N, 4] = x\ntrain Net(y) { }")).toMatchInlineSnapshot(`
    "
    error[NN0117]: expected a shape or a type for \`x\` of this model, found none
      --> net.nn:1:11
       |
     1 | model Net(x) -> [N, 4] = x
       |           ^
       = help: a tensor is written \`x: [N, C]\`, a setting \`x: int\`

    error[NN0117]: expected a shape or a type for \`y\` of this train, found none
      --> net.nn:2:11
       |
     2 | train Net(y) { }
       |           ^
       = help: a tensor is written \`y: [N, C]\`, a setting \`y: int\`
    "
  `));
  test("NN0118", () =>
    expect(rendered("model Net(x: [N, 4] = zeros) -> [N, 4] = x")).toMatchInlineSnapshot(`
    "
    error[NN0118]: expected no default for the tensor input \`x\`, found one
      --> net.nn:1:23
       |
     1 | model Net(x: [N, 4] = zeros) -> [N, 4] = x
       |                       ^^^^^ this default
    "
  `));
  test("NN0119", () =>
    expect(rendered("block f(x: [N] | int) -> [N] = x")).toMatchInlineSnapshot(`
    "
    error[NN0119]: expected only shapes or only setting types in the union of \`x\`, found both
      --> net.nn:1:18
       |
     1 | block f(x: [N] | int) -> [N] = x
       |            --- a shape
       |                  ^^^ a setting type
    "
  `));
  test("NN0120", () =>
    expect(rendered("model Net(x: [N, 4]) = x")).toMatchInlineSnapshot(`
      "
      error[NN0120]: expected \`-> shape\` behind the inputs of the model \`Net\`, found none
        --> net.nn:1:20
         |
       1 | model Net(x: [N, 4]) = x
         |                    ^ behind this
         = help: write \`-> [N, _]\` here; \`_\` is a size that is worked out
      "
    `));
  test.each(["loss far(output: [N], target: [N])", "regularizer small(w)"])("NN0120 of %s: a scalar", (head) =>
    expect(rendered(`${head} = 0`)).toContain("= help: write `-> []` here: a "),
  );
  test("NN0121", () =>
    expect(rendered("schedule flat() -> [] = lr0")).toMatchInlineSnapshot(`
    "
    error[NN0121]: expected no result shape for the schedule \`flat\`, found one
      --> net.nn:1:20
       |
     1 | schedule flat() -> [] = lr0
       |                    ^^
    "
  `));
  test("NN0122", () =>
    expect(renderedBytes(0xff, 0xfe, 0x61, 0) + renderedBytes(0xfe, 0xff, 0, 0x61)).toMatchInlineSnapshot(`
    "
    error[NN0122]: the file is not UTF-8 but UTF-16 (little endian)
      --> net.nn
       = help: save the file as UTF-8

    error[NN0122]: the file is not UTF-8 but UTF-16 (big endian)
      --> net.nn
       = help: save the file as UTF-8
    "
  `));
  test("NN0123", () =>
    expect(renderedBytes(0x61, 0x0a, 0xc3, 0x28)).toMatchInlineSnapshot(`
    "
    error[NN0123]: the file is not UTF-8: invalid bytes C3 28 at offset 2
      --> net.nn
       = help: save the file as UTF-8
    "
  `));
  test("NN0124", () =>
    expect(rendered("block f(x: [N]) -> [N] {\n  emit x\n  next h = x\n  return x\n}")).toMatchInlineSnapshot(`
    "
    error[NN0124]: expected \`emit\` only inside the braces of a scan, found it outside
      --> net.nn:2:3
       |
     2 |   emit x
       |   ^^^^

    error[NN0124]: expected \`next\` only inside the braces of a scan, found it outside
      --> net.nn:3:3
       |
     3 |   next h = x
       |   ^^^^
    "
  `));
  test("NN0125", () =>
    expect(rendered("const a = scan r in x along T with h = 1 along T { emit r }")).toMatchInlineSnapshot(`
    "
    error[NN0125]: expected \`along\` once in a scan, found it twice
      --> net.nn:1:42
       |
     1 | const a = scan r in x along T with h = 1 along T { emit r }
       |                       ----- first here
       |                                          ^^^^^ again here
    "
  `));
  test("NN0126", () =>
    expect(rendered("const a = $ \n".repeat(200)).slice(-180)).toMatchInlineSnapshot(`
    "  |           ^

    error[NN0126]: more than 100 errors in this file: the others are not shown
        --> net.nn:101:11
         |
     101 | const a = $
         |           ^ the next one is here
    "
  `));
  test("NN0127", () => {
    const place = { file: "net.nn", from: 0, to: 0, text: "" };
    expect(`\n${render([diagnose(codes.noNetwork, {}, [place])], new Map([["net.nn", ""]]), { colour: false })}`)
      .toMatchInlineSnapshot(`
      "
      error[NN0127]: no network declared: expected a \`model\`, found none
        --> net.nn
      "
    `);
  });
});

describe("slips that one edit mends", () => {
  test("in a body", () => {
    expect(rendered("block f(x: [N], k: flaot) -> [N] {\n  if k = 3 { retrun x }\n  retrun x\n}"))
      .toMatchInlineSnapshot(`
      "
      error[NN0110]: expected a shape or a type, found \`flaot\`
        --> net.nn:1:20
         |
       1 | block f(x: [N], k: flaot) -> [N] {
         |                    ^^^^^
         = help: did you mean \`float\`?

      error[NN0110]: expected \`{\`, found \`=\`
        --> net.nn:2:8
         |
       2 |   if k = 3 { retrun x }
         |        ^
         = help: \`==\` compares
      "
    `);
  });
  test("in a train", () => {
    const text =
      'train A {\n  data: csv("x.csv", target: "t"\n  loss: mse,\n  batch:\n  epochs: 3\n  param w: [3] = zeros\n  seed = 4\n  step a { update A }\n}';
    expect(rendered(text)).toMatchInlineSnapshot(`
      "
      error[NN0111]: \`(\` is not closed: expected \`)\`, found \`loss\`
        --> net.nn:2:12
         |
       2 |   data: csv("x.csv", target: "t"
         |            ^ opened here
       3 |   loss: mse,
         |   ---- expected \`)\` before this

      error[NN0110]: expected an entry such as \`batch: 32\` or \`}\`, found \`,\`
        --> net.nn:3:12
         |
       3 |   loss: mse,
         |            ^
         = help: leave it out: nothing stands between statements or entries

      error[NN0110]: expected an expression, found the next key \`epochs:\`
        --> net.nn:5:3
         |
       5 |   epochs: 3
         |   ^^^^^^

      error[NN0110]: expected an entry such as \`batch: 32\`, a \`let\` or a step, found \`param\`
        --> net.nn:6:3
         |
       6 |   param w: [3] = zeros
         |   ^^^^^

      error[NN0110]: expected an entry such as \`update: Net\` or a \`let\`, found \`update\`
        --> net.nn:8:12
         |
       8 |   step a { update A }
         |            ^^^^^^
         = help: write \`update: …\`
      "
    `);
  });
});

describe("recovery", () => {
  function found(text: string): readonly string[] {
    return parse({ name: "net.nn", text }).diagnostics.map(({ labels: [first] }) => text.slice(first?.from, first?.to));
  }

  test.each([
    [
      "three statements of one body",
      "block f(x: [N]) -> [N] { let = 1 param w [N] = zeros let z = @ return z }",
      ["=", "[", "@"],
    ],
    ["three declarations", "const = 1 block f(x: ) -> [N] = x const b = ) model A(x: [N]) -> [N] = x", ["=", ")", ")"]],
    ["a signature and its body", "block f(x: [N, ) -> [N] { let y = * let z = y / return z }", [")", "*", "return"]],
    [
      "a scan in a body",
      "block f(x: [N]) -> [N] { let y = scan a in x along T { next h = = emit r * } let 3 = y return y }",
      ["=", "}", "3"],
    ],
    [
      "branches",
      "block f(x: [N]) -> [N] { if a { let 1 = x } else if { return x } else { return x } return }",
      ["1", "{", "}"],
    ],
    [
      "entries",
      "train A { batch: * loss: mse epochs: [1 seed: 4 step a { update: ) minimize: 3 } let q }",
      ["*", "[", ")", "}"],
    ],
    ["an open brace", "block f(x: [N]) -> [N] { let y = * return y\nconst b = *", ["{", "*", "*"]],
    ["a closer too many", "block f(x: [N]) -> [N] { return x } }\nconst b = *", ["}", "*"]],
    ["characters", "const a = 1 $ 2\nconst b = £\nconst c = 1__0", ["$", "£", "1__0"]],
  ])("%s: each mistake once", (_, text, spots) => expect(found(text)).toEqual(spots));

  test("what is right beside a mistake is kept", () => {
    const { module } = parse({
      name: "net.nn",
      text: "const a = 1 const = 2 block f(x: [N]) -> [N] { let y = ) return x } const c = 3",
    });
    expect(module.declarations.map((declaration) => declaration.kind)).toEqual(["const", "block", "const"]);
  });
});

describe("the catalogue", () => {
  const syntax = [...catalogue.values()].filter(({ code }) => code.startsWith("NN01"));

  test.each(syntax.flatMap(({ code, example }) => (example === undefined ? [] : [{ code, ...example }])))(
    "the examples of $code are what they say",
    ({ code, bad, good }) => {
      const of = (text: string): readonly string[] =>
        parse({ name: "net.nn", text }).diagnostics.map((diagnostic) => diagnostic.code);
      // That a program has no network is seen by who builds it, not by the parser.
      expect(of(bad)).toEqual(code === codes.noNetwork.code ? [] : [code]);
      expect(of(good)).toEqual([]);
    },
  );
});
