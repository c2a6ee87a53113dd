/** What the compiler reads: a file's name as diagnostics show it, with its text, and how long it may be. */

/** 1 MiB, in UTF-16 code units. */
export const maximalSourceLength = 1_048_576;

export interface Source {
  readonly name: string;
  readonly text: string;
}
