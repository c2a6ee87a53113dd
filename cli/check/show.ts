/** The models of a file as `check` shows them: tables for people, plain data for programs. */
import { numbered } from "../../compiler/diagnostics/lists.ts";
import { constantValue, printShape } from "../../compiler/dimension/dimension.ts";
import type { Dimension } from "../../compiler/dimension/dimension.ts";
import { describe, printCount } from "../../compiler/elaborate/describe.ts";
import type { LayerDescription, ModelDescription } from "../../compiler/elaborate/describe.ts";
import type { Elaboration } from "../../compiler/elaborate/types.ts";
import type { HostInput } from "../../compiler/program/host.ts";
import type { Program } from "../../compiler/program/types.ts";
import { formatBytes, formatCount } from "../output/numbers.ts";
import type { Look } from "../output/style.ts";
import { left, right, table } from "../output/table.ts";
import { wrap } from "../output/wrap.ts";
import { costsOf } from "./cost.ts";

type Typed = Pick<HostInput, "name" | "dtype" | "shape">;

/** A file as one of its trains builds it. */
export interface Part {
  /** Missing where the file has mistakes. */
  readonly elaboration?: Elaboration;
  /** Missing where a dimension has no value. */
  readonly program?: Program;
  /** What the program's kernels would need in any order. */
  readonly leastBytes?: number;
}

interface Shown extends Omit<Part, "elaboration"> {
  readonly model: ModelDescription;
}

/** The models of all trains, each once, with the first program that has it; what any of the trains moves is trained. */
function modelsOf(parts: readonly Part[]): readonly Shown[] {
  const found = new Map<string, Shown>();
  for (const { elaboration, ...built } of parts) {
    const models = elaboration === undefined ? [] : describe(elaboration);
    for (const model of models) {
      const known = found.get(model.name);
      found.set(
        model.name,
        known === undefined ? { model, ...built } : { ...known, model: joined(known.model, model) },
      );
    }
  }
  return [...found.values()];
}

function joined(first: ModelDescription, second: ModelDescription): ModelDescription {
  const others = new Map(second.layers.map(({ path, still = [] }) => [path, new Set(still)]));
  const layers = first.layers.map((layer): LayerDescription => {
    const still = layer.still?.filter((name) => others.get(layer.path)?.has(name) ?? true);
    return { ...layer, still };
  });
  return { ...first, layers };
}

/** Sizes are numbers where they are known, else polynomials as text. */
export function jsonOf(parts: readonly Part[]): readonly object[] {
  const tensors = (list: readonly Typed[]): readonly object[] =>
    list.map(({ name, dtype, shape }) => ({ name, dtype, shape: shape.map(sizeOf) }));
  return modelsOf(parts).map(({ model, program, leastBytes }) => ({
    name: model.name,
    parameters: sizeOf(model.parameters),
    inputs: tensors(model.inputs),
    outputs: tensors(model.outputs),
    peakBytes: program?.arenaBytes ?? null,
    leastBytes: leastBytes ?? null,
    flops: flopsOf(model, program) ?? null,
    layers: model.layers.map(({ path, block, output, parameters, still = [] }) => ({
      path,
      block,
      output: output === undefined ? null : output.shape.map(sizeOf),
      parameters: sizeOf(parameters),
      ...(still.length === 0 ? {} : { notTrained: still }),
    })),
  }));
}

/** A table for each model, then what each train's program needs. */
export function textOf(parts: readonly Part[], look: Look): string {
  const models = modelsOf(parts).map(({ model, program }) => modelText(model, program, look));
  const needs = parts.flatMap(({ elaboration, ...part }) =>
    elaboration === undefined ? [] : [`${wrap(totals(elaboration, part), look.width)}\n`],
  );
  return [...models, ...(needs.length === 0 ? [] : [[...new Set(needs)].join("")])].join("\n");
}

function modelText(model: ModelDescription, program: Program | undefined, look: Look): string {
  const { name, inputs, outputs, layers, parameters } = model;
  const typed = inputs.map((one) => `${one.name}: ${one.dtype === "f32" ? "" : one.dtype}${printShape(one.shape)}`);
  const signature = `(${typed.join(", ")}) -> ${outputs.map(({ shape }) => printShape(shape)).join(", ")}`;
  const flops = flopsOf(model, program);
  const cost = flops === undefined ? "" : `, ${formatCount(flops)} operations for one row`;
  const count = `${printCount(parameters)} ${numbered(constantValue(parameters) ?? 2, "parameter")}`;
  const head = wrap(`${name}${signature}`, look.width).slice(name.length);
  return `${look.paint("strong", name)}${head}\n${layerTable(layers, look)}  ${count}${cost}\n`;
}

function layerTable(layers: readonly LayerDescription[], { paint, width }: Look): string {
  const columns = [left("layer"), left("block"), left("output"), right("parameters"), left("")] as const;
  const some = layers.some(({ still = [] }) => still.length > 0);
  const rows = layers.map(({ path, block, output, parameters, still = [] }) => {
    const count = constantValue(parameters) === 0 ? "" : printCount(parameters);
    return [path, block, output === undefined ? "in training" : printShape(output.shape), count, remark(path, still)];
  });
  return table(some ? columns : columns.slice(0, -1), rows, paint, { width });
}

/** `not trained`, or which of the layer's parameters are not where others are. */
function remark(path: string, still: readonly string[]): string {
  if (still.length === 0) return "";
  return `not trained: ${still.map((name) => name.slice(path.length + 1)).join(", ")}`;
}

function totals({ host, bounds }: Elaboration, { program, leastBytes = 0 }: Part): string {
  if (program === undefined) return "memory and cost are known once every dimension has a value";
  const sizes = [...bounds].map(([name, bound]) => `${name} ≤ ${bound}`).join(", ");
  const step = costsOf(program, new Map()).find(({ entry }) => entry === "train_step");
  const ratio =
    leastBytes === 0
      ? ""
      : ` (${(program.arenaBytes / leastBytes).toFixed(2)} times what any order of its steps needs)`;
  const memory = `memory ${formatBytes(program.arenaBytes)}${sizes === "" ? "" : ` for ${sizes}`}${ratio}`;
  if (step === undefined || host.train === undefined) return memory;
  const cost = `${formatCount(step.flops)} operations, ${formatBytes(step.bytes)} moved`;
  return `${memory}; a training step of ${host.train.label}: ${cost}`;
}

/** Of a prediction from one row: the leading dimension of the inputs is 1. */
function flopsOf({ name, inputs }: ModelDescription, program: Program | undefined): number | undefined {
  if (program === undefined) return undefined;
  const entry = program.host.models.find((model) => model.name === name)?.entry;
  const one = new Map(inputs.flatMap(({ shape: [first] }) => (first === undefined ? [] : [[first.key, 1] as const])));
  return costsOf(program, one).find((cost) => cost.entry === entry)?.flops;
}

function sizeOf(size: Dimension): number | string {
  return constantValue(size) ?? size.key;
}
