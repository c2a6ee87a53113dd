/** PyTorch's values on the TypeScript and WebAssembly targets, in float32. */
import { describe, expect, test } from "vitest";
import {
  deviation,
  read,
  type Case,
  type MetricCase,
  type OptimizerCase,
  type ScheduleCase,
  type Tensor,
} from "./fixtures.ts";
import { climb, elaborateCase, entryOf, rung, startLadder, withGradients, type Rung } from "./ladder.ts";

const tolerance = 1e-5;
/** Milliseconds before a test is given up, on a machine that has much else to do. */
const patience = 120_000;

type Held = Map<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>;

/** Cases with their rungs. */
function withRungs<One>(
  cases: readonly One[],
  rungsOf: (one: One, prefix: string) => readonly Rung[],
): readonly { readonly one: One; readonly rungs: readonly Rung[] }[] {
  return cases.map((one, at) => ({ one, rungs: rungsOf(one, `c${at}:`) }));
}

/** PyTorch's gradient of floor is zero; ours is an error, since nobody means that. */
function wantedOf({ name, weights, gradients = {} }: Case): readonly string[] {
  return weights === undefined || name === "floor(x)" ? [] : Object.keys(gradients);
}

function given({ inputs, parameters = {}, state = {}, weights }: Case): Held {
  const own = Object.entries(inputs).map(([name, tensor]): [string, Tensor] => [`M.${name}`, tensor]);
  const held: Held = new Map([...own, ...Object.entries(parameters), ...Object.entries(state)]);
  if (weights !== undefined) held.set("weights", weights);
  return held;
}

