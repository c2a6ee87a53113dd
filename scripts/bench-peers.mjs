/**
 * `npm run bench:peers -- --workloads W1,W2 --phase train --out FILE`: installs the peers (a package of their own), builds nnc,
 * and measures both in one run (bench/peers/run.mjs; bench/README.md says how).
 */
import { install, run } from "./lib/project.mjs";

// The package has its processor library with it; its install script would fetch one for GPUs.
process.env.ONNXRUNTIME_NODE_INSTALL = "skip";
const installed = install("bench/peers");
const built = installed && run(process.execPath, ["scripts/build.mjs"]) === 0;
process.exitCode = built ? run(process.execPath, ["bench/peers/run.mjs", ...process.argv.slice(2)]) : 1;
