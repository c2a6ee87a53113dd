/**
 * Every option of `compile`, `load`, `train`, `predictor` and of a network's calls has its effect: what is seen without it, and with it. The
 * tables have the types of the options, so that a new one without a row does not compile.
 */
import { expect, test, vi } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { CompileOptions, Compiled } from "../../compiler/compile.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import { load, predictor } from "../../runtime/load/index.ts";
import type {
  CallOptions,
  LoadOptions,
  Network,
  PredictOptions,
  PredictorOptions,
  RestoreOptions,
  StreamOptions,
} from "../../runtime/load/index.ts";
import { prepare, train } from "../../runtime/train/index.ts";
import type { TrainEvent, TrainOptions } from "../../runtime/train/index.ts";
import { errorOf } from "./support.ts";

vi.mock("../../compiler/program/verify.ts", { spy: true });

const source = `const width = 2
const gain = 1
schedule falling() = lr0 / (epoch + epochs)
model M(x: [N, F]) -> [N, 1] = gain * x |> dense(width) |> dense(1)
model Noise(x: [N, F]) -> [N, F] = x + random_uniform([N, F])
train M { data: given  loss: mse  optimizer: sgd(lr: 30)  schedule: falling  batch: 8  epochs: 4  seed: 3 }
train M as filed { data: csv("m.csv", target: "y")  loss: mse  optimizer: sgd(lr: 1)  batch: 8  epochs: 1 }
train M as other { data: given  loss: mse  optimizer: adam(lr: 0.5)  batch: 8  epochs: 2  seed: 3 }
`;

function built(options: CompileOptions = {}): Compiled {
  const result = compile({ name: "m.nn", source }, { target: "wasm", dims: { F: 3 }, ...options });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result;
}

const manifestOf = (options: CompileOptions) => built(options).artifact.manifest;
const sizeOf = (options: CompileOptions) =>
  manifestOf(options).host.models.find(({ name }) => name === "M")?.parameters;
const { artifact } = built();
const { artifact: trained } = built({ train: "other" });
const batch = {
  x: Float32Array.from({ length: 24 }, (_, at) => Math.sin(at)),
  target: Float32Array.from({ length: 8 }, (_, at) => Math.cos(at)),
};
const weight = (net: Network): number | undefined => net.parameters.get("M.dense.w")?.data[0];
const parameters = (await load(artifact, { seed: 5 })).save();

/** The learning rate of the second step. */
async function rate(of: Artifact, options: LoadOptions = {}): Promise<number | undefined> {
  const net = await load(of, options);
  net.stepSync(batch);
  return net.stepSync(batch).rates[0];
}

/** The option's value, what is looked at, and what is seen there without it and with it. */
type Row<Options, Name extends keyof Options> = readonly [
  value: NonNullable<Options[Name]>,
  look: (options: Options) => unknown,
  before: unknown,
  after: unknown,
];
type Rows<Options> = { readonly [Name in keyof Required<Options>]: Row<Options, Name> };

/** A test for each option; all may be left out. */
function each<Options extends object>(call: string, rows: Rows<Options>): void {
  const list: readonly (readonly [string, Row<Options, keyof Options>])[] = Object.entries(rows);
  test.each(list)(`%s of ${call}`, async (name, [value, look, before, after]) => {
    // What the table's type says of each row; TypeScript forgets it in its entries.
    const [without, given] = [{}, { [name]: value }] as [Options, Options];
    expect([await look(without), await look(given)]).toEqual([before, after]);
  });
}

/** How many kernels a convolution becomes. */
function kernelsOfConvolution(options: CompileOptions): number {
  const text = `model C(x: [N, 16, 16, 16]) -> [N, 16, 16, 16] = x |> conv2d(16, kernel: 3, padding: "same", bias: false)`;
  const result = compile({ name: "c.nn", source: text }, { target: "wasm", bounds: { N: 1 }, ...options });
  const entry = result.ok ? result.built.program.entries.find(({ name }) => name === "predict.C") : undefined;
  return entry?.steps.length ?? 0;
}

/** Whether the module is a good deal shorter than it is by default: one thread runs it, and functions are called. */
function isShort(options: CompileOptions): boolean {
  const moduleOf = (more: CompileOptions) => {
    const { files, manifest } = softmaxes(more);
    return { bytes: files[manifest.module]?.length ?? 0, threads: manifest.threads };
  };
  const { bytes, threads } = moduleOf(options);
  return threads === undefined && bytes < 0.85 * moduleOf({}).bytes;
}

