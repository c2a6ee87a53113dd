/**
 * Measures nnc and its peers and writes the report; README.md of bench/ says how and what the figures mean:
 *
 *     npm run bench:peers -- --workloads W1,W2 --phase train --threads 1 --out FILE
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { extrasOf } from "./extras.mjs";
import { optionsOf } from "./options.mjs";
import { machineOf } from "./report/machine.mjs";
import { writeReport } from "./report/write.mjs";
import { inferring, systems } from "./systems/index.mjs";

/** The answer of measure.mjs from a process of its own; throws where it ends without one. */
async function inProcess(request) {
  const child = fork(fileURLToPath(new URL("measure.mjs", import.meta.url)), { execArgv: ["--expose-gc"] });
  child.send(request);
  const [answer] = await Promise.race([once(child, "message"), once(child, "exit").then(([code]) => [{ code }])]);
  if (answer.code !== undefined) throw new Error(`${request.name}: its process ended with exit code ${answer.code}`);
  return answer;
}

async function main(options) {
  const { workloads, phases, threads, systems: names, settings, out, extras } = options;
  const run = {
    machine: machineOf(),
    versions: await versionsOf(names),
    command: process.argv.slice(2).join(" "),
    settings,
    ceilings: Object.fromEntries(threads.map((count) => [count, 0])),
    rejected: 0,
    rows: [],
    products: [],
    notes: [],
    problems: [],
  };
  const take = async (request, count, into) => {
    const asked = { ...request, threads: count, settings, best: run.ceilings[count] };
    const answer = await attempt(() => inProcess(asked), { rows: [], notes: [], best: asked.best, rejected: 0 });
    run.ceilings[count] = answer.best;
    run.rejected += answer.rejected;
    into.push(...answer.rows);
    run.notes.push(...answer.notes);
    run.problems.push(...answer.problems);
  };
  // One workload with all numbers of threads before the next: what is compared is measured within minutes.
  for (const name of workloads) for (const count of threads) await take({ name, phases, systems: names }, count, run.rows);
  if (extras) {
    for (const count of threads) await take({ name: "products" }, count, run.products);
    const { problems = [], ...found } = await attempt(() => extrasOf(workloads), {});
    run.problems.push(...problems);
    if (problems.length === 0) run.extras = found;
  }
  writeReport(out, run);
  for (const problem of run.problems) console.error(problem);
  return run.problems.length === 0 ? 0 : 1;
}

/** What fails is told of at the end, and does not take the rest of a long run with it. */
async function attempt(work, instead) {
  try {
    return await work();
  } catch (error) {
    return { ...instead, problems: [error instanceof Error ? error.message : String(error)] };
  }
}

async function versionsOf(names) {
  const chosen = systems.filter(({ name }) => names.includes(name));
  const versions = await Promise.all(chosen.map(async ({ name, version }) => [name, (await version()) ?? "absent"]));
  return Object.fromEntries(versions);
}

try {
  process.exitCode = await main(
    optionsOf(
      process.argv.slice(2),
      systems.map(({ name }) => name),
      inferring,
    ),
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
