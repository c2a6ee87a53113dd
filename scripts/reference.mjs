/** Writes the reference in `docs/reference/` anew, out of the code. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { ensureInstalled, root, writeWhole } from "./lib/project.mjs";

ensureInstalled();
const { readCatalogues, referencePages } = await import("./lib/reference.mjs");
const folder = path.join(root, "docs/reference");
mkdirSync(folder, { recursive: true });
for (const [name, text] of referencePages(await readCatalogues())) writeWhole(path.join(folder, name), text);
