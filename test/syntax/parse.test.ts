/** Trees of what is right: tokens, expressions, scans and numbers. */
import { describe, expect, test } from "vitest";
import { Grammar } from "../../compiler/syntax/grammar.ts";
import { expectationProvider } from "../../compiler/syntax/complaints.ts";
import { parse } from "../../compiler/syntax/parse.ts";
import { printExpression, printModule } from "../../compiler/syntax/print.ts";
import { vocabularyWithSlips } from "../../compiler/syntax/slips.ts";
import { createLexer } from "../../compiler/syntax/tokens.ts";

function tree(text: string): string {
  const { module, diagnostics } = parse({ name: "test.nn", text });
  expect(diagnostics).toEqual([]);
  return `\n${printModule(module)}\n`;
}

function expression(text: string): string {
  const { module, diagnostics } = parse({ name: "test.nn", text: `const a = ${text}` });
  expect(diagnostics).toEqual([]);
  const [declaration] = module.declarations;
  return declaration?.kind === "const" ? printExpression(declaration.value) : "nothing";
}

test("every token can be found", () => {
  expect(() => createLexer(true, vocabularyWithSlips)).not.toThrow();
});

test("the grammar has no ambiguity that Chevrotain can find", () => {
  expect(() => new Grammar(expectationProvider, true)).not.toThrow();
});

describe("expressions", () => {
  test.each([
    ["a + b * c", "(a + (b * c))"],
    ["a - b - c", "(a - b - c)"],
    ["(a + b) + c", "((a + b) + c)"],
    ["a + (b + c)", "(a + (b + c))"],
    ["a @ b * c % d / e", "(a @ b * c % d / e)"],
    ["-a ** 2", "(- (** a 2))"],
    ["2 ** -x ** 3", "(** 2 (- (** x 3)))"],
    ["a ** b ** c", "(** a (** b c))"],
    ["-a * -b", "((- a) * (- b))"],
    ["- -a", "(- (- a))"],
    ["not a == b and not not c or d", "(((not (== a b)) and (not (not c))) or d)"],
    ["a + 1 <= b * 2", "(<= (a + 1) (b * 2))"],
    ["x |> f |> g(2, k: 3) + 1", "(|> x f ((call g 2 k: 3) + 1))"],
    ["f |> (g |> h)", "(|> f (|> g h))"],
    ["f(a)(b).T[0].head", "(. (index (.T (call (call f a) b)) 0) head)"],
    ["x[.., 0:5, :, newaxis, -1, : n, 2 * k :]", "(index x .. 0:5 : newaxis (- 1) :n (2 * k):)"],
    ["x[::2, 1::-k, :n:2, 0:5:1, 3::, ::]", "(index x ::2 1::(- k) :n:2 0:5:1 3: :)"],
    ["sum(x, over: [H, W]) + max(y, over: ..)", "((call sum x over: [H W]) + (call max y over: ..))"],
    ["reshape(x, [.., units, -1])", "(call reshape x [.. units (- 1)])"],
    ["grad(y, wrt: x)", "(call grad y wrt: x)"],
    ["repeat(3, dense(8) |> relu)", "(repeat 3 (|> (call dense 8) relu))"],
    ['x |> dense(3) as "head" |> relu', '(|> x (as (call dense 3) "head") relu)'],
    ["Lm.encoder.repeat.0.w_q", "(. (. (. (. Lm encoder) repeat) 0) w_q)"],
    ["[1, [2, 3], []]", "[1 [2 3] []]"],
    ["(a, b, c)", "(tuple a b c)"],
    ['"a \\"b\\" \\\\ \\n\\t</script> `${}` ]]> */ é"', '"a \\"b\\" \\\\ \\n\\t</script> `${}` ]]> */ é"'],
    [
      "in + along + step + next + emit + as + with + axis + reversed + int",
      "(in + along + step + next + emit + as + with + axis + reversed + int)",
    ],
    ["__proto__ + constructor + toString + hasOwnProperty", "(__proto__ + constructor + toString + hasOwnProperty)"],
    ["true", "true"],
    ["a <- b".replace("<-", "< -"), "(< a (- b))"],
  ])("%s", (text, printed) => expect(expression(text)).toBe(printed));
});

describe("scans", () => {
  test.each([
    [
      "scan x_t in x along T with h = zeros([N, U]) { next h = h + x_t emit h }",
      "(scan (x_t in x) along T (h = (call zeros [N U])) { next h = (h + x_t); emit h })",
    ],
    [
      "scan (a_t in a, b_t in b) along T reversed with h = a, c = b checkpoint 8 { next h = c next c = h }",
      "(scan (a_t in a) (b_t in b) along T reversed (h = a) (c = b) checkpoint 8 { next h = c; next c = h })",
    ],
    ["scan t in range(n) with h = 0 { next h = h + t }", "(scan (t in (call range n)) (h = 0) { next h = (h + t) })"],
    ["scan r in x along axis -1 { emit r }", "(scan (r in x) along axis (- 1) { emit r })"],
    ["scan r in x along axis { emit r }", "(scan (r in x) along axis { emit r })"],
    ["scan r in x along axis k reversed { emit -r }", "(scan (r in x) along axis k reversed { emit (- r) })"],
  ])("%s", (text, printed) => expect(expression(text)).toBe(printed));
});

