/**
 * `npm run mutation -- --minutes 20 --only compiler/kernel --at-once 2`: installs Stryker (a package of its own) and tries how many small
 * faults of the code the tests notice (mutation/run.mjs; CONTRIBUTING.md says how).
 */
import { ensureInstalled, install, run } from "./lib/project.mjs";

ensureInstalled();
process.exitCode = install("mutation") ? run(process.execPath, ["mutation/run.mjs", ...process.argv.slice(2)]) : 1;
