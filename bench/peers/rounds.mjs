/**
 * Interleaved rounds: in each, every subject gets a turn on the same minibatches. A peak loop runs before and after; a round in which the
 * machine was slower than a share of its best is rejected and repeated, for a while.
 */
import { setTimeout as pause } from "node:timers/promises";
import { median } from "./statistics.mjs";

/** Calls are timed in groups of about this length, so that the clock's own cost does not show. */
const sampleMs = 0.25;
const warmUpMs = 400;
/** Back to the starting weights after so many steps: else fast systems would train into other numbers than slow ones. */
const resetAfter = 512;
/** Fewer calm rounds than this are not reported. */
const fewest = 3;

/**
 * `subjects: [{ subject, … }]`, `peak: { measure }`, `best`: the fastest peak known; answers `{ best, rejected, rounds, times }`, `times`
 * by subject an array of rounds, each its samples in milliseconds. Throws where the machine is never calm.
 */
export async function inRounds(subjects, { rounds, calm, patienceMs, turnMs }, peak, best) {
  const runners = [];
  for (const { subject } of subjects) runners.push(await warmedUp(subject, turnMs));
  const kept = [];
  let rejected = 0;
  let lost = 0;
  let fastest = Math.max(best, await peak.measure());
  const isCalm = ({ speed }) => speed >= calm * fastest;
  while (kept.filter(isCalm).length < rounds && lost < patienceMs) {
    const begun = performance.now();
    const before = await peak.measure();
    fastest = Math.max(fastest, before);
    if (before < calm * fastest) {
      await pause(200);
    } else {
      const samples = await oneRound(runners, kept.length + rejected);
      const after = await peak.measure();
      fastest = Math.max(fastest, after);
      const round = { speed: Math.min(before, after), samples };
      kept.push(round);
      if (isCalm(round)) continue;
      kept.pop();
    }
    rejected++;
    lost += performance.now() - begun;
  }
  const good = kept.filter(isCalm);
  rejected += kept.length - good.length;
  if (good.length < Math.min(fewest, rounds))
    throw new Error(
      `the machine was too busy: only ${good.length} of ${good.length + rejected} rounds had ${Math.round(calm * 100)} % of the peak of ${fastest.toFixed(1)} GFLOP/s; ` +
        "stop what else is running, or accept less with --calm",
    );
  return {
    best: fastest,
    rejected,
    rounds: good.length,
    times: runners.map((_, at) => good.map(({ samples }) => samples[at])),
  };
}

/** Everybody's turn; who begins moves on with each round, so that nobody always follows the same neighbour. */
async function oneRound(runners, count) {
  const samples = Array(runners.length);
  for (let i = 0; i < runners.length; i++) {
    const at = (i + count) % runners.length;
    // One's garbage is not to be collected in another's time.
    globalThis.gc?.();
    await pause(2);
    samples[at] = await runners[at].turn();
  }
  return samples;
}

/** Calls the subject until it is compiled and steady, and finds how many calls make a sample; a turn is at least one. */
async function warmedUp(subject, turnMs) {
  let from = 0;
  const take = async (milliseconds, group) => {
    await subject.activate?.();
    const samples = await (subject.turn ?? timed(subject))({ from, milliseconds, group, reset: resetAfter });
    from += samples.length * group;
    return samples;
  };
  const first = await take(warmUpMs, 1);
  const group = Math.max(1, Math.round(sampleMs / median(first)));
  return { turn: () => take(turnMs, group) };
}

/** The turn of a subject that is called here: milliseconds of a call in each sample. */
function timed({ call, reset }) {
  return async ({ from, milliseconds, group, reset: every }) => {
    const samples = [];
    await reset();
    const until = performance.now() + milliseconds;
    for (let turn = from, calls = 0; samples.length === 0 || performance.now() < until; turn += group, calls += group) {
      if (calls >= every) {
        await reset();
        calls = 0;
      }
      const begin = performance.now();
      for (let i = 0; i < group; i++) {
        const answer = call(turn + i);
        // A synchronous answer is not made to wait for the event loop.
        if (answer instanceof Promise) await answer;
      }
      samples.push((performance.now() - begin) / group);
    }
    return samples;
  };
}
