/** Programs that people write by mistake, each with the whole text of what they are told. Read the golden file when it changes. */
import { expect, test } from "vitest";
import { elaborateSource } from "../../compiler/front.ts";
import { render } from "../../compiler/diagnostics/render.ts";
import { wrongPrograms as groups } from "./wrong/index.ts";

const all = Object.values(groups).flat();

test("no two are one", () => {
  expect(new Set(all.map(([title]) => title)).size).toBe(all.length);
  expect(new Set(all.map(([, source]) => source)).size).toBe(all.length);
});

const counted = all.map(([title, source, errors = 1]) => ({ title, source, errors }));

test.each(counted)("$title: every mistake gives one error", ({ source, errors }) => {
  const { diagnostics } = elaborateSource({ name: "main.nn", source });
  expect(diagnostics.length).toBeGreaterThan(0);
  expect(diagnostics.filter(({ severity }) => severity === "error").length).toBe(errors);
});

test.each(Object.entries(groups))("what is said of %s", async (group, programs) => {
  const texts = programs.map(([title, source]) => {
    const { diagnostics, sources } = elaborateSource({ name: "main.nn", source });
    return `${title}\n\n${render(diagnostics, sources, { colour: false })}`;
  });
  await expect(texts.join(`\n${"=".repeat(100)}\n\n`)).toMatchFileSnapshot(`wrong/${group}.golden.txt`);
});
