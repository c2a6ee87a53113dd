/** Programs with one token changed: one mistake gives one error, whatever it does to what stands around it. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { elaborateSource } from "../../compiler/front.ts";
import { changeToken } from "./mutate.ts";
import { Random } from "./random.ts";
import { record, settings, sized } from "./settings.ts";
import { snippets } from "./sources.ts";

const wanted = sized(150, 10_000, 50);
const patience = settings.deep ? 3_000_000 : 300_000;

interface Program {
  readonly source: string;
  /** The other files of its folder, which it may use. */
  readonly files: ReadonlyMap<string, string>;
}

const examples = path.resolve(import.meta.dirname, "../../examples");

function programsIn(folder: string): readonly Program[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".nn"));
  const texts = new Map(names.map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
  return names.map((name) => ({
    source: texts.get(name) ?? "",
    files: new Map([...texts].filter(([other]) => other !== name)),
  }));
}

const programs: readonly Program[] = [
  ...readdirSync(examples, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? programsIn(path.join(examples, entry.name)) : [],
  ),
  ...snippets.map((source) => ({ source, files: new Map<string, string>() })),
];

function errorsOf(source: string, { files }: Program): readonly string[] {
  const { diagnostics } = elaborateSource({ name: "main.nn", source, files }, { allowOpen: true });
  return diagnostics.filter(({ severity }) => severity === "error").map(({ code, message }) => `${code} ${message}`);
}

test.each(programs.map((program, at) => [at, program] as const))("program %i is right as it stands", (_, program) => {
  expect(errorsOf(program.source, program)).toEqual([]);
});

test(
  `of ${wanted} of them that are wrong, from seed ${settings.seed}, 95 % have one error and none more than three`,
  () => {
    const random = new Random(settings.seed);
    const several: string[] = [];
    let worst = 0;
    for (let wrong = 0; wrong < wanted;) {
      const program = random.pick(programs);
      const source = changeToken(program.source, random);
      const errors = source === program.source ? [] : errorsOf(source, program);
      if (errors.length === 0) continue;
      wrong += 1;
      worst = Math.max(worst, errors.length);
      if (errors.length > 1) several.push(`${source}\n${errors.join("\n")}`);
    }
    record({ suite: "one-token", seed: settings.seed, mutants: wanted, several: several.length, worst });
    const share = 1 - several.length / wanted;
    expect(share >= 0.95 && worst <= 3 ? "" : several.join("\n────\n")).toBe("");
  },
  patience,
);
