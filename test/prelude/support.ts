/** Metrics of a program over batches. */
import { compile } from "../../compiler/compile.ts";
import type { TargetName } from "../../compiler/program/artifact.ts";
import { load } from "../../runtime/load/index.ts";
import type { Inputs, MetricValue } from "../../runtime/load/index.ts";

/** By name; what is no single number as a flat list. */
export async function metricsOf(
  target: TargetName,
  source: string,
  batches: readonly Inputs[],
): Promise<Readonly<Record<string, unknown>>> {
  const result = compile({ name: "main.nn", source }, { target });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const net = await load(result.artifact);
  const { metrics } = net.evaluateSync(batches, { trusted: true });
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, plain(value)]));
}

function plain(value: MetricValue): number | readonly number[] {
  return typeof value === "number" ? value : [...value.data];
}
