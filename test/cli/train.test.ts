/** Training from the command line: files, events, comparison, resuming, interruption, and what goes wrong. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { pointsCsv, pointsProject, pointsSource, stepsSource } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

const project = folderWith(pointsProject);
const cwd = project.folder;
const wasm = ["--target", "wasm"];

function events(stdout: string): readonly Record<string, unknown>[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function parametersIn(folder: string): Buffer {
  return readFileSync(path.join(cwd, folder, "parameters.safetensors"));
}

describe("a run", () => {
  beforeAll(async () => {
    await nnc(["train", "points.nn", "-o", "run", ...wasm], { cwd });
  }, 60_000);

  test("leaves parameters, checkpoint, log, plot and report, and nothing half-written", () => {
    expect(readdirSync(path.join(cwd, "run")).toSorted()).toEqual([
      "checkpoint.safetensors",
      "log.jsonl",
      "parameters.safetensors",
      "plot.svg",
      "report.html",
      "run.json",
    ]);
    expect(readFileSync(path.join(cwd, "run/plot.svg"), "utf8")).toContain("loss");
  });

  test("the last event of --json names the parameters and has the scores", async () => {
    const { stdout, stderr, code } = await nnc(["train", "points.nn", "-o", "json", "--json", ...wasm], { cwd });
    const all = events(stdout);
    expect(code).toBe(0);
    expect(stderr).toContain("plain: 22 parameters, 30 rows, 10 held out, 4 epochs of 4 steps");
    expect(all.map(({ event }) => event).filter((event) => event !== "step")).toEqual([
      "start",
      "epoch",
      "epoch",
      "epoch",
      "epoch",
      "done",
    ]);
    const [last, done] = all.slice(-2);
    const { seconds } = done ?? {};
    expect(done).toEqual({
      event: "done",
      holdout: last?.["holdout"],
      train: Object.fromEntries(["loss", "accuracy"].map((name) => [name, Object(done?.["train"])[name]])),
      steps: 16,
      epochs: 4,
      bestEpoch: 4,
      early: false,
      seconds,
      diagnostics: [],
      parameters: "json/parameters.safetensors",
    });
    expect(seconds).toBeGreaterThan(0);
    // Ten rows are held out and thirty trained on, so that the accuracies are whole numbers of them.
    const right = (part: string, rows: number) => rows * Number(Object(done?.[part])["accuracy"]);
    for (const count of [right("holdout", 10), right("train", 30)])
      expect(Math.abs(count - Math.round(count))).toBeLessThan(1e-5);
    expect(all.filter(({ event }) => event === "step").map(({ step, epoch }) => [step, epoch])).toEqual(
      Array.from({ length: 16 }, (_, at) => [at + 1, Math.floor(at / 4) + 1]),
    );
    expect(parametersIn("json").equals(parametersIn("run"))).toBe(true);
  });

  test("resumed after two epochs, it gives the bits of not having stopped", async () => {
    expect((await nnc(["train", "points.nn", "-o", "resumed", "--epochs", "2", ...wasm], { cwd })).code).toBe(0);
    expect(
      (await nnc(["train", "points.nn", "-o", "resumed", "--resume", "--epochs", "4", ...wasm], { cwd })).code,
    ).toBe(0);
    expect(parametersIn("resumed").equals(parametersIn("run"))).toBe(true);
    const log = events(readFileSync(path.join(cwd, "resumed/log.jsonl"), "utf8"));
    expect(log.filter(({ event }) => event === "epoch").map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  });

  test("Ctrl-C leaves a checkpoint and answers 130; --resume goes on to the same bits", async () => {
    const stopped = await nnc(["train", "points.nn", "-o", "stopped", ...wasm], {
      cwd,
      interrupt: AbortSignal.abort(),
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr.split("\n").slice(2)).toEqual([
      "stopped in epoch 1 after step 0; --resume goes on from stopped/checkpoint.safetensors",
      "",
    ]);
    expect(existsSync(path.join(cwd, "stopped/parameters.safetensors"))).toBe(false);
    expect((await nnc(["train", "points.nn", "-o", "stopped", "--resume", ...wasm], { cwd })).code).toBe(0);
    expect(parametersIn("stopped").equals(parametersIn("run"))).toBe(true);
  });

  test("Ctrl-C stops all runs, and what did not end is not compared", async () => {
    const { stdout, stderr, code } = await nnc(["train", "points.nn", "--all", "-o", "stopped-all", ...wasm], {
      cwd,
      interrupt: AbortSignal.abort(),
    });
    expect([stdout, code]).toEqual(["", 130]);
    expect(stderr).toContain(
      "stopped in epoch 1 after step 0; --resume goes on from stopped-all/plain/checkpoint.safetensors\n",
    );
    expect(existsSync(path.join(cwd, "stopped-all/quick"))).toBe(false);
  });

  test("typescript and wasm end with the same bits", async () => {
    expect((await nnc(["train", "points.nn", "-o", "typescript", "--target", "typescript"], { cwd })).code).toBe(0);
    expect(parametersIn("typescript").equals(parametersIn("run"))).toBe(true);
  });

  test("eval on the hold-out repeats the run's last scores", async () => {
    const { stdout } = await nnc(["eval", "points.nn", "--params", "run/parameters.safetensors", "--json", ...wasm], {
      cwd,
    });
    const done = events(readFileSync(path.join(cwd, "run/log.jsonl"), "utf8"))
      .filter(({ event }) => event === "epoch")
      .at(-1);
    expect(events(stdout)).toEqual([
      { ok: true, data: "hold-out", rows: 10, scores: done?.["holdout"], diagnostics: [] },
    ]);
  });
});

describe("several steps", () => {
  const steps = folderWith({ ...pointsProject, "points.nn": stepsSource });

  test("have a column, a curve and a line of progress each; metrics of any shape are shown or said to be in the log", async () => {
    const { stdout, stderr } = await nnc(["train", "points.nn", "-o", "run", ...wasm], { cwd: steps.folder });
    const numbers = /\d+(\.\d+)?/g;
    expect(stderr.split("\n")[1]).toBe('Both: target: "left" is 0, "right" is 1');
    expect(stderr.split("\n")[2]?.replace(numbers, "0")).toBe(
      "Both: epoch 0/0  classify 0  judge 0  hold-out classify 0  judge 0  clean 0",
    );
    expect(stdout.replaceAll(numbers, "0").replaceAll(/ +0/g, " 0").replaceAll(/─+/g, "─")).toMatchInlineSnapshot(`
      "            classify  judge  clean
        ─  ─  ─  ─
        training 0 0 0
        hold-out 0 0 0

      hold-out
        class  recall
        ─  ─
        left 0
        right 0

      hold-out: confusion, target down, predicted across
               left  right
        ─  ─  ─
        left 0 0
        right 0 0

      widest [0, 0, 0]: in run/report.html
      "
    `);
    const svg = readFileSync(path.join(steps.folder, "run/plot.svg"), "utf8");
    for (const word of ["losses", "classify, training", "judge, hold-out", "clean on the hold-out", "confusion"])
      expect(svg).toContain(`>${word}<`);
    const done = events(readFileSync(path.join(steps.folder, "run/log.jsonl"), "utf8")).at(-1);
    expect(Object.keys(Object(done?.["holdout"]))).toEqual([
      "loss",
      "classify",
      "judge",
      "clean",
      "recall",
      "confusion",
      "widest",
    ]);
    expect(done?.["holdout"]).toMatchObject({ recall: { shape: [2] }, widest: { shape: [1, 1, 1] } });
    const scored = await nnc(["eval", "points.nn", "--params", "run/parameters.safetensors", "--json", ...wasm], {
      cwd: steps.folder,
    });
    expect(events(scored.stdout)[0]?.["scores"]).toEqual(done?.["holdout"]);
  });

  test("draw one line on a terminal, no wider than it", async () => {
    const options = { cwd: steps.folder, terminal: true, env: { NO_COLOR: "1", TERM: "xterm" } };
    const { stdout, stderr } = await nnc(["train", "points.nn", "-o", "drawn", ...wasm], options);
    expect(stderr).toContain("epoch 1/3  step 1/12  classify 1.451  judge 2.096  lr 0.1  ");
    const lines = stripVTControlCharacters(stdout + stderr).split(/[\r\n]/);
    expect(lines.filter((line) => Array.from(line).length > 80)).toEqual([]);
  });
});

test("--all trains each into its folder and compares them in one table and plot", async () => {
  const { stdout, code } = await nnc(["train", "points.nn", "--all", "-o", "all", ...wasm], { cwd });
  expect(code).toBe(0);
  expect(stdout.split("\n").map((line) => line.trim().split(/\s{2,}/)[0])).toEqual([
    "run",
    expect.stringMatching(/^─/),
    "plain",
    "quick",
    "",
  ]);
  expect(readdirSync(path.join(cwd, "all")).toSorted()).toEqual(["plain", "plot.svg", "quick"]);
  const plot = readFileSync(path.join(cwd, "all/plot.svg"), "utf8");
  expect(["plain", "quick", "loss on the hold-out"].every((word) => plot.includes(`>${word}<`))).toBe(true);
});

describe("--all says", () => {
  const lossNote = (one: string, other: string): string =>
    `The losses compute something else (${one} in plain, ${other} in quick): how high one is beside another says nothing.`;
  test.each([
    ["nothing of runs that differ in the optimizer", "", "", ""],
    [
      "that losses compute something else",
      "loss: cross_entropy  optimizer: adam",
      "loss: hinge  optimizer: adam",
      lossNote("cross_entropy", "hinge"),
    ],
    [
      "that a loss of another setting does",
      "loss: cross_entropy  optimizer: adam",
      "loss: hinge(margin: 2)  optimizer: adam",
      lossNote("cross_entropy", "hinge"),
    ],
    [
      "that other rows are held out",
      "metrics: [accuracy]  seed: 3 }\n\ndata",
      "metrics: [accuracy]  seed: 4 }\n\ndata",
      "Other rows are held out: figures on the hold-out are not of the same rows.",
    ],
  ])("%s", async (_, from, to, note) => {
    const { folder } = folderWith({ ...pointsProject, "points.nn": pointsSource.replace(from, to) });
    const { stdout } = await nnc(["train", "points.nn", "--all", "-o", "all", "--epochs", "1", ...wasm], {
      cwd: folder,
    });
    const [, ...below] = stdout.split("\n\n");
    expect(below.join(" ").replaceAll("\n", " ").trim()).toBe(note);
  });

  test("where what it wrote lies: the plot of all, and the folder of each that came to its end", async () => {
    const source = pointsSource.replace("adam(lr: 0.01)", "sgd(lr: 1e38)");
    const { folder } = folderWith({ ...pointsProject, "points.nn": source });
    const wrote = async (...flags: readonly string[]): Promise<readonly string[]> => {
      const { stderr } = await nnc(["train", "points.nn", "--all", "-o", "all", ...flags, ...wasm], { cwd: folder });
      return stderr
        .replaceAll(/\n(?=\S+\/|\S+\.)/g, " ")
        .split("\n")
        .filter((line) => line.startsWith("wrote "));
    };
    const each = "parameters.safetensors, plot.svg, log.jsonl, report.html";
    expect(await wrote()).toEqual([`wrote all/plot.svg; in all/plain: ${each}`]);
    expect(await wrote("--set", "lr=0.1")).toEqual([`wrote all/plot.svg; in all/plain, all/quick: ${each}`]);
    expect(await wrote("--json")).toEqual([]);
  });
});

test("--all: a run without a hold-out has no figure in the columns of those with one", async () => {
  const data = `\ndata all = csv("points.csv", target: "side", standardize: true)\n`;
  const source = pointsSource.replace("as quick { data: points", "as quick { data: all");
  const { folder } = folderWith({ ...pointsProject, "points.nn": source + data });
  const { stdout } = await nnc(["train", "points.nn", "--all", "-o", "all", "--epochs", "1", ...wasm], { cwd: folder });
  const [heads, , plain, quick] = stdout.split("\n").map((line) => line.trim().split(/\s{2,}/));
  const scores = ["hold-out loss", "hold-out accuracy", "training loss", "training accuracy"];
  expect(heads).toEqual(["run", ...scores, "epochs", "time"]);
  expect(plain?.slice(1, 5)).not.toContain("—");
  expect(quick?.slice(1, 3)).toEqual(["—", "—"]);
  expect(quick?.slice(3, 5)).not.toContain("—");
});

describe("--probe", () => {
  const probes = ["--probe", "Side.relu", "--probe", "Side.dense_2.w"];
  const paths = ["Side.relu", "Side.dense_2.w"];
  const statistics = ["mean", "spread", "gradientNorm"];

  /** What the epochs say, and what the means of the steps that they tell of are. */
  function told(log: readonly Record<string, unknown>[], kind: "epochs" | "means") {
    return log
      .filter(({ event }) => event === "epoch")
      .map(({ epoch, probes: own }) => {
        const steps = log.filter((one) => one["event"] === "step" && one["epoch"] === epoch);
        const sources = kind === "epochs" ? [own] : steps.map(({ probes: ofStep }) => ofStep);
        const mean = (probe: string, statistic: string) =>
          sources.reduce((sum: number, source) => sum + Number(Object(source)[probe][statistic]), 0) / sources.length;
        return [
          epoch,
          ...paths.map((probe) => statistics.map((statistic) => Number(mean(probe, statistic).toPrecision(10)))),
        ];
      });
  }

  test("logs what it names, draws it, and shows the last values; the run is the same", async () => {
    const out = await nnc(["train", "points.nn", "-o", "probed", ...probes, ...wasm], { cwd });
    const log = events(readFileSync(path.join(cwd, "probed/log.jsonl"), "utf8"));
    expect(told(log, "epochs")).toEqual(told(log, "means"));
    expect(told(log, "epochs")).toHaveLength(4);
    const svg = readFileSync(path.join(cwd, "probed/plot.svg"), "utf8");
    for (const word of ["mean of probes", "standard deviation of probes", "gradient norm of probes", "Side.dense_2.w"])
      expect(svg).toContain(`>${word}<`);
    const plain = await nnc(["train", "points.nn", "-o", "unprobed", ...wasm], { cwd });
    expect(out.stdout.startsWith(plain.stdout)).toBe(true);
    const table = out.stdout.slice(plain.stdout.length).split("\n");
    expect(table.map((line) => line.trim().split(/\s{2,}/).length)).toEqual([1, 4, 4, 4, 4, 1]);
    expect(table[1]?.trim()).toMatch(/^probe {2,}mean {2,}standard deviation {2,}gradient norm$/);
  });

  test("is in the events of --json, and of the epochs since a run is resumed", async () => {
    await nnc(["train", "points.nn", "-o", "later", "--epochs", "2", ...wasm], { cwd });
    const resumed = ["--resume", "--json", ...probes];
    const { stdout } = await nnc(["train", "points.nn", "-o", "later", ...resumed, ...wasm], { cwd });
    const told34 = told(events(stdout), "epochs");
    expect(told34).toEqual(told(events(stdout), "means"));
    expect(told34.map(([epoch]) => epoch)).toEqual([3, 4]);
    expect(readFileSync(path.join(cwd, "later/plot.svg"), "utf8")).toContain(">gradient norm of probes<");
  });

  test("leaves no row of a run that is resumed without it", async () => {
    await nnc(["train", "points.nn", "-o", "left", "--epochs", "2", ...probes, ...wasm], { cwd });
    const { stdout } = await nnc(["train", "points.nn", "-o", "left", "--resume", ...wasm], { cwd });
    expect(stdout).toContain("training");
    expect(stdout).not.toMatch(/probe|NaN|Side/);
  });

  test("in the terminal it gets a plot for each statistic", async () => {
    const { stderr } = await nnc(["train", "points.nn", "-o", "drawn", "--probe", "Side.dense", ...wasm], {
      cwd,
      terminal: true,
      env: { NO_COLOR: "1", TERM: "xterm" },
    });
    expect(stderr.match(/(mean|standard deviation|gradient norm) of probes/g)).toHaveLength(3);
    expect(stderr.match(/── Side\.dense$/gm)).toHaveLength(3);
  });

  test("of what is not there is a mistake", async () => {
    const { stderr, code } = await nnc(["train", "points.nn", "-o", "none", "--probe", "Side.rele", ...wasm], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain("error[NN0410]: there is no layer, model or parameter `Side.rele` to probe");
    expect(stderr).toContain("did you mean `Side.relu`?");
  });
});

