/** `nnc bench --profile`: programs in pieces compute what they compute whole, by the same kernels, and each kernel's time is its layers' and lines'. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { Attribution, updates } from "../../cli/bench/profile/attribute.ts";
import { inPieces, nothing } from "../../cli/bench/profile/pieces.ts";
import { TimedRuns, timetableOf } from "../../cli/bench/profile/timed.ts";
import type { Running } from "../../cli/bench/profile/timed.ts";
import { readDocument } from "../../cli/bench/document.ts";
import { rotating } from "../../cli/bench/synthetic.ts";
import { compile } from "../../compiler/compile.ts";
import type { Compiled } from "../../compiler/compile.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { callsOf } from "../../compiler/program/steps.ts";
import { Network } from "../../runtime/load/index.ts";
import { open } from "../../runtime/load/open.ts";
import { emitTypescript } from "../../targets/typescript/index.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { pointsProject } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

/** A scan forward, one from the other end, and a block of the user's that the prelude's stand beside. */
const source = `block twice(x: [.., C], units: int) -> [.., units] {
  param w: [C, units] = he_normal
  let wide = 2 * x @ w
  return relu(wide)
}
model Net(x: [N, 6, 3]) -> [N, 2] =
  x |> bidirectional(gru(4), gru(4))
    |> flatten
    |> twice(5) |> dense(2)

train Net {
  data: given
  loss: mse
  regularize: l2(1e-3)
  optimizer: adam(lr: 1e-2)
  batch: 4  epochs: 1
}
`;

function compiled(target: "typescript" | "wasm", text = source): Compiled {
  const result = compile({ name: "net.nn", source: text }, { target, bounds: { N: 8 } });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result;
}

/** The artifact with an entry for each piece, and what runs it in pieces by a clock that goes on by 1 ms each time it is read. */
async function piecewise(one: Compiled, target: "typescript" | "wasm") {
  const { program, alone, pieces } = inPieces(one.built.program, ["train_step", "predict.Net"]);
  const artifact: Artifact =
    target === "wasm"
      ? emitWasm(program, one.sources, { alone })
      : emitTypescript({ ...program, entries: [...program.entries, ...alone] }, one.sources);
  const tables = new Map(
    program.entries.flatMap(({ name, dims, steps }) => {
      const own = pieces.get(name);
      return own === undefined ? [] : [[name, timetableOf(dims, steps, own)] as const];
    }),
  );
  let time = 0;
  const runs = new TimedRuns((await open(artifact)) as Running, tables, () => (time += 1));
  return { artifact, runs, network: await networkOf(artifact, runs.executable) };
}

async function networkOf(artifact: Artifact, executable: Running): Promise<Network> {
  const network = new Network(artifact.manifest, executable);
  await network.initialize({ seed: 3, stepsPerEpoch: undefined, epochs: undefined });
  return network;
}

describe.each(["typescript", "wasm"] as const)("a program for %s in pieces", (target) => {
  const one = compiled(target);
  const { train } = one.artifact.manifest.host;

  test.each([4, 3])("trains and predicts to the bit as it does whole, on %d rows", async (rows) => {
    const whole = await networkOf(one.artifact, (await open(one.artifact)) as Running);
    const { network } = await piecewise(one, target);
    const next = rotating(train?.inputs ?? [], new Map([["N", rows]]));
    for (let step = 0; step < 3; step += 1) {
      const inputs = next();
      expect(network.stepSync(inputs)).toEqual(whole.stepSync(inputs));
    }
    expect(network.save()).toEqual(whole.save());
    const [model] = one.artifact.manifest.host.models;
    const inputs = rotating(model?.inputs ?? [], new Map([["N", rows]]))();
    expect(network.predictSync(inputs)).toEqual(whole.predictSync(inputs));
  });

  test("has each call of a kernel once, and those in loops as often as they turn", async () => {
    const { network, runs } = await piecewise(one, target);
    const next = rotating(train?.inputs ?? [], new Map([["N", 4]]));
    network.stepSync(next());
    const steps = one.built.program.entries.find(({ name }) => name === "train_step")?.steps ?? [];
    const turns = callsOf(steps).map(({ loops }) => (loops.length === 0 ? 1 : 6));
    expect([...runs.last].map((seconds) => Math.round(seconds * 1000))).toEqual(turns);
    expect(turns).toContain(6);
    expect(runs.clock()).toBe(0.001);
  });
});

test("kernels in pieces are those of the artifact, to the letter", () => {
  const text = readFileSync(path.join(import.meta.dirname, "../../bench/workloads/W2.nn"), "utf8");
  const one = compile({ name: "w2.nn", source: text }, { target: "wasm" });
  if (!one.ok) throw new Error("W2 does not compile");
  // Its kernels are cut into parts for threads.
  expect(one.artifact.manifest.threads).toBeDefined();
  const { program, alone } = inPieces(one.built.program, ["train_step"]);
  const artifact = emitWasm(program, one.sources, { alone });
  const kernels = ({ files }: Artifact) =>
    String(Object.entries(files).find(([name]) => name.endsWith(".wat"))?.[1])
      .split("\n\n")
      .filter((part) => !part.includes("(export "));
  const whole = kernels(one.artifact);
  expect(whole.length).toBeGreaterThan(5);
  expect(kernels(artifact).filter((part) => !whole.includes(part) && part.includes("(func"))).toEqual([]);
  expect(Object.keys(artifact.manifest.entries.at(-1) ?? {})).toEqual(["name", "inputs", "results", "dims"]);
  expect(artifact.manifest.entries.some(({ name }) => name === nothing)).toBe(true);
});

