/**
 * Interleaved rounds: in each, every subject gets a turn on the same minibatches. A peak loop runs before and after every turn; one during
 * which the machine was slower than a share of its best is rejected and repeated, for a while. So is a round whose turns turn out to be slow
 * against a best found later.
 */
import { setTimeout as pause } from "node:timers/promises";
import { median } from "./statistics.mjs";

/** Calls are timed in groups of about this length, so that the clock's own cost does not show. */
const sampleMs = 0.25;
const warmUpMs = 400;
/** Back to the starting weights after so many steps: else fast systems would train into other numbers than slow ones. */
const resetAfter = 512;
/** A turn's first sample finds the caches full of another's data; one that takes less than this is not counted. */
const coldMs = 1000;
/** Fewer calm rounds than this are not reported; the slowest system has so many, too. */
const fewest = 3;

/**
 * `subjects: [{ subject, … }]`, `peak: { measure }`, `best`: the fastest peak known; answers `{ best, rejected, rounds, times }`, `times`
 * by subject an array of rounds, each its samples in milliseconds. Who has used up `limitMs` sits out further rounds. Where the machine is
 * never calm, there are no times, but a `problem`.
 */
export async function inRounds(subjects, { rounds, calm, patienceMs, turnMs, limitMs }, peak, best) {
  const runners = [];
  for (const { subject } of subjects) runners.push(await warmedUp(subject, turnMs));
  const machine = watched(peak, best, calm, patienceMs);
  const kept = [];
  const calmOnes = () => kept.filter(({ speed }) => machine.isCalm(speed));
  while (calmOnes().length < rounds && machine.isHopeful()) {
    const good = calmOnes();
    const playing = runners.map(
      ({ spent }, at) => spent() < limitMs || good.filter(({ samples }) => at in samples).length < fewest,
    );
    const round = await oneRound(runners, playing, kept.length, machine);
    if (round !== undefined) kept.push(round);
  }
  const good = calmOnes();
  const spoilt = kept.filter((round) => !good.includes(round));
  const rejected = machine.rejected + spoilt.reduce((count, { samples }) => count + Object.keys(samples).length, 0);
  const told = { best: machine.fastest, rejected, rounds: good.length };
  if (good.length < Math.min(fewest, rounds)) {
    const problem =
      `the machine was too busy: only ${good.length} rounds had ${Math.round(calm * 100)} % of the peak of ${machine.fastest.toFixed(1)} GFLOP/s, and ` +
      `${rejected} turns had less; stop what else is running, or accept less with --calm`;
    return { ...told, times: [], problem };
  }
  return {
    ...told,
    times: runners.map((_, at) => good.flatMap(({ samples }) => (at in samples ? [samples[at]] : []))),
  };
}

/** The machine's fastest peak, how many turns it spoilt, and whether there is patience left for more of them. */
function watched(peak, best, calm, patienceMs) {
  let lost = 0;
  const machine = {
    fastest: best,
    rejected: 0,
    isCalm: (speed) => speed >= calm * machine.fastest,
    isHopeful: () => lost < patienceMs,
    async measure() {
      const speed = await peak.measure();
      machine.fastest = Math.max(machine.fastest, speed);
      return speed;
    },
    reject(milliseconds) {
      machine.rejected++;
      lost += milliseconds;
    },
  };
  return machine;
}

/**
 * Everybody's turn; who begins moves on with each round, so that nobody always follows the same neighbour. `{ speed, samples }`, `speed` the
 * slowest of its peaks, `samples` without those who sat out; undefined where patience ran out.
 */
async function oneRound(runners, playing, count, machine) {
  const samples = Array(runners.length);
  let speed = Infinity;
  for (let i = 0; i < runners.length; i++) {
    const at = (i + count) % runners.length;
    if (!playing[at]) continue;
    const turn = await calmTurn(runners[at], machine);
    if (turn === undefined) return undefined;
    samples[at] = turn.samples;
    speed = Math.min(speed, turn.speed);
  }
  return { speed, samples };
}

/** The runner's turn, again and again until the machine was calm before and after it. */
async function calmTurn(runner, machine) {
  while (machine.isHopeful()) {
    const begun = performance.now();
    // One's garbage is not to be collected in another's time.
    globalThis.gc?.();
    await pause(2);
    const before = await machine.measure();
    if (machine.isCalm(before)) {
      const samples = await runner.turn();
      const speed = Math.min(before, await machine.measure());
      if (machine.isCalm(speed)) return { speed, samples };
    } else {
      await pause(200);
    }
    machine.reject(performance.now() - begun);
  }
  return undefined;
}

/** Calls the subject until it is compiled and steady, and finds how many calls make a sample; a turn is at least one. */
async function warmedUp(subject, turnMs) {
  let from = 0;
  const take = async (milliseconds, group) => {
    await subject.activate?.();
    const samples = await (subject.turn ?? timed(subject))({
      from,
      milliseconds,
      group,
      reset: resetAfter,
      cold: coldMs,
    });
    from += samples.length * group;
    return samples;
  };
  const first = await take(warmUpMs, 1);
  const group = Math.max(1, Math.round(sampleMs / median(first)));
  let spent = 0;
  return {
    spent: () => spent,
    async turn() {
      const begun = performance.now();
      const samples = await take(turnMs, group);
      spent += performance.now() - begun;
      return samples;
    },
  };
}

/** The turn of a subject that is called here: milliseconds of a call in each sample. Where the first does not count, the turn begins after it. */
function timed({ call, reset }) {
  return async ({ from, milliseconds, group, reset: every, cold }) => {
    let next = from;
    let calls = 0;
    const sample = async () => {
      if (calls >= every) {
        await reset();
        calls = 0;
      }
      const begin = performance.now();
      for (let i = 0; i < group; i++) {
        const answer = call(next + i);
        // A synchronous answer is not made to wait for the event loop.
        if (answer instanceof Promise) await answer;
      }
      const time = performance.now() - begin;
      next += group;
      calls += group;
      return time;
    };
    await reset();
    let begun = performance.now();
    const first = await sample();
    const samples = [];
    if (first < cold) begun = performance.now();
    else samples.push(first / group);
    while (samples.length === 0 || performance.now() < begun + milliseconds) samples.push((await sample()) / group);
    return samples;
  };
}
