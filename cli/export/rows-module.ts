/** The module of a model that takes rows: all that its text holds. */
import type { HostModel } from "../../compiler/program/host.ts";
import { interfaceOf } from "../../runtime/predict/interface.ts";
import { dataRows, exampleRows, examplesOf } from "./examples.ts";
import { notesFor } from "./notes.ts";
import { frameOf } from "./program.ts";
import type { Exported } from "./program.ts";
import { predictingProgram, rowsAtOnce } from "./restrict.ts";
import type { ModuleParts } from "./module-parts.ts";

/** Throws NN0735, NN0755. */
export async function rowsParts(exported: Exported, model: HostModel): Promise<ModuleParts> {
  const { source, compiled, network } = exported;
  const { manifest } = compiled.artifact;
  const { fitted } = network.record;
  const outside = interfaceOf(manifest, model, fitted);
  const predicting = predictingProgram(exported, model, [model]);
  const { program } = predicting;
  const dims = program.entries.find(({ name }) => name === model.entry)?.dims ?? [];
  const bound = rowsAtOnce(program, dims);
  // The network may take fewer at once than the module.
  const together = Math.min(bound, rowsAtOnce(compiled.built.program, dims));
  const data = dataRows(source, manifest, outside, fitted);
  return {
    ...frameOf(exported, model, predicting, new Map(program.dims.map(({ name }) => [name, "_rows"]))),
    notes: notesFor(manifest.host.train, outside, bound),
    outside,
    fitted,
    dims: dims.length,
    placeOf: (buffer) => program.buffers.find(({ name }) => name === buffer),
    bound,
    data,
    examples: await examplesOf(
      exampleRows(data, outside, exported.format === "html" ? "page" : "module"),
      together,
      network,
      outside,
    ),
  };
}
