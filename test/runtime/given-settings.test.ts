/** Settings of optimizers that are given beside the source: where each goes, and that it does there what the source would. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { CompileOptions } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";

/** The critic's optimizer is its own, the generator's is that of the train. */
const gan = (critic: string, shared: string) => `
model G(z: [N, 2]) -> [N, 2] { param w: [2] = ones  return w * z }
model D(x: [N, 2]) -> [N, 2] { param w: [2] = ones  return 3 * w * x }
train Gan(x: [N, 2]) {
  data: given  batch: 2  optimizer: ${shared}
  let fake = G(x)
  step critic { minimize: sum(D(stop_gradient(fake)) ** 2) - 7 * sum(D(x))  update: D  optimizer: ${critic} }
  step generator { minimize: sum(D(fake))  update: G }
}`;
const source = gan("momentum(0.1, lr: 0.5)", "sgd(lr: 0.25)");

function compiled(text: string, options: CompileOptions) {
  const { diagnostics, ...result } = compile({ name: "gan.nn", source: text }, { target: "typescript", ...options });
  const told = diagnostics.map(({ severity, code, message, labels, help }) => [
    `${severity} ${code} ${message}${help === undefined ? "" : ` (${help})`}`,
    labels,
  ]);
  return { told, ...result };
}

/** The parameters after three steps. */
async function trained(text: string, options: CompileOptions): Promise<unknown> {
  const result = compiled(text, options);
  if (!result.ok) throw new Error(JSON.stringify(result.told));
  const net = await load(result.artifact);
  for (let step = 0; step < 3; step += 1) net.stepSync({ x: Float32Array.of(0.1, 0.2, 0.3, 0.4) });
  return [...net.parameters].map(([name, { data }]) => [name, [...data]]);
}

describe("of several steps", () => {
  test.each<[string, Readonly<Record<string, number>>, string, string]>([
    ["a bare name goes to all that have it", { lr: 0.125 }, "momentum(0.1, lr: 0.125)", "sgd(lr: 0.125)"],
    ["a name that one has, to that one", { beta: 0.75 }, "momentum(lr: 0.5, beta: 0.75)", "sgd(lr: 0.25)"],
    ["a path, to its step alone", { "critic.lr": 0.125 }, "momentum(0.1, lr: 0.125)", "sgd(lr: 0.25)"],
    ["a path, to the step that shares one", { "generator.lr": 1 }, "momentum(0.1, lr: 0.5)", "sgd(lr: 1)"],
    ["a path before a bare name", { lr: 1, "critic.lr": 0.125 }, "momentum(0.1, lr: 0.125)", "sgd(lr: 1)"],
  ])("%s", async (_, settings, critic, shared) => {
    expect(await trained(source, { settings })).toEqual(await trained(gan(critic, shared), {}));
    expect(await trained(source, { settings })).not.toEqual(await trained(source, {}));
  });

  test("a name that several have is said to go to all of them, one that none has is an error; neither points into the source", () => {
    const told = (settings: Readonly<Record<string, number>>) => compiled(source, { settings }).told;
    expect(told({ lr: 1 })).toEqual([
      ["warning NN0459 `lr` is given to the optimizers of `critic`, `generator`; `critic.lr` means one of them", []],
    ]);
    expect([told({ beta: 0.5 }), told({ "critic.lr": 1 }), told({ lr: 1, "critic.lr": 2 })]).toEqual([[], [], []]);
    const expected = "expected `lr`, `critic.lr`, `beta`, `critic.beta`, `generator.lr`";
    expect(told({ beta2: 1, "generator.beta": 1, "main.lr": 1 })).toEqual([
      [
        `error NN0458 no optimizer of \`Gan\` has the setting \`beta2\` to give another value: ${expected} (did you mean \`beta\`?)`,
        [],
      ],
      [
        `error NN0458 no optimizer of \`Gan\` has the setting \`generator.beta\` to give another value: ${expected} (did you mean \`generator.lr\`?)`,
        [],
      ],
      [`error NN0458 no optimizer of \`Gan\` has the setting \`main.lr\` to give another value: ${expected}`, []],
    ]);
  });
});

describe("of schedules and regularizers", () => {
  const planned = (factor: number, l1: number, l2: number) => `
model M(x: [N, 2]) -> [N, 2] { param w: [1, 2] = ones  return w * x }
train M(x: [N, 2]) {
  data: given  batch: 2  minimize: sum(M(x))  update: M  optimizer: sgd(lr: 0.5)
  schedule: staircase(every: 1, factor: ${factor})  regularize: [l1(${l1}), l2(rate: ${l2})]
}`;
  const single = planned(0.5, 0.1, 0.2).replace("[l1(0.1), l2(rate: 0.2)]", "l2(0.2)");

  test.each<[string, string, Readonly<Record<string, number>>, string]>([
    ["the schedule's", planned(0.5, 0.1, 0.2), { "schedule.factor": 0.25 }, planned(0.25, 0.1, 0.2)],
    ["one regularizer's of several", planned(0.5, 0.1, 0.2), { "regularize.l2.rate": 0.7 }, planned(0.5, 0.1, 0.7)],
    ["the only one's", single, { "regularize.rate": 0.7 }, single.replace("l2(0.2)", "l2(0.7)")],
  ])("%s goes there", async (_, text, settings, expected) => {
    expect(await trained(text, { settings })).toEqual(await trained(expected, {}));
    expect(await trained(text, { settings })).not.toEqual(await trained(text, {}));
  });

  test("an unknown one is told which there are", () => {
    expect(compiled(planned(0.5, 0.1, 0.2), { settings: { "schedule.factr": 1 } }).told).toEqual([
      [
        "error NN0458 no optimizer of `M` has the setting `schedule.factr` to give another value: expected `lr`, `schedule.every`, `schedule.factor`, `regularize.l1.rate`, `regularize.l2.rate` (did you mean `schedule.factor`?)",
        [],
      ],
    ]);
  });
});

test("without an optimizer that could take it, that is what is wrong", () => {
  const text = "model M(x: [N, 2]) -> [N, 2] = x |> dense(2)\ntrain M { data: given  loss: mse }";
  expect(compiled(text, { settings: { lr: 1 } }).told).toEqual([
    [expect.stringMatching(/^error NN0503 /), expect.anything()],
  ]);
});