test("what each epoch finds odd is told once", async () => {
  const { folder } = folderWith({
    "auc.nn":
      'model M(x: [N, 1]) -> [N, 1] = x |> dense(1)\ntrain M { data: csv("rows.csv", target: "y")  loss: binary_cross_entropy  optimizer: sgd(lr: 0.1)  batch: 2  epochs: 3  metrics: [auc] }\n',
    "rows.csv": "x,y\n1,0\n2,1\n3,1\n4,0\n",
  });
  const { stderr, code } = await nnc(["train", "auc.nn", "-o", "run", "--bounds", "rows=3", ...wasm], { cwd: folder });
  expect([code, stderr.split("NN0723").length - 1]).toEqual([0, 1]);
  expect(stderr).toContain("build with the bound `rows=4`");
  const larger = await nnc(["train", "auc.nn", "-o", "larger", "--bounds", "rows=4", ...wasm], { cwd: folder });
  expect(larger.stderr).not.toContain("NN0723");
});

test("--set changes a setting of the optimizer, --label chooses", async () => {
  const run = (set: string) =>
    nnc(["train", "points.nn", "--label", "quick", "--set", set, "-o", set, "--epochs", "1", ...wasm], { cwd });
  expect(await run("lr=0.01")).toMatchObject({ code: 0 });
  expect(await run("lr=0.02")).toMatchObject({ code: 0 });
  expect(parametersIn("lr=0.01").equals(parametersIn("lr=0.02"))).toBe(false);
  const wrong = await run("rate=1");
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toBe(
    "error[NN0458]: no optimizer of `quick` has the setting `rate` to give another value: expected `lr`, `beta1`, `beta2`, `eps`\n\n1 error\n",
  );
  // Of what is wrong in the source it is said that flags took part.
  const negative = await nnc(["train", "points.nn", "--set", "lr=-1", "-o", "negative"], { cwd });
  expect(negative.stderr).toMatch(
    /^error\[NN0505\]: `lr` must be .*\n1 error\nwith --set lr=-1 in the place of what the source says\n$/s,
  );
});

