/**
 * Runs a kernel as it is written, stage by stage at every grid point, in the contract's orders: what fusion is tested
 * against. Stores go into the tensors that `tensors` hands out.
 */
import { Environment, compileAddress, compileScalar } from "../loops/closures.ts";
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
  const environment = new Environment(precision, find, dims);
  for (const { name, dtype, shape } of kernel.rows) {
    const sizes = shape.map((size) => environment.size(size));
    rows.set(name, { shape: sizes, data: newElements(dtype, product(sizes), precision) });
  }
  const walk = walkOver(kernel.grid, environment);
  const stages = kernel.stages.map((stage) => compileStage(stage, find, environment));
  walk(0, countOf(kernel.grid, environment), () => stages.forEach((run) => run()));
}

function countOf(axes: readonly Axis[], environment: Environment): number {
  return product(axes.map(({ extent }) => environment.size(extent)));
}

function compileStage(stage: Stage, find: (name: string) => Interpreted, environment: Environment): Run {
  switch (stage.kind) {
    case "let":
      return compileLet(stage, environment);
    case "reduce":
      return compileReduce(stage, environment);
    case "store":
      return compileStore(stage.store, find, environment);
    case "sweep": {
      const walk = walkOver(stage.over, environment);
      const count = countOf(stage.over, environment);
      const runs = [
        ...stage.lets.map((binding) => compileLet(binding, environment)),
        ...stage.stores.map((store) => compileStore(store, find, environment)),
      ];
      return () => walk(0, count, () => runs.forEach((run) => run()));
    }
    case "nest": {
      const walk = walkOver(stage.over, environment);
      const count = countOf(stage.over, environment);
      const runs = stage.stages.map((one) => compileStage(one, find, environment));
      return () => walk(0, count, () => runs.forEach((run) => run()));
    }
    case "scatter":
      return compileScatter(stage, find, environment);
  }
}

function compileLet({ name, value }: Let, environment: Environment): Run {
  const evaluate = compileScalar(value, environment);
  const slot = environment.define("local", name);
  const { slots } = environment;
  return () => {
    slots[slot] = evaluate();
  };
}

function compileStore(
  { tensor, indices, value }: Store,
  find: (name: string) => Interpreted,
  environment: Environment,
): Run {
  const { shape, data } = find(tensor);
  const address = compileAddress(tensor, indices, shape, environment);
  const evaluate = compileScalar(value, environment);
  return () => {
    data[address()] = evaluate();
  };
}

function compileReduce(stage: Extract<Stage, { readonly kind: "reduce" }>, environment: Environment): Run {
  const walk = walkOver(stage.over, environment);
  const count = countOf(stage.over, environment);
  const lets = stage.lets.map((binding) => compileLet(binding, environment));
  const order = orderIn(environment.precision, stage.order);
  const terms = stage.results.map(({ combine, value }, r) => ({
    combiner: combinerOf(combine, dtypeOf(value), environment.precision),
    value: r === 0 ? after(lets, compileScalar(value, environment)) : compileScalar(value, environment),
  }));
  const slots = stage.results.map(({ name }) => environment.define("local", name));
  return () => {
    const results = reduceInOrder(walk, count, order, terms);
    slots.forEach((slot, r) => (environment.slots[slot] = results[r]));
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
  environment: Environment,
): Run {
  const { shape, data } = find(stage.tensor);
  const zeroWalk = walkOver(stage.zero, environment);
  const zeroAddress = compileAddress(stage.tensor, stage.zeroIndices, shape, environment);
  const walk = walkOver(stage.over, environment);
  const lets = stage.lets.map((binding) => compileLet(binding, environment));
  const address = compileAddress(stage.tensor, stage.at, shape, environment);
  const value = compileScalar(stage.value, environment);
  const combiner = combinerOf("sum", stage.dtype, environment.precision);
  const add = (): void => {
    lets.forEach((run) => run());
    addAt(data, address(), (sum) => combiner.take(sum, value(), 0));
  };
  return () => {
    zeroWalk(0, countOf(stage.zero, environment), () => (data[zeroAddress()] = 0));
    walk(0, countOf(stage.over, environment), add);
  };
}

function addAt(data: Elements, at: number, take: (sum: { value: number; index: number }) => void): void {
  const sum = { value: data[at], index: 0 };
  take(sum);
  data[at] = sum.value;
}
