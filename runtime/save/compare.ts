/**
 * Whether the tensors in a file are those that a program has: every difference is found, so that one run tells all of
 * them.
 */
import { checkpointMismatch } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { nearest } from "../../compiler/diagnostics/suggest.ts";
import { failure, quoted, shapeText } from "./fail.ts";
import type { SavedTensor } from "./saved.ts";

export interface TensorType {
  readonly dtype: SavedTensor["dtype"];
  readonly shape: readonly number[];
}

/** `likely` is the extra tensor of the same type that a missing one was probably renamed from. */
export type Difference =
  | { readonly kind: "missing"; readonly name: string; readonly expected: TensorType; readonly likely?: string }
  | { readonly kind: "extra"; readonly name: string; readonly found: TensorType }
  | { readonly kind: "differs"; readonly name: string; readonly expected: TensorType; readonly found: TensorType };

/**
 * For how many missing tensors a likely new name is looked for, and among how many: two files of 10,000 strangers must
 * not take minutes.
 */
const renamesLookedUp = 20;
const candidatesLookedAt = 200;

/**
 * All differences: missing ones and those of another type in the order of the program, then extra ones in the order of
 * the file.
 */
function compareTensors(
  expected: ReadonlyMap<string, TensorType>,
  found: ReadonlyMap<string, TensorType>,
): readonly Difference[] {
  const extra = [...found].filter(([name]) => !expected.has(name));
  const differences: Difference[] = [];
  let lookUps = renamesLookedUp;
  for (const [name, type] of expected) {
    const other = found.get(name);
    if (other === undefined) differences.push(missing(name, type, lookUps-- > 0 ? extra : []));
    else if (!equal(type, other)) differences.push({ kind: "differs", name, expected: type, found: other });
  }
  return [...differences, ...extra.map(([name, type]) => ({ kind: "extra", name, found: type }) as const)];
}

/** Throws NN0921 with every difference, where there is one. */
export function requireSame(
  file: string,
  expected: ReadonlyMap<string, TensorType>,
  found: ReadonlyMap<string, TensorType>,
): void {
  const differences = compareTensors(expected, found);
  if (differences.length > 0) throw failure(checkpointMismatch, { file, differences: differences.map(describe) });
}

/**
 * For `start_from`: the names that agree, and a line for each that does not. A tensor of equal name and another shape
 * or type is an error (NN0921), since something else was meant to be loaded.
 */
export function commonTensors(
  file: string,
  expected: ReadonlyMap<string, TensorType>,
  found: ReadonlyMap<string, TensorType>,
): { readonly names: readonly string[]; readonly left: readonly string[] } {
  const differences = compareTensors(expected, found);
  const wrong = differences.filter(({ kind }) => kind === "differs");
  if (wrong.length > 0) throw failure(checkpointMismatch, { file, differences: wrong.map(describe) });
  return { names: [...expected.keys()].filter((name) => found.has(name)), left: differences.map(describe) };
}

/** One difference in words: what was expected, what was found. */
export function describe(difference: Difference): string {
  switch (difference.kind) {
    case "missing": {
      const likely = difference.likely === undefined ? "" : ` (renamed from ${quoted(difference.likely)}?)`;
      return `${quoted(difference.name)} is missing, expected ${typeText(difference.expected)}${likely}`;
    }
    case "extra":
      return `${quoted(difference.name)} is not in the program, found ${typeText(difference.found)}`;
    case "differs":
      return `${quoted(difference.name)}: expected ${typeText(difference.expected)}, found ${typeText(difference.found)}`;
    default: {
      const never: never = difference;
      return never;
    }
  }
}

function missing(name: string, expected: TensorType, extra: readonly (readonly [string, TensorType])[]): Difference {
  const alike = extra
    .filter(([, type]) => equal(type, expected))
    .slice(0, candidatesLookedAt)
    .map(([other]) => other);
  const likely = nearest(name, alike);
  return likely === undefined ? { kind: "missing", name, expected } : { kind: "missing", name, expected, likely };
}

function equal(a: TensorType, b: TensorType): boolean {
  return (
    a.dtype === b.dtype && a.shape.length === b.shape.length && a.shape.every((size, axis) => size === b.shape[axis])
  );
}

/** As a signature writes it: `[3, 4]`, `i32[3]`. */
function typeText({ dtype, shape }: TensorType): string {
  return `${dtype === "f32" ? "" : dtype}${shapeText(shape)}`;
}
