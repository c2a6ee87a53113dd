/** The report of a run: what it says of one that goes on, was stopped or resumed, and how source and scores with more axes are written in it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { RunFacts } from "../../cli/report/facts.ts";
import { highlighted } from "../../cli/report/highlight.ts";
import { howToProbe } from "../../cli/report/page.ts";
import { shapedCards } from "../../cli/report/sections.ts";
import { classAt, classifierOf, saidAt, Tally } from "../../cli/report/tally.ts";
import { compile } from "../../compiler/compile.ts";
import type { HostTrain } from "../../compiler/program/host.ts";
import { pointsProject, pointsSource } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

const { folder: cwd } = folderWith(pointsProject);
const reportOf = (run: string): string => readFileSync(path.join(cwd, run, "report.html"), "utf8");
/** How many points the first curve of the picture of losses has. */
const points = (page: string): number => (/<path d="(M[^"]*)"/.exec(page)?.[1] ?? "").split(/[ML]/).length - 1;

test("a run that was stopped has one, which says so; resumed, it has the whole history", async () => {
  const controller = new AbortController();
  controller.abort();
  await nnc(["train", "points.nn", "-o", "run", "--epochs", "2"], { cwd });
  expect(reportOf("run")).toContain("2 epochs. The best epoch was 2.");
  const args = ["train", "points.nn", "-o", "run", "--resume", "--epochs", "5"];
  expect((await nnc(args, { cwd, interrupt: controller.signal })).code).toBe(130);
  expect(reportOf("run")).toContain("Stopped in epoch 3 after step 8; --resume goes on. The best epoch was 2.");
  expect(points(reportOf("run"))).toBe(2);
  await nnc(args, { cwd });
  expect(reportOf("run")).toContain("5 epochs. The best epoch was 5.");
  expect(points(reportOf("run"))).toBe(5);
}, 240_000);

test("the compiled program is as large as `nnc bench` says: what is loaded, without text for readers", async () => {
  await nnc(["train", "points.nn", "-o", "sized", "--epochs", "1", "--target", "wasm"], { cwd });
  const compiled = compile({ name: "points.nn", source: pointsSource }, { target: "wasm" });
  if (!compiled.ok) throw new Error("expected a program");
  const { artifactBytes } = JSON.parse(readFileSync(path.join(cwd, "sized/run.json"), "utf8")) as RunFacts;
  const { manifest, files } = compiled.artifact;
  const wat = Object.entries(files).flatMap(([name, text]) => (name.endsWith(".wat") ? [text.length] : []));
  expect(wat).toHaveLength(1);
  expect(artifactBytes).toBeGreaterThan(JSON.stringify(manifest).length);
  expect(artifactBytes).toBeLessThan(JSON.stringify(manifest).length + Number(wat[0]));
});

test.each([
  ["net.nn", "", "nnc train net.nn --norms --probe M.w"],
  ["my net's.nn", "two words", String.raw`nnc train 'my net'\''s.nn' --label 'two words' --norms --probe M.w`],
  ["größe.nn", "plain", "nnc train größe.nn --label plain --norms --probe M.w"],
  ["-x.nn", "", "nnc train ./-x.nn --norms --probe M.w"],
  ["a\nb.nn", "plain", undefined],
])("how to probe %j with the label %j", (name, label, command) => {
  const facts: RunFacts = { label, sources: [{ name, text: "" }], settings: [], data: [], artifactBytes: 0 };
  const markup = howToProbe(facts, ["M.w"]);
  expect(/<code>(.*)<\/code>/.exec(markup)?.[1]?.replaceAll("&#39;", "'")).toBe(command);
  expect(markup === "").toBe(command === undefined);
});

