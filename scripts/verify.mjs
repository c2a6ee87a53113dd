/**
 * `npm run verify`: everything that must hold before a change goes in: check, build, tests. A stage that fails does not stop the next.
 * The last line is `N passed, N failed`: the tests, and one failure for each other stage or test file that did not get that far.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { install, run, tool } from "./lib/project.mjs";

/** Runs the tests and counts them from vitest's own report. */
function test() {
  const folder = mkdtempSync(path.join(tmpdir(), "nnc-verify-"));
  const report = path.join(folder, "report.json");
  try {
    const code = run(tool("vitest"), ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`]);
    const { passed, failed } = count(report);
    return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that could not be loaded has no test in it and counts as one failure. */
function count(report) {
  const { numPassedTests, numFailedTests, testResults } = readReport(report);
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

/** The report of a run that ended before it wrote one is empty. */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, testResults: [] };
  }
}

/** Runs every stage and answers how many tests passed and how many tests and stages failed. */
function verify() {
  if (!install()) return { passed: 0, failed: 1 };
  const stages = ["check", "build"].filter((stage) => run(process.execPath, [`scripts/${stage}.mjs`]) !== 0);
  const { passed, failed } = test();
  if (stages.length > 0) console.log(`\n${stages.join(" and ")} failed`);
  return { passed, failed: failed + stages.length };
}

const { passed, failed } = verify();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
