/** What the printers of graphs, kernels and programs make of hard numbers, long names and deep nesting: text that is read back one way alone. */
import { createContext, runInContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { printAttribute, printGraph } from "../../compiler/graph/print.ts";
import type { Attribute } from "../../compiler/graph/types.ts";
import { printKernel as printUnscheduled } from "../../compiler/kernel/print.ts";
import { printScalar } from "../../compiler/loops/print.ts";
import { binary, f32, i32, local } from "../../compiler/loops/scalar.ts";
import { printExpression, printKernel, printProgram } from "../../compiler/program/print.ts";
import type { Statement } from "../../compiler/program/types.ts";
import * as kernels from "../kernel/kernels.ts";
import { shape } from "../passes/graphs.ts";
import * as write from "../targets/programs.ts";

const hard: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.1,
  1 / 3,
  NaN,
  Infinity,
  -Infinity,
  2 ** -149,
  2 ** -126,
  3.4028234663852886e38,
  2 ** 53,
  -(2 ** 31),
  1e21,
  1e-7,
];
const long = "n".repeat(10_000);

const context = createContext({ a: 1.5 });
/** The text as another engine of the language reads it. */
const valueOf = (text: string): unknown => runInContext(text, context);

describe("a number is read back as itself", () => {
  const floats = fc.float({ noDefaultInfinity: false, noNaN: false });
  /** A float32 prints as the shortest decimal that is none but it. */
  const read = (text: string): number => Math.fround(Number(valueOf(text)));

  test.each(hard)("%d", (value) => {
    const rounded = Math.fround(value);
    expect(Number(printAttribute(value))).toBe(value);
    expect(read(printScalar(f32(value)))).toBe(rounded);
    expect(Number(printExpression(write.literal(value)))).toBe(value);
  });

  test("whatever it is, also as an operand", () => {
    const agree = (value: number): void => {
      expect(Number(printAttribute(value))).toBe(value);
      expect(Number(printExpression(write.literal(value)))).toBe(value);
      expect(read(printScalar(f32(value)))).toBe(value);
      const text = Number(printScalar(f32(value)));
      const operand = (operator: "sub" | "mul"): unknown =>
        valueOf(printScalar(binary(operator, local("a", "f32"), f32(value))));
      expect([operand("sub"), operand("mul")]).toEqual([1.5 - text, 1.5 * text]);
    };
    fc.assert(fc.property(floats, agree), { seed: 1, numRuns: 300 });
  });

  test.each([-2147483648, 2147483647, 0])("%d as an i32", (value) => {
    expect(valueOf(printScalar(i32(value)))).toBe(value);
  });
});

describe("attributes print apart unless they are equal", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 4 }),
    fc.constantFrom('"', "\\", "\n", "a, b", "[1]", "true", "1", "-0", "N", "__proto__", "\u2028", "\ud800"),
  );
  const { attribute } = fc.letrec<{ attribute: Attribute; list: Attribute }>((tie) => ({
    attribute: fc.oneof({ maxDepth: 3 }, fc.constantFrom(...hard), text, fc.boolean(), tie("list")),
    list: fc.array(tie("attribute"), { maxLength: 3 }),
  }));

  test("numbers, words, truths and lists of them", () => {
    fc.assert(
      fc.property(attribute, attribute, (left, right) => {
        const same = (a: Attribute, b: Attribute): boolean =>
          Array.isArray(a) && Array.isArray(b)
            ? a.length === b.length && a.every((one: Attribute, at) => same(one, (b as readonly Attribute[])[at]))
            : Object.is(a, b);
        expect(printAttribute(left) === printAttribute(right)).toBe(same(left, right));
      }),
      { seed: 2, numRuns: 2000 },
    );
  });

  test("a word is in quotes, on one line", () => {
    expect(printAttribute('a "b"\\\n\u0000')).toBe('"a \\"b\\"\\\\\\n\\u0000"');
  });

  test("as deep as they nest", () => {
    let value: Attribute = 1;
    for (let depth = 0; depth < 500; depth++) value = [value];
    expect(printAttribute(value)).toBe(`${"[".repeat(500)}1${"]".repeat(500)}`);
  });
});

describe("long names", () => {
  test("of a graph stand on their line", () => {
    const builder = new GraphBuilder();
    builder.origin = { span: undefined, path: long };
    const x = builder.one("input", [], { name: long, role: "input", dtype: "f32", shape: shape("N", 2) });
    const graph = builder.finish([{ name: `${long}.y`, role: "result", value: builder.one("neg", [x]) }]);
    expect(printGraph(graph)).toBe(
      [
        `%0 = input[dtype: "f32", name: "${long}", role: "input", shape: [N, 2]]() : f32[N, 2]   // ${long}`,
        `%1 = neg(%0) : f32[N, 2]   // ${long}`,
        `result ${long}.y = %1`,
      ].join("\n"),
    );
  });

  test("of a kernel stand wherever they are meant", () => {
    const value = kernels.from(long, "i");
    expect(
      printUnscheduled({
        name: `${long}k`,
        grid: [kernels.axis("i", 4)],
        rows: [],
        stages: [kernels.store(`${long}y`, ["i"], binary("mul", value, f32(-2)))],
        origins: [],
      }),
    ).toBe(`kernel ${long}k(${long}: f32) -> ${long}y: f32\n  for i in 4\n    ${long}y[i] = ${long}[i] * -2`);
  });

  test("of a program keep its table in columns", () => {
    const kernel = write.kernelOf(long, [write.parameter(long, "read"), write.parameter("y", "write")], []);
    const lines = printProgram(write.programOf(kernel, { [long]: 4, y: 4 })).split("\n");
    const rows = lines.filter((line) => line.includes(" f32[4]"));
    expect(rows.map((line) => line.indexOf(" f32[4]"))).toEqual([10_011, 10_011]);
    expect(lines).toContain(`kernel ${long}(read ${long}: f32, write y: f32)`);
  });
});

test("loops nest as deep as they do, two blanks a level", () => {
  let body: readonly Statement[] = [write.store("y", write.at({}, 0), write.literal(-0))];
  for (let depth = 99; depth >= 0; depth--) body = [write.loop(`i${depth}`, 2, body)];
  const lines = printKernel(write.kernelOf("k", [write.parameter("y", "write")], body)).split("\n");
  expect(lines.slice(1)).toEqual([
    ...Array.from({ length: 100 }, (_, depth) => `${"  ".repeat(depth + 1)}for i${depth} in 0 .. 2`),
    `${"  ".repeat(101)}y[0] = -0`,
  ]);
});
