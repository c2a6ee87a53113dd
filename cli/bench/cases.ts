/** What is called and timed: a training step and a prediction on made-up minibatches of several numbers of rows. */
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import { constantValue } from "../../compiler/dimension/dimension.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { HostInput } from "../../compiler/program/host.ts";
import type { Network } from "../../runtime/load/index.ts";
import { UsageError } from "../exit.ts";
import { plural } from "../output/numbers.ts";
import { chooseModel } from "../predict/model.ts";
import type { Build, Opened } from "./builds.ts";
import type { BuildName, Skipped } from "./document.ts";
import { rotating } from "./synthetic.ts";

export interface Case {
  /** Unique: `wasm, 2 threads: training step, 32 rows`. */
  readonly name: string;
  readonly target: BuildName;
  readonly threads: number;
  readonly case: Call["case"];
  readonly rows: number;
  /** One call; a promise where the target answers later. */
  readonly run: () => unknown;
  readonly isAsync: boolean;
  /** Puts the network back to where it began. */
  readonly reset: () => void;
}

/** A call of a program, on any network of it. */
export interface Call {
  readonly case: "training step" | "inference";
  readonly entry: string;
  readonly rows: number;
  /** The open dimensions. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly run: (network: Network) => unknown;
}

/** The calls of a program: training, then inference, each from many rows to few. `asked`: numbers of rows. */
export function callsOf(manifest: Manifest, asked: readonly number[] | undefined, isAsync: boolean): readonly Call[] {
  const { train } = manifest.host;
  const model = chooseModel(manifest, undefined);
  const training =
    train === undefined ? [] : callsWith(train.inputs, manifest, asked, trainingCall(train.inputs, isAsync));
  const predicting = callsWith(model.inputs, manifest, asked, (rows, sizes): Call => {
    const next = rotating(model.inputs, sizes);
    const run = (network: Network): unknown =>
      isAsync ? network.predict(model.name, next()) : network.predictSync(model.name, next());
    return { case: "inference", entry: model.entry, rows, sizes, run };
  });
  const calls = [...training, ...predicting];
  requireRows(calls, asked);
  return calls;
}

/** Throws a UsageError for a number of rows that no call has, since the source says how many there are. */
function requireRows(calls: readonly Call[], asked: readonly number[] = []): void {
  const rows = new Set(calls.map((call) => call.rows));
  const missed = asked.filter((one) => !rows.has(one));
  if (missed.length === 0) return;
  const written = [...rows].map((one) => plural(one, "row")).join(" and ");
  throw new UsageError(
    `--batches: expected ${written}, as the source says with numbers; found ${missed.join(", ")}; with a name for the number, as \`[N, …]\`, others can be measured`,
  );
}

type MakeCall = (rows: number, sizes: ReadonlyMap<string, number>) => Call;

function trainingCall(inputs: readonly HostInput[], isAsync: boolean): MakeCall {
  return (rows, sizes) => {
    const next = rotating(inputs, sizes);
    const trusted = { trusted: true };
    const run = (network: Network): unknown =>
      isAsync ? network.step(next(), trusted) : network.stepSync(next(), trusted);
    return { case: "training step", entry: "train_step", rows, sizes, run };
  };
}

/** A call for each number of rows, the largest first; where these are written in the source, for that one. */
function callsWith(
  inputs: readonly HostInput[],
  { dims }: Manifest,
  asked: readonly number[] | undefined,
  make: MakeCall,
): readonly Call[] {
  const bounds = new Map(dims.map(({ name, bound }) => [name, bound]));
  const [leading] = inputs[0]?.shape ?? [];
  const bound = bounds.get(leading?.key ?? "");
  if (leading === undefined || bound === undefined) {
    const rows = leading === undefined ? 1 : (constantValue(leading) ?? 1);
    return [make(rows, bounds)];
  }
  return (asked ?? usualBatches(bound)).map((rows) => {
    if (rows > bound)
      throw new UsageError(
        `--batches: expected at most ${bound}, the largest ${leading.key}, found ${rows}; \`--bounds ${leading.key}=${rows}\` makes room`,
      );
    return make(rows, new Map([...bounds, [leading.key, rows]]));
  });
}

/** All rows that there is room for, one, and a power of two between. */
export function usualBatches(bound: number): readonly number[] {
  const between = 2 ** Math.round(Math.log2(bound) / 2);
  return [...new Set([bound, between, 1])].filter((rows) => rows <= bound).toSorted((a, b) => b - a);
}

/** The cases of an opened build; those that the program refuses, as too few rows for a `require`, are left out with the reason. */
export async function casesOf(
  { build, networks }: Opened,
  calls: readonly Call[],
): Promise<{ readonly cases: readonly Case[]; readonly skipped: readonly Skipped[] }> {
  const cases: Case[] = [];
  const skipped: Skipped[] = [];
  for (const network of networks) {
    const beginning = network.save();
    for (const call of calls) {
      const reason = await refusal(network, call);
      const { case: what, rows } = call;
      if (reason === undefined) cases.push(caseOf(build, network, call, () => network.restore(beginning)));
      else skipped.push({ target: build.name, threads: network.threads, case: what, rows, reason });
    }
  }
  return { cases, skipped };
}

async function refusal(network: Network, { run }: Call): Promise<string | undefined> {
  try {
    await run(network);
    return undefined;
  } catch (error) {
    if (error instanceof NncError) return error.message;
    throw error;
  }
}

function caseOf({ name, target }: Build, network: Network, call: Call, reset: () => void): Case {
  const { threads } = network;
  const { case: what, rows } = call;
  const system = threads === 1 ? name : `${name}, ${threads} threads`;
  return {
    name: `${system}: ${what}, ${plural(rows, "row")}`,
    target: name,
    threads,
    case: what,
    rows,
    isAsync: target === "wgsl",
    run: () => call.run(network),
    reset,
  };
}
