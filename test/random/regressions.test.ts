/** The smallest programs of bugs that random ones found, with all properties of theirs. */
import { expect, test } from "vitest";
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import type { Value } from "../../compiler/graph/types.ts";
import { examineBatch, newTally } from "./examine.ts";
import { allBounds } from "./generate.ts";
import type { RandomProgram } from "./program.ts";

/** Short forms for one program. */
class Writer {
  readonly builder = new GraphBuilder();
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  input(name: string, ...sizes: readonly (number | string)[]): Value {
    const shape = sizes.map((size) => (typeof size === "number" ? constant(size) : symbol(size)));
    return this.builder.one("input", [], { name: `${this.name}.${name}`, role: "input", dtype: "f32", shape });
  }

  spread(value: Value, like: Value, ...axes: readonly number[]): Value {
    return this.builder.one("broadcast", [value], { shape: this.builder.typeOf(like).shape, axes });
  }

  one(op: string, ...inputs: readonly Value[]): Value {
    return this.builder.one(op, inputs);
  }
}

interface Regression {
  readonly title: string;
  readonly results: (writer: Writer) => readonly Value[];
}

const regressions: readonly Regression[] = [
  {
    title: "a row's value, kept, stored on and used again, in three joined sweeps",
    results: (w) => {
      const [x, y, a, b] = ["x", "y", "a", "b"].map((name) => w.input(name, "A", 1, 8));
      const total = w.builder.one("sum", [x], { axes: [2] });
      const ratio = w.one("div", w.one("sub", x, w.spread(total, x, 0, 1)), y);
      return [w.one("mul", ratio, a), w.one("mul", b, ratio)];
    },
  },
  {
    title: "a row named like the temporary that it is computed from",
    results: (w) => {
      const e = w.one("exp", w.input("x", 9, 5, 3));
      const low = w.one("exp", w.one("sub", e, w.spread(w.builder.one("max", [e], { axes: [2] }), e, 0, 1)));
      return [w.one("div", low, w.spread(w.builder.one("sum", [low], { axes: [2] }), low, 0, 1))];
    },
  },
  {
    title: "a result of other strides in the place of a temporary of as many bytes",
    results: (w) => {
      const [x, y, z] = ["x", "y", "z"].map((name) => w.input(name, 2, 4));
      return [w.builder.one("concat", [w.one("div", x, y), z], { axis: 1 })];
    },
  },
];

function programOf({ results }: Regression, at: number): RandomProgram {
  const name = `r${at}`;
  const writer = new Writer(name);
  const outputs = results(writer).map((value, n) => ({ name: `${name}.y${n}`, role: "result" as const, value }));
  const sizes = [1, 3, 5].map(
    (A) =>
      new Map([
        ["A", A],
        ["B", A],
        ["N", A],
      ]),
  );
  return {
    name,
    graph: writer.builder.finish(outputs),
    bounds: allBounds,
    sizes,
    profiles: new Map(),
    smooth: undefined,
  };
}

test("programs that once failed", { timeout: 120_000 }, async () => {
  const tally = newTally();
  await examineBatch(regressions.map(programOf), tally);
  const problems = tally.problems.map(({ program, property, detail }) => {
    return `${regressions[Number(program.name.slice(1))].title}: ${property}: ${detail}`;
  });
  expect(problems).toEqual([]);
});