function softmaxes(options: CompileOptions): Artifact {
  const text = `model M(x: [N, 256]) -> [N, 10] = x |> dense(256) |> dense(10)
train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 128  epochs: 1 }`;
  const result = compile({ name: "m.nn", source: text }, { ...options, target: "wasm" });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

each<CompileOptions>("compile", {
  target: ["typescript", (options) => manifestOf(options).target, "wasm", "typescript"],
  relaxed: [true, (options) => manifestOf(options).relaxed, undefined, true],
  winograd: [false, kernelsOfConvolution, 2, 1],
  compact: [true, isShort, false, true],
  verify: [
    true,
    (options) => {
      vi.mocked(verifyProgram).mockClear();
      built(options);
      return vi.mocked(verifyProgram).mock.calls.length;
    },
    0,
    1,
  ],
  train: ["other", (options) => manifestOf(options).host.train?.label, "M", "other"],
  bounds: [{ N: 64 }, (options) => manifestOf(options).dims, [{ name: "N", bound: 8 }], [{ name: "N", bound: 64 }]],
  dims: [{ F: 5 }, sizeOf, 11, 15],
  consts: [{ width: 4 }, sizeOf, 11, 21],
  settings: [{ lr: 60 }, async (options) => rate(built(options).artifact), 6, 12],
  probes: [["M.dense"], (options) => manifestOf(options).host.train?.probes?.length, undefined, 1],
  norms: [true, (options) => manifestOf(options).host.train?.norms?.length, undefined, 1],
  operations: [9, (options) => compile({ name: "m.nn", source }, { dims: { F: 3 }, ...options }).ok, true, false],
  dataFacts: [
    { shapes: new Map([["x", [100, 4]]]) },
    (options) => compile({ name: "m.nn", source }, { target: "wasm", ...options }).ok,
    false,
    true,
  ],
});

const warned = ["NN0737"];
const noGpu = "NN0651 this artifact is for the target wgsl: expected";
const gpu = { requestAdapter: async () => Promise.resolve(null) };
const { artifact: forGpu } = built({ target: "wgsl", train: "other" });
const codes = ({ warnings }: Pick<Network, "warnings">) => warnings.map(({ code }) => code);

each<LoadOptions>("load", {
  seed: [5, async (options) => (await load(artifact, options)).counters.seed, 3, 5],
  threads: [2, async (options) => codes(await load(artifact, options)), warned, ["NN0726", ...warned]],
  stepsPerEpoch: [1, async (options) => rate(artifact, options), 6, 5],
  epochs: [2, async (options) => rate(artifact, options), 6, 10],
  parameters: [
    parameters,
    async (options) => weight(await load(artifact, options)) === weight(await load(artifact, { seed: 5 })),
    false,
    true,
  ],
  gpu: [
    gpu,
    async (options) => errorOf(async () => load(forGpu, options)),
    `${noGpu} WebGPU, found none`,
    `${noGpu} a GPU that WebGPU can use, found none`,
  ],
});

test("a GPU for a program of another target is warned of by load, predictor and train", async () => {
  const messages = ({ warnings }: Pick<Network, "warnings">) =>
    warnings.filter(({ code }) => code === "NN0745").map(({ message }) => message);
  const expected = ["option `gpu` has no effect: expected the target wgsl, found wasm"];
  expect(messages(await load(artifact, { gpu }))).toEqual(expected);
  expect(messages(await predictor(artifact, parameters, { gpu }))).toEqual(expected);
  const [start] = await eventsOf(trained, { gpu });
  expect(start?.event === "start" ? messages({ warnings: start.diagnostics }) : []).toEqual(expected);
});

test.each([
  ["constant", ["option `epochs` has no effect: expected a schedule that asks for `epochs`, found none"]],
  ["cosine", []],
])("a number of epochs beside the schedule %s: %j", async (schedule, expected) => {
  const source = `model M(x: [N, 2]) -> [N, 1] = dense(x, 1)
train M { data: given  loss: mse  optimizer: sgd(lr: 1)  schedule: ${schedule}  batch: 4  epochs: 2 }`;
  const scheduled = compile({ name: "m.nn", source }, { target: "wasm" });
  if (!scheduled.ok) throw new Error("it does not compile");
  const { warnings } = await load(scheduled.artifact, { epochs: 3, stepsPerEpoch: 1 });
  expect(warnings.map(({ message }) => message)).toEqual(expected);
});

test("a seed beside parameters is that of the draws from there on", async () => {
  expect((await load(artifact, { parameters })).counters.seed).toBe(5);
  expect((await load(artifact, { parameters, seed: 6 })).counters.seed).toBe(6);
});

each<PredictorOptions>("predictor", {
  model: ["Noise", async (options) => (await predictor(artifact, parameters, options)).outputs[0]?.width, 1, 3],
  seed: [6, noise, await noise({ seed: 5 }), await noise({ seed: 6 })],
  threads: [2, async (options) => codes(await predictor(artifact, parameters, options)), [], ["NN0726"]],
  gpu: [
    gpu,
    async (options) => errorOf(async () => predictor(forGpu, parameters, options)),
    `${noGpu} WebGPU, found none`,
    `${noGpu} a GPU that WebGPU can use, found none`,
  ],
});

/** What a network that draws answers. */
async function noise(options: PredictorOptions): Promise<readonly unknown[]> {
  return (await predictor(artifact, parameters, { model: "Noise", ...options })).predictSync([[0, 0, 0]]);
}

const data = prepare(trained.manifest, { read: () => new Uint8Array(0), given: new Map(Object.entries(batch)) });

async function eventsOf(of: Artifact, options: TrainOptions): Promise<readonly TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of train(of, data, options)) events.push(event);
  return events;
}

