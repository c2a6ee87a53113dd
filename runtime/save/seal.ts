/** Whether what a file holds is what was saved, by its checksums. Files of others have none and are taken as they are. */
import { damagedTensors } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { failure, quoted } from "./fail.ts";
import { checksumsOf, key } from "./integrity.ts";
import type { Saved } from "./saved.ts";

/** Throws NN0929. Who takes the first checksum out has changed the file on purpose. */
export function verifySeal(file: string, saved: Saved): void {
  const { metadata } = saved;
  if (!metadata.has(key)) return;
  for (const [name, found] of checksumsOf(saved)) {
    const expected = metadata.get(name);
    if (expected !== undefined && found !== expected)
      throw failure(
        damagedTensors,
        { file, expected: quoted(expected), found: quoted(found) },
        `where they were changed on purpose, take \`${key}\` out of the metadata`,
      );
  }
}
