/**
 * A kernel and its limit take turns of a few milliseconds, so that what slows the machine slows both. What is told are the fastest samples of
 * each, which nobody disturbed where a call is short, and how long a call took in a turn beside one of the limit in the turn after it.
 */
import { median } from "../peers/statistics.mjs";

/** Calls are timed in groups of about this length, so that the clock's own cost does not show. */
const sampleMs = 0.1;
const turnMs = 2;
/** A turn of the limit is as long as the kernel's, so that both are disturbed alike, but not longer than this. */
const longestMs = 20;
const warmUpMs = 20;
/** A turn's first sample finds the caches full of the other's data; one that takes less than this is not counted. */
const coldMs = 2;
const fewest = 3;

/** Milliseconds of one call, in a group of them. */
function sample(call, group) {
  const begin = performance.now();
  for (let i = 0; i < group; i++) call();
  return (performance.now() - begin) / group;
}

/** Calls it until it is steady: the fastest call, and how many make a sample. */
function warmedUp(call) {
  const begun = performance.now();
  let callMs = sample(call, 1);
  while (performance.now() < begun + warmUpMs) callMs = Math.min(callMs, sample(call, 1));
  return { call, callMs, group: Math.max(1, Math.round(sampleMs / callMs)) };
}

/** Samples that take so many milliseconds together, one at least. */
function turn({ call, callMs, group }, milliseconds) {
  const samples = [];
  const first = sample(call, group);
  if (first * group >= coldMs) samples.push(first);
  const count = Math.max(1, Math.round(milliseconds / (callMs * group)));
  while (samples.length < count) samples.push(sample(call, group));
  return samples;
}

/**
 * `{ rounds, kernelMs, limitMs, turnRatio }`: the fastest call of each, and the median over the rounds of how many times as long as the
 * limit's call the kernel's took, by the means of their turns. `budgetMs`: when no round begins any more, but there are three at least.
 */
export function inTurns(kernelCall, limitCall, budgetMs) {
  const [kernel, limit] = [warmedUp(kernelCall), warmedUp(limitCall)];
  const limitTurnMs = Math.min(longestMs, Math.max(turnMs, kernel.callMs));
  const ratios = [];
  let [kernelMs, limitMs] = [Infinity, Infinity];
  for (const begun = performance.now(); ratios.length < fewest || performance.now() < begun + budgetMs;) {
    const [ofKernel, ofLimit] = [turn(kernel, turnMs), turn(limit, limitTurnMs)];
    kernelMs = Math.min(kernelMs, ...ofKernel);
    limitMs = Math.min(limitMs, ...ofLimit);
    ratios.push(mean(ofKernel) / mean(ofLimit));
  }
  return { rounds: ratios.length, kernelMs, limitMs, turnRatio: median(ratios) };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
