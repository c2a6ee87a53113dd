/** Names given once each. */
import { describe, expect, test } from "vitest";
import { UniqueNames } from "../../compiler/program/unique-names.ts";

describe("unique names", () => {
  test("are the name itself while it is free, then numbered from 2", () => {
    const names = new UniqueNames();
    expect(["sum", "sum", "x", "sum"].map((name) => names.take(name))).toEqual(["sum", "sum_2", "x", "sum_3"]);
  });

  test("skip what is taken or reserved, numbered or not", () => {
    const names = new UniqueNames(["sum", "sum_3"]);
    names.reserve("x");
    names.reserve("sum_4");
    expect(["sum", "sum", "sum", "x"].map((name) => names.take(name))).toEqual(["sum_2", "sum_5", "sum_6", "x_2"]);
  });

  test("of a name with a number are numbered again", () => {
    const names = new UniqueNames();
    expect(["w_2", "w", "w", "w_2"].map((name) => names.take(name))).toEqual(["w_2", "w", "w_3", "w_2_2"]);
  });

  test("of a prototype's members are names like any other", () => {
    const names = new UniqueNames();
    expect(["__proto__", "constructor", "__proto__"].map((name) => names.take(name))).toEqual([
      "__proto__",
      "constructor",
      "__proto___2",
    ]);
  });
});
