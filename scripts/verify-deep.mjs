/**
 * `npm run verify:deep`: everything of `verify`, then the random tests at full size with a fresh seed, the planted bugs, the export of every
 * example, what the examples reach over several seeds, and mutation testing in what is left of the hour. Writes `docs/verify-report.md`. NNC_SEED repeats a
 * run; NNC_SCALE makes it longer or shorter; NNC_MUTATION_MINUTES is the time for mutants, 0 for none. `-- --again verify` runs the first stage
 * once more, after a mend, and puts its line into the report that is there: each line says on which commit it was run.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { exampleFiles, measureExample } from "./lib/examples.mjs";
import { install, root, run, tool, writeWhole } from "./lib/project.mjs";

const minutesInAll = 60;
const suites = ["test/random", "test/ladder", "test/planted", "test/browser", "test/export/fuzz"];

/** Whole minutes and seconds since then. */
function since(started) {
  const seconds = Math.round((Date.now() - started) / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** What a command prints, without its end of line; empty where it fails. */
function output(command, args) {
  const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 30 });
  return status === 0 ? stdout.trim() : "";
}

/** Runs a stage and answers what its line of the report says. */
function stage(name, work) {
  console.log(`\n── ${name}`);
  const [started, on] = [Date.now(), commit()];
  const passed = work();
  return { name, passed, time: since(started), on };
}

function lineOf({ name, passed, time, on }) {
  return [name, passed ? "passed" : "**failed**", time, on.slice(0, 12)];
}

function verifyStage() {
  return stage("verify", () => run(process.execPath, ["scripts/verify.mjs"]) === 0);
}

