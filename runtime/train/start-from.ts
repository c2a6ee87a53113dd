/** `start_from`: the tensors of a file that a program has under the same paths, and a line for each that is left. */
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { View } from "../load/executable.ts";
import type { Network } from "../load/index.ts";
import { commonTensors, warnNotFinite } from "../save/compare.ts";
import { decode } from "../save/safetensors.ts";

export interface Started {
  readonly left: readonly string[];
  readonly warnings: readonly Diagnostic[];
}

/** Fills parameters and state, and the averages of the parameters. A shape that differs stops it (NN0921), and then nothing is changed. */
export function startFrom(network: Network, bytes: Uint8Array): Started {
  const file = "the file of `start_from`";
  const { tensors } = decode(file, bytes);
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
  return { left, warnings: warnNotFinite(file, found) };
}