test("numbers are exact", () => {
  const { module } = parse({ name: "test.nn", text: "const a = [1e-3, 80%, 1.50, 1/16, 0.0, 12e2, 5e-324]" });
  const [declaration] = module.declarations;
  const items = declaration?.kind === "const" && declaration.value.kind === "list" ? declaration.value.items : [];
  const values = items.map((item) =>
    item.kind === "number" ? `${item.value.numerator}/${item.value.denominator}` : item.kind,
  );
  expect(values.slice(0, 6)).toEqual(["1/1000", "4/5", "3/2", "chain", "0/1", "1200/1"]);
  expect(values[6]).toMatch(/^1\/20{323}$/);
});

test("signatures tell tensors, settings and bare inputs apart by their types", () => {
  const text = `
    block f(x: [.., (H + 2*pad - k) / stride + 1], ids: i32[N] | [.., K], m: bool[], kernel: int | [int] = [3, 3],
      nested: [[int]], init: initializer = he_normal, flag: bool = true, then: schedule, body: layer) -> ([N, _], i32[]) = (x, ids)
    regularizer l2(w, rate: float) -> [] = rate * sum(w * w)
    metric each(x: [.., K], all: bool) -> [K] | i32[] = x
    initializer zero() = 0`;
  expect(tree(text)).toMatchInlineSnapshot(`
    "
    block f(x: [.. (((H + (2 * pad) - k) / stride) + 1)], ids: i32[N] | [.. K], m: bool[], setting kernel: int | [int] = [3 3], setting nested: [[int]], setting init: initializer = he_normal, setting flag: bool = true, setting then: schedule, setting body: layer) -> ([N _] i32[])
      return (tuple x ids)

    regularizer l2(w, setting rate: float) -> []
      return (rate * (call sum (w * w)))

    metric each(x: [.. K], setting all: bool) -> [K] | i32[]
      return x

    initializer zero()
      return 0
    "
  `);
});

test("statements", () => {
  const text = `
    block f(x: [N, C], units: int) -> [N, units] {
      require units >= 2, "at least two"
      /// The weights.
      param w: [C, units] = he_normal
      state mean: [C] = zeros
      let (h, _) = lstm_cell(x, x, x)
      mean <- 0.9 * mean
      emit <- 3
      if training and not a { let y = 1 return y } else if b { return h } else { w <- x }
      return h
    }`;
  expect(tree(text)).toMatchInlineSnapshot(`
    "
    block f(x: [N C], setting units: int) -> [N units]
      require (>= units 2) "at least two"
      /// The weights.
      param w: [C units] = he_normal
      state mean: [C] = zeros
      let (h _) = (call lstm_cell x x x)
      mean <- (0.9 * mean)
      emit <- 3
      if (training and (not a))
        let y = 1
        return y
      else if b
        return h
      else
        w <- x
      return h
    "
  `);
});

test("trains take reserved words as keys, lets and steps", () => {
  const text = `
    train Gan as slow(real: [N, 2]) {
      data: given  loss: mse  let: 3  schedule: constant  step: 4
      let fake = G(real)
      step critic { let v = C(real) minimize: -v  update: [C, G.head] }
    }
    data wine = csv("wine.csv", target: "cultivar", holdout: 25%)
    const hidden = 64
    use "./blocks.nn"`;
  expect(tree(text)).toMatchInlineSnapshot(`
    "
    train Gan as slow(real: [N 2])
      data: given
      loss: mse
      let: 3
      schedule: constant
      step: 4
      let fake = (call G real)
      step critic
        minimize: (- v)
        update: [C (. G head)]
        let v = (call C real)

    data wine = (call csv "wine.csv" target: "cultivar" holdout: 25%)

    const hidden = 64

    use "./blocks.nn"
    "
  `);
});

test("doc comments belong to what follows, and to the file where a blank line parts them", () => {
  const text =
    "/// The file.\n\n/// A block,\n/// in two lines.\nblock f(x: [N]) -> [N] = x // no doc\n//// nor this\nconst a = 1 /// of nothing\n";
  expect(tree(text)).toBe(
    "\n/// The file.\n\n/// A block,\n/// in two lines.\nblock f(x: [N]) -> [N]\n  return x\n\nconst a = 1\n",
  );
});

test("LF, CRLF and CR give the same tree", () => {
  const text = "/// Doc.\n// c\nmodel A(x: [N]) -> [N] {\n  /* a\n b */ let y = x\n\n  return y\n}\n";
  const lf = tree(text);
  expect(tree(text.replaceAll("\n", "\r\n"))).toBe(lf);
  expect(tree(text.replaceAll("\n", "\r"))).toBe(lf);
});

test("spans are exact, and parentheses belong to what they hold", () => {
  const text = "const a = (b + c) * d";
  const { module } = parse({ name: "s.nn", text });
  const [declaration] = module.declarations;
  const value = declaration?.kind === "const" ? declaration.value : undefined;
  const first = value?.kind === "chain" ? value.first : undefined;
  expect(value?.span).toEqual({ file: "s.nn", from: 10, to: 21 });
  expect(first?.span).toEqual({ file: "s.nn", from: 10, to: 17 });
});
