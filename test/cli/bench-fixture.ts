/** A run of `nnc bench` with made-up times. */
import { resultOf as measured } from "../../cli/bench/document.ts";
import type { BuildFacts, Document, Result } from "../../cli/bench/document.ts";
import type { Profile } from "../../cli/bench/profile/profile.ts";

export function resultOf(rounds: readonly number[], place: Partial<Result> = {}): Result {
  const { target = "wasm", threads = 1, case: what = "training step", rows = 32 } = place;
  return measured({ target, threads, case: what, rows }, rounds);
}

export const build: BuildFacts = {
  target: "wasm",
  compileSeconds: 0.2,
  compileRounds: [0.2, 0.21, 0.19],
  artifactBytes: 57_900,
  gzipBytes: 15_200,
  peakBytes: 122_000,
};

export function documentOf(parts: Partial<Document> = {}): Document {
  return {
    format: "nnc-bench",
    version: 1,
    network: { file: "digits.nn", model: "Digits", train: "Digits", parameters: 4874 },
    machine: { cpu: "Fast 9000", cores: 2, node: "20.20.2", flopsPerSecond: 48e9 },
    settings: { rounds: 3, seconds: 1 },
    results: [
      resultOf([0.021, 0.02, 0.022], { target: "typescript" }),
      resultOf([0.0035, 0.0034, 0.0036]),
      resultOf([0.0019, 0.0018, 0.002], { threads: 2 }),
      resultOf([4e-6, 4.2e-6, 3.9e-6], { case: "inference", rows: 1 }),
    ],
    builds: [build],
    skipped: [{ target: "wgsl", reason: "expected a GPU, found none" }],
    ...parts,
  };
}

/** Two kernels: one of a layer alone, one that two layers and a loss share, on two lines. */
export const profile: Profile = {
  target: "wasm",
  case: "training step",
  rows: 32,
  runs: 400,
  wholeSeconds: 31e-6,
  clockSeconds: 1e-7,
  calls: [
    {
      kernel: "dense",
      at: "0",
      turns: 1,
      seconds: 20e-6,
      flops: 800_000,
      bytes: 4000,
      limitSeconds: 16e-6,
      parts: [
        {
          share: 1,
          layer: "Digits.dense",
          path: "Digits.dense",
          backward: false,
          line: { file: "digits.nn", line: 2 },
        },
      ],
    },
    {
      kernel: "dense_relu_cross_entropy_backward",
      at: "1.0",
      turns: 4,
      seconds: 10e-6,
      flops: 100_000,
      bytes: 8000,
      limitSeconds: 5e-6,
      parts: [
        {
          share: 0.5,
          layer: "Digits.dense",
          path: "Digits.dense",
          backward: true,
          line: { file: "digits.nn", line: 2 },
        },
        { share: 0.3, layer: "Digits.relu", path: "Digits.relu", backward: true, line: { file: "digits.nn", line: 2 } },
        {
          share: 0.2,
          layer: "Digits.cross_entropy",
          path: "Digits.cross_entropy.log_softmax",
          backward: true,
          line: { file: "digits.nn", line: 4 },
        },
      ],
    },
  ],
};
