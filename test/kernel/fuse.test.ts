/** Fusion: no bit changes, and what shares a loop. */
import { kernelsOf } from "../../compiler/kernel/steps.ts";
import { UniqueNames } from "../../compiler/program/unique-names.ts";
import { describe, expect, test } from "vitest";
import { constant } from "../../compiler/dimension/dimension.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { Value } from "../../compiler/graph/types.ts";
import { fuse } from "../../compiler/fuse/index.ts";
import { lower } from "../../compiler/lower/lower.ts";
import { printKernel } from "../../compiler/kernel/print.ts";
import { joinSegments } from "../../compiler/fuse/segments.ts";
import { readsOf, writesOf } from "../../compiler/kernel/tensors.ts";
import { evaluateFused, evaluateLowered, randomInputs } from "./evaluate.ts";
import { batch, embedded, Network, normalised, perceptron } from "./networks.ts";

const bounds = new Map([["N", 9]]);

const networks: readonly (readonly [string, () => Graph])[] = [
  ["two dense layers", perceptron],
  ["batch normalisation", () => normalised(0)],
  ["layer normalisation", () => normalised(1)],
  ["an embedding", embedded],
];

function fused(graph: Graph) {
  return fuse(lower(graph, bounds), bounds, new UniqueNames());
}

describe("fusion keeps every bit of a training step", () => {
  for (const [name, network] of networks) {
    for (const rows of [1, 2, 9]) {
      test(`${name}, ${rows} rows`, () => {
        const dims = new Map([["N", rows]]);
        const lowered = lower(network(), bounds);
        const inputs = randomInputs(lowered, dims);
        const expected = evaluateLowered(lowered, inputs, dims, "f32");
        const found = evaluateFused(fused(network()), inputs, dims, "f32");
        for (const [output, { data }] of expected)
          expect([output, ...(found.get(output)?.data ?? [])]).toEqual([output, ...data]);
      });
    }
  }
});

describe("a contraction reads in place", () => {
  const four = constant(4);
  test.each([
    ["another shape of the same elements", [batch, four, constant(2)], (_net: Network, x: Value) => x, 1],
    ["another shape of what is turned round is stored first", [four, batch, constant(2)], turned, 2],
  ])("%s", (_, shape, arrange, count) => {
    const net = new Network();
    const x = arrange(net, net.input("x", shape));
    const rows = net.builder.one("reshape", [x], { shape: [batch, constant(8)] });
    const value = net.matmul(rows, net.parameter("w", 8, 3));
    expect(kernelsOf(fused(net.builder.finish([{ name: "y", role: "result", value }])).steps)).toHaveLength(count);
  });

  function turned(net: Network, x: Value): Value {
    return net.builder.one("transpose", [x], { permutation: [1, 0, 2] });
  }
});

