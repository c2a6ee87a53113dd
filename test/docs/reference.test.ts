/** The reference says what the code says: it is what `npm run reference` makes. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { docs, pageText } from "./blocks.ts";

interface Reference {
  readonly readCatalogues: () => Promise<unknown>;
  readonly referencePages: (code: unknown) => ReadonlyMap<string, string>;
}

// The script is plain JavaScript; this is its promise.
const { readCatalogues, referencePages } = (await import(
  pathToFileURL(path.resolve(docs, "../scripts/lib/reference.mjs")).href
)) as Reference;

test("docs/reference/ is what `npm run reference` makes of the code", async () => {
  const made = referencePages(await readCatalogues());
  const stale = [...made].filter(([name, text]) => pageText(`reference/${name}`) !== text).map(([name]) => name);
  expect(stale).toEqual([]);
  expect(readdirSync(path.join(docs, "reference")).toSorted()).toEqual([...made.keys()].toSorted());
}, 300_000);
