/**
 * What is seen while a run goes on, on standard error: on a terminal one line that is drawn over, elsewhere a line for an epoch now and then.
 */
import type { HostTrain } from "../../compiler/program/host.ts";
import { listOf } from "../../compiler/diagnostics/lists.ts";
import { quoted } from "../../runtime/save/fail.ts";
import type { EpochEvent, StartEvent, StepEvent, TrainEvent } from "../../runtime/train/index.ts";
import { isTerminal, widthOf } from "../context.ts";
import type { Context } from "../context.ts";
import { formatCount, formatDuration, formatLoss, formatValue, formatWhole, plural } from "../output/numbers.ts";
import { lines } from "../output/style.ts";
import { cut } from "../output/wrap.ts";
import { rowsText } from "./rows.ts";
import { unitsText } from "./units.ts";
import { lossNames, scalarNames, scoreOf } from "./history.ts";
import type { Scores } from "../../runtime/train/index.ts";

/** Milliseconds between two drawings of the line, and between two lines where it cannot be drawn over. */
const redraw = 80;
const line = 1000;
const barWidth = 16;

export class Progress {
  readonly #context: Context;
  readonly #label: string;
  readonly #train: HostTrain;
  readonly #draws: boolean;
  #start: StartEvent | undefined;
  #began = 0;
  #shown = -Infinity;
  #open = false;

  constructor(context: Context, label: string, train: HostTrain) {
    this.#context = context;
    this.#train = train;
    this.#label = label;
    this.#draws = isTerminal(context.process.stderr, context.process.env);
  }

  show(event: TrainEvent): void {
    if (event.event === "start") this.#begin(event);
    if (event.event === "step" && this.#draws) this.#step(event);
    if (event.event === "epoch" && !this.#draws) this.#epoch(event);
  }

  /** Takes the drawn line away, so that what follows begins at the left. */
  clear(): void {
    if (this.#open) this.#write("\r\u001b[K");
    this.#open = false;
  }

  #begin(event: StartEvent): void {
    this.#start = event;
    this.#began = this.#context.now();
    const { rows, holdoutRows, parameters, epochs, stepsPerEpoch, steps } = event;
    const others = this.#train.data.reader === "arrays" ? "others" : formatWhole(holdoutRows);
    const held = holdoutRows === 0 ? "" : `, ${others} held out`;
    const resumed = steps === 0 ? "" : `, going on after step ${formatWhole(steps)}`;
    this.#tell(
      `${plural(parameters, "parameter")}, ${rowsText(this.#train, rows)}${held}, ${plural(epochs, "epoch")} of ${plural(stepsPerEpoch, "step")}${resumed}`,
    );
    for (const text of fittedLines(event)) this.#tell(text);
  }

  /** A line of the run, or several where it is wider than the terminal. */
  #tell(text: string): void {
    const { stderr, env } = this.#context.process;
    this.#write(lines(`${this.#label}: ${text}`, stderr, env));
  }

  #step(event: StepEvent): void {
    const now = this.#context.now();
    const start = this.#start;
    if (start === undefined || now - this.#shown < redraw) return;
    this.#shown = now;
    const { epochs, stepsPerEpoch, rows, steps } = start;
    const total = epochs * stepsPerEpoch;
    const done = event.step - steps;
    const speed = done / Math.max(1e-3, (now - this.#began) / 1000);
    const lr = event.lr === undefined ? "" : `  lr ${formatValue(event.lr)}`;
    const shown = { loss: event.average, ...event.averages };
    const parts = [
      `${bar(event.step / total)} epoch ${event.epoch}/${epochs}  step ${event.step}/${total}`,
      `${losses(shown, lossNames(event.averages))}${lr}`,
      `${formatCount((speed * rows) / stepsPerEpoch)} rows/s`,
      `${formatDuration((total - event.step) / speed)} left`,
    ];
    this.#write(`\r${cut(parts.join("  "), widthOf(this.#context.process.stderr) - 1)}\u001b[K`);
    this.#open = true;
  }

  #epoch(event: EpochEvent): void {
    const now = this.#context.now();
    const { epochs = event.epoch } = this.#start ?? {};
    if (event.epoch < epochs && now - this.#shown < line) return;
    this.#shown = now;
    const names = lossNames(event.train);
    const metrics = scalarNames([event.holdout], names).map(
      (name) => `  ${name} ${formatValue(scoreOf(event.holdout, name))}`,
    );
    const held = event.holdout === null ? "" : `  hold-out ${heldOut(event.holdout, names)}${metrics.join("")}`;
    this.#write(`${this.#label}: epoch ${event.epoch}/${epochs}  ${losses(event.train, names)}${held}\n`);
  }

  #write(text: string): void {
    this.#context.process.stderr.write(text);
  }
}

/** What the words of the data became, and in which units a target is learnt. */
function fittedLines({ classes, units }: Pick<StartEvent, "classes" | "units">): readonly string[] {
  const lines = classes.map(({ name, values }) => {
    const ids = values.map((word, id) => `${quoted(word)} is ${id}`);
    return `${name}: ${listOf(ids)}`;
  });
  return units === undefined ? lines : [...lines, unitsText(units)];
}

/** `loss 0.51`, or `critic 0.51  generator 1.20`. */
function losses(scores: Scores, names: readonly string[]): string {
  return names.map((name) => `${name} ${formatLoss(scoreOf(scores, name))}`).join("  ");
}

/** The loss alone needs no name. */
function heldOut(scores: Scores, names: readonly string[]): string {
  return names.length > 1 ? losses(scores, names) : formatLoss(scoreOf(scores, "loss"));
}

function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * barWidth);
  return "━".repeat(filled) + "─".repeat(barWidth - filled);
}