test("--all gives a setting to the trains whose optimizers have it, and says which; what none has is an error", async () => {
  const run = (set: string) =>
    nnc(["train", "points.nn", "--all", "--set", set, "-o", `all-${set}`, "--epochs", "1", ...wasm], { cwd });
  const some = await run("beta1=0.5");
  expect(some.code).toBe(0);
  expect(some.stderr).toMatch(/^--set beta1=0.5: taken by `quick`, not by `plain`\n/);
  const own = await nnc(
    ["train", "points.nn", "--label", "quick", "--set", "beta1=0.5", "-o", "own", "--epochs", "1", ...wasm],
    { cwd },
  );
  expect(own.code).toBe(0);
  expect(parametersIn("all-beta1=0.5/quick").equals(parametersIn("own"))).toBe(true);
  const each = await run("lr=0.5");
  expect([each.code, each.stderr.includes("taken by")]).toEqual([0, false]);
  const none = await run("rate=1");
  expect(none.code).toBe(1);
  expect(none.stderr.match(/NN0458/g)).toHaveLength(2);
});

test("a terminal gets one line that is drawn over, and the curves", async () => {
  const { stderr } = await nnc(["train", "points.nn", "-o", "terminal", ...wasm], {
    cwd,
    terminal: true,
    env: { NO_COLOR: "1", TERM: "xterm" },
  });
  const log = events(readFileSync(path.join(cwd, "terminal/log.jsonl"), "utf8"));
  const { loss, lr } = log.find(({ event }) => event === "step") ?? {};
  expect(stderr).toContain(
    `\r━${"─".repeat(15)} epoch 1/4  step 1/16  loss ${Number(loss).toPrecision(4)}  lr ${Number(lr).toPrecision(1)}  `,
  );
  expect(stderr).toContain("── hold-out");
  // oxlint-disable-next-line no-control-regex -- NO_COLOR leaves only the sequence that clears the line.
  expect(stderr.replaceAll("\u001b[K", "")).not.toMatch(/\u001b/);
});

