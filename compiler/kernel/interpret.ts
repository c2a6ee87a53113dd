/**
 * Runs a kernel as it is written, stage by stage at every grid point, in the contract's orders: what fusion is tested
 * against. Stores go into the tensors that `tensors` hands out.
 */
import { Scope, compileAddress, compileScalar } from "../loops/closures.ts";
import type { Evaluate, Precision } from "../loops/closures.ts";
import { combinerOf, reduceInOrder } from "../loops/combine.ts";
import type { Elements, Interpreted } from "../loops/interpret.ts";
import { newElements, orderIn, product, walkOver } from "../loops/interpret.ts";
import { dtypeOf } from "../loops/scalar.ts";
import type { Axis } from "../loops/types.ts";
import type { Kernel, Let, Stage, Store } from "./types.ts";

type Run = () => void;

/**
 * Runs `kernel`, storing into the data of `tensors(name)` (f32 tensors hold doubles in "f64"). Throws InternalError
 * for a load or store outside its tensor, and for a name without a value.
 */
export function interpretKernel(
  kernel: Kernel,
  tensors: (name: string) => Interpreted,
  dims: ReadonlyMap<string, number>,
  precision: Precision,
): void {
  const rows = new Map<string, Interpreted>();
  const find = (name: string): Interpreted => rows.get(name) ?? tensors(name);
  const scope = new Scope(precision, find, dims);
  for (const { name, dtype, shape } of kernel.rows) {
    const sizes = shape.map((size) => scope.size(size));
    rows.set(name, { shape: sizes, data: newElements(dtype, product(sizes), precision) });
  }
  const walk = walkOver(kernel.grid, scope);
  const stages = kernel.stages.map((stage) => compileStage(stage, find, scope));
  walk(0, countOf(kernel.grid, scope), () => stages.forEach((run) => run()));
}

function countOf(axes: readonly Axis[], scope: Scope): number {
  return product(axes.map(({ extent }) => scope.size(extent)));
}

function compileStage(stage: Stage, find: (name: string) => Interpreted, scope: Scope): Run {
  switch (stage.kind) {
    case "let":
      return compileLet(stage, scope);
    case "reduce":
      return compileReduce(stage, scope);
    case "store":
      return compileStore(stage.store, find, scope);
    case "sweep": {
      const walk = walkOver(stage.over, scope);
      const count = countOf(stage.over, scope);
      const runs = [
        ...stage.lets.map((binding) => compileLet(binding, scope)),
        ...stage.stores.map((store) => compileStore(store, find, scope)),
      ];
      return () => walk(0, count, () => runs.forEach((run) => run()));
    }
    case "scatter":
      return compileScatter(stage, find, scope);
  }
}

function compileLet({ name, value }: Let, scope: Scope): Run {
  const evaluate = compileScalar(value, scope);
  const slot = scope.define("local", name);
  const { slots } = scope;
  return () => {
    slots[slot] = evaluate();
  };
}

function compileStore({ tensor, indices, value }: Store, find: (name: string) => Interpreted, scope: Scope): Run {
  const { shape, data } = find(tensor);
  const address = compileAddress(tensor, indices, shape, scope);
  const evaluate = compileScalar(value, scope);
  return () => {
    data[address()] = evaluate();
  };
}

function compileReduce(stage: Extract<Stage, { readonly kind: "reduce" }>, scope: Scope): Run {
  const walk = walkOver(stage.over, scope);
  const count = countOf(stage.over, scope);
  const lets = stage.lets.map((binding) => compileLet(binding, scope));
  const order = orderIn(scope.precision, stage.order);
  const terms = stage.results.map(({ combine, value }, r) => ({
    combiner: combinerOf(combine, dtypeOf(value), scope.precision),
    value: r === 0 ? after(lets, compileScalar(value, scope)) : compileScalar(value, scope),
  }));
  const slots = stage.results.map(({ name }) => scope.define("local", name));
  return () => {
    const results = reduceInOrder(walk, count, order, terms);
    slots.forEach((slot, r) => (scope.slots[slot] = results[r]));
  };
}

/** Evaluates after the lets of the point: the first result of a pass is evaluated first. */
function after(lets: readonly Run[], value: Evaluate): Evaluate {
  if (lets.length === 0) return value;
  return () => {
    for (const run of lets) run();
    return value();
  };
}

function compileScatter(
  stage: Extract<Stage, { readonly kind: "scatter" }>,
  find: (name: string) => Interpreted,
  scope: Scope,
): Run {
  const { shape, data } = find(stage.tensor);
  const zeroWalk = walkOver(stage.zero, scope);
  const zeroAddress = compileAddress(stage.tensor, stage.zeroIndices, shape, scope);
  const walk = walkOver(stage.over, scope);
  const lets = stage.lets.map((binding) => compileLet(binding, scope));
  const address = compileAddress(stage.tensor, stage.at, shape, scope);
  const value = compileScalar(stage.value, scope);
  const combiner = combinerOf("sum", stage.dtype, scope.precision);
  const add = (): void => {
    lets.forEach((run) => run());
    addAt(data, address(), (sum) => combiner.take(sum, value(), 0));
  };
  return () => {
    zeroWalk(0, countOf(stage.zero, scope), () => (data[zeroAddress()] = 0));
    walk(0, countOf(stage.over, scope), add);
  };
}

function addAt(data: Elements, at: number, take: (sum: { value: number; index: number }) => void): void {
  const sum = { value: data[at], index: 0 };
  take(sum);
  data[at] = sum.value;
}
