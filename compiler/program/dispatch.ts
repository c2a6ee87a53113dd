/** The dispatch list of the wgsl target: what to ask of a GPU for each entry. Plain data, a file of the artifact. */
import type { Dimension } from "../dimension/dimension.ts";

export interface DispatchList {
  readonly version: 1;
  /** The file with the shaders: a head, which all need, then one part for each kernel. */
  readonly shader: string;
  readonly head: TextRange;
  /** Members of the uniform `dims`, all i32, in order, after one that is always 0. */
  readonly dims: readonly string[];
  readonly points: readonly EntryPoint[];
  readonly entries: readonly {
    readonly name: string;
    readonly dispatches: readonly Dispatch[];
  }[];
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
}

/** Workgroups in the first dimension of a dispatch; what is more goes into the second. A limit that every device keeps. */
export const workgroupsInRow = 65_535;
