/**
 * A program small enough to write by hand: linear regression with momentum, a metric that streams, one that does not, and a second model that
 * looks up a table. It is what a target would print, so the runtime can be tested without a compiler.
 */
import type { Artifact, Manifest } from "../../compiler/program/artifact.ts";
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import type { Dimension } from "../../compiler/dimension/dimension.ts";
import type { HostInput, HostResult, HostTrain } from "../../compiler/program/host.ts";
import type { BufferRole, ProgramBuffer } from "../../compiler/program/types.ts";

const N = symbol("N");
const rows = symbol("rows");
export const bound = 4;

/** name, role, dtype, shape; each gets 128 bytes. */
const list: readonly (readonly [string, BufferRole, "f32" | "i32", ...Dimension[]])[] = [
  ["Line.w", "parameter", "f32", constant(2)],
  ["Line.b", "parameter", "f32"],
  ["Line.seen", "state", "i32"],
  ["optimizer.main.v.Line.w", "optimizer", "f32", constant(2)],
  ["optimizer.main.v.Line.b", "optimizer", "f32"],
  ["seed", "counter", "i32"],
  ["step", "counter", "i32"],
  ["epoch", "counter", "i32"],
  ["step_in_epoch", "counter", "i32"],
  ["steps_per_epoch", "counter", "i32"],
  ["epochs", "counter", "i32"],
  ["x", "input", "f32", N, constant(2)],
  ["target", "input", "f32", N],
  ["ids", "input", "i32", N],
  ["loss", "result", "f32"],
  ["rate", "result", "f32"],
  ["output", "result", "f32", N],
  ["found", "result", "f32", N],
  ["error", "result", "f32"],
  ["error.total", "metric", "f32"],
  ["error.count", "metric", "f32"],
  ["worst.output", "input", "f32", rows],
  ["worst.target", "input", "f32", rows],
  ["worst", "result", "f32"],
];

const buffers: readonly ProgramBuffer[] = list.map(([name, role, dtype, ...shape], at) => ({
  name,
  role,
  dtype,
  shape,
  offset: at * 128,
  bytes: 128,
}));

/** Draws from the seed by a formula that is good enough here; the rate of a run is `lr`. */
const module = (lr: number): string => `
export const arenaBytes = ${list.length * 128};
export function create(memory) {
  const at = (index) => new Float32Array(memory, index * 128, 32);
  const ints = (index) => new Int32Array(memory, index * 128, 32);
  const [w, b, vw, vb, x, target, loss, rate, output, found, error, total, count] = [0, 1, 3, 4, 11, 12, 14, 15, 16, 17, 18, 19, 20].map(at);
  const [seen, seed, step, epoch, stepInEpoch, stepsPerEpoch, ids] = [2, 5, 6, 7, 8, 9, 13].map(ints);
  const [wholeOutput, wholeTarget, worst] = [21, 22, 23].map(at);
  const forward = (rows) => {
    for (let n = 0; n < rows; n++) output[n] = x[2 * n] * w[0] + x[2 * n + 1] * w[1] + b[0];
  };
  const mse = (rows) => {
    let sum = 0;
    for (let n = 0; n < rows; n++) sum += (output[n] - target[n]) ** 2;
    loss[0] = sum / rows;
  };
  const update = (p, v, i, g) => {
    v[i] = 0.5 * v[i] + g;
    p[i] -= ${lr} * v[i];
  };
  return { memory, entries: {
    init() {
      w[0] = Math.sin(seed[0] + 1);
      w[1] = Math.sin(seed[0] + 2);
    },
    train_step(rows) {
      forward(rows);
      mse(rows);
      let [g0, g1, gb] = [0, 0, 0];
      for (let n = 0; n < rows; n++) {
        const d = 2 * (output[n] - target[n]) / rows;
        g0 += d * x[2 * n];
        g1 += d * x[2 * n + 1];
        gb += d;
      }
      update(w, vw, 0, g0);
      update(w, vw, 1, g1);
      update(b, vb, 0, gb);
      rate[0] = ${lr};
      seen[0] += rows;
      step[0] += 1;
      stepInEpoch[0] += 1;
      if (stepInEpoch[0] === stepsPerEpoch[0]) {
        stepInEpoch[0] = 0;
        epoch[0] += 1;
      }
    },
    evaluate(rows) {
      forward(rows);
      mse(rows);
      for (let n = 0; n < rows; n++) total[0] += Math.abs(output[n] - target[n]);
      count[0] += rows;
      error[0] = total[0] / count[0];
    },
    "metric.worst"(rows) {
      worst[0] = 0;
      for (let n = 0; n < rows; n++) worst[0] = Math.max(worst[0], Math.abs(wholeOutput[n] - wholeTarget[n]));
    },
    "predict.Line"(rows) {
      forward(rows);
    },
    "predict.Table"(rows) {
      for (let n = 0; n < rows; n++) found[n] = 10 * ids[n] + seed[0];
    },
  } };
}
`;

