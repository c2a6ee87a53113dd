/** Numbers that look random and are the same on every machine. */

/** A function that answers another number in [0, 1) at each call: mulberry32 (Tommy Ettinger, public domain). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A direction, every one as likely, without sine and cosine. */
export function direction(random) {
  for (;;) {
    const [across, down] = [2 * random() - 1, 2 * random() - 1];
    const length = Math.sqrt(across * across + down * down);
    if (length > 0.1 && length <= 1) return { across: across / length, down: down / length };
  }
}

/** A draw from the normal distribution, whose last digits may differ from machine to machine. */
export function normalFrom(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
