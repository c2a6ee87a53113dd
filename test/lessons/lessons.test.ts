/**
 * The lessons: their first losses are those committed, their READMEs quote what the lesson found and name files that are there, and their pictures are
 * small. `npm run verify:deep` runs them to the end and types their commands.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { trainLabels } from "../../cli/source.ts";
import { readProject } from "../../compiler/project.ts";
import { format } from "../../compiler/syntax/format.ts";
import { firstLosses } from "../../examples/lessons/lib/first-losses.ts";
import { filled, quoted } from "../../examples/lessons/lib/readme.ts";
import type { Facts } from "../../examples/lessons/lib/readme.ts";

const root = path.resolve(import.meta.dirname, "../..");
const lessons = path.join(root, "examples/lessons");
const names = readdirSync(lessons).filter((name) => /^\d\d-/.test(name));
const list = readFileSync(path.join(lessons, "README.md"), "utf8");

test("all of them are in the list, in order", () => {
  const listed = [...list.matchAll(/^1\. \[.+\]\((.+)\/README\.md\): .+\.$/gm)].map(([, name]) => name);
  expect(listed).toEqual(names);
});

describe.each(names)("%s", (name) => {
  const folder = path.join(lessons, name);
  const read = (file: string): string => readFileSync(path.join(folder, file), "utf8");
  const readme = read("README.md");
  // Written by the script, in this form.
  const facts = JSON.parse(read("figures.json")) as Facts;
  const files = readdirSync(folder);
  const programs = files.filter((file) => file.endsWith(".nn"));

  // A second or three of work for each, but on a busy machine that is many.
  test("begins with the committed losses", { timeout: 120_000 }, async () => {
    const found: Record<string, readonly number[]> = {};
    for (const file of programs)
      for (const label of trainLabels(readProject(path.join(folder, file))))
        found[`${file} ${label}`] = await firstLosses(path.join(folder, file), label);
    expect(found).toEqual(facts.first);
  });

  test("quotes every figure and text that was found, as it is, and nothing else", () => {
    expect(filled(readme, facts, read)).toBe(readme);
    const known = [...Object.keys(facts.figures), ...Object.keys(facts.texts)];
    expect(known.filter((one) => !quoted(readme).has(one))).toEqual([]);
  });

  test("shows its pictures, of 60 kB at most, says what to try, and names files that are there", () => {
    const pictures = files.filter((file) => file.endsWith(".svg"));
    const shown = [...readme.matchAll(/!\[.+\]\((.+\.svg)\)/g)].map(([, file = ""]) => file);
    expect(new Set(shown)).toEqual(new Set(pictures));
    expect(pictures.filter((file) => statSync(path.join(folder, file)).size > 60_000)).toEqual([]);
    expect(readme).toMatch(/^# .+$/m);
    expect(readme).toMatch(/^## What to try, and what then happens$/m);
    const named = [...readme.matchAll(/examples\/[\w/.-]+/g)].map(([file]) => file.replace(/\.$/, ""));
    expect(named.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
    const linked = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, file = ""]) => file);
    expect(linked.filter((file) => !existsSync(path.join(folder, file)))).toEqual([]);
  });

  test.each(programs)("%s is shown whole or linked, and written as `nnc fmt` writes", (file) => {
    expect(quoted(readme).has(`file:${file}`) || readme.includes(`](${file})`)).toBe(true);
    expect(format({ name: file, text: read(file) }).text).toBe(read(file));
  });
});
