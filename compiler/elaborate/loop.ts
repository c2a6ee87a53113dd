/**
 * A `scan` while its body is elaborated, once for all steps: what it carries and emits, and the number of a step, by which draws differ.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import type { Dimension } from "../dimension/dimension.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { given } from "../graph/region.ts";
import type { Value } from "../graph/types.ts";
import { dimensionValue } from "../ops/emit.ts";
import type { Tensor } from "./values.ts";

/** A tensor of the body, and the statement that gave it. */
export interface Told {
  readonly tensor: Tensor;
  readonly span: Span;
}

/** A carry: `given` is its value before this step, `next` the one behind it, once the body has told it. */
export interface Carried {
  readonly name: string;
  readonly first: Told;
  readonly given: Tensor;
  next: Told | undefined;
}

export class Loop {
  readonly length: Dimension;
  /** The loop around, also where that stands in a caller. */
  readonly outer: Loop | undefined;
  readonly carries: ReadonlyMap<string, Carried>;
  readonly emits: Told[] = [];
  #place: Value | undefined;
  #number: Value | undefined;

  constructor(length: Dimension, carries: readonly Carried[], outer: Loop | undefined) {
    this.length = length;
    this.carries = new Map(carries.map((carried) => [carried.name, carried]));
    this.outer = outer;
  }

  /** What stands for the step's place along the axis, where anything asked for its number. */
  get place(): Value | undefined {
    return this.#place;
  }

  /** The number of the step among all steps of this loop and those around it, an i32 scalar; places count, not the order of time. */
  stepNumber(builder: GraphBuilder): Value {
    this.#number ??= this.#numberOf(builder);
    return this.#number;
  }

  #numberOf(builder: GraphBuilder): Value {
    const place = given(builder, "step", { dtype: "i32", shape: [] });
    this.#place = place;
    if (this.outer === undefined) return place;
    const before = [this.outer.stepNumber(builder), dimensionValue(builder, this.length)];
    return builder.one("add", [builder.one("mul", before), place]);
  }
}
