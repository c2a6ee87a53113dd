/**
 * Compiles one network in a process of its own, from cold: prints what that took as JSON. Arguments: its place in networks.mjs, the target, the
 * folder of a build, and "usual" where that build knows no other limit on programs than its own.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { networks } from "./networks.mjs";

const [place, target, dist, limit] = process.argv.slice(2);
const { compile } = await import(pathToFileURL(path.join(dist, "index.js")));
const { source, operations, bounds = { N: 8 }, feeds } = networks[Number(place)];
const [before, start] = [process.cpuUsage(), performance.now()];
const raised = operations === undefined || limit === "usual" ? {} : { operations };
const result = compile({ name: "net.nn", source }, { target, bounds, ...raised });
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(before);
if (!result.ok) throw new Error(result.diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"));
const { elaboration, built, artifact } = result;
const row = {
  seconds,
  cpuSeconds: (user + system) / 1e6,
  peakMB: process.resourceUsage().maxRSS / 1024,
  operations: built.operations ?? elaboration.operations,
  artifactKB: Object.values(artifact.files).reduce((sum, { length }) => sum + length, 0) / 1000,
  ...(feeds === undefined || target === "wgsl" ? {} : { stepMs: await stepTime() }),
};

/** The least of the training steps of a second, in milliseconds. */
async function stepTime() {
  const { load } = await import(pathToFileURL(path.join(dist, "runtime.js")));
  const net = await load(artifact, { seed: 7 });
  const end = performance.now() + 1000;
  const times = [];
  do {
    const begin = performance.now();
    await net.step(feeds);
    times.push(performance.now() - begin);
  } while (performance.now() < end);
  net.close();
  return times.reduce((least, time) => Math.min(least, time));
}

process.stdout.write(JSON.stringify(row));
