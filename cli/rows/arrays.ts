/** Predictions as arrays: NPY as NumPy writes it (version 1), and IDX. All rows one after the other, the last axis fastest. */
import type { ElementType } from "../../compiler/loops/types.ts";

/** Of what a network answers, and of answers in units that need more than 32 bits. */
export type ArrayType = ElementType | "f64";

/** The array as it is made: how it begins, and each part's elements in its own order of bytes. */
export interface ArrayForm {
  readonly head: (dtype: ArrayType, shape: readonly number[]) => Uint8Array;
  readonly part: (dtype: ArrayType, data: Float32Array | Int32Array | Float64Array) => Uint8Array;
}

const npyTypes: Readonly<Record<ArrayType, string>> = { f64: "<f8", f32: "<f4", i32: "<i4", bool: "|b1" };
const idxTypes: Readonly<Record<ArrayType, number>> = { f64: 0x0e, f32: 0x0d, i32: 0x0c, bool: 0x08 };

export const npy: ArrayForm = {
  head: (dtype, shape) => {
    const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
    const text = `{'descr': '${npyTypes[dtype]}', 'fortran_order': False, 'shape': (${tuple}), }`;
    // The elements begin at a multiple of 64; a line end closes the header.
    const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
    const start = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 0xff, length >> 8);
    return Buffer.concat([start, Buffer.from(`${text.padEnd(length - 1)}\n`, "latin1")]);
  },
  part: (dtype, data) => (dtype === "bool" ? Uint8Array.from(data) : new Uint8Array(data.slice().buffer)),
};

export const idx: ArrayForm = {
  head: (dtype, shape) => {
    const bytes = new Uint8Array(4 + shape.length * 4);
    const view = new DataView(bytes.buffer);
    view.setUint8(2, idxTypes[dtype]);
    view.setUint8(3, shape.length);
    for (const [axis, size] of shape.entries()) view.setUint32(4 + axis * 4, size);
    return bytes;
  },
  part: (dtype, data) => {
    if (dtype === "bool") return Uint8Array.from(data);
    const bytes = new Uint8Array(data.byteLength);
    const view = new DataView(bytes.buffer);
    for (const [at, value] of data.entries())
      if (dtype === "f64") view.setFloat64(at * 8, value);
      else if (dtype === "f32") view.setFloat32(at * 4, value);
      else view.setInt32(at * 4, value);
    return bytes;
  },
};