describe("what goes wrong", () => {
  const diverging = pointsSource.replace("sgd(lr: 0.1)", "sgd(lr: 1e30)");
  const cases: readonly (readonly [
    name: string,
    files: Readonly<Record<string, string>>,
    args: readonly string[],
    message: string,
  ])[] = [
    ["no file", {}, [], "error[NN0925]: cannot read points.nn: there is no such file or folder"],
    [
      "no data",
      { "points.nn": pointsSource },
      [],
      "error[NN0801]: cannot read the data file points.csv: there is no such file or folder",
    ],
    ["a ragged row", { "points.nn": pointsSource, "points.csv": `${pointsCsv}1,2\n` }, [], "points.csv:42"],
    [
      "a word in a number's place",
      { "points.nn": pointsSource, "points.csv": pointsCsv.replace("-1.50", "1a") },
      [],
      "points.csv:2:1",
    ],
    [
      "data outside the project",
      { "points.nn": pointsSource.replace("points.csv", "../points.csv"), "package.json": "{}" },
      [],
      "error[NN0802]",
    ],
    [
      "no checkpoint to resume",
      pointsProject,
      ["--resume"],
      "error[NN0725]: this run cannot be resumed: expected a checkpoint out/checkpoint.safetensors, found no such file",
    ],
    [
      "a loss that is not finite",
      { ...pointsProject, "points.nn": diverging },
      [],
      "error[NN0724]: expected a finite loss",
    ],
    ["a label that is not there", pointsProject, ["--label", "slow"], "error[NN0513]: there is no train `slow`"],
    [
      "an output folder that is a file",
      pointsProject,
      ["-o", "points.csv"],
      "error[NN0924]: cannot write points.csv: it is a file, expected a folder",
    ],
  ];
  test.each(cases)("%s: exit code 1, one sentence, no stack", async (_name, files, args, message) => {
    const { folder } = folderWith(files);
    const { stdout, stderr, code } = await nnc(
      ["train", "points.nn", ...wasm, ...(args.includes("-o") ? [] : ["-o", "out"]), ...args],
      { cwd: folder },
    );
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ stdout, code }).toEqual({ stdout: "", code: 1 });
  });

  test("a folder that was made for nothing is gone again, with those above it, and one that was there stays", async () => {
    const { folder } = folderWith({ "points.nn": pointsSource, "there/other.txt": "" });
    for (const out of ["made", "deep/er/made", "there", "there/made"])
      expect((await nnc(["train", "points.nn", "-o", out, ...wasm], { cwd: folder })).code).toBe(1);
    await nnc(["train", "points.nn", "--all", "-o", "all", ...wasm], { cwd: folder });
    expect(readdirSync(folder).toSorted()).toEqual(["points.nn", "there"]);
    expect(readdirSync(path.join(folder, "there"))).toEqual(["other.txt"]);
  });

  test("after a loss that is not finite, the last good checkpoint is there", async () => {
    const { folder } = folderWith({ ...pointsProject, "points.nn": diverging });
    await nnc(["train", "points.nn", "-o", "out", ...wasm], { cwd: folder });
    expect(existsSync(path.join(folder, "out/checkpoint.safetensors"))).toBe(true);
    const report = readFileSync(path.join(folder, "out/report.html"), "utf8");
    expect(report).toContain("A run that diverged has none: its network was not looked at.");
    expect(report).not.toContain("when the run ends");
  });
});

test.each([
  ["stop_early: 9", "; parameters of epoch 1\n"],
  ["stop_early: 2", "; stopped early, parameters of epoch 1\n"],
  ["", "\n"],
])("the epoch whose parameters are kept is told, though it is not the last: %s", async (entry, end) => {
  // What the training rows teach is wrong of those that are held out, more so with each epoch.
  const { folder } = folderWith({
    "package.json": "{}",
    "d.csv": "x,y\n1,1\n1,1\n1,-1\n",
    "n.nn": `model M(x: [N, 1]) -> [N, 1] {
  param w: [1] = zeros
  return w * x
}
train M { data: csv("d.csv", target: "y", holdout: last(1))  loss: mse  optimizer: sgd(lr: 0.01)  batch: 2  epochs: 4  ${entry} }
`,
  });
  const { stderr } = await nnc(["train", "n.nn", "-o", "run"], { cwd: folder });
  expect(/ steps in [^;\n]*(.*\n)/.exec(stderr)?.[1]).toBe(end);
});