test.each<readonly [name: string, value: string, source: string, flags: string]>([
  ["const hidden", "40", "const hidden = 24\n", "--const hidden=40"],
  ["const hidden", "24", "const hidden = 24 // neurons\n", ""],
  ["const hidden", "2", "const hidden = 24\nconst hidden_too = 2\n", "--const hidden=2"],
  ["const mode", "two words", "", "--const 'mode=two words'"],
  ["const mode", "fast", 'const mode = "fast"\n', ""],
  ["const rate", "0.5", "const rate = 1/2\n", "--const rate=0.5"],
  ["dim F", "34", "", "--dim F=34"],
  ["--set lr", "0.3", "", "--set lr=0.3"],
  ["--set schedule.decay", "0.1", "", "--set schedule.decay=0.1"],
  ["epochs", "7", "", "--epochs 7"],
  ["seed", "9", "", "--seed 9"],
  ["target", "typescript", "", "--target typescript"],
  ["target", "wasm", "", ""],
  ["relaxed", "true", "", "--relaxed"],
  ["relaxed", "false", "", ""],
  ["winograd", "false", "", "--no-winograd"],
  ["optimizer", "adam", "", ""],
])("the command to probe trains with %s %s again, below %j", (name, value, text, flags) => {
  const facts = {
    label: "",
    sources: [{ name: "net.nn", text }],
    settings: [{ name, value }],
    data: [],
    artifactBytes: 0,
  };
  const command = /<code>(.*)<\/code>/.exec(howToProbe(facts, ["M.w"]))?.[1]?.replaceAll("&#39;", "'");
  expect(command).toBe(["nnc train net.nn", flags, "--norms --probe M.w"].filter((part) => part !== "").join(" "));
});

test("words, comments, strings and numbers of a source have their colours; lines that one comment spans are lines", () => {
  expect(highlighted('/* a\nb */ const x = 1\nlet s = "<&" // end\n')).toBe(
    [
      '<ol class="source">',
      '<li><code><span class="k-comment">/* a</span></code></li>',
      '<li><code><span class="k-comment">b */</span> <span class="k-word">const</span> x = <span class="k-number">1</span></code></li>',
      '<li><code><span class="k-word">let</span> s = <span class="k-text">&#34;&#60;&#38;&#34;</span> <span class="k-comment">// end</span></code></li>',
      "</ol>",
    ].join(""),
  );
});

test("a score with three axes is a matrix for each index of the first, and what has no room is said to be in the log", () => {
  const cards = (first: number): readonly string[] =>
    shapedCards("deep", { shape: [first, 2, 2], data: new Float32Array(4 * first) }, { classes: [] });
  const titles = (list: readonly string[]): readonly string[] =>
    list.map((card) => /aria-label="([^"]*)"/.exec(card)?.[1] ?? card);
  expect(titles(cards(3))).toEqual(["deep[0]", "deep[1]", "deep[2]"]);
  expect(titles(cards(14)).at(-1)).toBe('<p class="note">… and 2 more of deep, in log.jsonl</p>');
});

const train = (limit: number | undefined, logit = false): HostTrain =>
  ({
    target: { input: "y", kind: "classes", logit },
    inputs: [{ name: "y", buffer: "y", dtype: "i32", shape: [], ...(limit === undefined ? {} : { limit }) }],
  }) as unknown as HostTrain; // As much of it as is asked.
const ids = { dtype: "i32", shape: [], rowStride: 1, data: new Int32Array(0) } as const;

test.each([
  ["scores of as many classes as the target has", train(3), [3], 0, { classes: 3, logit: false }],
  ["more numbers than classes", train(3), [8], 0, undefined],
  ["as many as the data have words for", train(undefined), [2], 2, { classes: 2, logit: false }],
  ["one logit", train(undefined, true), [1], 0, { classes: 2, logit: true }],
])("a classifier is known by its answer: %s", (_what, host, answer, known, expected) => {
  expect(classifierOf(host, ids, answer, known)).toEqual(expected);
});

test("what is taken for what is counted, a score that is no number for none; the rows that are farthest from right are the worst", () => {
  const tally = new Tally({ classes: 2, logit: false });
  const rows = [
    { scores: [2, 1], own: 0 },
    { scores: [0, 5], own: 0 },
    { scores: [1, 3], own: 1 },
    { scores: [NaN, 3], own: 1 },
  ];
  rows.forEach(({ scores, own }, row) => tally.add(row, Float32Array.from(scores), Int32Array.of(own), undefined));
  tally.add(4, Float32Array.of(9, 0), Int32Array.of(1), Int32Array.of(0));
  expect(tally.rows).toEqual([
    [1, 1],
    [0, 1],
  ]);
  expect(tally.worst(3)).toEqual([3, 1, 0]);
  const logit = { classes: 2, logit: true };
  expect([saidAt(logit, Float32Array.of(-1, 1), 1), classAt(logit, Float32Array.of(0, 1), 0)]).toEqual([1, 0]);
});
