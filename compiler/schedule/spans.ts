/**
 * The loops of a reduction down to its innermost axis, over everything or over one chunk of the flattened index. A chunk
 * that begins or ends within an innermost row gets bounds for it, computed on each row.
 */
import type { Dimension } from "../dimension/dimension.ts";
import { add, constant, constantValue, isConstant, remainder, subtract } from "../dimension/dimension.ts";
import { addIndex, constantIndex, quotient, scaleIndex, subtractIndex } from "../loops/index.ts";
import type { Index } from "../loops/types.ts";
import type { Emitter } from "./emitter.ts";
import { boundedIndex } from "./evaluate.ts";
import { indexOf } from "./expressions.ts";
import type { Span } from "./loops.ts";
import { loopOver, nested, wholeSpan, zero } from "./loops.ts";
import type { LoopAxis, Place } from "./nest.ts";
import { collapse, placesOf } from "./nest.ts";

/** What is left to do at one place of the outer loops: `span` of the innermost axis. */
export interface Inner {
  readonly axis: LoopAxis;
  readonly span: Span;
  readonly places: readonly Place[];
  /** The span starts at a multiple of four. */
  readonly aligned: boolean;
}

const single: LoopAxis = { name: "once", extent: constant(1), axes: [] };

/** Runs `body` for each innermost row of the axes; with `span` only within that part of the flattened index. */
export function overSpan(
  emitter: Emitter,
  axes: readonly LoopAxis[],
  chunk: number,
  span: Span | undefined,
  body: (inner: Inner) => void,
): void {
  const axis = axes.at(-1) ?? single;
  const outer = axes.slice(0, -1);
  if (span === undefined) {
    nested(emitter, outer, (places) => body({ axis, span: wholeSpan(axis), places, aligned: true }));
  } else if (outer.length === 0) {
    body({ axis, span, places: [], aligned: true });
  } else {
    overRows(emitter, collapse(outer), axis, chunk, span, body);
  }
}

function overRows(
  emitter: Emitter,
  outer: LoopAxis,
  axis: LoopAxis,
  chunk: number,
  span: Span,
  body: (inner: Inner) => void,
): void {
  const { extent } = axis;
  const size = constantValue(extent);
  const whole = size !== undefined && chunk % size === 0;
  const rows: Span = {
    from: quotient(span.from, extent),
    to: quotient(addIndex(span.to, constantIndex(subtract(extent, constant(1)))), extent),
  };
  loopOver(emitter, outer.name, rows, (row) => {
    const places = placesOf(outer, row);
    if (whole) return body({ axis, span: wholeSpan(axis), places, aligned: true });
    const first = scaleIndex(row, extent);
    const inner = {
      from: within(emitter, subtractIndex(span.from, first), extent),
      to: within(emitter, subtractIndex(span.to, first), extent),
    };
    body({ axis, span: inner, places, aligned: chunk % 4 === 0 && isConstant(remainder(extent, constant(4)), 0) });
  });
}

/** The index held between 0 and the extent. */
function within(emitter: Emitter, index: Index, extent: Dimension): Index {
  return boundedIndex(emitter, emitter.define(indexOf(index)), zero, constantIndex(extent), add(extent, constant(1)));
}
