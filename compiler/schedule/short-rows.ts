/**
 * Rows of few elements: a kernel that reduces and sweeps such rows, as the softmax over three classes does, is written out element
 * by element, its private rows as locals. What is left are values at points, whose vectors run across the rows. Every sum
 * keeps its order: in four lanes, which meet as (0+2)+(1+3), or ascending.
 */
import { constantValue } from "../dimension/dimension.ts";
import { accountOf } from "../kernel/accesses.ts";
import { localsOf as definedBy, scalarsOf } from "../kernel/stage.ts";
import type { Kernel, Let, Result, Stage } from "../kernel/types.ts";
import { InternalError } from "../diagnostics/diagnostic.ts";
import { neutral } from "../loops/combine.ts";
import { substituteAxes, substituteAxesInScalar } from "../loops/index.ts";
import {
  binary,
  compare,
  constantScalar,
  dtypeOf,
  i32,
  local,
  mapScalar,
  scalarCost,
  select,
  unary,
} from "../loops/scalar.ts";
import { simplifyIndex, simplifyScalar } from "../loops/simplify.ts";
import type { Axis, Combine, Index, Scalar } from "../loops/types.ts";
import { UniqueNames } from "../program/unique-names.ts";
import { operators } from "./expressions.ts";
import { shortPlaces } from "./unroll.ts";

/** Longer rows have vectors of their own along them. */
const longestRow = 15;
/** What a kernel may cost at one point, so that its text stays short. */
const mostCost = 1024;

type Place = ReadonlyMap<string, Index>;

/** The kernel of lets and stores that does the same; the kernel itself where its rows are long, or more than rows. */
export function withoutShortRows(kernel: Kernel): Kernel {
  if (!kernel.stages.some(({ kind }) => kind === "sweep") || !kernel.stages.every(isShort)) return kernel;
  if (readsWhatItStored(kernel)) return kernel;
  const flat = new Flattened(kernel);
  for (const stage of kernel.stages) flat.add(stage);
  const stages = flat.stages;
  const cost = stages.flatMap(scalarsOf).reduce((sum, scalar) => sum + scalarCost(scalar), 0);
  return flat.isComplete && cost <= mostCost ? { ...kernel, rows: [], stages } : kernel;
}

function isShort(stage: Stage): boolean {
  switch (stage.kind) {
    case "let":
    case "store":
      return true;
    case "reduce":
      return stage.order.chunk === undefined && pointsOf(stage.over) <= longestRow;
    case "sweep":
      return pointsOf(stage.over) <= longestRow;
    case "nest":
    case "scatter":
      return false;
  }
}

function pointsOf(axes: readonly Axis[]): number {
  return axes.reduce((count, { extent }) => count * (constantValue(extent) ?? Infinity), 1);
}

/** Of lets and stores all loads come first; so what a sweep stored must not be loaded again, but for the private rows. */
function readsWhatItStored(kernel: Kernel): boolean {
  const rows = new Set(kernel.rows.map(({ name }) => name));
  const { loads, stores } = accountOf(kernel);
  return [...stores].some(([tensor, list]) => {
    const first = Math.min(...list.map(({ moment }) => moment));
    return !rows.has(tensor) && (loads.get(tensor) ?? []).some(({ moment }) => moment > first);
  });
}

class Flattened {
  readonly stages: Stage[] = [];
  readonly #names: UniqueNames;
  /** The private rows' elements so far: the local of each. */
  readonly #rows: ReadonlyMap<string, Map<string, Scalar>>;
  /** False where an element of a row is read whose place is not known, or that nothing stored. */
  isComplete = true;

  constructor({ stages, rows }: Kernel) {
    this.#names = new UniqueNames(stages.flatMap(definedBy));
    this.#rows = new Map(rows.map(({ name }) => [name, new Map()]));
  }

  add(stage: Stage): void {
    switch (stage.kind) {
      case "let":
        this.stages.push({ ...stage, value: this.#at(stage.value, new Map(), new Map()) });
        return;
      case "store":
        this.#store(stage.store, new Map(), new Map());
        return;
      case "reduce":
        return this.#reduce(stage);
      case "sweep":
        for (const place of shortPlaces(stage.over) ?? []) {
          const locals = this.#lets(stage.lets, place);
          for (const store of stage.stores) this.#store(store, place, locals);
        }
        return;
      case "nest":
      case "scatter":
        this.isComplete = false;
    }
  }

  /** A scalar at a place of the stage's loops, whose lets there have these names. */
  #at(scalar: Scalar, place: Place, locals: ReadonlyMap<string, Scalar>): Scalar {
    const moved = place.size === 0 ? scalar : simplifyScalar(substituteAxesInScalar(scalar, place), new Map());
    return mapScalar(moved, (node) => {
      if (node.kind === "local") return locals.get(node.name) ?? node;
      const row = node.kind === "load" ? this.#rows.get(node.tensor) : undefined;
      if (node.kind !== "load" || row === undefined) return node;
      const key = elementKey(node.indices);
      const element = key === undefined ? undefined : row.get(key);
      this.isComplete &&= element !== undefined;
      return element ?? node;
    });
  }

  #let(name: string, value: Scalar): Scalar {
    const own = this.#names.take(name);
    this.stages.push({ kind: "let", name: own, value });
    return local(own, dtypeOf(value));
  }

