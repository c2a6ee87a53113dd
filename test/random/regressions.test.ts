/** Programs that every run examines: the smallest of bugs that random ones found, and corners that random ones rarely reach. */
import { expect, test } from "vitest";
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import type { Value } from "../../compiler/graph/types.ts";
import { examineBatch, newTally } from "./examine.ts";
import { allBounds } from "./generate.ts";
import { nameOf, type Profile, type RandomProgram } from "./program.ts";

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
  /** How all its inputs are drawn; `plain` where absent. */
  readonly profile?: Profile;
}

/** Reductions over the first, the last and all axes of a matrix. */
function reductions(w: Writer, op: string, x: Value): readonly Value[] {
  return [[0], [1], [0, 1]].map((axes) => w.builder.one(op, [x], { axes }));
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
  {
    title: "sums of as many terms as chunks take, and of a few more, along an open axis",
    results: (w) =>
      ["L 2", "2 L", "L"].flatMap((sizes) => {
        const shape = sizes.split(" ").map((size) => (size === "L" ? size : Number(size)));
        const x = w.input(sizes.replace(" ", ""), ...shape);
        return shape.length === 1 ? [w.builder.one("sum", [x], { axes: [0] })] : reductions(w, "sum", x);
      }),
  },
  {
    title: "sums of as many terms as chunks take, and of a few more, along known axes",
    results: (w) => [4097, 4099, 6144].flatMap((size) => reductions(w, "sum", w.input(`x${size}`, size, 3))),
  },
  {
    title: "the places of extremes among values that do not change along an axis",
    results: (w) => {
      const x = w.input("x", "B", "B");
      const shape = [symbol("B"), constant(7), symbol("B")];
      const spread = w.builder.one("broadcast", [x], { axes: [0, 2], shape });
      return [[0, 1], [1], [1, 2], [0, 1, 2]].map((axes) => w.builder.one("argmax", [spread], { axes }));
    },
  },
  {
    title: "the places of extremes that tie",
    profile: "ties",
    results: (w) => [1, 4, 7, 13].flatMap((size) => reductions(w, "argmax", w.input(`x${size}`, "N", size))),
  },
  {
    title: "sums down the columns of a border, whose rows are held inside their tensor",
    results: (w) => {
      const [low, high] = [
        [1, 1],
        [1, 0],
      ].map((widths) => widths.map(constant));
      const x = w.builder.one("pad", [w.input("x", "B", 8)], { low, high, value: 0 });
      return [x, w.one("mul", x, x)].flatMap((y) => ["sum", "max"].map((op) => w.builder.one(op, [y], { axes: [0] })));
    },
  },
  {
    title: "an index that counts down to 0, which has no sign",
    results: (w) => {
      const places = w.builder.one("iota", [], { shape: [symbol("B")], axis: 0 });
      return [w.builder.one("reverse", [w.builder.one("cast", [places], { dtype: "f32" })], { axes: [0] })];
    },
  },
];

function programOf({ results, profile = "plain" }: Regression, at: number): RandomProgram {
  const name = `r${at}`;
  const writer = new Writer(name);
  const outputs = results(writer).map((value, n) => ({ name: `${name}.y${n}`, role: "result" as const, value }));
  const sizes = [
    [1, 1],
    [3, 2048],
    [5, 2049],
    [4, 4099],
  ].map(
    ([few, many]) =>
      new Map([
        ["A", few],
        ["B", few],
        ["N", few],
        ["L", many],
      ]),
  );
  const graph = writer.builder.finish(outputs);
  const profiles = new Map(graph.inputs.map((node) => [nameOf(node), profile]));
  return { name, graph, bounds: allBounds, sizes, profiles, smooth: undefined };
}

test("programs that once failed, and corners", { timeout: 120_000 }, async () => {
  const tally = newTally();
  await examineBatch(regressions.map(programOf), tally);
  const problems = tally.problems.map(({ program, property, detail }) => {
    return `${regressions[Number(program.name.slice(1))].title}: ${property}: ${detail}`;
  });
  expect(problems).toEqual([]);
});
