/** Values that are chosen by place: masks whose conditions may be chosen by place again, and tables as they are written in a source. */
import { constantValue, type Dimension } from "../../compiler/dimension/dimension.ts";
import type { Value } from "../../compiler/graph/types.ts";
import type { Production } from "./productions.ts";
import type { Shape, Sketch } from "./sketch.ts";

/** What a mask lets in, or what stands beside it. */
export const masked: Production = (sketch) => {
  const { random } = sketch;
  const x = sketch.float((shape) => shape.length > 0);
  if (x === undefined) return undefined;
  const condition = mask(
    sketch,
    sketch.shape(x),
    random.weighted([
      [2, 0],
      [4, 1],
      [2, 2],
    ] as const),
  );
  const other = random.chance(0.7) ? sketch.like(0, x) : random.chance(0.5) ? sketch.like(0.5, x) : sketch.partner(x);
  return sketch.one("select", random.chance(0.7) ? [condition, x, other] : [condition, other, x]);
};

/** Weighted by a table along one axis. */
export const weighted: Production = (sketch) => {
  const x = sketch.float((shape) => shape.length > 0);
  if (x === undefined) return undefined;
  const shape = sketch.shape(x);
  const table = tableOf(sketch, shape, "f32", [-1, 0, 0.5, 2]);
  return sketch.one("mul", sketch.random.chance(0.5) ? [x, table] : [table, x]);
};

/** A truth value at each place, of so many choices in one another. */
function mask(sketch: Sketch, shape: Shape, depth: number): Value {
  const { random } = sketch;
  const inner = (): Value => mask(sketch, shape, depth - 1);
  if (depth === 0) return compared(sketch, shape, (axis) => edge(sketch, shape, axis));
  switch (random.pick(["choice", "both", "either", "length"])) {
    case "choice":
      return sketch.one("select", [inner(), inner(), inner()]);
    case "both":
      return sketch.one("and", [inner(), inner()]);
    case "either":
      return sketch.one("or", [inner(), inner()]);
    default:
      return compared(sketch, shape, (axis) =>
        random.chance(0.5)
          ? sketch.one("select", [inner(), edge(sketch, shape, axis), edge(sketch, shape, axis)])
          : tableOf(sketch, shape, "i32", [0, 1, 2, 3]),
      );
  }
}

/** The place along an axis against another number. */
function compared(sketch: Sketch, shape: Shape, against: (axis: number) => Value): Value {
  const axis = sketch.random.below(shape.length);
  const op = sketch.random.pick(["less", "lessEqual", "greater", "greaterEqual"]);
  return sketch.one(op, [sketch.one("iota", [], { shape, axis }), against(axis)]);
}

/** A number that is a place of the axis, or beside one. */
function edge(sketch: Sketch, shape: Shape, axis: number): Value {
  const most = mostOf(sketch, shape[axis]);
  return sketch.fill(sketch.random.between(-1, most), shape, "i32");
}

/** A balanced tree of choices by the place along one axis, as `tensor([…])` is. */
function tableOf(sketch: Sketch, shape: Shape, dtype: "f32" | "i32", numbers: readonly number[]): Value {
  const { random } = sketch;
  const axis = random.below(shape.length);
  const places = sketch.one("iota", [], { shape, axis });
  const between = (from: number, to: number): Value => {
    if (to - from === 1) return sketch.fill(random.pick(numbers), shape, dtype);
    const middle = Math.floor((from + to) / 2);
    const condition = sketch.one("less", [places, sketch.fill(middle, shape, "i32")]);
    return sketch.one("select", [condition, between(from, middle), between(middle, to)]);
  };
  return between(0, Math.min(5, mostOf(sketch, shape[axis])));
}

function mostOf({ random }: Sketch, size: Dimension): number {
  return constantValue(size) ?? random.between(2, 6);
}
