/**
 * `npm run bench:peers -- --workloads W1,W2 --phase train --out FILE`: installs the peers (a package of their own), builds nnc,
 * and measures both in one run (bench/peers/run.mjs).
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { root, run } from "./lib/project.mjs";

const peers = path.join(root, "bench/peers");
const installed = existsSync(path.join(peers, "node_modules")) || run("npm", ["ci", "--prefix", peers]) === 0;
const built = installed && run(process.execPath, ["scripts/build.mjs"]) === 0;
process.exitCode = built ? run(process.execPath, [path.join(peers, "run.mjs"), ...process.argv.slice(2)]) : 1;
