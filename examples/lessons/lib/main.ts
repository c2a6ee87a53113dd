/** Runs a lesson, and says what its files must then hold: data, pictures, `figures.json`, README.md. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { trainLabels } from "../../../cli/source.ts";
import { readProject } from "../../../compiler/project.ts";
import { firstLosses } from "./first-losses.ts";
import { isHeld } from "./lesson.ts";
import type { Figure, Lesson } from "./lesson.ts";
import { filled } from "./readme.ts";
import type { Facts } from "./readme.ts";
import { Workshop } from "./workshop.ts";

export { filled } from "./readme.ts";

/** Files of a lesson's folder by their names. */
type Files = Readonly<Record<string, string>>;

/** The data alone: nnc reads them from the folder, so they must lie there before the lesson is run. */
export function dataOf(lesson: Lesson): Files {
  return lesson.data?.() ?? {};
}

/** Runs the lesson in its folder; `scratch` is where runs lie, and `command` the built one. */
export async function made(
  lesson: Lesson,
  folder: string,
  { command, scratch }: { readonly command: string; readonly scratch: string },
): Promise<{ readonly facts: Facts; readonly files: Files }> {
  const { figures, texts = {}, pictures } = await lesson.run(new Workshop(command, folder, scratch));
  const facts: Facts = { figures, texts, first: await firstOf(folder) };
  const readme = readFileSync(path.join(folder, "README.md"), "utf8");
  const files = {
    ...pictures,
    "figures.json": textOf(facts),
    "README.md": filled(readme, facts, (name) => readFileSync(path.join(folder, name), "utf8")),
  };
  return { facts, files };
}

/** JSON with a line for each fact. */
function textOf(facts: Facts): string {
  const parts = Object.entries(facts).map(([part, held]: [string, Facts[keyof Facts]]) => {
    const lines = Object.entries(held).map(([name, fact]) => `    ${JSON.stringify(name)}: ${JSON.stringify(fact)}`);
    return `  ${JSON.stringify(part)}: {${lines.length === 0 ? "" : `\n${lines.join(",\n")}\n  `}}`;
  });
  return `{\n${parts.join(",\n")}\n}\n`;
}

/** The losses of the first steps of each training of the folder, by file and label. */
async function firstOf(folder: string): Promise<Facts["first"]> {
  const found: Record<string, readonly number[]> = {};
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".nn"))) {
    const file = path.join(folder, name);
    for (const label of trainLabels(readProject(file))) found[`${name} ${label}`] = await firstLosses(file, label);
  }
  return found;
}

/** What of a new run is not as committed: a sentence each. */
export function differences(committed: Facts, found: Facts): readonly string[] {
  const figures = [...new Set([...Object.keys(committed.figures), ...Object.keys(found.figures)])].flatMap((name) => {
    const [before, now] = [committed.figures[name], found.figures[name]];
    if (before === undefined || now === undefined)
      return [`the figure "${name}" was ${before === undefined ? "new" : "not found"}`];
    return isHeld(before, now.value) ? [] : [`"${name}" is ${now.value}, committed ${allowed(before)}`];
  });
  const texts = Object.entries(found.texts).flatMap(([name, text]) =>
    committed.texts[name] === text ? [] : [`the text "${name}" is another one:\n${text}`],
  );
  return [...figures, ...texts];
}

function allowed(figure: Figure): string {
  return "within" in figure ? `${figure.value} within ${figure.within}` : `from ${figure.least} to ${figure.most}`;
}
