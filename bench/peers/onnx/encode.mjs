/**
 * ONNX files: the part of their protobuf schema (onnx.proto) that the models here use, written field by field.
 */

const types = { float: 1, int32: 6, int64: 7 };
const attributeTypes = { float: 1, int: 2, ints: 7 };

/** `{ name, inputs, outputs, nodes, initializers }` to bytes; see the functions below for the forms of each. */
export function encodeModel({ name, inputs, outputs, nodes, initializers }) {
  const graph = message([
    ...nodes.map((one) => field(1, node(one))),
    field(2, text(name)),
    ...initializers.map((one) => field(5, tensor(one))),
    ...inputs.map((one) => field(11, valueInfo(one))),
    ...outputs.map((one) => field(12, valueInfo(one))),
  ]);
  const operators = message([field(1, text("")), number(2, 20)]);
  return message([number(1, 9), field(7, graph), field(8, operators)]);
}

/** `{ op, inputs, outputs, attributes: { axis: { int: 1 } } }`. */
function node({ op, inputs, outputs, attributes = {} }) {
  return message([
    ...inputs.map((input) => field(1, text(input))),
    ...outputs.map((output) => field(2, text(output))),
    field(4, text(op)),
    ...Object.entries(attributes).map(([name, value]) => field(5, attribute(name, value))),
  ]);
}

function attribute(name, value) {
  const [[kind, content]] = Object.entries(value);
  const encoded = {
    float: () => [Buffer.concat([varint((2 << 3) | 5), bytesOf(Float32Array.of(content))])],
    int: () => [number(3, content)],
    ints: () => content.map((one) => number(8, one)),
  }[kind]();
  return message([field(1, text(name)), ...encoded, number(20, attributeTypes[kind])]);
}

/** `{ name, type, shape, data }`, the data a typed array. */
function tensor({ name, type, shape, data }) {
  return message([
    ...shape.map((size) => number(1, size)),
    number(2, types[type]),
    field(8, text(name)),
    field(9, bytesOf(data)),
  ]);
}

/** `{ name, type, shape }`. */
function valueInfo({ name, type, shape }) {
  const dims = message(shape.map((size) => field(1, number(1, size))));
  const tensorType = message([number(1, types[type]), field(2, dims)]);
  return message([field(1, text(name)), field(2, field(1, tensorType))]);
}

const message = (fields) => Buffer.concat(fields);
const text = (string) => Buffer.from(string, "utf8");
const bytesOf = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
/** A field of bytes, strings or messages. */
const field = (tag, content) => Buffer.concat([varint((tag << 3) | 2), varint(content.length), content]);
const number = (tag, value) => Buffer.concat([varint(tag << 3), varint(value)]);

function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
