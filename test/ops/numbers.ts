/** Numbers for tests: repeatable values, compared within a tolerance. */
import type { ElementType } from "../../compiler/loops/types.ts";

/** Values of a small congruential generator (Park and Miller 1988), uniform in [0, 1). */
export function uniforms(count: number, seed: number): readonly number[] {
  let state = (seed * 7919 + 1) % 2147483647;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  });
}

/** f32: from `range`, −2 to 2 by default; i32: 0 to 4, bool: 0 or 1. */
export function draw(
  dtype: ElementType,
  count: number,
  seed: number,
  range?: readonly [number, number],
): readonly number[] {
  const [low, high] = range ?? [-2, 2];
  const whole = dtype === "bool" ? 2 : 5;
  return uniforms(count, seed).map((value) =>
    dtype === "f32" ? low + (high - low) * value : Math.floor(value * whole),
  );
}

/** The elements that are further apart than `tolerance`, relative above 1; equal NaNs and infinities are not apart. */
export function apart(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): readonly string[] {
  if (actual.length !== expected.length) return [`${actual.length} elements, not ${expected.length}`];
  return Array.from(expected).flatMap((value, i) => {
    const same = Object.is(actual[i], value) || actual[i] === value;
    const close = Math.abs(actual[i] - value) <= tolerance * Math.max(1, Math.abs(value));
    return same || close ? [] : [`element ${i} is ${actual[i]}, not ${value}`];
  });
}
