/** `start_from`: the tensors of a file that a program has under the same paths, and a line for each that is left. */
import { startFromFitted, startFromOther } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { View } from "../load/executable.ts";
import type { Network } from "../load/index.ts";
import { fittedFromMetadata, optionsFromMetadata } from "../save/read-checkpoint.ts";
import { commonTensors } from "../save/compare.ts";
import { warnNotFinite } from "../save/not-finite.ts";
import { refittings } from "../save/refitted.ts";
import { contradictions, sidesOf } from "../save/options.ts";
import { decode } from "../save/safetensors.ts";

export interface Started {
  readonly left: readonly string[];
  readonly warnings: readonly Diagnostic[];
}

/** Fills parameters and state, and the averages of the parameters. A shape that differs stops it (NN0921), and then nothing is changed. */
export function startFrom(network: Network, bytes: Uint8Array): Started {
  const file = "the file of `start_from`";
  const { tensors, metadata } = decode(file, bytes);
  const types = new Map(network.manifest.buffers.map(({ name, dtype }) => [name, dtype]));
  const expected = new Map(
    [...network.parameters, ...network.state].map(([name, { shape }]) => [
      name,
      { dtype: types.get(name) ?? "f32", shape } as const,
    ]),
  );
  const found = new Map([...tensors].filter(([name]) => !/^(optimizer\.|average\.|best:)/.test(name)));
  const { names, left } = commonTensors(file, expected, found);
  const taken = new Map<string, View>();
  for (const name of names) {
    const tensor = found.get(name);
    if (tensor === undefined) continue;
    // A bool takes a byte in a file and four in memory.
    const data = tensor.dtype === "bool" ? Int32Array.from(tensor.data) : tensor.data;
    taken.set(name, data);
    if (types.has(`average.${name}`)) taken.set(`average.${name}`, data);
  }
  network.put(taken);
  const warnings = [
    ...warnOptions(network, file, metadata),
    ...warnFitted(network, file, metadata),
    ...warnNotFinite(file, found),
  ];
  return { left, warnings };
}

function warnOptions(
  { manifest: { host } }: Network,
  file: string,
  metadata: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  const saved = optionsFromMetadata(file, metadata);
  const differing = saved === undefined || host.options === undefined ? [] : contradictions(saved, host.options);
  return differing.length === 0 ? [] : [diagnose(startFromOther, { file, ...sidesOf(differing) }, [])];
}

function warnFitted(
  { manifest: { host }, record }: Network,
  file: string,
  metadata: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  const saved = fittedFromMetadata(file, metadata);
  const inputs = new Set(host.train?.inputs.map(({ name }) => name));
  const differences = saved === undefined ? [] : refittings(saved, record.fitted, inputs);
  return differences.length === 0 ? [] : [diagnose(startFromFitted, { file, differences }, [])];
}
