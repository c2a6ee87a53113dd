/** Runs as `nnc train -o` left them: the events of their logs and what they were made of. What is no run, or is broken, is a mistake that says so. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { brokenLog, cannotRead, notARun } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import { listOf } from "../../compiler/diagnostics/lists.ts";
import { fileProblem } from "../../runtime/save/file-problem.ts";
import type { Context } from "../context.ts";
import { isFolder, placeOf, readUserFile } from "../files.ts";
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

/** Throws NN0925, NN0941, NN0942. */
export function readRun(context: Context, folder: string): Run {
  const name = folder.replace(/(?<=.)[/\\]+$/, "");
  const place = placeOf(context, folder);
  if (!askDisk(name, () => isFolder(context, folder)))
    throw noRun(name, existsSync(place) ? "found a file" : "found nothing there");
  if (!existsSync(path.join(place, logName))) {
    const inside = askDisk(name, () => readdirSync(place)).filter((one) => existsSync(path.join(place, one, logName)));
    throw noRun(
      name,
      `found no ${logName} in it`,
      inside.length === 0 ? undefined : `runs lie in ${listOf(inside.map((one) => path.join(name, one)))}`,
    );
  }
  const history = new History(name);
  // One by one: a long log has more events than a call takes arguments.
  for (const event of eventsIn(context, path.join(name, logName))) history.events.push(event);
  return { name, history, facts: factsIn(context, path.join(name, factsName)) };
}

function noRun(folder: string, problem: string, help?: string): NncError {
  return new NncError(diagnose(notARun, { folder, problem }, [], help));
}

/** Throws NN0925. */
function textIn(context: Context, file: string): string {
  return new TextDecoder().decode(readUserFile(context, file));
}

/** What the disk says of a folder. Throws NN0925 where it says nothing. */
function askDisk<Answer>(folder: string, ask: () => Answer): Answer {
  try {
    return ask();
  } catch (error) {
    throw new NncError(diagnose(cannotRead, { file: folder, problem: fileProblem(error) }, []));
  }
}

function eventsIn(context: Context, file: string): History["events"] {
  const events = textIn(context, file)
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

function factsIn(context: Context, file: string): RunFacts | undefined {
  if (!existsSync(placeOf(context, file))) return undefined;
  const text = textIn(context, file);
  const facts = parseFacts(text);
  if (facts !== undefined) return facts;
  const values = { file, line: 1, expected: "what a run was made of", found: JSON.stringify(text.slice(0, 40)) };
  throw new NncError(diagnose(brokenLog, values, []));
}

/** What a run was made with, by its name; undefined where nothing says. */
export function settingOf({ facts }: Run, name: string): string | undefined {
  return facts?.settings.find((one) => one.name === name)?.value;
}
