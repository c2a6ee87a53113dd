/** The form of a manifest and of the dispatch list of wgsl, as schemas. */
import { targetNames } from "../../compiler/program/artifact.ts";
import type { Schema } from "./schema.ts";

/** What an i32 counts. */
const mostCount = 2 ** 31 - 1;

const text: Schema = { kind: "text" };
const names: Schema = list(text);
const offset: Schema = { kind: "whole", least: 0, most: Number.MAX_SAFE_INTEGER };
const index: Schema = { kind: "whole", least: 0, most: mostCount };
const count: Schema = { kind: "whole", least: 1, most: mostCount };
const safe: Schema = { kind: "whole", least: Number.MIN_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER };
const dtype = oneOf("f32", "i32", "bool");

const inner: Schema = { kind: "later", schema: () => dimension };
const pair = (kind: string, ...parts: readonly string[]): Schema =>
  fields({ kind: oneOf(kind), ...Object.fromEntries(parts.map((part) => [part, inner])) });
const atom: Schema = {
  kind: "variants",
  by: "kind",
  variants: {
    symbol: fields({ name: text }),
    quotient: pair("quotient", "numerator", "denominator"),
    remainder: pair("remainder", "numerator", "denominator"),
    maximum: pair("maximum", "left", "right"),
    minimum: pair("minimum", "left", "right"),
  },
};
const dimension: Schema = fields({ monomials: list(fields({ coefficient: safe, atoms: list(atom) })), key: text });
const shape = list(dimension);

const tensor = { name: text, buffer: text, dtype, shape };
const input = fields(tensor, { limit: count, probability: { kind: "flag" }, weighs: { kind: "flag" } });
const result = fields(tensor);
const roles = ["parameter", "state", "optimizer", "counter", "metric", "input", "result", "temporary", "segment"];

const train = fields(
  {
    name: text,
    label: text,
    inputs: list(input),
    losses: list(result, 1),
    evaluation: fields(
      { loss: result, metrics: list(result) },
      {
        losses: list(result, 1),
        whole: list(fields({ entry: text, inputs: list(fields({ input, from: text })), result })),
        units: fields({ mean: input, deviation: input }),
      },
    ),
    data: fields({ reader: text, settings: { kind: "record", item: { kind: "anything" } } }),
    batch: { kind: "either", text: "all", other: count },
    epochs: count,
    seed: safe,
  },
  {
    target: fields({ input: text, kind: oneOf("classes", "numbers") }, { logit: { kind: "flag" } }),
    loss: text,
    rates: list(result),
    probes: list(fields({ path: text, mean: text, spread: text, gradientNorm: text })),
    norms: list(fields(tensor, { limit: { kind: "number" } })),
    optimizer: text,
    stepsPerEpoch: count,
    followsEpochs: { kind: "flag" },
    reckonsWithEpochs: { kind: "flag" },
    stopEarly: index,
    startFrom: text,
    average: { kind: "number" },
  },
);

const option = (value: Schema): Schema => list(fields({ name: text, value, given: { kind: "flag" } }));

const call = { entry: text, inputs: list(input), results: list(result) };

const host = fields(
  {
    language: text,
    models: list(
      fields(
        { name: text, ...call, parameters: { kind: "number" } },
        { together: { kind: "flag" }, continuation: fields({ step: fields(call) }, { start: fields(call) }) },
      ),
    ),
    requirements: list(
      fields({
        entry: text,
        left: dimension,
        comparison: oneOf("equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"),
        right: dimension,
        message: text,
      }),
    ),
  },
  {
    train,
    options: fields(
      {
        consts: option({ kind: "plain" }),
        dims: option({ kind: "number" }),
        settings: option({ kind: "number" }),
      },
      { bounds: option({ kind: "number" }), winograd: { kind: "flag" } },
    ),
  },
);

export const manifestForm: Schema = fields(
  {
    name: text,
    target: oneOf(...targetNames),
    module: text,
    dims: list(fields({ name: text, bound: count })),
    buffers: list(fields({ name: text, role: oneOf(...roles), dtype, shape, offset, bytes: offset })),
    arenaBytes: offset,
    entries: list(fields({ name: text, inputs: names, results: names, dims: names })),
    host,
  },
  {
    relaxed: { kind: "flag" },
    threads: fields({
      module: text,
      flag: offset,
      control: offset,
      own: offset,
      ownBytes: offset,
      most: count,
      useful: count,
    }),
    checksums: { kind: "record", item: text },
    checksum: text,
  },
);

const range = fields({ from: index, to: index });

const move = fields(
  { buffer: index, times: { kind: "whole", least: -1, most: 1 }, plus: dimension, stride: dimension },
  { loop: text, modulo: count },
);

export const dispatchForm: Schema = fields({
  version: { kind: "whole", least: 1, most: 2 },
  shader: text,
  head: range,
  dims: names,
  points: list(fields({ name: text, part: range, workgroup: count, threads: dimension })),
  entries: list(
    fields(
      { name: text, dispatches: list(fields({ point: index, buffers: list(index) }, { moves: list(move) })) },
      { loops: list(fields({ index: text, extent: dimension, from: index, to: index })) },
    ),
  ),
});

function list(item: Schema, least = 0): Schema {
  return { kind: "list", item, least };
}

function oneOf(...values: readonly string[]): Schema {
  return { kind: "text", values };
}

function fields(required: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return { kind: "fields", fields: required, optional };
}
