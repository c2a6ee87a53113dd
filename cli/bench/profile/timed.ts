/**
 * Entries that are run one piece at a time, with a clock between the pieces: what the runtime calls is the same, and so are the results. The clock is
 * read once for each piece; what that costs is measured by pieces that do nothing.
 */
import type { Loop, Step } from "../../../compiler/program/types.ts";
import { evaluate } from "../../../runtime/load/dimensions.ts";
import type { Executable } from "../../../runtime/load/executable.ts";
import { medianOf } from "../figures.ts";
import { nothing, turnOf } from "./pieces.ts";
import type { Piece } from "./pieces.ts";

export type Running = Extract<Executable, { readonly kind: "sync" }>;

/** An entry's pieces in the order in which they run. */
export interface Timetable {
  /** The open dimensions of the entry. */
  readonly dims: readonly string[];
  readonly steps: readonly TimedStep[];
  /** How many pieces there are. */
  readonly count: number;
}

type TimedStep =
  | { readonly kind: "piece"; readonly name: string; readonly dims: readonly string[]; readonly at: number }
  | { readonly kind: "loop"; readonly loop: Loop; readonly steps: readonly TimedStep[] };

/** The whole entry as one piece. */
export function wholeTimetable(name: string, dims: readonly string[]): Timetable {
  return { dims, steps: [{ kind: "piece", name, dims, at: 0 }], count: 1 };
}

/** `pieces` are those of the steps, in the order of the text. */
export function timetableOf(dims: readonly string[], steps: readonly Step[], pieces: readonly Piece[]): Timetable {
  let next = 0;
  const timed = (list: readonly Step[]): readonly TimedStep[] =>
    list.flatMap((step): readonly TimedStep[] => {
      if (step.kind === "loop") return [{ kind: "loop", loop: step, steps: timed(step.steps) }];
      const at = next++;
      const piece = pieces[at];
      return piece === undefined ? [] : [{ kind: "piece", name: piece.name, dims: piece.dims, at }];
    });
  return { dims, steps: timed(steps), count: pieces.length };
}

/** How many pieces that do nothing tell what the clock costs. */
const empty = 200;

export class TimedRuns {
  readonly executable: Running;
  readonly #inner: Running;
  readonly #tables: ReadonlyMap<string, Timetable>;
  readonly #now: () => number;
  #seconds = new Float64Array(0);

  /** `now` in milliseconds. */
  constructor(inner: Running, tables: ReadonlyMap<string, Timetable>, now: () => number) {
    this.#inner = inner;
    this.#tables = tables;
    this.#now = now;
    this.executable = { ...inner, run: (entry, dims) => this.#run(entry, dims) };
  }

  /** Seconds of each piece in the last run of an entry that has a timetable. */
  get last(): Float64Array {
    return this.#seconds.slice();
  }

  /** Seconds that the clock and the call of one piece take. */
  clock(): number {
    const steps = Array.from({ length: empty }, (_, at): TimedStep => ({ kind: "piece", name: nothing, dims: [], at }));
    const table = { dims: [], steps, count: empty };
    for (let warm = 0; warm < 10; warm += 1) this.#runTimed(table, []);
    return medianOf([...this.#seconds]);
  }

  #run(entry: string, dims: readonly number[]): void {
    const table = this.#tables.get(entry);
    if (table === undefined) this.#inner.run(entry, dims);
    else this.#runTimed(table, dims);
  }

  #runTimed({ dims: names, steps, count }: Timetable, dims: readonly number[]): void {
    const seconds = new Float64Array(count);
    const sizes = new Map(names.map((name, at) => [name, dims[at] ?? 0]));
    const [inner, now] = [this.#inner, this.#now];
    let before = now();
    const runAll = (list: readonly TimedStep[]): void => {
      for (const step of list) {
        if (step.kind === "loop") {
          const turn = turnOf(step.loop.index);
          const extent = evaluate(step.loop.extent, sizes);
          for (let done = 1; done <= extent; done += 1) {
            sizes.set(turn, done);
            runAll(step.steps);
          }
          continue;
        }
        inner.run(
          step.name,
          step.dims.map((name) => sizes.get(name) ?? 0),
        );
        const after = now();
        seconds[step.at] = (seconds[step.at] ?? 0) + (after - before) / 1000;
        before = after;
      }
    };
    runAll(steps);
    this.#seconds = seconds;
  }
}
