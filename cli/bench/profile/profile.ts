/**
 * A profile: the kernels of an entry timed one at a time on the code that users run, put beside what the machine does at most, and told by layer and by
 * line. Runs of the whole entry take turns with those in pieces, so that what slows the machine slows both.
 */
import type { Compiled } from "../../../compiler/compile.ts";
import { InternalError } from "../../../compiler/diagnostics/diagnostic.ts";
import type { Artifact } from "../../../compiler/program/artifact.ts";
import { callsOf } from "../../../compiler/program/steps.ts";
import type { Program } from "../../../compiler/program/types.ts";
import { emitTypescript } from "../../../targets/typescript/index.ts";
import { emitWasm } from "../../../targets/wasm/index.ts";
import { Network } from "../../../runtime/load/index.ts";
import { open } from "../../../runtime/load/open.ts";
import { turnsOf, workOf } from "../../check/cost.ts";
import { medianOf } from "../figures.ts";
import type { Limits } from "../limits.ts";
import { Attribution } from "./attribute.ts";
import type { Part } from "./attribute.ts";
import { inPieces } from "./pieces.ts";
import type { Pieces } from "./pieces.ts";
import { TimedRuns, timetableOf, wholeTimetable } from "./timed.ts";
import type { Running, Timetable } from "./timed.ts";

/** A call of a kernel in an entry, in all turns of the loops around it. */
export interface CallProfile {
  readonly kernel: string;
  /** Where it stands: `2`, or `1.0` for the first step of the loop that is step 1. */
  readonly at: string;
  /** How often it runs. */
  readonly turns: number;
  readonly seconds: number;
  readonly flops: number;
  readonly bytes: number;
  /** The least that the machine needs for as many operations and bytes. */
  readonly limitSeconds: number;
  readonly parts: readonly Part[];
}

export interface Profile {
  readonly target: string;
  readonly case: string;
  readonly rows: number;
  readonly runs: number;
  /** Of the entry as it is, without a clock in it. */
  readonly wholeSeconds: number;
  /** What the clock costs at each call; it is taken off the calls. */
  readonly clockSeconds: number;
  readonly calls: readonly CallProfile[];
}

/** An entry as a case calls it. */
export interface Subject {
  readonly case: string;
  readonly entry: string;
  readonly rows: number;
  /** The open dimensions. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly run: (network: Network) => unknown;
}

export interface ProfileOptions {
  readonly target: string;
  readonly relaxed: boolean;
  /** How long an entry is measured. */
  readonly seconds: number;
  /** The names of the user's sources. */
  readonly files: readonly string[];
  readonly limits: Limits;
  readonly now: () => number;
}

const fewest = 5;
const most = 2000;

/** Of a program for TypeScript or WebAssembly, on one thread. */
export async function profileOf(
  compiled: Compiled,
  subjects: readonly Subject[],
  options: ProfileOptions,
): Promise<readonly Profile[]> {
  const { program } = compiled.built;
  const entries = subjects.map(({ entry }) => entry);
  const split = inPieces(program, entries);
  const attribution = new Attribution(compiled, options.files);
  const whole = await opened(compiled.artifact, wholeTables(program, entries), options);
  const pieced = await opened(piecesArtifact(compiled, split, options.relaxed), tablesOf(split), options);
  try {
    return subjects.map((subject) => measured(subject, { program, attribution, whole, pieced }, options));
  } finally {
    whole.network.close();
    pieced.network.close();
  }
}

interface Opened {
  readonly network: Network;
  readonly runs: TimedRuns;
}

async function opened(
  artifact: Artifact,
  tables: ReadonlyMap<string, Timetable>,
  { now }: ProfileOptions,
): Promise<Opened> {
  const executable = await open(artifact);
  if (executable.kind === "async") throw new InternalError("bench", "a profile of a target that answers later");
  const running: Running = executable;
  const runs = new TimedRuns(running, tables, now);
  const network = new Network(artifact.manifest, runs.executable);
  const seed = artifact.manifest.host.train?.seed ?? 0;
  await network.initialize({ seed, stepsPerEpoch: undefined, epochs: undefined });
  return { network, runs };
}

/** The same kernels with more entries. */
function piecesArtifact({ artifact, sources }: Compiled, { program, alone }: Pieces, relaxed: boolean): Artifact {
  return artifact.manifest.target === "wasm"
    ? emitWasm(program, sources, { relaxed, alone })
    : emitTypescript({ ...program, entries: [...program.entries, ...alone] }, sources);
}

function wholeTables({ entries }: Program, wanted: readonly string[]): ReadonlyMap<string, Timetable> {
  const own = entries.filter(({ name }) => wanted.includes(name));
  return new Map(own.map(({ name, dims }) => [name, wholeTimetable(name, dims)]));
}

function tablesOf({ program, pieces }: Pieces): ReadonlyMap<string, Timetable> {
  return new Map(
    [...pieces].map(([name, own]) => {
      const { dims = [], steps = [] } = program.entries.find((entry) => entry.name === name) ?? {};
      return [name, timetableOf(dims, steps, own)];
    }),
  );
}

interface Bench {
  readonly program: Program;
  readonly attribution: Attribution;
  readonly whole: Opened;
  readonly pieced: Opened;
}

function measured(
  subject: Subject,
  { program, attribution, whole, pieced }: Bench,
  { target, seconds, limits, now }: ProfileOptions,
): Profile {
  const { entry, sizes, run } = subject;
  const once = ({ network, runs }: Opened): Float64Array => {
    run(network);
    return runs.last;
  };
  const until = (share: number): number => now() + share * seconds * 1000;
  let warm = 0;
  for (const end = until(0.3); warm < fewest || now() < end; warm += 1) for (const one of [whole, pieced]) once(one);
  const wholes: number[] = [];
  const runs: Float64Array[] = [];
  for (const end = until(1); runs.length < fewest || (now() < end && runs.length < most);) {
    wholes.push(once(whole)[0] ?? NaN);
    runs.push(once(pieced));
  }
  limits.measure();
  const clockSeconds = pieced.runs.clock();
  const calls = callsOf(program.entries.find(({ name }) => name === entry)?.steps ?? []);
  const owners = attribution.ownersOf(entry, calls.length, sizes);
  return {
    target,
    case: subject.case,
    rows: subject.rows,
    runs: runs.length,
    wholeSeconds: medianOf(wholes),
    clockSeconds,
    calls: calls.map((placed, at): CallProfile => {
      const turns = turnsOf(placed.loops, sizes);
      const { bytes } = workOf(program, placed, sizes);
      const { parts, operations } = owners[at];
      return {
        kernel: program.kernels[placed.call.kernel]?.name ?? "",
        at: placed.at,
        turns,
        seconds: Math.max(0, medianOf(runs.map((one) => one[at] ?? NaN)) - turns * clockSeconds),
        flops: turns * operations,
        bytes,
        limitSeconds: turns * limits.secondsOf({ flops: operations, bytes: bytes / turns }),
        parts,
      };
    }),
  };
}