/** The random tests write facts, one JSON object a line. */
function readFacts(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function counts(title, found) {
  return `## ${title}\n\n${table(
    ["", "times"],
    Object.entries(found).sort(([, a], [, b]) => a - b),
  )}`;
}

/** The packages whose versions matter, as installed. */
function versions() {
  const names = ["typescript", "ts-morph", "watr", "chevrotain", "@dagrejs/graphlib", "vitest", "fast-check"];
  const of = (name) => JSON.parse(readFileSync(path.join(root, "node_modules", name, "package.json"), "utf8")).version;
  return [`Node ${process.versions.node}`, ...names.map((name) => `${name} ${of(name)}`)].join(", ");
}

/** What is looked at; a run itself writes the report and the record of mutants. */
function commit() {
  const hash = output("git", ["rev-parse", "HEAD"]) || "unknown";
  const others = [".", ":!docs/verify-report.md", ":!mutation/record.json"];
  const changed = output("git", ["status", "--porcelain", "--untracked-files=no", "--", ...others]) !== "";
  return changed ? `${hash}, with changes that are not committed` : hash;
}

function programsText({
  seed,
  programs,
  problems,
  medianNodes,
  differentiable,
  slopes,
  compared,
  skipped,
  primitives,
  rules,
  features,
}) {
  const bits = "the same bits from passes, fusion, TypeScript and WebAssembly as from the float32 interpreter";
  return [
    `## Random programs\n\n${programs} programs from seed ${seed}, of ${medianNodes} nodes in the median: ${problems === 0 ? bits : `**${problems} failed**`}. ` +
      `${compared} outputs compared with float64 (${skipped} more are not finite there). Gradients of ${slopes} of ${differentiable} differentiable programs ` +
      "compared with slopes; the others bend too near.",
    counts("Primitives", primitives),
    counts("Rules of fusion", rules),
    counts("Convolutions, windows, running sums and scans", features),
  ].join("\n\n");
}

function browserText({ seed, programs }) {
  return `## Chromium\n\n${programs} programs from seed ${seed}: Node's bits on TypeScript, and on 1, 2 and 3 threads of WebAssembly.`;
}

function mutationsText({ seed, mutants, reached, compiled, failures }) {
  const share = (count) => percent(count / mutants);
  const wrong = failures === 0 ? "no exception, no report of a bug, valid spans, in time" : `**${failures} failed**`;
  return `## Mutated sources\n\n${mutants} from seed ${seed}: ${wrong}. ${share(reached)} reached shape inference, ${share(compiled)} compiled.`;
}

function plantedText(planted) {
  const rows = planted.map(({ name, file, caught, noticed }) => [
    name,
    `\`${file}\``,
    caught ? "caught" : "**missed**",
    (noticed ?? "").replaceAll("|", "/"),
  ]);
  return `## Planted bugs\n\n${table(["bug", "file", "", "noticed first by"], rows)}`;
}

/** Whole minutes for the mutants of a run that began then: what is asked for, or what is left of the hour. */
function mutationMinutes(started) {
  const asked = process.env.NNC_MUTATION_MINUTES;
  return asked === undefined ? Math.max(0, Math.floor(minutesInAll - (Date.now() - started) / 60_000)) : Number(asked);
}

function mutationText({ leastScore, folders, ...all }) {
  const share = (value) => (value === undefined ? "–" : percent(value));
  const row = (name, of) => {
    const tried = `${of.tried} of ${of.possible} (${share(of.tried / of.possible)})`;
    return [name, share(of.score), tried, share(of.first.score), of.first.tried, of.excused, of.unjudged.length];
  };
  const rows = [...folders.map((of) => row(`\`${of.folder}\``, of)), row("all", all)];
  const head = ["folder", "noticed", "tried so far", "noticed at the first try", "of", "excused", "not judged"];
  return (
    `## Mutation testing\n\nOf the small faults that were put into the code, the tests of its folder noticed this share (at least ${percent(leastScore)} is asked for), ` +
    `without those that mutation/survivors.json judges to change nothing but speed. What runs once as a module loads is left out of what is tried. Each run goes on where the last one stopped, with pieces drawn at random. ` +
    `Tests were written for what survived, so what was never tried is better told by the share that was noticed at the first try, with nothing left out.\n\n${table(head, rows)}`
  );
}

/** What the examples reached: a row for each figure, and a sentence for each example that was skipped. */
function examplesText(measured) {
  const rows = measured.flatMap(({ file, figures }) =>
    figures.map(({ name, values, mean, least, show, passed }) => [
      `\`${file}\``,
      name,
      passed ? show(mean) : `**${show(mean)}**`,
      show(least),
      `${show(Math.min(...values))} to ${show(Math.max(...values))}`,
      values.length,
    ]),
  );
  const skipped = measured.flatMap(({ file, skipped: reason }) =>
    reason === undefined ? [] : [`\n\n\`${file}\` was skipped: ${reason}.`],
  );
  return `## Examples\n\n${table(["", "", "mean", "at least", "from … to", "seeds"], rows)}${skipped.join("")}`;
}

/** Measures every example and says so; answers what was found. */
function measureExamples(folder) {
  return exampleFiles.map((file) => {
    const started = Date.now();
    const measured = measureExample(file, folder);
    if (measured.skipped !== undefined) console.log(`${file} is skipped: ${measured.skipped}`);
    for (const { name, mean, least, show } of measured.figures)
      console.log(`${file}, ${name}: ${show(mean)}, at least ${show(least)}`);
    console.log(`${file}: ${since(started)}`);
    return measured;
  });
}

/** The report; parts whose tests did not get that far are missing. */
function report(started, stages, facts, measured) {
  const of = (suite) => facts.filter((fact) => fact.suite === suite);
  const machine = `${os.cpus()[0]?.model.trim() ?? "unknown"} × ${os.cpus().length}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}`;
  return [
    "# Report of `npm run verify:deep`",
    table(
      ["", ""],
      [
        ["commit", commit()],
        ["begun", new Date(started).toISOString()],
        ["took", since(started)],
        ["machine", machine],
        ["versions", versions()],
      ],
    ),
    `## Stages\n\n${table(["stage", "", "time", "on commit"], stages.map(lineOf))}`,
    ...of("programs").map(programsText),
    ...of("browser").map(browserText),
    ...of("mutations").map(mutationsText),
    ...(of("planted").length > 0 ? [plantedText(of("planted"))] : []),
    examplesText(measured),
    ...(of("mutation").length > 0
      ? of("mutation").map(mutationText)
      : ["## Mutation testing\n\nSkipped, or ended before it had a result."]),
  ].join("\n\n");
}

/** The stage of mutation testing; none where it has no time. */
function mutationStage(time, environment) {
  if (time === 0) return [];
  const args = ["scripts/mutation.mjs", "--minutes", String(time)];
  return [stage(`mutation testing, ${time} min`, () => run(process.execPath, args, environment) === 0)];
}

/** Runs every stage, writes the report, and answers whether all passed. */
function verifyDeep() {
  if (!install()) return false;
  const started = Date.now();
  const folder = mkdtempSync(path.join(os.tmpdir(), "nnc-verify-deep-"));
  const facts = path.join(folder, "facts.jsonl");
  const seed = process.env.NNC_SEED ?? String(Math.floor(started / 1000) % 2 ** 30);
  const environment = { NNC_DEEP: "1", NNC_SEED: seed, NNC_FACTS: facts };
  let measured = [];
  console.log(`seed ${seed}`);
  try {
    const stages = [
      verifyStage(),
      stage(
        `random programs and calls, mutations, fixtures, planted bugs and exported examples from seed ${seed}`,
        () => run(tool("vitest"), ["run", ...suites], environment) === 0,
      ),
      stage("figures of the examples", () => {
        measured = measureExamples(folder);
        return measured.every(({ figures }) => figures.every(({ passed }) => passed));
      }),
      ...mutationStage(mutationMinutes(started), { NNC_SEED: seed, NNC_FACTS: facts }),
    ];
    writeWhole(path.join(root, "docs/verify-report.md"), `${report(started, stages, readFacts(facts), measured)}\n`);
    for (const { name, passed, time } of stages) console.log(`${passed ? "passed" : "FAILED"}  ${name} (${time})`);
    return stages.every(({ passed }) => passed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the stage `verify` alone; the others' lines of the report stay. */
function verifyAgain() {
  const file = path.join(root, "docs/verify-report.md");
  const again = verifyStage();
  const written = readFileSync(file, "utf8").replace(/^\| verify \|.*$/m, `| ${lineOf(again).join(" | ")} |`);
  writeWhole(file, written);
  return again.passed;
}

const [flag, only, ...more] = process.argv.slice(2);
if (flag !== undefined && (flag !== "--again" || only !== "verify" || more.length > 0))
  throw new Error(`expected no arguments, or --again verify, found ${process.argv.slice(2).join(" ")}`);
process.exitCode = (flag === undefined ? verifyDeep() : verifyAgain()) ? 0 : 1;
