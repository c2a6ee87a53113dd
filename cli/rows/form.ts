/** In which form rows come and predictions go: told by a file's name, else by its first bytes. */

export const forms = ["csv", "json", "npy", "idx"] as const;

/** `json` is one JSON value a line. */
export type Form = (typeof forms)[number];

const endings: readonly (readonly [RegExp, Form])[] = [
  [/\.(csv|tsv)$/i, "csv"],
  [/\.(json|jsonl|ndjson)$/i, "json"],
  [/\.npy$/i, "npy"],
  // The names of MNIST: train-images-idx3-ubyte.
  [/\.idx$|[.-]idx\d-\w+$/i, "idx"],
];

/** By the end of a name, behind which `.gz` may stand; undefined where it does not tell. */
export function formOfName(name: string): Form | undefined {
  const bare = name.replace(/\.gz$/i, "");
  return endings.find(([ending]) => ending.test(bare))?.[1];
}

/** NPY and IDX have magic numbers, JSON begins with a bracket; else CSV. */
export function formOfBytes(bytes: Uint8Array): Form {
  if (bytes[0] === 0x93 && bytes[1] === 0x4e) return "npy";
  if (bytes[0] === 0 && bytes[1] === 0) return "idx";
  const first = bytes.find((byte) => byte > 32 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
  return first === 0x7b || first === 0x5b ? "json" : "csv";
}