  #lets(lets: readonly Let[], place: Place): ReadonlyMap<string, Scalar> {
    const locals = new Map<string, Scalar>();
    for (const { name, value } of lets) locals.set(name, this.#let(name, this.#at(value, place, locals)));
    return locals;
  }

  #store(
    store: Extract<Stage, { readonly kind: "store" }>["store"],
    place: Place,
    locals: ReadonlyMap<string, Scalar>,
  ): void {
    const indices = store.indices.map((index) => simplifyIndex(substituteAxes(index, place), new Map()));
    const value = this.#at(store.value, place, locals);
    const row = this.#rows.get(store.tensor);
    if (row === undefined) this.stages.push({ kind: "store", store: { ...store, indices, value } });
    else {
      const key = elementKey(indices);
      this.isComplete &&= key !== undefined;
      row.set(key ?? "", this.#let(store.tensor, value));
    }
  }

  #reduce({ over, order, lets, results }: Extract<Stage, { readonly kind: "reduce" }>): void {
    const places = shortPlaces(over) ?? [];
    const last = constantValue(over.at(-1)?.extent ?? over[0].extent) ?? 1;
    const terms = places.map((place) => {
      const locals = this.#lets(lets, place);
      return results.map(({ value }) => this.#at(value, place, locals));
    });
    for (const [r, result] of results.entries()) {
      const own = terms.map((ofPlace) => ofPlace[r]);
      const { name } = result;
      const value = result.combine === "argmax" ? this.#argmax(own) : this.#combined(result, own, order.lanes, last);
      this.stages.push({ kind: "let", name, value });
    }
  }

  /** The terms in ascending order, or in four lanes by their place along the last axis. */
  #combined(result: Result, terms: readonly Scalar[], lanes: 1 | 4, last: number): Scalar {
    const ofLanes = Array.from({ length: lanes }, (_, lane) =>
      ascending(result, lanes === 1 ? terms : terms.filter((_term, at) => (at % last) % 4 === lane)),
    );
    const [a, b, c, d] = ofLanes;
    const all = joined(result, joined(result, a, c), joined(result, b, d));
    return all ?? constantScalar(result.dtype, neutral(result.combine, result.dtype));
  }

  /** The first place of a NaN, else of the greatest. */
  #argmax(terms: readonly Scalar[]): Scalar {
    let best = terms[0];
    let index: Scalar = i32(0);
    for (const [at, term] of terms.entries()) {
      if (at === 0) continue;
      const value = this.#let("term", term);
      const before = this.#let("best", best);
      const isBetter = this.#let("beats", beats(value, before));
      best = select(isBetter, value, before);
      index = select(isBetter, i32(at), index);
    }
    return index;
  }
}

/** Where an element of a row stands; undefined where that is not known. */
function elementKey(indices: readonly Index[]): string | undefined {
  return indices.every(({ terms }) => terms.length === 0)
    ? indices.map(({ constant }) => constant.key).join(",")
    : undefined;
}

/**
 * The terms combined in their order, undefined of none. All but a sum start from their first term; a sum from 0, which makes
 * 0 of a −0.
 */
function ascending({ combine, dtype }: Result, terms: readonly Scalar[]): Scalar | undefined {
  const [first, ...more] = terms;
  if (first === undefined) return undefined;
  const start = combine === "sum" ? binary("add", constantScalar(dtype, 0), first) : first;
  return more.reduce((sum, term) => combined(combine, sum, term), start);
}

/** A lane without terms has the neutral element, with which the other one is what it was. */
function joined({ combine }: Result, left: Scalar | undefined, right: Scalar | undefined): Scalar | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return combined(combine, left, right);
}

function combined(combine: Combine, left: Scalar, right: Scalar): Scalar {
  if (combine === "argmax") throw new InternalError("schedule", "argmax is no binary operator");
  return binary(operators[combine], left, right);
}

/** Greater, where a NaN is greater than every number. */
function beats(term: Scalar, best: Scalar): Scalar {
  if (dtypeOf(term) !== "f32") return compare("greater", term, best);
  return binary("and", unary("not", compare("lessEqual", term, best)), compare("equal", best, best));
}
