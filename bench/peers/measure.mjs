/**
 * One workload with one number of threads, in a process of its own (started by run.mjs): no system meets the just-in-time code, memory or
 * threads of another workload. Takes a request as a message and answers `{ rows, notes, problems, best, rejected }`.
 */
import { once } from "node:events";
import { answersOf, disagreement } from "./agree.mjs";
import { openPeak } from "./peak.mjs";
import { productSubjects } from "./products.mjs";
import { inRounds } from "./rounds.mjs";
import { summary } from "./statistics.mjs";
import { startingWeights } from "./systems/nnc.mjs";
import { systems } from "./systems/index.mjs";
import { trialOf } from "./trial.mjs";
import { batchesOf, workloads } from "./workloads.mjs";

/** The jobs of a workload: a training step, inference of each batch. */
function jobsOf({ name, phases, threads }) {
  const { batch, batches } = workloads[name];
  return phases.flatMap((phase) =>
    (phase === "train" ? [batch] : batches).map((rows) => ({ name, phase, batch: rows, threads })),
  );
}

const threadsOf = ({ threads }) => `${threads} thread${threads === 1 ? "" : "s"}`;

/** A peer that fails is told of, and the others are measured. */
async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    return { problem: error instanceof Error ? error.message.split("\n")[0] : String(error) };
  }
}

/**
 * `{ lacks }` where the system cannot take the job, `{ atLeastMs }` where a call takes longer than the limit, `{ problem }` where it should
 * but does not answer as nnc, else the subject.
 */
async function subjectOf(system, job, expected, limitMs) {
  const lacks = system.lacks(job);
  if (lacks !== undefined) return { lacks };
  const slow = system.mayBeSlow ? await trialOf(system, job, limitMs) : undefined;
  if (slow !== undefined) return slow;
  const subject = await attempt(() => system.create(job));
  if (subject.lacks !== undefined || subject.problem !== undefined) return subject;
  const { problem } = await attempt(async () => ({
    problem: disagreement(expected, await answersOf(subject, job.phase), job.phase),
  }));
  if (problem === undefined) return subject;
  await subject.close();
  const missing = system.cannot?.(problem);
  return missing === undefined ? { problem } : { lacks: missing };
}

/** nnc's TypeScript target on one thread, whichever systems are asked for: its kernels are tested against the interpreter. */
async function referenceAnswers(job) {
  const subject = await systems.find(({ name }) => name === "nnc-typescript").create({ ...job, threads: 1 });
  const answers = await answersOf(subject, job.phase);
  subject.close();
  return answers;
}

/** Measures one job with all systems that can take it. */
async function measured(job, data, chosen, { settings, peak, best }) {
  const label = `${job.name} ${job.phase}, batch ${job.batch}, ${threadsOf(job)}`;
  const expected = await referenceAnswers({ ...job, ...data });
  const found = [];
  for (const system of chosen)
    found.push({
      system: system.name,
      subject: await subjectOf(system, { ...job, ...data }, expected, settings.limitMs),
    });
  const { name: workload, ...rest } = job;
  const notes = found
    .map(({ system, subject: { lacks, problem, note } }) => ({
      system,
      workload,
      ...rest,
      note: lacks ?? problem ?? note,
    }))
    .filter(({ note }) => note !== undefined);
  const problems = found
    .filter(({ subject }) => subject.problem !== undefined)
    .map(({ system, subject }) => `${label}: ${system}: ${subject.problem}`);
  const subjects = found.filter(({ subject }) => subject.call !== undefined);
  const told = await timesOf(label, subjects, settings, peak, best);
  for (const { subject } of subjects) await subject.close();
  const timed = told.times.flatMap((rounds, at) => {
    const { system, subject } = subjects[at];
    // Who sits out most rounds may have none left where the machine turns out to be faster than it seemed then.
    if (rounds.length === 0) return [];
    return { system, workload, ...rest, ...summary(rounds), computed: subject.computed, all: subject.all };
  });
  const slow = found
    .filter(({ subject }) => subject.atLeastMs !== undefined)
    .map(({ system, subject: { atLeastMs } }) => ({ system, workload, ...rest, atLeastMs }));
  const rows = [...timed, ...slow];
  const unheard = told.times.flatMap((rounds, at) =>
    rounds.length === 0 ? [`${label}: ${subjects[at].system}: none of its turns was calm`] : [],
  );
  return {
    rows,
    notes,
    problems: [...problems, ...unheard, ...told.problems],
    best: told.best,
    rejected: told.rejected,
  };
}

/** The rounds, told on standard error; without times where a system fails or the machine was never calm. */
async function timesOf(label, subjects, settings, peak, best) {
  if (subjects.length === 0) return { times: [], problems: [], best, rejected: 0 };
  try {
    const { problem, ...told } = await inRounds(subjects, settings, peak, best);
    console.error(
      `${label}: ${told.rounds} rounds, ${told.rejected} turns rejected, peak ${told.best.toFixed(1)} GFLOP/s`,
    );
    return { ...told, problems: problem === undefined ? [] : [`${label}: ${problem}`] };
  } catch (error) {
    return { times: [], problems: [`${label}: ${error.message}`], best, rejected: 0 };
  }
}

/** The workload's jobs, one after the other. */
async function workload(request, peak) {
  const chosen = systems.filter(({ name }) => request.systems.includes(name));
  const weights = await startingWeights(request.name);
  const total = { rows: [], notes: [], problems: [], best: request.best, rejected: 0 };
  for (const job of jobsOf(request)) {
    const data = { weights, batches: batchesOf(workloads[job.name], job.batch) };
    const { rows, notes, problems, best, rejected } = await measured(job, data, chosen, {
      settings: request.settings,
      peak,
      best: total.best,
    });
    total.rows.push(...rows);
    total.notes.push(...notes);
    total.problems.push(...problems);
    total.best = best;
    total.rejected += rejected;
  }
  return total;
}

/** The products alone: rows `{ title, operations, threads, medianMs, minMs }`. */
async function products({ threads, settings, best: known }, peak) {
  const subjects = await productSubjects(threads);
  const { times, best, rejected, problems } = await timesOf(
    `products, ${threadsOf({ threads })}`,
    subjects,
    settings,
    peak,
    known,
  );
  const rows = times.map((rounds, at) => ({
    title: subjects[at].title,
    operations: subjects[at].operations,
    threads,
    ...summary(rounds),
  }));
  return { rows, notes: [], problems, best, rejected };
}

const [request] = await once(process, "message");
const peak = await openPeak(request.threads);
const answer = await (request.name === "products" ? products : workload)(request, peak);
await peak.close();
process.send(answer, () => process.exit());
