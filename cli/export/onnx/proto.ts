/**
 * Protocol Buffers as bytes: as much of the wire format as ONNX files need. A field is a number of the schema's with a value; a message is its
 * fields one after the other.
 */

/** The bytes of one field, its number in front. */
export type Field = Uint8Array;

const wire = { varint: 0, bytes: 2 } as const;

/** A whole number, also a negative one, which takes ten bytes. */
export function int(number: number, value: number | bigint): Field {
  return Buffer.concat([tag(number, wire.varint), varint(value)]);
}

export function bytes(number: number, content: Uint8Array): Field {
  return Buffer.concat([tag(number, wire.bytes), varint(content.length), content]);
}

export function text(number: number, content: string): Field {
  return bytes(number, Buffer.from(content, "utf8"));
}

/** A text that is left out where there is none. */
export function optionalText(number: number, content: string): readonly Field[] {
  return content === "" ? [] : [text(number, content)];
}

export function message(number: number, fields: readonly Field[]): Field {
  return bytes(number, concat(fields));
}

/** A message that stands alone. */
export function concat(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(fields);
}

function tag(number: number, type: number): Uint8Array {
  return varint((number << 3) | type);
}

/** Seven bits a byte, the lowest first. */
function varint(value: number | bigint): Uint8Array {
  const found: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) found.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...found, Number(rest)]);
}
