/** The dispatch list of the wgsl target: what to ask of a GPU for each entry. Plain data, a file of the artifact. */
import type { Dimension } from "../dimension/dimension.ts";
import type { SlotPlace } from "./types.ts";

export interface DispatchList {
  /** 2 where there is a loop or a move, which who knows version 1 alone would pass over. */
  readonly version: 1 | 2;
  /** The file with the shaders: a head, which all need, then one part for each kernel. */
  readonly shader: string;
  readonly head: TextRange;
  /** Members of the uniform `dims`, all i32, in order, after one that is always 0. */
  readonly dims: readonly string[];
  readonly points: readonly EntryPoint[];
  readonly entries: readonly DispatchEntry[];
}

export interface DispatchEntry {
  readonly name: string;
  readonly dispatches: readonly Dispatch[];
  /** Where one begins, the outer before the inner; absent where there is none. */
  readonly loops?: readonly DispatchLoop[];
}

/** Dispatches `from` to `to`, the latter not included, `extent` times. The index counts from 0; loops lie within each other or apart. */
export interface DispatchLoop {
  readonly index: string;
  readonly extent: Dimension;
  readonly from: number;
  readonly to: number;
}

/** Of the shader's file, in UTF-16 units. */
interface TextRange {
  readonly from: number;
  readonly to: number;
}

export interface EntryPoint {
  readonly name: string;
  /** The kernel's part. Compiled with the head alone, since a shader compiler reads all of a module for each entry point. */
  readonly part: TextRange;
  /** Threads of a workgroup. */
  readonly workgroup: number;
  /** How many threads have work; the others return at once. */
  readonly threads: Dimension;
}

export interface Dispatch {
  /** Into `points`. */
  readonly point: number;
  /** Where the kernel's buffers begin, in elements of the arena: the members of its uniform, all i32, in order. */
  readonly buffers: readonly number[];
  /** What is added to these; absent where nothing is. */
  readonly moves?: readonly Move[];
}

/** Adds how far the slot lies behind its stack's start to where one of the buffers begins. */
export interface Move extends SlotPlace {
  /** Which of the dispatch's. */
  readonly buffer: number;
}

/** Workgroups in the first dimension of a dispatch; what is more goes into the second. A limit that every device keeps. */
export const workgroupsInRow = 65_535;
