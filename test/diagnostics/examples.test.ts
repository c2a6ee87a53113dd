/**
 * Every code has an example that shows it and one that passes when pasted, or a reason why it can have none. And the page of what wrong programs
 * are told, docs/messages.md, is written from them: `npm run golden` writes it anew.
 */
import { describe, expect, test } from "vitest";
import { catalogue } from "../../compiler/diagnostics/codes/index.ts";
import { sceneExamples, withoutExample } from "../../compiler/diagnostics/examples/index.ts";
import { messagesPage } from "./page.ts";
import { scenePlayer } from "./scenes.ts";

const play = scenePlayer();
const cases = Object.entries(sceneExamples);

describe("examples that take a folder", () => {
  test.each(cases)("%s: the bad one is told it by its last line, and nothing before", async (code, { bad }) => {
    const told = await play(bad);
    expect(told.slice(0, -1).flatMap(({ codes }) => codes)).toEqual([]);
    expect(told.at(-1)?.codes).toContain(code);
  });

  test.each(cases)("%s: the good one is told nothing", async (_, { good }) => {
    expect((await play(good)).map(({ text, codes }) => [text, codes])).toEqual(
      good.lines.map(() => [expect.not.stringMatching(/error|warning/), []]),
    );
  });
});

test("every code has one kind of example, or a reason for none", () => {
  const kinds = [...catalogue.values()].map(
    ({ code, example }) => [code, [example, sceneExamples[code], withoutExample[code]].filter(Boolean).length] as const,
  );
  expect(kinds.filter(([, count]) => count !== 1)).toEqual([]);
  expect(
    [...cases.map(([code]) => code), ...Object.keys(withoutExample)].filter((code) => !catalogue.has(code)),
  ).toEqual([]);
});

test("docs/messages.md says what each of them is told", async () => {
  const scenes = await Promise.all(
    cases.map(async ([code, { bad }]) => ({
      code,
      scene: bad,
      told: (await play(bad)).at(-1)?.text ?? "",
    })),
  );
  await expect(messagesPage(scenes)).toMatchFileSnapshot("../../docs/messages.md");
});
