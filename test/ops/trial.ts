/**
 * Graphs to try an op with: its samples as inputs with their values, scalars of its results, and derivatives by differences,
 * which gradients must equal.
 */
import { constant } from "../../compiler/dimension/dimension.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { Attributes, TensorType, Value } from "../../compiler/graph/types.ts";
import type { Precision, TensorData } from "../../compiler/loops/interpret.ts";
import type { Sample } from "../../compiler/ops/define.ts";
import { countUp } from "../../compiler/ops/emit.ts";
import { operations } from "../../compiler/ops/index.ts";
import { gradients } from "../../compiler/passes/differentiate.ts";
import { apart, draw } from "./numbers.ts";

const dims = new Map([["N", 5]]);

export interface Case {
  readonly op: string;
  readonly name: string;
  readonly sample: Sample<Attributes>;
}

export const cases: readonly Case[] = operations.flatMap(({ name: op, samples }) =>
  samples.map((sample) => ({ op, name: sample.name, sample })),
);

/** A graph under construction and the values of its inputs. */
export class Trial {
  readonly builder = new GraphBuilder();
  readonly values = new Map<string, TensorData>();

  input(name: string, type: TensorType, value: TensorData): Value {
    this.values.set(name, value);
    return this.builder.one("input", [], { name, role: "input", dtype: type.dtype, shape: type.shape });
  }

  /** An f32 input of this type, its values drawn. */
  weights(name: string, like: Value, seed: number): Value {
    const type = this.builder.typeOf(like);
    const shape = type.shape.map((size) => Number(size.key));
    return this.input(name, type, {
      shape,
      data: draw(
        "f32",
        shape.reduce((a, b) => a * b, 1),
        seed,
      ),
    });
  }

  /** Σ weights · value: a scalar that depends on every element. */
  scalarOf(value: Value, name: string, seed: number): Value {
    const product = this.builder.one("mul", [value, this.weights(name, value, seed)]);
    return this.builder.one("sum", [product], { axes: countUp(this.builder.typeOf(value).shape.length) });
  }

  graph(value: Value): Graph {
    return this.builder.finish([{ name: "y", role: "result", value }]);
  }
}

export function inputsOf({
  inputs,
}: Sample<Attributes>): readonly { readonly type: TensorType; readonly value: TensorData }[] {
  return inputs.map(({ dtype, shape, data, range }, position) => ({
    type: { dtype, shape: shape.map(constant) },
    value: {
      shape,
      data:
        data ??
        draw(
          dtype,
          shape.reduce((a, b) => a * b, 1),
          position + 1,
          range,
        ),
    },
  }));
}

export function trialOf({ op, sample }: Case): {
  readonly trial: Trial;
  readonly inputs: readonly Value[];
  readonly output: Value;
} {
  const trial = new Trial();
  const inputs = inputsOf(sample).map(({ type, value }, position) => trial.input(`x${position}`, type, value));
  return { trial, inputs, output: trial.builder.one(op, inputs, sample.attributes) };
}

export function run(graph: Graph, values: ReadonlyMap<string, TensorData>, precision: Precision = "f64"): TensorData {
  const result = evaluateGraph(graph, { inputs: values, dims, precision }).get("y");
  if (result === undefined) throw new Error("no result");
  return result;
}

/** The derivative of a scalar graph at each element of an input, by central differences. */
function differences(graph: Graph, values: ReadonlyMap<string, TensorData>, name: string): readonly number[] {
  const input = values.get(name);
  if (input === undefined) throw new Error(`no input ${name}`);
  const h = 1e-5;
  const moved = (position: number, by: number): number => {
    const data = Array.from(input.data).with(position, input.data[position] + by);
    return run(graph, new Map(values).set(name, { shape: input.shape, data })).data[0];
  };
  return Array.from(input.data, (_, position) => (moved(position, h) - moved(position, -h)) / (2 * h));
}

/** Where the gradient of a scalar at an input is not what differences say; no gradient must mean that nothing moves. */
export function gradientErrors(trial: Trial, of: Value, wrt: Value, name: string): readonly string[] {
  const expected = differences(trial.graph(of), trial.values, name);
  const gradient = gradientOf(trial, of, wrt);
  const actual = gradient === undefined ? expected.map(() => 0) : run(trial.graph(gradient), trial.values).data;
  return apart(actual, expected, 1e-6);
}

export function gradientOf(trial: Trial, of: Value, wrt: Value): Value | undefined {
  const result = gradients(trial.builder, of, [wrt]);
  if ("kind" in result) throw new Error(`${result.node.op} has no gradient`);
  return result[0];
}

/** The positions of float inputs of an op with a float result. */
export function floats({ inputs, output, trial }: ReturnType<typeof trialOf>): readonly number[] {
  const isFloat = (value: Value): boolean => trial.builder.typeOf(value).dtype === "f32";
  return isFloat(output) ? countUp(inputs.length).filter((position) => isFloat(inputs[position])) : [];
}
