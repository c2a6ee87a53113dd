/** A search over twelve settings of a small network: four learning rates and three widths, judged by rows that were held out. */
import { exact, figure, percent } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { Mark } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import { tableOf } from "../lib/table.ts";
import type { Run } from "../lib/workshop.ts";

const rates = [0.0003, 0.003, 0.03, 0.3];
const widths = [2, 16, 64];

const lossOf = (run: Run) => Number(run.done?.holdout?.loss);
const rightOf = (run: Run) => Number(run.done?.holdout?.["accuracy"]);

export const lesson: Lesson = {
  summary: "what is not learnt but chosen, how to try several choices, and on which rows to judge them.",
  run: (nnc) => {
    const runs = rates.flatMap((rate) =>
      widths.map((width) => {
        const flags = ["--set", `lr=${rate}`, "--const", `hidden=${width}`];
        return { rate, width, run: nnc.train("search.nn", { flags }) };
      }),
    );
    const best = runs.reduce((one, other) => (rightOf(other.run) > rightOf(one.run) ? other : one));
    const largest = runs.filter(({ rate }) => rate === 0.3).map(({ run }) => rightOf(run));
    const seeds = [2, 3].map((seed) => {
      const flags = ["--set", `lr=${best.rate}`, "--const", `hidden=${best.width}`, "--seed", String(seed)];
      return rightOf(nnc.train("search.nn", { flags }));
    });
    const ofBest = [rightOf(best.run), ...seeds];
    const rows = rates.map((rate) => {
      const cells = runs.filter((one) => one.rate === rate).map(({ run }) => percent(rightOf(run), 1).shown);
      return [rate, ...cells];
    });
    const head = ["learning rate", "2 hidden neurons", "16", "64"];
    const curves = runs.map(({ rate, width, run }): Mark => ({
      kind: "line",
      points: run.epochs.map(({ epoch, holdout }) => [epoch, Number(holdout?.loss)]),
      colour: rates.indexOf(rate),
      dashed: width === 2,
      thick: width === 64 ? 3 : 1.5,
      ...(width === 64 ? { name: `lr ${rate}` } : {}),
    }));
    const dots = widths.map((width, at): Mark => ({
      kind: "dots",
      // Beside each other, or those that reach the same would be one dot.
      points: runs
        .filter((one) => one.width === width)
        .map(({ rate, run }) => [rate * 1.2 ** (at - 1), 100 * rightOf(run)]),
      colour: at,
      radius: 4,
      name: `${width} hidden`,
    }));
    return {
      figures: {
        runs: exact(runs.length),
        "best rate": exact(best.rate),
        "best width": exact(best.width),
        best: percent(rightOf(best.run), 1),
        "loss of best": figure(lossOf(best.run), 2),
        "best of the largest rate": percent(Math.max(...largest), 1),
        "least over seeds": percent(Math.min(...ofBest), 1),
        "most over seeds": percent(Math.max(...ofBest), 1),
      },
      texts: { table: tableOf(head, rows) },
      pictures: {
        "search.svg": pictureOf("Twelve runs: their losses over the epochs, and what they reach", [
          {
            kind: "chart",
            title: "Loss of rows held out (thick 64, thin 16, dashed 2)",
            x: { label: "epoch", from: 1, to: 10 },
            y: { label: "loss", scale: "log", from: 0.1, to: 10 },
            marks: curves,
          },
          {
            kind: "chart",
            title: "Digits told right after ten epochs, widths side by side",
            x: { label: "learning rate", scale: "log", from: 0.0001, to: 1 },
            y: { label: "percent", from: 0, to: 100 },
            marks: dots,
          },
        ]),
      },
    };
  },
};
