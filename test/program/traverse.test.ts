/** The walk over statements and expressions reaches every part of them once, in the order of the text. */
import { describe, expect, it } from "vitest";
import { constantIndex } from "../../compiler/loops/index.ts";
import { printExpression } from "../../compiler/program/print.ts";
import { allNodesOf, mapOperands, nodesOf, operandsOf } from "../../compiler/program/traverse.ts";
import type { Node } from "../../compiler/program/traverse.ts";
import type { Expression, Statement } from "../../compiler/program/types.ts";
import { namesRead, usesOf } from "../../compiler/program/uses.ts";
import {
  assign,
  at,
  binary,
  cast,
  compare,
  define,
  literal,
  load,
  loop,
  select,
  splat,
  store,
  unary,
  variable,
} from "../targets/programs.ts";

const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => variable(name));
const four = { dtype: "f32", lanes: 4 } as const;
const plus = (left: Expression): Expression => binary("add", left, literal(1));

describe("operandsOf", () => {
  it.each<readonly [string, Expression, string]>([
    ["a constant", literal(1), "1"],
    ["a variable", a, "a"],
    ["an index", { kind: "index", index: at({ i: 2 }), type: { dtype: "i32", lanes: 1 } }, "<2*i>"],
    ["a load", load("x", at({ i: 1 })), "x[i]"],
    ["a splat", splat(a), "splat((a + 1))"],
    ["a lane", { kind: "lane", value: a, lane: 2, type: a.type }, "(a + 1).2"],
    ["a pack", { kind: "pack", values: [a, b, c, d], type: four }, "pack((a + 1), (b + 1), (c + 1), (d + 1))"],
    [
      "a shuffle",
      { kind: "shuffle", left: a, right: b, lanes: [0, 4, 1, 5], type: four },
      "shuffle((a + 1), (b + 1); 0 4 1 5)",
    ],
    ["an operator", unary("neg", a), "neg((a + 1))"],
    ["an operator of two", binary("mul", a, b), "((a + 1) * (b + 1))"],
    ["a comparison", compare("less", a, b), "((a + 1) < (b + 1))"],
    ["a choice", select(a, b, c), "select((a + 1), (b + 1), (c + 1))"],
    ["a conversion", cast("i32", a), "i32((a + 1))"],
    ["a call", { kind: "call", function: "f", arguments: [a, b], type: a.type }, "f((a + 1), (b + 1))"],
  ])("of %s are those that mapOperands replaces", (_, expression, expected) => {
    const replaced = mapOperands(expression, plus);
    expect(printExpression(replaced)).toBe(expected);
    expect(operandsOf(replaced)).toEqual(operandsOf(expression).map(plus));
  });

  it.each<readonly [string, Statement, readonly Expression[]]>([
    ["a definition", define("t", a), [a]],
    ["an assignment", assign("t", a), [a]],
    ["a store", store("y", at({ i: 1 }), a), [a]],
    ["a condition", { kind: "if", condition: a, whenTrue: [assign("t", b)], otherwise: [] }, [a]],
    ["a loop", loop("i", 4, [assign("t", a)]), []],
    ["a comment", { kind: "comment", text: "a" }, []],
  ])("of %s leave its bodies out", (_, statement, expected) => {
    expect(operandsOf(statement)).toEqual(expected);
    expect(operandsOf(mapOperands(statement, plus))).toEqual(expected.map(plus));
  });
});

const named = (node: Node): string =>
  node.kind === "variable" || node.kind === "define" || node.kind === "assign" ? node.name : node.kind;

const nest = loop("i", 4, [
  define("t", binary("add", a, b)),
  { kind: "if", condition: c, whenTrue: [assign("u", d)], otherwise: [store("y", at({ i: 1 }), variable("t"))] },
]);

describe("the walk", () => {
  it("meets operands before what they stand in, and a loop or condition before its bodies", () => {
    expect(allNodesOf([nest]).map(named)).toEqual(["for", "a", "b", "binary", "t", "c", "if", "d", "u", "t", "store"]);
  });

  it("stays out of bodies where one statement is asked", () => {
    expect(nodesOf(nest).map(named)).toEqual(["for"]);
  });
});

describe("usesOf", () => {
  it("finds what is read, assigned, defined and written, however deep", () => {
    const { names, defined, writes } = usesOf([nest]);
    expect([...names].sort()).toEqual(["a", "b", "c", "d", "i", "t", "u"]);
    expect([...defined]).toEqual(["i", "t"]);
    expect([...writes]).toEqual(["y"]);
  });

  it("calls a buffer filled that is written before it is read", () => {
    const here = constantIndex(0);
    const after = [store("p", here, a), store("y", here, load("p", here))];
    const own = [store("q", here, plus(load("q", here)))];
    expect([...usesOf([...after, ...own]).filled]).toEqual(["p", "y"]);
  });
});

describe("namesRead", () => {
  it("repeats what is read repeatedly, and looks into indices", () => {
    const value = binary("mul", load("x", at({ i: 1, j: 2 })), binary("mul", a, a));
    expect(namesRead(define("t", value))).toEqual(["i", "j", "a", "a"]);
    expect(namesRead(loop("k", at({ n: 1 }), [assign("t", b)]))).toEqual(["n"]);
  });
});
