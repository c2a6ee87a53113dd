/**
 * Compiles one network in a process of its own, from cold: prints what that took as JSON. Arguments: its place in networks.mjs, the target, the
 * folder of a build.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { networks } from "./networks.mjs";

const [place, target, dist] = process.argv.slice(2);
const { compile } = await import(pathToFileURL(path.join(dist, "index.js")));
const { source } = networks[Number(place)];
const [before, start] = [process.cpuUsage(), performance.now()];
const result = compile({ name: "net.nn", source }, { target, bounds: { N: 8 } });
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(before);
if (!result.ok) throw new Error(result.diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"));
const { elaboration, artifact } = result;
const row = {
  seconds,
  cpuSeconds: (user + system) / 1e6,
  peakMB: process.resourceUsage().maxRSS / 1024,
  operations: elaboration.operations,
  artifactKB: Object.values(artifact.files).reduce((sum, { length }) => sum + length, 0) / 1000,
};
process.stdout.write(JSON.stringify(row));
