/** Machines as data: what the scheduler must know of a target, and nothing that could change a value. */

export interface Machine {
  readonly name: string;
  /** Numbers that one vector operation works on. */
  readonly lanes: 1 | 4;
  /** The register tile of a contraction, in elements. */
  readonly tile: { readonly rows: number; readonly columns: number };
  /** Accumulators that stay in registers. */
  readonly accumulators: number;
  /**
   * Values that straight code may load and add up. An engine that loads all that a piece of it needs before it computes puts more than
   * its registers hold into memory, and takes them back from there: a few do no harm, many cost half the time.
   */
  readonly registers: number;
  /** How many nested loops of a grid may be parallel; the axes before them are collapsed. */
  readonly parallelLoops: number;
  /** Whether a worker may keep copies of what a block of tiles reads in private arrays. */
  readonly panels: boolean;
  /** Engines that give registers to whole functions keep a tile's loop free if its epilogue reads the sums from memory. */
  readonly epilogueFromMemory: boolean;
  /**
   * Whether a program is to be short, for a few percent of its time: a border has one form, rows that are left over have none for few of them, and
   * what fits the cache is read where it is.
   */
  readonly brief: boolean;
  /** Whether one thread takes all columns of a row that comes alone, where threads would share them and minibatches have more rows. */
  readonly rowsAlone: boolean;
}

/** Plain JavaScript: scalars, 4×4 of them in registers. */
export const javascript: Machine = {
  name: "javascript",
  lanes: 1,
  tile: { rows: 4, columns: 4 },
  accumulators: 16,
  registers: Infinity,
  parallelLoops: Infinity,
  panels: false,
  epilogueFromMemory: false,
  brief: false,
  rowsAlone: false,
};

/**
 * WebAssembly with 128-bit vectors. Four rows of eight columns: 8 accumulators, 2 vectors of one operand, 4 splats of the other
 * and a product are the 15 registers that V8 leaves (it loads all that a turn needs before it computes). With more sums
 * in a tile some would wait in memory, and each addition for that.
 */
export const simd: Machine = {
  name: "simd",
  lanes: 4,
  tile: { rows: 4, columns: 8 },
  accumulators: 8,
  registers: 24,
  parallelLoops: Infinity,
  panels: true,
  epilogueFromMemory: true,
  brief: false,
  rowsAlone: false,
};

/** For inference, where rows come one by one. */
export const aloneSimd: Machine = { ...simd, name: "simd-alone", rowsAlone: true };

/** For inference that is sent to others: short, and as fast for a single row. */
export const briefJavascript: Machine = {
  ...javascript,
  name: "javascript-brief",
  tile: { rows: 1, columns: 4 },
  brief: true,
};
export const briefSimd: Machine = {
  ...aloneSimd,
  name: "simd-brief",
  registers: 0,
  epilogueFromMemory: false,
  brief: true,
};

/** For training in a page that is to load soon: as fast as `simd` where rows come in fours. */
export const compactSimd: Machine = { ...simd, name: "simd-compact", brief: true };

/** A GPU interface over a CPU: threads, each with a 4×4 tile of scalars, no memory shared between them. */
export const cpuAdapter: Machine = {
  name: "cpu-adapter",
  lanes: 1,
  tile: { rows: 4, columns: 4 },
  accumulators: 16,
  registers: Infinity,
  parallelLoops: 2,
  panels: false,
  epilogueFromMemory: false,
  brief: false,
  rowsAlone: false,
};
