/**
 * ONNX models as data, and as the bytes of a file. The numbers are those of the fields in onnx.proto3 of ONNX 1.12, which has opset 17 and IR
 * version 8; https://onnx.ai/onnx/repo-docs/IR.html says what they mean.
 */
import { bytes, concat, int, message, optionalText, text } from "./proto.ts";
import type { Field } from "./proto.ts";

export const opset = 17;
const irVersion = 8;

/** The types of elements that are used, with the numbers of TensorProto.DataType. */
const dataTypes = { f32: 1, i32: 6, i64: 7, bool: 9, f64: 11 } as const;

export type DataType = keyof typeof dataTypes;

/** The number of a type, as `Cast` takes it. */
export function dataTypeNumber(type: DataType): number {
  return dataTypes[type];
}

/** A tensor that is part of the file, row by row, its numbers in little-endian bytes. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A value's type; a size that is open is its name. */
export interface ValueInfo {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly (number | string)[];
  readonly doc?: string;
}

/** A whole number, several, a string, or what a loop runs. */
export type OnnxAttribute = number | string | readonly number[] | OnnxGraph;

export interface OnnxNode {
  readonly op: string;
  /** Told apart from all others. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  readonly doc: string;
}

export interface OnnxGraph {
  readonly name: string;
  /** Each after those that it reads. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly doc: string;
}

export interface OnnxModel {
  readonly graph: OnnxGraph;
  readonly metadata: ReadonlyMap<string, string>;
}

/** What a file of ours begins with: its IR version, its producer, and the number of its graph. */
export const onnxMark = /^.{4}nnc:/s;

export function encodeModel({ graph, metadata }: OnnxModel): Uint8Array {
  return concat([
    int(1, irVersion),
    text(2, "nnc"),
    message(7, graphFields(graph)),
    message(8, [text(1, ""), int(2, opset)]),
    ...[...metadata].map(([key, value]) => message(14, [text(1, key), text(2, value)])),
  ]);
}

function graphFields({ name, nodes, initializers, inputs, outputs, doc }: OnnxGraph): readonly Field[] {
  return [
    ...nodes.map((node) => message(1, nodeFields(node))),
    text(2, name),
    ...initializers.map((tensor) => message(5, tensorFields(tensor))),
    ...optionalText(10, doc),
    ...inputs.map((info) => message(11, infoFields(info))),
    ...outputs.map((info) => message(12, infoFields(info))),
  ];
}

function nodeFields({ op, name, inputs, outputs, attributes, doc }: OnnxNode): readonly Field[] {
  return [
    ...inputs.map((input) => text(1, input)),
    ...outputs.map((output) => text(2, output)),
    text(3, name),
    text(4, op),
    ...Object.entries(attributes).map(([key, value]) => message(5, [text(1, key), ...attributeFields(value)])),
    ...optionalText(6, doc),
  ];
}

/** The value, and its type by the number of AttributeProto.AttributeType. */
function attributeFields(value: OnnxAttribute): readonly Field[] {
  if (typeof value === "number") return [int(3, value), int(20, 2)];
  if (typeof value === "string") return [text(4, value), int(20, 3)];
  if (isGraph(value)) return [message(6, graphFields(value)), int(20, 5)];
  return [...value.map((one) => int(8, one)), int(20, 7)];
}

/** Whether it is what a loop runs. */
export function isGraph(value: OnnxAttribute): value is OnnxGraph {
  return typeof value === "object" && "nodes" in value;
}

function tensorFields({ name, type, shape, data }: OnnxTensor): readonly Field[] {
  return [...shape.map((size) => int(1, size)), int(2, dataTypes[type]), text(8, name), bytes(9, data)];
}

function infoFields({ name, type, shape, doc = "" }: ValueInfo): readonly Field[] {
  const sizes = shape.map((size) => message(1, [typeof size === "number" ? int(1, size) : text(2, size)]));
  const tensor = message(1, [int(1, dataTypes[type]), message(2, sizes)]);
  return [text(1, name), message(2, [tensor]), ...optionalText(3, doc)];
}
