/**
 * `npm run bench:kernels -- --only concat,softmax`: builds nnc and measures single kernels, each beside its limit
 * (bench/kernels/run.mjs; bench/README.md says how).
 */
import { run } from "./lib/project.mjs";

const built = run(process.execPath, ["scripts/build.mjs"]) === 0;
process.exitCode = built ? run(process.execPath, ["bench/kernels/run.mjs", ...process.argv.slice(2)]) : 1;
