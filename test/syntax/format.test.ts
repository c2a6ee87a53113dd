/** The formatter: columns, line ends and comments, and that it changes no meaning. */
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { format } from "../../compiler/syntax/format.ts";
import { parse } from "../../compiler/syntax/parse.ts";
import { printModule } from "../../compiler/syntax/print.ts";
import { Comment, DocComment, lexer } from "../../compiler/syntax/tokens.ts";

const folder = new URL("./fixtures/", import.meta.url);
const programs = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));

function formatted(text: string): string {
  const found = format({ name: "a.nn", text });
  expect(found.diagnostics).toEqual([]);
  return found.text;
}

function tree(text: string): string {
  const { module, diagnostics } = parse({ name: "a.nn", text });
  expect(diagnostics).toEqual([]);
  return printModule(module);
}

function comments(text: string): readonly string[] {
  const { tokens, groups } = lexer.tokenize(text);
  return [...tokens, ...(groups["comments"] ?? [])]
    .filter(({ tokenType }) => tokenType === Comment || tokenType === DocComment)
    .map(({ image }) => image.trimEnd())
    .sort();
}

/** What formatting must not change, and the text that formatting again must give. */
function essence(text: string): object {
  return { tree: tree(text), comments: comments(text), formatted: formatted(text) };
}

test("spaces, indentation, a line for each statement, values of entries in a column", () => {
  const text = `

const   a=1/16+2/x   // why
block f ( x:[ N,C ] , units :int|[int]=3 )->[N,units]{ // head
let y=x[ .. ,0:5,2*k:n , -1:,: ]@w.T let u=x[: :2,0 : n: -1,2*k: :2,1:k+1:2] ; param w:[C,units]=he_normal
/* a */ let (h,_)=scan x_t in(x) along axis -1 with h=zeros([ N ]),c=- 1{next h=h+x_t emit(h)}


if training and not a{return -y**-2}
else{ return f (x)[0] |> dense( 3 )as "head" } }
train A as b{
data:csv("x" ,scale:1/16)
batch:32


regularize:l2(1e-4)
step c{update:[A.head]  minimize:x}
}
train B{data:given loss:mse}`.replace(" ; ", "\n");
  expect(`\n${formatted(text)}`).toMatchInlineSnapshot(`
    "
    const a = 1/16 + 2 / x   // why
    block f(x: [N, C], units: int | [int] = 3) -> [N, units] {  // head
      let y = x[.., 0:5, 2 * k : n, -1:, :] @ w.T
      let u = x[::2, 0:n:-1, 2 * k :: 2, 1 : k + 1 : 2]
      param w: [C, units] = he_normal
      /* a */ let (h, _) = scan x_t in (x) along axis -1 with h = zeros([N]), c = -1 {
        next h = h + x_t
        emit (h)
      }

      if training and not a { return -y ** -2 }
      else { return f(x)[0] |> dense(3) as "head" }
    }
    train A as b {
      data:  csv("x", scale: 1/16)
      batch: 32

      regularize: l2(1e-4)
      step c { update: [A.head]  minimize: x }
    }
    train B { data: given  loss: mse }
    "
  `);
});

test("where lines end is the writer's choice", () => {
  const text = "model A(x: [N])\n-> [N] =\nx |> f(\na,\ng(\nb))\n|> h\n\n\n\nconst b = 1 +\n2\n";
  expect(`\n${formatted(text)}`).toMatchInlineSnapshot(`
    "
    model A(x: [N]) -> [N] =
      x |> f(
        a,
        g(b))
        |> h

    const b = 1 + 2
    "
  `);
});

test("values that span lines stand in the column of the others, what follows a comment or an empty line in its own", () => {
  const text = `train M {
data: csv("x",
scale: 1/16
)
loss: mse
metrics: [accuracy,

top_k(k: 5)]
// why
optimizer: adam(
// small
lr: 1e-3)
batch: 8

epochs: 2
}`;
  expect(`\n${formatted(text)}`).toMatchInlineSnapshot(`
    "
    train M {
      data:    csv("x",
        scale: 1/16
      )
      loss:    mse
      metrics: [accuracy,

        top_k(k: 5)]
      // why
      optimizer: adam(
        // small
        lr: 1e-3)
      batch:     8

      epochs: 2
    }
    "
  `);
});

test("a comment of two lines parts no column, on whichever line it begins", () => {
  const text = "train M {\n  batch: 128\n  epochs: 1 /* b\n  c */ seed: 1\n}\n";
  const expected = "train M {\n  batch:  128\n  epochs: 1\n  /* b\n  c */ seed:   1\n}\n";
  expect(formatted(text)).toBe(expected);
  expect(formatted(expected)).toBe(expected);
});

test("line ends become LF, and there is one at the end", () => {
  expect(formatted("const a = 1\r\n/* b\r\n c */\rconst d = 2")).toBe("const a = 1\n/* b\n c */\nconst d = 2\n");
  expect(formatted("")).toBe("");
  expect(formatted("\n\n// only this   ")).toBe("// only this\n");
});

test("a program with mistakes stays as it is", () => {
  const text = "const  a = \n";
  expect(format({ name: "a.nn", text })).toMatchObject({ text, diagnostics: [{ code: "NN0110" }] });
});

test.each(programs)(
  "program %# keeps its tree and its comments, and formatting twice is formatting once",
  (program) => {
    expect(essence(formatted(program))).toEqual(essence(program));
  },
);

test("so does every program with its white space and comments thrown about", () => {
  const between = fc.constantFrom(" ", " ", " ", "\n", "\n\n\n", " // c\n", " /* d */ ", "\n/* e\n f */", "\t\r\n");
  fc.assert(
    fc.property(
      fc.constantFrom(...programs),
      fc.array(between, { minLength: 50, maxLength: 400 }),
      (program, spaces) => {
        const tokens = lexer.tokenize(program).tokens.filter(({ tokenType }) => tokenType !== DocComment);
        const text = tokens.map(({ image }, index) => `${spaces[index % spaces.length] ?? " "}${image}`).join("");
        expect(essence(formatted(text))).toEqual(essence(text));
      },
    ),
    { seed: 7, numRuns: 60 },
  );
});

test("names of any width come through, however many there are", () => {
  const name = (n: number): string => `${"wide_".repeat(200)}${n}`;
  const inputs = Array.from({ length: 60 }, (_, n) => `${name(n)}: [N, 2]`).join(", ");
  const sum = Array.from({ length: 60 }, (_, n) => name(n)).join(" + ");
  const text = `model M(${inputs}) -> [N, 2] = ${sum} |> dense(2)\ntrain M { data: given loss: mse epochs: 1 }\n`;
  const once = formatted(text);
  expect(tree(once)).toBe(tree(text));
  expect(formatted(once)).toBe(once);
});
