/** `npm run bench:compile`: builds nnc and measures how long deep networks take to compile (bench/compile/run.mjs; bench/README.md says how). */
import { run } from "./lib/project.mjs";

const built = run(process.execPath, ["scripts/build.mjs"]) === 0;
process.exitCode = built ? run(process.execPath, ["bench/compile/run.mjs", ...process.argv.slice(2)]) : 1;