describe("whose a kernel is", () => {
  const one = compiled("wasm");
  const sizes = new Map([["N", 4]]);
  const attribution = new Attribution(one, ["net.nn"]);
  const partsOf = (entry: string) => {
    const { steps = [] } = one.built.program.entries.find(({ name }) => name === entry) ?? {};
    return attribution.ownersOf(entry, callsOf(steps).length, sizes).map(({ parts }) => parts);
  };

  test("shares of each kernel are 1 in all", () => {
    for (const parts of partsOf("train_step"))
      expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  });

  test("lines are the user's: a block's own, else where the file uses what the prelude has", () => {
    const lines = new Map<string, Set<number | undefined>>();
    for (const { layer, line } of partsOf("train_step").flat())
      lines.set(layer, (lines.get(layer) ?? new Set()).add(line?.line));
    const sorted = [...lines].map(
      ([layer, numbers]) => [layer, [...numbers].toSorted((a = 0, b = 0) => a - b)] as const,
    );
    expect(Object.fromEntries(sorted)).toEqual({
      "Net.bidirectional": [7],
      "Net.twice": [3, 4],
      "Net.dense": [9],
      "Net.mse": [13],
      lr: [15],
      "updates of parameters": [15],
      counters: [undefined],
    });
  });

  test("what moves parameters is no layer's, and the backward pass is told apart", () => {
    const parts = partsOf("train_step").flat();
    expect(parts.some(({ layer, line }) => layer === updates && line?.line === 15)).toBe(true);
    expect(new Set(parts.filter(({ layer }) => layer === "Net.dense").map(({ backward }) => backward))).toEqual(
      new Set([false, true]),
    );
    expect(
      partsOf("predict.Net")
        .flat()
        .some(({ backward }) => backward),
    ).toBe(false);
  });

  test("the larger part of the work has the larger share", () => {
    const joined = compiled("wasm", "model Net(x: [N, 64]) -> [N, 64] = x |> dense(64, bias: false) |> relu\n");
    const [owners] = new Attribution(joined, ["net.nn"]).ownersOf("predict.Net", 1, new Map([["N", 8]]));
    const parts = owners?.parts ?? [];
    expect(parts.map(({ layer, share }) => [layer, share > 0.9])).toEqual([
      ["Net.dense", true],
      ["Net.relu", false],
    ]);
  });
});

/** Two for each multiply-add; a bias is one more. */
test.each([
  ["model Net(x: [N, 64]) -> [N, 32] = x |> dense(32, bias: false)", 8 * 64 * 32 * 2],
  ["model Net(x: [N, 64]) -> [N, 32] = x |> dense(32) |> relu", 8 * 32 * (2 * 64 + 1)],
  // Taps on padding, which are chosen by place, count as others do; the choice does not.
  [
    'model Net(x: [N, 9, 9, 2]) -> [N, 9, 9, 4] = x |> conv2d(4, 5, padding: "same", bias: false)',
    8 * 81 * 25 * 2 * 4 * 2,
  ],
  // In chunks of 2048, of which the last is not full.
  ["model Net(x: [N, 5000]) -> [N, 1] = sum(x * x, axis: 1)[:, newaxis]", 8 * 5000 * 2],
])("the operations of %s", (text, expected) => {
  const one = compiled("wasm", `${text}\n`);
  const sizes = new Map([["N", 8]]);
  const { steps = [] } = one.built.program.entries.find(({ name }) => name === "predict.Net") ?? {};
  const owners = new Attribution(one, ["net.nn"]).ownersOf("predict.Net", callsOf(steps).length, sizes);
  const found = owners.reduce((sum, { operations }) => sum + operations, 0);
  // The sum of chunks' results is some more.
  expect(found).toBeGreaterThanOrEqual(expected);
  expect(found).toBeLessThan(expected * 1.01);
});

test("a short run, with nothing made up", { timeout: 300_000 }, async () => {
  const { folder: cwd } = folderWith(pointsProject);
  const flags = [
    "--target",
    "wasm",
    "--threads",
    "1",
    "--batches",
    "8",
    "--rounds",
    "3",
    "--seconds",
    "0.03",
    "--profile",
  ];
  const { stdout, code } = await nnc(["bench", "points.nn", ...flags, "--json", "-o", "run"], { cwd });
  expect(code).toBe(0);
  const document = readDocument(stdout);
  if ("problem" in document) throw new Error(document.problem);
  const positive = expect.any(Number) as number;
  expect(document.results).toMatchObject([
    {
      target: "wasm",
      threads: 1,
      case: "training step",
      rows: 8,
      seconds: positive,
      rounds: [positive, positive, positive],
    },
    { target: "wasm", threads: 1, case: "inference", rows: 8 },
  ]);
  expect(document.results.every(({ seconds }) => seconds > 0)).toBe(true);
  expect(document.machine.flopsPerSecond).toBeGreaterThan(1e6);
  const [training] = document.profiles ?? [];
  expect(training?.calls.every(({ seconds, limitSeconds }) => seconds >= 0 && limitSeconds >= 0)).toBe(true);
  const again = await nnc(["bench", "points.nn", ...flags, "--compare", "run/bench.json", "--fail-above", "100000%"], {
    cwd,
  });
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("Beside run/bench.json")]);
});
