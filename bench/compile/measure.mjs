/**
 * Compiles one network in a process of its own, from cold: prints what that took as JSON. Arguments: its place in networks.mjs, the target, the
 * folder of a build, and "usual" where that build knows no other limit on programs than its own.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { networks } from "./networks.mjs";

const [place, target, dist, limit] = process.argv.slice(2);
const { compile } = await import(pathToFileURL(path.join(dist, "index.js")));
const { source, operations } = networks[Number(place)];
const [before, start] = [process.cpuUsage(), performance.now()];
const raised = operations === undefined || limit === "usual" ? {} : { operations };
const result = compile({ name: "net.nn", source }, { target, bounds: { N: 8 }, ...raised });
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
};
process.stdout.write(JSON.stringify(row));
