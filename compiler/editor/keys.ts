/** Which keys a `train` and its steps may still have, and what is told of one. */
import { stepKeys, trainKeyDocs, trainKeys } from "../semantics/train-keys.ts";

export function keyDoc(key: string): string | undefined {
  const known = trainKeyDocs.get(key);
  return known && `${known.means} Takes ${known.takes}.`;
}

/** The keys of a place that are not there yet. */
export function missingKeys(place: "train" | "step", given: ReadonlySet<string>): readonly string[] {
  return (place === "train" ? trainKeys : stepKeys).filter((key) => !given.has(key));
}
