/** Reads ONNX files by the numbers of onnx.proto3, and prints what is in them. */

/** The fields of a message: numbers of varints, bytes of all else, in their order. */
type Message = readonly (readonly [number: number, value: bigint | Uint8Array])[];

function fieldsOf(bytes: Uint8Array): Message {
  const fields: (readonly [number, bigint | Uint8Array])[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    if ((tag & 7) === 0) fields.push([tag >> 3, varint()]);
    else if ((tag & 7) === 2) {
      const length = Number(varint());
      fields.push([tag >> 3, bytes.subarray(at, (at += length))]);
    } else throw new Error(`a field of wire type ${tag & 7}`);
  }
  return fields;
}

function all(message: Message, number: number): readonly Uint8Array[] {
  return message.flatMap(([own, value]) => (own === number && typeof value !== "bigint" ? [value] : []));
}

function texts(message: Message, number: number): readonly string[] {
  return all(message, number).map((value) => Buffer.from(value).toString("utf8"));
}

function numbers(message: Message, number: number): readonly number[] {
  return message.flatMap(([own, value]) => (own === number && typeof value === "bigint" ? [Number(value)] : []));
}

const types: Readonly<Record<number, string>> = { 1: "f32", 6: "i32", 7: "i64", 9: "bool", 11: "f64" };

export interface ReadTensor {
  /** `f32[2, 4]`. */
  readonly type: string;
  readonly data: Uint8Array;
}

export interface ReadModel {
  readonly version: number;
  readonly producer: string;
  readonly opset: number;
  readonly doc: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, ReadTensor>;
  /** A line for each input, node and output; what a loop runs is set in. */
  readonly text: string;
  /** What is said of each node. */
  readonly docs: ReadonlyMap<string, string>;
}

export function readModel(bytes: Uint8Array): ReadModel {
  const model = fieldsOf(bytes);
  const graph = fieldsOf(all(model, 7)[0]);
  const [set] = all(model, 8).map(fieldsOf);
  const nodes = all(graph, 1).map(fieldsOf);
  return {
    version: numbers(model, 1)[0],
    producer: texts(model, 2)[0],
    opset: numbers(set, 2)[0],
    doc: texts(graph, 10).join(""),
    metadata: new Map(
      all(model, 14)
        .map(fieldsOf)
        .map((entry) => [texts(entry, 1)[0], texts(entry, 2)[0]]),
    ),
    tensors: new Map(
      all(graph, 5)
        .map(fieldsOf)
        .map((tensor): [string, ReadTensor] => [
          texts(tensor, 8)[0],
          { type: `${types[numbers(tensor, 2)[0]]}[${numbers(tensor, 1).join(", ")}]`, data: all(tensor, 9)[0] },
        ]),
    ),
    text: printGraph(graph, "").join("\n"),
    docs: new Map(nodes.map((node) => [texts(node, 3)[0], texts(node, 6).join("")])),
  };
}

/** Graphs lie no deeper in one another than the test's. */
function printGraph(graph: Message, margin: string): readonly string[] {
  return [
    ...all(graph, 11).map((info) => `${margin}input ${printInfo(fieldsOf(info))}`),
    ...all(graph, 1).flatMap((node) => printNode(fieldsOf(node), margin)),
    ...all(graph, 12).map((info) => `${margin}output ${printInfo(fieldsOf(info))}`),
  ];
}

function printInfo(info: Message): string {
  const tensor = fieldsOf(all(fieldsOf(all(info, 2)[0]), 1)[0]);
  const sizes = all(fieldsOf(all(tensor, 2)[0]), 1)
    .map(fieldsOf)
    .map((size) => texts(size, 2)[0] ?? numbers(size, 1)[0]);
  return `${texts(info, 1)[0]}: ${types[numbers(tensor, 1)[0]]}[${sizes.join(", ")}]`;
}

function printNode(node: Message, margin: string): readonly string[] {
  const attributes = all(node, 5).map(fieldsOf);
  const bodies = attributes.flatMap((attribute) => all(attribute, 6));
  const settings = attributes.filter((attribute) => all(attribute, 6).length === 0).map(printAttribute);
  const call = `${texts(node, 4)[0]}${settings.length === 0 ? "" : `{${settings.join(", ")}}`}`;
  return [
    `${margin}${texts(node, 2).join(", ")} = ${call}(${texts(node, 1).join(", ")})`,
    ...bodies.flatMap((body) => printGraph(fieldsOf(body), `${margin}  `)),
  ];
}

/** The field that its type names, and no other. */
function printAttribute(attribute: Message): string {
  const [name] = texts(attribute, 1);
  const [type] = numbers(attribute, 20);
  if (type === 2) return `${name}: ${numbers(attribute, 3)[0]}`;
  if (type === 3) return `${name}: ${texts(attribute, 4)[0]}`;
  return `${name}: [${numbers(attribute, 8).join(", ")}]`;
}
