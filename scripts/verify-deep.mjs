/**
 * `npm run verify:deep`: everything of `verify`, then the random tests at full size with a fresh seed, the planted bugs, the export of every
 * example, what the examples reach over several seeds, the lessons, and mutation testing in what is left of the hour. Writes `docs/verify-report.md`. NNC_SEED repeats a
 * run; NNC_SCALE makes it longer or shorter; NNC_MUTATION_MINUTES is the time for mutants, 0 for none. `-- --again verify`, `random`, `examples`,
 * `lessons` or `mutation` runs that stage once more, after a mend, and puts what it found into the report that is there: each line says on which commit it was run.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { exampleFiles, measureExample } from "./lib/examples.mjs";
import { install, root, run, tool, writeWhole } from "./lib/project.mjs";

const minutesInAll = 60;
const suites = [
  "test/random",
  "test/ladder",
  "test/planted",
  "test/browser",
  "test/export/fuzz",
  "test/cli/examples",
  "test/cli/graph",
  "test/runtime/contract",
  "test/runtime/window-pairs",
];

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

/** What the random tests found; parts whose tests did not get that far are missing. */
function randomTexts(facts) {
  const of = (suite) => facts.filter((fact) => fact.suite === suite);
  return [
    ...of("programs").map(programsText),
    ...of("browser").map(browserText),
    ...of("mutations").map(mutationsText),
    ...(of("planted").length > 0 ? [plantedText(of("planted"))] : []),
  ];
}

function mutationTexts(facts) {
  const found = facts.filter(({ suite }) => suite === "mutation");
  return found.length > 0
    ? found.map(mutationText)
    : ["## Mutation testing\n\nSkipped, or ended before it had a result."];
}

/** The report. */
function report(started, stages, facts, measured) {
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
    ...randomTexts(facts),
    examplesText(measured),
    ...mutationTexts(facts),
  ].join("\n\n");
}

/** What the random tests are told, and where they write what they find. */
function randomSettings(folder) {
  const seed = process.env.NNC_SEED ?? String(Math.floor(Date.now() / 1000) % 2 ** 30);
  console.log(`seed ${seed}`);
  return { NNC_DEEP: "1", NNC_SEED: seed, NNC_FACTS: path.join(folder, "facts.jsonl") };
}

function randomStage(environment) {
  return stage(
    `random programs and calls, mutations, fixtures, planted bugs and exported examples from seed ${environment.NNC_SEED}`,
    () => run(tool("vitest"), ["run", ...suites], environment) === 0,
  );
}

/** The stage, and what it measured. */
function examplesStage(folder) {
  let measured = [];
  const line = stage("figures of the examples", () => {
    measured = measureExamples(folder);
    return measured.every(({ figures }) => figures.every(({ passed }) => passed));
  });
  return { line, measured };
}

function lessonsStage() {
  return stage("lessons: figures and commands", () => run(process.execPath, ["scripts/lessons.mjs", "--check"]) === 0);
}

function mutationStage(time, { NNC_SEED, NNC_FACTS }) {
  const args = ["scripts/mutation.mjs", "--minutes", String(time)];
  return stage(`mutation testing, ${time} min`, () => run(process.execPath, args, { NNC_SEED, NNC_FACTS }) === 0);
}

/** Gives the work a folder of its own, which goes with it. */
function inFolder(work) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "nnc-verify-deep-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const reportFile = path.join(root, "docs/verify-report.md");

/** Runs every stage, writes the report, and answers whether all passed. */
function verifyDeep(folder) {
  const started = Date.now();
  const environment = randomSettings(folder);
  const before = [verifyStage(), randomStage(environment)];
  const { line, measured } = examplesStage(folder);
  const lessons = lessonsStage();
  const minutes = mutationMinutes(started);
  const stages = [...before, line, lessons, ...(minutes === 0 ? [] : [mutationStage(minutes, environment)])];
  writeWhole(reportFile, `${report(started, stages, readFacts(environment.NNC_FACTS), measured)}\n`);
  for (const { name, passed, time } of stages) console.log(`${passed ? "passed" : "FAILED"}  ${name} (${time})`);
  return stages.every(({ passed }) => passed);
}

/**
 * The stages that can be run alone: what their lines in the report begin with, the head from which on their parts stand there, and the one that
 * comes behind them, if any does.
 */
const again = {
  verify: { line: "verify", run: () => ({ line: verifyStage(), texts: [] }) },
  random: {
    line: "random programs",
    parts: ["## Random programs", "## Examples"],
    run: (folder) => {
      const environment = randomSettings(folder);
      const line = randomStage(environment);
      return { line, texts: randomTexts(readFacts(environment.NNC_FACTS)) };
    },
  },
  examples: {
    line: "figures of the examples",
    parts: ["## Examples", "## Mutation testing"],
    run: (folder) => {
      const { line, measured } = examplesStage(folder);
      return { line, texts: [examplesText(measured)] };
    },
  },
  lessons: { line: "lessons", run: () => ({ line: lessonsStage(), texts: [] }) },
  mutation: {
    line: "mutation testing",
    parts: ["## Mutation testing"],
    run: (folder) => {
      const environment = randomSettings(folder);
      const line = mutationStage(mutationMinutes(Date.now()), environment);
      return { line, texts: mutationTexts(readFacts(environment.NNC_FACTS)) };
    },
  },
};

/** The report with a stage's line in the place of the one that begins so; behind the others where none does. */
function withLine(text, begin, line) {
  const own = new RegExp(`^\\| ${begin}.*$`, "m");
  if (own.test(text)) return text.replace(own, () => line);
  const [stages] = /(?<=^## Stages\n\n)(?:\|.*\n)+/m.exec(text);
  return text.replace(stages, () => `${stages}${line}\n`);
}

/** Runs one stage; what the report says of the others stays, and of this one what it measured before where it ended before it measured. */
function verifyAgain(name, folder) {
  const { line: begin, parts: [from, to] = [], run: work } = again[name];
  const { line, texts } = work(folder);
  const before = readFileSync(reportFile, "utf8");
  const place = (head) => {
    const at = head === undefined ? before.length : before.indexOf(head);
    if (at < 0) throw new Error(`docs/verify-report.md has no part ${head}`);
    return at;
  };
  const found = [before.slice(0, place(from)).trimEnd(), ...texts, before.slice(place(to)).trimEnd()];
  const whole = (texts.length === 0 ? [before.trimEnd()] : found).filter((text) => text !== "").join("\n\n");
  writeWhole(reportFile, `${withLine(whole, begin, `| ${lineOf(line).join(" | ")} |`)}\n`);
  return line.passed;
}

const [flag, only, ...more] = process.argv.slice(2);
if (flag !== undefined && (flag !== "--again" || !Object.hasOwn(again, only ?? "") || more.length > 0))
  throw new Error(
    `expected no arguments, or --again and one of ${Object.keys(again).join(", ")}, found ${process.argv.slice(2).join(" ")}`,
  );
/** A stage alone runs what stands here now; `verify` builds it in a run of all. */
const built = () => flag === undefined || run(process.execPath, ["scripts/build.mjs"]) === 0;
const passed =
  install() && built() && inFolder((folder) => (flag === undefined ? verifyDeep(folder) : verifyAgain(only, folder)));
process.exitCode = passed ? 0 : 1;
