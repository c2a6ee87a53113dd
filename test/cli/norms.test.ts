/** `nnc train --norms`: what stands in the log, in run.json, in the plot and in the report. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { RunFacts } from "../../cli/report/facts.ts";
import { pointsProject, pointsSource } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

const clipped = pointsSource.replace("loss: cross_entropy", "loss: cross_entropy  clip_norm: 0.5");
const { folder: cwd } = folderWith({ ...pointsProject, "points.nn": clipped });
const textOf = (file: string): string => readFileSync(path.join(cwd, file), "utf8");

test("of each epoch the mean and the largest of its steps, drawn with the bound; the run is the same", async () => {
  const run = async (out: string, ...flags: readonly string[]) =>
    nnc(["train", "points.nn", "-o", out, "--target", "wasm", ...flags], { cwd });
  const [with_, without] = [await run("normed", "--norms"), await run("plain")];
  expect(with_.stdout).toBe(without.stdout);
  const events = textOf("normed/log.jsonl")
    .trim()
    .split("\n")
    .map((line): Record<string, unknown> => Object(JSON.parse(line)));
  const epochs = events.filter(({ event }) => event === "epoch");
  expect(epochs.length).toBeGreaterThan(1);
  for (const { epoch, norms } of epochs) {
    const own = events
      .filter((one) => one["event"] === "step" && one["epoch"] === epoch)
      .map((one) => Number(Object(one["norms"]).main));
    const mean = own.reduce((sum, one) => sum + one, 0) / own.length;
    expect(norms).toEqual({ main: { mean: expect.closeTo(mean, 6), largest: Math.max(...own), limit: 0.5 } });
  }
  for (const file of ["plot.svg", "report.html"]) {
    expect(textOf(`normed/${file}`)).toContain(">gradient norm<");
    expect(textOf(`normed/${file}`)).toContain(">clip_norm<");
    expect(textOf(`plain/${file}`)).not.toContain(">gradient norm<");
  }
  const facts = (out: string) => (JSON.parse(textOf(`${out}/run.json`)) as RunFacts).settings;
  expect(facts("normed").filter(({ name }) => name === "--norms")).toEqual([{ name: "--norms", value: "true" }]);
  expect(facts("normed").filter(({ name }) => name !== "--norms")).toEqual(facts("plain"));
});
