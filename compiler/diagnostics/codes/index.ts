/**
 * The catalogue: every code that the compiler, the runtime and the command can report. A new area adds its file to `areas`;
 * a file of an area exports definitions and nothing else.
 */
import { InternalError } from "../diagnostic.ts";
import type { DiagnosticDefinition } from "../diagnostic.ts";
import * as checkpoint from "./checkpoint.ts";
import * as data from "./data.ts";
import * as earlierRuns from "./earlier-runs.ts";
import * as fields from "./fields.ts";
import * as images from "./images.ts";
import * as internal from "./internal.ts";
import * as limits from "./limits.ts";
import * as names from "./names.ts";
import * as readers from "./readers.ts";
import * as rows from "./rows.ts";
import * as runtime from "./runtime.ts";
import * as scans from "./scans.ts";
import * as settings from "./settings.ts";
import * as shapes from "./shapes.ts";
import * as sizes from "./sizes.ts";
import * as syntax from "./syntax.ts";
import * as targets from "./targets.ts";
import * as tensors from "./tensors.ts";
import * as train from "./train.ts";
import * as windows from "./windows.ts";

type Area = Readonly<Record<string, DiagnosticDefinition<never>>>;

const areas: readonly Area[] = [
  checkpoint,
  data,
  earlierRuns,
  fields,
  images,
  internal,
  limits,
  names,
  readers,
  rows,
  runtime,
  scans,
  settings,
  shapes,
  sizes,
  syntax,
  targets,
  tensors,
  train,
  windows,
];

function collect(): ReadonlyMap<string, DiagnosticDefinition<never>> {
  const found = new Map<string, DiagnosticDefinition<never>>();
  for (const definition of areas.flatMap((area) => Object.values(area))) {
    if (found.has(definition.code)) throw new InternalError("diagnostics", `two definitions of ${definition.code}`);
    found.set(definition.code, definition);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every definition under its code, in the order of the codes. */
export const catalogue: ReadonlyMap<string, DiagnosticDefinition<never>> = collect();
