/** Runs as `nnc train -o` left them: the events of their logs and what they were made of. What is no run, or is broken, is a mistake that says so. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { brokenLog, notARun } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import { listOf } from "../../compiler/diagnostics/lists.ts";
import type { Scores } from "../../runtime/train/index.ts";
import type { Context } from "../context.ts";
import { isFolder, placeOf } from "../files.ts";
import { factsName, parseFacts } from "../report/facts.ts";
import type { RunFacts } from "../report/facts.ts";
import { History } from "../train/history.ts";
import { eventOf, logName } from "../train/log.ts";

export interface Run {
  /** The folder as the user named it. */
  readonly name: string;
  readonly history: History;
  /** Missing in runs of versions that did not keep it. */
  readonly facts: RunFacts | undefined;
}

/** Throws NN0941, NN0942. */
export function readRun(context: Context, folder: string): Run {
  const name = folder.replace(/(?<=.)[/\\]+$/, "");
  const place = placeOf(context, folder);
  if (!isFolder(context, folder)) throw noRun(name, existsSync(place) ? "found a file" : "found nothing there");
  if (!existsSync(path.join(place, logName))) {
    const inside = readdirSync(place).filter((one) => existsSync(path.join(place, one, logName)));
    throw noRun(
      name,
      `found no ${logName} in it`,
      inside.length === 0 ? undefined : `runs lie in ${listOf(inside.map((one) => path.join(name, one)))}`,
    );
  }
  const history = new History(name);
  history.events.push(...eventsIn(path.join(place, logName), path.join(name, logName)));
  return { name, history, facts: factsIn(path.join(place, factsName), path.join(name, factsName)) };
}

function noRun(folder: string, problem: string, help?: string): NncError {
  return new NncError(diagnose(notARun, { folder, problem }, [], help));
}

function eventsIn(place: string, file: string): History["events"] {
  const events = readFileSync(place, "utf8")
    .split("\n")
    .flatMap((text, at) => {
      if (text.trim() === "") return [];
      const event = eventOf(text);
      if (event === undefined) {
        const values = { file, line: at + 1, expected: "an event of a run", found: JSON.stringify(text.slice(0, 40)) };
        throw new NncError(diagnose(brokenLog, values, []));
      }
      return [event];
    });
  if (events.length > 0) return events;
  const values = { file, line: 1, expected: "an event of a run", found: "an empty file" };
  throw new NncError(diagnose(brokenLog, values, []));
}

function factsIn(place: string, file: string): RunFacts | undefined {
  if (!existsSync(place)) return undefined;
  const text = readFileSync(place, "utf8");
  const facts = parseFacts(text);
  if (facts !== undefined) return facts;
  const values = { file, line: 1, expected: "what a run was made of", found: JSON.stringify(text.slice(0, 40)) };
  throw new NncError(diagnose(brokenLog, values, []));
}

/** The scores that a run is judged by: those of its end, else of its last epoch. */
export function lastScores({ history: { done, epochs } }: Run): {
  readonly train: Scores;
  readonly holdout: Scores | null;
} {
  return done ?? epochs.at(-1) ?? { train: {}, holdout: null };
}

/** What a run was made with, by its name; undefined where nothing says. */
export function settingOf({ facts }: Run, name: string): string | undefined {
  return facts?.settings.find((one) => one.name === name)?.value;
}
