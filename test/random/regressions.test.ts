/** Programs that every run examines: the smallest of bugs that random ones found, and corners that random ones rarely reach. */
import { expect, test } from "vitest";
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import type { GraphOutput, InputRole, Value } from "../../compiler/graph/types.ts";
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

  /** The new values of states. */
  readonly updates: GraphOutput[] = [];

  input(name: string, ...sizes: readonly (number | string)[]): Value {
    return this.#given(name, "input", sizes);
  }

  state(name: string, ...sizes: readonly number[]): Value {
    return this.#given(name, "state", sizes);
  }

  #given(name: string, role: InputRole, sizes: readonly (number | string)[]): Value {
    const shape = sizes.map((size) => (typeof size === "number" ? constant(size) : symbol(size)));
    return this.builder.one("input", [], { name: `${this.name}.${name}`, role, dtype: "f32", shape });
  }

  update(state: Value, value: Value): void {
    this.updates.push({ name: nameOf(this.builder.node(state.node)), role: "state", value });
  }

  reduce(op: string, value: Value, axis: number): Value {
    return this.builder.one(op, [value], { axes: [axis] });
  }

  scaled(value: Value, by: number): Value {
    return this.one("mul", value, this.spread(this.builder.constant(by, "f32"), value));
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

/** Two reductions along an axis of x, the second of what is left of it; the state is overwritten between them, and read behind. */
function twice(w: Writer, x: Value, state: Value, axis: number): readonly Value[] {
  const kept = 1 - axis;
  const first = w.reduce("sum", x, axis);
  w.update(state, w.one("add", w.scaled(state, 0.5), first));
  const apart = w.one("sub", x, w.spread(first, x, kept));
  const second = w.one("add", w.reduce("sum", w.one("mul", apart, apart), axis), state);
  return [second, w.one("mul", apart, w.spread(second, x, kept))];
}

/** States that a kernel overwrites and reads again. */
const states: readonly Regression[] = [
  ...[0, 1].map((axis): Regression => ({
    title: `a state read behind a second sum along axis ${axis}`,
    results: (w) => {
      const x = w.input("x", ...(axis === 0 ? ["N", 5] : [5, "N"]));
      return twice(w, x, w.state("r", 5), axis);
    },
  })),
  {
    title: "a state that the second sum down the columns is made of",
    results: (w) => {
      const [x, r] = [w.input("x", "N", 9), w.state("r", 9)];
      const first = w.reduce("sum", x, 0);
      w.update(r, first);
      const apart = w.one("sub", x, w.spread(first, x, 1));
      return [w.reduce("max", w.one("mul", apart, w.spread(r, x, 1)), 0)];
    },
  },
  {
    title: "a state of rows, read by a later store of the sweep that overwrites it, and by a later sweep",
    results: (w) => {
      const [x, y, s] = [w.input("x", 3, 8), w.input("y", 3, 8), w.state("s", 3, 8)];
      const ratio = w.one("div", x, w.spread(w.reduce("sum", x, 1), x, 0));
      w.update(s, ratio);
      const late = w.one("tanh", w.one("mul", w.one("sub", y, w.spread(w.reduce("max", y, 1), y, 0)), s));
      const last = w.one("div", late, w.spread(w.reduce("sum", late, 1), y, 0));
      return [w.one("mul", ratio, s), late, w.one("mul", last, s)];
    },
  },
  {
    title: "a state of rows, read where it is overwritten and summed again",
    results: (w) => {
      const [x, s] = [w.input("x", 3, 8), w.state("s", 3, 8)];
      const next = w.one("exp", w.one("sub", w.scaled(s, 0.5), w.spread(w.reduce("max", x, 1), x, 0)));
      w.update(s, next);
      return [w.one("div", next, w.spread(w.reduce("sum", next, 1), x, 0)), w.one("mul", next, next)];
    },
  },
  {
    title: "a state read in the epilogue that overwrites it",
    results: (w) => {
      const [x, k, s] = [w.input("x", 4, 6), w.input("k", 6, 5), w.state("s", 4, 5)];
      const product = w.builder.one("contract", [x, k], { left: [0, 1], right: [1, 2], output: [0, 2] });
      const next = w.one("add", w.scaled(s, 0.5), product);
      w.update(s, next);
      return [w.one("maximum", w.one("sub", next, s), w.scaled(s, 2))];
    },
  },
  {
    title: "a state that a scatter overwrites and takes its rows from",
    results: (w) => {
      const s = w.state("s", 5, 3);
      const ids = w.builder.one("cast", [w.one("abs", w.input("ids", "N"))], { dtype: "i32" });
      const rows = w.builder.one("take", [s, ids]);
      w.update(s, w.builder.one("scatter_rows", [rows, ids], { count: constant(5) }));
      return [rows, w.scaled(s, 3)];
    },
  },
  {
    title: "states that cross, and three that go round",
    results: (w) => {
      const [a, b] = [w.state("a", 7), w.state("b", 7)];
      w.update(a, b);
      w.update(b, a);
      const round = ["c", "d", "e"].map((name) => w.state(name, 6));
      for (const [at, one] of round.entries()) w.update(one, w.scaled(round[(at + 1) % 3], 0.5));
      const [f, g, x] = [w.state("f", 4), w.state("g", 4), w.input("x", "N", 4)];
      const first = w.reduce("sum", x, 0);
      const second = w.reduce("sum", w.one("mul", x, w.spread(first, x, 1)), 0);
      w.update(f, w.one("add", g, first));
      w.update(g, w.one("mul", f, second));
      return [w.one("add", a, b), w.one("sub", w.one("mul", f, second), g)];
    },
  },
  {
    title: "a state read elsewhere than where it is overwritten",
    results: (w) => {
      const [x, r] = [w.input("x", "N", 5), w.state("r", 5)];
      const first = w.reduce("sum", x, 0);
      w.update(r, w.one("add", w.builder.one("reverse", [r], { axes: [0] }), first));
      return [w.one("mul", r, first)];
    },
  },
  {
    title: "a number that is overwritten and read behind a second sum",
    results: (w) => {
      const [x, r] = [w.input("x", "N", 5), w.state("r")];
      const first = w.builder.one("sum", [x], { axes: [0, 1] });
      w.update(r, w.one("add", r, first));
      const apart = w.one("sub", x, w.spread(first, x));
      return [w.one("add", r, w.builder.one("sum", [w.one("mul", apart, apart)], { axes: [0, 1] }))];
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
  const graph = writer.builder.finish([...outputs, ...writer.updates]);
  const profiles = new Map(graph.inputs.map((node) => [nameOf(node), profile]));
  return { name, graph, bounds: allBounds, sizes, profiles, smooth: undefined };
}

test("programs that once failed, and corners", { timeout: 120_000 }, async () => {
  const tally = newTally();
  const all = [...regressions, ...states];
  await examineBatch(all.map(programOf), tally);
  const problems = tally.problems.map(({ program, property, detail }) => {
    return `${all[Number(program.name.slice(1))].title}: ${property}: ${detail}`;
  });
  expect(problems).toEqual([]);
});
