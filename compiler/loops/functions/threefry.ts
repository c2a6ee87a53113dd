/**
 * Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011):
 * random bits as a pure function of a key and a counter.
 */
import type { Let } from "./builder.ts";
import { add, defineFunction, or, parameters, shiftLeft, shiftRightUnsigned, xor } from "./builder.ts";
import { i32 } from "../scalar.ts";
import type { Scalar } from "../types.ts";

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
const rounds = 20;
/** Keeps a key of zeros from giving zeros. */
const parity = 0x1bd11bda;

function rotateLeft(value: Scalar, by: number): Scalar {
  return or(shiftLeft(value, by), shiftRightUnsigned(value, 32 - by));
}

function threefry(let_: Let, [k0, k1, c0, c1]: readonly Scalar[]): readonly [Scalar, Scalar] {
  const schedule = [k0, k1, let_("k2", xor(xor(k0, k1), i32(parity)))];
  let x = let_("x", add(c0, k0));
  let y = let_("y", add(c1, k1));
  for (let round = 0; round < rounds; round += 1) {
    x = let_("x", add(x, y));
    y = let_("y", xor(rotateLeft(y, rotations[round % 8]), x));
    if (round % 4 !== 3) continue;
    const injection = (round + 1) / 4;
    x = let_("x", add(x, schedule[injection % 3]));
    y = let_("y", add(y, add(schedule[(injection + 1) % 3], i32(injection))));
  }
  return [x, y];
}

function word(index: 0 | 1): ReturnType<typeof defineFunction> {
  return defineFunction(
    {
      name: `threefry${index}`,
      summary: `Word ${index} of Threefry-2x32-20 for the key (k0, k1) and the counter (c0, c1).`,
      parameters: parameters("i32", "k0", "k1", "c0", "c1"),
      float64: "defined",
      cost: 40,
    },
    (let_, values) => threefry(let_, values)[index],
  );
}

export const threefry0 = word(0);
export const threefry1 = word(1);