const x: HostInput = { name: "x", buffer: "x", dtype: "f32", shape: [N, constant(2)] };
const target: HostInput = { name: "target", buffer: "target", dtype: "f32", shape: [N] };
const result = (name: string, buffer: string, ...shape: Dimension[]): HostResult => ({
  name,
  buffer,
  dtype: "f32",
  shape,
});
const whole = (name: string): HostInput => ({ name, buffer: `worst.${name}`, dtype: "f32", shape: [rows] });

const train: HostTrain = {
  name: "Line",
  label: "Line",
  inputs: [x, target],
  target: { input: "target", kind: "numbers" },
  losses: [result("main", "loss")],
  rates: [result("main", "rate")],
  optimizer: "momentum",
  evaluation: {
    loss: result("loss", "loss"),
    metrics: [result("error", "error")],
    whole: [
      {
        entry: "metric.worst",
        result: result("worst", "worst"),
        inputs: [
          { input: whole("output"), from: "output" },
          { input: whole("target"), from: "target" },
        ],
      },
    ],
  },
  data: { reader: "csv", settings: { path: "line.csv", target: "y", holdout: 0.25 } },
  batch: 4,
  epochs: 10,
  seed: 3,
};

export interface Changes {
  readonly lr?: number;
  readonly train?: Partial<HostTrain> | "none";
  readonly manifest?: Partial<Manifest>;
}

/** The artifact, with what a test wants otherwise. */
export function lineArtifact({ lr = 0.1, train: changes = {}, manifest = {} }: Changes = {}): Artifact {
  const entries = [
    { name: "init", inputs: [], results: [], dims: [] },
    { name: "train_step", inputs: ["x", "target"], results: ["loss", "rate"], dims: ["N"] },
    { name: "evaluate", inputs: ["x", "target"], results: ["loss", "error", "output"], dims: ["N"] },
    { name: "metric.worst", inputs: ["worst.output", "worst.target"], results: ["worst"], dims: ["rows"] },
    { name: "predict.Line", inputs: ["x"], results: ["output"], dims: ["N"] },
    { name: "predict.Table", inputs: ["ids"], results: ["found"], dims: ["N"] },
  ];
  const models = [
    {
      name: "Table",
      entry: "predict.Table",
      inputs: [{ name: "ids", buffer: "ids", dtype: "i32", shape: [N], limit: 3 } as const],
      results: [result("found", "found", N)],
      parameters: 0,
    },
    { name: "Line", entry: "predict.Line", inputs: [x], results: [result("output", "output", N)], parameters: 3 },
  ];
  return {
    manifest: {
      format: "nnc-artifact",
      version: 1,
      name: "line",
      target: "typescript",
      module: "line.js",
      dims: [
        { name: "N", bound },
        { name: "rows", bound: 16 },
      ],
      buffers,
      arenaBytes: list.length * 128,
      entries,
      host: {
        language: "0.1",
        models,
        requirements: [
          {
            entry: "train_step",
            left: N,
            comparison: "notEqual",
            right: constant(3),
            message: "three is one too many",
          },
        ],
        ...(changes === "none" ? {} : { train: { ...train, ...changes } }),
      },
      ...manifest,
    },
    files: { "line.js": module(lr) },
  };
}

/** Points on y = 2 a − b + 1. */
export function points(count: number, offset = 0): { readonly x: Float32Array; readonly target: Float32Array } {
  const rowsOfX = Array.from(
    { length: count },
    (_, row) => [Math.sin(row + offset), Math.cos(3 * row + offset)] as const,
  );
  return { x: Float32Array.from(rowsOfX.flat()), target: Float32Array.from(rowsOfX.map(([a, c]) => 2 * a - c + 1)) };
}

/** `NN0712 sentence (help)` of the `NncError` that `act` throws, now or later. */
export async function errorOf(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    const { code, message, help } = error.diagnostic;
    return help === undefined ? `${code} ${message}` : `${code} ${message} (${help})`;
  }
  return "no error";
}
