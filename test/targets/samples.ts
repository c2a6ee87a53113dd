/** Every op's samples as the entries of one program, whose inputs and results have names of their own. */
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { Attributes } from "../../compiler/graph/types.ts";
import type { Machine } from "../../compiler/schedule/machine.ts";
import { buildProgram } from "../../compiler/middle.ts";
import type { Interpreted } from "../../compiler/loops/interpret.ts";
import type { Sample } from "../../compiler/ops/define.ts";
import { operations } from "../../compiler/ops/index.ts";
import type { Program } from "../../compiler/program/types.ts";
import { draw } from "../ops/numbers.ts";

export interface SampleCase {
  /** Its entry's name. */
  readonly title: string;
  readonly graph: Graph;
  readonly result: string;
  readonly inputs: ReadonlyMap<string, Interpreted>;
}

/** At which the entries are run. */
export const sampleDims: ReadonlyMap<string, number> = new Map([["N", 5]]);

export const sampleCases: readonly SampleCase[] = operations
  .flatMap(({ name, samples }) => samples.map((sample) => ({ name, sample })))
  .map(({ name, sample }, n) => caseOf(name, sample, n));

function caseOf(op: string, sample: Sample<Attributes>, n: number): SampleCase {
  const builder = new GraphBuilder();
  const inputs = new Map<string, Interpreted>();
  const values = sample.inputs.map(({ dtype, shape, data, range }, at) => {
    const name = `x${at}_${n}`;
    const count = shape.reduce((product, size) => product * size, 1);
    const drawn = data ?? draw(dtype, count, at + 1, range);
    inputs.set(name, { shape, data: Float64Array.from(dtype === "f32" ? drawn.map(Math.fround) : drawn) });
    return builder.one("input", [], { name, role: "input", dtype, shape: shape.map(constant) });
  });
  const result = `y_${n}`;
  const own = builder.one(op, values, sample.attributes);
  // An entry knows the open dimensions of its tensors only.
  const value = op === "dimension" ? builder.one("broadcast", [own], { shape: [symbol("N")], axes: [] }) : own;
  const graph = builder.finish([{ name: result, role: "result", value }]);
  return { title: `${op}: ${sample.name}`, graph, result, inputs };
}

export function sampleProgram(machine: Machine): Program {
  const entries = sampleCases.map(({ title, graph }) => ({ name: title, graph }));
  const host = { language: "1", models: [], requirements: [] };
  const elaboration = { name: "samples", entries, variables: [], bounds: sampleDims, host };
  return buildProgram(elaboration, machine, { verify: true }).program;
}
