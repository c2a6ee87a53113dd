/** What an ONNX model answers: names, classes and units as for `predict`, where rows may have open sizes, too. */
import type { Manifest } from "../../../compiler/program/artifact.ts";
import type { HostModel } from "../../../compiler/program/host.ts";
import { symbolsOf } from "../../../runtime/load/dimensions.ts";
import { interfaceOf, unitsOf } from "../../../runtime/predict/interface.ts";
import type { OutputField } from "../../../runtime/predict/interface.ts";
import type { Fitted } from "../../../runtime/save/fitted.ts";

export type OnnxOutput = Pick<OutputField, "name" | "classes" | "columns" | "units">;

export function outputsOf(manifest: Manifest, model: HostModel, fitted: Fitted): readonly OnnxOutput[] {
  const open = model.results.some(({ shape }) => symbolsOf(shape.slice(1), new Map()).length > 0);
  if (!open) return interfaceOf(manifest, { ...model, inputs: [] }, fitted).outputs;
  const train = manifest.host.train?.name === model.name ? manifest.host.train : undefined;
  return model.results.map(({ name, dtype }, at) => ({
    name,
    ...(at === 0 && dtype === "f32" && train?.target?.kind === "numbers" ? unitsOf(train, fitted) : {}),
  }));
}
