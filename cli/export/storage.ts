/**
 * How an export stores the numbers that last: as they are, or matrices and kernels in 16 bits or in 8. It is a property of the export alone: the
 * module makes 32-bit floats of them once, when it takes its weights, and computes with those.
 */
export const storages = ["f32", "f16", "int8"] as const;
export type Storage = (typeof storages)[number];

/** A tensor as the export has it: its bytes, and the values that the module makes of them. */
export interface Stored {
  readonly name: string;
  /** "raw" are 32 bits each, whatever they are of. */
  readonly form: "raw" | "f16" | "int8";
  readonly numbers: number;
  /** Of "int8": how many scales stand before the numbers, one for each place along the last axis. */
  readonly channels: number;
  readonly bytes: Uint8Array;
  readonly values: Float32Array | Int32Array;
}

/** One with a place in the memory of the module's kernels, by its first byte. */
export interface Placed extends Stored {
  readonly offset: number;
}

/** Where a module has its weights, and what they are. */
export interface Weights {
  readonly tensors: readonly Placed[];
  /** The name of the file beside the module that holds them, if one does. */
  readonly file?: string;
}

/** What a tensor is stored from. */
export interface Lasting {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** The largest number of 16 bits. */
const largestHalf = 65_504;
/** The largest step of a channel: -128 has no use, so that both signs are alike. */
const steps = 127;

/**
 * Matrices and kernels take the asked-for form: floats of two axes or more, of which a channel has two values or more. So vectors (biases, norms)
 * stay as they are, and a tensor with a number that the form cannot hold does: one that is not finite, or for 16 bits one beyond 65504.
 */
export function store(tensor: Lasting, storage: Storage): Stored {
  const { name, shape, values } = tensor;
  const channels = shape.at(-1) ?? 1;
  const isSmaller = values instanceof Float32Array && shape.length >= 2 && values.length >= 2 * channels;
  if (storage === "f32" || !isSmaller || !values.every(Number.isFinite)) return raw(name, values);
  if (storage === "int8") return inChannels(name, values, channels);
  return values.some((value) => Math.abs(value) > largestHalf) ? raw(name, values) : inHalves(name, values);
}

export function raw(name: string, values: Float32Array | Int32Array): Stored {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  return { name, form: "raw", numbers: values.length, channels: 0, bytes, values };
}

function inHalves(name: string, values: Float32Array): Stored {
  const halves = Uint16Array.from(values, halfOf);
  return {
    name,
    form: "f16",
    numbers: values.length,
    channels: 0,
    bytes: new Uint8Array(halves.buffer),
    values: Float32Array.from(halves, floatOf),
  };
}

/** The scales of the channels as 32-bit floats, then the steps. */
function inChannels(name: string, values: Float32Array, channels: number): Stored {
  const largest = new Float32Array(channels);
  values.forEach((value, at) => {
    largest[at % channels] = Math.max(largest[at % channels] ?? 0, Math.abs(value));
  });
  const scales = largest.map((one) => one / steps);
  const scaleAt = (at: number): number => scales[at % channels] ?? 0;
  const whole = Int8Array.from(values, (value, at) => (scaleAt(at) === 0 ? 0 : nearest(value / scaleAt(at))));
  return {
    name,
    form: "int8",
    numbers: values.length,
    channels,
    bytes: new Uint8Array(Buffer.concat([new Uint8Array(scales.buffer), new Uint8Array(whole.buffer)])),
    values: Float32Array.from(whole, (step, at) => step * scaleAt(at)),
  };
}

/** A tiny scale, rounded down to 32 bits, could leave its largest value beyond the last step. */
function nearest(value: number): number {
  return Math.max(-steps, Math.min(steps, Math.round(value)));
}

/** The bits of the nearest half, of two the even one (IEEE 754, binary16). */
export function halfOf(value: number): number {
  const size = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? 0x80_00 : 0;
  // Its unit in the last place: 2⁻²⁴ below the least normal number, 2⁻¹⁴.
  const exponent = Math.max(-14, size === 0 ? -14 : Math.floor(Math.log2(size)));
  const whole = roundEven(size / 2 ** (exponent - 10));
  // A fraction that is rounded up to 2048 is carried into the exponent.
  return sign + (whole < 1024 ? whole : ((exponent + 15) << 10) + (whole - 1024));
}

function roundEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

function floatOf(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits >= 0x80_00 ? -size : size;
}