describe.each(["operations", "layers", "pictures", "recurrent", "losses"])("%s", (file) => {
  const cases = withRungs(
    read<Case>(file).filter(({ training }) => training !== true),
    (one, prefix) => {
      const elaboration = elaborateCase(one.source, { bounds: one.dims ?? {} });
      const graph = entryOf(elaboration, "predict.M");
      const wanted = wantedOf(one);
      return [rung(prefix, elaboration, wanted.length === 0 ? graph : withGradients(graph, wanted))];
    },
  );

  test("values and gradients on both targets", { timeout: patience }, async () => {
    const wrong: string[] = [];
    for (const target of await startLadder(cases.flatMap(({ rungs }) => rungs))) {
      for (const {
        one,
        rungs: [first],
      } of cases) {
        const found = climb(target, first, given(one), one.dims ?? {});
        const gradients = wantedOf(one).map((name) => [`gradient.${name}`, one.gradients?.[name].data ?? []] as const);
        const expected = [["predict.M.output", one.output.data] as const, ...gradients];
        for (const [name, data] of expected) {
          const apart = deviation(found.get(name), data);
          if (!(apart < tolerance)) wrong.push(`${target.name}: ${one.name}: ${name} is ${apart} apart`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

const one = (value: number) => ({ shape: [], data: [value] });

/** What `init` leaves, which is the same on every target. */
function steps(source: string, prefix: string): readonly Rung[] {
  const elaboration = elaborateCase(source);
  return [
    rung(`${prefix}init:`, elaboration, entryOf(elaboration, "init")),
    rung(`${prefix}step:`, elaboration, entryOf(elaboration, "train_step")),
  ];
}

describe("training steps", () => {
  const optimizers = withRungs(read<OptimizerCase>("optimizers"), ({ source }, prefix) => steps(source, `o${prefix}`));
  const schedules = withRungs(read<ScheduleCase>("schedules"), ({ source }, prefix) => steps(source, `s${prefix}`));
  const targets = startLadder([...optimizers, ...schedules].flatMap(({ rungs }) => rungs));

  type Targets = Awaited<typeof targets>;

  /** The outputs of each step, fed one row of gradients. */
  function run(
    target: Targets[number],
    [init, step]: readonly Rung[],
    set: Held,
    rows: readonly (readonly number[])[],
  ): readonly ReadonlyMap<string, ArrayLike<number>>[] {
    const held: Held = new Map();
    const keep = (found: ReadonlyMap<string, ArrayLike<number>>): void => {
      for (const [name, data] of found) held.set(name, { shape: [], data: Array.from(data) });
    };
    keep(climb(target, init, new Map([["seed", one(1)]]), {}));
    for (const [name, value] of [["seed", one(1)] as const, ...set]) held.set(name, value);
    return rows.map((row) => {
      const inputs: Held = new Map([
        ...held,
        ["M.g", { shape: [1, row.length], data: row }],
        ["train.target", { shape: [1], data: [0] }],
      ]);
      const found = climb(target, step, inputs, { N: 1 });
      keep(found);
      return found;
    });
  }

  test("ten steps of every optimiser", { timeout: patience }, async () => {
    const wrong: string[] = [];
    for (const target of await targets) {
      for (const {
        one: { name, inputs, parameters, after },
        rungs,
      } of optimizers) {
        const rows = Array.from({ length: 10 }, (_, at) => inputs["g"].data.slice(at * 6, at * 6 + 6));
        const found = run(target, rungs, new Map(Object.entries(parameters)), rows);
        for (const [key, values] of Object.entries(after)) {
          const apart = Math.max(...found.map((held, step) => deviation(held.get(key), values[step])));
          if (!(apart < tolerance)) wrong.push(`${target.name}: ${name}: ${key} is ${apart} apart`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test("thirty steps of every schedule", { timeout: patience }, async () => {
    const wrong: string[] = [];
    for (const target of await targets) {
      for (const {
        one: { name, rates, stepsPerEpoch },
        rungs,
      } of schedules) {
        const found = run(
          target,
          rungs,
          new Map([
            ["steps_per_epoch", one(stepsPerEpoch)],
            ["epochs", one(6)],
          ]),
          rates.map(() => [1]),
        );
        const apart = Math.max(...found.map((held, step) => deviation(held.get("train_step.lr"), [rates[step]])));
        if (!(apart < tolerance)) wrong.push(`${target.name}: ${name} is ${apart} apart`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe("metrics", () => {
  const metrics = withRungs(read<MetricCase>("metrics"), ({ source }, prefix) => {
    const elaboration = elaborateCase(source);
    return ["evaluate_start", "evaluate"].map((entry) =>
      rung(`${prefix}${entry}:`, elaboration, entryOf(elaboration, entry)),
    );
  });

  test("streamed over batches", { timeout: patience }, async () => {
    const wrong: string[] = [];
    for (const target of await startLadder(metrics.flatMap(({ rungs }) => rungs))) {
      for (const {
        one: { name, batches, parameters = {}, value },
        rungs: [start, evaluate],
      } of metrics) {
        const held: Held = new Map(Object.entries(parameters));
        const keep = (found: ReadonlyMap<string, ArrayLike<number>>): void => {
          for (const [key, data] of found) held.set(key, { shape: [], data: Array.from(data) });
        };
        keep(climb(target, start, held, {}));
        for (const batch of batches) {
          const inputs = Object.entries(batch).map(([key, tensor]): [string, Tensor] => [
            key === "target" ? "train.target" : `M.${key}`,
            tensor,
          ]);
          keep(climb(target, evaluate, new Map([...held, ...inputs]), { N: inputs[0][1].shape[0] }));
        }
        const result = [...held.keys()].find((key) => key.startsWith("evaluate.") && key !== "evaluate.loss") ?? "";
        const apart = deviation(held.get(result)?.data, value.data);
        if (!(apart < tolerance)) wrong.push(`${target.name}: ${name} is ${apart} apart`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe("metrics over the whole set", () => {
  const entry = "metric.auc";
  const cases = withRungs(read<MetricCase>("whole"), ({ source }, prefix) => {
    const elaboration = elaborateCase(source);
    return [rung(prefix, elaboration, entryOf(elaboration, entry))];
  });

  test("on both targets", { timeout: patience }, async () => {
    const wrong: string[] = [];
    for (const target of await startLadder(cases.flatMap(({ rungs }) => rungs))) {
      for (const {
        one: { name, batches, value },
        rungs: [first],
      } of cases) {
        const [{ output, target: truth }] = batches;
        const inputs = new Map([
          [`${entry}.output`, output],
          [`${entry}.target`, truth],
        ]);
        const found = climb(target, first, inputs, { rows: truth.shape[0] });
        const apart = deviation(found.get(`${entry}.value`), value.data);
        if (!(apart < tolerance)) wrong.push(`${target.name}: ${name} is ${apart} apart`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