describe("fusion shares loops", () => {
  test("softmax with cross-entropy, forward and backward, is two kernels", () => {
    const kernels = kernelsOf(fused(perceptron()).steps).filter((kernel) => readsOf(kernel).has("target"));
    expect(kernels.map(printKernel).join("\n")).toMatchInlineSnapshot(`
      "kernel max_exp_sum(contract_add: f32, target: i32) -> max_exp_sum: f32, max_exp_sum_2: f32, max_exp_sum_3: f32
        row exp: f32[4]
        for i0 in N
          reduce r0 in 4 (4 lanes)
            largest = max contract_add[i0, r0]
            sum = Σ -select(r0 == minimum(maximum(target[i0], 0), 3), -1 / f32(N), 0)
          max_exp_sum[i0] = largest
          for r0 in 4
            exp[r0] = exp(contract_add[i0, r0] - largest)
          sum_2 = Σ r0 in 4 (4 lanes): exp[r0]
          max_exp_sum_2[i0] = log(sum_2)
          let ratio = sum / sum_2
          for r0 in 4
            max_exp_sum_3[i0, r0] = select(r0 == minimum(maximum(target[i0], 0), 3), -1 / f32(N), 0) + ratio * exp[r0]
      kernel sum_div_neg(contract_add: f32, target: i32, max_exp_sum: f32, max_exp_sum_2: f32) -> loss: f32
        sum = Σ r0 in N (4 lanes): contract_add[r0, clamp(target[r0], 4)] - max_exp_sum[r0] - max_exp_sum_2[r0]
        let ratio = sum / f32(N)
        loss[] = -ratio"
    `);
  });

  test("a column's statistics are two passes of one kernel", () => {
    const kernels = kernelsOf(fused(normalised(0)).steps).filter(
      ({ stages }) => stages.filter(({ kind }) => kind === "reduce").length === 2,
    );
    expect(kernels.slice(0, 1).map(printKernel).join("\n")).toMatchInlineSnapshot(`
      "kernel sum_div_add(contract_add: f32) -> sum_div_add: f32, sum_div_add_2: f32
        for i0 in 7
          sum = Σ r0 in N: contract_add[r0, i0]
          let ratio = sum / f32(N)
          sum_div_add[i0] = ratio
          sum_2 = Σ r0 in N: (contract_add[r0, i0] - ratio) * (contract_add[r0, i0] - ratio)
          let ratio_2 = sum_2 / f32(N)
          let total = ratio_2 + 0.00001
          sum_div_add_2[i0] = sqrt(total)"
    `);
  });

  test("alike updates are one loop over a segment", () => {
    const taken = new UniqueNames();
    const entry = joinSegments(fuse(lower(perceptron(), bounds), bounds, taken), taken);
    expect(entry.segments.map(({ name, tensors, elements }) => `${name}[${elements}]: ${tensors.join(", ")}`))
      .toMatchInlineSnapshot(`
      [
        "optimizer.v[96]: optimizer.v.first.w, optimizer.v.first.b, optimizer.v.second.w, optimizer.v.second.b",
        "gradients[96]: contract_backward_2, sum_backward_2, contract_backward, sum_backward",
        "parameters[96]: first.w, first.b, second.w, second.b",
      ]
    `);
    expect(kernelsOf(entry.steps).slice(-1).map(printKernel).join("\n")).toMatchInlineSnapshot(`
      "kernel update(optimizer.v: f32, gradients: f32, parameters: f32, lr: f32) -> optimizer.v: f32, parameters: f32
        for i0 in 96
          let total = 0.9 * optimizer.v[i0] + gradients[i0]
          optimizer.v[i0] = total
          parameters[i0] = parameters[i0] - lr[] * total"
    `);
  });
});

describe("a chain whose links read the one before twice", () => {
  test.each([
    ["a value a point", (_net: Network, x: Value) => x],
    ["a row", (net: Network, x: Value) => net.one("sub", x, net.spread(net.sum(x, 1), x, 0))],
  ])("grows kernels linearly: %s", (_, begin) => {
    const net = new Network();
    const x = net.input("x", [batch, constant(4)]);
    let value = begin(net, x);
    for (let link = 0; link < 40; link++) value = net.relu(value);
    const kernels = kernelsOf(fused(net.builder.finish([{ name: "y", role: "result", value }])).steps);
    const selects = kernels.map(printKernel).join("").split("select(").length - 1;
    // Cheap links may be computed twice, never chains of them.
    expect(selects).toBeLessThan(4 * 40);
  });
});

describe("updates in place", () => {
  test("are not put off until what they read is overwritten", () => {
    const net = new Network();
    const four = [constant(4)];
    const state = net.input("s", four, "f32", "state");
    const a = net.input("a", four, "f32", "parameter");
    const b = net.input("b", [constant(2), ...four], "f32", "parameter");
    const reversed = (value: Value): Value => net.builder.one("reverse", [value], { axes: [0] });
    const outputs = [
      { name: "s", role: "state", value: net.one("add", reversed(state), a) },
      { name: "a", role: "parameter", value: state },
      { name: "b", role: "parameter", value: reversed(b) },
    ] as const;
    const taken = new UniqueNames();
    const { steps } = joinSegments(fuse(lower(net.builder.finish(outputs), bounds), bounds, taken), taken);
    const kernels = kernelsOf(steps);
    const place = (tensor: string): number => kernels.findIndex((kernel) => writesOf(kernel).has(tensor));
    expect(place("a")).toBeGreaterThan(-1);
    expect(place("a")).toBeLessThan(place("s"));
  });

  test("read what they overwrite, whatever else overwrites it first", () => {
    const net = new Network();
    const [a, b] = ["a", "b"].map((name) => net.input(name, [], "f32", "counter"));
    const outputs = [
      { name: "a", role: "counter", value: net.one("add", a, b) },
      { name: "b", role: "counter", value: net.one("sub", b, a) },
    ] as const;
    const lowered = lower(net.builder.finish(outputs), bounds);
    const inputs = new Map([
      ["a", { shape: [], data: Float32Array.of(3) }],
      ["b", { shape: [], data: Float32Array.of(5) }],
    ]);
    const found = evaluateFused(fuse(lowered, bounds, new UniqueNames()), inputs, new Map(), "f32");
    expect(["a", "b"].map((name) => found.get(name)?.data[0])).toEqual([8, 2]);
  });
});
