/**
 * No system is timed before it is seen to compute the same: the losses of the first steps, or the outputs, from the same weights on the
 * same minibatches as nnc.
 */

const steps = 3;
/** Of a loss, relative. */
const lossTolerance = 1e-3;
/** Of outputs, relative to the largest. */
const outputTolerance = 1e-3;

/** What a subject answers from its start: losses of training steps, or the values of one prediction. */
export async function answersOf({ activate, reset, call }, phase) {
  await activate?.();
  await reset();
  if (phase === "inference") return Float64Array.from(await call(0));
  const losses = [];
  for (let turn = 0; turn < steps; turn++) losses.push(await call(turn));
  return Float64Array.from(losses);
}

/** Why these are not the same answers; undefined where they are. */
export function disagreement(expected, found, phase) {
  if (expected.length !== found.length) return `answers ${found.length} values instead of ${expected.length}`;
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const tolerance = phase === "train" ? lossTolerance : outputTolerance;
  // A NaN is a disagreement too.
  const at = expected.findIndex((value, index) => !(Math.abs(found[index] - value) <= tolerance * largest));
  if (at < 0) return undefined;
  const what = phase === "train" ? `the loss of step ${at + 1}` : `output ${at}`;
  return `${what} is ${found[at]} instead of ${expected[at]}`;
}
