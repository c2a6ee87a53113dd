/** How weights are rounded to fewer bits: halves as IEEE 754 has them, steps of eight bits by the last axis, and what stays as it is. */
import { describe, expect, test } from "vitest";
import { halfOf, store } from "../../cli/export/storage.ts";
import type { Stored } from "../../cli/export/storage.ts";

const matrix = (values: readonly number[], ...shape: readonly number[]) => ({
  name: "w",
  shape,
  values: Float32Array.from(values),
});

describe("a half", () => {
  test.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [0.1, 0x2e66],
    [1 / 3, 0x3555],
    // The least normal number, and those below it.
    [2 ** -14, 0x0400],
    [2 ** -14 - 2 ** -24, 0x03ff],
    [2 ** -24, 0x0001],
    // Of two that are as near, the even one.
    [2 ** -25, 0x0000],
    [3 * 2 ** -25, 0x0002],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [2 - 2 ** -12, 0x4000],
    [1e-30, 0x0000],
  ])("of %d is %d", (value, bits) => {
    expect(halfOf(value)).toBe(bits);
  });

  test("every one that is finite comes back", () => {
    const finite = Array.from({ length: 0x7c00 }, (_, bits) => [bits, bits + 0x8000]).flat();
    const found = finite.filter((bits) => {
      const bytes = Uint16Array.of(bits, bits);
      const [value = NaN] = store(matrix([valueOf(bits), 0], 2, 1), "f16").values;
      return !Object.is(value, valueOf(bits)) || halfOf(value) !== bytes[0];
    });
    expect(found).toEqual([]);
  });

  /** From the definition: (−1)^s · 2^(e − 15) · 1.f, below the least normal number 2^−14 · 0.f. */
  function valueOf(bits: number): number {
    const [sign, e, f] = [bits >> 15 === 1 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
    return sign * (e === 0 ? 2 ** -14 * (f / 1024) : 2 ** (e - 15) * (1 + f / 1024));
  }
});

describe("steps of eight bits", () => {
  test("each channel, a place along the last axis, has the scale of its largest number", () => {
    const { form, channels, bytes, values } = store(matrix([127, 0.5, -63.6, 0.25, 0.4, -0.5], 3, 2), "int8");
    expect({ form, channels, scales: [...new Float32Array(bytes.slice(0, 8).buffer)] }).toEqual({
      form: "int8",
      channels: 2,
      scales: [1, Math.fround(0.5 / 127)],
    });
    expect([...new Int8Array(bytes.slice(8).buffer)]).toEqual([127, 127, -64, 64, 0, -127]);
    expect([...values].map((one) => Number(one.toFixed(4)))).toEqual([127, 0.5, -64, 0.252, 0, -0.5]);
  });

  test("a channel of zeros stays one, and no number is further off than half a step", () => {
    const given = Array.from({ length: 300 }, (_, at) => (at % 3 === 0 ? 0 : Math.sin(at) * 10 ** ((at % 3) - 2)));
    const { values } = store(matrix(given, 10, 10, 3), "int8");
    const largest = [0, 1, 2].map((channel) => Math.max(...given.filter((_, at) => at % 3 === channel).map(Math.abs)));
    values.forEach((value, at) => {
      expect(Math.abs(value - (given[at] ?? NaN))).toBeLessThanOrEqual(((largest[at % 3] ?? NaN) / 254) * 1.0001);
    });
  });
});

describe("what stays as it is", () => {
  const numbers = [1.1, 2.2, 3.3, 4.4];
  const forms = (tensor: ReturnType<typeof matrix>): readonly Stored["form"][] =>
    (["f32", "f16", "int8"] as const).map((storage) => store(tensor, storage).form);

  test.each([
    ["a matrix is rounded", matrix(numbers, 2, 2), ["raw", "f16", "int8"]],
    ["so is a kernel", matrix(numbers, 2, 1, 1, 2), ["raw", "f16", "int8"]],
    ["a vector is not", matrix(numbers, 4), ["raw", "raw", "raw"]],
    ["nor what has one number a channel", matrix(numbers, 1, 4), ["raw", "raw", "raw"]],
    ["a number that is not finite has no steps", matrix([1, NaN, 2, 3], 2, 2), ["raw", "raw", "raw"]],
    ["a number beyond halves has steps", matrix([1, 65505, 2, 3], 2, 2), ["raw", "raw", "int8"]],
  ])("%s", (_title, tensor, expected) => {
    expect(forms(tensor)).toEqual(expected);
  });

  test("to the bit, a NaN and whole numbers included", () => {
    for (const values of [Float32Array.of(NaN, -0, 1e-45, Infinity), Int32Array.of(1, -(2 ** 31))]) {
      const { bytes } = store({ name: "s", shape: [values.length, 1], values }, "int8");
      expect([...bytes]).toEqual([...new Uint8Array(values.buffer)]);
    }
  });
});