const half = train(trained, data, { epochs: 1 });
for await (const _ of half);
/** Of a run after one of its two steps. */
const resume = await half.save();
const { artifact: faster } = built({ train: "other", settings: { lr: 0.25 } });

each<TrainOptions>("train", {
  seed: [4, async (options) => firstLoss(options), await firstLoss({ seed: 3 }), await firstLoss({ seed: 4 })],
  epochs: [
    1,
    async (options) => (await eventsOf(trained, options)).filter(({ event }) => event === "epoch").length,
    2,
    1,
  ],
  threads: [
    2,
    async (options) =>
      (await eventsOf(trained, options)).flatMap((event) =>
        event.event === "start" ? event.diagnostics.map(({ code }) => code) : [],
      ),
    [],
    ["NN0726"],
  ],
  gpu: [
    gpu,
    async (options) => errorOf(async () => eventsOf(forGpu, options)),
    `${noGpu} WebGPU, found none`,
    `${noGpu} a GPU that WebGPU can use, found none`,
  ],
  resume: [
    resume,
    async (options) =>
      (await eventsOf(trained, options)).flatMap((event) => (event.event === "step" ? [event.step] : [])),
    [1, 2],
    [2],
  ],
  override: [
    true,
    async (options) => (await errorOf(async () => eventsOf(faster, { resume, ...options }))).slice(0, 6),
    "NN0926",
    "no err",
  ],
  signal: [AbortSignal.abort(), async (options) => (await eventsOf(trained, options)).at(-1)?.event, "done", "stopped"],
});

async function firstLoss(options: TrainOptions): Promise<unknown> {
  return (await eventsOf(trained, options)).flatMap((event) => (event.event === "step" ? [event.loss] : []))[0];
}

test("overriding without a checkpoint is an error, and so are arrays that nothing reads", async () => {
  expect(await errorOf(async () => eventsOf(trained, { override: true }))).toBe(
    "NN0706 option `override`: expected a checkpoint beside it, as `resume`, found true",
  );
  const { artifact: ofFile } = built({ train: "filed" });
  expect(await errorOf(() => prepare(ofFile.manifest, { read: () => new Uint8Array(0), given: new Map() }))).toBe(
    "NN0706 option `given`: expected nothing, where the train reads its data from files, found a Map",
  );
});

const network = await load(artifact);
const broken = { ...batch, x: batch.x.map(() => NaN) };

each<CallOptions>("step and evaluate", {
  trusted: [
    true,
    async (options) =>
      Promise.all(
        [network.evaluate(broken, options), network.step(broken, options)].map(async (call) =>
          (await errorOf(async () => call)).slice(0, 6),
        ),
      ),
    ["NN0718", "NN0718"],
    ["no err", "no err"],
  ],
});

each<PredictOptions>("predict", {
  seed: [
    6,
    async (options) => network.predict("Noise", { x: new Float32Array(3) }, options),
    network.predictSync("Noise", { x: new Float32Array(3) }, { seed: 3 }),
    network.predictSync("Noise", { x: new Float32Array(3) }, { seed: 6 }),
  ],
});

const restored = async (of: Artifact, bytes: Uint8Array, options: RestoreOptions) => {
  const net = await load(of);
  return (await errorOf(() => net.restore(bytes, options))).slice(0, 6);
};

/** What a network that draws says of the first row of a stream, and how many rows it asked for before. */
async function streamed(options: StreamOptions): Promise<{ readonly said: unknown; readonly asked: number }> {
  let asked = 0;
  function* rows(): Generator<readonly number[]> {
    for (; asked < 100; asked += 1) yield [0, 0, 0];
  }
  const answers = (await predictor(artifact, parameters, { model: "Noise" })).stream(rows(), options);
  const { value: said } = await answers.next();
  return { said, asked: asked + 1 };
}

each<StreamOptions>("stream", {
  seed: [
    6,
    async (options) => (await streamed(options)).said,
    (await noise({ seed: 5 }))[0],
    (await noise({ seed: 6 }))[0],
  ],
  batch: [1, async (options) => (await streamed(options)).asked, 8, 1],
});

each<RestoreOptions>("restore", {
  optimizer: [false, async (options) => restored(artifact, resume, options), "NN0922", "no err"],
  seed: [
    6,
    async (options) => {
      const net = await load(artifact);
      net.restore(parameters, options);
      return net.counters.seed;
    },
    5,
    6,
  ],
  override: [
    true,
    async (options) => restored(built({ consts: { gain: 2 } }).artifact, parameters, options),
    "NN0926",
    "no err",
  ],
});
