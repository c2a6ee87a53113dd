/** `npm run check`: format, lint, types, import rules and unused code. Runs them all, then says which failed. */
import { ensureInstalled, run, tool } from "./lib/project.mjs";

const checks = [
  { name: "format", command: "oxfmt", args: ["--check"] },
  { name: "lint", command: "oxlint", args: [] },
  { name: "types", command: "tsc", args: ["-p", "."] },
  {
    name: "import rules",
    command: "depcruise",
    args: ["--config", ".dependency-cruiser.mjs", "compiler", "targets", "runtime", "cli"],
  },
  { name: "unused code", command: "knip", args: ["--no-progress"] },
];

ensureInstalled();
const failed = checks.filter(({ name, command, args }) => {
  console.log(`\n── ${name}`);
  return run(tool(command), args) !== 0;
});
console.log(failed.length === 0 ? "\ncheck: all fine" : `\ncheck: ${failed.map(({ name }) => name).join(", ")} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
